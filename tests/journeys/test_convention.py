"""The whole convention, from a code on a letter to an edition on a shelf, on the screen of a phone."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest
from playwright.sync_api import expect

from convention.recommendations.files import FORMATS, schema
from tests.journeys.story import BETTER_NOTE, NOTE, SAFEGUARD, SHEET, TITLE, Story, answer, fill_card
from tests.recommendations.files import reading

pytestmark = pytest.mark.browser


def test_a_convention_from_a_code_to_an_edition(story: Story) -> None:
    sign_in(story)
    write(story)
    submit(story)
    plan_a_poll(story)
    vote(story)
    close(story)
    rewrite(story)
    vote_again(story)
    freeze(story)
    publish(story)
    open_the_files(story)
    leave(story)


def sign_in(story: Story) -> None:
    nadia = story["Nadia"].open("/").look("home")
    nadia.follow("Entrer").title("Votre code").look("door")

    # When the code is one that no letter carries
    nadia.type("Code de 10 caractères", "K7MP 4T 9XWA").press("Entrer")
    nadia.sees("Ce code n’est pas reconnu").look("door, wrong code")
    expect(nadia.page.get_by_label("Code de 10 caractères")).to_be_focused()

    # Then the one on the letter, typed as people do, opens
    nadia.type("Code de 10 caractères", story.codes["Nadia"].lower()).press("Entrer")
    nadia.sees("Nadia").look("home, signed in")


def write(story: Story) -> None:
    nadia = story["Nadia"]
    nadia.unfold("Menu").look("menu")
    nadia.follow("Propositions").title("Les propositions").look("proposals, none yet")
    nadia.follow("Écrire une proposition").title("Écrire une proposition").look("blank proposal")

    # When she has begun, what she wrote is kept without a button
    nadia.type("Titre", TITLE)
    nadia.type("Constat", "Personne ne connaît ce que ces outils consomment.", keys=True)
    nadia.sees("Enregistré à").look("draft saved")

    # And is there when she comes back
    nadia.follow("Les propositions").sees("Vous avez commencé une proposition").look("proposals, a draft")
    nadia.follow("Continuer").look("draft found again")
    expect(nadia.page.get_by_label("Titre")).to_have_value(TITLE)


def submit(story: Story) -> None:
    nadia = story["Nadia"]
    fill_card(nadia)

    # When the title is too long, the page says so, has lost nothing, and brings her there
    nadia.type("Titre", "Très " * 80)
    nadia.press("Déposer la proposition").sees("Un point à compléter").look("proposal, to correct")
    expect(nadia.page.locator(".sumup")).to_be_focused()
    nadia.page.locator(".sumup a").click()
    expect(nadia.page.get_by_label("Titre")).to_be_focused()
    expect(nadia.page.get_by_label("Paragraphe 2")).to_have_value(NOTE)

    nadia.type("Titre", TITLE).press("Déposer la proposition")
    nadia.title(TITLE).sees("Votre proposition est déposée", "1.3").look("proposal, submitted")
    nadia.follow("Modifier").look("proposal, edited")
    nadia.follow("Inviter quelqu’un, répondre aux demandes").look("proposal, its authors")
    nadia.choose("Une personne de plus", "Omar").press("Inviter cette personne")
    nadia.sees("L’invitation est envoyée").look("proposal, one more invited")
    omar = story.enters("Omar").open("/propositions").sees("On vous invite à écrire la proposition 1")
    omar.follow("Répondre").press("Accepter l’invitation").look("proposal, one more author")

    visitor = story["A visitor"].open("/propositions").look("proposals").follow(f"Proposition 1 : {TITLE}")
    visitor.title(TITLE).look("proposal, for all")


def plan_a_poll(story: Story) -> None:
    claire = story.enters("Claire").sees("Claire")
    claire.open("/animation/propositions").title("Ce qui attend un vote").look("what awaits a vote")
    claire.press("Préparer le vote")
    claire.open("/propositions/1").follow("Mettre au vote").look("put to the vote")
    claire.press("Préparer le vote").title(TITLE).look("poll, prepared")

    # When the closing comes before now
    claire.page.get_by_label("Jour de fermeture").fill("2020-01-01")
    claire.press("Enregistrer et relire la règle").sees("Un point à compléter").look("poll, to correct")
    claire.page.get_by_label("Jour de fermeture").fill("2150-01-01")
    claire.press("Enregistrer et relire la règle")
    claire.sees("La règle est enregistrée").look("poll, planned")

    story["A visitor"].open("/scrutins/1").sees("Le vote sera ouvert par l’animation").look("poll, announced")
    claire.follow("Ouvrir le vote").press("Oui, ouvrir le vote").sees("Moins de").look("poll, open, at the desk")
    story["A visitor"].open("/scrutins/1").sees("Entrer pour voter").look("poll, open, for all")
    story["A visitor"].open("/scrutins").look("polls, one open")
    story["A visitor"].open("/").look("home, a poll is open")


def vote(story: Story) -> None:
    nadia = story["Nadia"].open("/")
    nadia.unfold("Menu").follow("Votes", inside="details.menu").follow(f"Scrutin 1 : {TITLE}").look("ballot")
    answer(nadia, 5, 5, 4)
    nadia.look("ballot, filled").press("Relire mon bulletin").title("Relisez votre bulletin").look("ballot, read again")
    nadia.press("Corriger").look("ballot, to correct")
    answer(nadia, 5, 2, 4)
    nadia.press("Relire mon bulletin").press("Déposer mon bulletin")
    nadia.title("Votre bulletin est déposé").look("receipt")
    receipt = nadia.page.locator("dd.code").first.inner_text()

    # When she changes her mind, with a key miscopied first
    nadia.press("Changer mon vote").title("Changer mon vote").look("changing a ballot")
    key = nadia.page.get_by_label("Votre clé").input_value()
    answer(nadia, 5, 3, 4)
    nadia.type("Votre clé", "0000").press("Relire mon bulletin").sees("Un point à compléter").look("wrong key")
    nadia.type("Votre clé", key).press("Relire mon bulletin").title("Relisez votre bulletin").look("replacing")
    nadia.press("Remplacer mon bulletin").title("Votre bulletin est déposé")
    assert nadia.page.locator("dd.code").first.inner_text() == receipt

    # And when she comes back
    nadia.open("/scrutins/1").sees(
        "Votre jeton de vote vous a été remis", "nous ne savons pas s’il est dans l’urne"
    ).look("already voted")

    for name, grades in {"Omar": (4, 2, 4), "Inès": (5, 3, 5), "Mireille": (4, 3, 5), "Karim": (3, 2, 0)}.items():
        walker = story.enters(name).open("/scrutins/1")
        answer(walker, *grades)
        walker.press("Relire mon bulletin").press("Déposer mon bulletin").title("Votre bulletin est déposé")


def close(story: Story) -> None:
    claire = story["Claire"]
    expect(claire.page.locator("#turnout")).to_contain_text("5 bulletins", timeout=8000)
    claire.look("poll, open, all have voted")
    claire.follow("Fermer le vote").look("closing, a second look")
    claire.press("Oui, fermer le vote").sees("Le vote est fermé et dépouillé", "2 textes retenus sur 3").look("result")
    claire.page.locator("details.more-d").evaluate_all("all => all.forEach(one => one.open = true)")
    claire.look("result, unfolded")
    story["Omar"].open("/scrutins/1").sees("2 textes retenus sur 3")
    story["A visitor"].open("/scrutins/1").sees("2 textes retenus sur 3").look("result, for all")


def rewrite(story: Story) -> None:
    omar = story["Omar"].open("/propositions/1").sees("À réécrire").look("proposal, to rewrite")
    omar.follow("Réécrire").look("rewriting")
    omar.type("Paragraphe 1.2", BETTER_NOTE).type("Pourquoi ce changement ?", "Dix pour cent ne pèsent rien.")
    omar.press("Publier la nouvelle version")
    omar.sees("La nouvelle version est publiée", "de la version 1 à la version 2").look("version 2, differences")
    omar.follow("Toutes les versions").look("all versions")


def vote_again(story: Story) -> None:
    claire = story["Claire"].open("/propositions/1").follow("Mettre au vote")
    claire.type("Titre du vote", "Second vote").press("Préparer le vote")
    claire.page.locator("label.opt:has([value=totals])").click()
    claire.page.get_by_label("Jour de fermeture").fill("")
    claire.page.get_by_label("Heure de fermeture").fill("")
    claire.press("Enregistrer et relire la règle").follow("Ouvrir le vote")
    claire.press("Oui, ouvrir le vote").look("counting in the room")
    story["A visitor"].open("/scrutins/2").sees("se compte dans la salle").look("counted in the room, for all")

    # When the fingers are one fewer than the people
    count = {"q1-5": 2, "q1-4": 2, "q1-3": 0, "q1-2": 0, "q1-1": 0, "q1-sans-avis": 0, "q1-present": 5}
    for field, n in count.items():
        claire.page.locator(f"[name={field}]").fill(str(n))
    claire.press("Relire les totaux").sees("point").look("totals, to correct")
    claire.page.locator("[name=q1-3]").fill("1")
    claire.press("Relire les totaux").sees("Relisez les totaux à voix haute").look("totals, read again")
    claire.press("Enregistrer ces totaux").sees("Gardé").look("second result")
    story["A visitor"].open("/scrutins").look("polls, over")
    story["A visitor"].open("/propositions/1").look("proposal, kept")


def freeze(story: Story) -> None:
    visitor = story["A visitor"].open("/rapport").title("Le rapport n’est pas encore paru").look("no report yet")
    claire = story["Claire"].open("/animation/rapport").title("Préparer le rapport")
    claire.sees("Textes du rapport à écrire").look("what the edition lacks")
    claire.follow("Résumé").look("a text of the report")
    claire.type("Résumé", "Cinq habitants demandent que le coût écologique compte.").press("Enregistrer")
    claire.sees("Le texte est enregistré").look("a text, saved")
    claire.press("Figer l’édition n° 1").sees("L’édition est figée", "pas encore publiée").look("edition, frozen")
    visitor.open("/rapport").title("Le rapport n’est pas encore paru")


def publish(story: Story) -> None:
    claire = story["Claire"].open("/animation/rapport").look("desk, an edition is frozen")
    claire.press("Publier l’édition n° 1").sees("L’édition est publiée").look("edition, published")
    visitor = story["A visitor"].open("/rapport").sees(SHEET, BETTER_NOTE, SAFEGUARD).look("report")
    visitor.page.locator("details.more-d").evaluate_all("all => all.forEach(one => one.open = true)")
    visitor.look("report, unfolded").follow(f"1. {TITLE}").title(f"1. {TITLE}").look("recommendation")
    visitor.open("/").look("home, the report is out")
    claire.open("/animation/rapport").unfold("Retirer l’édition n° 1").look("desk, an edition is out")


def open_the_files(story: Story) -> None:
    """Every file of the page, downloaded by its link and read with what people read it with."""
    visitor = story["A visitor"].open("/rapport/1")
    mark = visitor.page.locator("#verifier .hash").inner_text().replace(" ", "").replace("\n", "")
    files: dict[str, bytes] = {}
    for link in visitor.page.locator("a.file").all():
        with visitor.page.expect_download() as waiting:
            link.click(modifiers=["Alt"])  # which keeps the file even if the browser could show it
        name = waiting.value.suggested_filename
        assert name.startswith("avis-citoyen-edition-1."), name
        files[name.removeprefix("avis-citoyen-edition-1.")] = Path(waiting.value.path()).read_bytes()
    assert set(files) == set(FORMATS)

    for suffix in ("pdf", "gros.pdf", "docx", "odt", "txt", "xlsx", "csv", "json"):
        said = reading.words(suffix, files[suffix])
        for words in (TITLE, SHEET, BETTER_NOTE, SAFEGUARD):
            assert words in said, f"{suffix} does not say « {words} »"
    assert TITLE in reading.words("synthese.pdf", files["synthese.pdf"])
    jsonschema.validate(json.loads(files["json"]), schema())
    assert hashlib.sha256(files["json"]).hexdigest() == mark
    (row,) = csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";")
    assert row["titre"] == TITLE
    with zipfile.ZipFile(io.BytesIO(files["zip"])) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) >= len(FORMATS) - 1


def leave(story: Story) -> None:
    nadia = story["Nadia"].open("/moi").look("account")
    nadia.press("Sortir").sees("Entrer").look("left")
    story.site.work()
