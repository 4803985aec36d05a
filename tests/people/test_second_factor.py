"""The second factor: put in place once, asked each time, never usable twice (issue: staff security)."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from passlib import totp
from sqlmodel import select

from convention.conventions import actions as conventions
from convention.journal.models import JournalLine
from convention.kit import clock
from convention.kit.mail import OutgoingMail
from convention.people import actions, authenticator, queries
from convention.people.models import RecoveryCode, RoleKind, SecondFactor
from tests.waiting import together
from tests.world import World, a_convention

STAFF = (RoleKind.ADMINISTRATOR, RoleKind.FACILITATOR, RoleKind.GUARANTOR, RoleKind.CARE)


def knock(world, person, *, convention=None):
    """She types the code of her letter."""
    with world.writing() as db:
        code = actions.new_code(db, convention or world.convention, person, world.settings.secret)
    return world.browser().open("/entrer").press("Entrer", code=code)


def shown(world, person):
    """What the application on her phone shows."""
    with world.reading() as db:
        factor = queries.second_factor(db, world.convention.id, person.id)
        return authenticator.code(factor.secret, world.settings.secret, clock.now())


def enrolled(world, person):
    """She has put her phone in place: her browser, and her recovery codes."""
    page = knock(world, person).press("Commencer")
    page = page.press("Associer et entrer", code=shown(world, person))
    return page.browser, re.findall(r"[0-9A-Z]{4} [0-9A-Z]{2} [0-9A-Z]{4}", page.text)


@pytest.mark.parametrize("kind", STAFF)
def test_the_team_puts_a_phone_in_place_before_anything_else(world, kind):
    # Given somebody of the team, whose letter opens half of the door
    adama = world.person("Adama", kind, email="adama@exemple.fr")
    page = knock(world, adama)
    assert page.title == "Un second facteur"

    # Then nothing else opens: neither her account, nor any page of the team
    for address in ("/moi", "/administration/personnes", "/journal", "/animation/scrutins"):
        assert page.browser.open(address).address.startswith("/entrer/second?suite=")
    assert page.browser.post("/moi/mot-de-passe", {"password": "cheval agrafe batterie"}).status == 401

    # When she photographs the drawing and types what her phone shows
    page = page.press("Commencer")
    assert len(page.all(".qr svg")) == 1
    page = page.press("Associer et entrer", code=shown(world, adama))

    # Then she receives ten codes for a bad day, and is in
    assert page.title == "Vos codes de secours"
    assert len(page.all(".recovery li")) == 10
    assert page.response.headers["cache-control"] == "no-store"
    assert page.browser.open("/moi").title == "Adama"
    with world.reading() as db:
        told = {one.title for one in db.exec(select(OutgoingMail))}
        assert "Votre second facteur est en place" in told


def test_members_experts_and_officials_enter_with_one(world):
    for kind in (RoleKind.MEMBER, RoleKind.EXPERT, RoleKind.OFFICIAL):
        page = knock(world, world.person(kind.label, kind))
        assert not page.address.startswith("/entrer"), kind


def test_where_she_was_going_is_found_again(world):
    adama = world.administrator("Adama")
    enrolled(world, adama)
    with world.writing() as db:
        code = actions.new_code(db, world.convention, adama, world.settings.secret)
    page = world.browser().open("/administration/personnes?a=1").press("Entrer", code=code)
    with world.later(minutes=1):
        page = page.press("Entrer", code=shown(world, adama))
    assert page.address == "/administration/personnes?a=1"


def test_a_code_opens_once(world):
    # Given a code that has just been used to put the phone in place
    adama = world.administrator("Adama")
    enrolled(world, adama)
    page = knock(world, adama)

    # When the same code is typed again, by her or by somebody who looked over her shoulder
    page = page.press("Entrer", code=shown(world, adama))

    # Then it does not open; the next one does
    assert page.status == 422
    assert page.has("Ce code n’ouvre pas")
    with world.later(minutes=1):
        assert not page.press("Entrer", code=shown(world, adama)).address.startswith("/entrer")


def test_an_old_code_does_not_open(world):
    adama = world.administrator("Adama")
    enrolled(world, adama)
    with world.later(minutes=5):
        old = shown(world, adama)
    with world.later(minutes=10):
        assert knock(world, adama).press("Entrer", code=old).status == 422


def test_five_wrong_codes_slow_down(world):
    adama = world.administrator("Adama")
    enrolled(world, adama)
    page = knock(world, adama)
    for _number in range(5):
        assert page.press("Entrer", code="000000").status == 422
    # The right one waits too, even from another browser
    with world.later(seconds=20):
        again = knock(world, adama).press("Entrer", code=shown(world, adama))
        assert again.status == 429
        assert again.has("Plusieurs essais n’ont pas marché")
    with world.later(minutes=2):
        assert not page.press("Entrer", code=shown(world, adama)).address.startswith("/entrer")


def test_a_recovery_code_opens_once(world):
    adama = world.administrator("Adama")
    _browser, kept = enrolled(world, adama)
    assert len(kept) == 10
    page = knock(world, adama).press("Entrer", code=kept[3].lower())
    assert not page.address.startswith("/entrer")
    assert page.browser.open("/moi").has("Il vous reste 9 codes de secours")

    # When she writes it again, Then she is told that it has served, and to write another: waiting would not help
    page = knock(world, adama).press("Entrer", code=kept[3])
    assert page.status == 422
    assert page.has("Ce code de secours a déjà servi") and page.has("Écrivez-en un autre")
    assert not page.has("30 secondes, et écrivez-le")
    assert not page.press("Entrer", code=kept[4]).address.startswith("/entrer")


def test_when_all_the_recovery_codes_have_served_she_is_told_what_remains(world):
    # Given Adama, whose ten recovery codes have served
    adama = world.administrator("Adama")
    _browser, kept = enrolled(world, adama)
    for code in kept:
        assert not knock(world, adama).press("Entrer", code=code).address.startswith("/entrer")

    # When she writes the first again
    page = knock(world, adama).press("Entrer", code=kept[0])

    # Then nothing tells her to look for another on her sheet
    assert page.status == 422
    assert page.has("Vos codes de secours ont tous servi") and page.has("appelez la ligne d’aide")
    assert not page.has("Écrivez-en un autre")


def test_a_code_that_is_no_code_is_not_told_to_wait(world):
    adama = world.administrator("Adama")
    enrolled(world, adama)
    page = knock(world, adama)
    for typed in ("12345", "K7MP 4T 9XWA", "cheval agrafe"):
        page = page.press("Entrer", code=typed)
        assert page.status == 422
        assert page.has("Ce code n’est pas reconnu") and not page.has("30 secondes, et écrivez-le")


def test_her_own_page_says_too_that_a_recovery_code_has_served(world):
    # Given Adama, who came in with a recovery code some time ago
    adama = world.administrator("Adama")
    _browser, kept = enrolled(world, adama)
    page = knock(world, adama).press("Entrer", code=kept[0])
    with world.later(minutes=30):
        # When she proves with the same one that it is her
        page = page.browser.open("/moi").press("Faire dix nouveaux codes", proof=kept[0])
        assert page.status == 422
        assert page.has("Ce code de secours a déjà servi")


def test_she_is_told_when_a_recovery_code_opens(world):
    # Given Adama, whose sheet of paper somebody has found
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@exemple.fr")
    _browser, kept = enrolled(world, adama)
    with world.later(minutes=1):
        # When her phone's code opens, Then nothing more is said
        assert not knock(world, adama).press("Entrer", code=shown(world, adama)).address.startswith("/entrer")
    with world.reading() as db:
        assert "Un code de secours a servi" not in {one.title for one in db.exec(select(OutgoingMail))}

    # When one of the paper does, Then she is told, and how many are left
    assert not knock(world, adama).press("Entrer", code=kept[0]).address.startswith("/entrer")
    with world.reading() as db:
        [told] = [one for one in db.exec(select(OutgoingMail)) if one.title == "Un code de secours a servi"]
    assert "Il vous en reste 9" in " ".join(told.lines)


def test_ten_new_recovery_codes_replace_the_former(world):
    adama = world.administrator("Adama")
    browser, kept = enrolled(world, adama)
    page = browser.open("/moi").press("Faire dix nouveaux codes")
    assert len(page.all(".recovery li")) == 10
    assert knock(world, adama).press("Entrer", code=kept[0]).status == 422


def test_another_s_recovery_code_opens_nothing(world):
    _browser, kept = enrolled(world, world.administrator("Adama"))
    bertille = world.administrator("Bertille")
    enrolled(world, bertille)
    assert knock(world, bertille).press("Entrer", code=kept[0]).status == 422


def test_the_drawing_is_shown_to_the_device_that_began_alone(world):
    # Given Adama, who has begun on her computer
    adama = world.administrator("Adama")
    mine = knock(world, adama).press("Commencer")
    assert mine.has("Associez votre téléphone")

    # When somebody who has her letter knocks at the same time
    other = knock(world, adama)

    # Then he sees no drawing, and her code does not serve him
    assert other.title == "Un second facteur"
    other.browser.post("/entrer/second/code", {"code": shown(world, adama)})
    assert other.browser.open("/moi").address.startswith("/entrer/second")


def test_once_in_place_it_cannot_be_begun_again(world):
    adama = world.administrator("Adama")
    enrolled(world, adama)
    page = knock(world, adama)
    assert page.browser.post("/entrer/second", {"cle": ""}).status == 403
    with world.later(minutes=1):
        assert not page.press("Entrer", code=shown(world, adama)).address.startswith("/entrer")


def test_a_lost_phone_is_replaced_by_two_other_administrators(world):
    # Given Adama, who has lost phone and paper, and Bertille
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@exemple.fr")
    hers, _kept = enrolled(world, adama)
    bertille = world.browser(world.administrator("Bertille"))
    cyr = world.browser(world.administrator("Cyr"))

    # When Bertille asks to take the second factor away, nothing changes
    page = bertille.open(f"/administration/personnes/{adama.id}").press("Demander le retrait de son second facteur")
    assert page.has("C’est demandé") and page.has("retrait : à confirmer")
    assert hers.open("/moi").title == "Adama"
    # and when Cyr confirms
    page = cyr.open("/administration/personnes").press("Confirmer le retrait")
    assert page.has("Le second facteur est retiré")

    # Then Adama's devices are closed, she begins again, she was told, and the journal says so
    assert hers.open("/moi").address.startswith("/entrer")
    assert knock(world, adama).title == "Un second facteur"
    with world.reading() as db:
        assert "Votre second facteur est retiré" in {one.title for one in db.exec(select(OutgoingMail))}
        assert [one for one in db.exec(select(JournalLine)) if one.kind == "people.SecondFactorReset"]
        assert db.exec(select(SecondFactor)).all() == []
        assert db.exec(select(RecoveryCode)).all() == []


def test_nobody_takes_away_her_own(world):
    adama = world.administrator("Adama")
    browser, _kept = enrolled(world, adama)
    world.administrator("Bertille")
    page = browser.post(f"/administration/personnes/{adama.id}/demander", {"ouverture": "reset"})
    assert page.status == 403
    assert page.has("Vous ne pouvez pas retirer votre propre second facteur")


def test_it_is_asked_of_whoever_joins_the_team_while_signed_in(world):
    nadia = world.member("Nadia")
    browser = knock(world, nadia).browser
    assert browser.open("/moi").title == "Nadia"
    with world.writing() as db:
        actions.give_role(db, world.convention, nadia, RoleKind.FACILITATOR)
    assert browser.open("/moi").address.startswith("/entrer/second")


def test_what_is_kept_makes_no_code(world):
    adama = world.administrator("Adama")
    page = knock(world, adama).press("Commencer")
    key = page.one("code.hash").text_content().replace(" ", "")
    _browser, kept = enrolled(world, adama)
    with world.reading() as db:
        factor = db.exec(select(SecondFactor)).one()
        assert key not in factor.secret and "secret" not in repr(factor)
        hashes = {one.code_hash for one in db.exec(select(RecoveryCode))}
    assert len(hashes) == 10
    assert not hashes & {one.replace(" ", "") for one in kept}


def test_each_convention_has_its_own(world):
    # Given Adama, of the team of two conventions, her phone in place for one
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
    adama = world.administrator("Adama")
    enrolled(world, adama)
    with world.writing() as db:
        actions.give_role(db, other, adama, RoleKind.FACILITATOR)
    with world.reading() as db:
        assert queries.second_factor(db, world.convention.id, adama.id) is not None
        # Then the other knows nothing of it, nor of its recovery codes
        assert queries.second_factor(db, other.id, adama.id) is None
        assert queries.recovery_codes(db, other.id, adama.id) == []


def test_the_demonstration_asks_for_none(world):
    from convention.settings import load

    settings = load(demo=True, folder=world.settings.folder)
    assert settings.second_factor is False
    assert load(demo=True, folder=world.settings.folder, second_factor=True).second_factor is True
    assert load(secret="s" * 32).second_factor is True


@pytest.mark.parametrize("what", ["code", "recovery"])
def test_two_who_type_it_at_the_same_instant_do_not_both_enter(world, what):
    # Given two browsers that hold the same letter, and one code
    adama = world.administrator("Adama")
    _browser, kept = enrolled(world, adama)
    with world.later(minutes=2):
        browsers = [knock(world, adama).browser for _each in range(2)]
        code = shown(world, adama) if what == "code" else kept[0]
        barrier = threading.Barrier(len(browsers))

        def give(browser):
            together(barrier)
            return browser.post("/entrer/second/code", {"code": code}).status

        with ThreadPoolExecutor(len(browsers)) as pool:
            assert sorted(pool.map(give, browsers)) == [200, 422]


# -- the day when the server's key changes -----------------------------------------------------------------------------


def with_another_key(world):
    """The same site, started again by an operator who changed CONVENTION_SECRET."""
    return World(world.database, world.settings.model_copy(update={"secret": "n" * 32}), world.convention)


def test_once_the_key_has_changed_nobody_is_told_to_wait(world):
    # Given Adama, whose phone and paper were made before
    adama = world.administrator("Adama")
    _browser, kept = enrolled(world, adama)
    code = shown(world, adama)
    changed = with_another_key(world)

    # When he comes in with a new letter and types what his phone shows, or a code of his paper
    page = knock(changed, adama)
    for typed in (code, kept[0], "123456"):
        page = page.press("Entrer", code=typed)

        # Then he is told that neither will open, and what to do
        assert page.status == 422
        assert page.has("La clé du site a changé") and page.has("Appelez la ligne d’aide")
        assert not page.has("30 secondes, et écrivez-le")


def test_a_drawing_begun_before_the_key_changed_is_begun_again(world):
    # Given Adama, who has the drawing before him
    adama = world.administrator("Adama")
    page = knock(world, adama).press("Commencer")
    changed = with_another_key(world)
    browser = changed.browser()
    browser.client.cookies.update(page.browser.client.cookies)

    # When the key changes, Then his page opens, without the drawing, and he begins again
    page = browser.open("/entrer/second")
    assert not page.all(".qr svg")
    page = page.press("Commencer").press("Associer et entrer", code=shown(changed, adama))
    assert page.title == "Vos codes de secours"


def test_what_was_kept_before_keys_had_names_opens_and_is_named(world):
    # Given Adama's phone, put in place by an earlier version of the program
    adama = world.administrator("Adama")
    enrolled(world, adama)
    with world.writing() as db:
        factor = queries.second_factor(db, world.convention.id, adama.id)
        factor.secret = totp.TOTP.using(secrets={"1": world.settings.secret}).new().to_json()
        db.add(factor)

    # When he comes in, Then it opens, and from then on a change of key is known
    with world.later(minutes=5):
        assert knock(world, adama).press("Entrer", code=shown(world, adama)).status == 200
    with world.reading() as db:
        assert authenticator.is_dead(queries.second_factor(db, world.convention.id, adama.id).secret, "n" * 32)
