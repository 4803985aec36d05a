"""Two thousand members vote at once over real HTTP, and the poll closes in the middle: `python -m bench.storm`.

The story of tests/voting/test_crowd.py, where every answer is checked against the box; here with its times, on both
databases, against `convention serve` in processes of its own, as an operator starts it (two on PostgreSQL).
"""

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.servers import SECRET, Running, postgres, the_application
from convention import app
from convention.kit import migrations
from convention.kit.db import Database
from convention.settings import Settings, resource
from tests.voting.test_crowd import storm
from tests.world import World


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    people = parser.parse_args().people
    print("database      processes members answers  seconds  answers/s  CPU ms of the server each")
    with tempfile.TemporaryDirectory(prefix="storm") as folder, postgres() as server:
        for url, workers in ((f"sqlite:///{folder}/convention.sqlite3", 1), (server.url, 2)):
            run(url, Path(folder), people, workers)


def run(url: str, folder: Path, people: int, workers: int) -> None:
    database = Database(url, app.REACTIONS)
    migrations.upgrade(database, resource("migrations"))
    world = World(database, Settings(folder=folder / "var", secret=SECRET, second_factor=False))
    used: list[float] = []
    answers, lasted = storm(
        world, people, partial(_serving, url=url, folder=folder / "var", workers=workers, used=used)
    )
    each = 1000 * used[0] / answers
    print(
        f"{world.dialect:<12}{workers:>11}{people:>8}{answers:>8}{lasted:>9.1f}{answers / lasted:>11.0f}{each:>10.1f}"
    )
    database.dispose()


@contextlib.contextmanager
def _serving(_world: World, *, url: str, folder: Path, workers: int, used: list[float]) -> Iterator[str]:
    with the_application(url, folder, workers=workers) as running:
        before = _cpu(running)
        yield f"http://127.0.0.1:{running.port}"
        used.append(_cpu(running) - before)


def _cpu(running: Running) -> float:
    return running.cpu() + sum(child.cpu() for child in running.children())


if __name__ == "__main__":
    main()
