"""What opens a door of the team: two administrators, and the proof that it is really her (A6)."""

import json
import re

import pytest
from sqlmodel import select

from convention.journal.models import JournalLine
from convention.kit import clock
from convention.kit.errors import Refused
from convention.kit.mail import OutgoingMail
from convention.people import actions, authenticator, queries
from convention.people.models import GUARDED, LetterCode, OpeningRequest, RoleKind, SecondFactor

CODE = re.compile(r"[0-9A-Z]{4} [0-9A-Z]{2} [0-9A-Z]{4}")


def told(world):
    with world.reading() as db:
        return {(one.title, one.to) for one in db.exec(select(OutgoingMail))}


def facts(world, kind):
    with world.reading() as db:
        return [json.loads(one.facts) for one in db.exec(select(JournalLine)) if one.kind == f"people.{kind}"]


def team(world):
    return world.administrator("Adama"), world.person("Bertille", RoleKind.ADMINISTRATOR, email="b@exemple.fr")


def asked(world, by, person):
    return world.browser(by).open(f"/administration/personnes/{person.id}").press("Demander une nouvelle lettre")


def waiting(world):
    with world.reading() as db:
        return f"/administration/ouvertures/{db.exec(select(OpeningRequest)).one().id}/confirmer"


@pytest.mark.parametrize("kind", sorted(GUARDED))
def test_a_letter_to_the_team_is_printed_by_two(world, kind):
    # Given Adama and Bertille, and Solange, of the team
    adama, bertille = team(world)
    solange = world.person("Solange", kind, email="solange@exemple.fr")

    # When Adama asks for a letter, she sees no code, and Bertille is told
    page = asked(world, adama, solange)
    assert page.has("C’est demandé") and not CODE.search(page.text)
    assert ("Une demande attend votre confirmation", "b@exemple.fr") in told(world)
    with world.reading() as db:
        assert db.exec(select(LetterCode)).all() == []

    # When Bertille confirms, the letter is in her hands, Solange is told, and the journal names both
    page = world.browser(bertille).open("/administration/personnes").press("Confirmer et imprimer la lettre")
    code = CODE.search(page.text)
    assert code and page.response.headers["cache-control"] == "no-store"
    assert ("Une lettre a été imprimée à votre nom", "solange@exemple.fr") in told(world)
    last = facts(world, "CodeMade")[-1]
    assert (last["by"], last["second"]) == (str(adama.id), str(bertille.id))
    assert world.browser().open("/entrer").press("Entrer", code=code.group()).title == "Un second facteur"


def test_one_alone_opens_no_door_of_the_team(world):
    adama, _bertille = team(world)
    both = world.person("Solange", RoleKind.GUARANTOR, RoleKind.MEMBER)
    browser = world.browser(adama)
    page = browser.post(f"/administration/personnes/{both.id}/lettre")
    assert page.status == 403 and page.has("s’imprime à deux")
    # Nor with the letters of all the members at once
    page = browser.open("/administration/personnes").press("Imprimer les lettres des membres sans code")
    assert page.status == 200 and not CODE.search(page.text)


@pytest.mark.parametrize("kind", sorted(GUARDED))
def test_wherever_a_second_factor_is_required_two_take_it_away(world, kind):
    # Given Aurélie, of the welcome desk or of the team, her phone in place
    adama, bertille = team(world)
    aurelie = world.person("Aurélie", kind)
    with world.writing() as db:
        secret = authenticator.new(world.settings.secret)
        db.add(
            SecondFactor(
                person_id=aurelie.id,
                convention_id=world.convention.id,
                secret=secret,
                device_id=aurelie.id,
                made_at=clock.now(),
                confirmed_at=clock.now(),
            )
        )

    # When Adama asks, even after having ended the role, it stays in place
    browser = world.browser(adama)
    page = browser.open(f"/administration/personnes/{aurelie.id}").press("Enregistrer les rôles", roles=["member"])
    page = page.press("Demander le retrait de son second facteur")
    assert page.has("C’est demandé")
    assert browser.post(waiting(world)).status == 403
    with world.writing() as db:
        assert queries.second_factor(db, world.convention.id, aurelie.id) is not None
        # Nor does the program let one alone do it, by whatever door
        with pytest.raises(Refused, match="se retire à deux"):
            actions.reset_second_factor(db, world.convention, aurelie, by=adama)

    # Then Bertille confirms, and the journal names both
    world.browser(bertille).open("/administration/personnes").press("Confirmer le retrait")
    with world.reading() as db:
        assert queries.second_factor(db, world.convention.id, aurelie.id) is None
    last = facts(world, "SecondFactorReset")[-1]
    assert (last["by"], last["second"]) == (str(adama.id), str(bertille.id))


