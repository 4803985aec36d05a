"""An open roll call: names are published on purpose, said in big words, and never in a secret vote."""

import hashlib
from dataclasses import replace

import pytest
import sqlalchemy as sa

from convention import checker, verify
from convention.algorithms.decision import Base, Method, Rule, Secrecy
from convention.kit.errors import Refused
from convention.people import actions as people
from convention.voting import actions, queries
from convention.voting.models import BallotBox, Mode, NamedVote, OpenCall, Poll, Roll
from tests.voting.polls import JUDGMENT, MOTION, a_poll, close, question, vote
from tests.voting.test_kit import broken, contents, kit_of
from tests.world import World, plain

CALL = Rule(method=Method.YES_NO, secrecy=Secrecy.OPEN)
WARNED = "Vote public : votre choix sera publié avec votre nom"


def a_call(world: World, *names: str, questions: int = 1) -> Poll:
    for name in names:
        world.member(name)
    asked = [question(f"Paragraphe 9.{n}") for n in range(1, questions + 1)]
    return a_poll(world, CALL, mode=Mode.NAMED, questions=asked)


def say(world: World, name: str, poll: Poll, answer: str) -> None:
    page = world.browser(world.member(name)).open(f"/scrutins/{poll.number}")
    assert page.has(WARNED)
    page = page.press("Voter, avec mon nom", q1=answer)
    assert page.has("Votre vote est enregistré, avec votre nom")


def test_names_are_published_with_the_result_and_not_before(world: World) -> None:
    # Given an open roll call, prepared by Claire in the form
    for name in ("Omar", "Lina", "Nadia"):
        world.member(name)
    poll = a_poll(world, opened=False)
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    page = desk.press("Enregistrer et relire la règle", mode="named", method="yes-no")
    assert page.has("Le vote est public : le choix de chaque personne est publié avec son nom.")
    with world.writing() as db:
        actions.open_poll(db, queries.of_id(db, poll.id))

    # When Omar and Lina vote, and Lina changes her mind
    say(world, "Omar", poll, "pour")
    say(world, "Lina", poll, "contre")
    page = world.browser(world.member("Lina")).open(f"/scrutins/{poll.number}")
    assert page.has("Vous avez déjà voté.")
    assert page.one("input[checked]").get("value") == "contre"
    say(world, "Lina", poll, "abstention")

    # Then nobody reads a choice before the end, not even Claire
    for who in (None, world.facilitator(), world.member("Nadia")):
        for address in (f"/scrutins/{poll.number}", "/scrutins"):
            text = world.browser(who).open(address).text
            assert "Omar" not in text and "Lina" not in text, address
    assert world.browser().client.get(f"/scrutins/{poll.number}/appel.csv").status_code == 404
    # And afterwards everyone reads who said what, on the page and in a file
    page = close(world, poll)
    assert page.has("Le vote est fermé et dépouillé")
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert [[cell.text_content() for cell in row.xpath("./*")] for row in page.all("#appel tbody tr")] == [
        ["Lina", "Abstention"],
        ["Omar", "Pour"],
    ]
    assert page.has("Adopté : 1 pour sur 1 exprimé")
    file = world.browser().client.get(f"/scrutins/{poll.number}/appel.csv").text
    assert file.splitlines()[1:] == ["Lina,Abstention", "Omar,Pour"]
    # And Lina's own data say it too; the checker agrees; the kit holds, and one voice more is caught
    with world.reading() as db:
        about = dict(queries.about(db, world.convention, world.member("Lina"), ""))
        assert [row["Votre réponse, publiée avec votre nom"] for row in about["Vos votes par appel nominal"]] == [
            "Abstention"
        ]
        assert checker.look(db, world.settings.folder).troubles == []
    kit = kit_of(world, poll)
    assert broken(kit) == []
    assert "recus.txt" not in contents(kit)


def test_several_questions_are_read_again_before_voting(world: World) -> None:
    poll = a_call(world, "Omar", questions=2)
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    page = page.press("Relire mon bulletin", q1="pour", q2="contre")
    assert page.has(WARNED)
    assert page.press("Voter, avec mon nom").has("Votre vote est enregistré, avec votre nom")
    close(world, poll)
    (row,) = world.browser().open(f"/scrutins/{poll.number}").all("#appel tbody tr")
    assert [cell.text_content() for cell in row.xpath("./*")] == ["Omar", "Pour", "Contre"]


