"""The register: who is added, with which roles, and the letters to print."""

import re

from convention.people import codes


def test_a_person_is_added_and_her_letter_opens(world):
    # Given Adama, who adds Nadia
    adama = world.browser(world.administrator("Adama"))
    page = adama.open("/administration/personnes").press("Inscrire", name="Nadia", roles=["member"])
    assert page.has("La personne est inscrite")

    # When he prints her letter
    letter = page.press("Imprimer une nouvelle lettre")
    code = letter.one(".a4-code").text_content()
    assert codes.read(code)
    assert letter.response.headers["cache-control"] == "no-store"

    # Then its code opens for her
    assert world.browser().open("/entrer").press("Entrer", code=code).title == "Nadia"


def test_letters_are_printed_for_those_who_have_none(world):
    world.member("Nadia"), world.member("Omar")
    adama = world.browser(world.administrator("Adama"))
    page = adama.open("/administration/personnes").press("Imprimer les lettres")
    assert len(page.all(".a4-code")) == 2
    assert len(set(re.findall(r"[0-9A-Z]{4} [0-9A-Z]{2} [0-9A-Z]{4}", page.text))) == 2
    again = adama.open("/administration/personnes").press("Imprimer les lettres")
    assert again.has("Chaque membre a déjà un code")


def test_a_name_is_asked_for_and_roles_are_kept(world):
    page = world.browser(world.administrator()).open("/administration/personnes")
    page = page.press("Inscrire", name="", roles=["guarantor", "expert"])
    assert page.status == 422
    assert page.has("Écrivez un nom, tel qu’il sera affiché.")
    assert [one.get("value") for one in page.all("input[name=roles]") if one.get("checked") is not None] == [
        "guarantor",
        "expert",
    ]


def test_an_administrator_cannot_lock_herself_out(world):
    adama = world.administrator("Adama")
    page = world.browser(adama).open(f"/administration/personnes/{adama.id}")
    page = page.press("Enregistrer les rôles", roles=["member"])
    assert page.status == 403
    assert page.has("Vous ne pouvez pas vous retirer l’administration")


def test_the_register_is_for_administrators(world):
    for person in (world.member("Nadia"), world.facilitator(), world.guarantor(), world.official()):
        world.browser(person).open("/administration/personnes", status=403)


def test_the_register_asks_a_constant_number_of_queries(world):
    browser = world.browser(world.administrator())
    world.member("Nadia")
    few = world.queries(lambda: browser.open("/administration/personnes"))
    for number in range(30):
        world.member(f"Membre {number}")
    assert world.queries(lambda: browser.open("/administration/personnes")) == few
