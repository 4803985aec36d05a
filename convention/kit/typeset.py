"""Papers to print, set by Typst: tagged PDF (PDF/UA-1, PDF/A-2a). Words travel as JSON, never as Typst source."""

import datetime as dt
import functools
import json
from pathlib import Path
from typing import Any

UNKNOWN = "□"


def pdf(layout: Path, told: dict[str, Any], *, fonts: Path, at: dt.datetime) -> bytes:
    """This layout, filled with what is told. `at` is its date: the same words at the same date give the same file."""
    # Loaded when it sets, not before: most of those who run the house never print.
    import typst

    shown = _shown(fonts / "coverage.txt")
    moment = at.astimezone(dt.UTC)
    created = {part: getattr(moment, part) for part in ("year", "month", "day", "hour", "minute", "second")}
    said = json.dumps(_showable({**told, "created": created}, shown), ensure_ascii=False)
    written = typst.compile(
        str(layout),
        root=str(layout.parent),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(moment.timestamp()),
        sys_inputs={"told": said},
    )
    assert isinstance(written, bytes), "Typst gives one file when no output is named"
    return written


def _showable(told: Any, shown: frozenset[int]) -> Any:
    """The same, □ where no font has the character: an archive may not hold a character that shows nothing."""
    if isinstance(told, str):
        return "".join(one if one == "\n" or ord(one) in shown else UNKNOWN for one in told)
    if isinstance(told, dict):
        return {name: _showable(value, shown) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_showable(value, shown) for value in told]
    return told


@functools.cache
def _shown(coverage: Path) -> frozenset[int]:
    """What the fonts can show, from ranges such as « 20-7E »."""
    shown: set[int] = set()
    for line in coverage.read_text().split():
        first, _dash, last = line.partition("-")
        shown.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(shown)
