"""An amendment on words that have changed: applied when they do not touch, else it says why."""

from convention.amendments.models import State
from tests.amendments.scene import REASON, SECOND, TEN, accept, amendment, page_of, set_up, submit
from tests.proposals import scene
from tests.world import plain

THIRTY = SECOND.replace("20", "30")


def test_it_applies_to_the_text_of_today_when_words_do_not_touch(world):
    set_up(world)
    submit(world)
    submit(world, "Nadia", text=SECOND.replace("Noter cette fiche", "Compter cette fiche d’impact"))
    accept(world, 2)
    page = page_of(world, "Lina", 1)
    assert page.has("l’amendement s’applique au texte d’aujourd’hui")
    accept(world, 1)
    both = "Compter cette fiche d’impact pour 10 % au moins de la note totale."
    assert scene.versions(world, 1)[3] == (2, 3, both)
    assert amendment(world, 1).text == TEN


def test_it_says_why_it_does_not_apply_any_more(world):
    set_up(world)
    submit(world)
    submit(world, "Nadia", text=THIRTY)
    accept(world, 2)
    page = page_of(world, "Lina", 1)
    assert page.has("L’amendement ne s’applique plus tel quel")
    assert page.has("« 20 » a été écrit autrement, au même endroit")
    assert not page.all("form[action$=accepter]")
    refused = world.browser(world.people["Lina"]).post("/amendements/1/accepter", {"version": "2"})
    assert refused.status == 403
    assert amendment(world).state == State.SUBMITTED
    # She may still write a text from both
    assert page.press("Publier ce texte", text=TEN, reason="Finalement.").has("Le texte qui réunit les deux")


def test_its_author_writes_it_again_on_the_words_of_today(world):
    set_up(world)
    submit(world)
    submit(world, "Nadia", text=THIRTY)
    accept(world, 2)
    assert world.browser(world.people["Nadia"]).post("/amendements/1/reecrire", {}).status in (403, 422)
    page = page_of(world, "Omar", 1).follow("Le réécrire sur le texte d’aujourd’hui")
    assert page.has("Version 2")
    # The box has the words of then, and does not say that they are those of today
    assert page.has("La case a vos mots d’avant") and not page.has("déjà recopié")
    assert page.one("textarea[name=rationale]").text_content().strip() == REASON
    again = page.press("Déposer l’amendement", text=THIRTY.replace("30", "15"))
    assert again.title == "Amendement n° 3"
    assert again.has("Il prend la place de l’amendement n° 1")
    first = world.browser().open("/amendements/1")
    assert first.has("Sans objet")
    assert first.has("Il a été réécrit : amendement n° 3")
    assert amendment(world, 1).text == TEN


def test_nobody_rewrites_the_amendment_of_another(world):
    set_up(world)
    submit(world)
    submit(world, "Nadia", text=THIRTY)
    accept(world, 2)
    values = {"kind": "replace", "text": "Autre chose.", "rationale": "x", "version": "2"}
    for name in ("Nadia", "Lina"):
        assert world.browser(world.people[name]).post("/amendements/1/reecrire", values).status == 403
    assert amendment(world, 1).state == State.SUBMITTED


def test_those_who_touch_the_same_words_are_shown_side_by_side(world):
    set_up(world)
    submit(world)
    submit(world, "Nadia", text=THIRTY)
    submit(world, "Nadia", text=SECOND.replace("Noter", "Compter"))
    page = world.browser().open("/propositions/1/amendements")
    compared = page.one("#conflits")
    assert [plain(one.text_content()) for one in compared.cssselect("a")] == ["Amendement n° 1", "Amendement n° 2"]
    assert [one.text_content() for one in compared.cssselect("ins")] == ["ajouté 10", "ajouté 30"]
    # On its own page too; the one that touches nothing is compared to nothing
    assert page_of(world, "Lina", 1).one("#conflits").text_content().replace("\u00a0", " ").count("n° 2") == 1
    assert not page_of(world, "Lina", 3).all("#conflits")
    # Once one is decided there is nothing left to compare
    accept(world, 1)
    assert not world.browser().open("/propositions/1/amendements").all("#conflits")


def test_an_amendment_sent_on_older_words_keeps_them(world):
    set_up(world)
    omar = world.browser(world.people["Omar"]).open("/propositions/1/amendements/deposer/2")
    submit(world, "Nadia", text=THIRTY)
    accept(world, 1)
    # When Omar sends the form that he had opened before
    page = omar.press("Déposer l’amendement", text=TEN, rationale=REASON)
    # Then nothing is lost, and his page says what happened
    assert page.has("Le texte a changé")
    assert page.has("L’amendement ne s’applique plus tel quel")


def test_a_paragraph_kept_by_a_vote_ends_its_amendments(world):
    set_up(world)
    submit(world)
    poll = scene.prepare(world, 1, 2)
    assert page_of(world, "Lina").has("Ce paragraphe est dans le scrutin n° 1")
    scene.count(world, poll, [scene.WELL])
    page = world.browser().open("/amendements/1")
    assert page.has("Sans objet")
    assert page.has("Le paragraphe a été gardé par un vote.")
    assert amendment(world).state == State.SUPERSEDED
    late = world.browser(world.people["Omar"]).open("/propositions/1/amendements/deposer/2")
    assert late.has("Ce paragraphe est gardé par un vote")


def test_a_withdrawn_proposal_ends_its_amendments(world):
    set_up(world)
    submit(world)
    lina = world.browser(world.people["Lina"])
    lina.open("/propositions/1/retirer").press("Retirer la proposition", reason="Nous nous sommes trompés.")
    assert world.browser().open("/amendements/1").has("La proposition a été retirée.")
