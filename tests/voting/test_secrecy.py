"""What the database, the journal and the pages know of a ballot: that it is there, and nothing else."""

import datetime as dt
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import SQLModel, col, select

from convention.journal.models import JournalLine
from convention.kit import clock
from convention.kit.web import WriteKey
from convention.people.models import Person, Role, RoleKind
from convention.settings import Misconfigured
from convention.settings import load as load_settings
from convention.voting import actions, counts, envelopes, jobs, queries, rules, tokens
from convention.voting.models import BallotBox, Elector, Poll, Roll
from tests.voting.polls import JUDGMENT, MOTION, Alone, a_poll, close, question, vote
from tests.world import World


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order in which the database gives them."""
    found = {}
    with world.database.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            found[table.name] = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    return found


def octets(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.bytes if isinstance(value, UUID) else str(value).encode()


def cast_all(world: World, poll: Poll, answers: dict[str, str]) -> dict[str, str]:
    """Everyone votes, one after the other; {name: key}."""
    keys = {}
    for name, answer in answers.items():
        keys[name] = envelopes.new_key()
        with world.writing() as db:
            found = db.get(Poll, poll.id)
            assert found is not None
            actions.cast(db, found, world.member(name), keys[name], [answer])
    return keys


@pytest.mark.parametrize("people", [3, 40])
def test_nothing_that_is_kept_joins_a_person_to_a_ballot(world: World, people: int) -> None:
    # Given people who voted one after the other, in an order we know
    names = [f"Membre {n:02}" for n in range(people)]
    for name in names:
        world.member(name)
    poll = a_poll(world)
    before = everything(world)
    answers = {name: str(1 + n % 5) for n, name in enumerate(names)}
    keys = cast_all(world, poll, answers)

    # When somebody reads the whole database
    after = everything(world)

    # Then only the roll and the box have changed: no row more, no date, no line anywhere
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"roll", "ballot_box"}
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    (roll,), (box,) = after["roll"], after["ballot_box"]
    assert set(roll) == {"poll_id", "part", "voted", "on_paper", "tokens"}
    assert roll["on_paper"] == roll["tokens"] == b""
    assert set(box) == {"poll_id", "part", "ballots", "receipts", "tracked"}
    assert box["tracked"] == b"", "nothing before the end, and then only where the rule says so"

    # The roll is in the order of identifiers, the box in the order of fingerprints: neither is that of the votes
    ids = envelopes.split(roll["voted"], envelopes.PERSON)
    assert ids == sorted(world.member(name).id.bytes for name in names)
    tags = envelopes.split(box["ballots"], envelopes.TAG + 1)
    assert tags == sorted(tags)
    assert envelopes.split(box["receipts"], envelopes.RECEIPT) == sorted(
        envelopes.receipt(poll.id, key) for key in keys.values()
    )
    # No person is in the box, and no key, tag or receipt is anywhere outside of it
    for person in world.people.values():
        assert person.id.bytes not in box["ballots"] + box["receipts"]
    secrets = [
        one
        for key in keys.values()
        for one in (key.encode(), envelopes.tag(poll.id, key), envelopes.tag(poll.id, key).hex().encode())
    ]
    for name, rows in after.items():
        for row in rows:
            for column, value in row.items():
                if (name, column) != ("ballot_box", "ballots") and value is not None:
                    assert not [one for one in secrets if one in octets(value)], f"a key or a tag is in {name}.{column}"


def test_whoever_votes_in_another_order_leaves_the_same_bytes(world: World) -> None:
    names = [f"Membre {n:02}" for n in range(12)]
    for name in names:
        world.member(name)
    poll = a_poll(world)
    keys = {name: envelopes.new_key() for name in names}

    def box_after(order: list[str]) -> tuple[bytes, bytes, bytes]:
        with world.writing() as db:
            found = db.get(Poll, poll.id)
            assert found is not None
            roll, box = queries.roll_of(db, poll.id, 0), queries.box_of(db, poll.id, 0)
            roll.voted = box.ballots = box.receipts = b""
            db.flush()
            for name in order:
                actions.cast(db, found, world.member(name), keys[name], [str(1 + names.index(name) % 5)])
                db.flush()
            return roll.voted, box.ballots, box.receipts

    assert box_after(names) == box_after(names[::-1])


def test_after_sealing_no_key_opens_a_ballot(world: World) -> None:
    for name in ("Omar", "Lina", "Rosa"):
        world.member(name)
    poll = a_poll(world, questions=[question("Un", "Premier."), question("Deux", "Second.")])
    sent = {"Omar": ("5", "1"), "Lina": ("1", "5"), "Rosa": ("4", "4")}
    keys = {}
    for name, answers in sent.items():
        keys[name] = envelopes.new_key()
        with world.writing() as db:
            actions.cast(db, db.get_one(Poll, poll.id), world.member(name), keys[name], answers)
    close(world, poll)
    # Each question's answers are kept in their own order: which ones stood together is lost
    with world.reading() as db:
        box = queries.box_of(db, poll.id, 0)
        assert list(box.ballots) == [0, 3, 4, 0, 3, 4]
        for key in keys.values():
            assert envelopes.tag(poll.id, key)[:4] not in box.ballots
    page = world.browser().open(f"/scrutins/{poll.number}/changer")
    assert page.has("Le vote est fermé depuis")


def test_voting_writes_no_line_in_the_journal_and_no_write_key(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    with world.reading() as db:
        lines = len(db.exec(select(JournalLine)).all())
    receipt = vote(world, "Omar", poll, "4")
    receipt.press("Changer mon vote").press("Remplacer mon bulletin", q1="2")
    with world.reading() as db:
        assert len(db.exec(select(JournalLine)).all()) == lines
        assert not db.exec(select(WriteKey)).all()
    close(world, poll)
    with world.reading() as db:
        after = db.exec(select(JournalLine).order_by(col(JournalLine.number))).all()
        assert after[-1].kind == "voting.PollClosed"
        assert str(world.member("Omar").id) not in "".join(line.facts for line in after if "voting." in line.kind)


def test_the_log_says_nothing_of_who_votes(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    omar = world.member("Omar")
    poll = a_poll(world)
    receipt = vote(world, "Omar", poll, "4")
    key = receipt.all("dd.code")[1].text_content()
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert key not in said
    assert key.replace(" ", "") not in said
    assert str(omar.id) not in said


def test_no_count_is_anywhere_while_the_poll_is_open(world: World) -> None:
    # Given a poll with six ballots, five of them for
    names = ("Omar", "Lina", "Gisèle", "Théo", "Rosa", "Bruno")
    for name in (*names, "Nadia"):
        world.member(name)
    poll = a_poll(world, MOTION)
    cast_all(world, poll, {name: "pour" if n else "contre" for n, name in enumerate(names)})
    with world.reading() as db:
        assert not queries.outcomes(db, queries.subjects_of(db, poll.id))
    # Then nobody sees one, whoever asks and however
    here = f"/scrutins/{poll.number}"
    for person in (None, world.member("Omar"), world.member("Nadia"), world.facilitator(), world.guarantor()):
        browser = world.browser(person)
        pages = [browser.open("/scrutins"), browser.open(here), browser.part("/scrutins"), browser.part(here)]
        if person and person.name == "Claire":
            desk = f"/animation/scrutins/{poll.number}"
            pages += [browser.open("/animation/scrutins"), browser.open(desk), browser.part(desk)]
            assert pages[-1].has("6 bulletins sur 7 inscrits")
        for page in pages:
            assert not re.search(r"\b[0-9]+ (voix|pour|contre)\b(?! pour\.)", page.text.replace("24 voix", "")), (
                page.text
            )
            assert not page.all(".voices, .vmini, .verdict")
        for file in ("bulletins.csv", "bulletins.json", "resultat.json", "recus.txt"):
            assert browser.open(f"{here}/{file}", status=404)
    # Nor after the hour, as long as nobody has counted
    with world.later(minutes=31):
        assert world.browser().open(here).has("Le dépouillement est en cours")
        world.browser().open(f"{here}/resultat.json", status=404)


def test_a_number_of_ballots_is_not_shown_below_five(world: World) -> None:
    for name in ("Omar", "Lina", "Gisèle", "Théo", "Rosa"):
        world.member(name)
    poll = a_poll(world)
    cast_all(world, poll, {"Omar": "5", "Lina": "5", "Gisèle": "4", "Théo": "1"})
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    assert page.has("Moins de 5 bulletins")
    cast_all(world, poll, {"Rosa": "5"})
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    assert page.has("5 bulletins sur 5 inscrits")


def a_large_assembly(world: World) -> list[Person]:
    with world.writing() as db:
        people = [Person(name=f"Membre {n}", created_at=clock.now()) for n in range(450)]
        db.add_all(people)
        db.flush()
        db.add_all(
            Role(person_id=one.id, convention_id=world.convention.id, kind=RoleKind.MEMBER, given_at=clock.now())
            for one in people
        )
    return people


def test_in_a_large_assembly_no_box_tells_the_few_who_vote_without_a_script(world: World) -> None:
    # Given 450 members: twenty take a token, and twenty others, whom the roll tells apart, have no script
    people = a_large_assembly(world)
    poll, secret = a_poll(world), world.settings.secret
    mine = [Alone(tokens.public_key(secret, poll.id)) for _each in range(20)]
    with world.writing() as db:
        for one, person in zip(mine, people[:20], strict=True):
            given = actions.give_token(
                db, db.get_one(Poll, poll.id), person, secret, bytes.fromhex(one.asked["aveugle"])
            )
            one.answered({"element": given.element.hex(), "proof": given.proof.hex()})
            actions.cast_with_token(db, db.get_one(Poll, poll.id), secret, one.key, bytes.fromhex(one.token), ["1"])
        for person in people[20:40]:
            key = envelopes.new_key()
            assert actions.cast(db, db.get_one(Poll, poll.id), person, key, ["5"]).receipt
            # sent again, from two tabs: one ballot, found where it stands
            assert actions.cast(db, db.get_one(Poll, poll.id), person, key, ["5"]).receipt

    # When somebody reads the boxes while it is open, and what a token's ballot would look like in each
    with world.reading() as db:
        boxes = db.exec(select(BallotBox).where(BallotBox.poll_id == poll.id)).all()
    ballots = [(box.part, one[:-1]) for box in boxes for one in envelopes.split(box.ballots, envelopes.TAG + 1)]

    # Then no ballot stands where a token could not have brought it
    assert len(ballots) == 40 and len(boxes) == 2
    assert [one for one in ballots if envelopes.part(one[1], len(boxes)) != one[0]] == []


def test_a_large_assembly_is_dealt_into_parts_of_two_hundred(world: World) -> None:
    people = a_large_assembly(world)
    poll = a_poll(world)
    with world.writing() as db:
        parts = [elector.part for elector in db.exec(select(Elector).where(Elector.poll_id == poll.id))]
        assert sorted(parts.count(part) for part in set(parts)) == [225, 225]
        for one in people[:30]:
            actions.cast(db, db.get_one(Poll, poll.id), one, envelopes.new_key(), ["5"])
    with world.reading() as db:
        assert queries.turnout(db, poll) == 30
        assert len(db.exec(select(Roll)).all()) == len(db.exec(select(BallotBox)).all()) == 2
    close(world, poll)
    with world.reading() as db:
        (outcome,) = queries.outcomes(db, queries.subjects_of(db, poll.id)).values()
        assert outcome.cast == 30


def test_what_the_database_still_holds_is_swept(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    vote(world, "Omar", poll, "5")
    with world.later(minutes=31):
        assert jobs.close_due(world.database) == 1
        assert jobs.close_due(world.database) == 0
        jobs.sweep(world.database)
        jobs.sweep(world.database)
    assert jobs.close_due(world.database, clock.now() + dt.timedelta(hours=2)) == 0


# -- nothing partial -----------------------------------------------------------------------------------------------

ANSWERS = ("1", "2", "3", "4", "5", "sans-avis")


@given(
    st.integers(1, 40).flatmap(
        lambda people: st.tuples(
            *(st.lists(st.sampled_from(ANSWERS), min_size=people, max_size=people) for _question in range(3)),
            st.lists(st.integers(0, 2), min_size=people, max_size=people),
        )
    ),
    st.randoms(use_true_random=False),
)
def test_what_is_published_is_a_function_of_the_totals(drawn: Any, chance: Any) -> None:
    # Given ballots of three questions, dealt into parts, some of them on paper
    *columns, parts = drawn
    rule = JUDGMENT

    def published(columns: list[list[str]], parts: list[int]) -> list[dict[str, int]]:
        boxes: list[bytes] = [b""] * 3
        for answers, part in zip(zip(*columns, strict=True), parts, strict=True):
            record = chance.randbytes(envelopes.TAG) + b"".join(counts.pack(rule, one) for one in answers)
            boxes[part] = envelopes.add(boxes[part], record)
        sealed = [b"".join(envelopes.columns(box, 3)) for box in boxes]
        return [counts.count(rule, column) for column in envelopes.unseal(sealed, 3)]

    # When others had cast the same totals, on other ballots, in other parts, one-sided or not
    others = [chance.sample(column, len(column)) for column in columns]
    dealt = [chance.randrange(3) for _one in parts]
    # Then what is published is the same: it says nothing that the totals do not
    assert published(columns, parts) == published(others, dealt)
    assert published(columns, parts) == [{one: column.count(one) for one in ANSWERS} for column in columns]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=4), st.integers(5, 30))
def test_no_small_part_is_shown(parts: list[int], least: int) -> None:
    assert rules.may_show(parts, least) == (min(parts) >= least)


def test_the_minimum_is_a_setting_and_never_below_five(world: World, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        load_settings(folder=tmp_path, secret="s" * 32, least_shown=4)
    names = [f"Membre {n}" for n in range(6)]
    for name in names:
        world.member(name)
    poll = a_poll(world)
    cast_all(world, poll, dict.fromkeys(names, "5"))
    wary = World(world.database, world.settings.model_copy(update={"least_shown": 7}), world.convention)
    page = wary.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    assert page.has("Moins de 7 bulletins")
    page = wary.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/fermer")
    assert page.has("Moins de 7, sur 6 inscrits")
