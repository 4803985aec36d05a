"""Words as a drawing to photograph (QR code, ISO/IEC 18004).

The code of a message is linear: error correction is made of additions without carry, and so is the mask. Two messages
of one length differ, in the drawing, by the sum of what each of their different bits moves. So for capitals and digits
(our receipts: one in the page of every ballot that is cast) the whole work is done once for each length, and a drawing
is then some hundreds of XOR. segno, which does the rest, draws the same; tests compare.
"""

import functools
import re
from typing import Any

from markupsafe import Markup
from segno import consts as _consts
from segno import encoder as _encoder

encoder: Any = _encoder  # segno gives no types for what we ask
consts: Any = _consts

# Of the eight masks, the one to use. The standard has all of them drawn and the least monotonous kept, which takes five
# times as long; any is read, and what we draw (keys, signatures) is not monotonous.
MASK = 3
BORDER = 4  # squares left white all around, so that a camera finds the edge
FREE = 2  # how segno marks a square that no pattern takes
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"  # of the alphanumeric mode, two in eleven bits

_DARK = re.compile("1+")
_VALUE = {sign: value for value, sign in enumerate(SIGNS)}
_PAIR = {a + b: f"{45 * _VALUE[a] + _VALUE[b]:011b}" for a in SIGNS for b in SIGNS}
_LAST = {"": "", **{sign: f"{value:06b}" for sign, value in _VALUE.items()}}


def drawing(said: str) -> Markup:
    """SVG, black on white in every mode, for cameras."""
    lines = _lines(said)
    size = len(lines) + 2 * BORDER
    # A stroke for each run of dark squares, from where the last one ended.
    strokes, x, y = [f"M{BORDER} {BORDER}.5"], 0, 0
    for line, row in enumerate(lines):
        for run in _DARK.finditer(row):
            start, end = run.span()
            strokes.append(f"m{start - x} {line - y}h{end - start}" if x or line else f"h{end - start}")
            x, y = end, line
    return Markup(  # noqa: S704 - drawn here, of squares
        f'<svg viewBox="0 0 {size} {size}"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path stroke="#000" d="{"".join(strokes)}"/></svg>'
    )


def _lines(said: str) -> list[str]:
    """The drawing, a line of 0 and 1 for each row of squares."""
    if said.isdigit() or not set(said) <= set(SIGNS):
        return [row.hex()[1::2] for row in _encoded(said).matrix]
    side, drawn, first, moves = _of_length(len(said))
    different = int(_bits(said), 2) ^ first
    for place in range(different.bit_length()):
        if different >> place & 1:
            drawn ^= moves[place]
    every = f"{drawn:0{side * side}b}"
    return [every[start : start + side] for start in range(0, side * side, side)]


def _encoded(said: str) -> Any:
    return encoder.encode(said, error="m", micro=False, mask=MASK)


def _bits(said: str) -> str:
    even = len(said) & ~1
    return "".join([_PAIR[said[start : start + 2]] for start in range(0, even, 2)]) + _LAST[said[even:]]


@functools.lru_cache(maxsize=8)
def _of_length(length: int) -> tuple[int, int, int, list[int]]:
    """For messages so long: the side, one message drawn, its bits, and what each bit moves (the last bit first)."""
    said = "A" * length
    code = _encoded(said)
    side, bits = len(code.matrix), _bits(said)
    cells = _cells(side, code.version)
    squares = consts.ECC[code.version][code.error]
    blocks = [(each.num_data, each.num_total - each.num_data) for each in squares for _n in range(each.num_blocks)]
    most, total = max(data for data, _correction in blocks), sum(data for data, _correction in blocks)
    # Where codewords stand in the drawing: those of data, then those of correction, one of each block in turn.
    order = [(block, place) for place in range(most) for block, (data, _c) in enumerate(blocks) if place < data]
    stands = {one: place for place, one in enumerate(order)}
    moved: list[int] = []
    for block, (data, correction) in enumerate(blocks):
        for place in range(data):
            for bit in range(7, -1, -1):
                word = bytearray(data)
                word[place] = 1 << bit
                marks = [8 * stands[block, place] + 7 - bit]
                for n, value in enumerate(_correction(word, correction)):
                    begins = 8 * (total + n * len(blocks) + block)
                    marks += [begins + 7 - one for one in range(8) if value >> one & 1]
                moved.append(sum(1 << (side * side - 1 - cells[mark]) for mark in marks))
    begins = 4 + (9 if code.version < 10 else 11 if code.version < 27 else 13)  # after the mode and the length
    drawn = int("".join(row.hex()[1::2] for row in code.matrix), 2)
    return side, drawn, int(bits, 2), moved[begins : begins + len(bits)][::-1]


def _cells(side: int, version: int) -> list[int]:
    """The square of each bit of the codewords, in their order: two columns at a time, from the right, up then down."""
    free = encoder.make_matrix(side, side)
    encoder.add_finder_patterns(free, side, side)
    encoder.add_alignment_patterns(free, side, side)
    found, up = [], True
    for right in (*range(side - 1, 6, -2), 5, 3, 1):  # the seventh column beats time
        for line in reversed(range(side)) if up else range(side):
            found += [line * side + column for column in (right, right - 1) if free[line][column] == FREE]
        up = not up
    return found


def _correction(data: bytearray, length: int) -> bytes:
    """The codewords that correct these (Reed–Solomon)."""
    rest = data + bytearray(length)
    steps = consts.GEN_POLY[length]
    for place in range(len(data)):
        if rest[place]:
            power = consts.GALIOS_LOG[rest[place]]
            for n in range(length):
                rest[place + n + 1] ^= consts.GALIOS_EXP[power + steps[n]]
    return bytes(rest[len(data) :])
