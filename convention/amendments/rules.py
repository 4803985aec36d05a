import dataclasses
import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from convention.algorithms.merging import Clash, merge
from convention.amendments.models import TEXT_LENGTH, Amendment, Kind
from convention.kit.i18n import gettext as _
from convention.moderation.models import Mask
from convention.people.models import Person
from convention.programme import rules as programme
from convention.programme.models import Activity
from convention.proposals import rules as proposals
from convention.proposals.models import ParagraphState, ParagraphVersion, Proposal, Section
from convention.proposals.rules import Passage, Polls, Standing


@dataclasses.dataclass(frozen=True)
class Case:
    """An amendment with the text it aims at: `base` is what its author read, `passage` the paragraph with what it says.

    Neither for a new paragraph. `passages` are all the paragraphs that the proposal has.
    """

    amendment: Amendment
    proposal: Proposal
    passages: Sequence[Passage]
    passage: Passage | None
    base: ParagraphVersion | None
    # Moderation hides the paragraph: what was asked of it would show its words.
    masked: bool = False
    # Moderation hides the amendment itself, or what was answered to it.
    mask: Mask | None = None
    answer_mask: Mask | None = None

    @property
    def asked(self) -> str:
        """The paragraph as its author wants it, from the words she read."""
        return asked(self.amendment.kind, self.amendment.text, self.base.text if self.base else "")

    @property
    def shown(self) -> "Case":
        """The same as everyone may read it, for the pages: a passage that moderation hides is covered."""
        if self.mask is None and self.answer_mask is None:
            return self
        words, base = self.amendment.model_dump(), self.base
        if self.answer_mask is not None:
            words["decision_reason"] = self.answer_mask.cover(words["decision_reason"])
        if self.mask is not None:
            cover = self.mask.cover
            words |= {name: cover(words[name]) for name in ("text", "rationale", "decision_reason")}
            base = ParagraphVersion(**{**base.model_dump(), "text": cover(base.text)}) if base else None
        return dataclasses.replace(self, amendment=Amendment(**words), base=base)

    @property
    def is_outdated(self) -> bool:
        """Whether the paragraph has changed since."""
        return self.passage is not None and self.base is not None and self.passage.version.id != self.base.id

    @property
    def fit(self) -> str | Clash:
        """The paragraph as it would be now; or the words for which nobody but people can say."""
        if self.passage is None or self.base is None:
            return self.asked
        return merge(self.base.text, self.asked, self.passage.text)

    @property
    def label(self) -> str:
        """« 9.2 », or « 9 » for a new paragraph."""
        return f"{self.proposal.number}.{self.passage.paragraph.number}" if self.passage else str(self.proposal.number)


def asked(kind: Kind, text: str, base: str) -> str:
    """What a paragraph becomes; nothing when it is to be taken out."""
    if kind == Kind.ADD:
        return f"{base} {text}"
    if kind == Kind.REMOVE:
        return ""
    if kind == Kind.DELETE:
        places = _places(text, base)
        assert places, "these words are in the text: the rule has said so"
        before, after = base[: places[0]], base[places[0] + len(text) :]
        # One space is left where the words were, none before a stop.
        if not before or before[-1].isspace() and (not after or after[0].isspace() or after[0] in ".,)"):
            before, after = before.rstrip(), after if before else after.lstrip()
        left = before + after
        return left if left.strip(" .,;:") else ""
    return text


def _places(words: str, base: str) -> list[int]:
    """Where these words are in the text, as whole words."""
    first = r"(?<!\w)" if words[0].isalnum() else ""
    last = r"(?!\w)" if words[-1].isalnum() else ""
    return [found.start() for found in re.finditer(first + re.escape(words) + last, base)]


# -- submitting ------------------------------------------------------------------------------------------------------


def why_not_submit(
    proposal: Proposal, passages: Sequence[Passage], passage: Passage | None, standing: Standing, polls: Polls
) -> str | None:
    """Why this paragraph, or this proposal when a paragraph is to be added, is not open to amendments."""
    return (
        standing.why_not_write
        or programme.why_not_open(standing.phases, Activity.AMEND, standing.at)
        or _why_not_touch(proposal, passages, passage, polls)
    )


def why_not_type(standing: Standing) -> str | None:
    """Why she does not type what another wrote on paper."""
    if not standing.facilitator:
        return _("Seule l’animation recopie un amendement écrit sur papier.")
    return None


