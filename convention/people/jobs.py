import datetime as dt

from convention.kit import clock
from convention.kit.db import Database
from convention.people import queries

KEPT = dt.timedelta(days=30)


def forget(database: Database) -> None:
    """Devices, links and failures that no longer open or close anything."""
    at = clock.now()
    with database.writing() as db:
        for statement in queries.expired(at - KEPT, at - dt.timedelta(days=1)):
            db.exec(statement)
