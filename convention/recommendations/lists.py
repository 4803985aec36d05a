"""Lists typed for the report, one line each, their columns between bars: read, checked and written back. Pure.

A line is « Âge | 18 à 29 ans | 12 | 27,7 | Insee, 2022 ». Rows copied from a spreadsheet, whose cells are parted by
tabs, and tables in Markdown are read as well. A bar inside a cell is written « \\| ».
"""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence

from convention.kit.i18n import Lazy, lazy
from convention.kit.i18n import gettext as _
from convention.recommendations.models import Piece

_BAR = re.compile(r"(?<!\\)\|")
_RULED = re.compile(r"[\s|:=-]+")  # the line under the head of a Markdown table
_WHOLE = re.compile(r"\d{1,6}")
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s*%?")


@dataclasses.dataclass(frozen=True)
class Column:
    """`check` answers why a cell that is filled cannot be read, or None."""

    label: Lazy
    needed: bool = True
    check: Callable[[str], str | None] | None = None


def _why_not_whole(cell: str) -> str | None:
    return None if _WHOLE.fullmatch(cell) else _("« {cell} » n’est pas un nombre entier.").format(cell=cell)


def _why_not_percent(cell: str) -> str | None:
    share = percent(cell)
    if share is not None and share <= 100:
        return None
    return _("« {cell} » n’est pas un pourcentage, comme 27,7.").format(cell=cell)


COLUMNS: Mapping[Piece, tuple[Column, ...]] = {
    Piece.COMPOSITION: (
        Column(lazy("Critère")),
        Column(lazy("Catégorie")),
        Column(lazy("Membres"), check=_why_not_whole),
        Column(lazy("Population (%)"), needed=False, check=_why_not_percent),
        Column(lazy("Source"), needed=False),
    ),
    Piece.EXPERTS: (
        Column(lazy("Personne")),
        Column(lazy("Qualité"), needed=False),
        Column(lazy("Entendue")),
        Column(lazy("Liens d’intérêt déclarés"), needed=False),
    ),
    Piece.QUESTIONS: (
        Column(lazy("Question")),
        Column(lazy("Posée par"), needed=False),
        Column(lazy("Réponse"), needed=False),
        Column(lazy("Répondu par"), needed=False),
    ),
    Piece.GLOSSARY: (Column(lazy("Mot")), Column(lazy("Définition"))),
}


def rows(piece: Piece, body: str) -> Sequence[tuple[str, ...]]:
    """The cells of each line, as many as there are columns."""
    columns = COLUMNS[piece]
    return [
        tuple(cells[place] if place < len(cells) else "" for place in range(len(columns)))
        for _number, cells in _lines(piece, body)
    ]


def why_not(piece: Piece, body: str) -> str | None:
    """What is wrong with the first line that cannot be read, or None."""
    columns = COLUMNS[piece]
    for number, cells in _lines(piece, body):
        wrong = _wrong(columns, cells)
        if wrong:
            return _("Ligne {n}. {wrong}").format(n=number, wrong=wrong)
    return None


def _wrong(columns: Sequence[Column], cells: Sequence[str]) -> str | None:
    if len(cells) > len(columns):
        return _("Il y a {n} colonnes, au lieu de {most} : écrivez « \\| » une barre qui fait partie d’un mot.").format(
            n=len(cells), most=len(columns)
        )
    for place, column in enumerate(columns):
        cell = cells[place] if place < len(cells) else ""
        if column.needed and not cell:
            return _("Il manque la colonne « {label} ».").format(label=column.label)
        if cell and column.check and (said := column.check(cell)):
            return said
    return None


def tidy(piece: Piece, body: str) -> str:
    """The same lines, written one way: what is kept."""
    return "\n".join(_line(cells) for cells in rows(piece, body))


def barred(typed: str) -> str:
    """Lines copied from a spreadsheet, their tabs made bars."""
    return "\n".join(
        " | ".join(cell.replace("|", "\\|") for cell in line.split("\t")) if "\t" in line else line
        for line in typed.splitlines()
    )


def percent(cell: str) -> float | None:
    """The share that a cell says: 27.7 of « 27,7 % »."""
    found = _PERCENT.fullmatch(cell.replace("\u00a0", " ").replace("\u202f", " ").strip())
    return float(found[1].replace(",", ".")) if found else None


def _line(cells: Sequence[str]) -> str:
    written = " | ".join(cell.replace("|", "\\|") for cell in cells)
    return re.sub(r"(?: \| *)+$", "", written)


def _lines(piece: Piece, body: str) -> Sequence[tuple[int, list[str]]]:
    """(line's number, cells), the empty lines and the head of a table left out."""
    found: list[tuple[int, list[str]]] = []
    head = str(COLUMNS[piece][0].label).casefold()
    for number, line in enumerate(body.splitlines(), start=1):
        if not line.strip() or _RULED.fullmatch(line):
            continue
        inside = line.strip().removeprefix("|")
        cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(inside)]
        if line.strip().startswith("|") and not cells[-1]:
            cells.pop()
        if not found and cells[0].casefold() == head:
            continue
        found.append((number, cells))
    return found
