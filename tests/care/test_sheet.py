"""The vault of member care: filled by its owner, read by two roles for a purpose, erased on a date."""

import datetime as dt
import re
from uuid import UUID

import pytest
from sqlmodel import SQLModel, select

from convention import app, worker
from convention.care import jobs, vault
from convention.care.models import LABELS, OPENED_FOR, CareSheet
from convention.conventions import actions as conventions
from convention.kit import clock
from convention.people import actions as people
from convention.people.models import DataAccess, Purpose, RetentionRun, RoleKind
from tests.world import a_convention

WORDS = {
    "access": "fauteuil-zirconium",
    "diet": "repas-zirconium",
    "childcare": "enfants-zirconium",
    "transport": "navette-zirconium",
    "contact": "0600-zirconium",
}
READERS = (RoleKind.CARE, RoleKind.ADMINISTRATOR)


def filled(world, name="Nadia"):
    person = world.member(name)
    page = world.browser(person).open("/moi/accueil").press("Enregistrer ma fiche", **WORDS)
    assert page.has("Votre fiche d’accueil est enregistrée")
    return person


def host(world, name="Inès"):
    return world.person(name, RoleKind.CARE)


def accesses(world):
    with world.reading() as db:
        return db.exec(select(DataAccess).order_by(DataAccess.at)).all()


def test_she_fills_changes_and_erases_her_sheet(world):
    # Given Nadia, who has filled her sheet, reached from her account
    nadia = filled(world)
    browser = world.browser(nadia)
    page = browser.open("/moi").follow("Ma fiche d’accueil")
    assert page.one("#f-diet").text_content().strip() == "repas-zirconium"
    assert page.has("Effacée le")

    # When she changes a line, then erases all of it
    page = page.press("Enregistrer ma fiche", diet="sans gluten")
    assert page.one("#f-diet").text_content().strip() == "sans gluten"
    page = page.press("Effacer ma fiche maintenant")
    assert page.has("Votre fiche d’accueil est effacée")

    # Then nothing is left
    assert page.one("#f-diet").text_content().strip() == ""
    with world.reading() as db:
        assert db.exec(select(CareSheet)).all() == []


def test_an_empty_sheet_is_no_sheet(world):
    nadia = filled(world)
    world.browser(nadia).open("/moi/accueil").press("Enregistrer ma fiche", **dict.fromkeys(WORDS, ""))
    with world.reading() as db:
        assert db.exec(select(CareSheet)).all() == []


def test_a_line_too_long_is_said_and_kept(world):
    page = world.browser(world.member("Nadia")).open("/moi/accueil")
    page = page.press("Enregistrer ma fiche", diet="a" * 1001, access="un ascenseur")
    assert page.status == 422
    assert page.has("Raccourcissez de 1 caractère")
    assert page.one("#f-access").text_content().strip() == "un ascenseur"


@pytest.mark.parametrize("kind", READERS)
def test_two_roles_read_it_for_a_purpose(world, kind):
    # Given Nadia's sheet, and somebody whose role it is
    nadia = filled(world)
    browser = world.browser(world.person("Inès", kind))

    # When she opens it without a reason, it stays closed
    page = browser.open("/accueil/personnes").follow("Nadia")
    assert "zirconium" not in page.response.text
    page = page.press("Ouvrir la fiche")
    assert page.status == 422
    assert page.has("Dites pourquoi vous ouvrez cette fiche")
    assert accesses(world) == []

    # When she says why
    page = page.press("Ouvrir la fiche", purpose="meals")

    # Then she sees what it takes, and no more
    assert page.has("repas-zirconium")
    assert page.response.text.count("zirconium") == 1
    assert page.response.headers["cache-control"] == "no-store"

    # And Nadia sees who read it, and why; guarantors too, without what it said
    for seen in (world.browser(nadia).open("/moi/accueil"), world.browser(nadia).open("/moi/donnees")):
        assert seen.has("Inès") and seen.has("Commander les repas")
    page = world.browser(world.guarantor()).open("/garants/donnees")
    assert page.has("Inès") and page.has("Nadia") and page.has("commander les repas : 1")
    assert "zirconium" not in page.response.text


@pytest.mark.parametrize("purpose", list(Purpose))
def test_each_purpose_opens_what_it_needs(world, purpose):
    nadia = filled(world)
    page = world.browser(host(world)).open(f"/accueil/personnes/{nadia.id}")
    page = page.press("Ouvrir la fiche", purpose=purpose.value)
    for name, words in WORDS.items():
        assert page.has(words) is (name in OPENED_FOR[purpose]), name


