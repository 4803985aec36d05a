"""Typst, in a process of its own: it keeps what it laid out, and a long report would stay in the server's memory.

Run by its path, so that nothing of the application is loaded: the order comes in as JSON, the PDF goes out.
"""

import json
import sys

import typst


def press(order: dict[str, object]) -> bytes:
    pdf = typst.compile(**order, format="pdf", pdf_standards=["ua-1", "a-2a"], ignore_system_fonts=True)  # type: ignore[call-overload]
    assert isinstance(pdf, bytes), "Typst gives one file when no output is named"
    return pdf


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(press(json.load(sys.stdin)))
    except typst.TypstError as error:
        sys.exit(str(error))
