"""What every spreadsheet and CSV that leaves the house has in common."""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that starts so would be run as a formula. Full-width forms are folded by some spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def harmless(words: str) -> str:
    """The same words, with an apostrophe before what a spreadsheet would take for a formula.

    >>> harmless("=1+1"), harmless("Un texte")
    ("'=1+1", 'Un texte')
    """
    return "'" + words if words.lstrip(" \u00a0\u200b\u202f").startswith(FORMULA_STARTS) else words


def written(rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """Rows as CSV that a French spreadsheet opens as it is: « ; », quotes, UTF-8 behind its byte order mark."""
    page = io.StringIO(newline="")
    csv.writer(page, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return page.getvalue().encode("utf-8-sig")
