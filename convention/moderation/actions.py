import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.moderation import queries, rules
from convention.moderation.events import AppealAnswered, ContentFlagged, DecisionAppealed, ModerationDecided
from convention.moderation.forms import AnswerForm, AppealForm, DecisionForm, FlagForm
from convention.moderation.models import (
    ANSWER_WITHIN,
    Appeal,
    Case,
    Concerned,
    Decision,
    Facts,
    Flag,
    Hidden,
    Kind,
    Named,
    Outcome,
    Suspension,
)
from convention.people.models import Person, RoleKind


def flag(db: Session, convention: Convention, facts: Facts, form: FlagForm, reporter: Person | None) -> Case:
    """Say that a text breaks a rule. Many flags on one text make one case; the same person counts once."""
    at = clock.now()
    queries.hold(db, convention.id)
    case = queries.case_of(db, convention.id, facts.subject)
    if case is None:
        case = Case(
            convention_id=convention.id,
            subject_kind=facts.subject[0],
            subject_id=facts.subject[1],
            title=facts.title,
            address=facts.address,
        )
        db.add(case)
        db.flush()
    waiting = queries.flags(db, case, waiting=True)
    if reporter is not None and any(one.reporter_id == reporter.id for one in waiting):
        return case
    case.waiting_since = case.waiting_since or at
    case.title, case.address = facts.title, facts.address
    flag = Flag(
        convention_id=convention.id,
        case_id=case.id,
        reason=form.reason,
        words=form.words,
        excerpt=facts.excerpt,
        reporter_id=reporter.id if reporter else None,
        flagged_at=at,
    )
    db.add_all((case, flag))
    db.emit(ContentFlagged(convention.id, case.id, flag.id, form.reason))
    return case


def decide(
    db: Session,
    convention: Convention,
    case: Case,
    facts: Facts,
    form: DecisionForm,
    by: Person,
    until: dt.datetime | None = None,
) -> Decision:
    """Decide of a case, with the rule and the facts. Those concerned are told, with the way to contest."""
    at = clock.now()
    queries.hold(db, convention.id)
    db.refresh(case, with_for_update=True)
    before = queries.decisions_of(db, case)
    if (before[0].decision.number if before else 0) != form.seen:
        raise Refused(_("Une autre personne vient de décider de ce dossier : relisez-le d’abord."))
    refuse(rules.why_not_decide(facts, form.kind, by))
    refuse(rules.why_not_these(facts, form.kind, form.parts))
    if form.kind == Kind.SUSPENDED:
        refuse(rules.why_not_suspend(form.person, facts, until, at))
    if form.kind != Kind.KEEP and form.rule is None:
        raise Refused(_("Choisissez la règle qui est enfreinte."))
    decision = Decision(
        convention_id=convention.id,
        number=queries.next_number(db, convention.id),
        case_id=case.id,
        kind=form.kind,
        rule=None if form.kind == Kind.KEEP else form.rule,
        statement=form.statement,
        passages=list(form.parts) if form.kind == Kind.HIDDEN_PART else [],
        original=[[label, text] for label, text in facts.texts],
        decided_by=by.id,
        decided_at=at,
        waited_since=case.waiting_since,
    )
    db.add(decision)
    db.flush()
    if form.kind == Kind.SUSPENDED:
        assert form.person is not None and until is not None, "a suspension has a person and an end"
        concerned: tuple[UUID, ...] = (form.person,)
        db.add(Suspension(decision_id=decision.id, convention_id=convention.id, person_id=form.person, until=until))
    else:
        concerned = facts.author_ids
        _lift(db, case, facts, at)
        if form.kind.hides:
            _hide(db, decision, facts)
    db.add_all(Concerned(decision_id=decision.id, person_id=one) for one in dict.fromkeys(concerned))
    flags = queries.flags(db, case, waiting=True)
    for one in flags:
        one.decision_id = decision.id
        db.add(one)
    case.waiting_since, case.rewritten = None, False
    db.add(case)
    db.emit(
        ModerationDecided(
            convention.id, decision.id, case.subject_kind, case.subject_id, form.kind, decision.rule or "", by.id
        )
    )
    return decision


