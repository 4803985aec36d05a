"""Whatever a hand can type stays words, in every format."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from convention.recommendations.files import FORMATS
from tests.recommendations.files import editions, reading
from tests.recommendations.files.conftest import STATIC

HOSTILE = (
    "<script>alert(1)</script> & <b>gras</b> ]]> <!-- --> &amp; &#x0;",
    "=1+1",
    "+33 4 00 00 00 00",
    "-2+3",
    "@SUM(A1)",
    '\t=HYPERLINK("https://mauvais.example")',
    "\u202eterces\u202c et \u2066caché\u2069",
    "{{ 7 * 7 }} {% raw %} ${7*7} <%= 1 %>",
    '#panic("typst") #import "x.typ" *gras* _italique_ $x^2$ @ref <etiquette> \\ `code` // fin',
    "avant\x00après\x07\x1b[31m",
    "mot" * 3334,
    "👍🏽 👩‍👩‍👧 🇫🇷 é\u0301\u0323\u0316 ﷽ \U000e0041",
    "\ufffe\uffff\ufeff",
    "ligne\r\nsuivante\u2028encore\u2029fin\x0bvertical\x0c",
    "\"guillemets\"; point-virgule; 'apostrophes'",
    "   ",
)


def _title(words: str) -> str:
    return words[:90]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(words: str) -> None:
    edition = editions.small()
    one = edition.recommendations[0]
    first = one.paragraphs[0].model_copy(update={"text": words})
    hostile = edition.model_copy(
        update={
            "title": words,
            "letter": words,
            "summary": words,
            "fictional": words,
            "recommendations": (
                one.model_copy(
                    update={
                        "title": _title(words),
                        "finding": words,
                        "paragraphs": (first, *one.paragraphs[1:]),
                        "indicator": words,
                        "reservations": (one.reservations[0].model_copy(update={"text": words, "named": (words,)}),),
                        "address": "javascript:alert(1)",
                    }
                ),
                *edition.recommendations[1:],
            ),
        }
    )
    files = {suffix: each.write(hostile, STATIC) for suffix, each in FORMATS.items() if suffix != "zip"}
    for suffix in ("pdf", "gros.pdf", "synthese.pdf", "docx", "odt"):
        assert b"javascript:" not in b"".join(_links(suffix, files[suffix]))
    assert json.loads(files["json"])["letter"] == words
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 4 and len({len(row) for row in rows}) == 1
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert not any("FORMULA" in row for sheet in reading.sheets(files["xlsx"]).values() for row in sheet)
    for suffix in ("csv", "txt"):
        said = files[suffix].decode("utf-8-sig")
        assert not {"\x00", "\u202e", "\u2066", "\x1b"} & set(said)


def _links(suffix: str, content: bytes) -> list[bytes]:
    if suffix.endswith("pdf"):
        notes = [note.get_object() for page in PdfReader(io.BytesIO(content)).pages for note in page.get("/Annots", [])]
        return [str(note["/A"].get("/URI", "")).encode() for note in notes if "/A" in note]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if suffix == "docx":
            links = etree.fromstring(archive.read("word/_rels/document.xml.rels"))
            return [str(each.get("Target", "")).encode() for each in links]
        text = etree.fromstring(archive.read("content.xml"))
        return [str(each.get("{http://www.w3.org/1999/xlink}href", "")).encode() for each in text.iter("{*}a")]


@given(st.text(max_size=200))
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_any_words_can_be_drawn(words: str) -> None:
    edition = editions.small().model_copy(update={"letter": words, "title": words})
    for suffix in ("synthese.pdf", "docx", "odt", "txt", "csv", "xlsx"):
        assert FORMATS[suffix].write(edition, STATIC)


def test_every_field_may_hold_a_word_of_ten_thousand_letters() -> None:
    long = editions.reworded(
        editions.small(), lambda words: words if words.startswith("http") else words + "x" * 10_000
    )
    for suffix in ("docx", "odt", "xlsx", "csv", "txt", "json"):
        assert FORMATS[suffix].write(long, STATIC)
