import dataclasses
from collections.abc import Iterable, Sequence

from convention.kit.i18n import gettext as _
from convention.kit.text import series
from convention.lineage.models import MOST, REASON_LENGTH, Became, Kind, Recasting
from convention.programme import rules as programme
from convention.programme.models import Activity
from convention.proposals import rules as proposals
from convention.proposals.forms import MOST_PARAGRAPHS, PARAGRAPH_LENGTH
from convention.proposals.models import ParagraphState, Proposal, Section
from convention.proposals.rules import Passage, Standing


@dataclasses.dataclass(frozen=True)
class Original:
    """A proposal that may be merged or split, with its paragraphs and what waits on it."""

    proposal: Proposal
    passages: Sequence[Passage]
    standing: Standing
    polls: proposals.Polls
    amendments: int  # waiting for a decision
    masked: bool  # moderation hides some of its words

    def key(self, passage: Passage) -> str:
        """« 14-2 », the name of a paragraph in forms."""
        return f"{self.proposal.number}-{passage.paragraph.number}"


@dataclasses.dataclass(frozen=True)
class Choice:
    """What becomes of a paragraph: its place in what is made (None: left out), its words, and why."""

    key: str
    place: int | None
    text: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Line:
    """A paragraph of what is made, from one or several of the originals."""

    section: Section
    text: str
    pieces: Sequence[tuple[Passage, Choice]]


def became(passage: Passage, choice: Choice) -> Became:
    """What became of a paragraph's own words, whether or not they stand with others now."""
    if choice.place is None:
        return Became.LEFT_OUT
    return Became.KEPT if choice.text == passage.text else Became.CHANGED


# -- who may, and when -----------------------------------------------------------------------------------------------


def why_not_recast(original: Original) -> str | None:
    """Why this proposal is neither merged nor split now, by this person."""
    proposal, standing = original.proposal, original.standing
    if gone := proposals.why_not_alive(proposal):
        return gone
    if not (standing.author or standing.facilitator):
        return _("Seules les personnes qui ont écrit la proposition, ou l’animation, peuvent la réunir ou la partager.")
    if reason := standing.why_not_write or programme.why_not_open(standing.phases, Activity.EDIT, standing.at):
        return reason
    if any(passage.paragraph.state == ParagraphState.KEPT for passage in original.passages):
        return _("L’assemblée a gardé un de ses paragraphes : son texte est à elle.")
    for passage in original.passages:
        if poll := original.polls.get(passage.subject):
            return _("Elle est dans le scrutin n° {n} : attendez qu’il soit fermé.").format(n=poll.number)
    if original.masked:
        return _("La modération masque une partie de son texte : il faut d’abord qu’il soit réécrit ou remis en ligne.")
    if original.amendments:
        return _("Un de ses amendements attend une décision : examinez-le d’abord.")
    return None


def is_to_be_examined(original: Original) -> bool:
    """Whether the amendments that wait are all that stands in its way."""
    return bool(original.amendments) and why_not_recast(dataclasses.replace(original, amendments=0)) is None


def why_not_merge(originals: Sequence[Original]) -> str | None:
    if len(originals) < 2:
        return _("Choisissez au moins deux propositions.")
    if len(originals) > MOST:
        return _("Réunissez {n} propositions au plus à la fois.").format(n=MOST)
    for original in originals:
        if reason := why_not_recast(original):
            return _("Proposition {n}. {reason}").format(n=original.proposal.number, reason=reason)
    return None


def why_not_split(original: Original) -> str | None:
    if reason := why_not_recast(original):
        return reason
    if sum(one.paragraph.section == Section.MEASURE for one in original.passages) < 2:
        return _("Sa mesure n’a qu’un paragraphe : il n’y a rien à partager.")
    return None


# -- what is made of them --------------------------------------------------------------------------------------------


def pieces(originals: Sequence[Original], choices: Sequence[Choice]) -> list[tuple[Passage, Choice]]:
    """Each paragraph with what was chosen for it, the originals in order; one that was not on the page is left out."""
    known = {choice.key: choice for choice in choices}
    return [
        (passage, known.get(original.key(passage), Choice(original.key(passage), None, "", "")))
        for original in originals
        for passage in original.passages
    ]


def lines(chosen: Sequence[tuple[Passage, Choice]]) -> list[Line]:
    """The paragraphs of a merged text, measure first: those of one place are put together, in one paragraph."""
    by_place: dict[int, list[tuple[Passage, Choice]]] = {}
    for passage, choice in chosen:
        if choice.place is not None:
            by_place.setdefault(choice.place, []).append((passage, choice))
    made = [
        Line(several[0][0].paragraph.section, " ".join(choice.text for _passage, choice in several), several)
        for _place, several in sorted(by_place.items())
    ]
    return sorted(made, key=lambda line: list(Section).index(line.section))