def test_a_late_vote_by_name_is_refused_with_the_choice_kept(world: World) -> None:
    poll = a_call(world, "Omar")
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    close(world, poll)
    page = page.press("Voter, avec mon nom", q1="pour")
    assert page.status == 403
    assert page.has("Le vote est fermé depuis") and page.has("Vous aviez choisi")
    assert page.has("c’est votre réponse d’avant qui compte") and not page.has("urne"), "a roll call has no ballot box"
    with world.reading() as db:
        assert queries.turnout(db, poll) == 0


def test_a_secret_poll_keeps_no_name_and_the_database_refuses_one(world: World) -> None:
    # Given a secret poll where Omar voted
    world.member("Omar")
    poll = a_poll(world, JUDGMENT)
    vote(world, "Omar", poll, "5")
    # Then no roll call knows it
    with world.reading() as db:
        assert db.exec(sa.select(OpenCall)).all() == []  # type: ignore[call-overload]
        assert db.exec(sa.select(NamedVote)).all() == []  # type: ignore[call-overload]
    # And writing one by hand fails, in the code and in the database
    with pytest.raises(AssertionError, match="beside a name"), world.writing() as db:
        actions.say(db, queries.of_id(db, poll.id), world.member("Omar"), ["5"])
    by_hand = NamedVote(poll_id=poll.id, person_id=world.member("Omar").id, answers=["5"])
    with pytest.raises(sa.exc.IntegrityError), world.writing() as db:
        db.add(by_hand)


def test_an_open_call_leaves_roll_and_box_empty(world: World) -> None:
    poll = a_call(world, "Omar")
    say(world, "Omar", poll, "pour")
    with pytest.raises(AssertionError, match="nothing secret"), world.writing() as db:
        actions.cast(db, queries.of_id(db, poll.id), world.member("Omar"), "A" * 16, ["pour"])
    with world.reading() as db:
        for table, column in ((Roll, Roll.voted), (BallotBox, BallotBox.ballots)):
            assert db.exec(sa.select(column).where(table.poll_id == poll.id)).scalars().all() == [b""]  # type: ignore


def test_a_cancelled_call_forgets_what_was_said(world: World) -> None:
    poll = a_call(world, "Omar")
    say(world, "Omar", poll, "pour")
    with world.writing() as db:
        actions.cancel(db, queries.of_id(db, poll.id), "La salle se vide.", by=world.facilitator())
    with world.reading() as db:
        assert queries.turnout(db, poll) == 0
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert page.has("Ce que chaque personne avait choisi est effacé, sans avoir été publié.")


def test_only_those_on_the_list_are_called(world: World) -> None:
    poll = a_call(world, "Omar")
    late = world.member("Nadia")
    assert "Vous n’êtes pas sur la liste de ce vote" in world.browser(late).open(f"/scrutins/{poll.number}").text
    with pytest.raises(Refused), world.writing() as db:
        actions.say(db, queries.of_id(db, poll.id), late, ["pour"])


# -- presided ------------------------------------------------------------------------------------------------------


def a_presided_call(world: World, *names: str) -> Poll:
    """Claire plans an open roll call whose ties are settled by Nadia, and opens it."""
    for name in ("Nadia", *names):
        world.member(name)
    poll = a_poll(world, MOTION, opened=False)
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    page = desk.press("Enregistrer et relire la règle", mode="named", method="yes-no", tie="president")
    assert page.status == 422
    assert page.has("Dites qui préside : en cas d’égalité, son vote l’emporte.")
    stranger = world.facilitator()  # she votes nowhere: her voice would be one more
    page = page.press("Enregistrer et relire la règle", president=str(stranger.id))
    assert page.has("Choisissez une personne parmi les membres.")
    page = page.press("Enregistrer et relire la règle", president=str(world.member("Nadia").id))
    assert page.has("le vote de la présidence l’emporte")
    page = page.follow("Ouvrir le vote")
    assert page.has("Nadia préside ce vote.")
    page.press("Oui, ouvrir le vote")
    return poll


