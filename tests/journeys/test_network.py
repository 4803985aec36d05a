"""A network that goes, a page reloaded, three taps, two people at once: nothing is lost, nothing is there twice."""

from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect
from sqlmodel import select

from convention.drafts.models import Draft
from convention.people.visits import COOKIE
from convention.proposals.models import Paragraph, ParagraphVersion, Proposal
from tests.journeys.story import TITLE, Story, fill_card
from tests.journeys.walker import Walker
from tests.waiting import until

pytestmark = pytest.mark.browser

NEW = "/propositions/nouvelle"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('brouillon:')).length"
# The addresses of all that scripts keep in this browser.
HELD = """async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
  const held = await Promise.all(caches_.map((one) => one.keys()))
  return held.flat().map((one) => new URL(one.url).pathname)
}"""
# Once the page that is shown without a network is ready: the next page that is opened has it behind it.
READY = "navigator.serviceWorker.ready.then(() => true)"
# What the browser says by itself of a network that is gone.
GONE = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch")


def offline(walker: Walker, gone: bool = True) -> None:
    walker.context.set_offline(gone)


def rows(story: Story, table: Any) -> list[Any]:
    with story.site.database.reading() as db:
        return list(db.exec(select(table)))


def settle(story: Story) -> None:
    """The network that was taken away is no fault of the pages."""
    for walker in story.walkers.values():
        walker.watch.troubles[:] = [one for one in walker.watch.troubles if not any(said in str(one) for said in GONE)]


def test_words_typed_without_network_come_back_and_are_published_once(story: Story) -> None:
    nadia = story.enters("Nadia").sees("Nadia").open(NEW)
    offline(nadia)
    nadia.type("Titre", TITLE)
    fill_card(nadia)
    nadia.sees("Pas de réseau. Votre texte est gardé sur cet appareil")
    # She closes the page, and opens it again when the network is back
    nadia.page.close()
    offline(nadia, False)
    nadia.page = nadia.context.new_page()
    nadia.open(NEW).sees("Voici ce que vous aviez écrit sur cet appareil")
    expect(nadia.page.get_by_label("Titre")).to_have_value(TITLE)
    nadia.sees("Enregistré à")
    assert nadia.page.evaluate(KEPT) == 0, "the server has them: the device forgets them"
    # So it does when she saves by herself: nothing comes back from the device, nobody asks her whether she leaves
    nadia.type("Titre", TITLE).press("Enregistrer le brouillon").sees("Votre brouillon est enregistré")
    # Asked from here again and again: `wait_for_function` would, in the page, whose policy refuses it.
    forgotten = f"{KEPT} === 0 && !document.querySelector('form[data-unsent]')"
    until(lambda: nadia.page.evaluate(forgotten), "the device to forget what is saved")
    # Three taps on a network that is gone
    offline(nadia)
    for _ in range(3):
        nadia.page.get_by_role("button", name="Déposer la proposition").click(force=True)
    nadia.sees("il partira, une seule fois, au retour du réseau")
    assert rows(story, Proposal) == []
    offline(nadia, False)
    nadia.title(TITLE).sees("Votre proposition est déposée")
    assert len(rows(story, Proposal)) == 1
    assert nadia.page.evaluate(KEPT) == 0
    assert [one.content for one in rows(story, Draft)] == [{}]
    settle(story)


