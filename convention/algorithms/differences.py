"""What changed between two versions of a text, word by word, for people to read.

Source: Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), for the idea of a shortest
script; here the longest common runs of words first (Ratcliff & Obershelp 1988, as in Python's `difflib`), which people
find easier to read, then the "semantic cleanup" of Fraser (2006): an island of one or two words left standing between
two larger changes joins them.

Nothing is lost: the same and removed segments, in order, make the old text again; the same and added make the new.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy, ngettext
from convention.kit.text import number

# A word with its inner hyphens and the apostrophe that ends it (« l’ », « peut-être »), or one sign.
_WORD = re.compile(r"\w+(?:-\w+)*[’']?|[^\w\s]")
_ISLAND = 2  # words
_SHORT = 600 * 600  # pairs of words that are compared in well under a second
_ENDS = frozenset(".!?;")
_ALIKE = 0.4  # of the words of two paragraphs: below, one went and another came
_PAIRS = 10_000  # paragraphs that are compared with one another


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {Kind.SAME: lazy("Inchangé"), Kind.REMOVED: lazy("Supprimé"), Kind.ADDED: lazy("Ajouté")}


@dataclass(frozen=True)
class Segment:
    kind: Kind
    text: str


class _Piece(NamedTuple):
    """A word and the spaces after it. Words are compared; spaces follow them."""

    word: str
    spaces: str


class _Change(NamedTuple):
    """`old` words give way to `new` ones; where `same`, they are equal word for word."""

    same: bool
    old: Sequence[_Piece]
    new: Sequence[_Piece]


def segments(old: str, new: str) -> list[Segment]:
    """The difference as a reading: what stays, what goes, what comes, neighbours of one kind joined."""
    if old == new:
        return [Segment(Kind.SAME, old)] if old else []
    written: list[Segment] = []
    for change in _without_islands(_changes(_pieces(old), _pieces(new))):
        if change.same:
            for before, after in zip(change.old, change.new, strict=True):
                _write(written, Kind.SAME, before.word)
                _write_spaces(written, before.spaces, after.spaces)
        else:
            _write(written, Kind.REMOVED, "".join(map("".join, change.old)))
            _write(written, Kind.ADDED, "".join(map("".join, change.new)))
    return _in_reading_order(written)


def paragraphs(old: str, new: str) -> list[list[Segment]]:
    """The same, paragraph by paragraph: each as it stays, goes, comes, or its own difference.

    A line end ends a paragraph. What is between two of them (blank lines, spaces) is not compared.
    """
    before, after = _lines(old), _lines(new)
    found: list[list[Segment]] = []
    for tag, i, j, k, m in SequenceMatcher(
        None, before, after, autojunk=len(before) * len(after) > _SHORT
    ).get_opcodes():
        if tag == "equal":
            found += ([Segment(Kind.SAME, line)] for line in before[i:j])
        else:
            found += (segments(one, other) for one, other in _paired(before[i:j], after[k:m]))
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _paired(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Each paragraph beside the one it became, in order; beside nothing when it went, or came."""
    if not old or not new or len(old) * len(new) > _PAIRS:
        return [*((line, "") for line in old), *(("", line) for line in new)]
    likeness = [[_likeness(one, other) for other in new] for one in old]
    # The best pairs from here on, as in a longest common subsequence.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= _ALIKE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[str, str]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if likeness[i][j] >= _ALIKE and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((old[i], ""))
            i += 1
        else:
            pairs.append(("", new[j]))
            j += 1
    return [*pairs, *((line, "") for line in old[i:]), *(("", line) for line in new[j:])]


def _likeness(old: str, new: str) -> float:
    """The share of their words that both have."""
    before, after = Counter(_WORD.findall(old)), Counter(_WORD.findall(new))
    return 2 * (before & after).total() / max(1, before.total() + after.total())


def summary(segments: Sequence[Segment]) -> str:
    """« 3 mots ajoutés, 2 supprimés. »"""
    added, removed = (_words(segments, kind) for kind in (Kind.ADDED, Kind.REMOVED))
    if added and removed:
        first = ngettext("{n} mot ajouté", "{n} mots ajoutés", added).format(n=number(added))
        second = ngettext("{n} supprimé", "{n} supprimés", removed).format(n=number(removed))
        return f"{first}, {second}."
    if added:
        return ngettext("{n} mot ajouté.", "{n} mots ajoutés.", added).format(n=number(added))
    if removed:
        return ngettext("{n} mot supprimé.", "{n} mots supprimés.", removed).format(n=number(removed))
    if any(segment.kind is not Kind.SAME for segment in segments):
        return _("Seuls la ponctuation ou les espaces changent.")
    return _("Aucun changement.")