def why_not_ask(kind: Kind, text: str, base: str | None) -> str | None:
    """What is wrong with the words of an amendment on this text (None for a new paragraph)."""
    if (kind == Kind.NEW) != (base is None):
        return _("Choisissez ce que vous demandez.")
    if not text and kind != Kind.REMOVE:
        return _("Écrivez le texte que vous demandez.")
    if base is None:
        return None
    # The box begins with the whole paragraph: left there, it would be written twice, or all of it taken away.
    if (kind == Kind.ADD and text.startswith(base.strip())) or (kind == Kind.DELETE and text == base.strip()):
        return _("La case contient encore tout le paragraphe : n’y laissez que les mots à ajouter ou à supprimer.")
    if kind == Kind.DELETE and len(places := _places(text, base)) != 1:
        return (
            _("Ces mots sont plusieurs fois dans le paragraphe : recopiez-en un peu plus, autour.")
            if places
            else _("Ces mots ne sont pas dans le paragraphe : recopiez-les comme ils sont écrits.")
        )
    result = asked(kind, text, base)
    if result == base:
        return _("C’est le texte d’aujourd’hui : changez au moins un mot.")
    if over := max(0, len(result) - TEXT_LENGTH):
        return _(
            "Le paragraphe serait trop long de {n} caractères : raccourcissez, ou demandez un nouveau paragraphe."
        ).format(n=over)
    return None


def why_not_withdraw(person: Person | None, amendment: Amendment, polls: Polls) -> str | None:
    if person is None or person.id != amendment.author_id:
        return _("Seule la personne qui a déposé l’amendement peut le retirer.")
    if not amendment.is_open:
        return _("Cet amendement a déjà été examiné.")
    if amendment.poll_number is not None:
        return _("L’assemblée a adopté cet amendement : il n’est plus à vous seul·e.")
    return _polled(amendment, polls)


def why_not_rewrite(person: Person | None, case: Case, standing: Standing, polls: Polls) -> str | None:
    """Why its author may not submit it again on the words of today."""
    if reason := why_not_withdraw(person, case.amendment, polls):
        return reason
    if not case.is_outdated:
        return _("Le paragraphe n’a pas changé depuis cet amendement.")
    return why_not_submit(case.proposal, case.passages, case.passage, standing, polls)


# -- deciding --------------------------------------------------------------------------------------------------------


def may_decide(case: Case, standing: Standing) -> bool:
    """Those who write the proposal; the facilitators for them where they may write for them, and after a vote."""
    sent_back = case.passage is not None and case.passage.paragraph.state == ParagraphState.TO_REWRITE
    for_others = bool(case.proposal.written_for)  # a table, people of another platform: none of them has an account
    voted = case.amendment.poll_number is not None
    return standing.author or (standing.facilitator and (sent_back or for_others or voted))


def why_not_decide(case: Case, standing: Standing, polls: Polls) -> str | None:
    """Why this person may not answer this amendment, whatever her answer."""
    if not may_decide(case, standing):
        return _("Seules les personnes qui ont écrit cette proposition peuvent décider de ses amendements.")
    if not case.amendment.is_open:
        return _("Cet amendement a déjà été examiné.")
    return standing.why_not_write or _polled(case.amendment, polls)


def why_not_merge(case: Case, standing: Standing, polls: Polls) -> str | None:
    """Why the text may not be written from both."""
    return (
        why_not_decide(case, standing, polls)
        or _why_not_seen(case)
        or _why_not_touch(case.proposal, case.passages, case.passage, polls)
        or _why_not_now(case, standing)
    )


def why_not_accept(case: Case, standing: Standing, polls: Polls) -> str | None:
    return why_not_merge(case, standing, polls) or why_not_apply(case)


def why_not_reject(case: Case, standing: Standing, polls: Polls) -> str | None:
    if case.amendment.poll_number is not None and case.amendment.is_open:
        return _("L’assemblée a adopté cet amendement : il reste à écrire le texte qui le réunit au paragraphe.")
    return why_not_decide(case, standing, polls)


def why_not_apply(case: Case) -> str | None:
    """Why these words, as they are, do not go into the text of today."""
    fit = case.fit
    if isinstance(fit, Clash):
        return _("Le paragraphe a changé depuis : « {words} » a été écrit autrement, au même endroit.").format(
            words=_short(fit.words)
        )
    if not fit:
        return _why_not_take_out(case)
    if over := max(0, len(fit) - TEXT_LENGTH):
        return _("Le paragraphe serait trop long de {n} caractères.").format(n=over)
    return None


