"""The DOCX and ODT can be reworked: real styles, headings, tables, language, and who made them."""

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import odfdo
import pytest
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader

from convention.recommendations.files import drawings as drawing
from convention.recommendations.snapshot import Edition
from tests.recommendations.files import reading


def test_the_docx_has_styles_headings_and_a_table_of_contents(edition: Edition, drawn: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(drawn["docx"]))
    styles = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "Repère 4", "Parole", "Maison", "Caption"} <= styles
    headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 3"]
    assert [reading.plain(text) for text in headings] == [
        f"{one.number}. {reading.plain(one.title)}" for one in edition.recommendations
    ]
    assert 'TOC \\o "1-3"' in "".join(each.text or "" for each in document.element.iter(qn("w:instrText")))
    marks = {each.get(qn("w:name")) for each in document.element.iter(qn("w:bookmarkStart"))}
    links = {each.get(qn("w:anchor")) for each in document.element.iter(qn("w:hyperlink"))} - {None}
    assert links and links <= marks
    # Word knows it for a table of contents, and sets it in its own styles again when it is brought up to date
    (contents,) = document.element.body.iterchildren(qn("w:sdt"))
    assert contents.find(f".//{qn('w:docPartGallery')}").get(qn("w:val")) == "Table of Contents"
    names = {style.style_id: style.name for style in document.styles}
    title, asked, *listed, last = contents.find(qn("w:sdtContent"))
    assert {names[each.style] for each in listed} == {"toc 1", "toc 2", "toc 3"}
    # « Mettez ce sommaire à jour » is part of what bringing it up to date replaces
    assert "".join(each.text for each in asked.iter(qn("w:t"))).startswith("Mettez ce sommaire à jour")
    marks = [each.get(qn("w:fldCharType")) for each in contents.iter(qn("w:fldChar"))]
    assert marks == ["begin", "separate", "end"]
    assert asked.xpath("w:r[w:t]/preceding-sibling::w:r/w:fldChar/@w:fldCharType") == ["begin", "separate"]
    assert last.xpath("w:r/w:fldChar/@w:fldCharType") == ["end"]
    # It ends with its last title: a paragraph of its own, after contents that fill their page, was a page of nothing
    assert last.xpath("string(.)").strip() and names[last.style].startswith("toc")


def test_the_tables_of_the_docx_fill_the_page_and_short_ones_stay_whole(drawn: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(drawn["docx"]))
    for table in document.tables:
        wide = sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid) / 567
        assert 16.5 < wide < 17.1
        *rows, last = table.rows
        kept = [all(p.pPr.find(qn("w:keepNext")) is not None for p in row._tr.iter(qn("w:p"))) for row in rows]
        assert all(kept) or len(rows) > 12
        assert not any(p.pPr.find(qn("w:keepNext")) is not None for p in last._tr.iter(qn("w:p")))


@pytest.mark.parametrize("suffix", ["docx", "odt"])
def test_the_strokes_of_a_row_have_no_lines_of_their_own(suffix: str, drawn: dict[str, bytes]) -> None:
    # Given the drawings beside the figures of a table, whose rows are ruled already
    with zipfile.ZipFile(io.BytesIO(drawn[suffix])) as archive:
        drawings = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".svg")]
    # Then only the whole votes are ruled, and only they show the middle voice
    ruled = [one for one in drawings if drawing.LINE in one]
    assert len(ruled) == 3 < len(drawings)
    assert {one for one in drawings if "stroke-dasharray" in one} < set(ruled)


def test_the_docx_tables_have_headers_captions_and_told_drawings(drawn: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(drawn["docx"]))
    assert len(document.tables) == 10
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None
    told = [each.get("descr") for each in document.element.iter("{*}docPr")]
    # Three whole votes, and three in the rows of votes by paragraph.
    assert len(told) == 3 + 3 and all("voix" in one for one in told)


def test_the_docx_drawings_are_vectors_with_a_picture_for_old_readers(drawn: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(drawn["docx"]))
    blips = list(document.element.iter("{*}blip"))
    assert len(blips) == 3 + 3
    for blip in blips:
        assert document.part.related_parts[blip.get(qn("r:embed"))].content_type == "image/png"
        (vector,) = blip.iter("{*}svgBlip")
        part = document.part.related_parts[vector.get(qn("r:embed"))]
        assert part.content_type == "image/svg+xml" and part.partname.endswith(".svg")
        _is_a_told_drawing(part.blob)


def _is_a_told_drawing(svg: bytes) -> None:
    root = etree.fromstring(svg)
    assert "voix" in (root.findtext("{*}title") or "")
    assert len(root.findall("{*}path")) >= 3


def test_the_docx_says_its_language_and_origin(edition: Edition, drawn: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(drawn["docx"]))
    assert next(document.styles.element.iter(qn("w:lang"))).get(qn("w:val")) == "fr-FR"
    about = document.core_properties
    assert (about.title, about.language) == (edition.title, "fr-FR")
    assert about.created is not None
    assert about.created.replace(tzinfo=None) == edition.frozen_at.replace(tzinfo=None)


def test_the_odt_has_styles_headings_and_a_table_of_contents(edition: Edition, drawn: dict[str, bytes]) -> None:
    document = odfdo.Document(io.BytesIO(drawn["odt"]))
    titles = [
        (each.get_attribute("text:outline-level"), reading.plain(each.inner_text))
        for each in document.body.get_elements("//text:h")
    ]
    for one in edition.recommendations:
        assert ("3", f"{one.number}. {reading.plain(one.title)}") in titles
    assert len(document.body.get_elements("//text:table-of-content")) == 1
    named = {each.get_attribute("style:name") for each in document.styles.root.get_elements("//style:style")}
    used = {each.get_attribute("text:style-name") for each in document.body.get_elements("//text:p | //text:h")}
    assert used <= named
    marks = {each.get_attribute("text:name") for each in document.body.get_elements("//text:bookmark")}
    pages = document.body.get_elements("//text:table-of-content//text:bookmark-ref")
    assert [each.get_attribute("text:reference-format") for each in pages] == ["page"] * len(pages)
    assert len(pages) > len(edition.recommendations)
    assert {each.get_attribute("text:ref-name") for each in pages} <= marks