def test_an_answer_that_is_lost_on_the_way_publishes_nothing_twice(story: Story) -> None:
    nadia = story.enters("Nadia").sees("Nadia").open(NEW)
    nadia.type("Titre", TITLE)
    fill_card(nadia)

    # The server receives it, and the network goes before she has the answer
    def swallowed(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    nadia.page.route("**/propositions/nouvelle", swallowed)
    nadia.press("Déposer la proposition").sees("il partira, une seule fois")
    assert len(rows(story, Proposal)) == 1
    nadia.page.unroute("**/propositions/nouvelle")
    nadia.page.reload()
    nadia.title(TITLE).sees("Votre proposition est déposée")
    assert len(rows(story, Proposal)) == 1
    assert nadia.page.evaluate(KEPT) == 0
    for walker in story.walkers.values():
        walker.watch.troubles.clear()


def test_two_browsers_on_one_paragraph_and_a_network_that_goes(story: Story) -> None:
    nadia = story.enters("Nadia").sees("Nadia").open(NEW)
    nadia.type("Titre", TITLE)
    fill_card(nadia)
    nadia.press("Déposer la proposition").title(TITLE)
    nadia.open("/propositions/1/auteurs").choose("Une personne de plus", "Omar").press("Inviter cette personne")
    omar = story.enters("Omar").sees("Omar").open("/propositions/1/auteurs").press("Accepter l’invitation")
    one = "/propositions/1/paragraphes/1/ecrire"
    # Both have the paragraph open; Nadia takes it, and loses the network while she writes
    omar.open(one)
    nadia.open(one).press("Prendre ce paragraphe").look("a paragraph, taken")
    offline(nadia)
    nadia.type("Paragraphe 1.1", "Les mots de Nadia.").sees("gardé sur cet appareil")
    # Omar sees who has it; a facilitator frees it, and he publishes
    omar.open(one).sees("Nadia écrit ce paragraphe depuis le").look("a paragraph in another hand")
    story.enters("Claire").sees("Claire").open(one).press("Rendre le paragraphe à sa place")
    omar.open(one).press("Prendre ce paragraphe")
    omar.type("Paragraphe 1.1", "Les mots d’Omar.").press("Publier la nouvelle version").title(TITLE)
    # Nadia publishes, twice, without network; it comes back
    for _ in range(2):
        nadia.page.get_by_role("button", name="Publier la nouvelle version").click(force=True)
    offline(nadia, False)
    nadia.sees("Ce paragraphe a changé pendant que vous écriviez", "Les mots d’Omar.")
    nadia.look("a paragraph published meanwhile")
    expect(nadia.page.get_by_label("Paragraphe 1.1")).to_have_value("Les mots de Nadia.")
    nadia.type("Paragraphe 1.1", "Les mots des deux.").press("Publier la nouvelle version").title(TITLE)
    first = next(one.id for one in rows(story, Paragraph) if one.number == 1)
    texts = [one.text for one in rows(story, ParagraphVersion) if one.paragraph_id == first]
    assert texts[1:] == ["Les mots d’Omar.", "Les mots des deux."]
    settle(story)


def test_nobody_finds_anothers_words_on_a_shared_tablet(story: Story) -> None:
    tablet = story.enters("Nadia").sees("Nadia").open(NEW)
    offline(tablet)
    tablet.type("Titre", "Les mots de Nadia")
    assert tablet.page.evaluate(KEPT) == 1
    offline(tablet, False)
    tablet.open("/moi").press("Sortir").sees("Entrer")
    assert tablet.page.evaluate(KEPT) == 0, "at the way out, the device forgets"
    tablet.enter(story.codes["Omar"]).sees("Omar").open(NEW)
    expect(tablet.page.get_by_label("Titre")).to_have_value("")
    settle(story)


def test_a_page_reloaded_without_network_says_that_words_are_kept(story: Story) -> None:
    nadia = story.enters("Nadia").sees("Nadia")
    nadia.page.evaluate(READY)
    nadia.open(NEW)
    # She writes, the network goes, she reloads
    offline(nadia)
    nadia.type("Titre", TITLE).sees("Votre texte est gardé sur cet appareil")
    nadia.page.reload()
    nadia.sees("Vous êtes hors ligne", "Ce que vous avez écrit est gardé sur cet appareil.").look("without a network")
    expect(nadia.page.get_by_label("Titre")).to_have_value(TITLE)
    expect(nadia.page.get_by_label("Titre")).not_to_be_editable()
    # Any other page says the same; a page of a ballot is never the worker's affair
    nadia.page.goto("/propositions")
    nadia.sees("Vous êtes hors ligne", "Ce que vous avez écrit est gardé sur cet appareil.")
    # A network that is said to be back, without us at its end: the page that she reads is not taken from her
    nadia.page.evaluate("window.here = true; dispatchEvent(new Event('online'))")
    nadia.page.wait_for_timeout(500)
    assert nadia.page.evaluate("window.here"), "the page was left for nothing"
    ballot = nadia.context.new_page()
    with pytest.raises(PlaywrightError, match="ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
        ballot.goto("/scrutins/1")
    ballot.close()
    nadia.watch.troubles[:] = [one for one in nadia.watch.troubles if not one.endswith("/scrutins/1: net::ERR_FAILED")]
    # The network is back: so is the page, by itself, and her words are in the form
    nadia.page.goto(NEW)
    nadia.sees("Vous êtes hors ligne")
    offline(nadia, False)
    nadia.title("Écrire une proposition").sees("Voici ce que vous aviez écrit sur cet appareil")
    expect(nadia.page.get_by_label("Titre")).to_have_value(TITLE)
    # All that was ever kept there
    kept = nadia.page.evaluate(HELD)
    assert sorted(kept) == ["/hors-ligne", "/static/css/convention.css", "/static/js/offline.js"]
    settle(story)


@pytest.mark.parametrize(("ended", "page"), [({"name": COOKIE}, "/"), ({}, "/entrer")], ids=["expired", "closed"])
def test_on_a_device_that_is_lent_words_are_not_left_to_the_next_person(
    story: Story, ended: dict[str, str], page: str
) -> None:
    tablet = story["Nadia"].open("/entrer")
    tablet.page.locator("#f-code-shared").check()
    tablet.type("Code de 10 caractères", story.codes["Nadia"])
    tablet.page.locator("#par-code button").click()
    tablet.sees("Nadia").page.evaluate(READY)
    tablet.open(NEW)
    offline(tablet)
    tablet.type("Titre", "Les mots de Nadia")
    # Without a network nothing of hers is shown there, only that it is kept
    tablet.page.reload()
    tablet.sees("Vous êtes hors ligne", "Des mots sont gardés sur cet appareil.")
    assert "Les mots de Nadia" not in tablet.page.content()
    assert tablet.page.evaluate(KEPT) == 1
    # Her session has ended: the next page that is opened forgets them (her browser closed: that where one enters)
    tablet.page.goto("about:blank")
    tablet.context.clear_cookies(**ended)
    offline(tablet, False)
    tablet.open(page).sees("Entrer")
    assert tablet.page.evaluate(KEPT) == 0
    settle(story)


def test_on_her_own_device_words_wait_a_month(story: Story) -> None:
    nadia = story.enters("Nadia").sees("Nadia").open(NEW)
    offline(nadia)
    nadia.type("Titre", TITLE)
    offline(nadia, False)
    # Her session has ended: they wait for her
    nadia.context.clear_cookies(name=COOKIE)
    nadia.open("/").sees("Entrer")
    assert nadia.page.evaluate(KEPT) == 1
    nadia.page.evaluate(
        """() => { const [key] = Object.keys(localStorage).filter((one) => one.startsWith("brouillon:"))
        const kept = JSON.parse(localStorage.getItem(key))
        localStorage.setItem(key, JSON.stringify({ ...kept, at: kept.at - 31 * 24 * 60 * 60 * 1000 })) }"""
    )
    nadia.open("/").sees("Entrer")
    assert nadia.page.evaluate(KEPT) == 0
    settle(story)
