"""A large assembly votes at once over real HTTP: the box holds what was told recorded: one each, none late."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from convention.kit import clock
from convention.people import actions as people
from convention.people.forms import PersonForm
from convention.people.models import RoleKind
from convention.people.visits import COOKIE
from convention.voting import envelopes, queries
from convention.voting.models import Poll
from tests.voting.polls import a_poll
from tests.voting.test_storm import serving
from tests.waiting import until
from tests.world import HOST, World

PEOPLE = 500  # two thousand, and their times: python -m bench.storm
HANDS = 24  # connections at once
CHANGING = 10  # one in so many changes her mind


class Voter(NamedTuple):
    name: str
    cookie: str
    key: str
    seal: str
    first: str
    then: str | None


def crowd(world: World, poll: Poll, tokens: dict[str, str]) -> list[Voter]:
    voters = []
    for n, (name, token) in enumerate(tokens.items()):
        key = envelopes.new_key()
        seal = envelopes.seal(world.settings.secret, poll.id, world.people[name].id, key)
        then = str(1 + (n + 2) % 5) if n % CHANGING == 0 else None
        voters.append(Voter(name, token, key, seal, str(1 + n % 5), then))
    return voters


def enlist(world: World, number: int) -> dict[str, str]:
    """So many members, each signed in."""
    tokens = {}
    with world.writing() as db:
        for n in range(number):
            name = f"Membre {n:04}"
            person = people.add(db, world.convention, PersonForm(name=name, email="", roles=(RoleKind.MEMBER,)))
            world.people[name] = person
            token, _lasts = people.sign_in(db, world.convention, person, device="Test", shared=False, at=clock.now())
            tokens[name] = token
    return tokens


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


def test_a_crowd_votes_at_once_and_the_poll_closes_in_the_middle(world: World) -> None:
    storm(world, PEOPLE)


def storm(
    world: World, number: int, serving: Callable[[World], AbstractContextManager[str]] = serving
) -> tuple[int, float]:
    """How many answers were given, and in how long. `serving` starts a server for this world: here, a thread."""
    # Given many members, each with a ballot filled
    tokens = enlist(world, number)
    poll = a_poll(world)
    voters = crowd(world, poll, tokens)
    claire = str(world.browser(world.facilitator()).client.cookies[COOKIE])
    done: list[str] = []
    failed = threading.Event()

    # When each sends it twice, one in ten changes her mind, and Claire closes in the middle
    with serving(world) as address, ThreadPoolExecutor(HANDS + 1) as pool:
        hands = Hands(address)

        def vote(voter: Voter) -> list[tuple[str, int, str]]:
            ballot = {"bulletin": voter.key, "sceau": voter.seal, "q1": voter.first, "depot": "oui"}
            path = f"/scrutins/{poll.number}"
            told = [(voter.first, *hands.post(f"{path}/bulletin", ballot, voter.cookie)) for _each in range(2)]
            if voter.then is not None:
                change = {"cle_bulletin": voter.key, "q1": voter.then, "depot": "oui"}
                told.append((voter.then, *hands.post(f"{path}/changer", change)))
            done.append(voter.name)
            return told

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
        assert queries.voters(db, poll) == sorted(last)
        (outcome,) = queries.outcomes(db, queries.subjects_of(db, poll.id)).values()
        assert {str(row.value): row.count for row in outcome.rows} == dict.fromkeys("54321", 0) | Counter(last.values())
        receipts = queries.receipts(db, poll)
        keys = {voter.name: voter.key for voter in voters}
        assert receipts == sorted(envelopes.receipt_number(envelopes.receipt(poll.id, keys[name])) for name in last)
    return sum(map(len, answers)), lasted
