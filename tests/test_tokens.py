"""The life of every token and link, from the tables themselves: its owner, its end, once, its own convention."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlmodel import SQLModel

from convention.conventions import actions as conventions
from convention.kit import clock
from convention.people import actions as people
from convention.people import authenticator, queries
from convention.people.models import Person, RoleKind
from convention.people.visits import COOKIE
from tests.world import Browser, World, a_convention

ELSEWHERE = "autre.exemple.fr"


class Token(NamedTuple):
    """How one is made for a person, how it is presented (whether it opens), and what it promises."""

    make: Callable[[World, Person], str]
    opens: Callable[[World, str, str, str], bool]  # (world, token, host, the name of who presents it)
    lasts: dt.timedelta | None  # None: until it is used, or taken back
    once: bool
    end: Callable[[World, Person], None]  # what its owner or an administrator does to take it back
    kind: RoleKind = RoleKind.MEMBER
    bearer: bool = True  # whoever holds it enters as its owner; otherwise it serves its owner alone


def enters(world: World, path: str, values: dict[str, str], host: str) -> bool:
    browser = Browser(world.app)
    answer = browser.client.post(path, data=values, headers={"host": host}, follow_redirects=False)
    assert answer.status_code < 500
    return answer.status_code == 303 and COOKIE in answer.headers.get("set-cookie", "")


def in_db(act: Callable[..., Any]) -> Callable[[World, Person], Any]:
    def acting(world: World, person: Person) -> Any:
        with world.writing() as db:
            return act(db, world, person)

    return acting


def waiting(world: World, person: Person, host: str) -> Browser:
    """A browser that has given her letter, and not yet her second factor."""
    with world.writing() as db:
        token, _lasts = people.sign_in(db, world.convention, person, device="T", shared=False, at=clock.now())
    browser = Browser(world.app)
    browser.client.headers["cookie"] = f"{COOKIE}={token}"
    browser.client.headers["host"] = host
    return browser


def second(world: World, code: str, host: str, name: str) -> bool:
    browser = waiting(world, world.people[name], host)
    answer = browser.client.post("/entrer/second/code", data={"code": code}, follow_redirects=False)
    assert answer.status_code < 500
    return answer.status_code == 303 and COOKIE in answer.headers.get("set-cookie", "")


def put_in_place(db: Any, world: World, person: Person) -> None:
    secret = world.settings.secret
    token, _lasts = people.sign_in(db, world.convention, person, device="T", shared=False, at=clock.now())
    device, _person = queries.signed_in(db, world.convention.id, people.ids.fingerprint(token), clock.now())
    factor = people.begin_second_factor(db, world.convention, person, device, secret)
    past = authenticator.code(factor.secret, secret, clock.now() - dt.timedelta(seconds=30))
    assert people.use_second_factor(db, world.convention, person, device, past, secret, clock.now())


def a_recovery_code(db: Any, world: World, person: Person) -> str:
    put_in_place(db, world, person)
    return people.new_recovery_codes(db, world.convention, person, world.settings.secret)[0]


def a_code_of_the_phone(db: Any, world: World, person: Person) -> str:
    put_in_place(db, world, person)
    factor = queries.second_factor(db, world.convention.id, person.id)
    return authenticator.code(factor.secret, world.settings.secret, clock.now())


TOKENS: dict[str, Token] = {
    "mail_link": Token(
        in_db(lambda db, world, person: people.new_link(db, world.convention, person)),
        lambda world, token, host, _name: enters(world, f"/entrer/lien/{token}", {"suite": ""}, host),
        people.LINK_LASTS,
        True,
        in_db(lambda db, world, person: people.set_roles(db, world.convention, person, (), by=world.people["Adama"])),
    ),
    "letter_code": Token(
        in_db(lambda db, world, person: people.new_code(db, world.convention, person, world.settings.secret)),
        lambda world, code, host, _name: enters(world, "/entrer", {"code": code, "suite": ""}, host),
        people.CODE_LASTS,
        False,  # a letter serves as long as it is good: she has no other way in
        in_db(lambda db, world, person: people.new_code(db, world.convention, person, world.settings.secret)),
    ),
    "sign_in": Token(
        in_db(
            lambda db, world, person: people.sign_in(
                db, world.convention, person, device="T", shared=False, at=clock.now()
            )[0]
        ),
        lambda world, token, host, _name: (
            Browser(world.app)
            .client.get("/moi", headers={"host": host, "cookie": f"{COOKIE}={token}".encode()}, follow_redirects=False)
            .status_code
            == 200
        ),
        people.MEMBER_LASTS,
        False,
        in_db(lambda db, world, person: people.end_everywhere(db, world.convention, person)),
    ),
    "recovery_code": Token(
        in_db(a_recovery_code),
        second,
        None,
        True,
        in_db(lambda db, world, person: people.new_recovery_codes(db, world.convention, person, world.settings.secret)),
        RoleKind.GUARANTOR,
        bearer=False,
    ),
    "second_factor": Token(
        in_db(a_code_of_the_phone),
        second,
        dt.timedelta(minutes=2),
        True,
        in_db(lambda db, world, person: people.reset_second_factor(db, world.convention, person, by=None)),
        RoleKind.GUARANTOR,
        bearer=False,
    ),
}
# What waits for somebody's answer until a date: it opens nothing by itself, it is pressed by whoever may.
ELSEWHERE_TESTED = {
    "role_request": "tests/people/test_two_administrators.py::test_a_request_falls_after_seven_days",
    "opening_request": "tests/people/test_opened_by_two.py::test_a_request_falls_after_seven_days_or_with_whoever_asked",  # noqa: E501
}


@pytest.fixture
def somewhere(world: World) -> World:
    """The convention, another one of the same instance, an administrator and two people."""
    world.administrator()
    with world.writing() as db:
        conventions.start(db, a_convention(host=ELSEWHERE, title="Une autre"))
    return world


def made(world: World, name: str, who: str = "Nadia") -> tuple[Token, Person, str]:
    token = TOKENS[name]
    person = world.person(who, token.kind)
    return token, person, token.make(world, person)


HERE = "127.0.0.1"


def test_every_token_has_its_life_told() -> None:
    """A table with a hash, a secret or an end is a token: it must be here."""
    tables = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_hash", "token", "secret")) or column.name == "expires_at"
    }
    assert tables - {"person"} == set(TOKENS) | set(ELSEWHERE_TESTED)  # a person's is her password


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_opens_for_its_owner_and_once_if_so_promised(somewhere: World, name: str) -> None:
    token, _person, value = made(somewhere, name)
    assert token.opens(somewhere, value, HERE, "Nadia")
    assert token.opens(somewhere, value, HERE, "Nadia") is not token.once


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_has_an_end(somewhere: World, name: str) -> None:
    token, _person, value = made(somewhere, name)
    if token.lasts is None:
        token.end(somewhere, somewhere.people["Nadia"])
        assert not token.opens(somewhere, value, HERE, "Nadia")
        return
    with somewhere.later(seconds=token.lasts.total_seconds() + 60):
        assert not token.opens(somewhere, value, HERE, "Nadia")


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_was_taken_back_opens_nothing(somewhere: World, name: str) -> None:
    token, person, value = made(somewhere, name)
    token.end(somewhere, person)
    assert not token.opens(somewhere, value, HERE, "Nadia")


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_opens_no_other_convention(somewhere: World, name: str) -> None:
    token, _person, value = made(somewhere, name)
    assert not token.opens(somewhere, value, ELSEWHERE, "Nadia")


@pytest.mark.parametrize("name", [name for name, token in TOKENS.items() if not token.bearer])
def test_a_token_serves_its_owner_alone(somewhere: World, name: str) -> None:
    token, _person, value = made(somewhere, name)
    other = somewhere.person("Solange", token.kind)
    in_db(put_in_place)(somewhere, other)
    assert not token.opens(somewhere, value, HERE, "Solange")


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_was_not_given_opens_nothing(somewhere: World, name: str) -> None:
    token, _person, value = made(somewhere, name)
    half = len(value) // 2
    for wrong in ("zz", value[:-1], value + "2", value[half:] + value[:half], "0" * len(value), "é" * 20):
        assert not token.opens(somewhere, wrong, HERE, "Nadia"), wrong


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_nowhere_in_the_database(somewhere: World, name: str) -> None:
    _token, _person, value = made(somewhere, name)
    with somewhere.database.engine.connect() as connection:
        everything = "".join(
            repr(tuple(row)) for table in SQLModel.metadata.sorted_tables for row in connection.execute(table.select())
        )
    assert len(everything) > 500
    assert value not in everything
