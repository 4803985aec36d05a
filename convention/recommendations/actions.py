import datetime as dt
from collections.abc import Collection

from convention.conventions.models import Convention
from convention.kit import clock, ids
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.people.models import Person, RoleKind
from convention.recommendations import lists, queries, rules
from convention.recommendations.compose import compose
from convention.recommendations.events import (
    EditionFrozen,
    EditionPublished,
    EditionWithdrawn,
    ReportTextWritten,
)
from convention.recommendations.models import EditionRow, Piece, ReportText
from convention.recommendations.snapshot import canonical, fingerprint


def write(
    db: Session, convention: Convention, piece: Piece, body: str, *, by: Person, roles: Collection[RoleKind]
) -> ReportText | None:
    """A new version of a text of the report; the former ones stay. The same words again change nothing."""
    refuse(rules.why_not_write(piece, roles) or rules.why_not_this(piece, body))
    body = lists.tidy(piece, body) if piece in lists.COLUMNS else body
    queries.hold(db, convention)
    last = queries.texts(db, convention).get(piece)
    if body == (last.body if last else ""):
        return last
    text = ReportText(
        convention_id=convention.id,
        piece=piece,
        version=last.version + 1 if last else 1,
        body=body,
        written_at=clock.now(),
        by=by.id,
    )
    db.add(text)
    db.emit(ReportTextWritten(convention.id, piece.value, text.version, ids.fingerprint(body), by.id))
    return text


def freeze(db: Session, convention: Convention, *, by: Person, site: str, previewed: int) -> EditionRow:
    """Write the next edition down, as the convention is now. From here on nothing changes it."""
    queries.hold(db, convention)
    edition = compose(db, convention, number=queries.next_number(db, convention), at=_now(), site=site)
    refuse(rules.why_not_freeze(edition, previewed))
    row = EditionRow(
        convention_id=convention.id,
        number=edition.number,
        title=edition.title,
        changes=edition.changes,
        recommendations=len(edition.recommendations),
        votes=len(edition.votes),
        content=canonical(edition).decode(),
        sha256=fingerprint(edition),
        frozen_at=edition.frozen_at,
    )
    db.add(row)
    db.emit(EditionFrozen(convention.id, row.id, row.number, row.sha256, by.id))
    return row


def _now() -> dt.datetime:
    # The second is enough, and every file prints it the same.
    return clock.now().replace(microsecond=0)


def publish(db: Session, edition: EditionRow, *, by: Person) -> None:
    """Let everybody read it, at an address that will not change."""
    edition = queries.locked(db, edition)
    refuse(rules.why_not_publish(edition))
    edition.published_at = clock.now()
    db.add(edition)
    db.emit(EditionPublished(edition.convention_id, edition.id, edition.number, edition.sha256, by.id))


def withdraw(db: Session, edition: EditionRow, reason: str, *, by: Person) -> None:
    """Say that it is no longer in force, and why. Its page and its files stay where they are."""
    edition = queries.locked(db, edition)
    if why_not := rules.why_not_withdraw(edition):
        raise Refused(why_not)
    edition.withdrawn_at, edition.withdrawn_because = clock.now(), reason
    db.add(edition)
    db.emit(EditionWithdrawn(edition.convention_id, edition.id, edition.number, by.id))
