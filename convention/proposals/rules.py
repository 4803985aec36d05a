import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from convention.algorithms.decision import Outcome as Verdict
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy, ngettext
from convention.kit.text import moment, series
from convention.moderation import rules as moderation
from convention.moderation.models import Mask, Suspension
from convention.programme import rules as programme
from convention.programme.models import Activity, Phase
from convention.proposals.models import (
    HELD_FOR,
    Paragraph,
    ParagraphState,
    ParagraphVersion,
    PlainText,
    Proposal,
    Section,
    State,
)
from convention.voting.models import Outcome, Poll, Subject

MEASURE = lazy("Écrivez au moins un paragraphe : ce que vous demandez.")


@dataclasses.dataclass(frozen=True)
class Piece:
    """What was typed for a paragraph: `number` is that of an existing one, None for a new one."""

    field: str
    section: Section
    number: int | None
    text: str


@dataclasses.dataclass(frozen=True)
class Part:
    """A paragraph of a proposal made of others: its words, and whose they are."""

    section: Section
    text: str
    author_id: UUID
    on_behalf: bool = False
    reason: str = ""


Masks = Mapping[tuple[str, UUID], Mask]


@dataclasses.dataclass(frozen=True)
class Passage:
    """A paragraph with its versions, the oldest first; what moderation hides is covered in their words."""

    paragraph: Paragraph
    versions: Sequence[ParagraphVersion]
    masks: Masks = dataclasses.field(default_factory=dict)

    @property
    def version(self) -> ParagraphVersion:
        """The one in force."""
        return self.versions[-1]

    @property
    def subject(self) -> Subject:
        return self.version.subject

    @property
    def text(self) -> str:
        return self.version.text

    @property
    def mask(self) -> Mask | None:
        """What hides the words in force."""
        return self.masks.get(self.version.subject)

    @property
    def anchor(self) -> str:
        """Where it is in the proposal's page."""
        return f"p-{self.paragraph.number}"


@dataclasses.dataclass(frozen=True)
class Hold:
    """Whose hand a paragraph is in: her name, since when, when she last typed."""

    person_id: UUID
    name: str
    since: dt.datetime
    typed_at: dt.datetime

    def lasts(self, at: dt.datetime) -> bool:
        return at < self.typed_at + HELD_FOR


@dataclasses.dataclass(frozen=True)
class Standing:
    """Who asks, and when: an author of this proposal, a facilitator, what the programme opens.

    A facilitator stands as the author of what she wrote for a table or for a person without account.
    """

    author: bool
    facilitator: bool
    phases: Sequence[Phase]
    at: dt.datetime
    suspension: Suspension | None = None
    # Who she is, and {paragraph's id: whose hand it is in} for this proposal.
    me: UUID | None = None
    holds: Mapping[UUID, Hold] = dataclasses.field(default_factory=dict)
    on_behalf: bool = False

    def held_by_another(self, paragraph: Paragraph) -> Hold | None:
        hold = self.holds.get(paragraph.id)
        return hold if hold and hold.lasts(self.at) and hold.person_id != self.me else None

    def holds_it(self, paragraph: Paragraph) -> bool:
        hold = self.holds.get(paragraph.id)
        return hold is not None and hold.lasts(self.at) and hold.person_id == self.me

    @property
    def why_not_write(self) -> str | None:
        return moderation.why_not_write(self.suspension, self.at)


Polls = Mapping[Subject, Poll]

_DECISIONS = frozenset({Verdict.KEPT, Verdict.ADOPTED, Verdict.REWRITE, Verdict.REJECTED})


def why_not_alive(proposal: Proposal) -> str | None:
    """Why nothing of this proposal moves any more: it is withdrawn, or its words are read elsewhere."""
    if proposal.state == State.WITHDRAWN:
        return _("Cette proposition est retirée : son texte ne change plus.")
    numbers = series(str(number) for number in proposal.became)
    if proposal.state == State.MERGED:
        return _("Cette proposition est réunie dans la proposition {n} : écrivez là-bas.").format(n=numbers)
    if proposal.state == State.SPLIT:
        return _("Cette proposition est partagée entre les propositions {n} : écrivez là-bas.").format(n=numbers)
    return None


