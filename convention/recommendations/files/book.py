"""What a report is made of once composed: parts, rows and blocks, in reading order, without any page or format.

The PDF, DOCX and ODT writers walk this tree and nothing else. A part is a chapter, a theme or a recommendation; a row
is a side heading in the margin and what is said beside it; blocks are what can be said.
"""

import dataclasses
import functools
import operator
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from convention.recommendations.files.votes import Chart

Tree = TypeVar("Tree")

CHART_CM = 3.2  # of the strokes of a vote in a row of a table
GUTTER_CM = 0.15  # between figures and the words on their right
SHORT = 12  # rows of a table that stays on one page
WHOLE = 700  # signs of a row that a word processor keeps on one page

# Two voices: citizens are set in roman serif, the institution in sans.
Voice = Literal["citizens", "house"]


@dataclass(frozen=True)
class Prose:
    paragraphs: tuple[str, ...]
    voice: Voice


@dataclass(frozen=True)
class Clause:
    number: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Clauses:
    """Numbered paragraphs: their numbers are frozen with the text, never counted again by a page."""

    items: tuple[Clause, ...]


@dataclass(frozen=True)
class Fact:
    label: str
    paragraphs: tuple[str, ...]
    voice: Voice


@dataclass(frozen=True)
class Facts:
    items: tuple[Fact, ...]


@dataclass(frozen=True)
class Quote:
    """A minority's own words, and who signs them."""

    paragraphs: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Note:
    """An expert's note, boxed so that nobody takes it for the citizens' words."""

    title: str
    about: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    when: str
    what: str
    detail: str
    address: str | None


@dataclass(frozen=True)
class Steps:
    items: tuple[Step, ...]


@dataclass(frozen=True)
class Result:
    """A vote: its chart, whose rows are also its table, its outcome and the rule that decided."""

    caption: str
    sentence: str
    grade: str  # « 4 », or nothing
    label: str  # « Bien, gardé »
    chart: Chart
    columns: tuple[str, str, str]
    lines: tuple[str, ...]
    warning: str
    address: str


@dataclass(frozen=True)
class Column:
    label: str
    kind: Literal["text", "figure", "chart", "tally"] = "text"
    weight: float = 1.0  # width, relative to the other columns of words
    alone: str = ""  # the label where it is not read beside the others: a grade is a digit at the head of a column


@dataclass(frozen=True)
class Cell:
    text: str = ""
    address: str | None = None
    chart: Chart | None = None
    tally: int = 0  # strokes to draw before the figure


@dataclass(frozen=True)
class Table:
    """Rows of figures. When `in_margin`, the first column says where we are and stands in the margin."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    in_margin: bool = False
    key: str = ""  # what the digits at the head of the columns mean, said where they are read

    @property
    def captioned(self) -> str:
        return ", ".join(filter(None, (self.caption, self.key)))


Block = Prose | Clauses | Facts | Quote | Note | Bullets | Steps | Result | Table


@dataclass(frozen=True)
class Row:
    heading: str
    blocks: tuple[Block, ...]
    note: str = ""  # under the side heading: a date, a number
    anchor: str = ""


@dataclass(frozen=True)
class Part:
    kind: Literal["chapter", "theme", "card"]
    anchor: str
    title: str
    level: int
    blocks: tuple[Block, ...] = ()
    rows: tuple[Row, ...] = ()
    parts: tuple["Part", ...] = ()
    number: str = ""
    theme: str = ""
    icon: str = ""
    colour: str = "1E2033"
    address: str = ""
    opens_page: bool = True


@dataclass(frozen=True)
class Book:
    language: str
    title: str
    subtitle: str
    kicker: str  # « Édition n° 2 »
    head: str  # the running head
    author: str
    subject: str
    keywords: tuple[str, ...]
    frozen_at: str  # ISO 8601, UTC
    date: str
    digest: str
    licence: str
    warning: str
    short_warning: str  # at the foot of each page
    place: str
    seats: int
    seats_in_words: str
    imprint: tuple[Fact, ...]
    figures: tuple[tuple[str, str], ...]  # « 24 », « recommandations »
    parts: tuple[Part, ...]
    address: str
    labels: dict[str, str]


def columns_for_words(table: Table, width: float) -> tuple[tuple[float, ...], set[int]]:
    """The columns of a word processor: their widths in centimetres, and which of them hold figures."""
    figures = {rank for rank, column in enumerate(table.columns) if column.kind in ("figure", "tally")}
    edges, sign, digit = (0.3, 0.145, 0.16) if crowded(table.columns) else (0.45, 0.165, 0.18)
    narrow = {
        rank: max(
            edges + sign * min(len(table.columns[rank].label), 12),
            0.2 + digit * max((len(row[rank].text) for row in table.rows), default=1),
        )
        for rank in figures
    }
    narrow |= {rank: width + GUTTER_CM for rank, width in narrow.items() if before_words(rank, figures, table.columns)}
    narrow |= {rank: CHART_CM + 0.2 for rank, column in enumerate(table.columns) if column.kind == "chart"}
    weights = sum(column.weight for rank, column in enumerate(table.columns) if rank not in narrow) or 1.0
    left = max(width - sum(narrow.values()), width / 4)
    return tuple(narrow.get(rank, left * column.weight / weights) for rank, column in enumerate(table.columns)), figures


def crowded(columns: Sized) -> bool:
    """Whether a table has so many columns that a word processor sets it smaller, one line a row."""
    return len(columns) > 9


def before_words(rank: int, figures: set[int], columns: Sized) -> bool:
    """Whether this column of figures, set against its right edge, stands just before one of words."""
    return rank in figures and rank + 1 < len(columns) and rank + 1 not in figures


def stays_whole(row: Row) -> bool:
    """Whether a word processor keeps all of this row on one page: a few lines, no table."""
    return not any(isinstance(block, Table | Result) for block in row.blocks) and _signs(row.blocks) < WHOLE


def _signs(node: Any) -> int:
    if isinstance(node, str):
        return len(node)
    if isinstance(node, tuple):
        return sum(map(_signs, node))
    return sum(_signs(getattr(node, name)) for name in _fields(node.__class__))


def walk(parts: tuple[Part, ...]) -> Iterator[Part]:
    """Every part, in reading order."""
    for part in parts:
        yield part
        yield from walk(part.parts)


def reworded(tree: Tree, rewrite: Callable[[str], str]) -> Tree:
    """The same tree with `rewrite` applied to each of its strings; a branch that nothing changes is kept as it is."""
    said: dict[str, str] = {}  # labels, names and addresses come back by the thousand

    def walk(branch: Any) -> Any:
        if isinstance(branch, str):
            if branch not in said:
                said[branch] = rewrite(branch)
            return said[branch]
        if isinstance(branch, tuple):
            walked = tuple(map(walk, branch))
            return walked if any(map(operator.is_not, walked, branch)) else branch
        if isinstance(branch, dict):
            return {key: walk(value) for key, value in branch.items()}
        if names := _fields(branch.__class__):
            changed = {name: new for name in names if (new := walk(value := getattr(branch, name))) is not value}
            return dataclasses.replace(branch, **changed) if changed else branch
        return branch

    copy: Tree = walk(tree)
    return copy


def plain(node: Any) -> Any:
    """The tree as JSON can say it; each node tells its kind, for a reader that has no classes."""
    if isinstance(node, str | float):
        return node
    if isinstance(node, tuple | list):
        return [plain(item) for item in node]
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if names := _fields(node.__class__):
        return {"is": type(node).__name__.lower(), **{name: plain(getattr(node, name)) for name in names}}
    return node


@functools.cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
