"""Comments read from what Decidim exports. Every line is read before any is written, and each has a place to go.

Their columns: id, texte, auteur, alignement (1 for, -1 against, 0 neither), cible_type, cible_id, cree_le. On a
proposal that came from the same place, a comment that says for or against is an argument, what answers it is a reply.
All else is a saying: nobody is given an opinion that she did not write, and nothing that was said is lost. Threads are
one level deep here: what answers an answer stands under the first comment, and says whom it answers.

Of debates: id, question, theme.
"""

import dataclasses
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from convention.discussion.models import DEBATE_LENGTH, ID_LENGTH, NAME_LENGTH, Side
from convention.kit import spreadsheets
from convention.kit.forms import clean, day
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext

MOST_LINES = 20_000
LENGTH = 4000  # what other platforms let people write is longer than ours
NEEDED = ("id", "texte", "alignement", "cible_type", "cible_id")
DEBATE_NEEDED = ("id", "question")
A_PROPOSAL, A_DEBATE, _A_COMMENT = "proposal", "debate", "comment"
_MENTION = re.compile(r"gid://\S+?/Decidim::User\S*/\d+")  # what the platform keeps of « @name »: no word of the author
_SIDES = {"1": Side.FOR, "-1": Side.AGAINST, "0": None}


@dataclasses.dataclass(frozen=True)
class Target:
    """What a comment is about there. `is_here`: a proposal that is in this convention, or about to be."""

    kind: str  # as the platform names it, without its module: « Debate »
    there: str
    is_here: bool = False


@dataclasses.dataclass(frozen=True)
class Line:
    """A comment that can be written. `answers` is the line it stands under, `said_to` whom it answers if another."""

    number: int
    id: str
    target: Target
    side: Side | None
    text: str
    said_by: str
    said_on: dt.date | None
    answers: str = ""
    said_to: str = ""
    is_argument: bool = False  # or a reply to one
    file: int = 0  # which of those read together: each has identifiers of its own


@dataclasses.dataclass(frozen=True)
class Reading:
    """What can be written, what cannot be placed, by line, and all that is wrong, by line."""

    lines: Sequence[Line] = ()
    left: Sequence[tuple[int, str]] = ()
    wrong: Sequence[tuple[int, str]] = ()

    @property
    def by_target(self) -> Mapping[Target, Counter[str]]:
        """{what is talked of, in the order of the file: {"for", "against", "replies", "sayings": how many}}."""
        found: dict[Target, Counter[str]] = defaultdict(Counter)
        for line in self.lines:
            found[line.target][_kind(line)] += 1
        return found

    @property
    def total(self) -> Counter[str]:
        return Counter(_kind(line) for line in self.lines)


@dataclasses.dataclass(frozen=True)
class DebateLine:
    there: str
    title: str
    theme: str


@dataclasses.dataclass(frozen=True)
class DebateReading:
    lines: Sequence[DebateLine] = ()
    wrong: Sequence[tuple[int, str]] = ()


def _kind(line: Line) -> str:
    if not line.is_argument:
        return "sayings"
    return "replies" if line.answers else str(line.side)


def read(content: bytes, proposals: Collection[str], file: int = 0) -> Reading:
    """Read every line; `proposals` are those that come from elsewhere and are here: their numbers there.

    `file` tells it from others that are read with it.
    """
    table = _table(content, NEEDED)
    if isinstance(table, str):
        return Reading(wrong=[(1, table)])
    if len(table) > MOST_LINES:
        return Reading(wrong=[(table[MOST_LINES][0], _("Le fichier est trop long : coupez-le en plusieurs."))])
    rows: dict[str, tuple[int, Mapping[str, str]]] = {}
    wrong: list[tuple[int, str]] = []
    for number, row in table:
        if said := _wrong(row, rows):
            wrong += [(number, one) for one in said]
        else:
            rows[row["id"]] = (number, row)
    lines, left = [], []
    for number, row in rows.values():
        line = _line(number, row, rows, proposals)
        if line is None:
            left.append((number, _("Ce commentaire répond à un autre, qui n’est pas dans ce fichier.")))
        else:
            lines.append(dataclasses.replace(line, file=file))
    return Reading(lines, left, wrong)


