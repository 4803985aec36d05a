"""Words as a drawing to photograph (QR code, ISO/IEC 18004)."""

import io

import segno
from markupsafe import Markup

# Of the eight masks, the one to use. The standard has all of them drawn and the least monotonous kept, which takes five
# times as long, each time a ballot is cast; any is read, and what we draw (keys, signatures) is not monotonous.
MASK = 3


def drawing(said: str) -> Markup:
    """SVG, black on white in every mode, for cameras."""
    drawn = io.BytesIO()
    segno.make(said, error="m", micro=False, mask=MASK).save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, light="#fff", svgclass=None,
        lineclass=None,
    )  # fmt: skip
    return Markup(drawn.getvalue().decode().strip())  # noqa: S704 - drawn here, of squares
