from typing import Any

from sqlmodel import select

from convention.drafts import queries
from convention.drafts.models import Draft
from convention.journal.models import JournalLine
from tests.proposals.scene import set_up
from tests.world import Browser, Page, World


def opened(browser: Browser) -> Page:
    return browser.open("/propositions/nouvelle")


def autosave(page: Page, **typed: str) -> int:
    """What htmx sends as one types."""
    values = {one.get("name"): one.get("value", "") for one in page.all("form[data-guard] input[name]")}
    address = page.one("p[data-saved]").get("hx-post")
    answer = page.browser.client.post(address, data={**values, **typed}, headers={"hx-request": "true"})
    return int(answer.status_code)


def kept(world: World, name: str, subject: str = "proposition-nouvelle") -> dict[str, Any] | None:
    with world.reading() as db:
        draft = queries.of(db, world.people[name], world.convention, subject)
        return draft.content if draft else None


def test_what_is_typed_is_saved_and_belongs_to_its_writer(world: World) -> None:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    assert autosave(opened(world.browser(nadia)), title="Le péage de Nadia") == 204
    assert autosave(opened(world.browser(omar)), title="Le vélo d’Omar") == 204
    assert (kept(world, "Nadia") or {})["title"] == "Le péage de Nadia"
    assert (kept(world, "Omar") or {})["title"] == "Le vélo d’Omar"


def test_nobody_else_ever_sees_a_draft(world: World) -> None:
    set_up(world)
    autosave(opened(world.browser(world.member("Nadia"))), title="Secret de brouillon", constat="Secret de brouillon")
    others = (
        world.member("Omar"), world.facilitator(), world.guarantor(), world.official(), world.administrator(), None,
    )  # fmt: skip
    for person in others:
        browser = world.browser(person)
        for address in ("/propositions", "/recherche?q=secret", "/animation/propositions", "/propositions/nouvelle"):
            answer = browser.client.get(address)
            assert "Secret de brouillon" not in answer.text, (person, address)
    with world.reading() as db:
        assert not [line for line in db.exec(select(JournalLine)) if "drafts" in line.kind or "Secret" in line.facts]


def test_a_stale_device_does_not_erase_newer_words(world: World) -> None:
    # Given Nadia's draft opened on her phone, then continued at the library
    set_up(world)
    nadia = world.member("Nadia")
    phone, library = world.browser(nadia), world.browser(nadia)
    on_phone = opened(phone)
    autosave(on_phone, title="Début")
    at_library = opened(library)
    autosave(at_library, title="La suite, écrite à la bibliothèque")
    # When her phone, still open on the old text, saves again
    autosave(on_phone, title="Début, repris au téléphone")
    # Then the last words typed win, and the others are offered
    page = opened(library)
    assert page.one("[name=title]").get("value") == "Début, repris au téléphone"
    assert page.has("Ce brouillon a aussi été écrit sur un autre appareil")
    assert page.has("La suite, écrite à la bibliothèque")
    page = page.press("Reprendre ce texte")
    assert page.one("[name=title]").get("value") == "La suite, écrite à la bibliothèque"
    assert page.has("Début, repris au téléphone")


def test_two_devices_that_began_from_nothing_lose_nothing(world: World) -> None:
    # Given the same blank page, open on Nadia's phone and at the library
    set_up(world)
    nadia = world.member("Nadia")
    on_phone, at_library = opened(world.browser(nadia)), opened(world.browser(nadia))
    # When she types on one, then on the other, which knows nothing of it
    autosave(on_phone, title="Écrit au téléphone")
    autosave(at_library, title="Écrit à la bibliothèque")
    # Then the last words typed win, and the others are offered
    page = opened(at_library.browser)
    assert page.one("[name=title]").get("value") == "Écrit à la bibliothèque"
    page = page.press("Reprendre ce texte")
    assert page.one("[name=title]").get("value") == "Écrit au téléphone"


def test_taking_turns_without_staleness_sets_nothing_aside(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    autosave(opened(world.browser(nadia)), title="Un")
    page = opened(world.browser(nadia))
    autosave(page, title="Un, deux")
    autosave(page, title="Un, deux, trois")
    page = opened(world.browser(nadia))
    assert page.one("[name=title]").get("value") == "Un, deux, trois"
    assert not page.has("autre appareil")


def test_an_autosave_that_arrives_after_the_submission_is_dropped(world: World) -> None:
    set_up(world)
    browser = world.browser(world.member("Nadia"))
    page = opened(browser)
    from tests.proposals.scene import CARD

    page.press("Déposer la proposition", **CARD)
    assert autosave(page, title="Trop tard") == 204
    assert kept(world, "Nadia") is None
    assert autosave(opened(browser), title="Une autre idée") == 204
    assert (kept(world, "Nadia") or {})["title"] == "Une autre idée"


def test_a_draft_is_erased_at_will(world: World) -> None:
    set_up(world)
    browser = world.browser(world.member("Nadia"))
    autosave(opened(browser), title="À jeter")
    assert opened(browser).press("Effacer le brouillon").has("Votre brouillon est effacé")
    with world.reading() as db:
        assert [(one.content, one.others) for one in db.exec(select(Draft))] == [({}, [])]


def test_a_draft_has_a_size_and_a_subject(world: World) -> None:
    set_up(world)
    browser = world.browser(world.member("Nadia"))
    page = browser.post("/brouillons/proposition-nouvelle", {"title": "x" * 250_000})
    assert page.status == 403
    assert page.has("trop long")
    assert browser.post("/brouillons/Pas%20un%20sujet", {"title": "x"}).status == 404
    assert browser.post("/brouillons/x", {"title": "x", "retour": "//ailleurs.example/"}).address.startswith("/?fait")
    assert world.browser().post("/brouillons/x", {"title": "x"}).status == 401
