"""A lost connection, a full disk, at each step of each important write: a clear page, nothing half-done."""

import contextlib
import resource
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from convention.kit.db import Database
from convention.programme.models import Activity
from tests.faults.scene import cookie_of, holds, keyed, rows
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


@contextlib.contextmanager
def cut_at(database: Database, step: int) -> Iterator[list[bool]]:
    """The connection is lost before this statement of a writing transaction; the commit is the last one."""
    happened: list[bool] = []
    count = 0

    def lose(connection: Any) -> None:
        nonlocal count
        purpose = connection.get_execution_options().get("purpose")
        if purpose != "write" or happened:
            return
        count += 1
        if count == step:
            happened.append(True)
            pid = connection.connection.dbapi_connection.info.backend_pid
            with killer.connect() as other:
                other.execute(sa.text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})

    def before(connection: Any, *_: Any) -> None:
        lose(connection)

    killer = sa.create_engine(database.url, poolclass=sa.pool.NullPool)
    sa.event.listen(database.engine, "before_cursor_execute", before)
    sa.event.listen(database.engine, "commit", lose)
    try:
        yield happened
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", before)
        sa.event.remove(database.engine, "commit", lose)


@pytest.mark.parametrize("write", WRITES)
def test_a_lost_connection_leaves_nothing_half_done(world: World, write: Write) -> None:
    if world.database.embedded:
        pytest.skip("the embedded database has no connection to lose")
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    client = Client(world, *write(world))
    before, step = rows(world), 0
    while True:
        step += 1
        with cut_at(world.database, step) as happened:
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
    if not world.database.embedded:
        pytest.skip("this full disk is that of the embedded database")
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    client = Client(world, *write(world))
    with world.database.engine.connect() as connection:
        connection.rollback()
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before, refused, room = rows(world), 0, 0
    while True:
        # Every file of this process stops growing there: what is written goes to the end of the write-ahead log.
        with no_file_beyond(room):
            answer = client.send()
        if answer.status_code in (200, 303):
            break
        assert answer.status_code == 503, f"with {room} octets: {answer.status_code}"
        assert "Réessayez dans une minute" in answer.text
        assert rows(world) == before, f"something is left with {room} octets"
        refused += 1
        room += max(4096, room // 4)
    assert refused > 2
    assert rows(world) != before
    holds(world)


@contextlib.contextmanager
def no_file_beyond(octets: int) -> Iterator[None]:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
