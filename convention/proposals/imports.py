"""Proposals read from a CSV file: ours, or what Decidim exports. Every line is read before any is written.

Ours has a column for each part of the card: titre, theme, constat, objectif, mesure-1, mesure-2…, garde-fou-1…, and
the rest as the page names it. Decidim's has id, titre, texte, categorie, cree_le (or title/fr, body/fr).
"""

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence

from convention.kit import spreadsheets
from convention.kit.forms import Filled, clean, day
from convention.kit.i18n import gettext as _
from convention.kit.text import date
from convention.programme.models import Theme
from convention.proposals.forms import MOST_PARAGRAPHS, PARAGRAPH_LENGTH, CardForm
from convention.proposals.models import TITLE_LENGTH, Competence
from convention.proposals.rules import why_not_these
from convention.search.words import fold

MOST_LINES = 2000
SHORT = 60  # what is shorter says nothing alone: « Bonjour, », a title
COLUMNS = {
    "titre": "title",
    "theme": "theme",
    "constat": "constat",
    "objectif": "objective",
    "concernes": "concerned",
    "effets": "effects",
    "indicateur": "indicator",
    "competence": "competence",
    "competence-precision": "competence_note",
    "delai": "deadline",
}
_DECIDIM = {
    "titre": ("titre", "title/fr", "title"),
    "texte": ("texte", "body/fr", "body"),
    "categorie": ("categorie", "category/name/fr", "category"),
    "id": ("id",),
    "cree_le": ("cree_le", "published_at", "created_at"),
}
_COMMENTS = ("commentaires", "comments_count", "comments")


@dataclasses.dataclass(frozen=True)
class Line:
    """A proposal that can be written, and the line of the file where it begins."""

    number: int
    form: CardForm
    theme: Theme
    there: str = ""  # its number on the platform that it comes from
    is_themed: bool = False  # by who imports: its own line names none, or none of ours
    comments: int | None = None  # how many its own platform says it has

    def is_among(self, here: Collection[tuple[str, str]]) -> bool:
        """Whether it is one of those; its title may have been written again since."""
        words = self.form.pieces[0].text
        return (self.form.title, words) in here or (bool(self.there) and (self.there, words) in here)


@dataclasses.dataclass(frozen=True)
class Reading:
    """What a file holds: the lines that can be written, and all that is wrong with the others."""

    lines: Sequence[Line]
    wrong: Sequence[tuple[int, str]]


def read(content: bytes, themes: Sequence[Theme], default: Theme | None) -> Reading:
    """Read every line; `default` is the theme of those that name none, or one that this convention does not have."""
    try:
        _columns, rows = spreadsheets.read(content, named=lambda name: fold(name).strip())
    except spreadsheets.Unreadable as error:
        return Reading((), [(1, str(error))])
    if not rows:
        return Reading(
            (), [(1, _("Le fichier est vide : il faut une ligne de titres, puis une ligne par proposition."))]
        )
    if len(rows) > MOST_LINES:
        too_many = _("Il y a {n} lignes : faites plusieurs fichiers de {most} lignes au plus.")
        return Reading((), [(1, too_many.format(n=len(rows), most=MOST_LINES))])
    names = {fold(theme.name): theme for theme in themes} | {theme.slug: theme for theme in themes}
    lines: list[Line] = []
    wrong: list[tuple[int, str]] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in rows:
        sent = _decidim(row) if _is_decidim(row) else _ours(row)
        named = names.get(fold(sent["theme"]))
        theme = named or default
        if theme is None and not sent["theme"]:
            wrong.append((number, _("La ligne ne dit pas son thème : écrivez-le, ou choisissez-en un pour elle.")))
        elif theme is None:
            unknown = _(
                "Le thème « {name} » n’existe pas ici : écrivez l’un de ceux de la convention, ou choisissez-en un."
            )
            wrong.append((number, unknown.format(name=sent["theme"])))
        form = CardForm.read({**sent, "theme": theme.slug if theme else "-"})
        if isinstance(form, Filled):
            wrong += [(number, f"{said} ({name})") for name, said in form.errors.items()]
            continue
        wrong += [(number, said) for said in why_not_these(form.pieces, ()).values()]
        same = (form.title, form.pieces[0].text if form.pieces else "")
        if same in seen:
            wrong.append((number, _("C’est la même proposition qu’à la ligne {n}.").format(n=seen[same])))
        seen.setdefault(same, number)
        if theme is not None:
            there = clean(row.get("id", ""))[:100] if _is_decidim(row) else ""
            said = next((row[name] for name in _COMMENTS if name in row), "").strip()
            comments = int(said) if said.isdecimal() and len(said) < 9 else None
            lines.append(Line(number, form, theme, there, is_themed=named is None, comments=comments))
    return Reading(lines, wrong)


def _is_decidim(row: Mapping[str, str]) -> bool:
    return any(name in row for name in _DECIDIM["texte"])


def _ours(row: Mapping[str, str]) -> dict[str, str]:
    sent = {field: row.get(column, "") for column, field in COLUMNS.items()}
    sent["competence"] = sent["competence"] or Competence.UNKNOWN
    for name, value in row.items():
        kind, _dash, number = name.rpartition("-")
        if kind in ("mesure", "garde-fou") and number.isdigit() and value.strip():
            sent[f"{kind}-n{int(number)}"] = value
    return sent


def _decidim(row: Mapping[str, str]) -> dict[str, str]:
    """Where it comes from is its statement of fact; its text is the measure, in its own paragraphs."""
    found = {name: next((row[one] for one in columns if one in row), "") for name, columns in _DECIDIM.items()}
    title = " ".join(found["titre"].split())
    short = title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 2].rsplit(" ", 1)[0] + " …"
    written = day(found["cree_le"][:10])
    origin = _("Contribution n° {id}, déposée sur une autre plateforme le {day}.").format(
        id=found["id"] or "?", day=date(written) if written else "?"
    )
    sent = {
        "title": short,
        "theme": found["categorie"].strip(),
        "constat": origin,
        "objective": title,
        "competence": str(Competence.UNKNOWN),
    }
    for number, paragraph in enumerate(_cut(found["texte"]), 1):
        sent[f"mesure-n{number}"] = paragraph
    return sent


def _cut(text: str) -> list[str]:
    """The text in paragraphs, as its blank lines cut it: each is voted, amended and moved by itself.

    A greeting or a title goes with what it announces; what is too long is cut where its lines end.
    """
    blocks = [block.strip("\n") for block in re.split(r"\n[^\S\n]*\n\s*", text.replace("\r\n", "\n")) if block.strip()]
    pieces: list[str] = []
    for block in blocks:
        alone = len(block) >= SHORT and (not pieces or len(pieces[-1]) >= SHORT)
        if pieces and not alone and len(pieces[-1]) + len(block) + 2 <= PARAGRAPH_LENGTH:
            pieces[-1] = f"{pieces[-1]}\n\n{block}"
        else:
            pieces += _fitting(block)
    return pieces if len(pieces) <= MOST_PARAGRAPHS else _fitting("\n\n".join(blocks))


def _fitting(text: str) -> list[str]:
    """The text in as few pieces as hold it, cut where its lines end."""
    pieces = [""]
    for line in text.split("\n"):
        if pieces[-1] and len(pieces[-1]) + len(line) + 1 > PARAGRAPH_LENGTH:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]}\n{line}" if pieces[-1] else line
    return [piece for piece in pieces if piece.strip()]
