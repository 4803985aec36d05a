from collections.abc import Iterable
from uuid import UUID

from convention.conventions.models import Convention
from convention.discussion import queries, rules
from convention.discussion.events import ArgumentEndorsed, ArgumentWithdrawn, ArgumentWritten
from convention.discussion.forms import ArgumentForm, ReplyForm
from convention.discussion.imports import Line
from convention.discussion.models import KIND, Argument, Endorsement
from convention.kit import clock
from convention.kit.db import Session, added
from convention.kit.errors import refuse
from convention.kit.i18n import SOURCE, speaking
from convention.kit.i18n import gettext as _
from convention.moderation import queries as moderation
from convention.people.models import Person
from convention.programme import queries as programme
from convention.proposals.models import Proposal
from convention.search import actions as search


def argue(db: Session, convention: Convention, author: Person, proposal: Proposal, form: ArgumentForm) -> Argument:
    """Give a reason for or against a proposal, with its source if there is one."""
    refuse(_why_not(db, convention, author, proposal))
    argument = Argument(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        proposal_id=proposal.id,
        side=form.side,
        text=form.text,
        link=form.link,
        author_id=author.id,
        written_at=clock.now(),
    )
    return _publish(db, argument, author)


def import_all(db: Session, convention: Convention, lines: Iterable[Line], by: Person) -> int:
    """Publish what was written elsewhere, whatever the calendar opens; what is here already is left out."""
    here = queries.said_on(db, convention)
    known: dict[str, UUID] = {}
    written = 0
    for line in lines:
        if (id := here.get((line.proposal_id, line.text))) is not None:
            known[line.id] = id
            continue
        argument = Argument(
            convention_id=convention.id,
            number=queries.next_number(db, convention),
            proposal_id=line.proposal_id,
            side=line.side,
            replies_to_id=known[line.answers] if line.answers else None,
            text=line.text,
            author_id=by.id,
            written_at=clock.now(),
        )
        known[line.id] = _publish(db, argument, by).id
        written += 1
    return written


def reply(db: Session, convention: Convention, author: Person, argument: Argument, form: ReplyForm) -> Argument:
    """Answer an argument, one level deep: replies are not replied to."""
    argument = queries.locked(db, argument)
    refuse(_why_not(db, convention, author, queries.proposal_of(db, argument)))
    refuse(rules.why_not_reply(argument, queries.mask_of(db, argument)))
    answer = Argument(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        proposal_id=argument.proposal_id,
        side=argument.side,
        replies_to_id=argument.id,
        text=form.text,
        author_id=author.id,
        written_at=clock.now(),
    )
    return _publish(db, answer, author)


def endorse(db: Session, convention: Convention, person: Person, argument: Argument) -> None:
    """She finds it right: once, however often she says it."""
    refuse(_why_not(db, convention, person, queries.proposal_of(db, argument)))
    refuse(rules.why_not_endorse(argument, person, queries.mask_of(db, argument)))
    if queries.endorsement(db, argument, person) is None:
        added(db, Endorsement(argument_id=argument.id, person_id=person.id))
        db.emit(ArgumentEndorsed(convention.id, argument.id, queries.endorsements(db, argument)))


def leave(db: Session, convention: Convention, person: Person, argument: Argument) -> None:
    """She does not any more."""
    refuse(_why_not(db, convention, person, queries.proposal_of(db, argument)))
    endorsement = queries.endorsement(db, argument, person)
    if endorsement is not None:
        db.delete(endorsement)
        db.flush()
        db.emit(ArgumentEndorsed(convention.id, argument.id, queries.endorsements(db, argument)))


def withdraw(db: Session, argument: Argument, by: Person) -> None:
    """Its author takes it back, at any time: its place and its replies stay, its words are shown no more."""
    argument = queries.locked(db, argument)
    refuse(rules.why_not_withdraw(argument, by))
    argument.withdrawn_at = clock.now()
    db.add(argument)
    db.flush()
    _index(db, argument)
    db.emit(ArgumentWithdrawn(argument.convention_id, argument.id, argument.proposal_id, by.id))


def cover_again(db: Session, convention_id: UUID, ids: Iterable[UUID]) -> None:
    """Moderation hid or showed words of these arguments: the search follows."""
    for argument in queries.of_ids(db, convention_id, ids):
        _index(db, argument)


def _publish(db: Session, argument: Argument, author: Person) -> Argument:
    db.add(argument)
    db.flush()
    _index(db, argument)
    db.emit(
        ArgumentWritten(
            argument.convention_id, argument.id, argument.proposal_id, argument.number, argument.side.value,
            argument.replies_to_id, author.id,
        )
    )  # fmt: skip
    return argument


def _why_not(db: Session, convention: Convention, person: Person, proposal: Proposal) -> str | None:
    at = clock.now()
    suspension = moderation.suspension(db, convention, person, at)
    return rules.why_not_argue(proposal, programme.phases(db, convention), at, suspension)


def _index(db: Session, argument: Argument) -> None:
    """Let it be found by its words: never by those that are hidden, or taken back."""
    with speaking(SOURCE):
        mask = queries.mask_of(db, argument)
        proposal = queries.proposal_of(db, argument)
        if argument.withdrawn_at is not None or (mask is not None and mask.whole):
            search.remove(db, argument.convention_id, KIND, argument.id)
            return
        text = mask.cover(argument.text) if mask else argument.text
        title = _("Argument n° {n}, {side}, proposition {number}")
        if argument.replies_to_id is not None:
            title = _("Réponse n° {n} à un argument, proposition {number}")
        words = title.format(n=argument.number, side=argument.side.label.lower(), number=proposal.number)
        search.put(db, argument.convention_id, KIND, argument.id, words, text, argument.address)
