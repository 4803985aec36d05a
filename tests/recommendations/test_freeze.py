"""From kept paragraphs to a published edition, and what each reader can do with it."""

import csv
import io
import json
import zipfile

import pytest
from sqlmodel import select

from convention.journal.models import JournalLine
from convention.proposals import queries as proposals
from convention.recommendations import snapshot
from convention.recommendations.snapshot import Edition
from tests.moderation import scene as moderation
from tests.recommendations import seeds
from tests.world import Browser, World

LIGHT = ("docx", "odt", "txt", "xlsx", "csv", "json")


@pytest.fixture
def voted(world: World) -> World:
    seeds.a_convention_that_voted(world)
    return world


def edition(browser: Browser, number: int = 1) -> Edition:
    return Edition.model_validate_json(browser.open(f"/rapport/{number}.json").response.content)


def test_before_any_edition_the_page_says_when_it_will_come(world):
    page = world.browser().open("/rapport")
    assert page.title == "Le rapport n’est pas encore paru"
    assert page.has("Les votes et leurs résultats")


def test_kept_paragraphs_are_frozen_published_and_read_by_all(voted):
    # Given a convention that kept 1.1 and, rewritten, 1.2
    number = seeds.freeze(voted)

    # When somebody without an account follows « Le rapport » from the home page
    home = voted.browser().open("/")
    page = home.follow("Le rapport")

    # Then she reads what was kept, and only in one click more has any file
    assert page.address == f"/rapport/{number}"
    assert page.has("Exiger une fiche d’impact dans chaque marché.")
    assert page.has("Noter cette fiche pour 10 % au moins.")
    assert page.has("1 recommandation, 4 votes.")
    assert page.follow("Les recommandations, une par ligne").response.headers["content-type"].startswith("text/csv")


def test_who_hides_words_is_told_of_the_editions_that_keep_them(voted):
    # Given an edition that everybody reads, one that only the team does, and words of both that somebody flags
    seeds.freeze(voted)
    seeds.freeze(voted, publish=False)
    claire = voted.people["Claire"]
    with voted.reading() as db:
        passages = proposals.passages(db, proposals.of_number(db, voted.convention, 1))
    moderation.flag(voted, f"paragraph:{passages[0].version.id}")

    # Then whoever decides reads that the first will keep them
    assert moderation.case(voted, claire).has("Ces mots se lisent aussi dans l’édition n° 1 du rapport. Publiée")


def test_the_card_shows_its_votes_and_versions(voted):
    seeds.freeze(voted)
    page = voted.browser().open("/rapport/1").follow("Mesurer le coût écologique")
    assert page.has("Paragraphe 1.2, 2 versions")
    assert page.has("Une part chiffrée.")
    assert page.has("Noter fortement cette fiche.")
    assert page.has("Ces paragraphes n’ont pas été gardés.")  # 1.3, never voted
    assert page.has("38 voix exprimées pour 40 personnes appelées")
    assert page.has("Sans avis : 1.")
    assert page.has("Désaccord fort") is False


def test_what_was_not_kept_is_said_to_be_open(voted):
    seeds.freeze(voted)
    found = edition(voted.browser())
    assert [(one.number, [each.number for each in one.paragraphs]) for one in found.recommendations] == [
        (1, ["1.1", "1.2"])
    ]
    assert [(one.number, [each.number for each in one.paragraphs]) for one in found.unsettled] == [
        (1, ["1.3"]),
        (2, ["2.1"]),
    ]
    page = voted.browser().open("/rapport/1/2")
    assert page.has("La convention ne l’a pas tranchée")


def test_the_snapshot_keeps_numbers_rules_and_roles_not_names(voted):
    seeds.freeze(voted)
    found = edition(voted.browser())
    first, second = found.recommendations[0].paragraphs
    assert [(one.key, one.voices) for one in first.vote.counts] == [("5", 13), ("4", 18), ("3", 5), ("2", 2), ("1", 0)]
    assert (first.vote.expressed, first.vote.no_opinion, first.vote.present, first.vote.entitled) == (38, 1, 39, 40)
    assert first.vote.grade_label == "Bien"
    assert first.vote.outcome == "kept"
    assert first.vote.subject == "Paragraphe 1.1, version 1"
    assert "main levée" in first.vote.rule
    assert [one.votes[0].outcome for one in second.versions] == ["rewrite", "kept"]
    assert second.versions[1].changes == "Une part chiffrée."
    assert {one.by for one in second.versions} == {"membre"}
    assert "Membre 1" not in found.model_dump_json()
    assert found.convention.mandate == "La demande\n\nDire oui ou non."
    assert found.sittings[0].present is None


