"""A proposal as a file: what its page says, in an office suite, hidden words left out."""

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import odfdo
import pytest
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import update
from sqlmodel import select

from convention.discussion.models import Saying
from convention.people.models import RoleKind
from convention.proposals.models import PlainText, Proposal
from convention.reservations import actions as reservations
from convention.reservations.forms import ReviewForm
from convention.reservations.models import ReviewKind
from tests.discussion import scene as discussion
from tests.discussion import test_elsewhere as elsewhere
from tests.moderation import scene as moderation
from tests.proposals.scene import CARD, WELL, count, prepare, proposal, set_up
from tests.world import World

SUFFIXES = ("docx", "odt", "md")


def words_of(suffix: str, content: bytes) -> str:
    """All that a reader of this format shows."""
    if suffix == "md":
        return re.sub(r"\\(.)", r"\1", content.decode())
    if suffix == "docx":
        return "\n".join(one.text for one in docx.Document(io.BytesIO(content)).paragraphs)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(
            "".join(one.itertext())
            for one in etree.fromstring(archive.read("content.xml")).iter("{*}p", "{*}h")
        )  # fmt: skip


def copy_of(browser, suffix: str, number: int = 1) -> str:
    page = browser.open(f"/propositions/{number}.{suffix}")
    assert page.response.headers["content-disposition"] == f'attachment; filename="proposition-{number}.{suffix}"'
    return words_of(suffix, page.response.content)


def voted(world: World) -> None:
    """A proposal with two paragraphs, one of them voted, rewritten once."""
    set_up(world)
    nadia, _omar, claire = world.member("Nadia"), world.member("Omar"), world.facilitator()
    one = proposal(world, nadia)
    page = world.browser(nadia).open("/propositions/1/paragraphes/2/ecrire").press("Prendre")
    page = world.browser(nadia).open("/propositions/1/paragraphes/2/ecrire")
    page.press("Publier", text="Noter cette fiche pour 30 % de la note totale.", reason="Plus exigeant.")
    count(world, prepare(world, 1, 1), [WELL])
    expert = world.person("Paul Expert", RoleKind.EXPERT)
    form = ReviewForm.read(
        {"about": "ensemble", "kind": "expert_note", "text": "La loi le permet.", "standing": "juriste"}
    )
    assert isinstance(form, ReviewForm), form.errors
    assert form.kind is ReviewKind.EXPERT_NOTE
    with world.writing() as db:
        reservations.review(db, world.convention, expert, {RoleKind.EXPERT}, one, None, form)
    assert claire


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_it_says_what_the_page_says(world: World, suffix: str) -> None:
    voted(world)
    said = copy_of(world.browser(), suffix)
    for words in (
        "Proposition n° 1, déposée le",
        CARD["title"],
        "Transition écologique",
        "Écrite par 1 membre",
        CARD["constat"],
        "1.1",
        CARD["mesure-n1"],
        "vote n° 1",
        "2 voix",
        "Noter cette fiche pour 30 % de la note totale.",
        "1.2, version 2",
        "Plus exigeant.",
        "Notes d’experts",
        "Paul Expert, juriste",
        "La loi le permet.",
        "http://127.0.0.1:8000/propositions/1",
    ):
        assert words in said, said
    # Members are named to those who are signed in, as on the page
    assert "Nadia" not in said
    assert "Écrite par Nadia" in copy_of(world.browser(world.member("Omar")), suffix)
    assert world.browser().open("/propositions/1").all(f"a[href$='/propositions/1.{suffix}']")