@pytest.mark.parametrize(
    ("nadia", "omar", "said"),
    [
        ("pour", "contre", "Adopté, à égalité : 1 pour et 1 contre ; la présidence a voté pour, et sa voix l’emporte."),
        (
            "contre",
            "pour",
            "Rejeté, à égalité : 1 pour et 1 contre ; la présidence a voté contre, et sa voix l’emporte.",
        ),
        ("abstention", "contre", "Rejeté, à égalité : 1 pour et 1 contre ; la présidence n’a voté ni pour ni contre."),
        ("", "contre", "Rejeté, à égalité : 1 pour et 1 contre ; la présidence n’a voté ni pour ni contre."),
        ("pour", "pour", "Adopté : 2 pour sur 2 exprimés ; il en fallait 2."),
    ],
)
def test_the_president_settles_a_tie_of_names(world: World, nadia: str, omar: str, said: str) -> None:
    poll = a_presided_call(world, "Omar", "Lina")
    assert world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}").has("Nadia préside ce vote.")
    say(world, "Omar", poll, omar)
    if nadia:
        say(world, "Nadia", poll, nadia)
    if nadia in ("", "abstention"):
        say(world, "Lina", poll, "pour")
    # Then the result says it, the page says who presided, the kit holds and the checker agrees
    page = close(world, poll)
    assert page.has(said), page.text
    assert page.has("Nadia préside ce vote.")
    kit = kit_of(world, poll)
    assert broken(kit) == []
    assert any(said in plain(one.sentence) for one in verify.verify(kit)[1])
    with world.reading() as db:
        assert checker.look(db, world.settings.folder).troubles == []
    # And a voice that was not hers is caught
    files = contents(kit)
    told = files[verify.RESULT]
    if b'"casting"' in told:
        without = told.replace(b'"casting":"' + (nadia or "abstention").encode() + b'",', b"")
        assert without != told
        lie = verify.archive({**files, verify.RESULT: without})
        assert any("la voix de la présidence manque" in plain(one) for one in broken(lie))
        other = b'"casting":"contre"' if nadia == "pour" else b'"casting":"pour"'
        with world.writing() as db:
            kept = queries.result(db, poll)
            assert kept is not None
            kept.content = told.replace(b'"casting":"' + (nadia or "abstention").encode() + b'"', other).decode()
            kept.sha256 = hashlib.sha256(kept.content.encode()).hexdigest()
            db.add(kept)
        with world.reading() as db:
            found = checker.look(db, world.settings.folder).troubles
        assert any("la voix de la présidence n’est pas celle de l’appel" in plain(str(one)) for one in found)


def test_who_presides_is_still_a_member_when_it_opens(world: World) -> None:
    # Given Nadia, who was to preside, and is a member no longer
    for name in ("Nadia", "Omar"):
        world.member(name)
    poll = a_poll(world, MOTION, opened=False)
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    desk.press(
        "Enregistrer et relire la règle",
        mode="named", method="yes-no", tie="president", president=str(world.member("Nadia").id),
    )  # fmt: skip
    with world.writing() as db:
        people.set_roles(db, world.convention, world.member("Nadia"), (), by=world.administrator())
    # Then it does not open, by hand nor by the clock
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/ouvrir")
    assert page.has("Dites d’abord qui préside, parmi les membres")
    assert world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/ouvrir", {}).status == 403


def test_who_said_what_is_in_the_order_of_the_alphabet(world: World) -> None:
    # Given names with accents, which a database puts after all others
    names = ("Zoé", "Alain", "Aïcha", "Élodie")
    poll = a_call(world, *names)
    for name in names:
        say(world, name, poll, "pour")
    close(world, poll)
    # Then the result, and the list for the guarantor, put each where one looks for it
    ordered = ["Aïcha", "Alain", "Élodie", "Zoé"]
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert [one.text_content() for one in page.all("#appel tbody th")] == ordered
    with world.reading() as db:
        assert queries.voters(db, poll) == ordered


def test_a_roll_call_of_those_present_asks_how_many_they_are(world: World) -> None:
    for name in ("Amina", "Bilal", "Chloé"):
        world.member(name)
    poll = a_poll(world, replace(CALL, base=Base.PRESENT), mode=Mode.NAMED)
    say(world, "Amina", poll, "pour")
    page = close(world, poll)
    assert page.has("Dites maintenant combien étaient présents")
    assert page.press("Enregistrer ce nombre", present="2").has("Rejeté : 1 pour sur 2 présents")
