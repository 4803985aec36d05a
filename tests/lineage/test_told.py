"""Who wrote, or signed, learns on her pages where her words went, with or without an address; and she may say no."""

from tests.lineage.scene import merge, set_up, undo
from tests.moderation.scene import decide, flag
from tests.world import Page, World

GONE = "Voir où sont allés vos mots"
SAID = "Les propositions 1 et 2 sont réunies dans la proposition 3"


def at_home(world: World, name: str) -> Page:
    return world.browser(world.people[name]).open("/")


def test_authors_without_an_address_are_told_too(world: World) -> None:
    set_up(world)
    assert not world.people["Omar"].email
    assert not at_home(world, "Omar").has(GONE)
    merge(world)
    for name in ("Lina", "Omar"):
        page = at_home(world, name)
        assert page.has(f"{GONE}, et dire non si besoin : {SAID}")
        assert world.browser(world.people[name]).open("/moi").has(GONE)
    assert not at_home(world, "Nadia").has(GONE)
    assert not at_home(world, "Claire").has(GONE), "she did it"
    # She looks, and says no: all is as before, and the other author learns it
    page = at_home(world, "Omar").follow(f"{GONE}, et dire non si besoin : {SAID}")
    assert page.has("Vos mots")
    assert page.press("Annuler la réunion", reason="C’était trop tôt.").has("Annulée")
    assert at_home(world, "Lina").has("Lire ce qui est annulé")
    assert not at_home(world, "Omar").has(GONE)


def test_a_month_later_nothing_is_said_of_it_any_more(world: World) -> None:
    set_up(world)
    merge(world)
    assert at_home(world, "Lina").has(GONE)
    with world.later(days=31):
        assert not at_home(world, "Lina").has(GONE)


def test_who_signed_is_asked_and_not_moved(world: World) -> None:
    set_up(world)
    nadia = world.browser(world.people["Nadia"])
    page = nadia.open("/propositions/1/reserves")
    page.press("Publier la réserve", kind="reservation", text="Je doute du coût.", naming="nombre")
    merge(world)
    page = nadia.open("/").follow(f"Choisir si votre signature accompagne aussi le nouveau texte : {SAID}")
    assert page.has("Elle n’a pas bougé")
    undo(world)
    assert not nadia.open("/").has("Choisir si votre signature")


def test_reasons_are_hidden_like_any_words(world: World) -> None:
    set_up(world)
    merge(world, reason="Omar est un imbécile, qui ne sait pas écrire.")
    page = world.browser(world.people["Omar"]).open("/reunions/1").follow("Signaler une raison")
    address = page.address.partition("sujet=")[2]
    flag(world, address.replace("%3A", ":"), world.people["Omar"])
    decided = decide(world, world.facilitator("Lise"), "hidden")
    assert decided.status == 200, decided.text
    for address in ("/reunions/1", "/reunions", "/propositions/3/parcours"):
        page = world.browser().open(address)
        assert not page.has("imbécile"), address
    assert world.browser().open("/reunions/1").has("masqué")
