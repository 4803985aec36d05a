"""The staircase of a vote as a picture, for the word processors: SVG, and PNG for those that cannot read it.

Both are drawn here, from the same spans, in a few hundred bytes.
"""

import struct
import zlib
from collections.abc import Sequence
from xml.sax.saxutils import escape

from convention.recommendations.files.votes import STROKE, Bar, Chart

WIDTH = 1200  # pixels, about 300 to the inch on the page
ROW = 56
MARGIN = 12
SMALL_WIDTH, SMALL_ROW = 480, 16
WIDEST = 26.0  # of a stroke and its gap: few voices do not fill the row
LINE, MIDDLE = "B9B3BF", "1E2033"


def vector(chart: Chart, told: str, full: bool = True) -> bytes:
    """The same drawing as `picture`, in lines that stay sharp at any size; `told` says it in words.

    Without `full`, the same as `small`.
    """
    unit, height = _unit(chart), _height(chart)
    drawn = []
    for rank, bar in enumerate(chart.bars):
        top, tall = rank * ROW + MARGIN, ROW - 2 * MARGIN
        strokes = "".join(
            f"M{_short(start * unit)} {top}h{_short(max((end - start) * unit, 1))}v{tall}H{_short(start * unit)}z"
            for start, end in _spans(bar)
        )
        if strokes:
            drawn.append(f'<path fill="#{bar.ink}" d="{strokes}"/>')
        if full:
            drawn.append(f'<path fill="#{LINE}" d="M0 {(rank + 1) * ROW - 1}h{WIDTH}v1H0z"/>')
    if full and chart.middle is not None:
        at = _short(min(chart.middle * unit, WIDTH - 2) + 1)
        drawn.append(f'<path stroke="#{MIDDLE}" stroke-width="2" stroke-dasharray="5 3" d="M{at} 0V{height}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img"><title>{escape(told)}</title>{"".join(drawn)}</svg>'
    ).encode()


def _unit(chart: Chart) -> float:
    return min(WIDTH / chart.width, WIDEST) if chart.width else 1.0


def _height(chart: Chart) -> int:
    return max(len(chart.bars), 1) * ROW


def _spans(bar: Bar) -> Sequence[tuple[float, float]]:
    """Where the row is inked, in strokes."""
    return [(x, x + STROKE) for x in bar.strokes] or ([(bar.start, bar.end)] if bar.voices else [])


def _short(length: float) -> str:
    """« 12.5 »: two decimals at most, the same on every machine."""
    return f"{length:.2f}".rstrip("0").rstrip(".")


def small(chart: Chart) -> bytes:
    """The strokes alone, for a row of a table whose figures stand beside them: no line, no middle voice."""
    inks, unit = ["FFFFFF", *(bar.ink for bar in chart.bars)], min(SMALL_WIDTH / chart.width, 9.0) if chart.width else 1
    lines = bytearray()
    for rank, bar in enumerate(chart.bars):
        row = bytearray(SMALL_WIDTH)
        for start, end in _spans(bar):
            left = min(round(start * unit), SMALL_WIDTH - 1)
            right = min(max(round(end * unit), left + 1), SMALL_WIDTH)
            row[left:right] = bytes([rank + 1]) * (right - left)
        blank = b"\x00" + bytes(SMALL_WIDTH)
        lines += blank * 2 + (b"\x00" + row) * (SMALL_ROW - 4) + blank * 2
    return _png(SMALL_WIDTH, SMALL_ROW * len(chart.bars), inks, lines)


def picture(chart: Chart) -> bytes:
    """One row a choice, one stroke a voice; the dashed line passes by the middle voice."""
    inks = ["FFFFFF", MIDDLE, LINE, *(bar.ink for bar in chart.bars)]
    unit = _unit(chart)
    lines = bytearray()
    for rank, bar in enumerate(chart.bars):
        row = bytearray(WIDTH)
        for start, end in _spans(bar):
            left = round(start * unit)
            right = min(max(round(end * unit), left + 1), WIDTH)
            row[left:right] = bytes([rank + 3]) * (right - left)
        for y in range(ROW):
            line = bytearray(row) if MARGIN <= y < ROW - MARGIN else bytearray(WIDTH)
            if y == ROW - 1:
                line = bytearray([2]) * WIDTH
            if chart.middle is not None and y % 8 < 5:
                at = min(round(chart.middle * unit), WIDTH - 2)
                line[at : at + 2] = b"\x01\x01"
            lines += b"\x00" + line
    lines = lines or bytearray((WIDTH + 1) * ROW)
    return _png(WIDTH, _height(chart), inks, lines)


def _png(width: int, height: int, inks: Sequence[str], lines: bytearray) -> bytes:
    palette = b"".join(bytes.fromhex(ink) for ink in inks)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _piece(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _piece(b"PLTE", palette)
        # No paper behind the strokes: it would hide the lines of the table.
        + _piece(b"tRNS", b"\x00")
        + _piece(b"IDAT", zlib.compress(bytes(lines), 9))
        + _piece(b"IEND", b"")
    )


def _piece(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
