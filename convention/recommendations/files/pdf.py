"""The PDF: tagged for who cannot see it (PDF/UA-1), fit for the archives (PDF/A-2a), set by Typst.

Citizens' words travel as JSON and are shown as text: they are never read as Typst source.
"""

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from convention.kit import binding, typeset
from convention.recommendations.files import text
from convention.recommendations.files.book import Book, Prose, plain, reworded, walk
from convention.recommendations.files.chapters import compose
from convention.recommendations.snapshot import Edition
from convention.settings import resource

FONTS = Path("vendor") / "pdf-fonts"
SUMMARY, LINE = 1200, 60  # characters on the first page of the synthesis, and what a new paragraph costs
# Signs of a volume, as JSON; Typst takes some 300 octets for each. What is longer is set in several.
VOLUME = 500_000
GOES_ON = "goes-on"  # the kind of a part that began in the volume before
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
    except typeset.NotSet:
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
        "volume": "",
    }

    def press(told: dict[str, Any], by: Callable[..., bytes] = typeset.press) -> bytes:
        inputs = {"book": json.dumps(told, ensure_ascii=False), **options}
        where = resource("templates") / "recommendations" / layout
        return by(where, inputs, fonts=assets / FONTS, at=frozen_at)

    if layout != "report.typ":
        return press(said)
    volumes = _volumes(_flow(said.pop("parts")), f" ({book.labels['goes_on']})")
    if len(volumes) == 1:
        return press({**said, "flow": volumes[0]})
    return _bound(said, volumes, lambda told: press(told, typeset.press_apart))


# -- a long report, in volumes -------------------------------------------------------------------------------------

_Said = dict[str, Any]


def _flow(parts: Iterable[_Said], under: str = "") -> list[_Said]:
    """Every part in reading order, without those it holds."""
    flow = []
    for rank, part in enumerate(parts):
        flow.append({**part, "parts": [], "under_theme": under == "theme" and rank == 0})
        flow += _flow(part["parts"], part["kind"])
    return flow


def _volumes(flow: list[_Said], goes_on: str) -> list[list[_Said]]:
    """The parts that are set together: a volume begins where a page does."""
    volumes: list[list[_Said]] = [[]]
    weight = 0
    for part in (piece for whole in flow for piece in _cut(whole, goes_on)):
        own = _weight(part)
        if volumes[-1] and part["opens_page"] and weight + own > VOLUME:
            volumes.append([])
            weight = 0
        volumes[-1].append(part)
        weight += own
    return volumes


def _cut(part: _Said, goes_on: str) -> Iterable[_Said]:
    """A part too long for a volume, in several: its heading stands over the first."""
    if _weight(part) <= VOLUME:
        return [part]
    several = [[one] for block in part["blocks"] for one in _slices(block, goes_on)] + [[row] for row in part["rows"]]
    groups: list[list[_Said]] = []
    weight = VOLUME
    for (one,) in several:
        own = _weight(one)
        if weight + own > VOLUME:
            groups.append([])
            weight = 0
        groups[-1].append(one)
        weight += own
    pieces = [
        {
            **part,
            "kind": GOES_ON,
            "opens_page": True,
            "address": "",
            "blocks": [one for one in group if one["is"] != "row"],
            "rows": [one for one in group if one["is"] == "row"],
        }
        for group in groups
    ]
    pieces[0] |= {"kind": part["kind"], "opens_page": part["opens_page"]}
    pieces[-1]["address"] = part["address"]
    return pieces


def _slices(block: _Said, goes_on: str) -> Iterable[_Said]:
    """A table of more rows than a volume holds, as several of the same columns."""
    if block["is"] != "table" or (count := -(-_weight(block) // (VOLUME // 2))) == 1:
        return [block]
    rows, length = block["rows"], -(-len(block["rows"]) // count)
    return [
        {**block, "rows": rows[start : start + length], "caption": block["caption"] + (goes_on if start else "")}
        for start in range(0, len(rows), length)
    ]


def _weight(said: _Said) -> int:
    return len(json.dumps(said, ensure_ascii=False))


def _bound(said: _Said, volumes: list[list[_Said]], press: Callable[[_Said], bytes]) -> bytes:
    """Each volume set by itself, one after the other, then the opening that knows where everything is."""
    headed = [part for volume in volumes for part in volume if part["kind"] != GOES_ON]
    pages = [1] * len(headed)

    def opening() -> bytes:
        told = [{**_heading(part), "page": page} for part, page in zip(headed, pages, strict=True)]
        return press({**said, "volume": "opening", "headings": told})

    start = binding.landings(opening())[0] - len(headed) + 1
    pages, written = [], []
    above: dict[int, _Said] = {}
    for volume in volumes:
        # What is above the first heading, or around what goes on, stands on a page of its own that is not kept.
        lowest = volume[0]["level"] + (volume[0]["kind"] == GOES_ON)
        leading = [above[level] for level in sorted(above) if level < lowest] or [_heading(volume[0])]
        written.append(press({**said, "volume": "part", "start": start, "headings": leading, "flow": volume}))
        length, lands = binding.landings(written[-1])
        pages += [start + place - 1 for place in lands]
        start += length - 1
        for part in volume:
            above = {level: one for level, one in above.items() if level < part["level"]}
            above[part["level"]] = _heading(part)
    return binding.bind([opening(), *written], len(headed))


def _heading(part: _Said) -> _Said:
    return {"level": part["level"], "title": part["title"], "number": part["number"]}


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
