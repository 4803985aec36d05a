"""A6: two administrators give the roles that watch, decide, or read what members confided."""

import json

import pytest
from sqlmodel import select

from convention.conventions import actions as conventions
from convention.journal.models import JournalLine
from convention.kit.mail import OutgoingMail
from convention.people import actions, queries
from convention.people.models import GUARDED, RoleKind, RoleRequest
from tests.world import a_convention


def ask(world, by, name, kind):
    return world.browser(by).open("/administration/personnes").press("Inscrire", name=name, roles=[kind.value])


def roles(world, name):
    with world.reading() as db:
        everyone = queries.everyone_in(db, world.convention.id)
        person = next(one for one, _roles in everyone if one.name == name)
        return queries.roles(db, world.convention.id, person.id)


def given(world):
    with world.reading() as db:
        lines = db.exec(select(JournalLine).order_by(JournalLine.number)).all()
        return [json.loads(one.facts) for one in lines if one.kind == "people.RoleGiven"]


def two(world):
    return world.administrator("Adama"), world.person("Bertille", RoleKind.ADMINISTRATOR, email="b@exemple.fr")


def with_a_role(world, name):
    """She has a role already: she can be found in the register."""
    return world.member(name)


@pytest.mark.parametrize("kind", sorted(GUARDED))
def test_two_administrators_give_a_guarded_role(world, kind):
    # Given Adama and Bertille, and Solange, a member
    adama, bertille = two(world)
    solange = with_a_role(world, "Solange")

    # When Adama asks
    page = world.browser(adama).open(f"/administration/personnes/{solange.id}")
    page = page.press("Enregistrer les rôles", roles=["member", kind.value])

    # Then nothing is given yet, and Bertille is told
    assert page.has("C’est demandé") and page.has("à confirmer")
    assert roles(world, "Solange") == {RoleKind.MEMBER}
    with world.reading() as db:
        assert [one.to for one in db.exec(select(OutgoingMail))] == ["b@exemple.fr"]

    # When Bertille confirms
    page = world.browser(bertille).open("/administration/personnes").press("Confirmer ce rôle")
    assert page.has("il lui faut une autre lettre")

    # Then it is given, and the journal names both
    assert roles(world, "Solange") == {RoleKind.MEMBER, kind}
    last = given(world)[-1]
    assert (last["by"], last["second"], last["how"]) == (str(adama.id), str(bertille.id), "two administrators")
    with world.reading() as db:
        assert db.exec(select(RoleRequest)).all() == []


def mails_to(world, address):
    """[(title, words)] of what waits for this address."""
    with world.reading() as db:
        mails = [one for one in db.exec(select(OutgoingMail)) if one.to == address]
        return [(one.title, " ".join([*one.lines, *(one.button or [])])) for one in mails]


def test_she_is_told_of_a_role_that_two_gave_her(world):
    # Given Solange, a member who enters with her letter and has an address
    adama, bertille = two(world)
    solange = world.person("Solange", RoleKind.MEMBER, email="solange@exemple.fr")
    page = world.browser(adama).open(f"/administration/personnes/{solange.id}")
    page.press("Enregistrer les rôles", roles=["member", "guarantor"])
    assert mails_to(world, "solange@exemple.fr") == []

    # When the second administrator confirms, which closes her letter and her devices
    world.browser(bertille).open("/administration/personnes").press("Confirmer ce rôle")

    # Then she is told what she has become, that her letter opens no more, and how to come in
    [(title, words)] = mails_to(world, "solange@exemple.fr")
    assert title == "Un rôle vous est donné"
    assert "garant·e" in words and "votre lettre d’avant n’ouvre plus" in words and words.endswith("/entrer")


def test_who_asked_is_told_of_a_refusal_and_not_of_her_own(world):
    # Given Bertille, who asks for two roles
    adama, bertille = two(world)
    solange, cyr = with_a_role(world, "Solange"), with_a_role(world, "Cyr")
    for person in (solange, cyr):
        page = world.browser(bertille).open(f"/administration/personnes/{person.id}")
        page.press("Enregistrer les rôles", roles=["member", "guarantor"])

    # When she takes back the second, Then she is told nothing more than what she reads
    page = world.browser(bertille).open("/administration/personnes")
    second = page.all("form[action$='/refuser']")[1].get("action")
    assert page.browser.post(second).has("La demande est retirée")
    assert mails_to(world, "b@exemple.fr") == []

    # When Adama refuses the other, Then what he reads says so, and Bertille is told
    page = world.browser(adama).open("/administration/personnes").press("Refuser ce rôle")
    assert page.has("Le rôle est refusé")
    [(title, words)] = mails_to(world, "b@exemple.fr")
    assert title == "Votre demande est refusée"
    assert "Adama" in words and "Solange" in words and "garant·e" in words
    assert roles(world, "Solange") == {RoleKind.MEMBER}


