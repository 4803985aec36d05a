"""What both databases promise to those who read."""

import contextlib

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import select

from convention.people.models import Person, Role


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
