from typing import Any
from uuid import UUID

from convention.conventions import queries
from convention.conventions.events import ConventionChanged, ConventionOpened, TextWritten
from convention.conventions.models import Convention, ConventionText, TextKind
from convention.kit import clock, ids
from convention.kit.db import Session


def start(db: Session, convention: Convention) -> Convention:
    """Add a convention to this instance; its journal begins here."""
    db.add(convention)
    db.emit(ConventionOpened(convention.id))
    return convention


def change(db: Session, convention: Convention, values: dict[str, Any], *, by: UUID | None) -> None:
    """Change what a convention says of itself."""
    for name, value in values.items():
        assert name in Convention.model_fields, f"a convention has no {name}"
        setattr(convention, name, value)
    db.add(convention)
    db.emit(ConventionChanged(convention.id, by))


def write(db: Session, convention: Convention, kind: TextKind, body: str, *, by: UUID | None = None) -> ConventionText:
    """A new version of a text; the former ones stay readable. The same words again change nothing."""
    last = queries.text(db, convention, kind)
    if last is not None and last.body == body:
        return last
    text = ConventionText(
        convention_id=convention.id,
        kind=kind,
        version=last.version + 1 if last else 1,
        body=body,
        written_at=clock.now(),
    )
    db.add(text)
    db.emit(TextWritten(convention.id, kind, text.version, ids.fingerprint(body), by))
    return text