@pytest.mark.parametrize("kind", sorted(GUARDED))
def test_one_alone_may_end_a_role_and_all_who_watch_are_told(world, kind):
    # Given Adama, Bertille and Solange who watch, Nadia a member, and Lise, a member with a role of the team
    adama, _bertille = two(world)
    world.person("Solange", RoleKind.GUARANTOR, email="s@exemple.fr")
    world.person("Nadia", RoleKind.MEMBER, email="n@exemple.fr")
    lise = world.person("Lise", RoleKind.MEMBER, kind, email="l@exemple.fr")

    # When Adama ends this role
    world.browser(adama).open(f"/administration/personnes/{lise.id}").press("Enregistrer les rôles", roles=["member"])
    assert roles(world, "Lise") == {RoleKind.MEMBER}

    # Then Lise is told which, and by whom
    [(title, words)] = mails_to(world, "l@exemple.fr")
    assert title == "Un rôle vous est retiré"
    assert "Adama" in words and kind.label in words and "Vos autres rôles ne changent pas" in words

    # And Bertille and Solange too, each with a page that she may open; nobody else
    for address, page in (("b@exemple.fr", "/administration/personnes"), ("s@exemple.fr", "/garants/faits")):
        [(title, words)] = mails_to(world, address)
        assert title == "Un rôle est retiré" and words.endswith(page)
        assert "Adama a retiré à Lise" in words and kind.label in words
    with world.reading() as db:
        assert len(db.exec(select(OutgoingMail)).all()) == 3
        last = [one for one in db.exec(select(JournalLine).order_by(JournalLine.number)) if "RoleEnded" in one.kind][-1]
    facts = json.loads(last.facts)
    assert (facts["by"], facts["person_id"], facts["role"]) == (str(adama.id), str(lise.id), kind.value)


def test_a_role_that_does_not_watch_ends_between_two_people(world):
    adama, _bertille = two(world)
    nadia = world.person("Nadia", RoleKind.MEMBER, email="n@exemple.fr")
    world.browser(adama).open(f"/administration/personnes/{nadia.id}").press("Enregistrer les rôles", roles=[])
    [(_title, words)] = mails_to(world, "n@exemple.fr")
    assert "Il ne vous reste aucun rôle" in words
    assert mails_to(world, "b@exemple.fr") == []


def test_one_of_the_team_is_not_erased_before_her_role_has_ended(world):
    # Given Solange, who watches
    adama, _bertille = two(world)
    solange = world.person("Solange", RoleKind.GUARANTOR, email="s@exemple.fr")

    # When Adama would erase her, Then the page says what to do first, and the address does nothing
    page = world.browser(adama).open(f"/administration/personnes/{solange.id}")
    assert page.has("Retirez d’abord ses rôles")
    assert world.browser(adama).post(f"/administration/personnes/{solange.id}/effacer", {"lu": "oui"}).status == 403
    assert roles(world, "Solange") == {RoleKind.GUARANTOR}

    # When her role has ended, of which Bertille is told, Then she can be erased
    page.press("Enregistrer les rôles", roles=[])
    assert [title for title, _words in mails_to(world, "b@exemple.fr")] == ["Un rôle est retiré"]
    page = world.browser(adama).open(f"/administration/personnes/{solange.id}")
    assert page.press("Effacer ses données", lu="oui").status == 200


def test_a_new_person_receives_her_other_roles_at_once(world):
    adama, _bertille = two(world)
    page = world.browser(adama).open("/administration/personnes")
    page = page.press("Inscrire", name="Solange", roles=["expert", "guarantor"])
    assert page.has("C’est demandé")
    assert roles(world, "Solange") == {RoleKind.EXPERT}


def test_nobody_confirms_what_she_asked(world):
    adama, _bertille = two(world)
    with_a_role(world, "Solange")
    ask(world, adama, "Autre", RoleKind.GUARANTOR)
    page = world.browser(adama).open("/administration/personnes")
    assert page.has("Vous avez demandé ce rôle")
    with world.reading() as db:
        request = db.exec(select(RoleRequest)).one()
    page = world.browser(adama).post(f"/administration/roles/{request.id}/confirmer")
    assert page.status == 403
    # But she may think better of it
    page = world.browser(adama).open("/administration/personnes").press("Retirer la demande")
    assert page.has("La demande est retirée")