def test_all_meals_are_ordered_at_once_and_each_reading_is_noted(world):
    nadia, omar = filled(world, "Nadia"), filled(world, "Omar")
    ines = host(world)
    page = world.browser(ines).open("/accueil/personnes").press("Ouvrir les fiches", purpose="meals")
    assert page.response.text.count("repas-zirconium") == 2
    assert {(one.person_id, one.by_id, one.purpose) for one in accesses(world)} == {
        (nadia.id, ines.id, Purpose.MEALS),
        (omar.id, ines.id, Purpose.MEALS),
    }


def test_reading_one_s_own_leaves_no_note(world):
    ines = host(world)
    world.browser(ines).open("/moi/accueil").press("Enregistrer ma fiche", **WORDS)
    world.browser(ines).open("/moi/accueil")
    world.browser(ines).open("/accueil/personnes").press("Ouvrir les fiches", purpose="arrival")
    assert accesses(world) == []


def test_the_same_form_sent_twice_is_two_readings(world):
    nadia = filled(world)
    browser = world.browser(host(world))
    for _twice in range(2):
        assert browser.post(f"/accueil/personnes/{nadia.id}", {"purpose": "diet"}).status == 422
        assert browser.post(f"/accueil/personnes/{nadia.id}", {"purpose": "meals"}).has("repas-zirconium")
    assert len(accesses(world)) == 2


def test_nobody_else_enters(world):
    nadia = filled(world)
    others = (world.member("Omar"), world.facilitator(), world.guarantor(), world.official(), nadia)
    for person in others:
        browser = world.browser(person)
        for address in ("/accueil/personnes", f"/accueil/personnes/{nadia.id}"):
            browser.open(address, status=403)
            assert browser.post(address, {"purpose": "arrival"}).status == 403
    assert accesses(world) == []


def test_another_convention_s_sheet_is_not_found(world):
    # Given Nadia, who has filled a sheet in another convention only
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
    nadia = world.member("Nadia")
    with world.writing() as db:
        people.give_role(db, other, nadia, RoleKind.MEMBER)
        sealed = vault.seal(world.settings.secret, WORDS)
        until = clock.now().date() + dt.timedelta(days=9)
        db.add(
            CareSheet(
                person_id=nadia.id, convention_id=other.id, sealed=sealed, kept_until=until, changed_at=clock.now()
            )
        )
    browser = world.browser(host(world))
    browser.open(f"/accueil/personnes/{nadia.id}", status=404)
    assert browser.post(f"/accueil/personnes/{nadia.id}", {"purpose": "arrival"}).status == 404
    assert browser.open("/accueil/personnes").has("Aucune fiche n’est gardée en ce moment")
    assert "zirconium" not in world.browser(nadia).open("/moi/accueil").response.text
    browser.open(f"/accueil/personnes/{UUID(int=7)}", status=404)


# -- the date ------------------------------------------------------------------------------------------------------


def until(world, nadia):
    with world.reading() as db:
        return db.get(CareSheet, (nadia.id, world.convention.id)).kept_until


def today():
    return clock.local(clock.now()).date()


def test_it_is_erased_on_its_day_and_counted(world):
    # Given Nadia's sheet, and the day that Adama has chosen
    nadia = filled(world)
    assert until(world, nadia) == today() + dt.timedelta(days=365)
    day = today() + dt.timedelta(days=30)
    page = world.browser(world.administrator()).open("/accueil/personnes")
    page = page.press("Enregistrer ce jour", erase_on=day.isoformat())
    assert page.has("Le jour d’effacement est enregistré")
    assert until(world, nadia) == day

    # When the day comes
    with world.later(days=29):
        worker.once(world.database, world.settings)
        assert until(world, nadia) == day
    with world.later(days=31):
        worker.once(world.database, world.settings)
        assert jobs.erase_due(world.database) == 0

    # Then it is gone, the desk does not say that nobody had filled one in; it is counted, with no name
    page = world.browser(world.people["Adama"]).open("/accueil/personnes")
    assert page.has("Aucune fiche n’est gardée en ce moment")
    with world.reading() as db:
        assert db.exec(select(CareSheet)).all() == []
        run = db.exec(select(RetentionRun).where(RetentionRun.job == jobs.JOB)).one()
    assert (run.erased, run.convention_id) == (1, world.convention.id)
    page = world.browser(world.guarantor()).open("/garants/donnees")
    assert page.has("cette convention") and not page.has("Nadia")


