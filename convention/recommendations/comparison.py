"""What changed from one edition to the next, for people to read: recommendation by recommendation, word by word. Pure.

Two trees are compared, and nothing else: an edition that was frozen twice without a change differs in nothing but its
number and its date, and the comparison says so.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from convention.algorithms import differences
from convention.algorithms.differences import Segment
from convention.kit.i18n import Lazy, lazy
from convention.kit.i18n import gettext as _
from convention.recommendations.files import cards, votes
from convention.recommendations.snapshot import (
    Edition,
    Expert,
    Paragraph,
    QuestionAnswer,
    Recommendation,
    Reservation,
    Share,
    Term,
    Vote,
)

What = Literal["added", "removed", "changed"]


@dataclasses.dataclass(frozen=True)
class Words:
    """A text that differs: what it is, as it was and as it is. Empty: there was none, or there is none now."""

    label: str
    before: str
    after: str

    @property
    def what(self) -> What:
        return "changed" if self.before and self.after else "added" if self.after else "removed"

    @property
    def segments(self) -> Sequence[Segment]:
        """The difference, in words."""
        return differences.segments(self.before, self.after)

    @property
    def runs(self) -> list[tuple[bool, list[Sequence[Segment]]]]:
        """The same to be read: paragraphs in order, those that did not change together: (they did not, they)."""
        kept = itertools.groupby(differences.paragraphs(self.before, self.after), key=_is_kept)
        return [(same, list(paragraphs)) for same, paragraphs in kept]


def _is_kept(paragraph: Sequence[Segment]) -> bool:
    return all(segment.kind == "same" for segment in paragraph)


@dataclasses.dataclass(frozen=True)
class Ballot:
    """A vote whose result differs: what was decided, and what is now. None: there was none, or there is none now."""

    subject: str
    before: Vote | None
    after: Vote | None


@dataclasses.dataclass(frozen=True)
class Card:
    """A recommendation that differs."""

    what: What
    number: int
    title: str
    theme: str
    words: Sequence[Words] = ()
    ballots: Sequence[Ballot] = ()


@dataclasses.dataclass(frozen=True)
class Comparison:
    cards: Sequence[Card]
    unsettled: Sequence[Card]  # the same for what was not settled
    words: Sequence[Words]  # the texts of the report
    ballots: Sequence[Ballot]  # votes that one edition has and the other has not

    @property
    def is_empty(self) -> bool:
        return not (self.cards or self.unsettled or self.words or self.ballots)

    def of(self, what: What) -> Sequence[Card]:
        return [card for card in self.cards if card.what == what]


_FIELDS: Sequence[tuple[Lazy, Callable[[Recommendation], str]]] = (
    (lazy("Titre"), lambda one: one.title),
    (lazy("Constat"), lambda one: one.finding),
    (lazy("Objectif"), lambda one: one.objective),
    (lazy("Qui est concerné"), lambda one: one.concerned),
    (lazy("Effets attendus"), lambda one: one.effects.general),
    (lazy("Effets sociaux"), lambda one: one.effects.social),
    (lazy("Effets écologiques"), lambda one: one.effects.ecological),
    (lazy("Budget"), lambda one: one.effects.budget),
    (lazy("Indicateur"), lambda one: one.indicator),
    (lazy("Compétence"), lambda one: one.competence),
    (lazy("Délai souhaité"), lambda one: one.deadline),
    (lazy("Notes d’experts"), lambda one: "\n\n".join(f"{note.author} : {note.text}" for note in one.expert_notes)),
    (lazy("Réserves"), lambda one: _positions(one.reservations)),
)

_TEXTS: Sequence[tuple[Lazy, Callable[[Edition], str]]] = (
    (lazy("Titre du rapport"), lambda edition: edition.title),
    (lazy("Sous-titre"), lambda edition: edition.subtitle),
    (lazy("Résumé"), lambda edition: edition.summary),
    (lazy("Lettre des membres"), lambda edition: edition.letter),
    (lazy("Préambule"), lambda edition: edition.preamble),
    (lazy("La question"), lambda edition: edition.convention.question),
    (lazy("Le mandat"), lambda edition: edition.convention.mandate),
    (lazy("L’engagement de réponse"), lambda edition: edition.convention.commitment),
    (lazy("Comment nous avons travaillé"), lambda edition: edition.method),
    (lazy("Les règles"), lambda edition: edition.working_rules),
    (lazy("Le tirage au sort"), lambda edition: edition.draw),
    (lazy("La composition"), lambda edition: _listed(edition.composition)),
    (lazy("Les personnes entendues"), lambda edition: _listed(edition.experts)),
    (lazy("Les règles de vote"), lambda edition: "\n\n".join(edition.voting_rules)),
    (lazy("Positions minoritaires"), lambda edition: _positions(edition.minority_positions)),
    (lazy("Questions et réponses"), lambda edition: _listed(edition.questions)),
    (lazy("Texte des garants"), lambda edition: edition.guarantors_report),
    (lazy("Journal des garants"), lambda edition: _journal(edition)),
    (lazy("Glossaire"), lambda edition: _listed(edition.glossary)),
)


def _journal(edition: Edition) -> str:
    """The guarantors' journal as one text, each entry with the answers that it had."""
    return "\n\n".join(
        "\n".join((f"{one.kind_label} {one.number} : {one.title}", one.text, *(reply.text for reply in one.replies)))
        for one in edition.guarantors_journal
    )


