"""The home page tells where the convention is, up to what the city has answered."""

from convention.responses.models import Decision
from tests.responses import scene


def test_the_last_answers_are_on_the_home_page(world):
    # Given a report handed over, and nothing answered yet
    scene.a_report(world)
    before = world.browser().open("/")
    assert [one.text_content() for one in before.all(".figures .hot dd")] == ["0/3"]
    assert not before.has("Dernières réponses")

    # When one recommendation is answered
    scene.publish(world, 3, decision=Decision.ACCEPTED)

    # Then the home page names it once, with what was decided, and leads to it
    page = world.browser().open("/")
    assert [one.text_content() for one in page.all(".figures .hot dd")] == ["1/3"]
    (line,) = page.all("#reponses li")
    assert str(Decision.ACCEPTED.label) in line.text_content()
    assert "Recommandation 3, Direction générale" in line.text_content()
    assert page.follow("Toutes les réponses").has("Ce que répond")
