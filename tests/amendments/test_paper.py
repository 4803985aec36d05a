"""An amendment written on paper: its author's, typed by a facilitator, and it is said. All of them are found."""

from tests.amendments.scene import REASON, TEN, amendment, page_of, set_up, submit
from tests.moderation import scene as moderation

FORM = "/propositions/1/amendements/deposer/2"


def test_a_facilitator_types_what_a_member_wrote_on_paper(world):
    set_up(world)
    page = world.browser(world.people["Claire"]).open(FORM)
    wrong = page.press("Déposer l’amendement", text=TEN, rationale=REASON)
    assert wrong.status == 422
    assert wrong.has("Choisissez la personne qui a écrit cet amendement sur papier")
    nadia = world.people["Nadia"]
    done = wrong.press("Déposer l’amendement", author=str(nadia.id))
    assert done.has("écrit sur papier, recopié par l’animation")
    assert amendment(world).author_id == nadia.id
    assert amendment(world).typed_by_id == world.people["Claire"].id
    # It is hers: she may withdraw it; the facilitator may not decide it
    assert world.browser(world.people["Claire"]).post("/amendements/1/accepter", {"version": "1"}).status == 403
    assert page_of(world, "Nadia").press("Retirer").has("Votre amendement est retiré")


def test_nobody_else_types_in_the_name_of_another(world):
    set_up(world)
    page = world.browser(world.people["Omar"]).open(FORM)
    assert not page.all("[name=author]")
    fields = {"kind": "replace", "text": TEN, "rationale": REASON, "version": "1"}
    world.browser(world.people["Omar"]).post(FORM, {**fields, "author": str(world.people["Nadia"].id)})
    assert amendment(world).author_id == world.people["Omar"].id
    assert amendment(world).typed_by_id is None
    # Nor in the name of somebody who is no member
    claire = world.people["Claire"]
    assert world.browser(claire).post(FORM, {**fields, "author": str(claire.id)}).status == 422


def test_an_amendment_is_found_by_its_words_unless_they_are_hidden(world):
    set_up(world)
    submit(world)
    assert "/amendements/1" in world.browser().open("/recherche?q=petites+entreprises").links().values()
    page = page_of(world, "Nadia").follow("Signaler cet amendement")
    page.press("Envoyer le signalement", reason="insult", words="Il insulte.")
    moderation.decide(world, world.people["Claire"], "hidden")
    assert "/amendements/1" not in world.browser().open("/recherche?q=petites+entreprises").links().values()


def test_what_was_asked_of_a_hidden_paragraph_is_not_found(world):
    set_up(world)
    submit(world)
    moderation.flag(world, f"paragraph:{amendment(world).base_version_id}")
    moderation.decide(world, world.people["Claire"], "hidden")
    assert "/amendements/1" not in world.browser().open("/recherche?q=petites+entreprises").links().values()