def why_not_submit(phases: Sequence[Phase], at: dt.datetime, suspension: Suspension | None = None) -> str | None:
    return programme.why_not_open(phases, Activity.PROPOSE, at) or moderation.why_not_write(suspension, at)


def why_not_change_card(
    proposal: Proposal, passages: Sequence[Passage], standing: Standing, polls: Polls
) -> str | None:
    """Why the title, the statement of fact and the rest of the card cannot change, nor paragraphs be added."""
    if gone := why_not_alive(proposal):
        return gone
    if not standing.author:
        return _("Seules les personnes qui ont écrit cette proposition peuvent la modifier.")
    if reason := standing.why_not_write or programme.why_not_open(standing.phases, Activity.EDIT, standing.at):
        return reason
    if number := _polled(passages, polls):
        return _("Cette proposition est dans le scrutin n° {n} : elle pourra changer quand il sera fermé.").format(
            n=number
        )
    if passages and all(passage.paragraph.state == ParagraphState.KEPT for passage in passages):
        return _("Cette proposition est gardée par un vote : elle ne change plus.")
    return None


def why_not_change_paragraph(proposal: Proposal, passage: Passage, standing: Standing, polls: Polls) -> str | None:
    """Why this paragraph cannot be written again.

    One that a poll sent back may always be, by its authors, or by the facilitators for them.
    """
    if reason := _why_not_paragraph(proposal, passage, standing, polls):
        return reason
    if hold := standing.held_by_another(passage.paragraph):
        return _(
            "{name} écrit ce paragraphe depuis le {moment}. Vous pourrez le prendre quand il sera rendu, ou un quart "
            "d’heure après ses derniers mots."
        ).format(name=hold.name, moment=moment(hold.since))
    return None


def _why_not_paragraph(proposal: Proposal, passage: Passage, standing: Standing, polls: Polls) -> str | None:
    if gone := why_not_alive(proposal):
        return gone
    if passage.paragraph.state == ParagraphState.KEPT:
        return _("Ce paragraphe est gardé par un vote : il ne change plus.")
    if poll := polls.get(passage.subject):
        return _("Ce paragraphe est dans le scrutin n° {n} : il pourra changer quand il sera fermé.").format(
            n=poll.number
        )
    if passage.paragraph.state == ParagraphState.TO_REWRITE:
        if not (standing.author or standing.facilitator):
            return _("Ce paragraphe est à réécrire par les personnes qui l’ont proposé, ou par l’animation pour elles.")
        return standing.why_not_write
    if not standing.author:
        return _("Seules les personnes qui ont écrit cette proposition peuvent la modifier.")
    return standing.why_not_write or programme.why_not_open(standing.phases, Activity.EDIT, standing.at)


def why_not_change(proposal: Proposal, passages: Sequence[Passage], standing: Standing, polls: Polls) -> str | None:
    """Why nothing of it can change."""
    reason = why_not_change_card(proposal, passages, standing, polls)
    if reason is None or any(why_not_change_paragraph(proposal, one, standing, polls) is None for one in passages):
        return None
    return reason


def why_not_withdraw(proposal: Proposal, passages: Sequence[Passage], standing: Standing, polls: Polls) -> str | None:
    if not standing.author:
        return _("Seules les personnes qui ont écrit cette proposition peuvent la retirer.")
    if proposal.state == State.WITHDRAWN:
        return _("Cette proposition est déjà retirée.")
    if gone := why_not_alive(proposal):
        return gone
    if number := _polled(passages, polls):
        return _("Cette proposition est dans le scrutin n° {n} : attendez qu’il soit fermé.").format(n=number)
    if any(passage.paragraph.state == ParagraphState.KEPT for passage in passages):
        # The assembly has voted for it: it is no longer its authors' alone.
        return _("L’assemblée a gardé un paragraphe de cette proposition : elle ne peut plus être retirée.")
    return None


