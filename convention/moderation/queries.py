import dataclasses
import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Session, once
from convention.kit.i18n import gettext as _
from convention.moderation.models import (
    Appeal,
    Case,
    Concerned,
    Decision,
    Flag,
    Hidden,
    Kind,
    Mask,
    Named,
    Outcome,
    Reason,
    Subject,
    Suspension,
)
from convention.people.models import Person

PER_PAGE = 30
AT_ONCE = 500  # rows of what is read from end to end

# -- what is hidden, who may not write: for the slices above ---------------------------------------------------------


# Every page of texts asks it: built once, and no more than what a mask is made of.
_HIDDEN = (
    sa.select(
        col(Hidden.subject_kind), col(Hidden.subject_id), col(Hidden.passages), col(Hidden.titled),
        col(Hidden.rewritten), col(Decision.id), col(Decision.rule), col(Decision.kind), col(Decision.decided_at),
        sa.and_(col(Appeal.decision_id).is_not(None), col(Appeal.answered_at).is_(None)).label("contested"),
        (col(Appeal.outcome) == Outcome.CONFIRMED).label("confirmed"),
    )
    .join(Decision, col(Decision.id) == col(Hidden.decision_id))
    .outerjoin(Appeal, col(Appeal.decision_id) == col(Decision.id))
    .where(
        col(Hidden.convention_id) == sa.bindparam("convention"),
        col(Hidden.lifted_at).is_(None),
        col(Decision.rule).is_not(None),
    )
    .order_by(col(Decision.number))
)  # fmt: skip


def masks(db: Session, convention_id: UUID, subjects: Iterable[Named]) -> Mapping[Named, Mask]:
    """What hides each of these subjects, where something does: one query. An entire mask goes before a partial one."""
    wanted = set(subjects)
    if not wanted:
        return {}
    # All that is hidden now is little; thousands of subjects in a list would be a longer question.
    rows = once(db, ("hidden", convention_id), lambda: db.execute(_HIDDEN, {"convention": convention_id}).all())
    found: dict[Named, Mask] = {}
    for subject_kind, subject_id, hidden, titled, rewritten, decision, rule, kind, decided_at, *appealed in rows:
        subject = Subject(subject_kind, subject_id)
        contested, confirmed = (bool(one) for one in appealed)
        if subject not in wanted:
            continue
        before = found.get(subject)
        if before is not None and before.whole and before.titled >= titled:
            continue
        passages = tuple(hidden)
        if before is not None and passages:
            passages = tuple(dict.fromkeys((*before.passages, *passages)))
        titled = titled or (before is not None and before.titled)
        found[subject] = Mask(decision, rule, kind, decided_at, passages, titled, contested, rewritten, confirmed)
    return found


def each_masked(db: Session, convention_id: UUID, query: Any) -> Iterator[tuple[Any, Mask | None]]:
    """Each row of a query with what hides the first of its columns: read little by little, for a list without end."""
    with db.exec(query.execution_options(yield_per=AT_ONCE)) as rows:
        for several in rows.partitions():
            hidden = masks(db, convention_id, [row[0].subject for row in several])
            for row in several:
                yield row, hidden.get(row[0].subject)


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


# -- cases and their flags -------------------------------------------------------------------------------------------


def hold(db: Session, convention_id: UUID) -> None:
    """Those who flag and decide in a convention wait for each other: one case for a subject, no number given twice."""
    db.exec(select(Convention.id).where(Convention.id == convention_id).with_for_update(key_share=True)).one()


def case_of(db: Session, convention_id: UUID, subject: Named) -> Case | None:
    return db.exec(
        select(Case).where(
            Case.convention_id == convention_id, Case.subject_kind == subject[0], Case.subject_id == subject[1]
        )
    ).first()


def case(db: Session, convention: Convention, id: UUID) -> Case | None:
    return db.exec(select(Case).where(Case.convention_id == convention.id, Case.id == id)).first()


