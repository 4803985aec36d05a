"""Alembic, as this program uses it: one history for both databases, run from here, never from a shell in a hurry."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from convention.kit.db import Database


@dataclasses.dataclass(frozen=True)
class State:
    """Where a database is in the history: `unknown` when it was written by a newer version of the program."""

    current: str | None
    newest: str
    unknown: bool

    @property
    def up_to_date(self) -> bool:
        return self.current == self.newest


def state(database: Database, folder: Path) -> State:
    scripts = ScriptDirectory.from_config(_config(folder))
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    newest = scripts.get_current_head()
    assert newest is not None, f"no migration in {folder}"
    return State(current, newest, unknown=current is not None and current not in revisions(folder))


def revisions(folder: Path) -> frozenset[str]:
    """All those that this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config(folder)).walk_revisions())


def upgrade(database: Database, folder: Path, to: str = "head") -> None:
    """Bring the database to the code's version. Nothing is done if a step fails."""
    with _whole_step(database) as connection:
        command.upgrade(_config(folder, connection), to)


def downgrade(database: Database, folder: Path, to: str = "base") -> None:
    with _whole_step(database) as connection:
        command.downgrade(_config(folder, connection), to)


@contextmanager
def _whole_step(database: Database) -> Iterator[Connection]:
    """One transaction for the whole way.

    SQLite alters a table by copying it and dropping the old one, which would empty the tables that point to it: its
    foreign keys sleep meanwhile, as its manual asks, and are all checked before the end.
    """
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        driver = connection.connection.driver_connection
        assert driver is not None
        if sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")  # without effect inside a transaction
        try:
            with connection.begin():
                yield connection
                if sqlite and (broken := driver.execute("PRAGMA foreign_key_check").fetchall()):
                    raise RuntimeError(f"rows would point nowhere: {broken[:5]}")
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def _config(folder: Path, connection: object = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    # A folder with a colon or a space in its name is one folder.
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
