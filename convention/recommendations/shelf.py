"""The files of editions on disk: each is drawn once, when somebody first asks, and found there afterwards.

A file is named by the fingerprint of its edition, its format and the program that drew it: nothing is ever replaced,
and a new version of the program draws its own. It is written beside, then renamed: a reader never sees half a file.
"""

import dataclasses
import functools
import hashlib
import threading
from pathlib import Path

from convention import __version__
from convention.kit import ids
from convention.kit.i18n import speaking
from convention.recommendations.files import FORMATS, Format, archive
from convention.recommendations.snapshot import Edition
from convention.settings import resource

# One drawing at a time: a long report in PDF takes seconds and hundreds of megabytes.
_drawing = threading.Lock()


def etag(sha256: str, format: Format) -> str:
    return f'"{sha256}-{format.suffix}-{_program()}"'


def place(folder: Path, sha256: str, format: Format) -> Path:
    """Where this file is, or will be."""
    return folder / "rapports" / f"{sha256}-{_program()}.{format.suffix}"


def size(folder: Path, sha256: str, format: Format) -> int | None:
    """What the file weighs, once it has been drawn."""
    try:
        return place(folder, sha256, format).stat().st_size
    except FileNotFoundError:
        return None


def draw(folder: Path, sha256: str, content: str, format: Format) -> Path:
    """The file, drawn now if nobody has yet."""
    path = place(folder, sha256, format)
    if path.exists():
        return path
    with _drawing:
        if not path.exists():
            _put(path, _drawn(folder, sha256, Edition.model_validate_json(content), format))
    return path


def _drawn(folder: Path, sha256: str, edition: Edition, format: Format) -> bytes:
    if format.suffix != "zip":
        return format.write(edition, resource("static"))
    # The archive holds the other files: those on the shelf are taken from it, the rest is put there on the way.
    others = {key: _Shelved(folder, sha256, one) for key, one in FORMATS.items() if key != "zip"}
    with speaking(edition.language):
        return archive.everything(edition, resource("static"), others)


@dataclasses.dataclass(frozen=True)
class _Shelved:
    """A format whose file is drawn once, for itself and for the archive."""

    folder: Path
    sha256: str
    format: Format

    @property
    def label(self) -> object:
        return self.format.label

    def name(self, edition: Edition) -> str:
        return self.format.name(edition)

    def write(self, edition: Edition, assets: Path) -> bytes:
        path = place(self.folder, self.sha256, self.format)
        if not path.exists():
            _put(path, self.format.write(edition, assets))
        return path.read_bytes()


def _put(path: Path, written: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{ids.token(6)}.part")
    beside.write_bytes(written)
    beside.replace(path)


@functools.cache
def _program() -> str:
    """The version, and a few characters of what draws: an unreleased change draws anew."""
    sources = [*Path(__file__).parent.rglob("*.py"), *(resource("templates") / "recommendations").glob("*.typ")]
    drawn_by = hashlib.sha256(b"".join(source.read_bytes() for source in sorted(sources)))
    return f"{__version__}-{drawn_by.hexdigest()[:8]}"