@dataclasses.dataclass(frozen=True)
class Waiting:
    """A case that somebody must look at, and what is said of it."""

    case: Case
    flags: Sequence[Flag]

    @property
    def reasons(self) -> Sequence[Reason]:
        """What is said, the most often first."""
        return [reason for reason, _times in Counter(flag.reason for flag in self.flags).most_common()]

    @property
    def excerpt(self) -> str:
        """The words that were last flagged, as they were read then; none where a text only waits to be read again."""
        return self.flags[-1].excerpt if self.flags else ""


def queue(db: Session, convention: Convention) -> Sequence[Waiting]:
    """The cases to look at, those that wait longest first: two queries."""
    cases = db.exec(
        select(Case)
        .where(Case.convention_id == convention.id, col(Case.waiting_since).is_not(None))
        .order_by(col(Case.waiting_since), col(Case.id))
    ).all()
    flags: dict[UUID, list[Flag]] = defaultdict(list)
    for flag in db.exec(
        select(Flag)
        .where(Flag.convention_id == convention.id, col(Flag.decision_id).is_(None))
        .order_by(col(Flag.flagged_at))
    ):
        flags[flag.case_id].append(flag)
    return [Waiting(case, flags[case.id]) for case in cases]


def waiting(db: Session, convention: Convention) -> tuple[int, int]:
    """How many cases are to look at, and how many appeals are to answer: one query."""
    cases = (
        select(sa.func.count())
        .select_from(Case)
        .where(Case.convention_id == convention.id, col(Case.waiting_since).is_not(None))
    )
    appeals = (
        select(sa.func.count())
        .select_from(Appeal)
        .where(Appeal.convention_id == convention.id, col(Appeal.answered_at).is_(None))
    )
    to_look_at, to_answer = db.execute(sa.select(cases.scalar_subquery(), appeals.scalar_subquery())).one()
    return to_look_at, to_answer


def flags(db: Session, case: Case, *, waiting: bool = False) -> Sequence[Flag]:
    """What was said of a case, the oldest first; with `waiting`, what nobody has looked at."""
    query = select(Flag).where(Flag.case_id == case.id).order_by(col(Flag.flagged_at), col(Flag.id))
    return db.exec(query.where(col(Flag.decision_id).is_(None)) if waiting else query).all()


# -- decisions -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Decided:
    """A decision with what surrounds it."""

    decision: Decision
    case: Case
    appeal: Appeal | None
    suspension: Suspension | None
    concerned: frozenset[UUID] = frozenset()
    # Those who flagged a text that was left online: they may contest it.
    reporters: frozenset[UUID] = frozenset()


def _decided() -> Any:
    return (
        sa.select(Decision, Case, Appeal, Suspension)
        .join(Case, col(Case.id) == col(Decision.case_id))
        .outerjoin(Appeal, col(Appeal.decision_id) == col(Decision.id))
        .outerjoin(Suspension, col(Suspension.decision_id) == col(Decision.id))
    )


def next_number(db: Session, convention_id: UUID) -> int:
    """The number of the next decision; to be asked once the convention is held."""
    last = db.exec(select(sa.func.max(Decision.number)).where(Decision.convention_id == convention_id)).one()
    return (last or 0) + 1


def decided(db: Session, convention: Convention, id: UUID) -> Decided | None:
    """A decision of this convention, with those whom it is about."""
    row = db.execute(
        _decided().where(col(Decision.convention_id) == convention.id, col(Decision.id) == id)
    ).first()  # fmt: skip
    if row is None:
        return None
    concerned = db.exec(select(Concerned.person_id).where(Concerned.decision_id == id))
    flagged = db.exec(select(Flag.reporter_id).where(Flag.decision_id == id)) if row[0].kind == Kind.KEEP else ()
    return Decided(row[0], row[1], row[2], row[3], frozenset(concerned), frozenset(one for one in flagged if one))


def decisions(db: Session, convention: Convention, page: int = 1) -> tuple[Sequence[Decided], int]:
    """One page of the decisions, newest first, and how many there are."""
    mine = col(Decision.convention_id) == convention.id
    total = db.exec(select(sa.func.count()).select_from(Decision).where(mine)).one()
    rows = db.execute(
        _decided().where(mine).order_by(col(Decision.number).desc()).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    )
    return [Decided(*row) for row in rows], total


