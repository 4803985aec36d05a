"""The PDF: tagged for who cannot see it (PDF/UA-1), fit for the archives (PDF/A-2a), set by Typst.

Citizens' words travel as JSON and are shown as text: they are never read as Typst source.
"""

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path

import typst

from convention.kit import typeset
from convention.recommendations.files import text
from convention.recommendations.files.book import Book, Prose, plain, reworded, walk
from convention.recommendations.files.chapters import compose
from convention.recommendations.snapshot import Edition
from convention.settings import resource

FONTS = Path("vendor") / "pdf-fonts"
SUMMARY, LINE = 1200, 60  # characters on the first page of the synthesis, and what a new paragraph costs
# Latin letters without combining marks, French punctuation, the square itself.
PLAIN = frozenset([*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), 0x200B, 0x202F, 0x20AC, 0x25A1])

_LONG_WORD = re.compile(r"\S{31,}")
_WORD_PIECE = re.compile(r".{20}(?=.)|(?<=[/_-])(?=[^/\s])")


def report(edition: Edition, assets: Path) -> bytes:
    return _set(compose(edition), edition, assets, "report.typ")


def large_print(edition: Edition, assets: Path) -> bytes:
    """The same report at 18 points, each recommendation on its own page."""
    return _set(compose(edition), edition, assets, "report.typ", large="yes")


def synthesis(edition: Edition, assets: Path) -> bytes:
    """Two pages, whatever the length of the report."""
    return _set(_shortened(compose(edition)), edition, assets, "synthesis.typ")


def _shortened(book: Book) -> Book:
    """The book with a title and a summary that one page can hold; the words left out are in the report."""
    parts = []
    for part in book.parts:
        if part.anchor == "resume":
            left, kept = SUMMARY, []
            for paragraph in (words for block in part.blocks if isinstance(block, Prose) for words in block.paragraphs):
                if left > 0:
                    kept.append(text.excerpt(paragraph, left))
                left -= len(paragraph) + LINE
            part = dataclasses.replace(part, blocks=(Prose(tuple(kept), "citizens"),))
        parts.append(part)
    return dataclasses.replace(book, title=text.excerpt(book.title, 180), parts=tuple(parts))


def _set(book: Book, edition: Edition, assets: Path, layout: str, **options: str) -> bytes:
    shown = typeset.shown(assets / FONTS)
    options["icons"] = json.dumps(_icons(book, assets))
    try:
        return _compiled(book, edition.frozen_at, shown, assets, layout, options)
    except typst.TypstError:
        # Two characters that fonts have may still not be drawn together (a space under a Devanagari sign). A report
        # is not held back by one word: it is set again with the letters of Europe alone, the others written □.
        return _compiled(book, edition.frozen_at, shown & PLAIN, assets, layout, options)


def _compiled(
    book: Book, frozen_at: dt.datetime, shown: frozenset[int], assets: Path, layout: str, options: dict[str, str]
) -> bytes:
    said = {
        **plain(reworded(book, lambda words: breakable(typeset.showable(words, shown)))),
        "created": typeset.created(frozen_at),
        "digest": book.digest,
        "language": book.language,
    }
    inputs = {"book": json.dumps(said, ensure_ascii=False), **options}
    said.clear()  # it is in the inputs: a long report is not kept twice while it is set
    return typeset.press(resource("templates") / "recommendations" / layout, inputs, fonts=assets / FONTS, at=frozen_at)


def breakable(words: str) -> str:
    """The same words, with places where a very long one may go on to the next line.

    >>> breakable("x" * 50).count("\\u200b")
    2
    """
    return _LONG_WORD.sub(lambda word: _WORD_PIECE.sub("\\g<0>\u200b", word[0]), words)


def _icons(book: Book, assets: Path) -> dict[str, str]:
    """The drawing of each icon that the book names, when we have it."""
    folder = assets / "vendor" / "icons"
    names = {part.icon for part in walk(book.parts) if re.fullmatch("[a-z0-9-]+", part.icon)}
    return {name: (folder / f"{name}.svg").read_text() for name in sorted(names) if (folder / f"{name}.svg").exists()}
