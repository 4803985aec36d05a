"""Comments read from what Decidim exports, as arguments. Every line is read before any is written.

Its columns: id, texte, auteur, alignement (1 for, -1 against, 0 neither), cible_type, cible_id, cree_le. A comment is
an argument when it says for or against, on a proposal that came from the same place; an answer to one is a reply. What
is neither stays where it was, and is counted: nobody is given an opinion that she did not write.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from convention.discussion.models import Side
from convention.kit import spreadsheets
from convention.kit.forms import clean
from convention.kit.i18n import gettext as _

MOST_LINES = 20_000
LENGTH = 4000  # what other platforms let people write is longer than ours
NEEDED = ("id", "texte", "alignement", "cible_type", "cible_id")
_SIDES = {"1": Side.FOR, "-1": Side.AGAINST, "0": None}


@dataclasses.dataclass(frozen=True)
class Line:
    """A comment that can be written: on a proposal, or in answer to another line (`answers`, its id in the file)."""

    number: int
    id: str
    proposal_id: UUID
    side: Side
    text: str
    answers: str = ""


@dataclasses.dataclass(frozen=True)
class Reading:
    """What can be written, what is left where it was (why: how many), and all that is wrong, by line."""

    lines: Sequence[Line]
    left: Mapping[str, int]
    wrong: Sequence[tuple[int, str]]


def read(content: bytes, proposals: Mapping[str, UUID]) -> Reading:
    """Read every line; `proposals` are those that came from elsewhere: {their number there: their id here}."""
    try:
        columns, rows = spreadsheets.read(content)
    except spreadsheets.Unreadable as error:
        return Reading((), {}, [(1, str(error))])
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        return Reading((), {}, [(1, _("Il manque ces colonnes : {names}.").format(names=", ".join(missing)))])
    if len(rows) > MOST_LINES:
        return Reading((), {}, [(rows[MOST_LINES][0], _("Le fichier est trop long : coupez-le en plusieurs."))])
    lines: dict[str, Line] = {}
    left: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    ids: set[str] = set()
    for number, record in rows:
        row = {**dict.fromkeys(NEEDED, ""), **record}  # a short record says nothing at its end
        if said := _wrong(row, ids):
            wrong += [(number, one) for one in said]
            continue
        ids.add(row["id"])
        line = _line(number, row, proposals, lines)
        if isinstance(line, Line):
            lines[line.id] = line
        else:
            left[line] += 1
    return Reading(list(lines.values()), left, wrong)


def _wrong(row: Mapping[str, str], ids: set[str]) -> list[str]:
    said = []
    text = clean(row["texte"])
    if not text:
        said.append(_("Le texte est vide."))
    if len(text) > LENGTH:
        said.append(_("Le texte a {n} signes : {most} au plus.").format(n=len(text), most=LENGTH))
    if row["alignement"] not in _SIDES:
        said.append(_("L’alignement est « {said} » : écrivez 1, 0 ou -1.").format(said=row["alignement"]))
    if not row["id"] or row["id"] in ids:
        said.append(_("L’identifiant manque, ou il est déjà celui d’une autre ligne."))
    return said


def _line(number: int, row: Mapping[str, str], proposals: Mapping[str, UUID], before: Mapping[str, Line]) -> Line | str:
    """The line, or why it is left."""
    text = f"{clean(row['texte'])}\n\n{_origin(row)}"
    kind = row["cible_type"].rpartition("::")[2].casefold()
    if kind == "comment":
        answered = before.get(row["cible_id"])
        if answered is None:
            return _("réponses à un commentaire qui n’est pas importé")
        # One level here: an answer to an answer follows the argument.
        return Line(number, row["id"], answered.proposal_id, answered.side, text, answered.answers or answered.id)
    if kind != "proposal":
        return _("commentaires d’un débat, qui n’a pas de proposition")
    proposal = proposals.get(row["cible_id"])
    if proposal is None:
        return _("commentaires d’une proposition qui n’est pas ici")
    side = _SIDES[row["alignement"]]
    if side is None:
        return _("commentaires qui ne disent ni pour ni contre")
    return Line(number, row["id"], proposal, side, text)


def _origin(row: Mapping[str, str]) -> str:
    """Who wrote it, where and when: it was not the person who imports it."""
    return _("({who}, sur une autre plateforme, le {day})").format(
        who=clean(row.get("auteur") or "") or _("Une personne"), day=(row.get("cree_le") or "?")[:10]
    )