def test_ending_the_role_first_changes_nothing(world):
    adama, _bertille = team(world)
    solange = world.guarantor()
    browser = world.browser(adama)
    browser.open(f"/administration/personnes/{solange.id}").press("Enregistrer les rôles", roles=["member"])
    assert browser.post(f"/administration/personnes/{solange.id}/lettre").status == 403


def test_whoever_asked_does_not_confirm_and_may_think_better_of_it(world):
    adama, _bertille = team(world)
    asked(world, adama, world.guarantor())
    browser = world.browser(adama)
    page = browser.post(waiting(world))
    assert page.status == 403 and page.has("C’est vous qui l’avez demandé")
    page = browser.open("/administration/personnes").press("Retirer cette demande")
    assert page.has("La demande est écartée")
    assert len(facts(world, "OpeningRefused")) == 1


def test_nobody_confirms_what_concerns_her(world):
    adama, bertille = team(world)
    world.administrator("Cyr")
    asked(world, adama, bertille)
    page = world.browser(bertille).post(waiting(world))
    assert page.status == 403 and page.has("Il s’agit de vous")


def test_a_request_falls_after_seven_days_or_with_whoever_asked(world):
    adama, bertille = team(world)
    asked(world, adama, world.guarantor())
    with world.later(days=7, minutes=1):
        assert world.browser(bertille).post(waiting(world)).has("plus de sept jours")
    world.browser(bertille).open(f"/administration/personnes/{adama.id}").press("Enregistrer les rôles", roles=[])
    assert world.browser(bertille).post(waiting(world)).has("n’est plus de l’administration")
    with world.reading() as db:
        assert db.exec(select(LetterCode)).all() == []


def test_alone_at_the_administration_the_operator_does_it(world):
    page = asked(world, world.administrator("Adama"), world.guarantor())
    assert page.status == 403 and page.has("convention person letter")


def test_the_evening_before_she_prints_the_letter_of_the_facilitator_she_named(world):
    adama, claire = world.administrator("Adama"), world.facilitator()
    page = world.browser(adama).open(f"/administration/personnes/{claire.id}").press("Imprimer une nouvelle lettre")
    assert CODE.search(page.text)


def test_a_letter_printed_before_the_role_opens_nothing_after(world):
    # Given Adama, who has printed the letter of Solange, a member, and entered with it
    adama, bertille = team(world)
    solange = world.member("Solange")
    page = world.browser(adama).open(f"/administration/personnes/{solange.id}").press("Imprimer une nouvelle lettre")
    code = CODE.search(page.text).group()
    thief = world.browser().open("/entrer").press("Entrer", code=code).browser
    assert thief.open("/moi").title == "Solange"

    # When Solange becomes a guarantor
    page = world.browser(adama).open(f"/administration/personnes/{solange.id}")
    page.press("Enregistrer les rôles", roles=["guarantor"])
    world.browser(bertille).open("/administration/personnes").press("Confirmer ce rôle")

    # Then neither the letter nor the open session leads to her second factor
    assert thief.open("/moi").address == "/entrer?suite=%2Fmoi"
    assert thief.open("/entrer").press("Entrer", code=code).status == 422


# -- that it is really her -----------------------------------------------------------------------------------------