def read_debates(content: bytes) -> DebateReading:
    """The questions that were debated, which a file of comments knows only by number."""
    table = _table(content, DEBATE_NEEDED)
    if isinstance(table, str):
        return DebateReading(wrong=[(1, table)])
    lines: dict[str, DebateLine] = {}
    wrong: list[tuple[int, str]] = []
    for number, row in table:
        title, theme = " ".join(row["question"].split()), " ".join(row.get("theme", "").split())
        if wrong_id := _wrong_id(row, lines):
            wrong.append((number, wrong_id))
        elif not title:
            wrong.append((number, _("La question est vide.")))
        elif len(title) > DEBATE_LENGTH or len(theme) > NAME_LENGTH:
            said = _("La question ou le thème est trop long : {most} et {other} signes au plus.")
            wrong.append((number, said.format(most=DEBATE_LENGTH, other=NAME_LENGTH)))
        else:
            lines[row["id"]] = DebateLine(row["id"], title, theme)
    return DebateReading(list(lines.values()), wrong)


def _table(content: bytes, needed: Sequence[str]) -> Sequence[tuple[int, Mapping[str, str]]] | str:
    """The records, whole, or why the file cannot be read."""
    try:
        columns, rows = spreadsheets.read(content)
    except spreadsheets.Unreadable as error:
        return str(error)
    if missing := [name for name in needed if name not in columns]:
        return _("Il manque ces colonnes : {names}.").format(names=", ".join(missing))
    silent = dict.fromkeys(needed, "")  # a short record says nothing at its end
    return [(number, {**silent, **{name: clean(value) for name, value in row.items()}}) for number, row in rows]


def _wrong_id(row: Mapping[str, str], known: Collection[str]) -> str | None:
    if not row["id"] or row["id"] in known:
        return _("L’identifiant manque, ou il est déjà celui d’une autre ligne.")
    return _("L’identifiant est trop long.") if len(row["id"]) > ID_LENGTH else None


def _wrong(row: Mapping[str, str], known: Collection[str]) -> list[str]:
    said = []
    if not row["texte"]:
        said.append(_("Le texte est vide."))
    if len(row["texte"]) > LENGTH:
        said.append(_("Le texte a {n} signes : {most} au plus.").format(n=len(row["texte"]), most=LENGTH))
    if row["alignement"] not in _SIDES:
        said.append(_("L’alignement est « {said} » : écrivez 1, 0 ou -1.").format(said=row["alignement"]))
    if wrong_id := _wrong_id(row, known):
        said.append(wrong_id)
    if not row["cible_type"] or not row["cible_id"] or max(len(row["cible_type"]), len(row["cible_id"])) > ID_LENGTH:
        said.append(_("Ce que le commentaire commente n’est pas dit : remplissez cible_type et cible_id."))
    if (written := row.get("cree_le", "")) and day(written[:10]) is None:
        said.append(_("La date est « {said} » : écrivez-la comme 2019-01-24.").format(said=written[:40]))
    return said


def _line(
    number: int, row: Mapping[str, str], rows: Mapping[str, tuple[int, Mapping[str, str]]], proposals: Collection[str]
) -> Line | None:
    """The line in its place, or None: what it answers is not in this file."""
    first, climbed = row, {row["id"]}
    while _target_kind(first).casefold() == _A_COMMENT:
        above = rows.get(first["cible_id"])
        if above is None or above[1]["id"] in climbed:
            return None
        first = above[1]
        climbed.add(first["id"])
    answers = first["id"] if first is not row else ""
    answered = rows[row["cible_id"]][1] if answers else row
    kind = _target_kind(first)
    is_here = kind.casefold() == A_PROPOSAL and first["cible_id"] in proposals
    side = _SIDES[first["alignement"]]
    return Line(
        number=number,
        id=row["id"],
        target=Target(kind, first["cible_id"], is_here),
        side=side if is_here else _SIDES[row["alignement"]],
        text=_MENTION.sub(_("[une personne]"), row["texte"]),
        said_by=_author(row),
        said_on=day(row.get("cree_le", "")[:10]),
        answers=answers,
        said_to=_author(answered) or _("une personne") if answered["id"] not in (row["id"], answers) else "",
        is_argument=is_here and side is not None,
    )


def _target_kind(row: Mapping[str, str]) -> str:
    return row["cible_type"].rpartition("::")[2]


def _author(row: Mapping[str, str]) -> str:
    return " ".join(row.get("auteur", "").split())[:NAME_LENGTH]


def counted(counts: Mapping[str, int]) -> str:
    """« 2 pour, 1 contre, 3 remarques, 1 réponse »."""
    words = {
        "for": ngettext("{n} argument pour", "{n} arguments pour", counts["for"]),
        "against": ngettext("{n} argument contre", "{n} arguments contre", counts["against"]),
        "replies": ngettext("{n} réponse à un argument", "{n} réponses à un argument", counts["replies"]),
        "sayings": ngettext("{n} remarque", "{n} remarques", counts["sayings"]),
    }
    return ", ".join(said.format(n=counts[kind]) for kind, said in words.items() if counts[kind])
