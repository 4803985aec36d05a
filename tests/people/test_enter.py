"""Coming in: with the letter's code (C1), with a link, with a password."""

import email
import email.policy
import re

import lxml.html
import pytest
from sqlmodel import select

from convention import worker
from convention.kit import clock
from convention.people import actions, codes, queries
from convention.people.models import Attempts, LetterCode, RoleKind, SignIn
from convention.people.visits import COOKIE


def a_code(world, person):
    with world.writing() as db:
        return actions.new_code(db, world.convention, person, world.settings.secret)


def a_password(world, person, password):
    with world.writing() as db:
        actions.choose_password(db, db.merge(person), password)


@pytest.mark.parametrize("typed", ["{shown}", "{lower}", " {lower} ", "{dashed}", "{look_alike}"])
def test_a_letter_code_opens_however_it_is_typed(world, typed):
    # Given Nadia, who has received her letter
    nadia = world.member("Nadia")
    code = a_code(world, nadia)
    forms = {
        "shown": codes.shown(code),
        "lower": codes.shown(code).lower(),
        "dashed": "-".join(code),
        # O for zero, l for one, S for five do not exist on the letter; a hurried eye writes them all the same
        "look_alike": code.replace("0", "O").replace("1", "l").replace("8", "B"),
    }

    # When she types it
    page = world.browser().open("/entrer").press("Entrer", code=typed.format(**forms))

    # Then she is in, is asked how to be reached, and reads what awaits her if anything does
    assert page.address.startswith("/moi")
    assert page.title == "Nadia"
    assert not page.has("Ce qui vous attend")


def test_a_wrong_code_is_explained_and_kept(world):
    page = world.browser().open("/entrer").press("Entrer", code="K7MP 4T 9XWA")
    assert page.status == 422
    assert page.has("Ce code n’est pas reconnu")
    assert page.one("#f-code").get("value") == "K7MP 4T 9XWA"
    assert page.has("04 00 00 00 00")


def test_an_empty_code_says_what_to_write(world):
    page = world.browser().open("/entrer").press("Entrer", code="")
    assert page.status == 422
    assert page.has("Écrivez les dix caractères du code imprimé sur votre lettre.")


def test_five_wrong_codes_slow_down(world):
    # Given somebody who mistypes five times
    code = a_code(world, world.member("Nadia"))
    browser = world.browser()
    for _ in range(5):
        assert browser.open("/entrer").press("Entrer", code="AAAA AA AAAA").status == 422

    # Then even the right code waits
    page = browser.open("/entrer").press("Entrer", code=code)
    assert page.status == 429
    assert page.has("Attendez 30 secondes")
    assert page.one("#f-code").get("value") == code

    # And opens thirty-one seconds later, which forgets the past
    with world.later(seconds=31):
        assert browser.open("/entrer").press("Entrer", code=code).address.startswith("/moi")
    with world.reading() as db:
        assert all(one.failures == 5 for one in db.exec(select(Attempts)))
        assert len(db.exec(select(Attempts)).all()) == 1, "her own browser is forgotten, her network is not"


def test_waiting_doubles_up_to_a_quarter_of_an_hour():
    from convention.people.rules import wait_after

    waits = [wait_after("place", n) for n in (4, 5, 6, 7, 30)]
    assert waits[0] is None
    assert [wait.total_seconds() for wait in waits[1:]] == [30, 60, 120, 900]


def test_attempts_keep_no_address(world):
    world.browser().open("/entrer").press("Entrer", code="AAAA AA AAAA")
    with world.reading() as db:
        for attempts in db.exec(select(Attempts)):
            assert re.fullmatch("[0-9a-f]{64}", attempts.key)


def test_a_new_letter_replaces_the_former(world):
    nadia = world.member("Nadia")
    former, new = a_code(world, nadia), a_code(world, nadia)
    assert world.browser().open("/entrer").press("Entrer", code=former).status == 422
    assert world.browser().open("/entrer").press("Entrer", code=new).status == 200


