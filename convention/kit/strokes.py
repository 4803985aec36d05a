"""One person is one stroke: the geometry of the charts, in the units of their SVG boxes.

Nothing here knows about votes or colours. Positions are abscissas of the middle of each stroke, from the left edge;
`path` values are ready for the `d` attribute of an SVG path that is drawn with a stroke and no fill.
"""

import dataclasses
import functools
import math
from collections.abc import Sequence

MOST_STROKES = 120  # above, the eye no longer tells strokes apart: continuous bars
WIDTH, HEIGHT = 600, 38  # the box of a large chart
MINI_WIDTH, MINI_HEIGHT = 168, 36  # the box of a small one
STEP = 14.0  # from one stroke to the next in a small assembly, in a large chart
MINI_STEP = 3.7


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of a chart: `count` persons, drawn by `path` with a line `thick` units thick."""

    count: int
    xs: tuple[float, ...]  # the abscissa of each stroke; empty when the row is a bar
    path: str
    thick: float


@dataclasses.dataclass(frozen=True)
class Chart:
    """Rows in the order they were given, in a box of `width` by `height`; `middle` is where the middle voice stands."""

    rows: tuple[Row, ...]
    width: float
    height: float
    middle: float | None
    middle_row: int | None


def tally(n: int) -> tuple[int, ...]:
    """The groups of five of a tally, the last one shorter.

    >>> tally(13)
    (5, 5, 3)
    >>> tally(0)
    ()
    """
    fives, left = divmod(max(n, 0), 5)
    return (5,) * fives + ((left,) if left else ())


def middle(n: int) -> int | None:
    """The rank of the middle voice, from the most to the least favourable: the less favourable one when n is even.

    >>> middle(38), middle(37), middle(0)
    (20, 19, None)
    """
    return n // 2 + 1 if n > 0 else None


def row_of(counts: Sequence[int], rank: int) -> int:
    """The index of the row that holds the voice of this rank (1 is the first voice of the first row)."""
    for index, count in enumerate(counts):
        if rank <= count:
            return index
        rank -= count
    raise ValueError("no voice has that rank")


def positions(n: int, width: float, step: float) -> tuple[float, ...]:
    """The abscissas of n strokes, half a step wider after each five, closer together when the box is too narrow.

    >>> positions(6, 600, 14)
    (7.0, 21.0, 35.0, 49.0, 63.0, 84.0)
    """
    step = _step(n, width, step)
    return tuple(round(step * (0.5 + i + 0.5 * (i // 5)), 2) for i in range(n))


def staircase(
    counts: Sequence[int], *, width: float = WIDTH, height: float = HEIGHT, step: float = STEP, rank: int | None = None
) -> Chart:
    """Sorted voices: each row starts where the one above ends.

    `counts` go from the most to the least favourable row. `rank` is the middle voice's, the lower middle by default.
    """
    total = sum(counts)
    rank = middle(total) if rank is None else rank
    rows: list[Row] = []
    if total > MOST_STROKES:
        before = 0
        for count in counts:
            rows.append(_bar(count, before * width / total, count * width / total, height))
            before += count
        at = None if rank is None else round((rank - 0.5) * width / total, 2)
    else:
        xs, before = positions(total, width, step), 0
        thick = _thickness(total, width, step)
        for count in counts:
            rows.append(_strokes(xs[before : before + count], height, thick))
            before += count
        at = None if rank is None else xs[rank - 1]
    return Chart(tuple(rows), width, height, at, None if rank is None else row_of(counts, rank))


def mini(counts: Sequence[int], *, rank: int | None = None) -> Chart:
    """The same staircase in a box of 168 by 36, one level below the other (at least five levels)."""
    chart = staircase(counts, width=MINI_WIDTH, height=MINI_HEIGHT, step=MINI_STEP, rank=rank)
    between = MINI_HEIGHT / max(len(counts), 5)
    tall = between - 0.6
    rows = []
    for level, row in enumerate(chart.rows):
        top = level * between + 0.3
        if row.xs:
            path, thick = _lines(row.xs, top, tall), row.thick * 1.4
        else:
            path, thick = _moved(row.path, top + tall / 2), tall
        rows.append(dataclasses.replace(row, path=path, thick=round(thick, 2)))
    return dataclasses.replace(chart, rows=tuple(rows))


def levels(rows: int) -> str:
    """The rules that a small chart stands on, one for each level."""
    count = max(rows, 5)
    between = MINI_HEIGHT / count
    return "".join(f"M0 {_n((level + 0.5) * between)}h{MINI_WIDTH}" for level in range(count))


def rows(
    counts: Sequence[int], *, width: float = WIDTH, height: float = HEIGHT, step: float = STEP, mark: int | None = None
) -> Chart:
    """Independent rows that all start at the left edge, on the same scale; the longest fits the box.

    `mark` is a number of voices to show as a line (a threshold): it falls on the stroke that reaches it.
    """
    longest = max([*counts, mark or 0])
    at: float | None
    if longest > MOST_STROKES:
        drawn = tuple(_bar(count, 0, count * width / longest, height) for count in counts)
        at = round(mark * width / longest, 2) if mark else None
    else:
        thick = _thickness(longest, width, step)
        xs = positions(longest, width, step)
        drawn = tuple(_strokes(xs[:count], height, thick) for count in counts)
        at = xs[mark - 1] if mark else None
    return Chart(drawn, width, height, at, None)


def quota(count: int, least: int, most: int, raw: float, scale: int) -> dict[str, str | float]:
    """A stratum in a box of 560 by 40: `count` strokes, the bracket from `least` to `most`, the raw pool's share.

    `scale` is the largest number of any stratum on the page, so that all of them compare.
    """
    unit = 560 / max(scale, 1)
    left, right = max(least - 1, 0) * unit, most * unit - unit / 4
    return {
        "strokes": _lines(tuple(round(unit * (i + 0.375), 2) for i in range(count)), 0, 20),
        "bracket": f"M{_n(left)} 25v11H{_n(right)}v-11",
        "pool": round(unit * max(raw - 0.5, 0.5), 2),
        "thick": round(min(unit / 2, 8.0), 2),
    }


def seats(places: int, you: int | None = None) -> tuple[str, str]:
    """The strokes around a table drawn as a circle in a box of 120 by 120: the others, then one's own place."""
    others, own = [], ""
    for place in range(places):
        angle = 2 * math.pi * place / max(places, 1)
        x, y = math.sin(angle), -math.cos(angle)
        line = f"M{_n(60 + 38 * x)} {_n(60 + 38 * y)} {_n(60 + 56 * x)} {_n(60 + 56 * y)}"
        if place == you:
            own = line
        else:
            others.append(line)
    return "".join(others), own


