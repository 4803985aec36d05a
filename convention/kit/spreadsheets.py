"""What every spreadsheet and CSV that leaves the house has in common, and how a CSV that comes in is read."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TextIO

from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext

# A cell that starts so would be run as a formula. Full-width forms are folded by some spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


ENCODING = "utf-8-sig"


def harmless(words: str) -> str:
    """The same words, with an apostrophe before what a spreadsheet would take for a formula.

    >>> harmless("=1+1"), harmless("Un texte")
    ("'=1+1", 'Un texte')
    """
    return "'" + words if words.lstrip(" \u00a0\u200b\u202f").startswith(FORMULA_STARTS) else words


def written(rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """Rows as CSV that a French spreadsheet opens as it is: « ; », quotes, UTF-8 behind its byte order mark."""
    page = io.StringIO(newline="")
    writer(page).writerows(rows)
    return page.getvalue().encode(ENCODING)


def writer(page: TextIO) -> Any:
    """The same, row by row, on a page opened as it must be: `newline=""`, `encoding=ENCODING`."""
    return csv.writer(page, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")


def by_mistake(wrong: Iterable[tuple[int, str]], most: int = 12) -> Sequence[tuple[str, str]]:
    """Each mistake said once, with its lines.

    >>> by_mistake([(4, "Le texte est vide."), (6, "La date manque."), (8, "Le texte est vide.")])
    [('Lignes 4, 8', 'Le texte est vide.'), ('Ligne 6', 'La date manque.')]
    """
    lines: dict[str, list[int]] = {}
    for line, said in wrong:
        lines.setdefault(said, []).append(line)
    return [(_lines(numbers, most), said) for said, numbers in lines.items()]


def _lines(numbers: Sequence[int], most: int) -> str:
    listed, more = ", ".join(map(str, numbers[:most])), len(numbers) - most
    if more > 0:
        return ngettext("Lignes {lines} et {n} autre", "Lignes {lines} et {n} autres", more).format(
            lines=listed, n=more
        )
    return ngettext("Ligne {lines}", "Lignes {lines}", len(numbers)).format(lines=listed)


class Unreadable(ValueError):
    """Not a table that can be read: a sentence."""


class Table(NamedTuple):
    """A CSV that was read: the names of its columns, and each record with the line where it begins."""

    columns: Sequence[str]
    rows: Sequence[tuple[int, Mapping[str, str]]]


def read(content: bytes, named: Callable[[str], str] = str.strip) -> Table:
    """A CSV in UTF-8, with commas or semicolons; `named` tidies the names of columns. Empty records are left out.

    Raises `Unreadable`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("Enregistrez le fichier en CSV, encodage UTF-8, puis recommencez.")) from error
    first = text.split("\n", 1)[0]
    source = io.StringIO(text, newline="")
    reader = csv.DictReader(source, delimiter=";" if first.count(";") > first.count(",") else ",")
    rows: list[tuple[int, Mapping[str, str]]] = []
    try:
        reader.fieldnames = columns = [named(name or "") for name in reader.fieldnames or ()]
        begins = reader.line_num + 1
        for row in reader:
            values = {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
            if any(value.strip() for value in values.values()):
                rows.append((begins, values))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            _("Ce fichier n’est pas un tableau CSV : exportez-le de nouveau, puis recommencez.")
        ) from error
    return Table(columns, rows)
