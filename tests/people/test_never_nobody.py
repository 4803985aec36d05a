"""A convention always has an administrator, whatever its administrators do to each other at the same instant."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from convention.people import queries
from convention.people.models import RoleKind
from tests.waiting import together


@contextlib.contextmanager
def overlapping(world):
    """Both have been told that they may before either writes, wherever the database lets them."""
    ready = threading.Barrier(2)

    def wait(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE role"):
            with contextlib.suppress(threading.BrokenBarrierError):
                ready.wait(2)  # whoever the database keeps waiting does not come here: the first goes on alone

    sa.event.listen(world.database.engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        sa.event.remove(world.database.engine, "before_cursor_execute", wait)


def administrators(world):
    with world.reading() as db:
        return [one.name for one in queries.holding(db, world.convention.id, RoleKind.ADMINISTRATOR)]


def end_role(of):
    return f"/administration/personnes/{of.id}/roles", {"roles": ["member"]}


LEAVE = "/moi/effacer", {"lu": "oui"}


@pytest.mark.parametrize("what", ["each other", "both leave", "put out and leave"])
def test_two_at_the_same_instant_leave_one(world, what):
    # Given Adama and Bertille, alone at the administration
    adama = world.administrator("Adama")
    bertille = world.person("Bertille", RoleKind.ADMINISTRATOR, email="b@exemple.fr")
    of_adama, of_bertille = {
        "each other": (end_role(bertille), end_role(adama)),
        "both leave": (LEAVE, LEAVE),
        "put out and leave": (end_role(bertille), LEAVE),
    }[what]
    second = bertille if what != "put out and leave" else adama
    browsers = [world.browser(adama), world.browser(second)]
    ready = threading.Barrier(2)

    def send(browser, form):
        together(ready)
        return browser.post(*form)

    # When both send their form at the same instant
    with overlapping(world), ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(send, browsers, (of_adama, of_bertille)))

    # Then one of them is still there, and whoever came second is told why nothing was done
    assert len(administrators(world)) == 1
    assert sorted(page.status for page in pages)[1] in (401, 403), [page.status for page in pages]
