"""Words as a drawing to photograph (QR code, ISO/IEC 18004)."""

import re

import segno
from markupsafe import Markup

# Of the eight masks, the one to use. The standard has all of them drawn and the least monotonous kept, which takes five
# times as long, each time a ballot is cast; any is read, and what we draw (keys, signatures) is not monotonous.
MASK = 3
BORDER = 4  # squares left white all around, so that a camera finds the edge

_DARK = re.compile(rb"\x01+")


def drawing(said: str) -> Markup:
    """SVG, black on white in every mode, for cameras."""
    matrix = segno.make(said, error="m", micro=False, mask=MASK).matrix
    size = len(matrix) + 2 * BORDER
    # A stroke for each run of dark squares, from where the last one ended. segno's own writer draws the same and takes
    # as long as its encoder; this is in the page of every ballot that is cast.
    strokes, x, y = [f"M{BORDER} {BORDER}.5"], 0, 0
    for line, row in enumerate(matrix):
        for run in _DARK.finditer(row):
            start, end = run.span()
            strokes.append(f"m{start - x} {line - y}h{end - start}" if x or line else f"h{end - start}")
            x, y = end, line
    return Markup(  # noqa: S704 - drawn here, of squares
        f'<svg viewBox="0 0 {size} {size}"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path stroke="#000" d="{"".join(strokes)}"/></svg>'
    )
