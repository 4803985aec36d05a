"""What of a text is shown in a list of results: the words around those asked, the asked ones marked."""

import dataclasses
import itertools
import unicodedata
from collections.abc import Iterable, Iterator

from convention.search import words

AROUND = 90  # letters before the first marked word
LENGTH = 260


@dataclasses.dataclass(frozen=True)
class Bit:
    """A piece of a text, marked or not."""

    text: str
    marked: bool


def marked(text: str, question: str) -> list[Bit]:
    """The whole text, the words asked being marked."""
    text = unicodedata.normalize("NFC", text)
    return _cut(text, _places(text, question), 0, len(text))


def excerpt(text: str, question: str) -> list[Bit]:
    """The part of a text where the words asked are, with « … » where it was cut."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    places = _places(text, question)
    first = list(itertools.islice(places, 1))
    start = max(0, (first[0][0] if first else 0) - AROUND)
    if start:
        start = text.find(" ", start) + 1
    end = min(len(text), start + LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    # The rest of the text is not looked at: it may be long.
    shown = itertools.takewhile(lambda place: place[1] <= end, itertools.chain(first, places))
    bits = _cut(text, [place for place in shown if start <= place[0]], start, end)
    return [*([Bit("… ", False)] if start else []), *bits, *([Bit(" …", False)] if end < len(text) else [])]


def _places(text: str, question: str) -> Iterator[tuple[int, int]]:
    asked = words.asked(question)
    return (found.span() for found in words.words(text) if any(one.is_said_by(found[0]) for one in asked))


def _cut(text: str, places: Iterable[tuple[int, int]], start: int, end: int) -> list[Bit]:
    bits, at = [], start
    for first, last in places:
        bits += [Bit(text[at:first], False), Bit(text[first:last], True)]
        at = last
    return [bit for bit in (*bits, Bit(text[at:end], False)) if bit.text]
