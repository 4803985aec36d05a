import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from convention.conventions.models import Convention
from convention.discussion import queries, rules
from convention.discussion.events import ArgumentEndorsed, ArgumentWithdrawn, ArgumentWritten, SayingsImported
from convention.discussion.forms import ArgumentForm, ReplyForm
from convention.discussion.imports import A_DEBATE, DebateLine, Line, Target
from convention.discussion.models import DEBATE, KIND, SAYING, Argument, Debate, Endorsement, Saying
from convention.kit import clock
from convention.kit.db import Session, added
from convention.kit.errors import refuse
from convention.kit.i18n import SOURCE, speaking
from convention.kit.i18n import gettext as _
from convention.moderation import queries as moderation
from convention.people.models import Person
from convention.programme import queries as programme
from convention.proposals import queries as proposals
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


def import_all(
    db: Session, convention: Convention, lines: Sequence[Line], by: Person, debates: Sequence[DebateLine] = ()
) -> Mapping[str, int]:
    """Publish what was said elsewhere, whatever the calendar opens: how many of each kind.

    What is here already is left out, and knows its debate's title from now on.
    """
    queries.hold_numbers(db, convention)  # who imports at the same time waits, and finds it all here
    numbers = {table: itertools.count(queries.next_number(db, convention, table)) for table in (Argument, Saying)}
    at = clock.now()
    here = queries.said_elsewhere(db, convention)
    proposals_here = proposals.from_elsewhere(db, convention)
    titled = _debates(db, convention, lines, debates, proposals_here, at)
    known: dict[tuple[int, str], Argument | Saying] = {}
    new: list[Argument | Saying] = []
    for line in sorted(lines, key=lambda one: bool(one.answers)):  # what is answered, then what answers
        known[line.file, line.id] = one = here.get((line.id, line.text)) or _said(
            numbers, convention, line, by, at,
            under=known[line.file, line.answers] if line.answers else None,
            proposal_id=proposals_here.get(line.target.there) if line.target.is_here else None,
            debate=titled.get(_key(line.target)),
        )  # fmt: skip
        if (line.id, line.text) not in here:
            new.append(one)
    db.add_all(new)
    db.flush()
    _index_new(db, convention, new)
    for one in new:
        if isinstance(one, Argument):
            _tell(db, one, by)
    written = Counter(_counted_as(one) for one in new)
    if written["sayings"]:
        db.emit(SayingsImported(convention.id, written["sayings"], len(titled), by.id))
    return written


def _said(
    numbers: Mapping[Any, Iterator[int]],
    convention: Convention,
    line: Line,
    by: Person,
    at: dt.datetime,
    *,
    under: Argument | Saying | None,
    proposal_id: UUID | None,
    debate: Debate | None,
) -> Argument | Saying:
    """One line, published where it belongs: an argument or a reply to one, or a saying."""
    origin: dict[str, Any] = {
        "there": line.id, "said_by": line.said_by, "said_on": line.said_on, "said_to": line.said_to,
        "convention_id": convention.id, "replies_to_id": under.id if under else None, "text": line.text,
    }  # fmt: skip
    side, argues = line.side, under is None and line.is_argument
    if isinstance(under, Argument):
        proposal_id, side, argues = under.proposal_id, under.side, True
    if argues and proposal_id is not None and side is not None:
        return Argument(
            number=next(numbers[Argument]), proposal_id=proposal_id, side=side, author_id=by.id, written_at=at, **origin
        )
    assert not isinstance(under, Argument), "an argument has a proposal and a side"
    return Saying(
        number=next(numbers[Saying]),
        proposal_id=under.proposal_id if under else proposal_id,
        debate_id=under.debate_id if under else debate.id if debate else None,
        side=line.side,
        imported_by=by.id,
        imported_at=at,
        **origin,
    )