def test_every_file_carries_the_same_fingerprint_and_counts(voted):
    seeds.freeze(voted)
    browser = voted.browser()
    tree = browser.open("/rapport/1.json").response
    found = Edition.model_validate_json(tree.content)
    sha256 = snapshot.fingerprint(found)
    assert voted.browser().open("/rapport/1").one("#verifier .hash").text_content().replace(" ", "") == sha256

    texts = {}
    for suffix in LIGHT:
        response = browser.open(f"/rapport/1.{suffix}").response
        assert response.headers["cache-control"].startswith("public")
        assert f".{suffix}" in response.headers["content-disposition"]
        texts[suffix] = unpacked(response.content)
    for suffix in ("docx", "odt", "txt", "xlsx", "csv"):
        spaced = " ".join(sha256[i : i + 8] for i in range(0, 64, 8))
        assert sha256 in texts[suffix] or spaced in texts[suffix].replace("\u00a0", " "), suffix
    rows = list(csv.DictReader(io.StringIO(texts["csv"].removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == len(found.recommendations)
    for suffix in ("docx", "odt", "xlsx"):
        assert "Exiger une fiche d’impact" in texts[suffix].replace("\u00a0", " "), suffix


def unpacked(content: bytes) -> str:
    """The words of a file, those of an archive's members together."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_the_pdf_and_the_archive_are_drawn_once(voted):
    seeds.freeze(voted)
    browser = voted.browser()
    first = browser.open("/rapport/1.pdf").response
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    kept = sorted((voted.settings.folder / "rapports").iterdir())
    written = [file.stat().st_mtime_ns for file in kept]
    assert browser.open("/rapport/1.pdf").response.content == first.content
    assert [file.stat().st_mtime_ns for file in sorted((voted.settings.folder / "rapports").iterdir())] == written
    assert browser.open("/rapport/1").has("PDF accessible, ")


def test_a_file_already_read_is_not_sent_again(voted):
    seeds.freeze(voted)
    browser = voted.browser()
    tag = browser.open("/rapport/1.csv").response.headers["etag"]
    again = browser.open("/rapport/1.csv", status=304, **{"if-none-match": tag}).response
    assert again.content == b""
    assert browser.open("/rapport/1.json").response.headers["etag"] != tag


def test_a_format_that_does_not_exist_is_not_found(voted):
    seeds.freeze(voted)
    voted.browser().open("/rapport/1.exe", status=404)
    voted.browser().open("/rapport/2", status=404)
    voted.browser().open("/rapport/1/77", status=404)


def test_the_schema_of_the_json_is_published(voted):
    schema = json.loads(voted.browser().open("/rapport/schema.json").response.content)
    assert "recommendations" in schema["properties"]


def test_an_old_edition_stays_when_proposals_change(voted):
    # Given a first edition
    seeds.freeze(voted)
    before = voted.browser().open("/rapport/1.json").response.content
    page = voted.browser().open("/rapport/1").text

    # When the convention goes on, and freezes a second one
    seeds.rewrite(voted, 2, 1, "Compter les vélos, sans image.")
    seeds.decide(voted, {(2, 1): seeds.KEPT})
    assert seeds.freeze(voted) == 2

    # Then the first is where it was, word for word, and says that a second one came
    assert voted.browser().open("/rapport/1.json").response.content == before
    assert "Compter les vélos, sans image." not in page
    assert voted.browser().open("/rapport/1").has("Lire l’édition n° 2")
    assert voted.browser().open("/rapport").address == "/rapport/2"
    assert len(edition(voted.browser(), 2).recommendations) == 2


def test_an_edition_not_published_is_seen_from_inside_only(voted):
    seeds.freeze(voted, publish=False)
    for address in ("/rapport/1", "/rapport/1/1", "/rapport/1.json"):
        voted.browser().open(address, status=404)
        voted.browser(voted.member("Omar")).open(address, status=404)
        for person in (voted.facilitator(), voted.official(), voted.guarantor(), voted.administrator()):
            voted.browser(person).open(address)
    assert voted.browser(voted.official()).open("/rapport/1").has("pas encore publiée")
    response = voted.browser(voted.official()).open("/rapport/1.json").response
    assert "no-store" in response.headers["cache-control"]
    assert voted.browser().open("/rapport").title == "Le rapport n’est pas encore paru"


def test_what_happens_to_editions_is_in_the_journal(voted):
    seeds.freeze(voted)
    sha256 = snapshot.fingerprint(edition(voted.browser()))
    with voted.reading() as db:
        lines = db.exec(select(JournalLine).order_by(JournalLine.number)).all()
    told = [(line.kind, json.loads(line.facts)["sha256"]) for line in lines if ".Edition" in line.kind]
    assert told == [("recommendations.EditionFrozen", sha256), ("recommendations.EditionPublished", sha256)]


def test_the_outcome_of_a_vote_is_marked_as_french_in_an_english_page(world):
    # Given an edition, and somebody who reads it in English
    seeds.a_convention_that_voted(world)
    number = seeds.freeze(world)
    browser = world.browser()
    browser.open("/langue/en")

    # Then each outcome is French for a voice, wherever the page says one
    page = browser.open(f"/rapport/{number}")
    said = [cell for cell in page.all("td") if cell.text_content() in ("Bien, gardé", "Passable, à réécrire")]
    assert said
    assert all(cell.cssselect("span[lang=fr]")[0].text_content() == cell.text_content() for cell in said)
