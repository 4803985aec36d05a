from collections import Counter

from convention.care import queries
from convention.kit import clock
from convention.kit.db import Database
from convention.people import actions as people

JOB = "care"


def erase_due(database: Database) -> int:
    """Erase the sheets whose day has come; how many is kept, convention by convention, and never whose."""
    at = clock.now()
    today = clock.local(at).date()
    # The usual answer is « none »: asked without taking the embedded database's only pen.
    with database.reading() as db:
        if not queries.any_due(db, today):
            return 0
    with database.writing() as db:
        due = queries.due(db, today)
        for sheet in due:
            db.delete(sheet)
        for convention_id, erased in Counter(sheet.convention_id for sheet in due).items():
            people.note_erased(db, JOB, erased, convention_id=convention_id)
        return len(due)
