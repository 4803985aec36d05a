"""One frozen tree, ten files: they say the same words and the same numbers, and always in the same bytes."""

import csv
import datetime as dt
import hashlib
import io
import json
import re
import zipfile

import jsonschema
import pytest
from lxml import etree

from convention.recommendations.files import FORMATS, dictionary, schema
from convention.recommendations.snapshot import Edition, canonical, fingerprint
from tests.recommendations.files import editions, reading
from tests.recommendations.files.conftest import STATIC

WHOLE = ("pdf", "gros.pdf", "docx", "odt", "xlsx", "csv", "json", "txt")
SHEETS = (
    *("Recommandations", "Votes", "Journal des garants"),
    *("Composition", "Personnes entendues", "Questions", "Glossaire"),
)
TOLD = ("pdf", "gros.pdf", "docx", "odt")


@pytest.mark.parametrize("suffix", WHOLE)
def test_every_title_and_paragraph_is_in_every_file(suffix: str, edition: Edition, drawn: dict[str, bytes]) -> None:
    said = reading.words(suffix, drawn[suffix])
    for one in edition.recommendations:
        assert reading.plain(one.title) in said
        for paragraph in one.paragraphs:
            assert reading.plain(paragraph.text) in said


@pytest.mark.parametrize("suffix", WHOLE)
def test_every_file_counts_the_same_voices(suffix: str, edition: Edition, drawn: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(drawn["csv"].decode("utf-8-sig")), delimiter=";"))
    keys = {"5": "voix_5", "4": "voix_4", "3": "voix_3", "2": "voix_2", "1": "voix_1"} | {
        "yes": "pour",
        "no": "contre",
        "abstain": "abstention",
    }
    said = reading.words(suffix, drawn[suffix])
    for one in edition.recommendations:
        vote = one.vote
        assert vote is not None
        row = next(each for each in rows if each["recommandation_id"] == one.id)
        for count in vote.counts:
            assert row[keys[count.key]] == str(count.voices)
            if suffix in TOLD:
                assert f"{count.voices} voix" in said
            elif suffix == "txt":
                assert f"{count.label} : {count.voices}" in said


@pytest.mark.parametrize("suffix", [*WHOLE, "synthese.pdf"])
def test_every_file_says_which_edition_it_is(suffix: str, edition: Edition, drawn: dict[str, bytes]) -> None:
    said = reading.words(suffix, drawn[suffix]).replace(" ", "")
    if suffix == "json":
        assert hashlib.sha256(drawn["json"]).hexdigest() == fingerprint(edition)
    else:
        assert fingerprint(edition) in said
    assert "2024-03-14" in said or "14mars2024" in said
    assert "LicenceOuverte2.0" in said


@pytest.mark.parametrize("suffix", ["pdf", "gros.pdf", "synthese.pdf", "docx", "odt", "txt", "xlsx"])
def test_made_up_words_are_told_as_such(suffix: str, drawn: dict[str, bytes]) -> None:
    assert "Texte fictif, écrit pour la démonstration" in reading.words(suffix, drawn[suffix])


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_edition_gives_the_same_bytes(suffix: str, drawn: dict[str, bytes]) -> None:
    assert FORMATS[suffix].write(editions.small(), STATIC) == drawn[suffix]


def test_the_json_keeps_to_its_published_schema(drawn: dict[str, bytes]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    tree = json.loads(drawn["json"])
    jsonschema.validate(tree, schema())
    assert Edition.model_validate(tree) == editions.small()


def test_the_csv_has_one_line_a_recommendation_and_a_dictionary(edition: Edition, drawn: dict[str, bytes]) -> None:
    assert drawn["csv"].startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(drawn["csv"].decode("utf-8-sig")), delimiter=";")
    assert len(lines) == len(edition.recommendations)
    assert [name for name, meaning in dictionary() if meaning] == head
    assert [line[head.index("numero")] for line in lines] == ["9", "3", "12"]


def test_the_workbook_has_votes_dictionary_and_licence(edition: Edition, drawn: dict[str, bytes]) -> None:
    sheets = reading.sheets(drawn["xlsx"])
    assert list(sheets) == [*SHEETS, "Dictionnaire", "Édition"]
    assert len(sheets["Votes"]) == len(edition.votes) + 1
    described = {row[1] for row in sheets["Dictionnaire"]}
    heads = (sheets[name][0] for name in SHEETS)
    assert set().union(*heads) <= described
    assert ["Licence", "Licence Ouverte 2.0"] in sheets["Édition"]


@pytest.mark.parametrize("suffix", [*TOLD, "xlsx", "json"])
def test_the_guarantors_journal_and_its_answers_are_told(
    suffix: str, edition: Edition, drawn: dict[str, bytes]
) -> None:
    said = reading.words(suffix, drawn[suffix])
    for entry in edition.guarantors_journal:
        assert reading.plain(entry.title) in said
        assert reading.plain(entry.text) in said
        assert all(reading.plain(reply.text) in said for reply in entry.replies)
    if suffix in TOLD:
        assert reading.plain("Réponse de l’organisation, 23 janvier 2024") in said
        assert reading.plain("Sans réponse de l’organisation quand l’édition a été figée.") in said


