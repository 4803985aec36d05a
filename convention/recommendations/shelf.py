"""The files of editions on disk: each is drawn once, when somebody first asks, and found there afterwards.

A file is named by the fingerprint of its edition, its format and the program that drew it: nothing is ever replaced,
and a new version of the program draws its own. It is written beside, then renamed: a reader never sees half a file.
"""

import functools
import hashlib
import threading
from pathlib import Path

from convention import __version__
from convention.kit import ids
from convention.recommendations.files import Format
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
            written = format.write(Edition.model_validate_json(content), resource("static"))
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = path.with_name(f"{path.name}.{ids.token(6)}.part")
            beside.write_bytes(written)
            beside.replace(path)
    return path


@functools.cache
def _program() -> str:
    """The version, and a few characters of what draws: an unreleased change draws anew."""
    sources = [*Path(__file__).parent.rglob("*.py"), *(resource("templates") / "recommendations").glob("*.typ")]
    drawn_by = hashlib.sha256(b"".join(source.read_bytes() for source in sorted(sources)))
    return f"{__version__}-{drawn_by.hexdigest()[:8]}"
