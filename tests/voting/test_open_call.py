"""An open roll call: names are published on purpose, said in big words, and never in a secret vote."""

import pytest
import sqlalchemy as sa

from convention import checker
from convention.algorithms.decision import Method, Rule, Secrecy
from convention.kit.errors import Refused
from convention.voting import actions, queries
from convention.voting.models import BallotBox, Mode, NamedVote, OpenCall, Poll, Roll
from tests.voting.polls import JUDGMENT, a_poll, close, question, vote
from tests.voting.test_kit import broken, contents, kit_of
from tests.world import World

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


def test_only_those_on_the_list_are_called(world: World) -> None:
    poll = a_call(world, "Omar")
    late = world.member("Nadia")
    assert "Vous n’êtes pas sur la liste de ce vote" in world.browser(late).open(f"/scrutins/{poll.number}").text
    with pytest.raises(Refused), world.writing() as db:
        actions.say(db, queries.of_id(db, poll.id), late, ["pour"])
