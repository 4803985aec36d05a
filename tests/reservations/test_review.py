"""Cross-review and expert notes (X2): beside the text, labelled, answered, never in it."""

import pytest

from tests.proposals import scene
from tests.reservations.scene import set_up

NOTE = "Le code de la commande publique fixe les critères : l’article L. 2152-7 le permet."


def review(world, name="Omar", **over):
    page = world.browser(world.people[name]).open("/propositions/1/relecture")
    asked = {"kind": "question", "about": "2", "text": "Qui note ?", "standing": "groupe 6", **over}
    return page.press("Publier", **asked)


def test_another_group_asks_and_the_authors_answer(world):
    set_up(world)
    page = review(world)
    assert page.has("C’est publié à côté du texte")
    assert page.has("groupe 6")
    assert page.has("Sur le paragraphe 1.2, version 1.")
    lina = world.browser(world.people["Lina"])
    answered = lina.open("/propositions/1/relecture").press("Publier la réponse", text="Les services.")
    assert answered.has("Votre réponse est publiée")
    assert world.browser().open("/propositions/1/relecture").has("Les services.")
    assert world.browser().open("/propositions/1").has("1 question ou suggestion.")
    # Members are not named to the world
    assert not world.browser().open("/propositions/1/relecture").has("Omar")


def test_an_expert_leaves_a_signed_note_in_its_own_box(world):
    set_up(world)
    before = scene.versions(world, 1)
    page = review(world, "Paul", kind="expert_note", text=NOTE, standing="juriste, commande publique")
    for shown in (page, world.browser().open("/propositions/1")):
        box = shown.one(".note[id^=note-]")
        words = " ".join(box.text_content().split())
        assert "Note d’expert·e" in words
        assert NOTE in words
        assert "Paul, juriste, commande publique" in words
        assert "Sur le paragraphe 1.2, version 1." in words
    assert scene.versions(world, 1) == before
    # An expert changes no draft
    assert world.browser(world.people["Paul"]).post("/propositions/1/modifier", {"mesure-2": "x"}).status == 403


def test_an_expert_says_in_what_quality(world):
    set_up(world)
    page = review(world, "Paul", kind="expert_note", text=NOTE, standing="")
    assert page.status == 422
    assert page.has("Dites en quelle qualité vous écrivez")
    assert NOTE in page.one("#f-text").text_content()


def test_only_experts_leave_expert_notes(world):
    set_up(world)
    page = world.browser(world.people["Omar"]).post(
        "/propositions/1/relecture", {"kind": "expert_note", "about": "ensemble", "text": NOTE, "standing": "juriste"}
    )
    assert page.status == 422
    assert page.has("Seul·es les expert·es laissent une note")
    assert not world.browser().open("/propositions/1").all(".note[id^=note-]")


@pytest.mark.parametrize("name", ["Omar", "Nadia"])
def test_only_the_authors_answer_and_once(world, name):
    set_up(world)
    review(world)
    lina = world.browser(world.people["Lina"])
    page = lina.open("/propositions/1/relecture")
    address = page.one("form[action$=repondre]").get("action")
    other = world.browser(world.people[name])
    assert not other.open("/propositions/1/relecture").all("form[action$=repondre]")
    refused = other.post(address, {"text": "Moi."})
    assert refused.status == 403
    assert world.browser(world.people["Claire"]).post(address, {"text": "Moi."}).status == 403
    empty = lina.post(address, {"text": ""})
    assert empty.status == 422
    lina.post(address, {"text": "Nous."})
    assert lina.post(address, {"text": "Encore."}).status == 403
    assert lina.post(address.replace("/1/", "/2/"), {"text": "Ailleurs."}).status == 404


def test_who_writes_the_proposal_does_not_review_it(world):
    set_up(world)
    page = world.browser(world.people["Lina"]).open("/propositions/1/relecture")
    assert page.has("la relecture est faite par les autres")
    sent = world.browser(world.people["Lina"]).post(
        "/propositions/1/relecture", {"kind": "question", "about": "ensemble", "text": "Bravo ?"}
    )
    assert sent.status == 403


def test_hostile_words_are_only_words(world):
    set_up(world)
    hostile = "<script>alert(1)</script>{{7*7}}"
    review(world, text=hostile, standing=hostile)
    review(world, "Paul", kind="expert_note", text=hostile, standing=hostile)
    for address in ("/propositions/1", "/propositions/1/relecture"):
        assert "<script>alert" not in world.browser().open(address).response.text


def test_a_long_list_asks_no_more_of_the_database(world):
    set_up(world)
    review(world)
    browser = world.browser(world.people["Lina"])
    before = world.queries(lambda: browser.open("/propositions/1/relecture"))
    for n in range(6):
        review(world, "Nadia", text=f"Question {n} ?", kind="suggestion")
    assert world.queries(lambda: browser.open("/propositions/1/relecture")) == before