def decisions_of(db: Session, case: Case) -> Sequence[Decided]:
    """What was decided of a case, newest first."""
    rows = db.execute(_decided().where(col(Decision.case_id) == case.id).order_by(col(Decision.number).desc()))
    return [Decided(*row) for row in rows]


def decisions_about(db: Session, convention: Convention, person: Person) -> Sequence[Decided]:
    """The decisions about a person's texts, or about herself, newest first."""
    rows = db.execute(
        _decided()
        .join(Concerned, col(Concerned.decision_id) == col(Decision.id))
        .where(col(Decision.convention_id) == convention.id, col(Concerned.person_id) == person.id)
        .order_by(col(Decision.number).desc())
    )
    return [Decided(*row) for row in rows]


def flagged_by(db: Session, convention: Convention, person: Person) -> Sequence[tuple[Flag, Case, Decision | None]]:
    """What a person has flagged, and what was decided, newest first."""
    rows = db.exec(
        select(Flag, Case, Decision)
        .join(Case, col(Case.id) == col(Flag.case_id))
        .outerjoin(Decision, col(Decision.id) == col(Flag.decision_id))
        .where(Flag.convention_id == convention.id, Flag.reporter_id == person.id)
        .order_by(col(Flag.flagged_at).desc(), col(Flag.id))
    )
    return [(flag, case, decision) for flag, case, decision in rows]


def appeals_waiting(db: Session, convention: Convention) -> Sequence[Decided]:
    """The appeals without an answer, those due first."""
    rows = db.execute(
        _decided()
        .where(col(Appeal.convention_id) == convention.id, col(Appeal.answered_at).is_(None))
        .order_by(col(Appeal.due_at), col(Decision.number))
    )
    return [Decided(*row) for row in rows]


