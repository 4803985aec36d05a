"""What the doors of this slice have in common: the proposal of the address, who asks, how a difference is shown."""

from collections.abc import Sequence

from convention.algorithms import differences
from convention.algorithms.differences import Kind, Segment
from convention.kit.i18n import gettext as _
from convention.moderation import queries as moderation
from convention.people.models import Person, RoleKind
from convention.people.visits import Visit, found
from convention.programme import queries as programme
from convention.proposals import queries, rules
from convention.proposals.models import Proposal
from convention.proposals.rules import Standing


def proposal_here(visit: Visit) -> Proposal:
    number = visit.path("number")
    return found(queries.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def standing_of(visit: Visit, proposal: Proposal) -> Standing:
    """Who asks. Whose hand each paragraph is in is read for those who may write."""
    facilitator = visit.is_a(RoleKind.FACILITATOR)
    hers = visit.is_a(RoleKind.MEMBER) and queries.is_author(visit.db, proposal, visit.person)
    scribe = facilitator and proposal.written_for != "" and not hers
    return Standing(
        author=hers or scribe,
        facilitator=facilitator,
        phases=programme.phases(visit.db, visit.convention),
        at=visit.at,
        suspension=moderation.suspension(visit.db, visit.convention, visit.person, visit.at),
        me=visit.person.id if visit.person else None,
        holds=queries.holds(visit.db, proposal) if hers or facilitator else {},
        on_behalf=scribe,
    )


def after_change(visit: Visit, proposal: Proposal) -> str:
    """What to say once it is written: that everyone reads it, or that a person reads what was hidden first."""
    masks = [queries.mask_of(visit.db, proposal), *(one.mask for one in queries.passages(visit.db, proposal))]
    return "proposition-a-relire" if any(one and one.rewritten for one in masks) else "proposition-modifiee"


def difference(before: str, after: str) -> list[Segment]:
    """The difference in words; the spaces around a change stay outside its mark, so that its label stands apart."""
    shown: list[Segment] = []
    segments = differences.segments(before, after)
    for place, segment in enumerate(segments):
        words = segment.text.strip()
        if segment.kind is Kind.SAME or not words:
            shown.append(segment)
            continue
        first = segment.text.index(words)
        start, end = segment.text[:first], segment.text[first + len(words) :]
        beside = place + 1 < len(segments) and segments[place + 1].kind is not Kind.SAME
        shown += [Segment(Kind.SAME, start), Segment(segment.kind, words), Segment(Kind.SAME, end or " " * beside)]
    return shown


def byline(visit: Visit, proposal: Proposal, authors: Sequence[Person]) -> str:
    """Who wrote it, as this visitor may know it."""
    return rules.byline(proposal, [one.name for one in authors], named=visit.person is not None)


def facts(proposal: Proposal) -> list[tuple[str, str, str]]:
    """What lets a proposal be checked: (its name, what we call it, what its authors wrote)."""
    said = [
        (_("Qui est concerné"), "", proposal.concerned),
        (_("Effets attendus"), "", proposal.effects),
        (_("Indicateur"), "", proposal.indicator),
        (_("Compétence"), proposal.competence.label, proposal.competence_note),
        (_("Délai souhaité"), "", proposal.deadline),
    ]
    return [fact for fact in said if any(fact[1:])]
