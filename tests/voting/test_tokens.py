"""Ballots without a name: a token taken once under one's name, a ballot brought by nobody."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voprf import ristretto

from convention import checker, verify
from convention.algorithms.decision import Method, Rule, Secrecy
from convention.people.visits import COOKIE
from convention.voting import actions, envelopes, queries, tokens
from convention.voting.models import Mode, Poll
from tests.voting.polls import MOTION, Alone, a_poll, alone, close, key_in, put, question, vote
from tests.voting.test_kit import broken, contents, kit_of
from tests.voting.test_storm import post, serving
from tests.world import World, plain

DONE = "Votre bulletin est déposé"
SECRET = "s" * 32

# RFC 9497, appendix A.1.2: ristretto255-SHA512, VOPRF mode; the seed and the info of DeriveKeyPair.
SEED, INFO = bytes.fromhex("a3" * 32), b"test key"
PUBLIC = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
VECTORS = [
    (
        "00",
        "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
        "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
        "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
        "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
    ),
    (
        "5a" * 17,
        "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
        "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
        "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
        "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6",
    ),
]


def test_the_library_keeps_to_the_vectors_of_the_rfc(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ristretto.Evaluator.from_seed(SEED, INFO)
    monkeypatch.setattr(tokens, "_server", lambda secret, poll_id: server)
    poll_id = Poll(convention_id=None, number=1, title="").id  # type: ignore[arg-type]
    assert tokens.public_key(SECRET, poll_id) == PUBLIC
    for typed, blinded, evaluated, output in VECTORS:
        assert tokens.evaluate(SECRET, poll_id, bytes.fromhex(blinded)).element.hex() == evaluated
        assert tokens.holds(SECRET, poll_id, bytes.fromhex(typed).decode(), bytes.fromhex(output))
        assert not tokens.holds(SECRET, poll_id, bytes.fromhex(typed).decode() + "1", bytes.fromhex(output))


@pytest.mark.parametrize("octets", [b"", b"\0" * 32, b"\xff" * 32, b"a" * 31])
def test_what_is_no_element_of_the_group_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match="element"):
        tokens.evaluate(SECRET, Poll(convention_id=None, number=1, title="").id, octets)  # type: ignore[arg-type]


# -- the story -----------------------------------------------------------------------------------------------------


def test_omar_votes_without_his_name_and_changes_his_mind(world: World) -> None:
    # Given Omar, who took his token
    poll = a_poll(world) if world.member("Omar") else None
    assert poll
    mine = alone(world, "Omar", poll)

    # When he sends his ballot twice, then another, all without his session
    receipts = [put(world, poll, mine.ballot(q1=answer)) for answer in ("1", "1", "5")]

    # Then one ballot is in the box, the last one, under one receipt; and its key changes it as any other
    assert all(one.status_code == 200 and DONE in one.text for one in receipts)
    number = envelopes.receipt_number(envelopes.receipt(poll.id, mine.key))
    assert all(number in one.text for one in receipts)
    with world.reading() as db:
        assert queries.turnout(db, poll) == queries.on_roll(db, poll) == 1
        assert queries.box_of(db, poll.id, 0).ballots == envelopes.tag(poll.id, mine.key) + bytes([4])
    page = world.browser().open(f"/scrutins/{poll.number}/changer")
    assert page.press("Remplacer mon bulletin", cle_bulletin=mine.key, q1="3").has(DONE)
    close(world, poll)
    with world.reading() as db:
        (outcome,) = queries.outcomes(db, queries.subjects_of(db, poll.id)).values()
        assert {row.value: row.count for row in outcome.rows} == {5: 0, 4: 0, 3: 1, 2: 0, 1: 0}
        assert not queries.roll_of(db, poll.id, 0).tokens
    page = world.browser(world.guarantor()).open(f"/scrutins/{poll.number}")
    assert page.has("1 personne a émargé à l’écran, 1 bulletin.")
    assert broken(kit_of(world, poll)) == []


def test_a_lost_answer_is_given_again_and_no_second_token_is(world: World) -> None:
    omar = world.browser(world.member("Omar"))
    poll = a_poll(world)
    door = f"/scrutins/{poll.number}/jeton"
    mine = Alone(key_in(omar.open(f"/scrutins/{poll.number}")))
    first, again = (omar.client.post(door, data=mine.asked) for _each in range(2))
    assert first.json()["element"] == again.json()["element"]
    assert mine.answered(first.json()).token == mine.answered(again.json()).token
    # Another key, under his name: refused, in a sentence
    other = omar.client.post(door, data=Alone(tokens.public_key(world.settings.secret, poll.id)).asked)
    assert other.status_code == 403
    assert "Votre voix est déjà prise" in other.text
    # And the page says what is known, no more
    page = omar.open(f"/scrutins/{poll.number}")
    assert page.has("nous ne savons pas s’il est dans l’urne")
    assert page.has("Jeton remis")
    assert not page.has("Vous avez voté")
    # His form with a session is refused too: one voice
    assert put(world, poll, mine.ballot(q1="4")).status_code == 200
    assert omar.open(f"/scrutins/{poll.number}").has("nous ne savons pas s’il est dans l’urne")


def test_who_voted_with_her_session_gets_no_token(world: World) -> None:
    world.member("Lina")
    poll = a_poll(world)
    vote(world, "Lina", poll, "4")
    lina = world.browser(world.member("Lina"))
    asked = Alone(tokens.public_key(world.settings.secret, poll.id)).asked
    assert lina.client.post(f"/scrutins/{poll.number}/jeton", data=asked).status_code == 403
    assert lina.open(f"/scrutins/{poll.number}").has("Votre bulletin est déjà dans l’urne")


def test_what_opens_no_box(world: World) -> None:
    world.member("Omar")
    poll, elsewhere = a_poll(world), a_poll(world)
    mine = alone(world, "Omar", poll)
    put(world, poll, mine.ballot(q1="4"))
    with world.reading() as db:
        before = queries.box_of(db, poll.id, 0).ballots
    wrong = [
        {"jeton": "00" * 64},
        {"jeton": mine.token[:-2]},
        {"jeton": "é"},
        {"bulletin": envelopes.new_key()},
        {"jeton": alone(world, "Omar", elsewhere).token},  # of another poll
    ]
    for one in wrong:
        answer = put(world, poll, {**mine.ballot(q1="1"), **one})
        assert answer.status_code == 403
        assert "Ce jeton n’ouvre pas l’urne de ce vote" in answer.text
    # Nor does an answer that the ballot does not offer, nor a ballot that was only read again
    assert put(world, poll, mine.ballot(q1="9")).status_code == 422
    read_again = put(world, poll, {key: value for key, value in mine.ballot(q1="1").items() if key != "depot"})
    assert "Relisez votre bulletin" in read_again.text
    with world.reading() as db:
        assert queries.box_of(db, poll.id, 0).ballots == before


def test_late_requests_are_refused_with_what_was_chosen(world: World) -> None:
    world.member("Omar")
    world.member("Lina")
    poll = a_poll(world)
    mine = alone(world, "Omar", poll)
    lina = world.browser(world.member("Lina"))
    with world.later(minutes=31):
        late = put(world, poll, mine.ballot(q1="4"))
        asked = Alone(tokens.public_key(world.settings.secret, poll.id)).asked
        no_token = lina.client.post(f"/scrutins/{poll.number}/jeton", data=asked)
    assert late.status_code == no_token.status_code == 403
    assert "Le vote est fermé depuis" in late.text
    assert "Vous aviez choisi" in late.text
    assert "Bien" in plain(late.text)
    assert "Le vote est fermé depuis" in no_token.text
    with world.reading() as db:
        assert queries.on_roll(db, poll) == 1
        assert queries.turnout(db, poll) == 0


def test_a_session_that_comes_along_is_not_looked_at(world: World) -> None:
    omar = world.browser(world.member("Omar"))
    poll = a_poll(world)
    mine = alone(world, "Omar", poll)
    with_cookie = omar.client.post(f"/scrutins/{poll.number}/urne", data=mine.ballot(q1="4"))
    assert with_cookie.status_code == 200
    assert "Omar" not in with_cookie.text
    assert with_cookie.headers["cache-control"] == "no-store"
    # Another site's page cannot post there either, with or without a cookie
    elsewhere = world.browser().client.post(
        f"/scrutins/{poll.number}/urne", data=mine.ballot(q1="1"), headers={"sec-fetch-site": "cross-site"}
    )
    assert elsewhere.status_code == 403
    assert put(world, poll, mine.ballot(q1="4")).text.count(DONE) == with_cookie.text.count(DONE)


CHOICES = {
    Method.APPROVAL: {"q1": "1", "q3": "1"},
    Method.SCORE: {"q1": "5", "q2": "0"},
    Method.SCHULZE: {"q1": "2", "q2": "1", "q3": "3"},
    Method.IRV: {"q2": "1"},
}


@pytest.mark.parametrize("method", CHOICES)
def test_every_kind_of_choice_comes_alone(world: World, method: Method) -> None:
    world.member("Omar")
    asked = [question(title, "") for title in ("Un parc", "Une place", "Une fontaine")]
    poll = a_poll(world, Rule(method=method), questions=asked)
    mine = alone(world, "Omar", poll)
    answers = {"q1": "", "q2": "", "q3": "", **CHOICES[method]}
    # Nothing, then what moves a rank, then the last look: none of them says who asks
    assert put(world, poll, mine.ballot(q1="", q2="", q3="")).status_code == 422
    if method in (Method.SCHULZE, Method.IRV):
        moved = put(world, poll, {**answers, "monter": "q2"})
        assert moved.status_code == 200
        assert "Relire mon bulletin" in moved.text
    assert "Relisez votre bulletin" in put(world, poll, answers).text
    assert "Relire mon bulletin" in put(world, poll, {**answers, "corriger": "oui"}).text
    assert DONE in put(world, poll, mine.ballot(**answers)).text
    close(world, poll)
    assert broken(kit_of(world, poll)) == []


def test_motions_and_several_questions_come_alone(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world, MOTION, questions=[question("Un"), question("Deux")])
    mine = alone(world, "Omar", poll)
    assert put(world, poll, mine.ballot(q1="pour")).status_code == 422
    assert DONE in put(world, poll, mine.ballot(q1="pour", q2="contre")).text


# -- tokens and ballots, reconciled --------------------------------------------------------------------------------


def test_a_token_that_was_not_used_is_counted_and_said(world: World) -> None:
    # Given five who voted, each in her way, and Rosa whose phone died after her token
    names = ("Omar", "Lina", "Gisèle", "Théo", "Jeanne")
    for name in (*names, "Rosa"):
        world.member(name)
    poll = a_poll(world)
    for name in names[:2]:
        vote(world, name, poll, "5")
    for name in names[2:]:
        assert DONE in put(world, poll, alone(world, name, poll).ballot(q1="4")).text
    alone(world, "Rosa", poll)
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    assert desk.has("5 bulletins sur 6 inscrits")
    with world.reading() as db:
        assert checker.look(db, world.settings.folder).troubles == []

    # When the poll closes
    close(world, poll)

    # Then both numbers are said, to everyone and in the kit, and both hold
    for person in (None, world.guarantor()):
        page = world.browser(person).open(f"/scrutins/{poll.number}")
        assert page.has("6 personnes ont émargé à l’écran, 5 bulletins. 1 jeton n’a pas servi avant la fermeture")
    kit = contents(kit_of(world, poll))
    assert json.loads(kit["participation.json"])["issued"] == json.loads(kit["resultat.json"])["issued"] == 6
    assert broken(kit_of(world, poll)) == []
    assert tokens.public_key(world.settings.secret, poll.id) in kit["LISEZMOI.txt"].decode()
    with world.reading() as db:
        assert checker.look(db, world.settings.folder).troubles == []
    # And a kit whose two files agree on fewer tokens than ballots does not hold
    lie = {name: text.replace(b'"issued":6', b'"issued":4') for name, text in kit.items()}
    assert any("plus de bulletins que d’émargements" in one for one in broken(verify.archive(lie)))


def test_more_ballots_than_tokens_are_never_sealed(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    put(world, poll, alone(world, "Omar", poll).ballot(q1="4"))
    with world.writing() as db:
        box, key = queries.box_of(db, poll.id, 0), envelopes.new_key()
        box.ballots = envelopes.add(box.ballots, envelopes.tag(poll.id, key) + b"\0")
        box.receipts = envelopes.add(box.receipts, envelopes.receipt(poll.id, key))
        db.add(box)
    with world.reading() as db:
        assert any("1 nom pour 2 bulletins" in line for line in checker.look(db, world.settings.folder).troubles)
    with world.writing() as db, pytest.raises(AssertionError, match="never more ballots"):
        actions.close(db, db.get_one(Poll, poll.id))


def test_a_name_too_many_without_a_token_is_found(world: World) -> None:
    for name in ("Omar", "Lina"):
        world.member(name)
    poll = a_poll(world)
    vote(world, "Omar", poll, "4")
    with world.writing() as db:
        roll = queries.roll_of(db, poll.id, 0)
        roll.voted = envelopes.add(roll.voted, world.member("Lina").id.bytes)
        roll.tokens += b"\0" * 31
        db.add(roll)
    with world.reading() as db:
        found = "\n".join(checker.look(db, world.settings.folder).troubles)
    assert "2 noms pour 1 bulletin" in found
    assert "la liste de ceux qui ont reçu un jeton est coupée" in found


# -- at the same instant -------------------------------------------------------------------------------------------


def test_twenty_devices_ask_for_a_token_at_once(world: World) -> None:
    # Given Omar on twenty devices, each with a key of its own
    omar = world.browser(world.member("Omar"))
    poll = a_poll(world)
    cookie = str(omar.client.cookies[COOKIE])
    public = tokens.public_key(world.settings.secret, poll.id)
    devices = [Alone(public) for _device in range(20)]
    start = Barrier(20)

    def ask(device: Alone) -> int:
        start.wait()
        return post(address, f"/scrutins/{poll.number}/jeton", cookie, device.asked).status_code

    with serving(world) as address, ThreadPoolExecutor(20) as pool:
        told = list(pool.map(ask, devices))
    # Then one got it
    assert sorted(told) == [200] + [403] * 19
    with world.reading() as db:
        assert queries.on_roll(db, poll) == 1
        assert len(queries.roll_of(db, poll.id, 0).tokens) == envelopes.PERSON + tokens.MARK


# -- nothing joins them --------------------------------------------------------------------------------------------


def test_any_token_may_be_anyones(world: World) -> None:
    """Were the blinded keys dealt to the people in another way, the server would hold the same tokens and the same box.

    What it has seen of each person is thus as good with any ballot: there is nothing to match.
    """
    names = ("Omar", "Lina", "Rosa")
    for name in names:
        world.member(name)
    keys = [envelopes.new_key() for _name in names]
    poll = a_poll(world)
    asked = [Alone(tokens.public_key(world.settings.secret, poll.id), key) for key in keys]
    seen = []
    for turned in range(3):
        with world.writing() as db:
            roll, box = queries.roll_of(db, poll.id, 0), queries.box_of(db, poll.id, 0)
            roll.voted = roll.tokens = box.ballots = box.receipts = b""
            db.flush()
            for name, mine in zip(names, asked[turned:] + asked[:turned], strict=True):
                blinded = bytes.fromhex(mine.asked["aveugle"])
                given = actions.give_token(db, poll, world.member(name), world.settings.secret, blinded)
                mine.answered({"element": given.element.hex(), "proof": given.proof.hex()})
            for n, mine in enumerate(asked):
                token = bytes.fromhex(mine.token)
                actions.cast_with_token(db, poll, world.settings.secret, mine.key, token, [str(1 + n)])
            db.flush()
            seen.append((roll.voted, box.ballots, box.receipts, [mine.token for mine in asked]))
            run = roll.tokens
    assert seen[0] == seen[1] == seen[2]
    # And what is kept of a request holds neither the key nor the token nor the tag
    for mine in asked:
        for secret in (mine.key.encode(), bytes.fromhex(mine.token)[:16], envelopes.tag(poll.id, mine.key)):
            assert secret not in run


@settings(max_examples=40)
@given(st.integers(0, 2**80 - 1), st.integers(0, 2**80 - 1))
def test_a_blinded_key_says_nothing_of_the_key(one: int, other: int) -> None:
    """Blinded twice, a key gives two elements; whatever its blinding, one token. The server sees only the former."""
    poll_id = Poll(convention_id=None, number=1, title="").id  # type: ignore[arg-type]
    public = tokens.public_key(SECRET, poll_id)

    def key(number: int) -> str:
        return "".join(envelopes.ALPHABET[number >> 5 * place & 31] for place in range(envelopes.KEY))

    made = []
    for typed in (key(one), key(one), key(other)):
        mine = Alone(public, typed)
        given = tokens.evaluate(SECRET, poll_id, bytes.fromhex(mine.asked["aveugle"]))
        made.append(mine.answered({"element": given.element.hex(), "proof": given.proof.hex()}))
        assert tokens.holds(SECRET, poll_id, typed, bytes.fromhex(mine.token))
    assert len({mine.asked["aveugle"] for mine in made}) == 3
    assert made[0].token == made[1].token
    assert (made[0].token == made[2].token) == (one == other)


def test_whoever_casts_in_another_order_leaves_the_same_bytes(world: World) -> None:
    names = [f"Membre {n:02}" for n in range(8)]
    for name in names:
        world.member(name)
    poll = a_poll(world)
    mine = {name: alone(world, name, poll) for name in names}

    def bytes_after(order: list[str]) -> tuple[bytes, bytes]:
        with world.writing() as db:
            box = queries.box_of(db, poll.id, 0)
            box.ballots = box.receipts = b""
            db.add(box)
        for name in order:
            assert DONE in put(world, poll, mine[name].ballot(q1=str(1 + names.index(name) % 5))).text
        with world.reading() as db:
            box = queries.box_of(db, poll.id, 0)
            return box.ballots, box.receipts

    assert bytes_after(names) == bytes_after(random.Random(1).sample(names, len(names)))
    with world.reading() as db:
        run = envelopes.split(queries.roll_of(db, poll.id, 0).tokens, envelopes.PERSON + tokens.MARK)
    assert [one[: envelopes.PERSON] for one in run] == sorted(world.member(name).id.bytes for name in names)


def test_a_cancelled_poll_forgets_who_took_a_token(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    put(world, poll, alone(world, "Omar", poll).ballot(q1="4"))
    with world.writing() as db:
        actions.cancel(db, db.get_one(Poll, poll.id), "Une coquille dans le texte.", by=None)
    with world.reading() as db:
        assert not queries.roll_of(db, poll.id, 0).tokens
        assert not queries.box_of(db, poll.id, 0).ballots
        assert checker.look(db, world.settings.folder).troubles == []


def test_an_open_roll_call_knows_no_tokens(world: World) -> None:
    omar = world.browser(world.member("Omar"))
    poll = a_poll(world, Rule(method=Method.YES_NO, secrecy=Secrecy.OPEN), mode=Mode.NAMED)
    asked = Alone(tokens.public_key(world.settings.secret, poll.id)).asked
    assert omar.client.post(f"/scrutins/{poll.number}/jeton", data=asked).status_code == 404
    assert omar.client.post(f"/scrutins/{poll.number}/urne", data={"q1": "pour"}).status_code == 404
