"""The PDF is read by a screen reader, kept by the archives, and found by its bookmarks."""

import io
import re
from typing import Any

import page as validator
import pytest
from pypdf import PdfReader, PdfWriter

from convention.kit import typeset
from convention.recommendations.files import FORMATS, pdf
from convention.recommendations.files.votes import finding
from convention.recommendations.snapshot import Edition
from tests.recommendations.files import editions, reading
from tests.recommendations.files.conftest import STATIC

PDFS = ("pdf", "gros.pdf", "synthese.pdf", "bound")


@pytest.fixture(scope="session")
def drawn(drawn: dict[str, bytes], bound: bytes) -> dict[str, bytes]:
    return {**drawn, "bound": bound}


def structure(node: Any) -> list[Any]:
    """Every element of the structure tree, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [each for child in node for each in structure(child)]
    if not isinstance(node, dict):
        return []
    here = [node] if "/S" in node else []
    return here + (structure(node["/K"]) if "/K" in node else [])


@pytest.mark.parametrize("suffix", PDFS)
def test_it_is_tagged_titled_and_speaks_french(suffix: str, edition: Edition, drawn: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(drawn[suffix]))
    root = reader.root_object
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata is not None
    assert reading.plain(reader.metadata.title or "") == reading.plain(edition.title)
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "<pdfaid:part>2</pdfaid:part>" in xmp and "<pdfaid:conformance>A</pdfaid:conformance>" in xmp


@pytest.mark.parametrize("suffix", PDFS)
def test_a_validator_finds_nothing_in_it(suffix: str, drawn: dict[str, bytes]) -> None:
    for profile in (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_2A):
        assert faults(drawn[suffix], profile) == set()


def test_the_validator_finds_what_is_wrong(drawn: dict[str, bytes]) -> None:
    # Given the report where nothing says what a figure shows, nor what a header heads
    broken = PdfWriter(clone_from=io.BytesIO(drawn["pdf"]))
    for one in structure(broken.root_object["/StructTreeRoot"]["/K"]):
        one.pop("/Alt" if one["/S"] == "/Figure" else "/A" if one["/S"] in ("/TH", "/TD") else "/None", None)
    written = io.BytesIO()
    broken.write(written)

    # Then it says so: its silence about ours means something
    found = faults(written.getvalue(), validator.ValidationProfile.PDF_UA_1)
    assert {"PDFUA1-FIGURE-ALTERNATIVE-TEXT-001", "PDFUA1-TABLE-HEADERS-SCOPE-001"} <= found


def faults(content: bytes, profile: validator.ValidationProfile) -> set[str]:
    """The rules of this norm that it breaks, says a validator made by others."""
    return {
        one.rule_id
        for one in validator.validate_pdf_bytes(content, profile=profile).failures
        # It takes for half a line end the last octet of a stream that happens to be a carriage return.
        if not (one.rule_id.endswith("STREAM-LENGTH-001") and one.object_id and ends_as_it_says(content, one.object_id))
    }


def ends_as_it_says(content: bytes, id: validator.PdfObjectId) -> bool:
    """Whether « endstream » comes on the line after so many octets as the stream says it has."""
    start = content.index(b"\n%d %d obj" % (id.object_number, id.generation))
    said = re.compile(rb"/Length (\d+)\b[^\n]*>>\s*stream\n", re.DOTALL).search(content, start)
    return said is not None and content[said.end() + int(said[1]) :].startswith(b"\nendstream")


def test_its_tree_has_headings_tables_and_told_figures(edition: Edition, drawn: dict[str, bytes]) -> None:
    tree = structure(PdfReader(io.BytesIO(drawn["pdf"])).root_object["/StructTreeRoot"]["/K"])
    kinds = [each["/S"] for each in tree]
    for kind in ("/H1", "/H2", "/H3", "/H4", "/Table", "/TH", "/TD", "/Figure", "/TOC", "/TOCI", "/L", "/LI", "/Link"):
        assert kind in kinds, kind
    # Composition, experts, three whole votes, votes by paragraph, all votes
    assert kinds.count("/Table") == 2 + 1 + 3 + 2 + 2
    told = [reading.plain(str(each["/Alt"])) for each in tree if each["/S"] == "/Figure"]
    for one in edition.recommendations:
        assert one.vote is not None
        assert reading.plain(finding(one.vote)) in told
    levels = [int(kind[2:]) for kind in kinds if kind[1] == "H" and kind[2:].isdigit()]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


def test_its_bookmarks_are_the_chapters_and_recommendations(edition: Edition, drawn: dict[str, bytes]) -> None:
    def titles(outline: Any) -> list[str]:
        return [title for each in outline for title in (titles(each) if isinstance(each, list) else [each.title])]

    said = [reading.plain(title) for title in titles(PdfReader(io.BytesIO(drawn["pdf"])).outline)]
    assert "Résumé" in said and "Tous les votes" in said
    for one in edition.recommendations:
        assert any(title.endswith(one.title) for title in said)


def test_every_page_says_its_number_and_the_edition(drawn: dict[str, bytes]) -> None:
    pages = PdfReader(io.BytesIO(drawn["pdf"])).pages
    for rank, page in enumerate(pages, start=1):
        said = reading.plain(page.extract_text())
        assert f"{rank} / {len(pages)}" in said
        assert "SHA-256" in said
        assert "édition n° 2, 14 mars 2024" in said.replace("Édition", "édition")


@pytest.mark.parametrize("count", [1, 24, 60, 150])
def test_the_synthesis_always_has_two_pages(count: int) -> None:
    content = FORMATS["synthese.pdf"].write(editions.large(count, 40, count), STATIC)
    assert len(PdfReader(io.BytesIO(content)).pages) == 2


def test_a_very_long_summary_still_fits_the_synthesis(edition: Edition) -> None:
    long = edition.model_copy(update={"summary": "Nous demandons une réponse écrite. " * 400, "title": "Titre " * 30})
    assert len(PdfReader(io.BytesIO(FORMATS["synthese.pdf"].write(long, STATIC))).pages) == 2


def test_no_character_holds_the_report_back(edition: Edition) -> None:
    shown = sorted(typeset.shown(STATIC / "vendor" / "pdf-fonts"))
    lines = [" ".join(map(chr, shown[start : start + 60])) for start in range(0, len(shown), 60)]
    every = edition.model_copy(update={"letter": "\n\n".join(lines)})
    assert "9.1" in reading.words("pdf", FORMATS["pdf"].write(every, STATIC))


def test_an_unknown_character_is_shown_as_a_square(edition: Edition) -> None:
    rare = edition.model_copy(update={"letter": "avant \U00013000 après"})
    assert "avant □ après" in reading.words("pdf", FORMATS["pdf"].write(rare, STATIC))


# -- a very long report is set in volumes, and bound -----------------------------------------------------------------


def test_a_bound_report_says_the_same_in_the_same_order(drawn: dict[str, bytes]) -> None:
    def told(suffix: str) -> tuple[list[str], dict[str, int]]:
        reader = PdfReader(io.BytesIO(drawn[suffix]), strict=True)
        kinds = [each["/S"] for each in structure(reader.root_object["/StructTreeRoot"]["/K"])]
        headings = [kind for kind in kinds if kind[1] == "H" and kind[2:].isdigit()]
        return headings, {kind: kinds.count(kind) for kind in ("/Figure", "/Link", "/TOCI", "/LI", "/Quote", "/Title")}

    assert told("bound") == told("pdf")
    whole = set(reading.words("pdf", drawn["pdf"]).split()) - {"/"}
    assert {word for word in whole if not word.isdigit()} <= set(reading.words("pdf", drawn["bound"]).split())


def test_the_bookmarks_contents_and_pages_of_a_bound_report_agree(drawn: dict[str, bytes]) -> None:
    whole, reader = (PdfReader(io.BytesIO(drawn[suffix]), strict=True) for suffix in ("pdf", "bound"))

    def entries(of: PdfReader, outline: Any) -> list[tuple[str, int]]:
        found = []
        for each in outline:
            found += (
                entries(of, each) if isinstance(each, list) else [(each.title, of.get_destination_page_number(each))]
            )
        return found

    marks = entries(reader, reader.outline)
    assert [title for title, _page in marks] == [title for title, _page in entries(whole, whole.outline)]
    for title, page in marks:
        assert reading.plain(title).split()[-1] in reading.plain(reader.pages[page].extract_text())
    # Each page bears its number, and the contents lead to those that it says
    for rank, page in enumerate(reader.pages, start=1):
        assert reading.plain(page.extract_text()).split()[-1] == str(rank)
    places = {page.indirect_reference: rank for rank, page in enumerate(reader.pages)}
    contents = [
        places[
            link["/Dest"][0].indirect_reference if hasattr(link["/Dest"][0], "indirect_reference") else link["/Dest"][0]
        ]
        for page in reader.pages[1:3]
        for link in (each.get_object() for each in page.get("/Annots", []))
        if "/Dest" in link
    ]
    assert contents == [page for _title, page in marks[1:]]


def test_words_in_a_bound_report_are_never_read_as_its_objects(edition: Edition, monkeypatch: Any) -> None:
    words = "(5 0 R) /ID(U1x0y0) (U1x0y0)1 0 R endobj stream /Dest 3 0 R ) ( \\ /StructParent 0"
    hostile = edition.model_copy(
        update={
            "title": words,
            "recommendations": tuple(one.model_copy(update={"title": words}) for one in edition.recommendations),
        }
    )
    monkeypatch.setattr(pdf, "VOLUME", 5_000)
    reader = PdfReader(io.BytesIO(pdf.report(hostile, STATIC)), strict=True)
    assert reader.metadata is not None
    assert reading.plain(reader.metadata.title or "") == words
    titles = [each["/Title"] for each in _outline(reader.root_object["/Outlines"]["/First"])]
    assert sum(words in reading.plain(title) for title in titles) == len(edition.recommendations)


def _outline(entry: Any) -> list[Any]:
    found = [entry]
    if "/First" in entry:
        found += _outline(entry["/First"])
    if "/Next" in entry:
        found += _outline(entry["/Next"])
    return found


# -- what a validator of PDF/UA-1 would look at, as far as the file alone can tell ------------------------------------


@pytest.mark.parametrize("suffix", PDFS)
def test_everything_drawn_is_tagged_or_said_to_be_decoration(suffix: str, drawn: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(drawn[suffix]))
    for rank, page in enumerate(reader.pages, start=1):
        assert page["/Tabs"] == "/S", "the tab key follows the structure"
        inside: list[bool] = []
        content = page.get_contents()
        assert content is not None
        for operands, operator in content.operations:
            if operator in (b"BDC", b"BMC"):
                marked = operator == b"BDC" and "/MCID" in _properties(operands[1], page)
                inside.append(operands[0] == "/Artifact" or marked)
            elif operator == b"EMC":
                inside.pop()
            elif operator in DRAWS:
                assert any(inside), f"{suffix}, page {rank}: {operator!r} is neither tagged nor decoration"
        assert not inside


DRAWS = {b"Tj", b"TJ", b"'", b'"', b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"Do", b"sh", b"EI"}


def _properties(operand: Any, page: Any) -> Any:
    """The properties of marked content, written there or named in the resources of the page."""
    return operand if isinstance(operand, dict) else page["/Resources"]["/Properties"][operand].get_object()


@pytest.mark.parametrize("suffix", PDFS)
def test_what_is_tagged_can_be_read_aloud(suffix: str, drawn: dict[str, bytes]) -> None:
    tree = structure(PdfReader(io.BytesIO(drawn[suffix])).root_object["/StructTreeRoot"]["/K"])
    for each in tree:
        kind = each["/S"]
        if kind in ("/Figure", "/Formula"):
            assert str(each.get("/Alt", "")).strip(), "a figure is told in words"
        if kind == "/TH":
            attributes = each["/A"].get_object()
            several = attributes if isinstance(attributes, list) else [attributes]
            scopes = [one.get_object().get("/Scope") for one in several]
            assert "/Column" in scopes or "/Row" in scopes or "/Both" in scopes, "a header says what it heads"
    levels = [int(each["/S"][2:]) for each in tree if each["/S"][1] == "H" and each["/S"][2:].isdigit()]
    assert levels and levels[0] == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


@pytest.mark.parametrize("suffix", PDFS)
def test_its_letters_are_in_the_file_and_can_be_copied(suffix: str, drawn: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(drawn[suffix]))
    fonts = [
        font.get_object() for page in reader.pages for font in page["/Resources"].get_object().get("/Font", {}).values()
    ]
    assert fonts
    for font in fonts:
        assert "/ToUnicode" in font, font["/BaseFont"]
        (below,) = font.get("/DescendantFonts", [font])
        descriptor = below.get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), font["/BaseFont"]


@pytest.mark.parametrize("suffix", PDFS)
def test_its_links_are_in_the_structure_and_say_where_they_lead(suffix: str, drawn: dict[str, bytes]) -> None:
    for page in PdfReader(io.BytesIO(drawn[suffix])).pages:
        for each in page.get("/Annots", []):
            note = each.get_object()
            assert note["/Subtype"] == "/Link"
            assert "/StructParent" in note
            assert str(note.get("/Contents", "")).strip(), "a link has a description"


@pytest.mark.parametrize("suffix", PDFS[:2] + PDFS[3:])
def test_its_links_are_the_addresses_of_the_platform(suffix: str, edition: Edition, drawn: dict[str, bytes]) -> None:
    found = {
        str(each.get_object()["/A"]["/URI"])
        for page in PdfReader(io.BytesIO(drawn[suffix])).pages
        for each in page.get("/Annots", [])
        if "/A" in each.get_object()
    }
    # Where a long address may break on the page is no part of it
    assert all(one.isascii() for one in found)
    assert {edition.address, *(one.address for one in edition.recommendations)} <= found


@pytest.mark.parametrize("suffix", PDFS)
def test_each_structure_is_found_from_its_page_and_by_its_name(suffix: str, drawn: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(drawn[suffix]), strict=True)
    root = reader.root_object["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    keys = numbers[::2]
    assert keys == sorted(set(keys))
    known = dict(zip(keys, numbers[1::2], strict=True))
    for page in reader.pages:
        elements = [one.get_object() for one in known[page["/StructParents"]].get_object()]
        content = page.get_contents()
        assert content is not None
        marks = {
            _properties(operands[1], page)["/MCID"]
            for operands, operator in content.operations
            if operator == b"BDC" and "/MCID" in _properties(operands[1], page)
        }
        # What is marked on the page is what the structure holds of it, neither more nor less
        assert marks == set(range(len(elements)))
        for mark, element in enumerate(elements):
            assert (mark, page) in [_shown(kid, element) for kid in element["/K"]]
        for each in page.get("/Annots", []):
            element = known[each.get_object()["/StructParent"]].get_object()
            kids = [kid for kid in element["/K"] if not isinstance(kid, int)]
            assert element["/S"] == "/Link"
            assert any(kid.get("/Type") == "/OBJR" and kid.raw_get("/Obj") == each for kid in kids)
    if "/IDTree" not in root:
        return
    names = root["/IDTree"]["/Names"]
    assert names[::2] == sorted(set(names[::2]))
    by_name = dict(zip(names[::2], names[1::2], strict=True))
    tree = structure(root["/K"])
    assert all(by_name[each["/ID"]].get_object() == each for each in tree if "/ID" in each)
    headed = [attribute for each in tree if each["/S"] == "/TD" for attribute in each["/A"] if "/Headers" in attribute]
    assert headed and all(name in by_name for attribute in headed for name in attribute["/Headers"])


def _shown(kid: Any, element: Any) -> tuple[Any, Any]:
    """The mark that this kid is, and the page that bears it: its own when the element goes over several."""
    kid = kid.get_object()
    if isinstance(kid, int):
        return kid, element["/Pg"]
    return kid.get("/MCID"), (kid if "/Pg" in kid else element)["/Pg"]


# Which elements may stand in which (ISO 32000-1, 14.8.4): a reader of tables and lists counts on it.
INSIDE = {
    "/TR": {"/THead", "/TBody", "/TFoot", "/Table"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/THead": {"/Table"},
    "/TBody": {"/Table"},
    "/LI": {"/L"},
    "/Lbl": {"/LI"},
    "/LBody": {"/LI"},
    "/TOCI": {"/TOC"},
}
STANDARD = (
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl "
    "LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Figure Formula Form"
)


@pytest.mark.parametrize("suffix", PDFS)
def test_its_elements_are_known_and_stand_where_they_may(suffix: str, drawn: dict[str, bytes]) -> None:
    root = PdfReader(io.BytesIO(drawn[suffix])).root_object["/StructTreeRoot"]
    known = {f"/{name}" for name in STANDARD.split()}
    roles = root.get("/RoleMap", {})
    tables = []
    for each in structure(root["/K"]):
        kind = each["/S"]
        assert kind in known or roles[kind] in known, kind
        if kind in INSIDE:
            assert each["/P"]["/S"] in INSIDE[kind], f"{kind} in {each['/P']['/S']}"
        if kind == "/Table":
            tables.append(each)
    # Every row of a table is as wide as the others, cells that span counted for what they span
    for table in tables:
        rows = [each for each in structure(table) if each["/S"] == "/TR"]
        widths, spanning = [], [0] * 40
        for row in rows:
            width = sum(1 for left in spanning if left)
            spanning = [max(left - 1, 0) for left in spanning]
            for cell in (kid.get_object() for kid in row["/K"]):
                across, down = _span(cell, "/ColSpan"), _span(cell, "/RowSpan")
                for place in range(width, width + across):
                    spanning[place] = max(spanning[place], down - 1)
                width += across
            widths.append(width)
        assert len(set(widths)) == 1, widths


def _span(cell: Any, name: str) -> int:
    attributes = cell.get("/A", [])
    several = attributes if isinstance(attributes, list) else [attributes]
    return next((int(one.get_object()[name]) for one in several if name in one.get_object()), 1)


@pytest.mark.parametrize("suffix", PDFS)
def test_nothing_in_it_locks_runs_or_hides(suffix: str, edition: Edition, drawn: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(drawn[suffix]), strict=True)
    root = reader.root_object
    assert not reader.is_encrypted
    assert root["/MarkInfo"]["/Suspects"].value is False
    for name in ("/AcroForm", "/OpenAction", "/AA", "/OCProperties"):
        assert name not in root, name
    assert not {"/JavaScript", "/EmbeddedFiles"} & set(root.get("/Names", {}))
    assert reading.plain(edition.title) in reading.plain(root["/Metadata"].get_data().decode())
    hidden = 2
    for page in reader.pages:
        assert all(not each.get_object()["/F"] & hidden for each in page.get("/Annots", []))
        # Decoration is never inside what is read, nor what is read inside decoration
        inside: list[str] = []
        content = page.get_contents()
        assert content is not None
        for operands, operator in content.operations:
            if operator in (b"BDC", b"BMC"):
                told = operator == b"BDC" and "/MCID" in _properties(operands[1], page)
                kind = "decoration" if operands[0] == "/Artifact" else "read" if told else ""
                assert not kind or not set(inside) - {kind, ""}
                inside.append(kind)
            elif operator == b"EMC":
                inside.pop()
        for font in page["/Resources"].get_object().get("/Font", {}).values():
            (below,) = font.get_object().get("/DescendantFonts", [{}])
            if below and below.get_object()["/Subtype"] == "/CIDFontType2":
                assert "/CIDToGIDMap" in below.get_object()
            said = font.get_object()["/ToUnicode"].get_data().decode("latin-1")
            assert not {"<0000>", "<FEFF>", "<FFFE>"} & {line.split()[-1] for line in _said(said)}


def _said(table: str) -> list[str]:
    """The lines of a ToUnicode table that give the letters of a glyph."""
    return [line for part in table.split("beginbfchar")[1:] for line in part.split("endbfchar")[0].splitlines() if line]


# -- pages that somebody leafs through --------------------------------------------------------------------------------


def leafed(suffix: str, edition: Edition) -> list[str]:
    pages = PdfReader(io.BytesIO(FORMATS[suffix].write(edition, STATIC))).pages
    return [reading.plain(page.extract_text()) for page in pages]


def test_contents_never_leave_two_lines_on_a_page() -> None:
    # Given the report of a council: contents that are a little longer than a page
    pages = leafed("pdf", editions.large(36, 80, 36))
    assert "Sommaire" in pages[1] and "Résumé" in pages[1] and "Glossaire" in pages[1]
    assert "Glossaire" not in pages[2]


def test_a_version_is_never_announced_on_the_page_before(edition: Edition) -> None:
    # Given many versions, whose words are of all lengths
    first, *others = edition.recommendations
    line = first.paragraphs[0]
    texts = [" ".join(["Des mots à lire."] * (1 + n % 7)) for n in range(40)]
    version = line.versions[0].model_copy(update={"votes": ()})
    versions = tuple(
        version.model_copy(update={"number": n, "text": words, "changes": None}) for n, words in enumerate(texts, 1)
    )
    many = first.model_copy(update={"paragraphs": (line.model_copy(update={"versions": versions}),)})
    pages = leafed("gros.pdf", edition.model_copy(update={"recommendations": (many, *others)}))

    # Then no page ends with the line that announces the words of the next
    assert sum(page.count("Version ") for page in pages) >= 40
    ends = [re.split(r" SHA-256 ", page)[0][-60:] for page in pages]
    assert not [end for end in ends if re.search(r"Version \d+, \w+, [^.]+\.\s*$", end)]


def test_in_large_print_a_grade_is_said_in_words(edition: Edition, drawn: dict[str, bytes]) -> None:
    # Its tables of votes are lists, without the head of a column and the key beside it
    said = reading.plain(reading.words("gros.pdf", drawn["gros.pdf"]))
    vote = next(one for one in edition.votes if one.method == "majority-judgment")
    for count in vote.counts:
        assert f"{count.label} ({count.key}) : " in said


def test_in_large_print_an_address_is_said_with_the_last_step(edition: Edition, drawn: dict[str, bytes]) -> None:
    # On a line of its own it was alone on a page, where the card filled the one before
    items = structure(PdfReader(io.BytesIO(drawn["gros.pdf"])).root_object["/StructTreeRoot"]["/K"])
    within = [one for item in items if item["/S"] == "/LI" for one in structure(item) if one["/S"] == "/Link"]
    said = [note for one in within for note in addresses_of(one)]
    assert [one.number for one in edition.recommendations if one.address in said] == [9]  # the others have no step


def addresses_of(link: Any) -> list[str]:
    """Where the annotations of this structure element lead."""
    kids = link["/K"].get_object() if "/K" in link else []
    kids = kids if isinstance(kids, list) else [kids]
    notes = [one.get_object() for one in kids if not isinstance(one, int)]
    objects = [note["/Obj"].get_object() for note in notes if note.get("/Type") == "/OBJR"]
    return [str(one["/A"]["/URI"]) for one in objects if "/A" in one]
