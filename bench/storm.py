"""Two thousand members press within ten seconds, over real HTTP, and the poll closes in the middle.

`python -m bench.storm`

The story of tests/voting/test_crowd.py, where every answer is checked against the box; here with its times, on both
databases, against `convention serve` in processes of its own, as an operator starts it (two on PostgreSQL). And both
ways: the ballot with its session, or a token taken under one's name and the ballot sent without it.
"""

import argparse
import contextlib
import statistics
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

WAYS = {"session": False, "token": True}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument(
        "--way", choices=WAYS, action="append", help="one of the two, as a database given has to be empty"
    )
    arguments = parser.parse_args()
    print("                                           seconds until        seconds waited         CPU ms of")
    print("database    way      processes members answers  pressed  answered  half   worst  answers/s  the server each")
    for way in arguments.way or WAYS:
        with tempfile.TemporaryDirectory(prefix="storm") as folder, postgres() as server:
            for url, workers in ((f"sqlite:///{folder}/convention.sqlite3", 1), (server.url, 2)):
                run(url, Path(folder), arguments.people, workers, way)


def run(url: str, folder: Path, people: int, workers: int, way: str) -> None:
    database = Database(url, app.REACTIONS)
    migrations.upgrade(database, resource("migrations"))
    world = World(database, Settings(folder=folder / "var", secret=SECRET, second_factor=False))
    used: list[float] = []
    served = partial(_serving, url=url, folder=folder / "var", workers=workers, used=used)
    told = storm(world, people, served, alone=WAYS[way])
    print(
        f"{world.dialect:<12}{way:<9}{workers:>9}{people:>8}{told.answers:>8}{told.pressed:>9.1f}{told.lasted:>10.1f}"
        f"{statistics.median(told.waits):>6.1f}{told.waits[-1]:>8.1f}{told.answers / told.lasted:>11.0f}"
        f"{1000 * used[0] / told.answers:>17.1f}",
        flush=True,
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
