"""Her phone was stolen, and she has only a letter: an administrator disconnects her devices for her."""

import json

import pytest
from sqlmodel import select

from convention.journal.models import JournalLine
from convention.kit.mail import OutgoingMail
from convention.people import actions
from convention.people.models import GUARDED, RoleKind


def told(world):
    with world.reading() as db:
        return {(one.to, one.title): " ".join(one.lines) for one in db.exec(select(OutgoingMail))}


def closings(world):
    with world.reading() as db:
        lines = db.exec(select(JournalLine).where(JournalLine.kind == "people.DevicesClosed")).all()
        return [json.loads(one.facts) for one in lines]


def test_a_stolen_phone_is_disconnected_by_an_administrator(world):
    # Given Omar, who has only a letter, on his phone and on a tablet; Nadia, on hers
    omar, adama = world.member("Omar"), world.administrator("Adama")
    with world.writing() as db:
        code = actions.new_code(db, world.convention, omar, world.settings.secret)
    phone, tablet, other = world.browser(omar), world.browser(omar), world.browser(world.member("Nadia"))

    # When Adama, whom he has called, opens his page: how many devices, never which, and a word beside the letter
    page = world.browser(adama).open(f"/administration/personnes/{omar.id}")
    assert page.all("dl.kv dd")[-1].text_content() == "2"
    assert "Test" not in page.text and page.has("Ses appareils, eux, restent connectés")
    look = page.follow("Déconnecter ses appareils")
    assert look.has("2 appareils sont connectés à son nom") and closings(world) == []

    # Then looking has changed nothing, and the button closes both
    assert phone.open("/moi").title == "Omar"
    done = look.press("Oui, tout déconnecter")
    assert done.has("Tous ses appareils sont déconnectés") and done.has("Aucun appareil n’est connecté à son nom")
    assert phone.open("/moi").address.startswith("/entrer")
    assert tablet.open("/moi").address.startswith("/entrer")
    assert other.open("/moi").title == "Nadia"
    # Pressed again (the answer was lost), it is done once, and a device that came back since stays
    back = world.browser(omar)
    assert look.press("Oui, tout déconnecter").has("Tous ses appareils sont déconnectés")
    assert back.open("/moi").title == "Omar"

    # And his letter still opens; the journal says who did it to whom, and the guarantor reads it
    assert world.browser().open("/entrer").press("Entrer", code=code).has("Vous êtes entré·e")
    [fact] = closings(world)
    assert {"convention_id": fact["convention_id"], "person_id": str(omar.id), "by": str(adama.id)} == fact
    assert told(world) == {}
    watched = world.browser(world.guarantor("Solange")).open("/garants/faits")
    [line] = [one for one in watched.all("li, tr") if "Appareils déconnectés" in one.text_content()]
    assert "Adama" in line.text_content() and "Omar" in line.text_content()


def test_she_is_told_if_she_has_an_address(world):
    adama = world.administrator("Adama")
    nadia = world.person("Nadia", RoleKind.MEMBER, email="n@exemple.fr")
    world.person("Solange", RoleKind.GUARANTOR, email="s@exemple.fr")
    world.browser(nadia)
    world.browser(adama).post(f"/administration/personnes/{nadia.id}/appareils")
    [((to, title), words)] = told(world).items()
    assert (to, title) == ("n@exemple.fr", "Vos appareils sont déconnectés")
    assert "Adama, de l’administration" in words


@pytest.mark.parametrize("kind", sorted(GUARDED))
def test_for_one_of_the_team_those_who_watch_hear_it(world, kind):
    # Given Adama, Bertille who also administers, Solange who watches, and Lise, of the team
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="a@exemple.fr")
    world.person("Bertille", RoleKind.ADMINISTRATOR, email="b@exemple.fr")
    world.person("Solange", RoleKind.GUARANTOR, email="s@exemple.fr")
    lise = world.person("Lise", kind, email="l@exemple.fr")
    hers = world.browser(lise)

    # When Adama disconnects her, Then it is done, and told to her and to those who watch; not to Adama
    world.browser(adama).open(f"/administration/personnes/{lise.id}/appareils").press("Oui, tout déconnecter")
    assert hers.open("/moi").address.startswith("/entrer")
    mails = told(world)
    assert {to for to, _title in mails} == {"l@exemple.fr", "b@exemple.fr", "s@exemple.fr"}
    assert all("Adama" in words for words in mails.values())


def test_nobody_else_disconnects_her(world):
    omar = world.member("Omar")
    phone = world.browser(omar)
    for kind in RoleKind:
        if kind != RoleKind.ADMINISTRATOR:
            browser = world.browser(world.person(f"Cyr {kind}", kind))
            assert browser.post(f"/administration/personnes/{omar.id}/appareils").status == 403
            browser.open(f"/administration/personnes/{omar.id}/appareils", status=403)
    assert phone.open("/moi").title == "Omar"
    assert closings(world) == []


def test_her_own_are_closed_on_her_account_and_none_is_said_so(world):
    adama, omar = world.administrator("Adama"), world.member("Omar")
    browser = world.browser(adama)
    page = browser.open(f"/administration/personnes/{adama.id}")
    assert page.links()["Voir mes appareils"].endswith("/moi#appareils")
    assert browser.post(f"/administration/personnes/{adama.id}/appareils").has("dans « Mon compte »")
    assert browser.open(f"/administration/personnes/{omar.id}/appareils").has("Aucun appareil n’est connecté")
    assert browser.post(f"/administration/personnes/{omar.id}/appareils").status == 403
    assert browser.open("/moi").title == "Adama" and closings(world) == []
