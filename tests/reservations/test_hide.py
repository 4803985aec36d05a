"""What moderation hides beside a text is read by nobody, in pages nor in the report."""

from convention.kit import clock
from convention.recommendations import compose
from tests.moderation import scene as moderation
from tests.proposals import scene
from tests.reservations.scene import set_up, write

RUDE = "Le maire est un crétin fini."
PAGES = ("/propositions/1", "/propositions/1/reserves", "/propositions/1/relecture")


def test_a_hidden_reservation_keeps_its_place(world):
    set_up(world)
    write(world, text=RUDE)
    page = world.browser().open("/propositions/1/reserves").follow("Signaler la réserve n° 1")
    page.press("Envoyer le signalement", reason="insult", words="Il insulte.")
    moderation.decide(world, world.people["Claire"], "hidden")
    for address in PAGES:
        assert not world.browser().open(address).has("crétin"), address
    assert world.browser().open("/propositions/1").has("Masqué par la modération")
    scene.count(world, scene.prepare(world, 1, 2), [scene.WELL])
    with world.reading() as db:
        edition = compose.compose(db, world.convention, number=1, at=clock.now(), site="https://exemple.fr")
    assert "crétin" not in edition.model_dump_json()


def test_a_hidden_review_keeps_its_place(world):
    set_up(world)
    page = world.browser(world.people["Omar"]).open("/propositions/1/relecture")
    page.press("Publier", kind="question", about="2", text=RUDE)
    page = world.browser().open("/propositions/1/relecture").follow("Signaler Question")
    page.press("Envoyer le signalement", reason="insult", words="Il insulte.")
    moderation.decide(world, world.people["Claire"], "hidden")
    for address in PAGES:
        assert not world.browser().open(address).has("crétin"), address
    assert world.browser().open("/propositions/1/relecture").has("Masqué par la modération")
