"""A large assembly votes at once over real HTTP: the box holds what was told recorded: one each, none late."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

from convention.kit import clock
from convention.people import actions as people
from convention.people.forms import PersonForm
from convention.people.models import RoleKind
from convention.people.visits import COOKIE
from convention.voting import envelopes, queries, tokens
from convention.voting.models import Poll
from tests.voting.polls import Alone, a_poll
from tests.voting.test_storm import serving
from tests.waiting import until
from tests.world import HOST, World

PEOPLE = {False: 2000, True: 500}  # without their name, two thousand, and all their times: python -m bench.storm
HANDS = 24  # connections at once
CHANGING = 10  # one in so many changes her mind


class Voter(NamedTuple):
    name: str
    cookie: str
    key: str
    seal: str
    first: str
    then: str | None


def crowd(world: World, poll: Poll, cookies: dict[str, str]) -> list[Voter]:
    voters = []
    for n, (name, cookie) in enumerate(cookies.items()):
        key = envelopes.new_key()
        seal = envelopes.seal(world.settings.secret, poll.id, world.people[name].id, key)
        then = str(1 + (n + 2) % 5) if n % CHANGING == 0 else None
        voters.append(Voter(name, cookie, key, seal, str(1 + n % 5), then))
    return voters


def enlist(world: World, number: int) -> dict[str, str]:
    """So many members, each signed in."""
    cookies = {}
    with world.writing() as db:
        for n in range(number):
            name = f"Membre {n:04}"
            person = people.add(db, world.convention, PersonForm(name=name, email="", roles=(RoleKind.MEMBER,)))
            world.people[name] = person
            token, _lasts = people.sign_in(db, world.convention, person, device="Test", shared=False, at=clock.now())
            cookies[name] = token
    return cookies


class Hands:
    """Connections kept open, one for each thread."""

    def __init__(self, address: str) -> None:
        self.port = urlsplit(address).port
        self.mine = threading.local()
        self.all: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        for connection in self.all:
            connection.close()

    def post(self, path: str, values: dict[str, str], cookie: str = "") -> tuple[int, str]:
        connection = getattr(self.mine, "connection", None)
        if connection is None:
            connection = self.mine.connection = http.client.HTTPConnection(HOST, self.port, timeout=120)
            self.all.append(connection)
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "cookie": f"{COOKIE}={cookie}" if cookie else "",
            "sec-fetch-site": "same-origin",
            "accept-language": "fr",
        }
        connection.request("POST", path, urlencode(values), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("alone", [False, True], ids=["with their session", "without their name"])
def test_a_crowd_votes_at_once_and_the_poll_closes_in_the_middle(world: World, alone: bool) -> None:
    storm(world, PEOPLE[alone], alone=alone)


def storm(
    world: World,
    number: int,
    serving: Callable[[World], AbstractContextManager[str]] = serving,
    *,
    alone: bool = False,
) -> tuple[int, float]:
    """How many answers were given, and in how long. `serving` starts a server for this world: here, a thread.

    `alone`: each takes a token, then her ballot goes without her name; she sends both requests twice.
    """
    # Given many members, each with a ballot filled
    cookies = enlist(world, number)
    poll = a_poll(world)
    voters = crowd(world, poll, cookies)
    claire = str(world.browser(world.facilitator()).client.cookies[COOKIE])
    public = tokens.public_key(world.settings.secret, poll.id)
    done: list[str] = []
    given: list[str] = []  # those who were given a token
    failed = threading.Event()

    # When each sends it twice, one in ten changes her mind, and Claire closes in the middle
    with serving(world) as address, ThreadPoolExecutor(HANDS + 1) as pool:
        hands = Hands(address)

        def vote(voter: Voter) -> list[tuple[str, int, str]]:
            ballot = {"bulletin": voter.key, "sceau": voter.seal, "q1": voter.first, "depot": "oui"}
            path = f"/scrutins/{poll.number}"
            if alone:
                told = vote_alone(voter, path)
            else:
                told = [(voter.first, *hands.post(f"{path}/bulletin", ballot, voter.cookie)) for _each in range(2)]
            if voter.then is not None:
                change = {"cle_bulletin": voter.key, "q1": voter.then, "depot": "oui"}
                told.append((voter.then, *hands.post(f"{path}/changer", change)))
            done.append(voter.name)
            return told

        def vote_alone(voter: Voter, path: str) -> list[tuple[str, int, str]]:
            mine = Alone(public, voter.key)
            asked = [hands.post(f"{path}/jeton", mine.asked, voter.cookie) for _each in range(2)]
            if asked[0][0] != 200:
                return [(voter.first, *answer) for answer in asked]
            given.append(voter.name)
            ballot = mine.answered(json.loads(asked[0][1])).ballot(q1=voter.first)
            return [(voter.first, *hands.post(f"{path}/urne", ballot)) for _each in range(2)]

        def close() -> int:
            until(lambda: len(done) >= number // 2 or failed.is_set(), "half of the crowd to vote")
            return hands.post(f"/animation/scrutins/{poll.number}/fermer", {}, claire)[0]

        started = time.perf_counter()
        closing = pool.submit(close)
        try:
            answers = list(pool.map(vote, voters))
        except BaseException:
            failed.set()
            raise
        lasted = time.perf_counter() - started
        assert closing.result() == 303
        hands.close()

    # Then each was told « recorded » or « closed », nothing else, and never « recorded » after « closed »
    last: dict[str, str] = {}
    for voter, told in zip(voters, answers, strict=True):
        over = False
        for answer, status, text in told:
            recorded = status == 200 and "Votre bulletin est déposé" in text
            assert recorded or (status == 403 and "Le vote est fermé depuis" in text), (voter.name, status, text[:300])
            assert not (over and recorded), f"{voter.name} was heard after the end"
            over = not recorded
            if recorded:
                last[voter.name] = answer
    assert number // 2 <= len(last) < number
    # And the box, the roll and the receipts hold exactly these people's last ballots
    with world.reading() as db:
        assert queries.voters(db, poll) == sorted(given if alone else last)
        assert set(given) >= set(last) if alone else not given
        found = queries.result(db, poll)
        assert found is not None
        assert queries.content(found)["issued"] == len(given if alone else last)
        (outcome,) = queries.outcomes(db, queries.subjects_of(db, poll.id)).values()
        assert {str(row.value): row.count for row in outcome.rows} == dict.fromkeys("54321", 0) | Counter(last.values())
        receipts = queries.receipts(db, poll)
        keys = {voter.name: voter.key for voter in voters}
        assert receipts == sorted(envelopes.receipt_number(envelopes.receipt(poll.id, keys[name])) for name in last)
    return sum(map(len, answers)) + 2 * len(given), lasted
