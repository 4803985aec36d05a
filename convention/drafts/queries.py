from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.drafts.models import Draft
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.people.models import Person


def of(db: Session, person: Person, convention: Convention, subject: str) -> Draft | None:
    """What this person, and nobody else, has begun to write on this subject."""
    draft = row(db, person, convention, subject)
    return draft if draft and not draft.done else None


def of_each(db: Session, person: Person, convention: Convention, subjects: Sequence[str]) -> Mapping[str, Draft]:
    """{subject: what she has begun on it}, for those that she has."""
    found = db.exec(
        select(Draft).where(
            Draft.person_id == person.id,
            Draft.convention_id == convention.id,
            col(Draft.subject).in_(subjects),
            col(Draft.done).is_(False),
        )
    )
    return {draft.subject: draft for draft in found}


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


def rows_of(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[Draft]:
    """The same, with the traces of those that were sent."""
    return db.exec(select(Draft).where(Draft.person_id == person_id, Draft.convention_id == convention_id)).all()


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What this slice keeps of a person, for herself."""
    rows = [
        {
            _("Brouillon"): draft.subject,
            _("Modifié"): draft.changed_at,
            _("Texte"): _words(draft.content),
            _("Autres copies"): "\n\n".join(_words(other["content"]) for other in draft.others),
        }
        for draft in all_of(db, person, convention)
    ]
    return [(_("Vos brouillons"), rows)]


def _words(content: Mapping[str, Any]) -> str:
    return "\n\n".join(words if isinstance(words, str) else ", ".join(words) for words in content.values() if words)
