"""A new kind of device is said by mail, to those who can do something about it."""

from sqlmodel import select

from convention.journal.models import JournalLine
from convention.kit.mail import OutgoingMail
from convention.people import actions
from convention.people.models import Reach, RoleKind

PHONE = {"user-agent": "Mozilla/5.0 (Android 16; Mobile) Firefox/150.0"}
COMPUTER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0"}


def enter(world, person, agent=PHONE, browser=None, **typed):
    with world.writing() as db:
        code = actions.new_code(db, world.convention, person, world.settings.secret)
    browser = browser or world.browser()
    browser.post("/entrer", {"code": code, **typed}, **agent)
    return browser


def told(world):
    with world.reading() as db:
        return [one for one in db.exec(select(OutgoingMail)) if "nouvel appareil" in one.title]


def test_the_team_is_told_once_for_each_kind_of_device(world):
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@exemple.fr")
    hers = enter(world, adama)
    enter(world, adama, browser=hers)
    assert len(told(world)) == 1
    enter(world, adama, COMPUTER)
    assert [one.to for one in told(world)] == ["adama@exemple.fr"] * 2
    assert any("Chrome, Linux" in line for one in told(world) for line in one.lines)


def test_the_team_is_told_of_a_stranger_s_browser_of_the_same_kind(world):
    # Given Adama, who comes in every day with her own telephone
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@exemple.fr")
    enter(world, adama, browser=enter(world, adama))
    assert len(told(world)) == 1

    # When somebody who has her letter has the same telephone, or she takes one that is lent, then a day later
    enter(world, adama)
    assert len(told(world)) == 2
    lent = enter(world, adama, shared="oui")
    enter(world, adama, browser=lent)
    assert len(told(world)) == 4

    # Or that somebody writes by hand that the browser is hers, or brings what another's own browser keeps
    written = world.browser()
    written.client.cookies.set("appareil", "sien")
    enter(world, adama, browser=written)
    assert len(told(world)) == 5
    omar = world.person("Omar", RoleKind.MEMBER)
    enter(world, adama, browser=enter(world, omar))
    assert len(told(world)) == 6


def test_members_are_told_if_they_chose_mail(world):
    nadia = world.person("Nadia", RoleKind.MEMBER, email="nadia@exemple.fr")
    enter(world, nadia)
    assert told(world) == []
    with world.writing() as db:
        db.merge(nadia).reach = Reach.EMAIL
    enter(world, nadia, COMPUTER)
    assert len(told(world)) == 1


def test_a_link_opened_from_the_mailbox_needs_no_mail(world):
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@exemple.fr")
    with world.writing() as db:
        token = actions.new_link(db, world.convention, adama)
    world.browser().post(f"/entrer/lien/{token}")
    assert told(world) == []


def test_coming_in_writes_nothing_in_the_journal(world):
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@exemple.fr")
    with world.writing() as db:
        code = actions.new_code(db, world.convention, adama, world.settings.secret)
    with world.reading() as db:
        before = len(db.exec(select(JournalLine)).all())
    world.browser().post("/entrer", {"code": code})
    with world.reading() as db:
        assert len(db.exec(select(JournalLine)).all()) == before