def test_its_styles_are_real(world: World) -> None:
    voted(world)
    styles = docx.Document(io.BytesIO(world.browser().open("/propositions/1.docx").response.content)).paragraphs
    used = {one.style.name for one in styles if one.style}
    assert used >= {"Title", "Heading 1", "Parole", "Paragraphe numéroté", "Note d’expert", "Mention"}
    text = odfdo.Document(io.BytesIO(world.browser().open("/propositions/1.odt").response.content))
    assert [one.text for one in text.body.get_headers()][:2] == ["Constat", "Objectif"]
    assert text.get_style("paragraph", "Note d’expert") or text.get_style("paragraph", display_name="Note d’expert")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_hidden_words_stay_hidden(world: World, suffix: str) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    moderation.flag(world, moderation.paragraph(world, 1))
    moderation.decide(world, world.facilitator(), "hidden")
    assert "fiche d’impact" not in copy_of(world.browser(), suffix)
    assert "Masqué par la modération." in copy_of(world.browser(nadia), suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_arguments_are_in_it_as_the_page_has_them(world: World, suffix: str) -> None:
    # Given Omar's argument and its source, Nadia's reply, Lina who finds it right; Nadia's three against
    discussion.set_up(world)
    discussion.argue(world, link="https://exemple.fr/etude")
    discussion.reply(world)
    world.browser(world.people["Lina"]).open("/arguments/1").press("Je trouve juste")
    for n in range(3):
        discussion.argue(world, "Nadia", side="against", text=f"Contre, {n + 1} fois.")
    world.browser(world.people["Nadia"]).open("/arguments/4").press("Retirer mon argument")

    # Then the file says all of it, more than the page has room for, in the order of its reader's page
    said = copy_of(world.browser(), suffix)
    for words in (
        "Pour, 1 argument",
        discussion.WORDS,
        "1 membre le trouve juste",
        "https://exemple.fr/etude",
        "Réponse n° 2",
        "Qui la vérifie ?",
        "Contre, 3 arguments",
        "Retiré par la personne qui l’a écrit",
    ):
        assert words in said, said
    assert said.index("Pour vérifier") < said.index("Arguments") < said.index("Pour, 1 argument")
    listed = world.browser().open("/propositions/1/arguments?cote=contre")
    turn = re.findall(r"Argument n° (\d)", listed.text)
    assert list(dict.fromkeys(turn)) == re.findall(r"Argument n° ([345])", said)

    # and what was taken back is not in it, nor the names of members for who is not signed in
    assert "Contre, 2 fois." not in said
    assert "Omar" not in said
    assert re.search(r"Argument n° 1, .*, Omar\.", copy_of(world.browser(world.people["Lina"]), suffix))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_hidden_arguments_stay_hidden(world: World, suffix: str) -> None:
    discussion.set_up(world)
    discussion.argue(world, link="https://exemple.fr/etude")
    moderation.flag(world, f"argument:{discussion.argument(world).id}")
    moderation.decide(world, world.people["Claire"], "hidden")
    for reader in (None, world.people["Omar"], world.people["Claire"]):
        said = copy_of(world.browser(reader), suffix)
        assert discussion.WORDS not in said
        assert "exemple.fr" not in said
        assert said.index("Argument n° 1") < said.index("Masqué par la modération.")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_remarks_from_elsewhere_are_in_it_and_say_so(world: World, suffix: str) -> None:
    elsewhere.everything(world).press("Importer")
    said = copy_of(world.browser(), suffix, 2)
    for words in (
        "Argument n° 1, 24 janvier 2019, Contributeur 0119, d’une autre plateforme.",
        "Remarques venues d’ailleurs",
        "Écrites sur une autre plateforme",
        "25 janvier 2019, Contributeur 0120.",
        "Combien de baleines ?",
        "27 janvier 2019, Contributeur 0122, en réponse à Contributeur 0121.",
    ):
        assert words in said, said
    assert "vote blanc" not in said

    # Once hidden, neither its words nor who signed it
    with world.reading() as db:
        remark = db.exec(select(Saying).where(Saying.said_by == "Contributeur 0120")).one()
    moderation.flag(world, f"saying:{remark.id}")
    moderation.decide(world, world.people["Claire"], "hidden")
    said = copy_of(world.browser(), suffix, 2)
    assert "baleines" not in said
    assert "2019, Contributeur 0120" not in said
    assert "Douze, je crois." in said


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_plain_words_are_in_it_once_approved(world: World, suffix: str) -> None:
    set_up(world)
    nadia, claire = world.member("Nadia"), world.facilitator()
    proposal(world, nadia)
    page = world.browser(nadia).open("/propositions/1/texte-simple")
    page.press("Enregistrer le texte simple", text="On pèse avant d’acheter.")
    for reader in (world.browser(), world.browser(nadia)):
        assert "On pèse avant" not in copy_of(reader, suffix)
    world.browser(claire).open("/propositions/1/texte-simple").press("Approuver ce texte simple")
    assert "On pèse avant d’acheter." in copy_of(world.browser(), suffix)
    with world.reading() as db:
        assert db.exec(select(PlainText)).one().approved_at


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_words_stay_words(world: World, suffix: str) -> None:
    set_up(world)
    proposal(world, world.member("Nadia"))
    hostile = "# Titre\n\n]]></text:p><zz/> <w:p>zz</w:p> &amp; *a* [x](javascript:zz) 1. un\x0b\u202efin"
    with world.writing() as db:
        db.execute(update(Proposal).values(constat=hostile, title="<zz>\n# titre"))
    content = world.browser().open(f"/propositions/1.{suffix}").response.content
    said = words_of(suffix, content)
    assert "]]></text:p><zz/> <w:p>zz</w:p> &amp; *a* [x](javascript:zz)" in said
    assert "\u202e" not in said
    if suffix == "md":
        assert "\n# Titre" not in content.decode()
        assert not re.search(r"(?<!\\)\]\(javascript", content.decode())
        assert "<zz" not in content.decode().replace("\\<", "")


def test_an_unknown_format_or_proposal_is_not_found(world: World) -> None:
    set_up(world)
    proposal(world, world.member("Nadia"))
    world.browser().open("/propositions/1.exe", status=404)
    world.browser().open("/propositions/2.docx", status=404)
    world.browser().open("/propositions/99999999999.odt", status=404)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it(world: World, tmp_path: Path) -> None:
    voted(world)
    office = shutil.which("soffice")
    assert office
    for suffix in ("docx", "odt"):
        source = tmp_path / f"une.{suffix}"
        source.write_bytes(world.browser().open(f"/propositions/1.{suffix}").response.content)
        subprocess.run(
            [office, f"-env:UserInstallation=file://{tmp_path}/profil", "--headless", "--convert-to", "pdf",
             "--outdir", str(tmp_path), str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        said = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(tmp_path / "une.pdf").pages)
        assert "Noter cette fiche pour 30 % de la note totale." in said
        assert "La loi le permet." in said
