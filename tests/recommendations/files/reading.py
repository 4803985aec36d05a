"""The words of a file, whatever its format, as somebody who opens it would read them."""

import io
import re
import unicodedata
import zipfile

import docx
import odfdo
from lxml import etree
from pypdf import PdfReader


def words(suffix: str, content: bytes) -> str:
    """All the text, with spaces made plain so that formats compare."""
    if suffix.endswith("pdf"):
        said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    elif suffix == "docx":
        body = docx.Document(io.BytesIO(content)).element.body
        said = "\n".join("".join(each.itertext()) for each in body.iter("{*}p"))
    elif suffix == "odt":
        body = odfdo.Document(io.BytesIO(content)).body
        said = "\n".join(each.inner_text for each in body.get_elements("//text:p | //text:h"))
    elif suffix == "xlsx":
        said = "\n".join(cell for sheet in sheets(content).values() for row in sheet for cell in row)
    else:
        said = content.decode("utf-8-sig")
    return plain(said)


def plain(said: str) -> str:
    said = unicodedata.normalize("NFC", said).replace("\u200b", "")
    return re.sub(r"\s+", " ", said)


def sheets(content: bytes) -> dict[str, list[list[str]]]:
    """The cells of a workbook; a formula would be said as one."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        shared = [
            "".join(each.itertext())
            for each in etree.fromstring(archive.read("xl/sharedStrings.xml")).iter(name + "si")
        ]
        titles = [
            each.get("name", "") for each in etree.fromstring(archive.read("xl/workbook.xml")).iter(name + "sheet")
        ]
        read: dict[str, list[list[str]]] = {}
        for rank, title in enumerate(titles, start=1):
            rows = etree.fromstring(archive.read(f"xl/worksheets/sheet{rank}.xml")).iter(name + "row")
            read[title] = [[_cell(cell, shared, name) for cell in row.iter(name + "c")] for row in rows]
    return read


def _cell(cell: etree._Element, shared: list[str], name: str) -> str:
    if cell.find(name + "f") is not None:
        return "FORMULA"
    value = cell.findtext(name + "v") or ""
    return shared[int(value)] if cell.get("t") == "s" else value