def _words(segments: Sequence[Segment], kind: Kind) -> int:
    return sum(len(re.findall(r"\w+(?:-\w+)*", segment.text)) for segment in segments if segment.kind is kind)


def _pieces(text: str) -> list[_Piece]:
    """The text cut after each word; spaces at the very start belong to an empty word."""
    starts = [found.start() for found in _WORD.finditer(text)]
    ends = [found.end() for found in _WORD.finditer(text)]
    first = starts[0] if starts else len(text)
    pieces = [_Piece("", text[:first])] if first else []
    for start, end, following in zip(starts, ends, [*starts, len(text)][1:], strict=True):
        pieces.append(_Piece(text[start:end], text[end:following]))
    return pieces


def _changes(old: list[_Piece], new: list[_Piece]) -> list[_Change]:
    """What both begin and end with, set aside; then sentence by sentence if it is long; then word by word."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    i, j = len(old) - end, len(new) - end
    compare = _changed_words if (i - start) * (j - start) <= _SHORT else _changed_sentences
    around = [_Change(True, old[:start], new[:start]), _Change(True, old[i:], new[j:])]
    return [around[0], *compare(old[start:i], new[start:j]), around[1]]


def _common(old: list[_Piece], new: list[_Piece]) -> int:
    """How many words both begin with."""
    both = enumerate(zip(old, new, strict=False))
    return next((place for place, (one, other) in both if one.word != other.word), min(len(old), len(new)))


def _changed_sentences(old: list[_Piece], new: list[_Piece]) -> list[_Change]:
    before, after = _sentences(old), _sentences(new)
    repeated = len(before) * len(after) > _SHORT
    matcher = SequenceMatcher(None, [_said(one) for one in before], [_said(one) for one in after], autojunk=repeated)
    changes: list[_Change] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        one, other = list(chain(*before[i:j])), list(chain(*after[k:m]))
        changes += [_Change(True, one, other)] if tag == "equal" else _changed_words(one, other)
    return changes


def _sentences(pieces: list[_Piece]) -> list[list[_Piece]]:
    sentences: list[list[_Piece]] = [[]]
    for piece in pieces:
        sentences[-1].append(piece)
        if piece.word in _ENDS or "\n" in piece.spaces:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _said(sentence: list[_Piece]) -> tuple[str, ...]:
    return tuple(piece.word for piece in sentence)


def _changed_words(old: list[_Piece], new: list[_Piece]) -> list[_Change]:
    # In a long run without a sentence in common, words that come back all the time (« de », « la ») do not begin a
    # common run, they only lengthen one: nobody would follow it, and looking for all of them takes minutes.
    junk = len(old) * len(new) > _SHORT
    matcher = SequenceMatcher(None, [piece.word for piece in old], [piece.word for piece in new], autojunk=junk)
    return [_Change(tag == "equal", old[i:j], new[k:m]) for tag, i, j, k, m in matcher.get_opcodes()]


def _without_islands(changes: list[_Change]) -> list[_Change]:
    """Join two changes over an island smaller than both: « un petit arbre » → « le grand chêne », not word by word."""
    joined: list[_Change] = []
    for change in changes:
        if not change.old and not change.new:
            continue
        if len(joined) >= 2 and not change.same and joined[-1].same and _is_island(joined[-1], joined[-2], change):
            island, before = joined.pop(), joined.pop()
            change = _Change(False, [*before.old, *island.old, *change.old], [*before.new, *island.new, *change.new])
        joined.append(change)
    return joined


def _is_island(island: _Change, before: _Change, after: _Change) -> bool:
    words = len(island.old)
    return words <= _ISLAND and all(words < max(len(side.old), len(side.new)) for side in (before, after))


def _write(written: list[Segment], kind: Kind, text: str) -> None:
    if not text:
        return
    if written and written[-1].kind is kind:
        text = written.pop().text + text
    written.append(Segment(kind, text))


def _write_spaces(written: list[Segment], before: str, after: str) -> None:
    if before == after:
        _write(written, Kind.SAME, before)
    else:
        _write(written, Kind.REMOVED, before)
        _write(written, Kind.ADDED, after)


def _in_reading_order(written: list[Segment]) -> list[Segment]:
    """Between two same segments, all that goes, then all that comes."""
    ordered: list[Segment] = []
    removed = added = ""
    for segment in [*written, Segment(Kind.SAME, "")]:
        if segment.kind is Kind.REMOVED:
            removed += segment.text
        elif segment.kind is Kind.ADDED:
            added += segment.text
        else:
            _write(ordered, Kind.REMOVED, removed)
            _write(ordered, Kind.ADDED, added)
            _write(ordered, Kind.SAME, segment.text)
            removed = added = ""
    return ordered
