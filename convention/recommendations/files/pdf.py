"""The PDF: tagged for who cannot see it (PDF/UA-1), fit for the archives (PDF/A-2a), set by Typst.

Citizens' words travel as JSON and are shown as text: they are never read as Typst source.
"""

import datetime as dt
import functools
import json
import re
from pathlib import Path

import typst

from convention.recommendations.files.book import Book, plain, reworded, walk
from convention.recommendations.files.chapters import compose
from convention.recommendations.snapshot import Edition
from convention.settings import resource

UNKNOWN = "□"

_LONG_WORD = re.compile(r"\S{31,}")
_WORD_PIECE = re.compile(r".{20}(?=.)|(?<=[/_-])(?=[^/\s])")


def report(edition: Edition, assets: Path) -> bytes:
    return _set(edition, assets, "report.typ")


def large_print(edition: Edition, assets: Path) -> bytes:
    """The same report at 18 points, each recommendation on its own page."""
    return _set(edition, assets, "report.typ", large="yes")


def synthesis(edition: Edition, assets: Path) -> bytes:
    """Two pages, whatever the length of the report."""
    return _set(edition, assets, "synthesis.typ")


def _set(edition: Edition, assets: Path, layout: str, **options: str) -> bytes:
    book = compose(edition)
    shown = _shown(assets / "vendor" / "pdf-fonts" / "coverage.txt")
    at = edition.frozen_at.astimezone(dt.UTC)
    said = {
        **plain(reworded(book, lambda words: breakable(showable(words, shown)))),
        "created": {part: getattr(at, part) for part in ("year", "month", "day", "hour", "minute", "second")},
        "digest": book.digest,
    }
    templates = resource("templates") / "recommendations"
    pdf = typst.compile(
        templates / layout,
        root=templates,
        font_paths=[assets / "vendor" / "pdf-fonts"],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(at.timestamp()),
        sys_inputs={
            "book": json.dumps(said, ensure_ascii=False),
            "icons": json.dumps(_icons(book, assets)),
            **options,
        },
    )
    assert isinstance(pdf, bytes), "Typst gives one file when no output is named"
    return pdf


def showable(words: str, shown: frozenset[int]) -> str:
    """The same words; □ where no font has the character: an archive may not hold a character that shows nothing."""
    return "".join(one if one == "\n" or ord(one) in shown else UNKNOWN for one in words)


def breakable(words: str) -> str:
    """The same words, with places where a very long one may go on to the next line.

    >>> breakable("x" * 50).count("\\u200b")
    2
    """
    return _LONG_WORD.sub(lambda word: _WORD_PIECE.sub("\\g<0>\u200b", word[0]), words)


@functools.cache
def _shown(coverage: Path) -> frozenset[int]:
    """What the fonts of the PDF can show, from ranges such as « 20-7E »."""
    shown: set[int] = set()
    for line in coverage.read_text().split():
        first, _dash, last = line.partition("-")
        shown.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(shown)


def _icons(book: Book, assets: Path) -> dict[str, str]:
    """The drawing of each icon that the book names, when we have it."""
    folder = assets / "vendor" / "icons"
    names = {part.icon for part in walk(book.parts) if re.fullmatch("[a-z0-9-]+", part.icon)}
    return {name: (folder / f"{name}.svg").read_text() for name in sorted(names) if (folder / f"{name}.svg").exists()}
