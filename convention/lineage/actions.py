import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from convention.amendments import queries as amendments
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.lineage import queries, rules
from convention.lineage.events import ProposalsMerged, ProposalSplit, RecastingUndone
from convention.lineage.models import Fate, Kind, Recasting, Result, Source
from convention.lineage.queries import Recast
from convention.lineage.rules import Choice, Original
from convention.people.models import Person
from convention.programme.models import Theme
from convention.proposals import actions as writing
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal, Section, State
from convention.proposals.rules import Part, Passage, Standing
from convention.reservations import actions as reservations
from convention.reservations.models import Reservation
from convention.voting import queries as voting


def merge(
    db: Session,
    convention: Convention,
    by: Person,
    several: Sequence[Proposal],
    standing: Standing,
    theme: Theme,
    card: Mapping[str, Any],
    choices: Sequence[Choice],
    reason: str,
    revisions: Mapping[int, int],
) -> Recast:
    """Make one proposal of several. Their authors are its authors; each paragraph of theirs has its fate.

    `revisions` says which words were read: {proposal's number: its revision}.
    """
    originals = originals_of(db, several, standing, by, held=True)
    refuse(rules.why_not_merge(originals))
    refuse(_moved(originals, revisions))
    chosen = rules.pieces(originals, choices)
    made = rules.lines(chosen)
    refuse(next(iter(rules.why_not_these(chosen, made).values()), None))

    on_behalf = not all(one.standing.author for one in originals)
    parts = [Part(line.section, line.text, *_hand(line.pieces, by, on_behalf=on_behalf)) for line in made]
    proposal, versions = writing.compose(
        db, convention, by, theme, card, parts, _authors(db, originals), _written_for(originals)
    )
    recasting = _record(db, convention, Kind.MERGE, by, reason, originals, [proposal], on_behalf=on_behalf)
    into = {choice.key: id for line, id in zip(made, versions, strict=True) for _passage, choice in line.pieces}
    _trace(db, recasting, chosen, into)
    _replace(db, originals, State.MERGED, [proposal.number])
    sources = tuple(one.proposal.id for one in originals)
    db.emit(ProposalsMerged(convention.id, recasting.id, recasting.number, sources, proposal.id, by.id))
    return Recast(recasting, [one.proposal for one in originals], [proposal])


def split(
    db: Session,
    convention: Convention,
    by: Person,
    proposal: Proposal,
    standing: Standing,
    theme: Theme,
    titles: Sequence[str],
    choices: Sequence[Choice],
    reason: str,
    revisions: Mapping[int, int],
) -> Recast:
    """Make several proposals of one, word for word: what each says can be changed afterwards, by its authors."""
    (original,) = originals_of(db, [proposal], standing, by, held=True)
    refuse(rules.why_not_split(original))
    refuse(_moved([original], revisions))
    chosen = [(one, _unchanged(one, choice)) for one, choice in rules.pieces([original], choices)]
    refuse(next(iter(rules.why_not_parts(chosen, len(titles)).values()), None))

    on_behalf = not original.standing.author
    words = {name: getattr(original.proposal, name) for name in writing.CARD}
    results: list[Proposal] = []
    into: dict[str, UUID] = {}
    for place, title in enumerate(titles, 1):
        mine = sorted(
            ((one, choice) for one, choice in chosen if choice.place == place),
            key=lambda pair: list(Section).index(pair[0].paragraph.section),
        )
        parts = [
            Part(one.paragraph.section, one.text, one.version.author_id, one.version.on_behalf) for one, _choice in mine
        ]
        card = {**words, "title": title}
        made, versions = writing.compose(
            db, convention, by, theme, card, parts, _authors(db, [original]), original.proposal.written_for
        )
        results.append(made)
        into |= {choice.key: id for (_one, choice), id in zip(mine, versions, strict=True)}
    recasting = _record(db, convention, Kind.SPLIT, by, reason, [original], results, on_behalf=on_behalf)
    _trace(db, recasting, chosen, into)
    _replace(db, [original], State.SPLIT, [one.number for one in results])
    made_ids = tuple(one.id for one in results)
    db.emit(ProposalSplit(convention.id, recasting.id, recasting.number, original.proposal.id, made_ids, by.id))
    return Recast(recasting, [original.proposal], results)


def undo(db: Session, recast: Recast, by: Person, reason: str, standing: Standing) -> None:
    """Give the former proposals back exactly as they were. What was made of them stays readable, and says so."""
    ids = {one.id for one in (*recast.sources, *recast.results)}
    held = {one.id: one for one in proposals.locked(db, ids)}
    recasting = queries.again(db, recast.recasting)
    results = [held[one.id] for one in recast.results]
    refuse(why_not_undo(db, recasting, results, standing))
    recasting.undone_at, recasting.undone_by_id, recasting.undone_reason = clock.now(), by.id, reason
    db.add(recasting)
    for source in queries.sources(db, recasting):
        writing.bring_back(db, held[source.proposal_id], source.state)
    said = _("Réunion annulée : {reason}") if recasting.kind == Kind.MERGE else _("Partage annulé : {reason}")
    for one in results:
        writing.dissolve(db, one, by, said.format(reason=reason))
    db.emit(RecastingUndone(recasting.convention_id, recasting.id, recasting.number, by.id))


