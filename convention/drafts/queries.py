from collections.abc import Sequence

from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.drafts.models import Draft
from convention.kit.db import Session
from convention.people.models import Person


def of(db: Session, person: Person, convention: Convention, subject: str) -> Draft | None:
    """What this person, and nobody else, has begun to write on this subject."""
    draft = row(db, person, convention, subject)
    return draft if draft and not draft.done else None


def row(db: Session, person: Person, convention: Convention, subject: str, *, lock: bool = False) -> Draft | None:
    """The same, even when the text was sent: to be written again."""
    query = select(Draft).where(
        Draft.person_id == person.id, Draft.convention_id == convention.id, Draft.subject == subject
    )
    return db.exec(query.with_for_update() if lock else query).first()


def all_of(db: Session, person: Person, convention: Convention) -> Sequence[Draft]:
    """All that this person has begun to write, newest first."""
    return db.exec(
        select(Draft)
        .where(Draft.person_id == person.id, Draft.convention_id == convention.id, col(Draft.done).is_(False))
        .order_by(col(Draft.changed_at).desc())
    ).all()