def appeal(db: Session, decision_id: UUID) -> Appeal | None:
    """The appeal against a decision, as it is now, held until the transaction ends."""
    return db.exec(
        select(Appeal)
        .where(Appeal.decision_id == decision_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def people(db: Session, ids: Iterable[UUID]) -> Sequence[Person]:
    """These people, in the order of their names."""
    wanted = set(ids)
    if not wanted:
        return []
    return db.exec(select(Person).where(col(Person.id).in_(wanted)).order_by(col(Person.name), col(Person.id))).all()


def reporters(db: Session, decision: Decision) -> Sequence[Person]:
    """Those who flagged what this decision answers, signed in."""
    flagged = select(Flag.reporter_id).where(Flag.decision_id == decision.id)
    return db.exec(select(Person).where(col(Person.id).in_(flagged)).order_by(col(Person.name), col(Person.id))).all()


def hidden_of_case(db: Session, case: Case) -> Sequence[tuple[Hidden, Decision]]:
    """What is hidden now by the decisions of a case."""
    rows = db.exec(
        select(Hidden, Decision)
        .join(Decision, col(Decision.id) == col(Hidden.decision_id))
        .where(Decision.case_id == case.id, col(Hidden.lifted_at).is_(None))
    )
    return rows.all()


def hidden_of_decision(db: Session, decision: Decision) -> Sequence[Hidden]:
    return db.exec(select(Hidden).where(Hidden.decision_id == decision.id, col(Hidden.lifted_at).is_(None))).all()


def hidden_of(db: Session, convention_id: UUID, subject: Named) -> Sequence[tuple[Hidden, Case]]:
    """What hides this subject now, with the cases where it was decided."""
    rows = db.exec(
        select(Hidden, Case)
        .join(Decision, col(Decision.id) == col(Hidden.decision_id))
        .join(Case, col(Case.id) == col(Decision.case_id))
        .where(
            Hidden.convention_id == convention_id,
            Hidden.subject_kind == subject[0],
            Hidden.subject_id == subject[1],
            col(Hidden.lifted_at).is_(None),
        )
    )
    return rows.all()


# -- what everyone may know ------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Statistics:
    """Numbers, without names."""

    flags: Mapping[Reason, int]
    decisions: Mapping[tuple[Reason | None, Kind], int]
    appeals: int
    answered: int
    reversed: int
    waiting: int
    median_delay: dt.timedelta | None

    def decided(self, reason: Reason, *kinds: Kind) -> int:
        return sum(self.decisions.get((reason, kind), 0) for kind in kinds)

    @property
    def kept(self) -> int:
        return sum(count for (_rule, kind), count in self.decisions.items() if kind == Kind.KEEP)

    @property
    def total(self) -> int:
        return sum(self.decisions.values())


def statistics_of(db: Session, convention: Convention) -> Statistics:
    """Flags and decisions by reason, appeals, delays: five queries whatever their number."""
    flagged = db.exec(
        select(col(Flag.reason), sa.func.count()).where(Flag.convention_id == convention.id).group_by(col(Flag.reason))
    ).all()
    ruled = db.exec(
        select(col(Decision.rule), col(Decision.kind), sa.func.count())
        .where(Decision.convention_id == convention.id)
        .group_by(col(Decision.rule), col(Decision.kind))
    ).all()
    appealed = db.exec(
        select(col(Appeal.outcome), sa.func.count())
        .where(Appeal.convention_id == convention.id)
        .group_by(col(Appeal.outcome))
    ).all()
    delays = [
        (decided_at - since).total_seconds()
        for decided_at, since in db.exec(
            select(Decision.decided_at, Decision.waited_since).where(
                Decision.convention_id == convention.id, col(Decision.waited_since).is_not(None)
            )
        )
        if since is not None
    ]
    waiting = db.exec(
        select(sa.func.count())
        .select_from(Case)
        .where(Case.convention_id == convention.id, col(Case.waiting_since).is_not(None))
    ).one()
    outcomes = dict(appealed)
    return Statistics(
        flags=dict(flagged),
        decisions={(rule, kind): count for rule, kind, count in ruled},
        appeals=sum(outcomes.values()),
        answered=sum(count for outcome, count in outcomes.items() if outcome is not None),
        reversed=outcomes.get(Outcome.REVERSED, 0),
        waiting=waiting,
        median_delay=dt.timedelta(seconds=statistics.median(delays)) if delays else None,
    )


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person has flagged, and what was decided of her, for herself."""
    flags = db.exec(
        select(Flag)
        .where(Flag.convention_id == convention.id, Flag.reporter_id == person.id)
        .order_by(col(Flag.flagged_at))
    )
    rows = [{_("Signalé"): one.flagged_at, _("Règle"): one.reason.label, _("Vos mots"): one.words} for one in flags]
    decided = [
        {
            _("Décision"): one.decision.number,
            _("Sur"): one.case.title,
            _("Ce qui est décidé"): one.decision.kind.done,
            _("Règle"): one.decision.rule.rule if one.decision.rule else "",
            _("Les faits"): one.decision.statement,
            _("Le"): one.decision.decided_at,
            _("Sans écrire jusqu’au"): one.suspension.until if one.suspension else "",
        }
        for one in decisions_about(db, convention, person)
    ]
    appeals = [
        {_("Le"): one.appealed_at, _("Vos mots"): one.words, _("Réponse"): one.statement}
        for one in db.exec(
            select(Appeal)
            .where(Appeal.convention_id == convention.id, Appeal.appealed_by == person.id)
            .order_by(col(Appeal.appealed_at))
        )
    ]
    # What she did for the convention, if she is of its team.
    done = [
        {_("Décision"): one.number, _("Ce qui est décidé"): one.kind.done, _("Le"): one.decided_at}
        for one in db.exec(
            select(Decision)
            .where(Decision.convention_id == convention.id, Decision.decided_by == person.id)
            .order_by(col(Decision.number))
        )
    ]
    answered = [
        {_("Le"): one.answered_at, _("Réponse"): one.statement}
        for one in db.exec(
            select(Appeal)
            .where(Appeal.convention_id == convention.id, Appeal.answered_by == person.id)
            .order_by(col(Appeal.answered_at))
        )
    ]
    return [
        (_("Vos signalements"), rows),
        (_("Les décisions de modération qui vous concernent"), decided),
        (_("Vos recours"), appeals),
        (_("Les décisions de modération que vous avez prises"), done),
        (_("Vos réponses à des recours"), answered),
    ]
