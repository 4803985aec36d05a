"""Papers to print, set by Typst: tagged PDF (PDF/UA-1, PDF/A-2a). Words travel as JSON, never as Typst source."""

import datetime as dt
import functools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNKNOWN = "□"
PACKAGE = Path(__file__).parent.parent


class NotSet(Exception):
    """The layout cannot be set with what it is given; the message is that of Typst."""


def pdf(layout: Path, told: dict[str, Any], *, fonts: Path, at: dt.datetime) -> bytes:
    """This layout, filled with what is told. `at` is its date: the same words at the same date give the same file."""
    known = shown(fonts)
    said = _everywhere({**told, "created": created(at)}, lambda words: showable(words, known))
    return press(layout, {"told": json.dumps(said, ensure_ascii=False)}, fonts=fonts, at=at)


def press(layout: Path, inputs: dict[str, str], *, fonts: Path, at: dt.datetime) -> bytes:
    """One call of Typst, with our fonts alone. Raises NotSet when the layout cannot be set."""
    # Loaded when it sets, not before: most of those who run the house never print.
    import typst

    try:
        written = typst.compile(
            str(layout),
            root=str(layout.parent),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1", "a-2a"],
            timestamp=int(at.timestamp()),
            sys_inputs=inputs,
        )
    except typst.TypstError as error:
        raise NotSet(str(error)) from error
    assert isinstance(written, bytes), "Typst gives one file when no output is named"
    return written


def press_apart(layout: Path, inputs: dict[str, str], *, fonts: Path, at: dt.datetime) -> bytes:
    """The same in a process of its own, which gives its memory back when it ends."""
    told = {"layout": str(layout), "inputs": inputs, "fonts": str(fonts), "at": at.timestamp()}
    done = subprocess.run(
        [sys.executable, "-m", "convention.kit.typeset"],
        input=json.dumps(told).encode(),
        capture_output=True,
        check=False,
        cwd=PACKAGE.parent,
    )
    if done.returncode:
        raise NotSet(done.stderr.decode()[-2_000:])
    return done.stdout


def created(at: dt.datetime) -> dict[str, int]:
    """The date that the file bears, as layouts read it."""
    moment = at.astimezone(dt.UTC)
    return {part: getattr(moment, part) for part in ("year", "month", "day", "hour", "minute", "second")}


def showable(words: str, known: frozenset[int]) -> str:
    """The same words; □ where no font has the character: an archive may not hold a character that shows nothing."""
    return "".join(one if one == "\n" or ord(one) in known else UNKNOWN for one in words)


def _everywhere(told: Any, say: Callable[[str], str]) -> Any:
    """The same, each of its words said so."""
    if isinstance(told, str):
        return say(told)
    if isinstance(told, dict):
        return {name: _everywhere(value, say) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_everywhere(value, say) for value in told]
    return told


@functools.cache
def shown(fonts: Path) -> frozenset[int]:
    """What these fonts can show, from ranges such as « 20-7E »."""
    found: set[int] = set()
    for line in (fonts / "coverage.txt").read_text().split():
        first, _dash, last = line.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


def _alone() -> None:
    told = json.loads(sys.stdin.buffer.read())
    at = dt.datetime.fromtimestamp(told["at"], dt.UTC)
    sys.stdout.buffer.write(press(Path(told["layout"]), told["inputs"], fonts=Path(told["fonts"]), at=at))


if __name__ == "__main__":
    _alone()
