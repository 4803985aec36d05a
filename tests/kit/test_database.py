"""What both databases promise to those who read."""

import contextlib
import os

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import select

from convention import app, settings
from convention.kit import clock, migrations
from convention.kit.db import Database
from convention.people.models import Person, Role
from convention.settings import resource


@pytest.fixture
def careless():
    """A machine where what is written may be read by all who have an account."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_the_embedded_database_is_for_its_owner_only(careless, tmp_path):
    # Given a new site
    database = Database(f"sqlite:///{tmp_path / 'site' / 'convention.sqlite3'}", app.REACTIONS)
    migrations.upgrade(database, resource("migrations"))

    # When something has been written, Then no other account reads its file, nor what stands beside it
    with database.writing() as db:
        db.add(Person(name="Nadia", created_at=clock.now()))
    there = {one.name: one.stat().st_mode & 0o077 for one in (tmp_path / "site").iterdir()}
    assert len(there) > 1 and set(there.values()) == {0}, there
    database.dispose()


def test_what_the_operator_chose_for_it_is_left(careless, tmp_path):
    kept = tmp_path / "convention.sqlite3"
    kept.touch()
    kept.chmod(0o640)
    database = Database(f"sqlite:///{kept}")
    migrations.upgrade(database, resource("migrations"))
    assert kept.stat().st_mode & 0o777 == 0o640
    database.dispose()


def test_the_secret_of_the_demonstration_is_for_its_owner_only(careless, tmp_path):
    assert len(settings.load(demo=True, folder=tmp_path).secret) > 32
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_a_reader_sees_one_instant(world):
    # Given a page, or a check, that has begun to read
    world.member("Nadia")
    with world.reading() as db:
        assert db.exec(select(sa.func.count()).select_from(Person)).one() == 1

        # When Omar is registered meanwhile
        world.member("Omar")

        # Then its next question is answered as of the same instant: counts and lists agree
        assert db.exec(select(sa.func.count()).select_from(Role)).one() == 1
        assert db.exec(select(Person.name)).all() == ["Nadia"]
    with world.reading() as db:
        assert db.exec(select(sa.func.count()).select_from(Role)).one() == 2


def test_a_sweep_that_fails_leaves_nobody_in_a_hurry(world):
    # Given a connection that was told to wait a second for a table, which is not there
    if world.dialect == "sqlite":
        pytest.skip("it writes no table again")
    with pytest.raises(psycopg.errors.UndefinedTable):
        world.database.sweep(type("Nowhere", (), {"__tablename__": "nowhere"}))
    # Then whoever takes it next waits as long as before
    with contextlib.ExitStack() as held:
        for _one in range(5):  # all those that are at rest, in whichever order they are given
            connection = held.enter_context(world.database.engine.connect())
            assert connection.execute(sa.text("SHOW lock_timeout")).scalar_one() == "0"
