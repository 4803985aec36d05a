"""The same text in plain words: read by all once somebody else has approved it, never before."""

import json

from tests.moderation import scene as moderation
from tests.proposals.scene import CARD, proposal, set_up, write_together
from tests.world import Browser, World

PAGE = "/propositions/1/texte-simple"
EASY = "On regarde combien une machine coûte à la planète. Après, on achète."


def write(browser: Browser, text: str = EASY) -> None:
    assert browser.open(PAGE).press("Enregistrer le texte simple", text=text).has("Le texte simple est enregistré")


def approve(browser: Browser) -> None:
    page = browser.open(PAGE).press("Approuver ce texte simple")
    assert page.has("tout le monde peut le lire")


def everywhere(world: World) -> list[Browser]:
    return [world.browser(), world.browser(world.member("Lou")), world.browser(world.official())]


def test_somebody_else_approves_it(world: World) -> None:
    set_up(world)
    nadia, omar, claire = world.member("Nadia"), world.member("Omar"), world.facilitator()
    proposal(world, nadia)
    # Given plain words that an author has written
    write(world.browser(nadia))
    page = world.browser(nadia).open(PAGE)
    assert page.has("Une autre personne doit l’approuver : vous l’avez écrit.")
    # When she sends the approval that her page does not offer, it is refused
    stamp = world.browser(claire).open(PAGE).one("input[name=lu]").get("value")
    assert world.browser(nadia).post(f"{PAGE}/approuver", {"lu": stamp}).status == 403
    # And a member who does not write this proposal may not
    assert world.browser(omar).post(f"{PAGE}/approuver", {"lu": stamp}).status == 403
    # Then nobody else reads them
    for reader in everywhere(world):
        assert not reader.open(PAGE).has(EASY)
        assert not reader.open("/propositions/1").all(f"a[href$='{PAGE}']")
    # When a facilitator has approved them, all do, one tap away from the text, which is one tap away from them
    approve(world.browser(claire))
    for reader in everywhere(world):
        page = reader.open("/propositions/1").follow("Texte simple")
        assert page.has(EASY)
        assert page.has("Seul le texte officiel est voté.")
        assert page.follow("Lire le texte officiel").has(CARD["mesure-n1"])
    # And who wrote and approved them is said, to those signed in
    assert world.browser(omar).open(PAGE).has("Écrit par Nadia")
    assert world.browser(omar).open(PAGE).has("Approuvé par Claire")
    assert not world.browser().open(PAGE).has("Nadia")


def test_a_co_author_may_approve(world: World) -> None:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    proposal(world, nadia)
    write_together(world, nadia, omar)
    write(world.browser(nadia))
    approve(world.browser(omar))
    assert world.browser().open(PAGE).has(EASY)


def test_changing_it_removes_the_approval(world: World) -> None:
    set_up(world)
    nadia, claire = world.member("Nadia"), world.facilitator()
    proposal(world, nadia)
    write(world.browser(nadia))
    approve(world.browser(claire))
    # When the facilitator who approved changes a word
    write(world.browser(claire), "On regarde, puis on achète.")
    # Then neither the old words nor the new ones are read by others
    for reader in everywhere(world):
        page = reader.open(PAGE)
        assert not page.has("On regarde")
        assert page.has("Il n’y a pas encore de texte simple")
    # And it is the author's turn to approve
    approve(world.browser(nadia))
    assert world.browser().open(PAGE).has("On regarde, puis on achète.")


def test_words_changed_under_the_approver_are_not_approved(world: World) -> None:
    set_up(world)
    nadia, claire = world.member("Nadia"), world.facilitator()
    proposal(world, nadia)
    write(world.browser(nadia))
    read = world.browser(claire).open(PAGE)
    write(world.browser(nadia), "D’autres mots.")
    page = read.press("Approuver ce texte simple")
    assert page.status == 403
    assert not world.browser().open(PAGE).has("D’autres mots.")


def test_readers_are_told_when_the_official_text_changes(world: World) -> None:
    set_up(world)
    nadia, claire = world.member("Nadia"), world.facilitator()
    proposal(world, nadia)
    write(world.browser(nadia))
    approve(world.browser(claire))
    page = world.browser(nadia).open("/propositions/1/paragraphes/2/ecrire")
    page.press("Publier", text="Noter cette fiche pour 30 % de la note totale.")
    assert world.browser().open(PAGE).has("Le texte officiel a changé depuis")
    # And what was written before it changed can no longer be approved
    write(world.browser(nadia))
    page = world.browser(nadia).open("/propositions/1/paragraphes/2/ecrire")
    page.press("Publier", text="Noter cette fiche pour 40 % de la note totale.")
    page = world.browser(claire).open(PAGE)
    assert page.has("le texte simple est à relire")
    assert "Approuver ce texte simple" not in page.text


def test_search_and_exports_say_nothing_before(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    write(world.browser(nadia), "Un mot rare : coquecigrue.")
    visitor = world.browser()
    assert visitor.open("/recherche?q=coquecigrue").has("Aucun texte")
    for address in ("/api/v1/proposals", "/api/v1/proposals/1", "/propositions/1.md", "/flux.xml"):
        answer = visitor.client.get(address)
        assert answer.status_code == 200, address
        assert "coquecigrue" not in answer.text, address
    assert "coquecigrue" not in json.dumps(visitor.client.get("/api/v1/proposals?limit=50").json())


def test_moderation_can_hide_it(world: World) -> None:
    set_up(world)
    nadia, claire, omar = world.member("Nadia"), world.facilitator(), world.member("Omar")
    proposal(world, nadia)
    write(world.browser(nadia), "Le maire est un crétin.")
    approve(world.browser(claire))
    # When a reader flags it from its page, and it is hidden
    page = world.browser(omar).open(PAGE).follow("Signaler")
    page.press("Envoyer le signalement", reason="insult", words="Il l’insulte.")
    moderation.decide(world, claire, "hidden")
    # Then its page says why, without its words; the official text does not lead to it, nor do copies hold it
    for reader in everywhere(world):
        page = reader.open(PAGE)
        assert not page.has("crétin")
        assert page.has("asqué")
        assert not reader.open("/propositions/1").all(f"a[href$='{PAGE}']")
    assert "crétin" not in world.browser().open("/propositions/1.md").response.text
    assert world.browser().open("/propositions/1").has(CARD["mesure-n1"])
    # When it has been written again, and approved, it waits for whoever hid it, then everybody reads it
    write(world.browser(nadia))
    approve(world.browser(claire))
    assert not world.browser().open(PAGE).has(EASY)
    assert world.browser(claire).open("/animation/moderation").has("Réécrit, à relire")
    moderation.decide(world, claire, "keep", rule="", statement="Le nouveau texte ne vise plus personne : merci.")
    assert world.browser().open(PAGE).has(EASY)


def test_words_that_nobody_approved_cannot_be_probed(world: World) -> None:
    """Flagging shows what is flagged: what nobody may read has no such page."""
    set_up(world)
    nadia, claire = world.member("Nadia"), world.facilitator()
    proposal(world, nadia)
    write(world.browser(nadia))
    approve(world.browser(claire))
    address = world.browser().open(PAGE).links()["Signaler"]
    assert world.browser().open(address).status == 200
    write(world.browser(nadia), "Un brouillon.")
    world.browser().open(address, status=404)