def test_an_edition_frozen_before_the_journal_keeps_its_fingerprint(edition: Edition) -> None:
    """What was frozen without a field has the same canonical bytes now that the field exists."""
    older = json.loads(canonical(edition.model_copy(update={"guarantors_journal": ()})))
    assert "guarantors_journal" not in older
    jsonschema.validate(older, schema())
    assert Edition.model_validate(older).guarantors_journal == ()
    sheets = reading.sheets(FORMATS["xlsx"].write(Edition.model_validate(older), STATIC))
    assert "Journal des garants" not in {cell for rows in sheets.values() for row in rows for cell in row}


def test_the_deliberation_leaves_its_visas_blank(drawn: dict[str, bytes]) -> None:
    lines = drawn["txt"].decode().splitlines()
    assert sum(line.startswith("Visa ") and line.endswith("…") for line in lines) == 4
    assert any(line.startswith("9.4 (garde-fou) La fiche") for line in lines)


def test_the_archive_holds_everything_and_its_sums(edition: Edition, drawn: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(drawn["zip"])) as archive:
        sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())
        inventory = archive.read("INVENTAIRE.txt").decode()
        for suffix, each in FORMATS.items():
            if suffix != "zip":
                assert archive.read(each.name(edition)) == drawn[suffix]
        for name, digest in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
            assert name in inventory or name == "INVENTAIRE.txt"
        assert set(archive.namelist()) == {*sums, "SHA256SUMS"}
        assert {entry.date_time for entry in archive.infolist()} == {(2024, 3, 14, 18, 5, 0)}


def test_another_language_keeps_the_citizens_words(edition: Edition) -> None:
    english = edition.model_copy(update={"language": "en"})
    for suffix in ("pdf", "docx", "odt", "txt"):
        said = reading.words(suffix, FORMATS[suffix].write(english, STATIC))
        assert "Publier la fiche avec le marché" in said


def test_a_bare_edition_has_every_file() -> None:
    bare = editions.small().model_copy(
        update=dict.fromkeys(
            ("recommendations", "unsettled", "votes", "sittings", "composition", "experts", "themes"), ()
        )
        | {"summary": "", "letter": "", "glossary": (), "questions": (), "minority_positions": ()}
    )
    for each in FORMATS.values():
        assert each.write(bare, STATIC)


@pytest.mark.parametrize("suffix", ["pdf", "docx", "odt"])
def test_what_changed_ends_before_what_was_voted(suffix: str, edition: Edition) -> None:
    # Given a version that comes from an amendment, whose number is no sentence
    amended = editions.reworded(edition, lambda said: "Amendement n° 4" if said.startswith("Une part chiffr") else said)
    said = reading.words(suffix, FORMATS[suffix].write(amended, STATIC))
    assert "Amendement n° 4. Scrutin n°" in said
    assert "Amendement n° 4 Scrutin" not in said


def test_a_day_and_its_month_stay_on_one_line(drawn: dict[str, bytes]) -> None:
    for suffix, parts in (("docx", "//w:t/text()"), ("odt", "//text:p//text()")):
        said = "\n".join(office(suffix, drawn[suffix], parts))
        assert "14\u00a0mars 2024" in said
        assert not re.findall(r"\d (?:janvier|février|mars|avril)\b", said)


def office(suffix: str, content: bytes, path: str) -> list[str]:
    """What an office file writes, its spaces as they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml" if suffix == "docx" else "content.xml"))
    return [str(one) for one in root.xpath(path, namespaces={k: v for k, v in root.nsmap.items() if k})]


@pytest.mark.parametrize("suffix", ["pdf", "docx", "odt"])
def test_a_reader_is_told_what_the_digits_of_the_grades_mean(suffix: str, drawn: dict[str, bytes]) -> None:
    # The heads of the columns are « 5 » to « 1 »: nothing else in the report says which of them is the best
    said = reading.words(suffix, drawn[suffix])
    for table in ("Votes par paragraphe", "Jugement majoritaire"):
        assert f"{table}, de 5 (Très bien) à 1 (À rejeter)" in said


@pytest.mark.parametrize("suffix", ["docx", "odt"])
def test_an_hour_is_said_as_on_the_pages(suffix: str, edition: Edition) -> None:
    noon = edition.model_copy(update={"frozen_at": dt.datetime(2024, 3, 14, 11, tzinfo=dt.UTC)})
    said = reading.words(suffix, FORMATS[suffix].write(noon, STATIC))
    assert "figée le 14 mars 2024 à 12 h" in said and "12 h 00" not in said