def why_not_poll(proposal: Proposal, passage: Passage, polls: Polls) -> str | None:
    """Why this paragraph cannot be put to the vote now."""
    if gone := why_not_alive(proposal):
        return gone
    if passage.paragraph.removed_at is not None:
        return _("Ce paragraphe a été enlevé.")
    if passage.paragraph.state == ParagraphState.KEPT:
        return _("Déjà gardé par un vote.")
    if passage.mask is not None:
        return _("Masqué par la modération : à réécrire, ou à contester, d’abord.")
    if passage.paragraph.state == ParagraphState.TO_REWRITE:
        return _("À réécrire d’abord.")
    if poll := polls.get(passage.subject):
        return _("Déjà dans le scrutin n° {n}.").format(n=poll.number)
    return None


def why_not_give_back(passage: Passage, standing: Standing) -> str | None:
    """Why she cannot free a paragraph: who holds it may, and the facilitators for her."""
    hold = standing.holds.get(passage.paragraph.id)
    if hold is None or not hold.lasts(standing.at):
        return _("Personne n’écrit ce paragraphe : vous pouvez le prendre.")
    if hold.person_id != standing.me and not standing.facilitator:
        return _("Seules la personne qui écrit ce paragraphe et l’animation peuvent le rendre.")
    return None


def why_not_move(
    proposal: Proposal, passages: Sequence[Passage], standing: Standing, polls: Polls, passage: Passage, step: int
) -> str | None:
    """Why this paragraph cannot go up (`step` -1) or down (1) among those of its section."""
    if reason := why_not_change_card(proposal, passages, standing, polls):
        return reason
    beside = [one for one in passages if one.paragraph.section == passage.paragraph.section]
    if passage == beside[0] and step < 0:
        return _("Ce paragraphe est déjà le premier.")
    if passage == beside[-1] and step > 0:
        return _("Ce paragraphe est déjà le dernier.")
    return None


# -- those who write -----------------------------------------------------------------------------------------------


def why_not_write_for(facilitator: bool) -> str | None:
    """Why she cannot write for a table, or for a person without account."""
    return None if facilitator else _("Seule l’animation écrit pour une table ou pour une personne sans compte.")


def why_not_invite(proposal: Proposal, standing: Standing) -> str | None:
    """Why she cannot invite somebody to write, nor answer those who ask to."""
    if gone := why_not_alive(proposal):
        return gone
    if not standing.author:
        return _("Seules les personnes qui ont écrit cette proposition peuvent en inviter une autre.")
    return standing.why_not_write


def why_not_join(proposal: Proposal, standing: Standing, *, member: bool) -> str | None:
    """Why she cannot ask to write this proposal, nor accept to."""
    if gone := why_not_alive(proposal):
        return gone
    if not member:
        return _("Les membres de la convention peuvent demander à écrire cette proposition.")
    if standing.author and not standing.on_behalf:
        return _("Vous écrivez déjà cette proposition.")
    return standing.why_not_write


def why_not_leave(proposal: Proposal, standing: Standing, *, authors: int) -> str | None:
    """Why she cannot stop being an author: a text always keeps one, unless it was written for others."""
    if not standing.author or standing.on_behalf:
        return _("Vous n’êtes pas parmi les personnes qui écrivent cette proposition.")
    if gone := why_not_alive(proposal):
        return gone
    if authors < 2 and not proposal.written_for:
        return _("Vous êtes la seule personne à l’écrire : invitez quelqu’un d’abord, ou retirez la proposition.")
    return None


# -- plain words ---------------------------------------------------------------------------------------------------


def why_not_write_plain(proposal: Proposal, standing: Standing) -> str | None:
    if gone := why_not_alive(proposal):
        return gone
    if not (standing.author or standing.facilitator):
        return _("Les personnes qui ont écrit cette proposition et l’animation peuvent l’écrire en texte simple.")
    return standing.why_not_write


def why_not_approve_plain(proposal: Proposal, plain: PlainText, standing: Standing) -> str | None:
    """Four eyes: nobody approves her own plain words."""
    if reason := why_not_write_plain(proposal, standing):
        return reason
    if plain.approved_at is not None:
        return _("Ce texte simple est déjà approuvé.")
    if plain.written_by_id == standing.me:
        return _("Une autre personne doit l’approuver : vous l’avez écrit.")
    if plain.revision != proposal.revision:
        return _("Le texte officiel a changé depuis : le texte simple est à relire, puis à enregistrer de nouveau.")
    return None


