"""What has expired is forgotten, and how much is written down: never whose."""

import datetime as dt
from collections.abc import Callable

from sqlmodel import SQLModel

from convention.kit import clock
from convention.kit.db import Database
from convention.kit.mail import OutgoingMail
from convention.people import actions, queries, retention
from convention.people.models import Person

# Looked at every hour: twice, since whoever reads at that moment keeps the first from going to the end.
SWEPT_FOR = dt.timedelta(hours=2)


def forget(database: Database) -> int:
    """Erase what the retention table says is over. At least once a day a run is written down, even of nothing."""
    at = clock.now()
    with database.writing() as db:
        erased = 0
        for statement in queries.expired(at):
            erased += max(db.exec(statement).rowcount, 0)
        gone = [*queries.gone_since(db, at - retention.GONE_FOR), *queries.never_came(db, at - actions.REQUEST_LASTS)]
        for person in gone:
            actions.erase(db, person, by=None)
            erased += 1
        last = queries.last_run(db, retention.PEOPLE)
        if erased or last is None or at - last.at >= dt.timedelta(days=1):
            actions.note_erased(db, retention.PEOPLE, erased)
    return erased


def sweep(database: Database, *others: type[SQLModel]) -> None:
    """Ask the database for what it still holds of those who were erased: names, addresses, and these `others`."""
    with database.reading() as db:
        if not queries.any_erased_since(db, clock.now() - SWEPT_FOR):
            return
    database.sweep(Person, OutgoingMail, *others)


def counted(job: str, forget: Callable[[Database], int]) -> Callable[[Database], int]:
    """A job that erases, its count written down when there was something to erase."""

    def run(database: Database) -> int:
        erased = forget(database)
        if erased > 0:
            with database.writing() as db:
                actions.note_erased(db, job, erased)
        return erased

    return run
