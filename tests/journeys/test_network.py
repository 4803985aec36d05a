"""A network that goes, a page reloaded, three taps, two people at once: nothing is lost, nothing is there twice."""

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from convention.drafts.models import Draft
from convention.proposals.models import Paragraph, ParagraphVersion, Proposal
from tests.journeys.story import TITLE, Story, fill_card
from tests.journeys.walker import Walker

pytestmark = pytest.mark.browser

NEW = "/propositions/nouvelle"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('brouillon:')).length"
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