def test_a_promised_day_never_moves_back(world):
    nadia = filled(world)
    desk = world.browser(world.administrator())
    soon, later = today() + dt.timedelta(days=10), today() + dt.timedelta(days=20)
    for day in (soon, later):
        desk.open("/accueil/personnes").press("Enregistrer ce jour", erase_on=day.isoformat())
    assert until(world, nadia) == soon
    # Not even when she changes her sheet; one who fills hers now is told the new day
    world.browser(nadia).open("/moi/accueil").press("Enregistrer ma fiche", diet="sans gluten")
    assert until(world, nadia) == soon
    assert until(world, filled(world, "Omar")) == later


@pytest.mark.parametrize(("days", "sentence"), [(0, "Choisissez un jour à venir"), (400, "dans moins d’un an")])
def test_a_day_that_cannot_be_is_refused(world, days, sentence):
    page = world.browser(world.administrator()).open("/accueil/personnes")
    page = page.press("Enregistrer ce jour", erase_on=(today() + dt.timedelta(days=days)).isoformat())
    assert page.status == 422 and page.has(sentence)


def test_only_administrators_choose_the_day(world):
    browser = world.browser(host(world))
    assert not browser.open("/accueil/personnes").has("Jour où toutes les fiches")
    assert browser.post("/accueil/date", {"erase_on": "2099-01-01"}).status == 403


# -- nowhere else --------------------------------------------------------------------------------------------------


def test_the_table_is_sealed(world):
    filled(world)
    with world.database.engine.connect() as connection:
        everything = "\n".join(
            repr(row) for table in SQLModel.metadata.sorted_tables for row in connection.execute(table.select())
        )
    assert "zirconium" not in everything


def test_a_short_and_a_long_sheet_weigh_the_same():
    short, long = (vault.seal("s" * 32, {"diet": words}) for words in ("non", "é" * 300))
    assert len(short) == len(long)
    assert vault.seal("s" * 32, {"diet": "non"}) != short
    assert vault.unseal("s" * 32, long) == {"diet": "é" * 300}
    assert vault.unseal("t" * 32, long) is None


def test_another_key_is_said_and_breaks_nothing(world):
    nadia = filled(world)
    object.__setattr__(world.app.state.settings, "secret", "t" * 32)
    assert world.browser(nadia).open("/moi/accueil").has("Votre fiche ne peut plus être lue")
    page = world.browser(nadia).open("/moi/donnees")
    assert page.has("Ne peut plus être lue : la clé du site a changé")
    assert "Ne peut plus être lue" in page.browser.open("/moi/donnees.json").response.text
    page = world.browser(host(world)).open("/accueil/personnes").press("Ouvrir les fiches", purpose="arrival")
    assert page.has("Cette fiche ne peut plus être lue")


def test_no_page_json_calendar_or_journal_says_a_word_of_it(world):
    """Every door, as every role: what is confided is read behind the two doors made for it, and by its owner."""
    nadia = filled(world)
    filled(world, "Omar")
    everything = world.person("Toutes", *RoleKind)
    mine = {"/moi/accueil", "/moi/donnees", "/moi/donnees.json"}
    samples = {"int": "1", "uuid": str(nadia.id), "str": "zirconium", "path": "zirconium", "float": "1"}
    for browser, own in ((world.browser(), set()), (world.browser(everything), set()), (world.browser(nadia), mine)):
        for door in app.doors():
            if door.method != "GET":
                continue
            address = re.sub(r"\{\w+(?::(\w+))?\}", lambda found: samples[found.group(1) or "str"], door.path)
            response = browser.client.get(address, params={"q": "repas"}, follow_redirects=True)
            said = response.content.decode("utf-8", "replace").replace("zirconium/", "")
            found = [words for words in WORDS.values() if words in said]
            assert (door.path in own) or not found, door.path
            assert (door.path not in own) or found or door.path == "/moi/effacer", door.path
    assert accesses(world) == []


def test_the_desk_asks_a_constant_number_of_queries(world):
    browser = world.browser(host(world))
    filled(world)
    few = world.queries(lambda: browser.open("/accueil/personnes"))
    for number in range(12):
        filled(world, f"Membre {number}")
    assert world.queries(lambda: browser.open("/accueil/personnes")) == few


def test_every_label_has_a_purpose():
    assert {name for names in OPENED_FOR.values() for name in names} == set(LABELS)
    assert set(OPENED_FOR) == set(Purpose)
