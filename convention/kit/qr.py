"""Words as a drawing to photograph (QR code, ISO/IEC 18004)."""

import re

import numpy as np
import zxingcpp
from markupsafe import Markup

BORDER = 4  # squares left white all around, so that a camera finds the edge

_DARK = re.compile(rb"\x00+")


def drawing(said: str) -> Markup:
    """SVG, black on white in every mode, for cameras."""
    code = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    matrix = np.asarray(code.to_image(add_quiet_zones=False))
    size = len(matrix) + 2 * BORDER
    # A stroke for each run of dark squares, from where the last one ended: half as long as what the library writes,
    # which is a document of its own and not a part of a page.
    strokes, x, y = [f"M{BORDER} {BORDER}.5"], 0, 0
    for line, row in enumerate(matrix):
        for run in _DARK.finditer(row.tobytes()):
            start, end = run.span()
            strokes.append(f"m{start - x} {line - y}h{end - start}" if x or line else f"h{end - start}")
            x, y = end, line
    return Markup(  # noqa: S704 - drawn here, of squares
        f'<svg viewBox="0 0 {size} {size}"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path stroke="#000" d="{"".join(strokes)}"/></svg>'
    )