def why_not_adopt(case: Case, polls: Polls) -> str | None:
    """Why nothing can come of an adopted amendment any more: what it aimed at is gone, or decided."""
    return _why_not_touch(case.proposal, case.passages, case.passage, polls)


def why_not_poll(case: Case, polls: Polls) -> str | None:
    """Why this amendment cannot be put to the vote now."""
    if not case.amendment.is_open:
        return _("Cet amendement a déjà été examiné.")
    if case.amendment.poll_number is not None:
        return _("L’assemblée l’a déjà adopté.")
    return (
        _polled(case.amendment, polls)
        or _why_not_seen(case)
        or _why_not_touch(case.proposal, case.passages, case.passage, polls)
        or why_not_apply(case)
    )


def _why_not_touch(
    proposal: Proposal, passages: Sequence[Passage], passage: Passage | None, polls: Polls
) -> str | None:
    if gone := proposals.why_not_alive(proposal):
        return gone
    if passage is None:
        if passages and all(one.paragraph.state == ParagraphState.KEPT for one in passages):
            return _("Cette proposition est gardée par un vote : elle ne change plus.")
        return None
    if passage.paragraph.removed_at is not None:
        return _("Ce paragraphe a été enlevé.")
    if passage.mask is not None:
        return _("Ce paragraphe est masqué par la modération : il ne s’amende pas.")
    if passage.paragraph.state == ParagraphState.KEPT:
        return _("Ce paragraphe est gardé par un vote : il ne change plus.")
    if poll := polls.get(passage.subject):
        return _("Ce paragraphe est dans le scrutin n° {n} : il pourra changer quand il sera fermé.").format(
            n=poll.number
        )
    return None


def _why_not_seen(case: Case) -> str | None:
    return _("Cet amendement est masqué par la modération.") if case.mask else None


def _why_not_now(case: Case, standing: Standing) -> str | None:
    sent_back = case.passage is not None and case.passage.paragraph.state == ParagraphState.TO_REWRITE
    if sent_back or case.amendment.poll_number is not None:
        return None
    if programme.why_not_open(standing.phases, Activity.EDIT, standing.at) is None:
        return None
    return programme.why_not_open(standing.phases, Activity.AMEND, standing.at)


def _why_not_take_out(case: Case) -> str | None:
    others = [
        one
        for one in case.passages
        if one.paragraph.section == Section.MEASURE
        and one.paragraph.removed_at is None
        and (case.passage is None or one.paragraph.id != case.passage.paragraph.id)
    ]
    if others or (case.passage is not None and case.passage.paragraph.section != Section.MEASURE):
        return None
    return _("C’est le dernier paragraphe de la mesure : une proposition en garde au moins un.")


def _polled(amendment: Amendment, polls: Polls) -> str | None:
    if poll := polls.get(amendment.subject):
        return _("Cet amendement est dans le scrutin n° {n} : l’assemblée décidera.").format(n=poll.number)
    return None


def _short(words: str, most: int = 120) -> str:
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"


# -- several on the same words ---------------------------------------------------------------------------------------


def conflicts(cases: Sequence[Case]) -> Mapping[UUID, Sequence[Case]]:
    """{amendment's id: the others, waiting too, that change the same words}. Those without any are left out."""
    found: dict[UUID, list[Case]] = {}
    waiting = [case for case in cases if case.amendment.is_open and case.base is not None]
    for place, case in enumerate(waiting):
        for other in waiting[place + 1 :]:
            if _clash(case, other):
                found.setdefault(case.amendment.id, []).append(other)
                found.setdefault(other.amendment.id, []).append(case)
    return found


def groups(cases: Sequence[Case]) -> Sequence[Sequence[Case]]:
    """The amendments that cannot all be accepted, put together: each group is to be compared and decided at once."""
    against, by_id = conflicts(cases), {case.amendment.id: case for case in cases}
    found, seen = [], set[UUID]()
    for case in cases:
        if case.amendment.id in seen or case.amendment.id not in against:
            continue
        group, ahead = set[UUID](), [case.amendment.id]
        while ahead:
            if (id := ahead.pop()) not in group:
                group.add(id)
                ahead += [other.amendment.id for other in against[id]]
        seen |= group
        found.append([by_id[one.amendment.id] for one in cases if one.amendment.id in group])
    return found


def _clash(case: Case, other: Case) -> bool:
    assert case.base is not None and other.base is not None, "a new paragraph is in nobody's way"
    same = case.base.id == other.base.id
    return same and isinstance(merge(case.base.text, case.asked, other.asked), Clash)
