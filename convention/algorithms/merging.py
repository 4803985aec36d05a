"""Two changes asked for in one text, put together when they do not touch the same words.

Source: the three-way merge as specified by Khanna, Kunal and Pierce, "A Formal Investigation of Diff3", FSTTCS (2007),
on words instead of lines (`differences`). Two changes whose words touch are never joined: people say what to write.
"""

from dataclasses import dataclass

from convention.algorithms.differences import Kind, segments


@dataclass(frozen=True)
class Clash:
    """The words of the first text that both change, or beside which both write."""

    words: str


@dataclass(frozen=True)
class _Edit:
    """The signs from `start` to `end` of the first text give way to `text`."""

    start: int
    end: int
    text: str

    def touches(self, other: "_Edit") -> bool:
        return self.start <= other.end and other.start <= self.end


def merge(base: str, mine: str, theirs: str) -> str | Clash:
    """`base` with the changes of both; the same change made by both is made once. The order does not matter."""
    edits, others = _edits(base, mine), _edits(base, theirs)
    for edit in edits:
        for other in others:
            if edit != other and edit.touches(other):
                return Clash(_words(base, min(edit.start, other.start), max(edit.end, other.end)))
    merged, at = [], 0
    for edit in sorted({*edits, *others}, key=lambda one: (one.start, one.end)):
        merged += [base[at : edit.start], edit.text]
        at = edit.end
    return "".join([*merged, base[at:]])


def _edits(base: str, other: str) -> list[_Edit]:
    edits: list[_Edit] = []
    start = at = 0
    added = ""
    for segment in segments(base, other):
        if segment.kind is Kind.SAME:
            if at > start or added:
                edits.append(_Edit(start, at, added))
            at += len(segment.text)
            start, added = at, ""
        elif segment.kind is Kind.REMOVED:
            at += len(segment.text)
        else:
            added += segment.text
    if at > start or added:
        edits.append(_Edit(start, at, added))
    return edits


def _words(base: str, start: int, end: int) -> str:
    """What is between two places; when nothing is, the words that stand around."""
    if said := base[start:end].strip():
        return said
    before, after = base[:start].split()[-3:], base[end:].split()[:3]
    return " ".join([*before, *after])
