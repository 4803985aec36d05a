"""What both databases promise to those who read."""

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
