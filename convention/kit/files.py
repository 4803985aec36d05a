"""Files that people send: known by their content, kept under a random name, given back as downloads.

Nothing of what the sender says of her file is believed or used: neither its name, nor its type, nor a path. The file
is written before the transaction commits; if it does not, a file that nothing names is left, and `sweep` ends it.
"""

import dataclasses
import datetime as dt
import io
import lzma
import os
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from convention.kit import ids
from convention.kit.i18n import gettext as _
from convention.kit.text import size


@dataclasses.dataclass(frozen=True)
class Kind:
    """A type of file that is welcome. `name` is what readers call it."""

    extension: str
    media_type: str
    name: str
    icon: str = "file-text"


_OPENXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
PDF = Kind("pdf", "application/pdf", "PDF")
DOCX = Kind("docx", f"{_OPENXML}.wordprocessingml.document", "Word")
XLSX = Kind("xlsx", f"{_OPENXML}.spreadsheetml.sheet", "Excel", "file-spreadsheet")
PPTX = Kind("pptx", f"{_OPENXML}.presentationml.presentation", "PowerPoint")
ODT = Kind("odt", f"{_ODF}.text", "OpenDocument")
ODS = Kind("ods", f"{_ODF}.spreadsheet", "OpenDocument", "file-spreadsheet")
PNG = Kind("png", "image/png", "PNG")
JPEG = Kind("jpg", "image/jpeg", "JPEG")
CSV = Kind("csv", "text/csv", "CSV", "file-spreadsheet")
TEXT = Kind("txt", "text/plain", "Texte")

KINDS = {kind.extension: kind for kind in (PDF, DOCX, XLSX, PPTX, ODT, ODS, PNG, JPEG, CSV, TEXT)}
# For the file box of a form: helps the sender choose, decides nothing.
ACCEPT = ",".join(f".{extension}" for extension in [*KINDS, "jpeg"])

_kept = re.compile(r"[0-9a-f]{32}\.(" + "|".join(KINDS) + ")")
# Where office documents keep programs. In any case: readers differ on whether capitals count.
_programs = re.compile(r"vbaproject|(^|/)(basic|scripts|macrosheets|activex)/", re.IGNORECASE)
_markup = re.compile(rb"<(!doctype|html|head|body|script|svg|\?xml|iframe)", re.IGNORECASE)


# What reading an archive with a wrong octet raises: one that lies, is locked, or whose stream stops or makes no sense.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, ValueError, OSError, EOFError,
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Kept:
    """A file that is kept: what a row remembers of it."""

    name: str
    octets: int


def kind_of(file: BinaryIO) -> Kind | None:
    """What the content says the file is, or None if it is nothing we know. Leaves the file at its beginning."""
    file.seek(0)
    head = file.read(1024)
    try:
        if head.startswith(b"%PDF-"):
            return PDF
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return PNG
        if head.startswith(b"\xff\xd8\xff"):
            return JPEG
        if head.startswith(b"PK\x03\x04"):
            return _in_archive(file)
        return _as_text(file)
    finally:
        file.seek(0)


def why_not_keep(file: BinaryIO, most: int) -> str | None:
    """Why this file is refused, or None."""
    octets = file.seek(0, io.SEEK_END)
    file.seek(0)
    if octets == 0:
        return _("Ce fichier est vide. Choisissez-en un autre.")
    if octets > most:
        return _("Ce fichier pèse {octets} : il en faut {most} au plus. Allégez-le, ou donnez un lien.").format(
            octets=size(octets), most=size(most)
        )
    if kind_of(file) is None:
        return _(
            "Ce fichier n’est pas d’un type accepté. Choisissez un PDF, un document (docx, odt), un tableau "
            "(xlsx, ods, csv), une présentation (pptx), une image (png, jpeg) ou un texte (txt), sans macro."
        )
    return None


def keep(folder: Path, file: BinaryIO) -> Kept:
    """Write the file under a random name. Ask `why_not_keep` first."""
    kind = kind_of(file)
    assert kind is not None, "a file is looked at before it is kept"
    name = f"{ids.uuid4().hex}.{kind.extension}"
    place = folder / "fichiers"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    octets, part = 0, place / f"{name}.part"
    try:
        with part.open("xb") as written:
            while chunk := file.read(1 << 16):
                octets += written.write(chunk)
            written.flush()
            os.fsync(written.fileno())
        part.replace(place / name)
    except OSError:
        # On a full disk, half a file would take the room that is left.
        part.unlink(missing_ok=True)
        raise
    return Kept(name, octets)


def path(folder: Path, name: str) -> Path | None:
    """Where a kept file is, or None if it is no longer there. Only names given by `keep` are read."""
    if not _kept.fullmatch(name):
        return None
    found = folder / "fichiers" / name
    return found if found.is_file() else None


def kind(name: str) -> Kind:
    """The type of a kept file."""
    return KINDS[name.rpartition(".")[2]]


def download_name(title: str, name: str) -> str:
    """« Ce que dit la loi.pdf »: the title readers know, with nothing that a disk or a header minds."""
    words = "".join(one if one.isalnum() or one in " -’'(),." else " " for one in unicodedata.normalize("NFC", title))
    return f"{' '.join(words.split()).strip('. ')[:80] or 'document'}.{kind(name).extension}"


def sweep(folder: Path, named: Collection[str], before: dt.datetime) -> int:
    """Remove the files that no row names and that were written before that moment; answers how many."""
    removed = 0
    place = folder / "fichiers"
    for file in place.iterdir() if place.is_dir() else ():
        written_at = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
        if file.name not in named and written_at < before:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _in_archive(file: BinaryIO) -> Kind | None:
    """Office documents are archives. Their list of members is read, and one short member: nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = {member.filename: member for member in archive.infolist()}
            if any(_programs.search(name) for name in members):
                return None
            if "mimetype" in members and members["mimetype"].file_size < 200:
                media_type = archive.read("mimetype").decode("ascii", "replace").strip()
                return next((one for one in (ODT, ODS) if one.media_type == media_type), None)
    except DAMAGED:
        return None  # no archive, or one that lies about itself (locked, cut, odd): no kind that we take
    if "[Content_Types].xml" not in members:
        return None
    mains = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
    return next((kind for main, kind in mains.items() if main in members), None)


def _as_text(file: BinaryIO) -> Kind | None:
    file.seek(0)
    content = file.read()
    if _markup.search(content[:2048]) or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", content):
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets in French still write.
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            return None
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    for separator in ";\t,":
        counts = {line.count(separator) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and counts != {0}:
            return CSV
    return TEXT
