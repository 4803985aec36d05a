from collections.abc import Iterable, Sequence
from uuid import UUID

from convention.amendments import queries, rules
from convention.amendments.events import AmendmentAdopted, AmendmentDecided, AmendmentSubmitted, AmendmentWithdrawn
from convention.amendments.forms import AmendmentForm
from convention.amendments.models import KIND, Amendment, Kind, State
from convention.amendments.rules import Case
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import SOURCE, speaking
from convention.kit.i18n import gettext as _
from convention.people.models import Person
from convention.proposals import actions as writing
from convention.proposals import queries as proposals
from convention.proposals.models import ParagraphVersion, Proposal
from convention.proposals.rules import Passage, Polls, Standing
from convention.search import actions as search
from convention.voting import actions as voting
from convention.voting import queries as polls
from convention.voting.models import Outcome, Poll, Question


def submit(
    db: Session,
    convention: Convention,
    author: Person,
    proposal: Proposal,
    passage: Passage | None,
    form: AmendmentForm,
    standing: Standing,
    *,
    typed_by: Person | None = None,
) -> Amendment:
    """Ask for a change in a paragraph, in the words that its author read; or for a new paragraph.

    `typed_by`: its author wrote it on paper, this person of the facilitators types it for her.
    """
    refuse(rules.why_not_type(standing) if typed_by else None)
    (proposal,) = proposals.locked(db, [proposal.id])
    passages = proposals.passages(db, proposal)
    if passage is not None:
        passage = next((one for one in passages if one.paragraph.id == passage.paragraph.id), passage)
    going_on = polls.open_on(db, [passage.subject] if passage else [])
    refuse(rules.why_not_submit(proposal, passages, passage, standing, going_on))
    base = _read(passage, form.version) if passage else None
    refuse(rules.why_not_ask(form.kind, form.text, base.text if base else None))
    amendment = Amendment(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        proposal_id=proposal.id,
        paragraph_id=passage.paragraph.id if passage else None,
        base_version_id=base.id if base else None,
        section=passage.paragraph.section if passage else form.section,
        kind=form.kind,
        text="" if form.kind == Kind.REMOVE else form.text,
        rationale=form.rationale,
        author_id=author.id,
        submitted_at=clock.now(),
        typed_by_id=typed_by.id if typed_by else None,
    )
    db.add(amendment)
    db.flush()
    _index(db, amendment, proposal.number)
    db.emit(AmendmentSubmitted(convention.id, amendment.id, proposal.id, amendment.number, author.id, None))
    return amendment


def rewrite(
    db: Session, convention: Convention, author: Person, amendment: Amendment, form: AmendmentForm, standing: Standing
) -> Amendment:
    """Submit again, on the words of today, what had been asked on older ones. The older one stays readable."""
    case, going_on = _held(db, amendment)
    amendment = case.amendment
    refuse(rules.why_not_rewrite(author, case, standing, going_on))
    again = submit(db, convention, author, case.proposal, case.passage, form, standing)
    again.follows_id = amendment.id
    db.add(again)
    _decide(db, case, State.SUPERSEDED, reason=_("Réécrit : amendement n° {n}.").format(n=again.number), by=author)
    return again


def withdraw(db: Session, amendment: Amendment, by: Person) -> None:
    """Its author gives it up. It stays readable, with the word « retiré »."""
    case, going_on = _held(db, amendment)
    amendment = case.amendment
    refuse(rules.why_not_withdraw(by, amendment, going_on))
    amendment.state, amendment.decided_at, amendment.decided_by = State.WITHDRAWN, clock.now(), by.id
    db.add(amendment)
    db.emit(AmendmentWithdrawn(amendment.convention_id, amendment.id, amendment.proposal_id, by.id))


# -- those who write the proposal decide -----------------------------------------------------------------------------


def accept(db: Session, amendment: Amendment, by: Person, reason: str, standing: Standing) -> None:
    """Take its words as they are: they become the next version, under its author's name."""
    case, going_on = _held(db, amendment)
    refuse(rules.why_not_accept(case, standing, going_on))
    _apply(db, case, by=by, reason=reason, on_behalf=not standing.author)


