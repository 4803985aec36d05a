import datetime as dt

from convention.kit import clock
from convention.kit.db import Database
from convention.paper.models import PaperEntry
from convention.voting import queries as polls

SWEPT_FOR = dt.timedelta(hours=1)


def sweep(database: Database) -> None:
    """Ask the database to overwrite what it still holds of ballots that were keyed (docs/security.md)."""
    with database.reading() as db:
        if not polls.sealed_since(db, clock.now() - SWEPT_FOR):
            return
    database.sweep(PaperEntry)
