"""Every door, as every role, from the table of doors itself: a new page is covered the day it is born."""

import re
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from convention import app
from convention.conventions import actions as conventions
from convention.people.models import RoleKind
from tests.world import a_convention

NOBODY = None
WHO = (NOBODY, *RoleKind)
SAMPLES = {"int": "1", "uuid": str(UUID(int=7)), "str": "rien", "path": "rien", "float": "1"}


def address(door):
    """The door's address, filled with what exists nowhere but has the right shape."""
    return re.sub(r"\{\w+(?::(\w+))?\}", lambda found: SAMPLES[found.group(1) or "str"], door.path)


def doors(method):
    return [door for door in app.doors() if door.method == method]


def browsers(world):
    people = {kind: world.person(kind.label, kind) for kind in RoleKind}
    return {who: world.browser(people.get(who)) for who in WHO}


def may_enter(door, who):
    roles = getattr(door.audience, "roles", frozenset())
    if getattr(door.audience, "open", False):
        return True
    return who is not NOBODY and (not roles or who in roles)


def rows(world):
    with world.database.engine.connect() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


def test_pages_open_to_those_they_are_for_and_to_nobody_else(world):
    for who, browser in browsers(world).items():
        for door in doors("GET"):
            response = browser.client.get(address(door), follow_redirects=False)
            where = f"{door.path} as {who or 'nobody'}: {response.status_code}"
            if may_enter(door, who):
                assert response.status_code not in (401, 403, 405), where
                assert response.status_code < 500, where
            elif who is NOBODY:
                assert response.status_code == 303, where
                assert response.headers["location"].startswith("/entrer?suite="), where
            else:
                assert response.status_code == 403, where


def test_writes_are_refused_to_those_they_are_not_for(world):
    for who, browser in browsers(world).items():
        before = rows(world)
        for door in doors("POST"):
            if may_enter(door, who):
                continue
            response = browser.client.post(address(door), data={"name": "x", "roles": "administrator"})
            expected = 401 if who is NOBODY else 403
            assert response.status_code == expected, f"{door.path} as {who or 'nobody'}: {response.status_code}"
        assert rows(world) == before, f"something was written for {who or 'nobody'}"


def test_a_sign_in_opens_no_other_convention(world):
    # Given another convention of the same instance, with its own host
    with world.writing() as db:
        conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
    for who, browser in browsers(world).items():
        for door in doors("GET"):
            if getattr(door.audience, "open", False):
                continue
            # When somebody of the first knocks at the second
            headers = {"host": "autre.exemple.fr"}
            cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
            response = browser.client.get(
                address(door), headers={**headers, "cookie": cookie}, follow_redirects=False
            )  # fmt: skip
            # Then she is nobody there
            assert response.status_code == 303, f"{door.path} as {who}: {response.status_code}"


def test_an_empty_form_is_never_a_breakdown(world):
    for who, browser in browsers(world).items():
        for door in doors("POST"):
            if not may_enter(door, who) or door.path == "/sortir":
                continue
            response = browser.client.post(address(door), data={}, follow_redirects=False)
            assert response.status_code < 500, f"{door.path} as {who or 'nobody'}"


ODD = ["", "0", "-1", "999999999999999999999", "'\"<b>", "\x00", "é" * 300, "{{7*7}}", "%00", "2026-13-45", "\u202e"]
NAMES = ["page", "q", "theme", "statut", "etat", "tri", "suite", "fait", "version", "de", "a", "langue"]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_an_odd_question_is_never_a_breakdown(world, value):
    browser = world.browser(world.person("Toutes", *RoleKind))
    for door in doors("GET"):
        response = browser.client.get(address(door), params=dict.fromkeys(NAMES, value), follow_redirects=False)
        assert response.status_code < 500, f"{door.path} with {value!r}: {response.status_code}"


def test_every_write_comes_from_this_site(world):
    browser = world.browser(world.person("Toutes", *RoleKind))
    before = rows(world)
    for door in doors("POST"):
        response = browser.client.post(address(door), data={}, headers={"sec-fetch-site": "cross-site"})
        assert response.status_code == 403, door.path
    assert rows(world) == before
