import datetime as dt

from sqlmodel import col, delete

from convention.kit import clock
from convention.kit.db import Database
from convention.kit.web import WriteKey

KEYS_LAST = dt.timedelta(days=2)


def forget(database: Database) -> None:
    """Keys of forms done long ago: no browser sends them again after two days."""
    with database.writing() as db:
        db.exec(delete(WriteKey).where(col(WriteKey.done_at) < clock.now() - KEYS_LAST))