def merge(db: Session, amendment: Amendment, by: Person, text: str, reason: str, standing: Standing) -> None:
    """Write a text from both. The amendment's own words stay as they were; both differences are shown."""
    case, going_on = _held(db, amendment)
    refuse(rules.why_not_merge(case, standing, going_on))
    on_behalf = not standing.author
    version = writing.rewrite_by_amendment(
        db,
        case.proposal,
        case.passage,
        case.amendment.section,
        text,
        reason=_("Amendement n° {n}, réuni au texte. {reason}").format(n=case.amendment.number, reason=reason).strip(),
        author=by,
        by=by,
        on_behalf=on_behalf,
    )
    case.amendment.final_text = text
    _decide(db, case, State.MERGED, reason=reason, by=by, on_behalf=on_behalf, version_id=version)


def reject(db: Session, amendment: Amendment, by: Person, reason: str, standing: Standing) -> None:
    case, going_on = _held(db, amendment)
    refuse(rules.why_not_reject(case, standing, going_on))
    _decide(db, case, State.REJECTED, reason=reason, by=by, on_behalf=not standing.author)


# -- the assembly decides --------------------------------------------------------------------------------------------


def put_to_vote(db: Session, convention: Convention, by: Person, amendments: Sequence[Amendment]) -> Poll:
    """Prepare a poll on these amendments, a question each, in the words they would have now."""
    proposals.locked(db, {one.proposal_id for one in amendments})
    several = []
    for amendment in sorted(amendments, key=lambda one: one.number):
        case, going_on = _held(db, amendment)
        if reason := rules.why_not_poll(case, going_on):
            raise Refused(_("Amendement n° {n} : {reason}").format(n=case.amendment.number, reason=reason))
        several.append(_question(case))
    title = several[0].title if len(several) == 1 else _("Vote des amendements")
    return voting.prepare(db, convention, by, title, several)


def decide_by_vote(db: Session, convention_id: UUID, outcomes: Sequence[Outcome]) -> None:
    """Apply what polls have decided: an amendment is adopted as it is, or rejected."""
    decided = {outcome.subject.id: outcome for outcome in outcomes}
    amendments = queries.of_ids(db, convention_id, decided)
    proposals.locked(db, {one.proposal_id for one in amendments})
    for amendment in amendments:
        outcome = decided[amendment.id]
        case, going_on = _held(db, amendment)
        if not case.amendment.is_open:
            continue
        case.amendment.poll_number = outcome.number
        said = _("Scrutin n° {n} : {verdict}.").format(n=outcome.number, verdict=outcome.verdict.label.lower())
        if not outcome.kept:
            _decide(db, case, State.REJECTED, reason=said)
        elif gone := rules.why_not_adopt(case, going_on):
            _decide(db, case, State.SUPERSEDED, reason=f"{said} {gone}")
        elif rules.why_not_apply(case):
            # The assembly said yes to words that do not fit any more: people will join them, nobody may refuse.
            db.add(case.amendment)
            db.emit(
                AmendmentAdopted(convention_id, case.amendment.id, case.amendment.proposal_id, outcome.number)
            )  # fmt: skip
        else:
            _apply(db, case, by=None, reason=said)


# -- what becomes of the text ----------------------------------------------------------------------------------------


def drop(db: Session, proposal_id: UUID, reason: str, paragraph_id: UUID | None = None) -> None:
    """What these amendments aimed at does not change any more: they are without object. Those being voted wait."""
    waiting = queries.waiting_on(db, proposal_id, paragraph_id)
    going_on = polls.open_on(db, [one.subject for one in waiting])
    for amendment in waiting:
        amendment = queries.locked(db, amendment.id)
        if amendment.is_open and amendment.subject not in going_on:
            _close(db, amendment, State.SUPERSEDED, reason=reason)


# -- what several need -----------------------------------------------------------------------------------------------