def test_a_code_of_a_year_ago_no_longer_opens(world):
    code = a_code(world, world.member("Nadia"))
    with world.later(days=366):
        assert world.browser().open("/entrer").press("Entrer", code=code).status == 422


def test_the_database_holds_no_code(world):
    code = a_code(world, world.member("Nadia"))
    with world.reading() as db:
        assert code not in db.exec(select(LetterCode)).one().code_hash


def test_the_reserved_page_is_found_again_after_the_door(world):
    code = a_code(world, world.member("Nadia"))
    page = world.browser().open("/moi?a=1")
    assert page.address.startswith("/entrer?suite=")
    page = page.press("Entrer", code=code)
    assert page.address == "/moi?a=1"


@pytest.mark.parametrize(
    "elsewhere", ["https://ailleurs.test/", "//ailleurs.test", "/\\ailleurs.test", "javascript:alert(1)"]
)
def test_the_door_leads_nowhere_else(world, elsewhere):
    code = a_code(world, world.person("Hélène", RoleKind.OFFICIAL))
    page = world.browser().open("/entrer").press("Entrer", code=code, suite=elsewhere)
    assert page.address == "/"


def test_the_cookie_is_for_this_site_alone(world):
    code = a_code(world, world.member("Nadia"))
    response = world.browser().client.post("/entrer", data={"code": code}, follow_redirects=False)
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert response.cookies[COOKIE] not in (code, "")
    with world.reading() as db:
        assert db.exec(select(SignIn)).one().token_hash != response.cookies[COOKIE]


def test_a_borrowed_device_forgets(world):
    code = a_code(world, world.member("Nadia"))
    response = world.browser().client.post("/entrer", data={"code": code, "shared": "oui"}, follow_redirects=False)
    assert "max-age" not in response.headers["set-cookie"].lower()


# -- by mail -------------------------------------------------------------------------------------------------------


def last_mail(world):
    worker.once(world.database, world.settings)
    letters = sorted(world.settings.mail_folder.glob("*.eml"))
    return email.message_from_bytes(letters[-1].read_bytes(), policy=email.policy.default) if letters else None


def link_in(mail):
    return re.search(r"/entrer/lien/\S+", mail.get_body(("plain",)).get_content()).group()


def test_a_link_opens_once(world):
    # Given Hélène, who asks for a link
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    page = world.browser().open("/entrer").press("Recevoir le lien", email="Helene@Exemple.fr")
    assert page.title == "Regardez vos messages"

    # When the mail has come
    mail = last_mail(world)
    assert mail["To"] == "helene@exemple.fr"
    link = link_in(mail)

    # Then looking at the link spends nothing, pressing opens, pressing again does not
    browser = world.browser()
    browser.open(link)
    assert browser.open(link).press("Entrer dans la convention").has("Hélène")
    page = world.browser().open(link).press("Entrer dans la convention")
    assert page.status == 422
    assert page.has("Ce lien a déjà servi")


def test_a_link_expires(world):
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    world.browser().open("/entrer").press("Recevoir le lien", email="helene@exemple.fr")
    link = link_in(last_mail(world))
    with world.later(minutes=31):
        assert world.browser().open(link).press("Entrer dans la convention").status == 422


def test_an_unknown_address_is_answered_the_same(world):
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    known = world.browser().open("/entrer").press("Recevoir le lien", email="helene@exemple.fr")
    unknown = world.browser().open("/entrer").press("Recevoir le lien", email="personne@exemple.fr")
    assert known.text == unknown.text
    assert known.address == unknown.address
    last_mail(world)
    assert len(list(world.settings.mail_folder.glob("*.eml"))) == 1


def test_a_mailbox_is_not_flooded(world):
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    statuses = [
        world.browser().open("/entrer").press("Recevoir le lien", email="helene@exemple.fr").status for _ in range(10)
    ]
    assert statuses[:8] == [200] * 8
    assert statuses[8:] == [429, 429]


# -- with a password -----------------------------------------------------------------------------------------------


