"""What moderation hides of an amendment, or of the paragraph that it copies, is read by nobody."""

from tests.amendments.scene import REASON, SECOND, TEN, amendment, page_of, set_up, submit
from tests.moderation import scene as moderation

PAGES = ("/amendements/1", "/propositions/1/amendements", "/propositions/1", "/amendements")
RUDE = "Noter cette fiche comme un crétin fini."


def test_a_hidden_amendment_keeps_its_place_and_shows_no_word(world):
    set_up(world)
    submit(world, text=RUDE)
    page = page_of(world, "Nadia").follow("Signaler cet amendement")
    assert page.has("Signaler : Amendement n° 1")
    page.press("Envoyer le signalement", reason="insult", words="Il insulte.")
    moderation.decide(world, world.people["Claire"], "hidden")
    for address in PAGES:
        page = world.browser().open(address)
        assert not page.has("crétin"), address
        assert not page.has(REASON), address
        assert page.has("asqué par la modération"), address
    # It goes into no text meanwhile; those who write may say no
    lina = page_of(world, "Lina")
    assert lina.has("Cet amendement est masqué par la modération.")
    values = {"text": "x", "reason": "x", "version": "1"}
    assert world.browser(world.people["Lina"]).post("/amendements/1/accepter", values).status == 403
    assert world.browser(world.people["Claire"]).post("/amendements/1/mettre-au-vote").status == 403
    lina.press("Rejeter l’amendement", reason="Pas d’insulte.")


def test_an_amendment_does_not_show_the_hidden_paragraph_that_it_copies(world):
    set_up(world)
    submit(world)
    subject = f"paragraph:{amendment(world).base_version_id}"
    moderation.flag(world, subject)
    moderation.decide(world, world.people["Claire"], "hidden")
    for name in (None, "Nadia", "Lina"):
        for address in PAGES:
            page = world.browser(world.people[name] if name else None).open(address)
            assert not page.has("de la note totale"), f"{address} as {name}"
    # Nor is it open to amendments
    page = world.browser(world.people["Nadia"]).open("/propositions/1/amendements/deposer/2")
    assert page.has("Ce paragraphe est masqué par la modération : il ne s’amende pas.")
    assert not page.has(SECOND)
    asked = {"kind": "replace", "text": TEN, "rationale": REASON, "version": "1"}
    refused = world.browser(world.people["Nadia"]).post("/propositions/1/amendements/deposer/2", asked)
    assert refused.status == 403


def test_what_is_answered_is_hidden_alone(world):
    set_up(world)
    submit(world)
    page_of(world, "Lina").press("Rejeter l’amendement", reason="Omar est un crétin.")
    page = page_of(world, "Omar").follow("Signaler cette raison")
    assert page.has("Signaler : Réponse à l’amendement n° 1")
    page.press("Envoyer le signalement", reason="insult", words="Elle m’insulte.")
    opened = moderation.case(world, world.people["Claire"])
    assert opened.has("Écrit par Lina")
    moderation.decide(world, world.people["Claire"], "hidden")
    for address in PAGES:
        page = world.browser().open(address)
        assert not page.has("crétin"), address
    page = world.browser().open("/amendements/1")
    assert page.has(REASON), "his own words stay"
    assert page.has("asqué par la modération")


def test_the_machine_s_own_reasons_are_not_flagged(world):
    set_up(world)
    submit(world)
    page_of(world, "Omar").press("Retirer mon amendement")
    assert not page_of(world, "Nadia").has("Signaler cette raison")
    subject = f"amendment-answer:{amendment(world).id}"
    world.browser(world.people["Nadia"]).open(f"/signaler?sujet={subject}", status=404)
