"""One file of an edition, drawn in a process of its own: `python -m convention.recommendations.drawing`.

The edition comes in as JSON; the file goes where it was told to. What drawing takes, hundreds of megabytes for a long
PDF, ends with the process: the server and the worker stay small.
"""

import dataclasses
import gc
import os
import signal
import sys
from pathlib import Path

from convention.kit.i18n import speaking
from convention.recommendations import extract, shelf
from convention.recommendations.files import FORMATS, Format, archive
from convention.recommendations.snapshot import Edition
from convention.settings import resource


def main(suffix: str, folder: str, sha256: str, beside: str, program: str, key: str = "") -> None:
    # It ends by itself, whatever becomes of who asked; and readers of pages go first.
    signal.alarm(shelf.LONGEST)
    os.nice(5)
    # Nothing is thrown away before it ends: looking for garbage would take it a few hundredths of a long report's time.
    gc.disable()
    edition = Edition.model_validate_json(sys.stdin.buffer.read())
    if key:
        edition = extract.part(edition, {int(number) for number in key.split("-")})
    Path(beside).write_bytes(_drawn(edition, FORMATS[suffix], Path(folder), sha256, program))


def _drawn(edition: Edition, format: Format, folder: Path, sha256: str, program: str) -> bytes:
    if format.suffix != "zip":
        return format.write(edition, resource("static"))
    shelved = {
        key: _Shelved(one, shelf.place(folder, sha256, one, program)) for key, one in FORMATS.items() if key != "zip"
    }
    with speaking(edition.language):
        return archive.everything(edition, resource("static"), shelved)


@dataclasses.dataclass(frozen=True)
class _Shelved:
    """A format whose file has been drawn already."""

    format: Format
    path: Path

    @property
    def label(self) -> object:
        return self.format.label

    def name(self, edition: Edition) -> str:
        return self.format.name(edition)

    def write(self, edition: Edition, assets: Path) -> bytes:
        return self.path.read_bytes()


if __name__ == "__main__":
    main(*sys.argv[1:])
