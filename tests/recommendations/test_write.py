"""The texts of the report, what is missing, and who may do what."""

import pytest

from convention.conventions import actions as conventions
from convention.conventions.models import TextKind
from convention.kit.errors import Refused
from convention.people.models import RoleKind
from convention.recommendations import actions, rules
from convention.recommendations.models import Piece
from tests.recommendations import seeds
from tests.recommendations.files.editions import small


def test_a_text_written_at_the_desk_goes_into_the_next_edition(world):
    seeds.a_convention_that_voted(world)
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/rapport").follow("Lettre des membres")
    page = page.press("Enregistrer", body="Nous avons appris.\n\nNous attendons votre réponse.")
    assert page.has("Le texte est enregistré.")
    seeds.freeze(world)
    page = world.browser().open("/rapport/1")
    assert page.one("#lettre .words").text_content().strip().startswith("Nous avons appris.")


def test_no_line_of_the_page_begins_with_a_colon(world):
    # Given texts typed with the plain spaces of a keyboard
    seeds.a_convention_that_voted(world)
    claire = world.browser(world.facilitator())
    for piece in ("lettre", "preambule", "methode", "resume"):
        claire.open(f"/animation/rapport/textes/{piece}").press(
            "Enregistrer", body="Nous demandons une chose : dire oui."
        )
    with world.writing() as db:
        conventions.write(db, world.convention, TextKind.MANDATE, "Répondre à une question : laquelle ?")
    seeds.freeze(world)

    # Then the page of the edition sets them as its files do
    page = world.browser().open("/rapport/1").response.text
    assert page.count("une chose\u00a0: dire oui") >= 4
    assert "une question\u00a0: laquelle\u202f?" in page
    assert "chose :" not in page


def test_a_frozen_edition_keeps_the_text_it_had(world):
    seeds.a_convention_that_voted(world)
    claire = world.browser(world.facilitator())
    claire.open("/animation/rapport/textes/titre").press("Enregistrer", body="Mesurer avant d’acheter")
    seeds.freeze(world)
    claire.open("/animation/rapport/textes/titre").press("Enregistrer", body="Un autre titre")
    assert world.browser().open("/rapport/1").title == "Mesurer avant d’acheter"
    assert claire.open("/animation/rapport/textes/titre").has("Version 1")


def test_what_the_last_edition_changed_is_not_said_again_unseen(world):
    # Given an edition that said what it changed
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    claire = world.browser(world.facilitator())
    desk, text, told = "/animation/rapport", "/animation/rapport/textes/changements", "ce que changeait l’édition n° 2"
    claire.open(text).press("Enregistrer", body="La santé seule ; les autres thèmes y sont maintenant.")
    assert not claire.open(desk).has(told)
    seeds.freeze(world)

    # Then, before the next one, Claire is told that the text is still there, until she writes another
    assert claire.open(desk).has(told)
    claire.open(text).press("Enregistrer", body="Une coquille, corrigée.")
    assert not claire.open(desk).has(told)


def test_two_who_write_the_same_text_do_not_lose_words(world):
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/rapport/textes/resume")
    claire.open("/animation/rapport/textes/resume").press("Enregistrer", body="Le texte de Nour.")
    second = claire.open("/animation/rapport/textes/resume")
    claire.open("/animation/rapport/textes/resume").press("Enregistrer", body="Le texte de Nour, corrigé.")
    page = second.press("Enregistrer", body="Le texte de Claire.")
    assert page.status == 409
    assert page.has("Le texte de Nour, corrigé.")
    assert page.one("textarea").text.strip() == "Le texte de Claire."


def test_a_title_too_long_is_shortened_by_its_author(world):
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/rapport/textes/titre").press("Enregistrer", body="x" * 170)
    assert page.status == 422
    assert page.has("Raccourcissez de 10 caractères.")


def test_only_guarantors_write_their_text(world):
    claire, solange = world.browser(world.facilitator()), world.browser(world.guarantor())
    assert claire.open("/animation/rapport/textes/garants").has("Seuls les garants écrivent ce texte.")
    assert claire.post("/animation/rapport/textes/garants", {"body": "Tout va bien."}).status == 403
    page = solange.open("/animation/rapport/textes/garants").press("Enregistrer", body="La parole a été partagée.")
    assert page.has("Le texte est enregistré.")
    assert solange.post("/animation/rapport/textes/lettre", {"body": "Autre chose."}).status == 403


def test_the_desk_is_for_facilitators_and_guarantors(world):
    for person in (world.member("Omar"), world.official()):
        world.browser(person).open("/animation/rapport", status=403)
    solange = world.browser(world.guarantor())
    assert not solange.open("/animation/rapport").all("form")
    assert solange.post("/animation/rapport/editions", {"number": 1}).status == 403


def test_without_a_kept_paragraph_nothing_can_be_frozen(world):
    seeds.begin(world, members=3)
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/rapport")
    assert page.has("Aucun paragraphe n’est encore gardé par un vote")
    assert page.has("Empêche de figer")
    answer = claire.post("/animation/rapport/editions", {"number": "1"})
    assert answer.status == 403


def test_what_was_previewed_is_what_is_frozen(world):
    seeds.a_convention_that_voted(world)
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/rapport")
    seeds.freeze(world)
    answer = page.press("Figer l’édition")
    assert answer.status == 403
    assert answer.has("vient d’être figée par quelqu’un d’autre")


def test_the_desk_lists_what_is_missing(world):
    seeds.a_convention_that_voted(world)
    seeds.submit(world, "Garder une personne au bout du fil", "Afficher « parler à une personne ».")
    seeds.decide(world, {(3, 1): (20, 8, 0, 5, 5)})
    page = world.browser(world.facilitator()).open("/animation/rapport")
    assert page.has("Sans indicateur : 3.")
    assert page.has("Sans compétence : 3.")
    assert page.has("Gardés malgré un désaccord fort : 3.1.")
    assert page.has("Sans vote terminé : 1.3.")
    assert page.has("Votés, mais pas gardés : 2.1.")
    assert page.has("Textes du rapport à écrire : Résumé, Lettre des membres, Préambule")
    assert page.has("l’engagement de réponse")


def test_a_complete_edition_lacks_nothing_but_what_it_lacks():
    said = [remark.sentence for remark in rules.coherence(small(), open_polls=2)]
    assert said[0].startswith("2 scrutins ne sont pas terminés")
    assert "Sans constat : 12." in said
    assert not any(remark.blocks for remark in rules.coherence(small()))


def test_a_long_list_of_numbers_is_counted():
    one = small().recommendations[2]
    many = [one.model_copy(update={"number": number}) for number in range(1, 40)]
    said = [remark.sentence for remark in rules.coherence(small().model_copy(update={"recommendations": tuple(many)}))]
    assert "Sans indicateur : 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 et 27 autres." in said


def test_the_same_words_again_make_no_version(world):
    claire = world.facilitator()
    with world.writing() as db:
        roles = {RoleKind.FACILITATOR}
        first = actions.write(db, world.convention, Piece.TITLE, "Titre", by=claire, roles=roles)
        assert actions.write(db, world.convention, Piece.TITLE, "Titre", by=claire, roles=roles) is first
        with pytest.raises(Refused, match="garants"):
            actions.write(db, world.convention, Piece.GUARANTORS, "Titre", by=claire, roles=roles)