def test_nobody_confirms_her_own_role(world):
    adama, bertille = two(world)
    cyr = world.administrator("Cyr")
    page = world.browser(adama).open(f"/administration/personnes/{bertille.id}")
    page.press("Enregistrer les rôles", roles=["administrator", "guarantor"])
    page = world.browser(bertille).open("/administration/personnes")
    assert page.has("Ce rôle est pour vous")
    world.browser(cyr).open("/administration/personnes").press("Confirmer ce rôle")
    assert RoleKind.GUARANTOR in roles(world, "Bertille")


def test_a_request_falls_after_seven_days(world):
    adama, bertille = two(world)
    solange = with_a_role(world, "Solange")
    world.browser(adama).open(f"/administration/personnes/{solange.id}").press(
        "Enregistrer les rôles", roles=["member", "guarantor"]
    )
    with world.reading() as db:
        request = db.exec(select(RoleRequest)).one()
    with world.later(days=7, minutes=1):
        browser = world.browser(bertille)
        assert not browser.open("/administration/personnes").has("À confirmer")
        page = browser.post(f"/administration/roles/{request.id}/confirmer")
        assert page.status == 403 and page.has("plus de sept jours")
    assert roles(world, "Solange") == {RoleKind.MEMBER}


def test_a_request_falls_with_whoever_asked(world):
    adama, bertille = two(world)
    solange = with_a_role(world, "Solange")
    world.browser(adama).open(f"/administration/personnes/{solange.id}").press(
        "Enregistrer les rôles", roles=["member", "guarantor"]
    )
    world.browser(bertille).open(f"/administration/personnes/{adama.id}").press("Enregistrer les rôles", roles=[])
    page = world.browser(bertille).open("/administration/personnes").press("Confirmer ce rôle")
    assert page.status == 403 and page.has("n’est plus de l’administration")


def test_asked_twice_it_waits_once_and_is_confirmed_once(world):
    adama, bertille = two(world)
    solange = with_a_role(world, "Solange")
    for _again in range(2):
        world.browser(adama).open(f"/administration/personnes/{solange.id}").press(
            "Enregistrer les rôles", roles=["member", "guarantor"]
        )
    with world.reading() as db:
        request = db.exec(select(RoleRequest)).one()
    world.browser(bertille).open("/administration/personnes").press("Confirmer ce rôle")
    assert world.browser(bertille).post(f"/administration/roles/{request.id}/confirmer").status == 404


def test_another_convention_s_request_is_not_found(world):
    adama, _bertille = two(world)
    ask(world, adama, "Solange", RoleKind.GUARANTOR)
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
        request = db.exec(select(RoleRequest)).one()
        assert queries.request(db, other.id, request.id) is None


def test_the_evening_before_one_administrator_names_the_facilitator(world):
    # Given a convention that has never had a second administrator
    adama = world.administrator("Adama")
    assert world.browser(adama).open("/administration/personnes").has("Une seule personne à l’administration")

    # When she names Claire
    page = ask(world, adama, "Claire", RoleKind.FACILITATOR)

    # Then it is done, and the journal says that she was alone
    assert page.has("La personne est inscrite")
    assert roles(world, "Claire") == {RoleKind.FACILITATOR}
    assert given(world)[-1]["how"] == "alone"


@pytest.mark.parametrize("kind", [RoleKind.GUARANTOR, RoleKind.ADMINISTRATOR, RoleKind.CARE])
def test_alone_she_names_nobody_who_watches_confirms_or_reads(world, kind):
    page = ask(world, world.administrator("Adama"), "Solange", kind)
    assert page.status == 422
    assert page.has("convention person add")
    assert page.one("#f-name").get("value") == "Solange"


def test_putting_the_other_out_is_not_being_alone(world):
    adama, bertille = two(world)
    world.browser(adama).open(f"/administration/personnes/{bertille.id}").press("Enregistrer les rôles", roles=[])
    page = ask(world, adama, "Claire", RoleKind.FACILITATOR)
    assert page.status == 422


def test_the_operator_s_act_is_said(world):
    with world.writing() as db:
        actions.give_role(db, world.convention, db.merge(world.member("Nadia")), RoleKind.GUARANTOR)
    assert given(world)[-1]["how"] == "operator" and given(world)[-1]["by"] is None