def test_a_password_is_optional_and_works(world):
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    a_password(world, world.people["Hélène"], "cheval agrafe batterie")
    page = world.browser().open("/entrer")
    page = page.press("Entrer avec mon mot de passe", email="helene@exemple.fr", password="cheval agrafe batterie")
    assert page.has("Hélène")


def test_unknown_person_and_wrong_password_say_the_same(world):
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    a_password(world, world.people["Hélène"], "cheval agrafe batterie")
    told = set()
    for address in ("helene@exemple.fr", "personne@exemple.fr"):
        page = world.browser().open("/entrer")
        page = page.press("Entrer avec mon mot de passe", email=address, password="une erreur de frappe")
        assert page.status == 422
        assert not [one for one in page.all("input[type=password]") if one.get("value")]
        told.add(page.text)
    assert len(told) == 1


def derivations(world, address, monkeypatch):
    """How many passwords are computed when this address comes with a wrong one; a made-up one goes the same way."""
    computed, verify = [], actions.passwords.verify
    monkeypatch.setattr(actions.passwords, "verify", lambda *given: computed.append(1) or verify(*given))
    world.browser().open("/entrer").press("Entrer avec mon mot de passe", email=address, password="une erreur")
    monkeypatch.undo()
    return len(computed)


def test_an_unknown_address_costs_as_much_as_a_wrong_password(world, monkeypatch):
    """Time would tell who has an account: each costs one derivation of a password, which is nearly all the time."""
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    world.person("Benoît", RoleKind.OFFICIAL, email="benoit@exemple.fr")
    a_password(world, world.people["Hélène"], "cheval agrafe batterie")
    for address in ("helene@exemple.fr", "benoit@exemple.fr", "personne@exemple.fr"):
        assert derivations(world, address, monkeypatch) == 1, address


def test_passwords_are_kept_as_argon2id(world):
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    a_password(world, world.people["Hélène"], "cheval agrafe batterie")
    with world.reading() as db:
        kept = queries.of_email(db, "helene@exemple.fr").password_hash
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_person_without_a_role_here_stays_outside(world):
    nadia, adama = world.member("Nadia"), world.administrator("Adama")
    code = a_code(world, nadia)
    with world.writing() as db:
        actions.set_roles(db, world.convention, db.merge(nadia), (), by=adama)
    assert world.browser().open("/entrer").press("Entrer", code=code).status == 422


def test_taking_roles_back_closes_the_devices(world):
    nadia, adama = world.member("Nadia"), world.administrator("Adama")
    hers = world.browser(nadia)
    assert hers.open("/moi").title == "Nadia"
    page = world.browser(adama).open("/administration/personnes").follow("Nadia")
    page.press("Enregistrer les rôles", roles=[])
    assert hers.open("/moi").address.startswith("/entrer")


def test_a_role_that_is_none_takes_no_role_away(world):
    nadia, adama = world.member("Nadia"), world.administrator("Adama")
    hers = world.browser(nadia)
    sent = world.browser(adama).client.post(
        f"/administration/personnes/{nadia.id}/roles", data={"roles": ["member", "mayor"]}
    )
    assert sent.status_code == 422
    assert "Choisissez une des réponses proposées." in sent.text
    assert lxml.html.fromstring(sent.text).cssselect("[name=roles][value=member][checked]"), (
        "as it is, it changes nothing"
    )
    assert hers.open("/moi").title == "Nadia"
    with world.reading() as db:
        assert queries.roles(db, world.convention.id, nadia.id) == {RoleKind.MEMBER}


def test_now_is_not_in_the_record(world):
    # Signing in leaves no line: a time of presence, beside a vote, would say too much.
    nadia = world.member("Nadia")
    code = a_code(world, nadia)
    from convention.journal import queries as journal

    with world.reading() as db:
        before = journal.head(db, world.convention.id).number
    world.browser().open("/entrer").press("Entrer", code=code)
    with world.reading() as db:
        assert journal.head(db, world.convention.id).number == before
    assert clock.now()