def _index_new(db: Session, convention: Convention, new: Sequence[Argument | Saying]) -> None:
    """Let what was just imported be found, all at once: nobody has hidden nor taken back anything of it yet."""
    arguments = [one for one in new if isinstance(one, Argument)]
    numbers = {one.id: one.number for one in proposals.of_ids(db, convention, {one.proposal_id for one in arguments})}
    with speaking(SOURCE):
        search.put_all(
            db, convention.id, KIND,
            [search.Text(one.id, _title(one, numbers[one.proposal_id]), one.text, one.address) for one in arguments],
        )  # fmt: skip
        search.put_all(
            db, convention.id, SAYING,
            [search.Text(one.id, _saying_title(one), one.text, one.address) for one in new if isinstance(one, Saying)],
        )  # fmt: skip


def _counted_as(one: Argument | Saying) -> str:
    if isinstance(one, Saying):
        return "sayings"
    return "replies" if one.replies_to_id else one.side.value


def _key(target: Target) -> tuple[str, str]:
    return (target.kind.casefold(), target.there)


def _debates(
    db: Session,
    convention: Convention,
    lines: Sequence[Line],
    titles: Sequence[DebateLine],
    proposals_here: Mapping[str, UUID],
    at: dt.datetime,
) -> Mapping[tuple[str, str], Debate]:
    """{(what it is, its number there): debate} of all that these lines talk of and that is no proposal here."""
    known = dict(queries.debates_known(db, convention))
    said = {line.there: line for line in titles}
    asked = dict.fromkeys(
        [
            *(line.target for line in lines if not (line.target.is_here and line.target.there in proposals_here)),
            # What was imported before without its title.
            *(
                Target(one.kind, one.there)
                for (kind, there), one in known.items()
                if kind == A_DEBATE and there in said
            ),
        ]
    )
    for target in asked:
        debate = known.get(_key(target)) or Debate(
            convention_id=convention.id,
            number=queries.next_number(db, convention, Debate),
            kind=target.kind,
            there=target.there,
            imported_at=at,
        )
        line = said.get(target.there) if target.kind.casefold() == A_DEBATE else None
        if line is not None and not debate.title:
            debate.title, debate.theme = line.title, line.theme
        db.add(debate)
        db.flush()
        known[_key(target)] = debate
        with speaking(SOURCE):
            search.put(db, convention.id, DEBATE, debate.id, debate.name, debate.theme, debate.address)
    return {_key(target): known[_key(target)] for target in asked}


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


def cover_again(db: Session, convention_id: UUID, kind: str, id: UUID) -> None:
    """Moderation hid or showed words of this argument, or saying: the search follows."""
    if kind == KIND:
        for argument in queries.of_ids(db, convention_id, [id]):
            _index(db, argument)
    elif kind == SAYING:
        for saying in queries.sayings_of_ids(db, convention_id, [id]):
            _index_saying(db, saying)


def _publish(db: Session, argument: Argument, author: Person) -> Argument:
    db.add(argument)
    db.flush()
    _index(db, argument)
    _tell(db, argument, author)
    return argument


def _tell(db: Session, argument: Argument, author: Person) -> None:
    db.emit(
        ArgumentWritten(
            argument.convention_id, argument.id, argument.proposal_id, argument.number, argument.side.value,
            argument.replies_to_id, author.id,
        )
    )  # fmt: skip


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
        title = _title(argument, proposal.number)
        search.put(db, argument.convention_id, KIND, argument.id, title, text, argument.address)


def _title(argument: Argument, proposal: int) -> str:
    title = _("Argument n° {n}, {side}, proposition {number}")
    if argument.replies_to_id is not None:
        title = _("Réponse n° {n} à un argument, proposition {number}")
    return title.format(n=argument.number, side=argument.side.label.lower(), number=proposal)


def _index_saying(db: Session, saying: Saying) -> None:
    with speaking(SOURCE):
        mask = queries.mask_of(db, saying)
        if mask is not None and mask.whole:
            search.remove(db, saying.convention_id, SAYING, saying.id)
            return
        text = mask.cover(saying.text) if mask else saying.text
        search.put(db, saying.convention_id, SAYING, saying.id, _saying_title(saying), text, saying.address)


def _saying_title(saying: Saying) -> str:
    return _("Remarque n° {n}, venue d’ailleurs").format(n=saying.number)
