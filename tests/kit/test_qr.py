"""Our drawing of a QR code is the one that segno writes, octet for octet."""

import io

import segno
from hypothesis import given
from hypothesis import strategies as st

from convention.kit import qr


@given(st.text(alphabet="ABCDEFGHJKMNPQRSTVWXYZ0123456789 :/?=%abcé", min_size=1, max_size=200))
def test_the_drawing_is_that_of_the_library(said: str) -> None:
    written = io.BytesIO()
    segno.make(said, error="m", micro=False, mask=qr.MASK).save(
        written, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, light="#fff", svgclass=None,
        lineclass=None,
    )  # fmt: skip
    assert qr.drawing(said) == written.getvalue().decode().strip()
