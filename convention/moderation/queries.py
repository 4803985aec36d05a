import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.moderation.models import (
    Appeal,
    Case,
    Concerned,
    Decision,
    Flag,
    Hidden,
    Kind,
    Mask,
    Outcome,
    Reason,
    Subject,
    Suspension,
)
from convention.people.models import Person

# -- what is hidden, who may not write: for the slices above ---------------------------------------------------------


def masks(db: Session, convention_id: UUID, subjects: Iterable[tuple[str, UUID]]) -> Mapping[tuple[str, UUID], Mask]:
    """What hides each of these subjects, where something does: one query. An entire mask goes before a partial one."""
    wanted = set(subjects)
    if not wanted:
        return {}
    rows = db.exec(
        select(Hidden, Decision, Appeal)
        .join(Decision, col(Decision.id) == col(Hidden.decision_id))
        .outerjoin(Appeal, col(Appeal.decision_id) == col(Decision.id))
        # All that is hidden now is little; thousands of subjects in a list would be a longer question.
        .where(Hidden.convention_id == convention_id, col(Hidden.lifted_at).is_(None))
        .order_by(col(Decision.number))
    )
    found: dict[tuple[str, UUID], Mask] = {}
    for hidden, decision, appeal in rows:
        if hidden.subject not in wanted or decision.rule is None:
            continue
        before = found.get(hidden.subject)
        if before is not None and before.whole and before.titled >= hidden.titled:
            continue
        passages = tuple(hidden.passages)
        if before is not None and passages:
            passages = tuple(dict.fromkeys((*before.passages, *passages)))
        found[hidden.subject] = Mask(
            decision.id,
            decision.rule,
            decision.kind,
            decision.decided_at,
            passages,
            hidden.titled or (before is not None and before.titled),
            appeal is not None and appeal.answered_at is None,
        )
    return found


def suspension(db: Session, convention: Convention, person: Person | None, at: dt.datetime) -> Suspension | None:
    """The suspension that keeps this person from writing now, the longest if there are several."""
    if person is None:
        return None
    return db.exec(
        select(Suspension)
        .where(
            Suspension.convention_id == convention.id,
            Suspension.person_id == person.id,
            col(Suspension.lifted_at).is_(None),
            Suspension.until > at,
        )
        .order_by(col(Suspension.until).desc())
        .limit(1)
    ).first()