def _listed(several: Sequence[Share | Expert | QuestionAnswer | Term]) -> str:
    """A list as one text, a line each, its cells between commas."""
    return "\n\n".join(", ".join(str(cell) for _name, cell in one if cell not in ("", None)) for one in several)


def compare(before: Edition, after: Edition) -> Comparison:
    """From one edition to a later one."""
    return Comparison(
        cards=list(_cards(before, after, before.recommendations, after.recommendations)),
        unsettled=list(_cards(before, after, before.unsettled, after.unsettled)),
        words=list(_words(((str(label), read(before), read(after)) for label, read in _TEXTS))),
        ballots=list(_ballots(before, after)),
    )


def _cards(
    before: Edition, after: Edition, old: Sequence[Recommendation], new: Sequence[Recommendation]
) -> Iterable[Card]:
    """In the order of the later edition, those that left at the end."""
    were, are = {one.id: one for one in old}, {one.id: one for one in new}
    for one in new:
        card = _card(were.get(one.id), one, cards.theme_of(after, one).name)
        if card is not None:
            yield card
    for one in old:
        if one.id not in are:
            yield Card("removed", one.number, one.title, cards.theme_of(before, one).name)


def _card(old: Recommendation | None, new: Recommendation, theme: str) -> Card | None:
    if old is None:
        return Card("added", new.number, new.title, theme)
    fields = [(str(label), read(old), read(new)) for label, read in _FIELDS]
    were, are = _by_number(old), _by_number(new)
    numbers = sorted({*were, *are}, key=lambda number: [int(part) for part in number.split(".")])
    paragraphs = [
        (
            _("Paragraphe {number}").format(number=number),
            were[number].text if number in were else "",
            are[number].text if number in are else "",
        )
        for number in numbers
    ]
    words = [*_words([*fields[:3], *paragraphs, *fields[3:]])]
    pairs = [
        (_("Vote d’ensemble"), old.vote, new.vote),
        *((number, _vote_of(were.get(number)), _vote_of(are.get(number))) for number in numbers),
    ]
    ballots = [
        Ballot(subject, one, other)
        for subject, one, other in pairs
        if (one and one.fingerprint, one and one.poll) != (other and other.fingerprint, other and other.poll)
    ]
    return Card("changed", new.number, new.title, theme, words, ballots) if words or ballots else None


def _by_number(one: Recommendation) -> Mapping[str, Paragraph]:
    return {paragraph.number: paragraph for paragraph in one.paragraphs}


def _vote_of(paragraph: Paragraph | None) -> Vote | None:
    return paragraph.vote if paragraph else None


def _words(texts: Iterable[tuple[str, str, str]]) -> Iterable[Words]:
    for label, old, new in texts:
        if old != new:
            yield Words(label, old, new)


def _positions(positions: Sequence[Reservation]) -> str:
    return "\n\n".join(f"{one.text} ({cards.signatories(one)})" for one in positions)


def _ballots(before: Edition, after: Edition) -> Iterable[Ballot]:
    were = {(vote.poll, vote.subject): vote for vote in before.votes}
    are = {(vote.poll, vote.subject): vote for vote in after.votes}
    for key in [*are, *(key for key in were if key not in are)]:
        old, new = were.get(key), are.get(key)
        if old is None or new is None or old.counts != new.counts:
            yield Ballot(key[1], old, new)


def tree(comparison: Comparison, before: Edition, after: Edition) -> dict[str, Any]:
    """The same as data."""

    def vote(one: Vote | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {"poll": one.poll, "result": votes.result(one), "fingerprint": one.fingerprint, "url": one.address}

    def ballots(several: Sequence[Ballot]) -> list[dict[str, Any]]:
        return [{"subject": one.subject, "before": vote(one.before), "after": vote(one.after)} for one in several]

    def words(several: Sequence[Words]) -> list[dict[str, Any]]:
        return [
            {
                "text": one.label,
                "what": one.what,
                "segments": [{"kind": segment.kind.value, "text": segment.text} for segment in one.segments],
            }
            for one in several
        ]

    def listed(several: Sequence[Card]) -> list[dict[str, Any]]:
        return [
            {
                "what": card.what,
                "number": card.number,
                "title": card.title,
                "theme": card.theme,
                "texts": words(card.words),
                "votes": ballots(card.ballots),
            }
            for card in several
        ]

    return {
        "before": {"edition": before.number, "frozen_at": before.frozen_at.isoformat(), "url": before.address},
        "after": {"edition": after.number, "frozen_at": after.frozen_at.isoformat(), "url": after.address},
        "same": comparison.is_empty,
        "recommendations": listed(comparison.cards),
        "unsettled": listed(comparison.unsettled),
        "texts": words(comparison.words),
        "votes": ballots(comparison.ballots),
    }
