"""A browser that runs no script: the same way from the code to the receipt."""

import pytest
from playwright.sync_api import expect

from tests.journeys.story import MEMBERS, NOTE, SAFEGUARD, SHEET, TITLE, Story, answer, fill_card

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(story: Story) -> Story:
    story.context = {"java_script_enabled": False}
    return story


def test_a_convention_without_a_script(plain: Story) -> None:
    nadia = plain["Nadia"].open("/").follow("Entrer")
    nadia.type("Code de 10 caractères", "K7MP 4T 9XWA").press("Entrer").sees("Ce code n’est pas reconnu")
    nadia.type("Code de 10 caractères", plain.codes["Nadia"]).press("Entrer").sees("Nadia")

    # She keeps a draft with a button, finds it again, asks for one more box, submits
    nadia.unfold("Menu").follow("Propositions", inside="details.menu").follow("Écrire une proposition")
    # Nothing says that it is saved as she types: here it is not
    expect(nadia.page.locator("p.saved")).to_be_hidden()
    nadia.type("Titre", TITLE).press("Enregistrer le brouillon")
    expect(nadia.page.get_by_label("Titre")).to_have_value(TITLE)
    fill_card(nadia)
    nadia.press("Ajouter un garde-fou")
    expect(nadia.page.get_by_label("Garde-fou 2")).to_be_visible()
    expect(nadia.page.get_by_label("Paragraphe 2")).to_have_value(NOTE)
    nadia.type("Titre", "Très " * 80).press("Déposer la proposition").sees("Un point à compléter")
    nadia.type("Titre", TITLE).press("Déposer la proposition").title(TITLE).sees(SHEET, NOTE, SAFEGUARD)

    # She looks for it in the list
    nadia.open("/propositions").type("Chercher dans les propositions", "fiche").press("Chercher")
    nadia.sees("1 proposition", TITLE)

    # It is put to the vote
    claire = plain.enters("Claire").open("/propositions/1").follow("Mettre au vote").press("Préparer le vote")
    claire.type("Jour de fermeture", "2150-01-01").press("Enregistrer et relire la règle")
    claire.follow("Ouvrir le vote").press("Oui, ouvrir le vote").sees("Moins de 5 bulletins")

    # Every member votes, once
    for name in MEMBERS:
        walker = (plain[name] if name == "Nadia" else plain.enters(name)).open("/scrutins/1")
        answer(walker, 5, 4, 4)
        walker.press("Relire mon bulletin").title("Relisez votre bulletin")
        walker.press("Déposer mon bulletin").title("Votre bulletin est déposé").sees("Numéro de reçu")
    nadia.open("/scrutins/1").sees("Votre bulletin est déjà dans l’urne")

    # The facilitator looks again, then closes
    claire.follow("Actualiser").sees("5 bulletins").follow("Fermer le vote")
    claire.press("Oui, fermer le vote").sees("3 textes retenus sur 3")
