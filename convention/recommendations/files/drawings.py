"""The staircase of a vote as a picture, for the word processors: PNG, drawn here, of a few hundred bytes."""

import struct
import zlib

from convention.recommendations.files.votes import STROKE, Chart

WIDTH = 1200  # pixels, about 300 to the inch on the page
ROW = 56
MARGIN = 12


def picture(chart: Chart) -> bytes:
    """One row a choice, one stroke a voice; the dashed line passes by the middle voice."""
    inks = ["FFFFFF", "1E2033", "B9B3BF", *(bar.ink for bar in chart.bars)]
    unit = min(WIDTH / chart.width, 26.0) if chart.width else 1.0
    lines = bytearray()
    for rank, bar in enumerate(chart.bars):
        row = bytearray(WIDTH)
        spans = [(x, x + STROKE) for x in bar.strokes] or ([(bar.start, bar.end)] if bar.voices else [])
        for start, end in spans:
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
    height = max(len(chart.bars), 1) * ROW
    lines = lines or bytearray((WIDTH + 1) * ROW)
    palette = b"".join(bytes.fromhex(ink) for ink in inks)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _piece(b"IHDR", struct.pack(">IIBBBBB", WIDTH, height, 8, 3, 0, 0, 0))
        + _piece(b"PLTE", palette)
        + _piece(b"IDAT", zlib.compress(bytes(lines), 9))
        + _piece(b"IEND", b"")
    )


def _piece(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