def why_not_these(pieces: Sequence[Piece], passages: Sequence[Passage]) -> dict[str, str]:
    """{field: sentence} for paragraphs that may not be emptied. To be asked once each may be changed."""
    typed = {piece.number: piece for piece in pieces if piece.number is not None}
    wrong: dict[str, str] = {}
    for passage in passages:
        piece = typed.get(passage.paragraph.number)
        if piece and not piece.text and len(passage.versions) > 1:
            wrong[piece.field] = _("Ce paragraphe a plusieurs versions : réécrivez-le plutôt que de l’effacer.")
        elif piece and not piece.text and passage.paragraph.state != ParagraphState.PROPOSED:
            wrong[piece.field] = _("L’assemblée demande de réécrire ce paragraphe : écrivez votre nouvelle version.")
    left = [
        passage
        for passage in passages
        if passage.paragraph.section == Section.MEASURE
        and (passage.paragraph.number not in typed or typed[passage.paragraph.number].text)
    ]
    new = [piece for piece in pieces if piece.number is None and piece.section == Section.MEASURE and piece.text]
    if not left and not new:
        first = next((piece.field for piece in pieces if piece.section == Section.MEASURE), "mesure-n1")
        wrong.setdefault(first, str(MEASURE))
    return wrong


def state_of(passages: Sequence[Passage]) -> State:
    """Where a proposal is, from its paragraphs."""
    states = {passage.paragraph.state for passage in passages}
    if ParagraphState.TO_REWRITE in states:
        return State.TO_REWRITE
    return State.KEPT if states == {ParagraphState.KEPT} else State.SUBMITTED


def _polled(passages: Sequence[Passage], polls: Polls) -> int | None:
    return next((poll.number for passage in passages if (poll := polls.get(passage.subject))), None)


def decides(outcome: Outcome) -> bool:
    """Whether this result changes the text: without a quorum or a voice, or in an indicative vote, nothing moves."""
    return not outcome.rule.indicative and outcome.verdict in _DECISIONS


# -- who wrote it, as the rules of display say ---------------------------------------------------------------------


# Kept with each text that is imported, as the name of a table would be.
ELSEWHERE = "des personnes d’une autre plateforme"
_NOBODY = re.compile(rf"(la |le |l’)?(table|groupe|atelier)\b|{ELSEWHERE}$", re.IGNORECASE)  # it names no person


def written_for(proposal: Proposal, *, named: bool) -> str:
    """Whom the facilitators wrote it for: a table's name is for everyone, a person's for those signed in (`named`).

    Nothing when those who signed it wrote it.
    """
    whom = proposal.written_for
    several = whom.split(", ") if whom else []  # a merge writes for all those of its originals
    nobody = [one for one in several if _NOBODY.match(one)]
    if named or nobody == several:
        return whom
    return series([*nobody, _("une personne sans compte")]) if nobody else _("une table ou une personne sans compte")


def written_on_behalf(proposal: Proposal, *, named: bool) -> str:
    """The same as a sentence, for the trace and the report; nothing when those who signed it wrote it."""
    whom = written_for(proposal, named=named)
    return _("Écrite par l’animation, pour {who}").format(who=whom) if proposal.written_for else ""


def byline(proposal: Proposal, authors: Sequence[str], *, named: bool) -> str:
    """« Écrite par Nadia et Omar »: members are not named to the world."""
    whom = written_for(proposal, named=named)
    if whom and not authors:
        return _("Écrite par l’animation, pour %(who)s") % {"who": whom}
    if named:
        said = _("Écrite par %(names)s") % {"names": series(authors)}
    else:
        n = len(authors)
        said = ngettext("Écrite par %(n)s membre", "Écrite par %(n)s membres", n) % {"n": n}
    return said + (_(", déposée par l’animation pour %(who)s") % {"who": whom} if whom else "")