def follow(db: Session, convention_id: UUID, former: Named, new: Named) -> None:
    """A hidden text was written again: what hides the former words hides the new ones, until a person reads them."""
    at = clock.now()
    for hidden, case in queries.hidden_of(db, convention_id, former):
        if former == new:
            hidden.rewritten = True
        else:
            db.add(
                Hidden(
                    convention_id=convention_id,
                    decision_id=hidden.decision_id,
                    subject_kind=new[0],
                    subject_id=new[1],
                    passages=hidden.passages,
                    titled=hidden.titled,
                    rewritten=True,
                )
            )
        case.waiting_since, case.rewritten = case.waiting_since or at, True
        db.add(case)
    db.flush()


def appeal(db: Session, convention: Convention, decided: queries.Decided, form: AppealForm, by: Person) -> Appeal:
    """Contest a decision. Somebody who did not take it answers within a week."""
    at = clock.now()
    queries.hold(db, convention.id)
    known = queries.appeal(db, decided.decision.id)
    refuse(rules.why_not_appeal(decided.decision, known, by, decided.concerned, at, decided.reporters))
    appeal = Appeal(
        decision_id=decided.decision.id,
        convention_id=convention.id,
        words=form.words,
        appealed_by=by.id,
        appealed_at=at,
        due_at=at + ANSWER_WITHIN,
    )
    db.add(appeal)
    db.emit(DecisionAppealed(convention.id, decided.decision.id))
    return appeal


def answer(
    db: Session,
    convention: Convention,
    decided: queries.Decided,
    form: AnswerForm,
    by: Person,
    roles: Iterable[RoleKind],
) -> Appeal:
    """Confirm a decision, or reverse it: what it hid is shown again, whom it suspended may write again.

    A text that was left online, and should not have been, waits again for a decision with its rule.
    """
    at, decision = clock.now(), decided.decision
    appeal = queries.appeal(db, decision.id)
    refuse(rules.why_not_answer(decision, appeal, by, tuple(roles), decided.concerned))
    assert appeal is not None, "the rule has refused already"
    appeal.outcome, appeal.statement = form.outcome, form.statement
    appeal.answered_by, appeal.answered_at = by.id, at
    db.add(appeal)
    if form.outcome == Outcome.REVERSED:
        decision.lifted_at = at
        for hidden in queries.hidden_of_decision(db, decision):
            hidden.lifted_at = at
            db.add(hidden)
        if decided.suspension is not None:
            decided.suspension.lifted_at = at
            db.add(decided.suspension)
        db.add(decision)
        if decision.kind == Kind.KEEP:
            decided.case.waiting_since = decided.case.waiting_since or at
            db.add(decided.case)
    case = decided.case
    db.emit(
        AppealAnswered(
            convention.id,
            decision.id,
            case.subject_kind,
            case.subject_id,
            form.outcome == Outcome.REVERSED,
            by.id,
        )
    )
    return appeal


# -- hiding and showing again ----------------------------------------------------------------------------------------


def _hide(db: Session, decision: Decision, facts: Facts) -> None:
    db.add_all(
        Hidden(
            convention_id=decision.convention_id,
            decision_id=decision.id,
            subject_kind=kind,
            subject_id=id,
            passages=decision.passages,
            titled=facts.titled,
        )
        for kind, id in facts.holding(decision.passages)
    )
    db.flush()


def _lift(db: Session, case: Case, facts: Facts, at: dt.datetime) -> None:
    """A new decision takes the place of the former ones. Old versions of words written again stay hidden."""
    hidden = queries.hidden_of_case(db, case)
    rewritten = any(one.rewritten for one, _decision in hidden)
    left = set()
    for one, decision in hidden:
        if rewritten and one.subject not in facts.current:
            left.add(decision.id)
            continue
        one.lifted_at = at
        db.add(one)
    for decision in {decision.id: decision for _one, decision in hidden}.values():
        if decision.id not in left:
            decision.lifted_at = at
            db.add(decision)
    db.flush()
