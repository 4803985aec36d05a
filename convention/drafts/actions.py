import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from convention.conventions.models import Convention
from convention.drafts import queries, rules
from convention.drafts.models import Draft
from convention.kit import clock, ids
from convention.kit.db import Session, added
from convention.kit.errors import refuse
from convention.people.models import Person

OTHERS_KEPT = 4


def save(
    db: Session,
    person: Person,
    convention: Convention,
    subject: str,
    content: Mapping[str, Any],
    *,
    sheet: str = "",
    turn: int = 0,
) -> None:
    """Keep what she has typed so far. `sheet` names the opened page, `turn` is that of the draft it began from.

    The last words typed win. If another page wrote since this one was opened, its words are kept beside: both can be
    found again.
    """
    refuse(rules.why_not_save(len(json.dumps(content))))
    draft = queries.row(db, person, convention, subject, lock=True)
    if draft is None:
        draft = _new(db, person, convention, subject)
    if draft.done and sheet and draft.sheet == sheet:
        return  # what this page held has been sent: its last autosave arrives too late
    if draft.sheet != sheet:
        if not draft.done and draft.content and turn != draft.turn and draft.content != dict(content):
            _set_aside(draft, sheet)
        draft.turn += 1  # at the first words too: a page opened before there were any says 0
    draft.content, draft.sheet, draft.done = dict(content), sheet, False
    draft.changed_at = clock.now()
    db.add(draft)


def take_back(db: Session, person: Person, convention: Convention, subject: str, index: int) -> None:
    """Write from what another device had, from now on; what was in its place is set aside in turn."""
    draft = queries.row(db, person, convention, subject, lock=True)
    if draft is None or draft.done or not 0 <= index < len(draft.others):
        return
    chosen = draft.others[index]
    kept = [one for place, one in enumerate(draft.others) if place != index]
    draft.others = [*kept, _copy(draft)][-OTHERS_KEPT:]
    # A sheet of its own: pages still open on either text are told apart from this one.
    draft.content, draft.sheet = chosen["content"], str(ids.uuid4())
    draft.turn += 1
    draft.changed_at = clock.now()
    db.add(draft)


def discard(db: Session, person: Person, convention: Convention, subject: str, *, sheet: str = "") -> None:
    """The text was sent, or given up: its words are erased. `sheet` is the page it was sent from."""
    draft = queries.row(db, person, convention, subject, lock=True)
    if draft is None:
        if not sheet:
            return
        draft = _new(db, person, convention, subject)
    draft.content, draft.others, draft.sheet, draft.done = {}, [], sheet or draft.sheet, True
    draft.turn += 1
    draft.changed_at = clock.now()
    db.add(draft)


def erase_all(db: Session, convention_id: UUID, person_id: UUID) -> None:
    """All the drafts of a person in a convention, finished or not."""
    for draft in queries.rows_of(db, convention_id, person_id):
        db.delete(draft)


def _new(db: Session, person: Person, convention: Convention, subject: str) -> Draft:
    draft = Draft(
        person_id=person.id, convention_id=convention.id, subject=subject, changed_at=clock.now(), turn=0, done=True
    )
    if added(db, draft):
        return draft
    # Two devices began at the same instant: the other's row is the draft of both.
    found = queries.row(db, person, convention, subject, lock=True)
    assert found is not None, "the draft that stood in the way has vanished"
    return found


def _set_aside(draft: Draft, sheet: str) -> None:
    kept = [one for one in draft.others if one["sheet"] not in (draft.sheet, sheet)]
    draft.others = [*kept, _copy(draft)][-OTHERS_KEPT:]


def _copy(draft: Draft) -> dict[str, Any]:
    return {"sheet": draft.sheet, "content": draft.content, "changed_at": draft.changed_at.isoformat()}
