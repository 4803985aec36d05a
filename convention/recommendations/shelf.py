"""The files of editions on disk: each is drawn once, when somebody first asks, and found there afterwards.

A file is named by the fingerprint of its edition, its format and the program that drew it: nothing is ever replaced,
and a new version of the program draws its own. It is written beside, then renamed: a reader never sees half a file.
"""

import contextlib
import functools
import hashlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from convention import __version__
from convention.kit import ids
from convention.recommendations.files import FORMATS, Format
from convention.settings import resource

PACKAGE = Path(__file__).parent.parent
DRAWER = "convention.recommendations.drawing"
LONGEST = 120  # seconds: twenty times what a report of 150 recommendations takes

log = logging.getLogger(__name__)


class NotDrawn(Exception):
    """The file of this format could not be drawn; the log says why."""


# One drawing at a time: a long report in PDF takes seconds and hundreds of megabytes.
_one_at_a_time = threading.Lock()
# And few who wait for an extract, so that threads are left for pages.
_asking = threading.BoundedSemaphore(4)
KEPT = 60


@contextlib.contextmanager
def _drawing(folder: Path) -> Iterator[None]:
    """Hold the shelf while a file is drawn: the server and the worker are two processes where the base is PostgreSQL.

    The folder itself is locked, so nothing is left on it; the system unlocks it if the process that held it dies.
    """
    import fcntl  # not on every system, nor is what drawing needs: pages are

    shelf = folder / "rapports"
    with _one_at_a_time:
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(shelf, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)


def etag(sha256: str, format: Format) -> str:
    return f'"{sha256}-{format.suffix}-{_program()}"'


def place(folder: Path, sha256: str, format: Format, program: str = "") -> Path:
    """Where this file is, or will be; `program` names another one than that which runs here."""
    return folder / "rapports" / f"{sha256}-{program or _program()}.{format.suffix}"


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
    with _drawing(folder):
        # The archive holds the other files: each is drawn first, by itself, and then they are packed.
        wanted = [*FORMATS.values()] if format.suffix == "zip" else [format]
        for one in sorted(wanted, key=lambda one: one is format):
            if not place(folder, sha256, one).exists():
                _order(folder, sha256, content, one)
    return path


def extract_place(folder: Path, sha256: str, format: Format, key: str) -> Path:
    """Where this file of a part of an edition is, or will be."""
    part = hashlib.sha256(key.encode()).hexdigest()[:32]
    return folder / "rapports" / "extraits" / f"{sha256}-{part}-{_program()}.{format.suffix}"


def draw_extract(folder: Path, sha256: str, content: str, format: Format, key: str) -> Path:
    """The file of a part of an edition, drawn now if it is not among the last that were.

    There are more parts than a disk can hold, and anybody may ask: few wait, few are kept.
    """
    path = extract_place(folder, sha256, format, key)
    if path.exists():
        path.touch()
        return path
    if not _asking.acquire(blocking=False):
        raise NotDrawn(format.suffix)
    try:
        with _drawing(folder):
            if not path.exists():
                _order(folder, sha256, content, format, key)
                _forget(path.parent)
    finally:
        _asking.release()
    return path


def clear(folder: Path, sha256: str) -> None:
    """Remove the files of an edition that is closed to the public: whoever may still read it has them drawn again."""
    for place in (folder / "rapports", folder / "rapports" / "extraits"):
        for file in place.glob(f"{sha256}-*"):
            file.unlink(missing_ok=True)


def _forget(extracts: Path) -> None:
    """Keep the last extracts that were asked for, and no others."""
    found = sorted((one for one in extracts.iterdir()), key=lambda one: one.stat().st_mtime, reverse=True)
    for one in found[KEPT:]:
        one.unlink(missing_ok=True)


def _order(folder: Path, sha256: str, content: str, format: Format, key: str = "") -> None:
    """Have a file drawn by a process of its own, which gives all its memory back when it ends."""
    whole = folder.resolve()
    path = extract_place(whole, sha256, format, key) if key else place(whole, sha256, format)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{ids.token(6)}.part")
    try:
        done = subprocess.run(  # noqa: S603 - our own module, by the address of our own Python
            # Told whose files these are: an update may be laid under a server that still runs.
            [sys.executable, "-m", DRAWER, format.suffix, str(folder.resolve()), sha256, str(beside), _program(), key],
            input=content.encode(),
            capture_output=True,
            check=False,
            timeout=LONGEST,
            cwd=PACKAGE.parent,
        )
        if done.returncode:
            log.error("%s was not drawn (%s): %s", format.suffix, done.returncode, done.stderr.decode()[-2_000:])
            raise NotDrawn(format.suffix)
        beside.replace(path)
    except subprocess.TimeoutExpired as late:
        log.error("%s was not drawn in %s seconds", format.suffix, LONGEST)
        raise NotDrawn(format.suffix) from late
    finally:
        beside.unlink(missing_ok=True)


@functools.cache
def _program() -> str:
    """The version, and a few characters of what draws: an unreleased change draws anew."""
    drawers = (Path(__file__).parent, PACKAGE / "kit")  # what all files have in common is in the kit
    sources = [source for folder in drawers for source in folder.rglob("*.py")]
    sources += (resource("templates") / "recommendations").glob("*.typ")
    drawn_by = hashlib.sha256(b"".join(source.read_bytes() for source in sorted(sources)))
    return f"{__version__}-{drawn_by.hexdigest()[:8]}"
