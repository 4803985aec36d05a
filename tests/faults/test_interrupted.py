"""A lost connection, a full disk, at each step of each important write: a clear page, nothing half-done."""

import contextlib
import itertools
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from convention.kit.db import Database
from convention.programme.models import Activity
from tests.faults.scene import cookie_of, holds, keyed, limit, no_file_beyond, rows, tell, widened
from tests.proposals.scene import CARD, proposal, set_up
from tests.voting.polls import a_poll
from tests.world import BASE, COOKIE, HOST, World

Write = Callable[[World], tuple[Any, str, dict[str, Any]]]


def submitting(world: World) -> tuple[Any, str, dict[str, Any]]:
    omar = world.browser(world.member("Omar"))
    return omar, *keyed(omar.open("/propositions/nouvelle"), "Déposer la proposition", **CARD)


def voting(world: World) -> tuple[Any, str, dict[str, Any]]:
    omar = world.browser(world.member("Omar"))
    poll = a_poll(world)
    path, values = keyed(omar.open(f"/scrutins/{poll.number}"), "Déposer mon bulletin", q1="4")
    return omar, path, {**values, "depot": "oui"}


def closing(world: World) -> tuple[Any, str, dict[str, Any]]:
    omar, path, values = voting(world)
    omar.post(path, values)
    claire = world.browser(world.facilitator())
    return claire, *keyed(claire.open("/animation/scrutins/1/fermer"), "Oui, fermer le vote")


def withdrawing(world: World) -> tuple[Any, str, dict[str, Any]]:
    omar = world.browser(world.member("Omar"))
    proposal(world, world.people["Omar"])
    page = omar.open("/propositions/1/retirer")
    return omar, *keyed(page, "Retirer", reason="Elle a été réunie à une autre.")


WRITES = [submitting, voting, closing, withdrawing]


class Client:
    """Sends the same form as often as asked, and gives back what a browser would see, breakdowns included."""

    def __init__(self, world: World, browser: Any, path: str, values: dict[str, Any]) -> None:
        self.client = TestClient(world.app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)
        self.client.cookies.set(COOKIE, cookie_of(browser), domain=HOST)
        self.path, self.values = path, values

    def send(self) -> Any:
        return self.client.post(self.path, data=self.values, headers={"sec-fetch-site": "same-origin"})


def cut(database: Database, pid: int) -> None:
    tell(database, f"SELECT pg_terminate_backend({pid}, 2000)")


def fill(database: Database, pid: int) -> None:
    limit(database, str(pid), "0")


@contextlib.contextmanager
def broken_at(database: Database, step: int, broken: Callable[[Database, int], None]) -> Iterator[list[bool]]:
    """PostgreSQL breaks so before this statement of a writing transaction; the commit is the last one."""
    happened: list[bool] = []
    count = 0

    def count_one(connection: Any, *_: Any) -> None:
        nonlocal count
        purpose = connection.get_execution_options().get("purpose")
        if purpose != "write" or happened:
            return
        count += 1
        if count == step:
            happened.append(True)
            broken(database, connection.connection.dbapi_connection.info.backend_pid)

    sa.event.listen(database.engine, "before_cursor_execute", count_one)
    sa.event.listen(database.engine, "commit", count_one)
    try:
        yield happened
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", count_one)
        sa.event.remove(database.engine, "commit", count_one)
        # What is left of these connections is not for the next ones.
        database.dispose()


@pytest.mark.parametrize("write", WRITES)
def test_a_lost_connection_leaves_nothing_half_done(world: World, write: Write) -> None:
    if world.database.embedded:
        pytest.skip("the embedded database has no connection to lose")
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    client = Client(world, *write(world))
    before, step = rows(world), 0
    while True:
        step += 1
        with broken_at(world.database, step, cut) as happened:
            answer = client.send()
        if not happened:
            break
        assert answer.status_code == 503, f"step {step}: {answer.status_code}"
        assert "Réessayez dans une minute" in answer.text
        assert answer.headers["retry-after"] == "60"
        assert rows(world) == before, f"something of step {step} is left"
    assert step > 5
    assert answer.status_code in (200, 303)
    assert rows(world) != before
    holds(world)


@pytest.mark.parametrize("write", WRITES)
def test_a_full_disk_loses_nothing(world: World, write: Write) -> None:
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    client = Client(world, *write(world))
    before, refused = rows(world), 0
    with contextlib.closing(nearly_full(world)) as disks:
        for disk in disks:
            with disk:
                answer = client.send()
            if answer.status_code in (200, 303):
                break
            assert answer.status_code == 503, f"refused {refused} times, then {answer.status_code}"
            assert "Réessayez dans une minute" in answer.text
            # SQLite does not say what the system refused it for.
            assert world.database.embedded or "n’a plus de place" in answer.text
            assert rows(world) == before, f"something is left after {refused} refusals"
            refused += 1
    assert refused > 2
    assert rows(world) != before
    holds(world)


def nearly_full(world: World) -> Generator[contextlib.AbstractContextManager[Any]]:
    """Disks where there is a little more room, each time."""
    if world.database.embedded:
        with world.database.engine.connect() as connection:
            connection.rollback()
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        room = 0
        while True:
            # Every file of this process stops growing there: what is written goes to the end of the write-ahead log.
            yield no_file_beyond(room)
            room += max(4096, room // 4)
    with widened(world.database):
        for step in itertools.count(1):
            yield broken_at(world.database, step, fill)
