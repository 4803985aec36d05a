import datetime as dt

from convention.kit import clock
from convention.kit.db import Database
from convention.kit.errors import Refused
from convention.voting import actions, queries
from convention.voting.models import BallotBox, Roll

SWEPT_FOR = dt.timedelta(hours=1)


def open_due(database: Database) -> None:
    """Open the polls whose time has come."""
    at = clock.now()
    with database.reading() as db:
        due = queries.to_open(db, at)
    for poll_id in due:
        try:
            with database.writing() as db:
                poll = queries.locked(db, poll_id)
                if poll.opened_at is None:
                    actions.open_poll(db, poll)
        except Refused:
            # Not before its page says what is missing: it is on the facilitator's page.
            continue


def close_due(database: Database, at: dt.datetime | None = None) -> int:
    """Count and seal the polls whose time has passed; how many were."""
    at = at or clock.now()
    with database.reading() as db:
        due = queries.to_seal(db, at)
    sealed = 0
    for poll_id in due:
        with database.reading() as db:
            already = actions.counted_ahead(db, queries.of_id(db, poll_id), at)
        with database.writing() as db:
            sealed += actions.seal_if_due(db, poll_id, at, already)
    return sealed


def sweep(database: Database) -> None:
    """Ask the database to overwrite what it still holds of former states of rolls and boxes (docs/security.md)."""
    with database.reading() as db:
        if not queries.sealed_since(db, clock.now() - SWEPT_FOR):
            return
    database.sweep(Roll, BallotBox)
