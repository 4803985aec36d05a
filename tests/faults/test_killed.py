"""Killed in the middle of an afternoon, again and again: what was told done is there, once; nothing is half-done."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlmodel import select

from convention.programme.models import Activity
from convention.proposals.models import Proposal
from convention.voting import queries as polls
from convention.voting.models import Poll, Result
from tests.faults.scene import Servers, Told, cookie_of, holds, keyed, stamped
from tests.proposals.scene import CARD, set_up
from tests.voting.polls import a_poll
from tests.world import World

ROUNDS, MEMBERS, EACH = 3, 7, 5


def test_servers_and_workers_are_killed_all_afternoon(world: World) -> None:
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    members = {f"Membre {n}": world.browser(world.member(f"Membre {n}")) for n in range(MEMBERS)}
    claire = world.browser(world.facilitator())
    chance = random.Random(9)
    servers, told = Servers(world), []
    last: list[tuple[str, str, dict[str, str], str]] = []
    before: Poll | None = None
    with stamped(world):
        for round_ in range(ROUNDS):
            # Given members with forms to send, in an open poll and in cards; the poll before is to be closed
            poll = a_poll(world)
            work: dict[str, list[tuple[str, str, dict[str, str], str]]] = {}
            for name, browser in members.items():
                mine = work[name] = []
                for n in range(EACH):
                    title = f"Idée {round_}-{n} de {name}"
                    path, values = keyed(browser.open("/propositions/nouvelle"), "Déposer la proposition", **CARD)
                    mine.append((path, cookie_of(browser), {**values, "title": title, "proches": "vues"}, title))
                path, values = keyed(browser.open(f"/scrutins/{poll.number}"), "Déposer mon bulletin", q1="4")
                mine.insert(
                    chance.randrange(EACH),
                    (path, cookie_of(browser), {**values, "depot": "oui"}, f"{poll.number}: {name}"),
                )
            if before is not None and round_ % 2:
                page = claire.open(f"/animation/scrutins/{before.number}/fermer")
                work["Claire"] = [(*keyed_for(claire, page), f"clos {before.number}")]
            # When the servers start, receive what was not answered, then all of that at once, and are killed in it
            now = Told()
            told.append(now)
            with ThreadPoolExecutor(len(work)) as pool:
                try:
                    servers.start()
                    for again in last:
                        assert now.send(servers.address, *again), servers.read()
                    if before is not None and not round_ % 2:
                        end_now(world, before)
                    clients = [pool.submit(one_after_the_other, now, servers.address, mine) for mine in work.values()]
                    now.wait_for(len(now.done) + chance.randrange(6, MEMBERS * EACH // 2), clients, servers)
                finally:
                    servers.kill()
            for client in clients:
                client.result()
            last, before = now.unanswered, poll
            # Then everything holds, as it stands
            holds(world)
        # And after the last start, what got no answer is sent again
        servers.start()
        try:
            end = Told()
            told.append(end)
            for again in last:
                assert end.send(servers.address, *again)
        finally:
            servers.kill()
    holds(world)
    done = [what for one in told for what in one.done]
    with world.reading() as db:
        titles = Counter(db.exec(select(Proposal.title)))
        voted = {f"{poll.number}: {name}" for poll in db.exec(select(Poll)).all() for name in polls.voters(db, poll)}
        sealed = {poll.number for poll in db.exec(select(Poll).join(Result, Result.poll_id == Poll.id))}
    assert len(done) > ROUNDS * 6
    for what in done:
        if what.startswith("Idée"):
            assert titles[what] == 1, what
        elif what.startswith("clos"):
            assert int(what.split()[1]) in sealed
        else:
            assert what in voted
    assert set(titles.values()) == {1}


def end_now(world, poll):
    """Its hour has come: the worker counts it."""
    with world.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE poll SET closes_at = opened_at WHERE number = :it"), {"it": poll.number})


def keyed_for(browser, page):
    path, values = keyed(page, "Oui, fermer le vote")
    return path, cookie_of(browser), values


def one_after_the_other(told: Told, address: str, mine: list[tuple[str, str, dict[str, str], str]]) -> None:
    for one in mine:
        if not told.send(address, *one):
            return