def _step(n: int, width: float, step: float) -> float:
    needed = n + 0.5 * (max(n - 1, 0) // 5)
    return min(step, width / needed) if needed else step


def _thickness(n: int, width: float, step: float) -> float:
    return round(_step(n, width, step) / 2, 2)


def _strokes(xs: tuple[float, ...], height: float, thick: float) -> Row:
    margin = height * 6 / HEIGHT
    return Row(len(xs), xs, _lines(xs, margin, height - 2 * margin), thick)


@functools.lru_cache(maxsize=2000)
def _lines(xs: tuple[float, ...], top: float, tall: float) -> str:
    return "".join(f"M{_n(x)} {_n(top)}v{_n(tall)}" for x in xs)


def _bar(count: int, left: float, length: float, height: float) -> Row:
    margin = height * 6 / HEIGHT
    path = f"M{_n(left)} {_n(height / 2)}h{_n(length)}" if count else ""
    return Row(count, (), path, round(height - 2 * margin, 2))


def _moved(path: str, y: float) -> str:
    # "M12 19h80", at another height
    return path and f"{path.split(' ')[0]} {_n(y)}h{path.split('h')[1]}"


def _n(value: float) -> str:
    """A coordinate with two decimals at most, and none when it is whole.

    >>> _n(7.0), _n(21.5)
    ('7', '21.5')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
