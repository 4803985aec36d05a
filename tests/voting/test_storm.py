"""Forty people at the same instant, each sending twenty times, over HTTP; and a closing in the middle."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import uvicorn

from convention import app
from convention.people.visits import COOKIE
from convention.voting import envelopes, queries, tokens
from convention.voting.models import Poll
from tests.voting.polls import Alone, a_poll, field
from tests.waiting import ended, until
from tests.world import HOST, PLAIN, World

PEOPLE, TIMES = 40, 20


@contextmanager
def serving(world: World) -> Iterator[str]:
    """The application behind a real server, on a free port."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    # An application of its own: the test's browsers run theirs in another event loop.
    serving = app.create_app(world.settings, world.database)
    server = uvicorn.Server(uvicorn.Config(serving, host=HOST, port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive(), "the server to start")
        assert server.started, "the server did not start"
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        ended(thread)


def forms(world: World, poll: Poll) -> dict[str, tuple[str, dict[str, str]]]:
    """For each member, her cookie and the ballot she has opened and filled."""
    ready = {}
    for n in range(PEOPLE):
        person = world.member(f"Membre {n:02}")
        browser = world.browser(person)
        page = browser.open(f"/scrutins/{poll.number}")
        values = {"bulletin": field(page, "bulletin"), "sceau": field(page, "sceau"), "q1": str(1 + n % 5)}
        ready[person.name] = (str(browser.client.cookies[COOKIE]), {**values, "depot": "oui"})
    return ready


def post(address: str, path: str, cookie: str, values: dict[str, str]) -> httpx2.Response:
    headers = {"sec-fetch-site": "same-origin", "accept-language": "fr"}
    if cookie:
        headers["cookie"] = f"{COOKIE}={cookie}"
    return httpx2.post(address + path, data=values, headers=headers, verify=PLAIN, timeout=60)


def send(address: str, poll: Poll, cookie: str, values: dict[str, str]) -> tuple[int, str]:
    answer = post(address, f"/scrutins/{poll.number}/bulletin", cookie, values)
    return answer.status_code, answer.text


def test_forty_people_send_their_ballot_twenty_times_at_once(world: World) -> None:
    for n in range(PEOPLE):
        world.member(f"Membre {n:02}")
    poll = a_poll(world)
    ready = forms(world, poll)
    with serving(world) as address, ThreadPoolExecutor(PEOPLE) as pool:
        sent = [
            (name, pool.submit(send, address, poll, cookie, values))
            for _each in range(TIMES)
            for name, (cookie, values) in ready.items()
        ]
        answers = [(name, *one.result()) for name, one in sent]
    assert len(answers) == PEOPLE * TIMES
    assert {status for _name, status, _text in answers} == {200}, "no error page, ever"
    assert all("Votre bulletin est déposé" in text for _name, _status, text in answers)
    with world.reading() as db:
        assert queries.turnout(db, poll) == PEOPLE
        box = queries.box_of(db, poll.id, 0)
        records = envelopes.split(box.ballots, envelopes.TAG + 1)
        assert len(records) == len(envelopes.split(box.receipts, envelopes.RECEIPT)) == PEOPLE
        assert sorted(record[-1] for record in records) == sorted(n % 5 for n in range(PEOPLE))


def test_forty_people_send_their_token_and_their_ballot_twenty_times_at_once(world: World) -> None:
    for n in range(PEOPLE):
        world.member(f"Membre {n:02}")
    poll = a_poll(world)
    ready = forms(world, poll)
    public = tokens.public_key(world.settings.secret, poll.id)
    mine = {name: Alone(public) for name in ready}

    def vote(address: str, name: str, answer: str) -> tuple[int, int, str]:
        asked = post(address, f"/scrutins/{poll.number}/jeton", ready[name][0], mine[name].asked)
        ballot = mine[name].answered(asked.json()).ballot(q1=answer)
        put = post(address, f"/scrutins/{poll.number}/urne", "", ballot)
        return asked.status_code, put.status_code, put.text

    with serving(world) as address, ThreadPoolExecutor(PEOPLE) as pool:
        sent = [
            pool.submit(vote, address, name, values["q1"]) for _ in range(TIMES) for name, (_c, values) in ready.items()
        ]
        answers = [one.result() for one in sent]
    assert {answer[:2] for answer in answers} == {(200, 200)}, "no error page, ever"
    assert all("Votre bulletin est déposé" in text for _asked, _put, text in answers)
    with world.reading() as db:
        assert queries.turnout(db, poll) == queries.on_roll(db, poll) == PEOPLE
        records = envelopes.split(queries.box_of(db, poll.id, 0).ballots, envelopes.TAG + 1)
        assert sorted(record[-1] for record in records) == sorted(n % 5 for n in range(PEOPLE))


def test_the_box_holds_exactly_the_ballots_that_were_told_recorded(world: World) -> None:
    # Given forty people voting while Claire closes in the middle
    for n in range(PEOPLE):
        world.member(f"Membre {n:02}")
    poll = a_poll(world)
    ready = forms(world, poll)
    claire = str(world.browser(world.facilitator()).client.cookies[COOKIE])
    with serving(world) as address, ThreadPoolExecutor(8) as pool:
        sent = [(name, pool.submit(send, address, poll, *one)) for name, one in ready.items()]
        until(lambda: sum(one.done() for _name, one in sent) >= PEOPLE // 4, "a quarter of the ballots to be answered")
        closed = post(address, f"/animation/scrutins/{poll.number}/fermer", claire, {})
        assert closed.status_code == 303, closed.text
        answers = {name: one.result() for name, one in sent}
    # Then each was told either « recorded » or « closed », and the box agrees with what was told
    recorded = {name for name, (status, text) in answers.items() if "Votre bulletin est déposé" in text}
    refused = {name for name, (status, text) in answers.items() if status == 403 and "Le vote est fermé depuis" in text}
    assert recorded | refused == set(answers), [text[:200] for _status, text in answers.values()]
    assert not recorded & refused
    assert len(recorded) >= PEOPLE // 4
    with world.reading() as db:
        assert sorted(queries.voters(db, poll)) == sorted(recorded)
        (outcome,) = queries.outcomes(db, queries.subjects_of(db, poll.id)).values()
        assert outcome.cast == len(recorded)
        wanted = dict.fromkeys(range(1, 6), 0)
        for name in recorded:
            wanted[int(ready[name][1]["q1"])] += 1
        assert {row.value: row.count for row in outcome.rows} == wanted
        kept = set(queries.receipts(db, poll))
        for name in recorded:
            key = ready[name][1]["bulletin"]
            assert envelopes.receipt_number(envelopes.receipt(poll.id, key)) in kept
