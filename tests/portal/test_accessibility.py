"""The accessibility statement says what was measured, and the city's plan has its page."""

from convention.conventions import actions
from convention.conventions.models import TextKind
from convention.kit.text import number
from convention.portal import accessibility


def test_the_statement_tells_what_the_tests_saw(world):
    looked = accessibility.read()
    page = world.browser().open("/accessibilite")
    assert page.has("Accessibilité : non conforme")
    figures = [one.text_content() for one in page.all(".figures dd")]
    assert figures == [number(looked.pages), number(looked.states), number(len(looked.violations))]
    assert page.has(f"axe-core {looked.axe}")
    assert page.has("Défenseur des droits")


def test_the_city_writes_its_plan(world):
    # Given a plan that nobody has written yet
    omar = world.browser(world.member("Omar"))
    assert omar.open("/accessibilite").follow("Le schéma pluriannuel, à publier").has("n’est pas encore écrite")

    # When Claire writes it
    with world.writing() as db:
        actions.write(db, world.convention, TextKind.ACCESSIBILITY_PLAN, "Un audit par an.", by=world.facilitator().id)

    # Then the statement leads to it
    assert omar.open("/accessibilite").follow("Le schéma pluriannuel et le plan").has("Un audit par an.")