def why_not_undo(db: Session, recasting: Recasting, results: Sequence[Proposal], standing: Standing) -> str | None:
    """Asked by the page before it shows its button, and by the action once all is held."""
    passages = proposals.passages_of(db, results, removed=True)
    subjects = [version.subject for several in passages.values() for one in several for version in one.versions]
    polled = bool(voting.open_on(db, subjects) or voting.outcomes(db, subjects))
    amended = bool(queries.amended(db, results))
    return rules.why_not_undo(recasting, results, standing, amended=amended, polled=polled)


def carry(
    db: Session, convention: Convention, recast: Recast, result: Proposal, reservation: Reservation, by: Person, *,
    named: bool,
) -> None:  # fmt: skip
    """She wishes her signature to stand on the new text too. It stays where it was: nothing is moved for her."""
    if recast.recasting.undone_at is not None:
        raise Refused(_("Cette réunion est annulée : votre signature est où elle était."))
    mine = next((one for one in queries.signed_by(db, recast, by) if one.reservation.id == reservation.id), None)
    if mine is None:
        raise Refused(_("Vous ne signez pas cette réserve."))
    reservations.carry(db, convention, result, mine.reservation, by, named=named)


# -- what several need -----------------------------------------------------------------------------------------------


def originals_of(
    db: Session, several: Iterable[Proposal], standing: Standing, by: Person | None, *, held: bool = False
) -> list[Original]:
    """These proposals with all that says whether they may be merged; `held` for writing, until the transaction ends."""
    found: Sequence[Proposal] = list(several)
    covered = proposals.passages_of(db, found)
    if held:
        found = proposals.locked(db, {one.id for one in found})
    found = sorted(found, key=lambda one: one.number)
    passages = proposals.passages_of(db, found, original=held)
    polls = voting.open_on(db, [one.subject for each in passages.values() for one in each])
    authors = queries.authors_of(db, found)
    return [
        Original(
            proposal=one,
            passages=passages[one.id],
            standing=_standing(standing, author=by is not None and by.id in {each.id for each in authors[one.id]}),
            polls=polls,
            amendments=len(amendments.waiting_on(db, one.id)),
            masked=proposals.mask_of(db, one) is not None or any(each.mask for each in covered[one.id]),
        )
        for one in found
    ]


def _standing(standing: Standing, *, author: bool) -> Standing:
    return Standing(author, standing.facilitator, standing.phases, standing.at, standing.suspension)


def _moved(originals: Sequence[Original], revisions: Mapping[int, int]) -> str | None:
    """Whether somebody changed these words since they were read."""
    for one in originals:
        if revisions.get(one.proposal.number) != one.proposal.revision:
            return _("La proposition {n} a changé depuis que vous avez ouvert cette page : relisez-la.").format(
                n=one.proposal.number
            )
    return None


def _hand(pieces: Sequence[tuple[Passage, Choice]], by: Person, *, on_behalf: bool) -> tuple[UUID, bool]:
    """Whose words these are: nobody's change hands when they are kept as they are."""
    (passage, choice), *others = pieces
    if not others and choice.text == passage.text:
        return passage.version.author_id, passage.version.on_behalf
    return by.id, on_behalf


def _unchanged(passage: Passage, choice: Choice) -> Choice:
    return Choice(choice.key, choice.place, passage.text, choice.reason)


def _authors(db: Session, originals: Sequence[Original]) -> list[UUID]:
    found = queries.authors_of(db, [one.proposal for one in originals])
    return [person.id for person in itertools.chain.from_iterable(found[one.proposal.id] for one in originals)]


def _written_for(originals: Sequence[Original]) -> str:
    """The tables, and the people without account, for whom the facilitators wrote: they are authors too."""
    return ", ".join(dict.fromkeys(one.proposal.written_for for one in originals if one.proposal.written_for))


def _record(
    db: Session, convention: Convention, kind: Kind, by: Person, reason: str, originals: Sequence[Original],
    results: Sequence[Proposal], *, on_behalf: bool,
) -> Recasting:  # fmt: skip
    recasting = Recasting(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        kind=kind,
        reason=reason,
        by_id=by.id,
        on_behalf=on_behalf,
        done_at=clock.now(),
    )
    db.add(recasting)
    db.flush()
    for one in originals:
        db.add(Source(recasting_id=recasting.id, proposal_id=one.proposal.id, state=one.proposal.state))
    db.add_all(Result(recasting_id=recasting.id, proposal_id=one.id) for one in results)
    db.flush()
    return recasting


def _trace(
    db: Session, recasting: Recasting, chosen: Sequence[tuple[Passage, Choice]], into: Mapping[str, UUID]
) -> None:
    db.add_all(
        Fate(
            recasting_id=recasting.id,
            version_id=passage.version.id,
            into_id=into.get(choice.key),
            became=rules.became(passage, choice),
            reason=choice.reason,
        )
        for passage, choice in chosen
    )
    db.flush()


def _replace(db: Session, originals: Sequence[Original], state: State, became: Sequence[int]) -> None:
    for one in originals:
        writing.replace(db, one.proposal, state, became)
