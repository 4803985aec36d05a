"""A large assembly votes at once, over real HTTP: the box holds what was told recorded, one each, none late."""

import asyncio
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
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
from tests.world import HOST, World

PEOPLE = {False: 2000, True: 500}  # without their name, two thousand, and all their times: python -m bench.storm
LASTS = 10.0  # seconds in which they all press
IMPATIENCE = 0.5  # seconds before each presses again
CHANGING = 10  # one in so many changes her mind


class Answer(NamedTuple):
    sent: float
    came: float
    status: int
    text: str


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


class Phones:
    """A connection of its own for each request: nobody waits for another's answer before she presses."""

    def __init__(self, address: str) -> None:
        self.port = urlsplit(address).port
        self.answers: list[Answer] = []

    async def post(self, path: str, values: dict[str, str], cookie: str = "") -> Answer:
        body = urlencode(values).encode()
        head = {
            "host": HOST,
            "connection": "close",
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(body)),
            "cookie": f"{COOKIE}={cookie}" if cookie else "",
            "sec-fetch-site": "same-origin",
            "accept-language": "fr",
        }
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items() if value), "", ""]
        sent = time.perf_counter()
        reader, writer = await asyncio.open_connection(HOST, self.port)
        writer.write("\r\n".join(lines).encode() + body)
        told = (await reader.read()).decode()
        writer.close()
        answer = Answer(sent, time.perf_counter(), int(told.split(" ", 2)[1]), told.partition("\r\n\r\n")[2])
        self.answers.append(answer)
        return answer


class Storm(NamedTuple):
    """How many answers were given; seconds until the last one pressed, and until the last was answered; each's wait."""

    answers: int
    pressed: float
    lasted: float
    waits: list[float]


@pytest.mark.parametrize("alone", [False, True], ids=["with their session", "without their name"])
def test_a_crowd_votes_in_ten_seconds_and_the_poll_closes_in_the_middle(world: World, alone: bool) -> None:
    storm(world, PEOPLE[alone], alone=alone)


def storm(
    world: World,
    number: int,
    serving: Callable[[World], AbstractContextManager[str]] = serving,
    *,
    alone: bool = False,
) -> Storm:
    """So many members press within ten seconds. `serving` starts a server for this world: here, a thread.

    Nobody waits for anybody: what the server cannot answer at once waits there, as in an assembly. `alone`: each takes
    a token, then her ballot goes without her name; she sends both requests twice.
    """
    # Given many members, each with a ballot filled
    room_for(4 * number)
    cookies = enlist(world, number)
    poll = a_poll(world)
    voters = crowd(world, poll, cookies)
    claire = str(world.browser(world.facilitator()).client.cookies[COOKIE])
    public = tokens.public_key(world.settings.secret, poll.id)
    path = f"/scrutins/{poll.number}"
    moments = [LASTS * n / number for n in range(number)]
    random.Random(number).shuffle(moments)
    given: list[str] = []  # those who were given a token
    pressed: list[float] = []  # at which moments

    async def vote(phones: Phones, voter: Voter, moment: float) -> list[tuple[str, Answer]]:
        await asyncio.sleep(moment)
        pressed.append(time.perf_counter())
        if alone:
            told = await vote_alone(phones, voter)
        else:
            ballot = {"bulletin": voter.key, "sceau": voter.seal, "q1": voter.first, "depot": "oui"}
            told = await twice(phones, voter, f"{path}/bulletin", ballot, voter.cookie)
        if voter.then is not None:
            change = {"cle_bulletin": voter.key, "q1": voter.then, "depot": "oui"}
            told.append((voter.then, await phones.post(f"{path}/changer", change)))
        return told

    async def twice(
        phones: Phones, voter: Voter, path: str, values: dict[str, str], cookie: str = ""
    ) -> list[tuple[str, Answer]]:
        """Nothing comes: she presses again."""

        async def again() -> Answer:
            await asyncio.sleep(IMPATIENCE)
            return await phones.post(path, values, cookie)

        both = await asyncio.gather(phones.post(path, values, cookie), again())
        return [(voter.first, answer) for answer in both]

    async def vote_alone(phones: Phones, voter: Voter) -> list[tuple[str, Answer]]:
        mine = Alone(public, voter.key)
        asked = await twice(phones, voter, f"{path}/jeton", mine.asked, voter.cookie)
        tokens_given = [answer for _first, answer in asked if answer.status == 200]
        if not tokens_given:
            return asked
        given.append(voter.name)
        ballot = mine.answered(json.loads(tokens_given[0].text)).ballot(q1=voter.first)
        return await twice(phones, voter, f"{path}/urne", ballot)

    async def close(phones: Phones) -> int:
        await asyncio.sleep(LASTS / 2)
        return (await phones.post(f"/animation{path}/fermer", {}, claire)).status

    async def everyone(phones: Phones) -> list[list[tuple[str, Answer]]]:
        closing = asyncio.create_task(close(phones))
        told = await asyncio.gather(*map(partial(vote, phones), voters, moments))
        assert await closing == 303
        return told

    # When all press within ten seconds, each twice, one in ten changes her mind, and Claire closes in the middle
    with serving(world) as address:
        phones = Phones(address)
        started = time.perf_counter()
        answers = asyncio.run(everyone(phones))

    # Then each was told « recorded » or « closed », nothing else, and nobody sent after the end is « recorded »
    last: dict[str, str] = {}
    over = min(answer.came for told in answers for _choice, answer in told if answer.status == 403)
    for voter, told in zip(voters, answers, strict=True):
        for choice, answer in told:
            recorded = answer.status == 200 and "Votre bulletin est déposé" in answer.text
            closed = answer.status == 403 and "Le vote est fermé depuis" in answer.text
            assert recorded or closed, (voter.name, answer.status, answer.text[:300])
            assert not (recorded and answer.sent > over), f"{voter.name} was heard after the end"
            if recorded:
                last[voter.name] = choice
    assert 0 < len(last) < number
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
    return Storm(
        len(phones.answers),
        max(pressed) - started,
        max(answer.came for answer in phones.answers) - started,
        sorted(answer.came - answer.sent for answer in phones.answers),
    )


def room_for(files: int) -> None:
    """As many files and connections open at once, where the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files + 200
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )
