from typing import Any

from sqlmodel import select

from convention.kit.mail import OutgoingMail
from convention.people import actions as people
from convention.proposals import queries
from convention.proposals.models import Author, Invitation
from tests.proposals.scene import CARD, proposal, set_up, submit, versions, write_together
from tests.world import World

AUTHORS = "/propositions/1/auteurs"


def names(world: World) -> list[str]:
    with world.reading() as db:
        found = queries.of_number(db, world.convention, 1)
        assert found is not None
        return [person.name for person in queries.authors(db, found)]


def begin(world: World) -> tuple[Any, Any]:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    proposal(world, nadia)
    return nadia, omar


def test_one_invites_and_the_other_accepts(world: World) -> None:
    nadia, omar = begin(world)
    page = world.browser(nadia).open(AUTHORS).press("Inviter cette personne", personne=str(omar.id))
    assert page.has("L’invitation est envoyée")
    # He is not an author yet, and is told where he looks
    assert names(world) == ["Nadia"]
    assert world.browser(omar).open("/propositions/1/modifier", status=403).has("Seules les personnes")
    assert world.browser(omar).open("/propositions").has("On vous invite à écrire la proposition 1")
    page = world.browser(omar).open(AUTHORS).press("Accepter l’invitation")
    assert names(world) == ["Nadia", "Omar"]
    assert page.has("Écrite par Nadia et Omar")
    assert world.browser(omar).open("/propositions/1/modifier").has("Modifier la proposition 1")
    assert not world.browser(omar).open("/propositions").has("On vous invite")


def test_whoever_invites_nobody_is_told_to_choose(world: World) -> None:
    nadia, omar = begin(world)
    answer = world.browser(nadia).open(AUTHORS).press("Inviter cette personne")
    assert answer.status == 422
    assert answer.has("Choisissez dans la liste la personne")
    assert answer.press("Inviter cette personne", personne=str(omar.id)).has("L’invitation est envoyée")
    assert world.browser(omar).post("/propositions/1/auteurs", {"personne": ""}).status == 403


def test_an_invitation_is_mailed_to_who_has_an_address(world: World) -> None:
    nadia, omar = begin(world)
    with world.writing() as db:
        omar.email = "omar@example.org"
        db.add(omar)
    world.browser(nadia).open(AUTHORS).press("Inviter cette personne", personne=str(omar.id))
    with world.reading() as db:
        (letter,) = db.exec(select(OutgoingMail)).all()
    assert letter.to == "omar@example.org"
    assert letter.title == "Nadia vous invite à écrire une proposition"
    assert letter.button and letter.button[1].endswith(AUTHORS)


def test_an_invitation_is_refused_or_taken_back(world: World) -> None:
    nadia, omar = begin(world)
    page = world.browser(nadia).open(AUTHORS).press("Inviter cette personne", personne=str(omar.id))
    page = page.press("Reprendre l’invitation de Omar")
    assert world.browser(omar).open(AUTHORS).has("Demander à écrire avec ces personnes")
    page.press("Inviter cette personne", personne=str(omar.id))
    world.browser(omar).open(AUTHORS).press("Refuser l’invitation")
    assert names(world) == ["Nadia"]
    with world.reading() as db:
        assert db.exec(select(Invitation)).all() == []


def test_a_member_asks_to_join_and_an_author_answers(world: World) -> None:
    nadia, omar = begin(world)
    ines = world.member("Inès")
    assert world.browser(omar).open(AUTHORS).press("Demander à écrire").has("Votre demande est envoyée")
    world.browser(ines).open(AUTHORS).press("Demander à écrire")
    assert not world.browser(ines).open(AUTHORS).has("Omar"), "who asks is between her and the authors"
    assert world.browser(nadia).open("/propositions").has("Quelqu’un demande à écrire la proposition 1 avec vous")
    page = world.browser(nadia).open(AUTHORS).press("Accepter Omar")
    page.press("Refuser Inès")
    assert names(world) == ["Nadia", "Omar"]


def test_nobody_answers_for_another(world: World) -> None:
    nadia, omar = begin(world)
    ines = world.member("Inès")
    world.browser(nadia).open(AUTHORS).press("Inviter cette personne", personne=str(omar.id))
    world.browser(ines).open(AUTHORS).press("Demander à écrire")
    # An author cannot accept in the place of the person invited, nor a stranger in hers
    assert world.browser(nadia).post(f"{AUTHORS}/{omar.id}", {"reponse": "oui"}).status == 403
    assert world.browser(ines).post(f"{AUTHORS}/{omar.id}", {"reponse": "oui"}).status == 403
    assert world.browser(ines).post(f"{AUTHORS}/{ines.id}", {"reponse": "oui"}).status == 403
    assert world.browser(ines).post(AUTHORS, {"personne": str(ines.id)}).status == 403
    assert names(world) == ["Nadia"]


def test_one_leaves_but_never_the_last(world: World) -> None:
    nadia, omar = begin(world)
    assert world.browser(nadia).open(AUTHORS).has("Vous êtes la seule personne à l’écrire")
    assert world.browser(nadia).post(f"{AUTHORS}/partir", {}).status == 403
    write_together(world, nadia, omar)
    assert world.browser(nadia).open(AUTHORS).press("Ne plus écrire cette proposition").has("Ce que vous avez écrit")
    assert names(world) == ["Omar"]
    # What she wrote is there, under her name
    page = world.browser(omar).open("/propositions/1/versions")
    assert page.has("par un membre : Nadia")
    assert not world.browser().open("/propositions/1/versions").has("Nadia")


def test_no_author_is_lost_when_the_text_changes(world: World) -> None:
    nadia, omar = begin(world)
    write_together(world, nadia, omar)
    page = world.browser(omar).open("/propositions/1/modifier")
    page.press("Publier la nouvelle version", **{"mesure-1": "La version d’Omar.", "title": "Un autre titre"})
    assert names(world) == ["Nadia", "Omar"]


def test_who_leaves_the_convention_is_awaited_no_more(world: World) -> None:
    nadia, omar = begin(world)
    world.browser(nadia).open(AUTHORS).press("Inviter cette personne", personne=str(omar.id))
    with world.writing() as db:
        people.erase(db, omar, by=None)
    with world.reading() as db:
        assert db.exec(select(Invitation)).all() == []


def test_the_facilitators_write_for_a_table_and_it_is_said(world: World) -> None:
    set_up(world)
    claire, omar = world.facilitator(), world.member("Omar")
    page = submit(world.browser(claire))
    assert page.status == 422
    assert page.has("Dites pour quelle table ou pour qui vous écrivez")
    page = page.press("Déposer la proposition", written_for="Table 4")
    assert page.has("Écrite par l’animation, pour Table 4")
    # A table is nobody: everyone reads its name
    public = world.browser().open("/propositions/1")
    assert public.has("Écrite par l’animation, pour Table 4") and public.has("écrite par l’animation, pour Table 4")
    assert world.browser(omar).open("/propositions/1/versions").has("par l’animation, pour Table 4")
    copy = world.browser().client.get("/propositions/1.md").text
    assert "écrite par l’animation, pour Table 4" in copy, "as the page says it"
    with world.reading() as db:
        assert db.exec(select(Author)).all() == []
    # She changes it for them, and gives it over to Omar, of that table, who has an account now
    world.browser(claire).open("/propositions/1/modifier").press("Publier", **{"mesure-1": "Relu à la table."})
    assert (1, 2, "Relu à la table.") in versions(world, 1)
    trace = world.browser().open("/propositions/1/parcours")
    assert trace.has("Paragraphe 1.1 réécrit, par l’animation, pour Table 4")
    world.browser(claire).open(AUTHORS).press("Inviter cette personne", personne=str(omar.id))
    page = world.browser(omar).open(AUTHORS).press("Accepter l’invitation")
    assert page.has("Écrite par Omar, déposée par l’animation pour Table 4")
    assert names(world) == ["Omar"]


def test_a_member_writes_for_nobody_else(world: World) -> None:
    set_up(world)
    page = world.browser(world.member("Nadia")).post("/propositions/nouvelle", {**CARD, "written_for": "Table 4"})
    assert page.status == 403
    assert page.has("Seule l’animation écrit pour une table")


def test_a_table_is_named_to_everyone_and_a_person_to_those_signed_in(world: World) -> None:
    set_up(world)
    claire = world.browser(world.facilitator("Claire"))
    for whom in ("Table 4", "Karim"):
        page = claire.open("/propositions/nouvelle").press("Déposer la proposition", written_for=whom, **CARD)
        if page.status == 422:  # the second resembles the first
            page.press("Déposer la proposition")
    anybody, member = world.browser(), world.browser(world.member("Nadia"))
    for page in ("", "/versions", "/paragraphes/1/versions/1", "/parcours"):
        assert anybody.open(f"/propositions/1{page}").has("par l’animation, pour Table 4"), page
        # A first name is for the members
        public = anybody.open(f"/propositions/2{page}")
        assert public.has("une table ou une personne sans compte"), page
        assert not public.has("Karim"), page
        assert member.open(f"/propositions/2{page}").has("par l’animation, pour Karim"), page
