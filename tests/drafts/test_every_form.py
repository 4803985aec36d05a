"""Every form with a text of more than a sentence keeps it as it is typed; a merge left half-way is found as it was."""

import re

import pytest

from convention.settings import resource
from tests.lineage import scene as lineage
from tests.world import Page, World, filled

# Texts that are not kept, and why.
NOT_KEPT = {
    "care/mine.html": "what is confided goes to the vault, encrypted, and nowhere else",
    "voting/new.html": "a list of options, one a line",
    "programme/desk/facts.html": "facts of the convention, in a sentence or two each",
    "programme/desk/item.html": "a point of an agenda, in a sentence or two",
    "programme/desk/phase.html": "a phase, in a sentence or two",
    "programme/desk/sitting.html": "a point of an agenda, in a sentence or two",
    "programme/desk/sitting_form.html": "a sitting, in a sentence or two",
    "programme/desk/theme.html": "a theme, in a sentence",
    "recommendations/closing.html": "why an edition is closed, in a sentence",
    "recommendations/desk.html": "why an edition is withdrawn, in a sentence",
    "layout/specimen.html": "shows controls, sends nothing",
}
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
TEMPLATES = resource("templates")


def long_texts(template: str) -> list[str]:
    """The forms of this template where a text of several lines is typed."""
    return [form for form in FORM.findall((TEMPLATES / template).read_text()) if re.search(r"\brows=", form)]


ALL = sorted(str(one.relative_to(TEMPLATES)) for one in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("template", [one for one in ALL if long_texts(one) and one not in NOT_KEPT])
def test_a_long_text_is_kept_as_it_is_typed(template: str) -> None:
    for form in long_texts(template):
        assert '{% include "drafts/fields.html" %}' in form, f"{template}: which draft is it?"
        assert "drafts/saved.html" in form or "ui.autosave(" in form, f"{template}: nothing saves it"
    page = (TEMPLATES / template).read_text()
    assert "ui.htmx()" in page, f"{template}: without htmx nothing is sent as one types"
    assert "ui.script('form')" in page, f"{template}: without this script nothing is kept without a network"


def test_what_is_not_kept_is_still_there_to_be_excused() -> None:
    assert not {one for one in NOT_KEPT if not long_texts(one)}


def autosave(page: Page, **typed: str) -> int:
    """What htmx sends as one types: the whole form."""
    form = page.one("form[data-guard]")
    address = form.cssselect("[data-saved]")[0].get("hx-post")
    answer = page.browser.client.post(address, data={**filled(form), **typed}, headers={"hx-request": "true"})
    return int(answer.status_code)


def test_a_merge_left_half_way_is_found_as_it_was(world: World) -> None:
    lineage.set_up(world)
    claire = world.browser(world.people["Claire"])
    here = "/propositions/reunir/composer?p=1&p=2"
    typed = {
        "text-2-1": "Publier la consommation.",
        "raison-2-1": "Plus court.",
        "place-2-2": "non",
        "title": "Mesurer",
    }
    assert autosave(claire.open(here), **typed) == 204
    # She comes back, from another device, in another order
    page = world.browser(world.people["Claire"]).open("/propositions/reunir/composer?p=2&p=1")
    assert page.one("#f-text-2-1").text_content().strip() == "Publier la consommation."
    assert page.one("#f-raison-2-1").get("value") == "Plus court."
    assert page.one("#f-place-2-2 option[selected]").get("value") == "non"
    assert page.one("#f-title").get("value") == "Mesurer"
    # She is told that it waits, and the page where propositions are chosen leads to it
    again = claire.open("/propositions/reunir").follow("Reprendre la réunion commencée : propositions 1 et 2")
    assert again.one("#f-title").get("value") == "Mesurer"
    # Nobody else finds it
    assert world.browser(world.facilitator("Lise")).open(here).one("#f-title").get("value") != "Mesurer"
    # Done, it is no draft any more
    page.press("Réunir en une proposition", reason=lineage.WHY, **{"raison-2-2": "Un plafond se discute à part."})
    assert claire.open("/propositions/3").has("Mesurer")
    assert not claire.open("/propositions/reunir").has("Reprendre la réunion")


def test_a_split_left_half_way_is_saved_without_a_script_too(world: World) -> None:
    lineage.set_up(world)
    lina = world.browser(world.people["Lina"])
    page = lina.open("/propositions/1/partager").press("Enregistrer le brouillon", **{"titre-2": "La seconde moitié"})
    assert page.has("Votre brouillon est enregistré")
    assert page.one("#f-titre-2").get("value") == "La seconde moitié"
    assert lina.open("/").has("Finir de partager la proposition 1")
    page = page.press("Effacer le brouillon")
    assert page.one("#f-titre-2").get("value") == ""
    assert not lina.open("/").has("Finir de partager")


def test_a_merge_saved_without_a_script_comes_back_to_its_proposals(world: World) -> None:
    lineage.set_up(world)
    page = lineage.compose(world).press("Enregistrer le brouillon", title="Mesurer ensemble")
    assert page.has("Votre brouillon est enregistré")
    assert page.one("#f-title").get("value") == "Mesurer ensemble"


def test_what_is_refused_stays_a_draft(world: World) -> None:
    lineage.set_up(world)
    nadia, here, words = (
        world.browser(world.people["Nadia"]),
        "/propositions/1/reserves",
        "Je m’y oppose, car c’est trop tôt.",
    )
    page = nadia.open(here).press("Enregistrer le brouillon", text=words)
    assert page.press("Publier la réserve").status == 422
    page = nadia.open(here)
    assert page.one("#f-text").text_content().strip() == words
    # Published, it is there once, and in no form
    page = page.press("Publier la réserve", kind="reservation", naming="nombre")
    assert page.status == 200, page.text
    assert page.has(words)
    assert nadia.open(here).one("#f-text").text_content().strip() == ""
