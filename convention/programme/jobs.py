import datetime as dt
from pathlib import Path

from convention.kit import files
from convention.kit.db import Session
from convention.programme import queries


def sweep_files(db: Session, folder: Path, at: dt.datetime) -> int:
    """End the files that no document names any more: removed ones, and those whose transaction did not commit.

    Those of today are left: one of them may belong to a transaction that has not committed yet.
    """
    return files.sweep(folder, queries.stored_names(db), before=at - dt.timedelta(days=1))
