import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from convention.algorithms.decision import Outcome as Verdict
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.moderation import rules as moderation
from convention.moderation.models import Mask, Suspension
from convention.programme import rules as programme
from convention.programme.models import Activity, Phase
from convention.proposals.models import Paragraph, ParagraphState, ParagraphVersion, Proposal, Section, State
from convention.voting.models import Outcome, Poll, Subject

MEASURE = lazy("Écrivez au moins un paragraphe : ce que vous demandez.")


@dataclasses.dataclass(frozen=True)
class Piece:
    """What was typed for a paragraph: `number` is that of an existing one, None for a new one."""

    field: str
    section: Section
    number: int | None
    text: str


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
class Standing:
    """Who asks, and when: an author of this proposal, a facilitator, what the programme opens."""

    author: bool
    facilitator: bool
    phases: Sequence[Phase]
    at: dt.datetime
    suspension: Suspension | None = None

    @property
    def why_not_write(self) -> str | None:
        return moderation.why_not_write(self.suspension, self.at)


Polls = Mapping[Subject, Poll]

_DECISIONS = frozenset({Verdict.KEPT, Verdict.ADOPTED, Verdict.REWRITE, Verdict.REJECTED})


def why_not_submit(phases: Sequence[Phase], at: dt.datetime, suspension: Suspension | None = None) -> str | None:
    return programme.why_not_open(phases, Activity.PROPOSE, at) or moderation.why_not_write(suspension, at)


def why_not_change_card(
    proposal: Proposal, passages: Sequence[Passage], standing: Standing, polls: Polls
) -> str | None:
    """Why the title, the statement of fact and the rest of the card cannot change, nor paragraphs be added."""
    if proposal.state == State.WITHDRAWN:
        return _("Cette proposition est retirée : son texte ne change plus.")
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
    if proposal.state == State.WITHDRAWN:
        return _("Cette proposition est retirée : son texte ne change plus.")
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
    if number := _polled(passages, polls):
        return _("Cette proposition est dans le scrutin n° {n} : attendez qu’il soit fermé.").format(n=number)
    if any(passage.paragraph.state == ParagraphState.KEPT for passage in passages):
        # The assembly has voted for it: it is no longer its authors' alone.
        return _("L’assemblée a gardé un paragraphe de cette proposition : elle ne peut plus être retirée.")
    return None


def why_not_poll(proposal: Proposal, passage: Passage, polls: Polls) -> str | None:
    """Why this paragraph cannot be put to the vote now."""
    if proposal.state == State.WITHDRAWN or passage.paragraph.removed_at is not None:
        return _("Cette proposition est retirée.")
    if passage.paragraph.state == ParagraphState.KEPT:
        return _("Déjà gardé par un vote.")
    if passage.mask is not None:
        return _("Masqué par la modération : à réécrire, ou à contester, d’abord.")
    if passage.paragraph.state == ParagraphState.TO_REWRITE:
        return _("À réécrire d’abord.")
    if poll := polls.get(passage.subject):
        return _("Déjà dans le scrutin n° {n}.").format(n=poll.number)
    return None


def why_not_add_author(proposal: Proposal, standing: Standing) -> str | None:
    if proposal.state == State.WITHDRAWN:
        return _("Cette proposition est retirée.")
    if not standing.author:
        return _("Seules les personnes qui ont écrit cette proposition peuvent en ajouter une autre.")
    return standing.why_not_write


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
