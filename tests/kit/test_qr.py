"""Our drawing of a QR code, as a camera sees it, says what it was given."""

import re

import numpy as np
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from convention.kit import qr

SQUARE = 3  # pixels of the picture


def picture(svg: str) -> np.ndarray:
    """What the strokes of the drawing leave on paper: each begins where the last one ended."""
    (size,) = map(int, re.findall(r'viewBox="0 0 (\d+) ', svg))
    (path,) = re.findall(r'stroke="#000" d="M4 4\.5([^"]*)"', svg)
    paper, x, y = np.full((size, size), 255, np.uint8), qr.BORDER, qr.BORDER
    for right, down, long in re.findall(r"(?:m(-?\d+) (\d+))?h(\d+)", path):
        x, y = x + int(right or 0), y + int(down or 0)
        paper[y, x : x + int(long)] = 0
        x += int(long)
    return paper.repeat(SQUARE, axis=0).repeat(SQUARE, axis=1)


@given(st.text(alphabet="ABCDEFGHJKMNPQRSTVWXYZ0123456789 :/?=%abcé", min_size=1, max_size=200))
def test_the_drawing_is_read(said: str) -> None:
    found = zxingcpp.read_barcode(picture(qr.drawing(said)))
    assert found is not None
    assert (found.text, str(found.format), found.ec_level) == (said, "QR Code", "M")
