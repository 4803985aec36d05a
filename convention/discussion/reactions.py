from typing import Any

from convention.discussion import actions
from convention.kit.db import Session
from convention.moderation.events import AppealAnswered, ModerationDecided


def follow_moderation(db: Session, happened: Any) -> None:
    """An argument, or a saying, was hidden or shown again: it is found accordingly."""
    if isinstance(happened, ModerationDecided | AppealAnswered):
        actions.cover_again(db, happened.convention_id, happened.subject_kind, happened.subject_id)
