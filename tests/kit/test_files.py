"""Files are known by their content, and nothing of what their sender says is used."""

import datetime as dt
import io
import random
import zipfile
from pathlib import Path

import pytest

from convention.kit import files


def archive(*members: str, mimetype: str = "") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        if mimetype:
            zipped.writestr("mimetype", mimetype)
        for member in members:
            zipped.writestr(member, "x")
    return written.getvalue()


OPENXML = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"%PDF-1.4\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....", "jpg"),
        (archive(OPENXML, "word/document.xml"), "docx"),
        (archive(OPENXML, "xl/workbook.xml"), "xlsx"),
        (archive(OPENXML, "ppt/presentation.xml"), "pptx"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), "odt"),
        (archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        ("nom;âge\nOmar;34\n".encode(), "csv"),
        ("nom;âge\nZoé;34\n".encode("cp1252"), "csv"),
        ("\ufeffnom,âge\nOmar,34\n".encode(), "csv"),
        (b"Bonjour, voici\nune note.", "txt"),
        (archive("a.txt"), None),
        (archive(OPENXML, "word/document.xml", "word/vbaProject.bin"), None),
        (archive("Basic/Standard/Module1.xml", mimetype="application/vnd.oasis.opendocument.text"), None),
        (archive("basic/Standard/Module1.xml", mimetype="application/vnd.oasis.opendocument.text"), None),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/sheet1.xml"), None),
        (archive("[Content_Types].xml", "word/document.xml", "word/activeX/activeX1.bin"), None),
        (archive(mimetype="application/epub+zip"), None),
        (b"PK\x03\x04 not an archive", None),
        (b"<html><script>alert(1)</script>", None),
        (b"  <?xml version='1.0'?><svg/>", None),
        (b"\x7fELF\x02\x01", None),
        (b"GIF89a\x01\x00", None),
        (b"#!/bin/sh\n\x00", None),
    ],
)
def test_the_content_says_the_type(content: bytes, extension: str | None) -> None:
    kind = files.kind_of(io.BytesIO(content))
    assert (kind.extension if kind else None) == extension


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_document_is_of_no_type_and_breaks_nothing(method: int) -> None:
    # Given a text of OpenDocument that a bad copy has changed here and there
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as zipped:
        zipped.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    whole = written.getvalue()
    by_chance = random.Random(6)
    for _copy in range(300):
        damaged = bytearray(whole)
        for _octet in range(by_chance.choice((1, 2, 4))):
            damaged[by_chance.randrange(4, len(damaged))] = by_chance.randrange(256)
        # Then it is looked at to the end: what it says still, or nothing
        kind = files.kind_of(io.BytesIO(bytes(damaged)))
        assert kind is None or kind.extension in ("odt", "ods")
        assert kind is not None or "pas d’un type accepté" in (files.why_not_keep(io.BytesIO(damaged), 1000) or "")


def test_a_refusal_is_a_sentence(tmp_path: Path) -> None:
    assert "est vide" in str(files.why_not_keep(io.BytesIO(b""), 100))
    assert "au plus" in str(files.why_not_keep(io.BytesIO(b"%PDF-" + b"x" * 200), 100))
    assert "type accepté" in str(files.why_not_keep(io.BytesIO(b"MZ\x00"), 100))
    assert files.why_not_keep(io.BytesIO(b"%PDF-"), 100) is None


def test_a_file_is_kept_under_a_random_name(tmp_path: Path) -> None:
    one, other = (files.keep(tmp_path, io.BytesIO(b"%PDF-1.4")) for _ in range(2))
    assert one.name != other.name
    found = files.path(tmp_path, one.name)
    assert found is not None
    assert found.read_bytes() == b"%PDF-1.4"
    assert one.octets == 8
    assert (tmp_path / "fichiers").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["", "..", "../secret", "a.pdf", "0" * 32 + ".exe", "0" * 32 + ".pdf/../x", "0" * 32 + ".pdf\n"]
)
def test_no_other_name_is_read(tmp_path: Path, name: str) -> None:
    assert files.path(tmp_path, name) is None


def test_a_download_is_named_as_readers_know_it() -> None:
    kept = "0" * 32 + ".pdf"
    assert files.download_name("Ce que dit la loi sur l’IA", kept) == "Ce que dit la loi sur l’IA.pdf"
    assert files.download_name('../..\\"<x>\r\n', kept) == "x.pdf"
    assert files.download_name("…", kept) == "document.pdf"


def test_what_no_row_names_ends_after_a_while(tmp_path: Path) -> None:
    kept, orphan = (files.keep(tmp_path, io.BytesIO(b"%PDF-")) for _ in range(2))
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - the disk's own clock
    assert files.sweep(tmp_path, {kept.name}, now - dt.timedelta(days=1)) == 0
    assert files.sweep(tmp_path, {kept.name}, now + dt.timedelta(days=1)) == 1
    assert files.path(tmp_path, kept.name) is not None
    assert files.path(tmp_path, orphan.name) is None
    assert files.sweep(tmp_path / "nowhere", set(), now) == 0
