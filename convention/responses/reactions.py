from typing import Any

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.recommendations import queries as recommendations
from convention.recommendations.events import EditionPublished
from convention.recommendations.snapshot import Edition
from convention.responses import actions


def open_answers(db: Session, happened: Any) -> None:
    """The report is published: each of its recommendations is waiting for an answer."""
    if not isinstance(happened, EditionPublished):
        return
    convention = db.get(Convention, happened.convention_id)
    assert convention is not None, "a report belongs to a convention"
    edition = Edition.model_validate_json(recommendations.content(db, happened.edition_id))
    actions.open_answers(db, convention, edition)