def why_not_these(chosen: Sequence[tuple[Passage, Choice]], made: Sequence[Line]) -> dict[str, str]:
    """{field: sentence} for what was chosen."""
    wrong: dict[str, str] = {}
    for passage, choice in chosen:
        if len(choice.reason) > REASON_LENGTH:
            wrong[f"raison-{choice.key}"] = _("Raccourcissez : {n} caractères au plus.").format(n=REASON_LENGTH)
        elif choice.place is None and not choice.reason:
            wrong[f"raison-{choice.key}"] = _("Dites pourquoi ce paragraphe est laissé de côté.")
        elif choice.place is not None and not choice.text:
            wrong[f"text-{choice.key}"] = _("Gardez des mots, ou laissez ce paragraphe de côté.")
        elif choice.place is not None and choice.text != passage.text and not choice.reason:
            wrong[f"raison-{choice.key}"] = _("Dites pourquoi ces mots changent.")
    for line in made:
        key = line.pieces[-1][1].key
        if over := max(0, len(line.text) - PARAGRAPH_LENGTH):
            wrong[f"text-{key}"] = _("Le paragraphe serait trop long de {n} caractères.").format(n=over)
        if len({passage.paragraph.section for passage, _choice in line.pieces}) > 1:
            wrong[f"place-{key}"] = _("Une mesure et un garde-fou ne font pas un seul paragraphe : donnez deux places.")
    return wrong | _why_not_sections(chosen, [line.section for line in made])


def _why_not_sections(chosen: Sequence[tuple[Passage, Choice]], made: Sequence[Section]) -> dict[str, str]:
    first = chosen[0][1].key if chosen else ""
    if Section.MEASURE not in made:
        return {f"place-{first}": _("Gardez au moins un paragraphe de la mesure.")}
    if any(made.count(section) > MOST_PARAGRAPHS for section in Section):
        return {f"place-{first}": _("Une proposition a {n} paragraphes au plus dans une partie : réunissez-en.").format(
            n=MOST_PARAGRAPHS
        )}  # fmt: skip
    return {}


def why_not_parts(chosen: Sequence[tuple[Passage, Choice]], count: int) -> dict[str, str]:
    """The same for a split: `place` is then the new proposal, from 1 to `count`."""
    wrong: dict[str, str] = {}
    for _passage, choice in chosen:
        if choice.place is None and not choice.reason:
            wrong[f"raison-{choice.key}"] = _("Dites pourquoi ce paragraphe est laissé de côté.")
        elif len(choice.reason) > REASON_LENGTH:
            wrong[f"raison-{choice.key}"] = _("Raccourcissez : {n} caractères au plus.").format(n=REASON_LENGTH)
        elif choice.place is not None and not 1 <= choice.place <= count:
            wrong[f"place-{choice.key}"] = _("Choisissez une des nouvelles propositions.")
    for n in range(1, count + 1):
        measures = [one for one, choice in chosen if choice.place == n and one.paragraph.section == Section.MEASURE]
        if not measures:
            wrong.setdefault(f"titre-{n}", _("Donnez à cette proposition au moins un paragraphe de la mesure."))
    return wrong


# -- the way back ----------------------------------------------------------------------------------------------------


def why_not_undo(
    recasting: Recasting,
    results: Sequence[Proposal],
    standing: Standing,
    *,
    amended: bool,
    polled: bool,
) -> str | None:
    """Why the former proposals are not given back: `standing.author` says she writes what was made of them."""
    if recasting.undone_at is not None:
        return _("C’est déjà annulé : les propositions d’avant sont comme elles étaient.")
    if not (standing.author or standing.facilitator):
        return _("Seules les personnes qui ont écrit ces propositions, ou l’animation, peuvent revenir en arrière.")
    if reason := standing.why_not_write or programme.why_not_open(standing.phases, Activity.EDIT, standing.at):
        return reason
    for proposal in results:
        if gone := proposals.why_not_alive(proposal):
            return _("Proposition {n}. {reason}").format(n=proposal.number, reason=gone)
    if polled:
        return _("Le nouveau texte a été mis au vote : on ne revient plus en arrière. On peut le partager.")
    if amended:
        return _("Le nouveau texte a reçu un amendement : on ne revient plus en arrière. On peut le partager.")
    if any(proposal.revision > 1 for proposal in results):
        return _("Le nouveau texte a été modifié depuis : on ne revient plus en arrière. On peut le partager.")
    return None


def said(kind: Kind, sources: Iterable[int], results: Iterable[int]) -> str:
    """« Les propositions 9 et 14 sont réunies dans la proposition 31 »."""
    before, after = (series(str(number) for number in numbers) for numbers in (sources, results))
    if kind == Kind.MERGE:
        words = _("Les propositions {before} sont réunies dans la proposition {after}")
    else:
        words = _("La proposition {before} est partagée entre les propositions {after}")
    return words.format(before=before, after=after)