def _held(db: Session, amendment: Amendment) -> tuple[Case, Polls]:
    """The amendment with its text, both as they are now and held: who writes and who decides wait for each other."""
    (proposal,) = proposals.locked(db, [amendment.proposal_id])
    amendment = queries.locked(db, amendment.id)
    case = queries.case(db, proposal, amendment)
    if case.masked and case.passage and case.passage.mask is None:
        case = queries.case(db, proposal, amendment, original=True)  # what hid older words does not hide these
    subjects = [case.amendment.subject, *([case.passage.subject] if case.passage else [])]
    return case, polls.open_on(db, subjects)


def _apply(db: Session, case: Case, *, by: Person | None, reason: str, on_behalf: bool = False) -> None:
    fit = case.fit
    assert isinstance(fit, str), "the rule has just said so"
    author = queries.author_of(db, case.amendment)
    version = writing.rewrite_by_amendment(
        db,
        case.proposal,
        case.passage,
        case.amendment.section,
        fit,
        reason=_("Amendement n° {n}").format(n=case.amendment.number),
        author=author,
        by=by or author,
    )
    case.amendment.final_text = fit
    _decide(db, case, State.ACCEPTED, reason=reason, by=by, on_behalf=on_behalf, version_id=version)


def _decide(
    db: Session,
    case: Case,
    state: State,
    *,
    reason: str,
    by: Person | None = None,
    on_behalf: bool = False,
    version_id: UUID | None = None,
) -> None:
    case.amendment.on_behalf = on_behalf
    case.amendment.version_id = version_id
    _close(db, case.amendment, state, reason=reason, by=by)


def _close(db: Session, amendment: Amendment, state: State, *, reason: str, by: Person | None = None) -> None:
    amendment.state, amendment.decided_at, amendment.decision_reason = state, clock.now(), reason
    amendment.decided_by = by.id if by else None
    db.add(amendment)
    db.emit(
        AmendmentDecided(
            amendment.convention_id,
            amendment.id,
            amendment.proposal_id,
            state.value,
            amendment.decided_by,
            amendment.poll_number,
            amendment.version_id,
        )
    )


def cover_again(db: Session, convention_id: UUID, ids: Iterable[UUID]) -> None:
    """Moderation hid or showed words of these amendments: the search follows."""
    for amendment in queries.of_ids(db, convention_id, ids):
        _index(db, amendment, queries.proposal_of(db, amendment).number)


def cover_paragraph_again(db: Session, convention_id: UUID, version_id: UUID) -> None:
    """Moderation hid or showed a paragraph: what was asked of it copies its words, and is found accordingly."""
    found = proposals.of_versions(db, convention_id, [version_id])
    for proposal, paragraph, _version in found.values():
        for amendment in queries.of_proposal(db, proposal):
            if amendment.paragraph_id == paragraph.id:
                _index(db, amendment, proposal.number)


def _index(db: Session, amendment: Amendment, proposal: int) -> None:
    """Let it be found by its words, as long as nothing hides them."""
    with speaking(SOURCE):
        shown = queries.case(db, queries.proposal_of(db, amendment), amendment)
        if shown.mask is not None or shown.masked:
            search.remove(db, amendment.convention_id, KIND, amendment.id)
            return
        title = _("Amendement n° {n} à la proposition {number}").format(n=amendment.number, number=proposal)
        body = f"{amendment.text}\n{amendment.rationale}"
        search.put(db, amendment.convention_id, KIND, amendment.id, title, body, amendment.address)


def _read(passage: Passage, version: int) -> ParagraphVersion:
    """The words that were on the page; those of today if it does not say."""
    return next((one for one in passage.versions if one.number == version), passage.version)


def _question(case: Case) -> Question:
    amendment, fit = case.amendment, case.fit
    assert isinstance(fit, str), "the rule has just said so"
    if amendment.kind == Kind.NEW:
        title = _("Amendement n° {n}, un paragraphe de plus dans la proposition {number}")
        text = fit
    elif not fit:
        title = _("Amendement n° {n}, enlever le paragraphe {number}")
        text = case.passage.text if case.passage else ""
    else:
        title = _("Amendement n° {n} au paragraphe {number}")
        text = _("Le paragraphe deviendrait : {text}").format(text=fit)
    return Question(amendment.subject, title.format(n=amendment.number, number=case.label), text, amendment.address)