def test_the_odt_tables_have_headers_and_told_drawings(drawn: dict[str, bytes]) -> None:
    body = odfdo.Document(io.BytesIO(drawn["odt"])).body
    assert len(body.get_elements("//table:table")) == 10
    assert len(body.get_elements("//table:table/table:table-header-rows")) == 10
    frames = body.get_elements("//draw:frame")
    assert len(frames) == len(body.get_elements("//draw:frame/svg:desc")) == 3 + 3
    with zipfile.ZipFile(io.BytesIO(drawn["odt"])) as archive:
        for frame in frames:
            # The first that a reader understands is shown: the vector, then the picture.
            kinds = [each.get_attribute("draw:mime-type") for each in frame.get_elements("draw:image")]
            assert kinds == ["image/svg+xml", "image/png"]
            names = [str(each.get_attribute("xlink:href")) for each in frame.get_elements("draw:image")]
            _is_a_told_drawing(archive.read(names[0]))
            assert archive.read(names[1]).startswith(b"\x89PNG")


def test_the_odt_says_its_language_and_origin(edition: Edition, drawn: dict[str, bytes]) -> None:
    document = odfdo.Document(io.BytesIO(drawn["odt"]))
    assert (
        document.meta.title == reading.plain(edition.title) or reading.plain(document.meta.title or "") == edition.title
    )
    defaults = document.styles.root.get_elements("//style:default-style/style:text-properties")
    assert {each.get_attribute("fo:language") for each in defaults} == {"fr"}
    with zipfile.ZipFile(io.BytesIO(drawn["odt"])) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["docx", "odt"])
def test_libreoffice_opens_it(suffix: str, drawn: dict[str, bytes], tmp_path: Path) -> None:
    source = tmp_path / f"avis.{suffix}"
    source.write_bytes(drawn[suffix])
    office = shutil.which("soffice")
    assert office
    profile = f"-env:UserInstallation=file://{tmp_path}/profil"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    pages = PdfReader(tmp_path / "avis.pdf").pages
    # LibreOffice reads the vectors of a DOCX since 7.6; before, it shows the picture beside them.
    pictures = [each for page in pages for each in _pictures(page["/Resources"])]
    assert suffix == "docx" or not pictures, "figures are drawn in lines, not in dots"
    said = reading.plain(" ".join(page.extract_text() for page in pages))
    assert "Noter cette fiche pour 10 % au moins de la note totale du marché." in said
    assert "14 voix" in said
    if suffix == "odt":
        # The contents are right as soon as the file is opened
        listed = re.findall(r"^(\d+\. [^.\n]+)\.{3,}\s*(\d+)$", pages[1].extract_text(), re.MULTILINE)
        assert listed
        for title, page in listed:
            assert title in pages[int(page) - 1].extract_text()


def _pictures(resources: Any) -> list[Any]:
    drawn = [each.get_object() for each in resources.get_object().get("/XObject", {}).values()]
    inside = [one for each in drawn if "/Resources" in each for one in _pictures(each["/Resources"])]
    return [each for each in drawn if each["/Subtype"] == "/Image"] + inside


def test_no_cell_of_the_workbook_runs_over_the_next_row(edition: Edition, drawn: dict[str, bytes]) -> None:
    # LibreOffice does not measure rows that say no height: what does not fit is laid over the next one
    with zipfile.ZipFile(io.BytesIO(drawn["xlsx"])) as archive:
        sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    rows = sheet.findall(".//{*}sheetData/{*}row")[1:]
    assert len(rows) == len(edition.recommendations)
    assert all(row.get("customHeight") == "1" and float(row.get("ht")) > 30 for row in rows)


def test_the_workbook_is_printed_on_a_few_sheets_that_can_be_read(edition: Edition, drawn: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(drawn["xlsx"])) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        names = [one.get("name") for one in book.iter("{*}sheet")]
        named = [one for one in book.iter("{*}definedName") if "Titles" in one.get("name")]
        heads = {int(one.get("localSheetId")): one.text for one in named}
        for place, name in enumerate(names):
            sheet = etree.fromstring(archive.read(f"xl/worksheets/sheet{place + 1}.xml"))

            # Lying down, its head again on each sheet of paper, which says what it is and which one
            paper = sheet.find("{*}pageSetup")
            assert sheet.find("{*}sheetPr/{*}pageSetUpPr").get("fitToPage") == "1", name
            assert (paper.get("orientation"), paper.get("fitToHeight")) == ("landscape", "0"), name
            assert heads[place].endswith("$1:$1"), name
            assert f"édition n° {edition.number}" in reading.plain(sheet.find("{*}headerFooter/{*}oddFooter").text)

            # At a scale that lets it be read: what one sheet of paper holds is not twice as wide as the paper
            inches = {"9": 11.69, "8": 16.54}[paper.get("paperSize")] - 0.8
            columns = sheet.findall("{*}cols/{*}col")
            wide = sum(float(one.get("width")) * (int(one.get("max")) - int(one.get("min")) + 1) for one in columns)
            across = int(paper.get("fitToWidth", "1"))
            assert wide * 7 / 96 / across <= 2 * inches, name
            assert across == 1 or name in ("Recommandations", "Votes")
    assert heads[0].startswith("Recommandations!$D:$E"), "which recommendation it is, on each sheet of paper"