def test_an_open_session_changes_neither_address_nor_password(world):
    # Given Nadia's session, left open on a table
    nadia = world.person("Nadia", RoleKind.MEMBER, email="nadia@exemple.fr")
    with world.writing() as db:
        code = actions.new_code(db, world.convention, nadia, world.settings.secret)
        actions.choose_password(db, db.merge(nadia), "cheval agrafe batterie")
    browser = world.browser(nadia)
    with world.later(minutes=11):
        # When somebody else tries, nothing changes and nothing typed is lost
        page = browser.open("/moi").press("Enregistrer", reach="email", email="voleur@exemple.fr")
        assert page.status == 422 and page.has("C’est bien vous ?")
        assert page.one("#f-email").get("value") == "voleur@exemple.fr"
        page = browser.open("/moi").press("Enregistrer ce mot de passe", password="un autre mot de passe")
        assert page.status == 422
        page = page.press("Enregistrer ce mot de passe", password="un autre mot de passe", proof="pas le bon")
        assert page.status == 422 and page.has("Ce n’est pas reconnu")
        with world.reading() as db:
            assert queries.of_email(db, "voleur@exemple.fr") is None
            assert actions.of_password(db, world.convention, "nadia@exemple.fr", "cheval agrafe batterie")

        # Then Nadia does it, with her letter or her password, and her former address is told
        page = browser.open("/moi").press("Enregistrer", reach="email", email="n@exemple.fr", proof=code.lower())
        assert page.has("C’est noté")
        assert ("Votre adresse e-mail a changé", "nadia@exemple.fr") in told(world)
        page = browser.open("/moi")
        page = page.press("Enregistrer ce mot de passe", password="un autre mot", proof="cheval agrafe batterie")
        assert page.has("Votre mot de passe est enregistré")
        assert ("Votre mot de passe a changé", "n@exemple.fr") in told(world)


def test_a_phone_number_asks_for_no_proof(world):
    browser = world.browser(world.member("Nadia"))
    with world.later(minutes=11):
        assert browser.open("/moi").press("Enregistrer", reach="phone", phone="06 00 00 00 00").has("C’est noté")


def test_guessing_the_proof_slows_down(world):
    browser = world.browser(world.member("Nadia"))
    with world.later(minutes=11):
        for _try in range(5):
            page = browser.open("/moi").press("Enregistrer", reach="email", email="n@exemple.fr", proof="000000")
            assert page.has("Ce n’est pas reconnu")
        page = browser.open("/moi").press("Enregistrer", reach="email", email="n@exemple.fr", proof="000000")
        assert page.has("Plusieurs essais n’ont pas marché")


def test_another_s_letter_proves_nothing(world):
    with world.writing() as db:
        code = actions.new_code(db, world.convention, world.member("Omar"), world.settings.secret)
    browser = world.browser(world.member("Nadia"))
    with world.later(minutes=11):
        page = browser.open("/moi").press("Enregistrer", reach="email", email="n@exemple.fr", proof=code)
    assert page.status == 422


def test_the_code_of_the_phone_proves_it_once(world):
    # Given Adama, whose second factor is in place, and whose session has been open for an hour
    adama, _bertille = team(world)
    nadia = world.member("Nadia")
    made = authenticator.new(world.settings.secret)
    with world.writing() as db:
        db.add(
            SecondFactor(
                person_id=adama.id,
                convention_id=world.convention.id,
                secret=made,
                device_id=nadia.id,
                made_at=clock.now(),
                confirmed_at=clock.now(),
            )
        )
    browser = world.browser(adama)
    with world.later(hours=1):
        address = f"/administration/personnes/{nadia.id}"
        assert browser.open(address).press("Imprimer une nouvelle lettre").status == 422
        code = authenticator.code(made, world.settings.secret, clock.now())
        assert CODE.search(browser.open(address).press("Imprimer une nouvelle lettre", proof=code).text)
        assert browser.open(address).press("Imprimer une nouvelle lettre", proof=code).status == 422


def test_the_team_asks_and_confirms_with_a_proof(world):
    adama, bertille = team(world)
    solange = world.guarantor()
    mine, hers = world.browser(adama), world.browser(bertille)
    asked(world, adama, solange)
    with world.later(minutes=11):
        assert mine.open(f"/administration/personnes/{solange.id}").has("lettre : à confirmer")
        page = hers.open("/administration/personnes").press("Confirmer et imprimer la lettre")
        assert page.status == 422 and not CODE.search(page.text)
        assert hers.open("/administration/personnes").press("Imprimer les lettres des membres").status == 422
        assert hers.post(f"/administration/personnes/{solange.id}/demander", {"ouverture": "reset"}).status == 422


def test_a_door_half_open_for_an_hour_is_knocked_at_again(world):
    adama = world.administrator("Adama")
    with world.writing() as db:
        code = actions.new_code(db, world.convention, adama, world.settings.secret)
    page = world.browser().open("/entrer").press("Entrer", code=code)
    with world.later(hours=1):
        assert page.press("Commencer").address.partition("?")[0] == "/entrer"
        assert page.browser.open("/moi").address.startswith("/entrer?suite=")
