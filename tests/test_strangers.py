"""Real objects, from the demo, in the hands of whoever they do not belong to: another member, another convention.

The addresses and the forms are those that their owners see: a page born tomorrow is covered if a link leads to it.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from convention import app
from convention.conventions import actions as conventions
from convention.conventions import queries as convention_queries
from convention.conventions.models import Convention
from convention.demo import load as demo
from convention.drafts import actions as drafts
from convention.kit import clock
from convention.kit.db import Database
from convention.kit.web import Door
from convention.people import actions as people
from convention.people import queries as people_queries
from convention.people.forms import PersonForm
from convention.people.models import Person, Role, RoleKind
from convention.people.visits import COOKIE
from convention.proposals import routes as proposal_routes
from convention.proposals.models import Author, Proposal
from convention.settings import Settings
from convention.webhooks.models import Delivery, Webhook, What
from tests.hostile.conftest import STARTS, Place, walk
from tests.world import Browser, a_convention, filled

ELSEWHERE = "autre.exemple.fr"
# What every request may write: the key of the form, and counts of failures.
TRACES = {"write_key", "attempts", "sign_in", "retention_run"}


class Harvest(NamedTuple):
    """What the people of the demo can open and send."""

    pages: dict[str, str]  # {address: type of what is there}
    forms: dict[tuple[str, tuple[str, ...]], dict[str, Any]]  # {(address, names): values}


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    settings = Settings(folder=tmp_path / "var", secret="s" * 32, demo=True)
    demo.load(database, settings.secret, settings.base_url)
    with database.reading() as db:
        convention = convention_queries.everywhere(db)[0]
    return Place(tmp_path, database, settings, app.create_app(settings, database), convention)


DRAFT = "Ce que personne d’autre ne lit"


def with_drafts(place: Place) -> None:
    """Each member is writing a proposal, on two devices."""
    for sheet in ("un", "deux"):
        with place.database.writing() as db:
            for person in people_queries.holding(db, place.convention.id, RoleKind.MEMBER):
                words = {"title": f"{DRAFT}, {person.name}, {sheet}"}
                drafts.save(db, person, place.convention, proposal_routes.NEW, words, sheet=sheet)


def with_a_call_to_send_again(place: Place) -> None:
    """Another site is told of what is published, and did not answer."""
    with place.database.writing() as db:
        adama = people_queries.holding(db, place.convention.id, RoleKind.ADMINISTRATOR)[0]
        webhook = Webhook(
            convention_id=place.convention.id,
            address="https://ici.example/appel",
            added_at=clock.now(),
            added_by=adama.id,
        )
        db.add(webhook)
        db.flush()
        db.add(
            Delivery(
                webhook_id=webhook.id, event_id=uuid4(), what=What.EDITION_PUBLISHED, facts={"number": 1},
                happened_at=clock.now(), attempts=3, tried_at=clock.now(), status=500,
            )
        )  # fmt: skip


def harvest(place: Place) -> Harvest:
    found = Harvest({}, {})
    with place.database.reading() as db:
        authors = db.exec(
            select(Person, Proposal.number)
            .join(Author, Author.person_id == Person.id)
            .join(Proposal, Proposal.id == Author.proposal_id)
            .order_by(Proposal.number.desc())
        ).all()
    browsers = [(place.browser(kind), STARTS[kind]) for kind in STARTS]
    for person, number in authors[:3]:
        starts = [f"/propositions/{number}{tail}" for tail in ("", "/auteurs", "/retirer", "/amendements", "/reserves")]
        browsers.append((place.browser_of(person), ["/", *starts, "/moi", f"/propositions/partager?de={number}"]))
    for browser, starts in browsers:
        for seen in walk(browser, starts, each=1):
            if seen.response.status_code != 200:
                continue
            found.pages.setdefault(seen.address, seen.response.headers.get("content-type", ""))
            for form in [] if seen.html is None else seen.html.xpath("//form[@method='post']"):
                values = filled(form) | {
                    one.get("name"): one.get("value", "") for one in form.xpath(".//button[@name]")[:1]
                }
                for action in {form.get("action"), *form.xpath(".//button/@formaction")} - {None}:
                    found.forms.setdefault((action, tuple(sorted(values))), values)
    return found


def door_of(path: str, method: str = "POST") -> Door | None:
    path = path.partition("?")[0]
    return next((one for one in app.doors() if one.method == method and shape(one.path).fullmatch(path)), None)


def shape(path: str) -> re.Pattern[str]:
    kinds = {"int": r"\d+", "uuid": r"[0-9a-f-]{36}", None: "[^/]+"}
    parts = re.split(r"\{\w+(?::(\w+))?\}", path)
    return re.compile("".join(re.escape(one) if n % 2 == 0 else kinds[one] for n, one in enumerate(parts)))


def rows(database: Database) -> dict[str, set[str]]:
    with database.engine.connect() as connection:
        return {
            table.name: {repr(tuple(row)) for row in connection.execute(sa.select(table))}
            for table in SQLModel.metadata.sorted_tables
            if table.name not in TRACES
        }


def changed(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, int]:
    """{table: rows that were there and are no more as they were}."""
    return {name: len(lost) for name, there in before.items() if (lost := there - after[name])}


def words_of(place: Place) -> list[str]:
    """What is said in this convention and nowhere else."""
    with place.database.reading() as db:
        titles = db.exec(select(Proposal.title).where(Proposal.convention_id == place.convention.id))
        held = select(Role.person_id).where(Role.convention_id == place.convention.id)
        names = db.exec(select(Person.name).where(col(Person.id).in_(held)))
        return [*titles, *(name for name in names if " " in name)]


def rows_of(place: Place) -> dict[str, set[str]]:
    """The rows that hold an identifier of this convention's, or of what belongs to it, from one to the next."""
    left, known = rows(place.database), {str(place.convention.id)}
    mine: dict[str, set[str]] = {name: set() for name in left}
    while found := {
        name: now for name, there in left.items() if (now := {row for row in there if known & set(UUIDS.findall(row))})
    }:
        for name, now in found.items():
            mine[name] |= now
            left[name] -= now
            known |= {one for row in now for one in UUIDS.findall(row)}
    return mine


def as_full_elsewhere(place: Place) -> None:
    """A second demo at another host: each number is that of something there too, and only the words tell them apart."""
    with place.database.writing() as db:
        for title in (col(Proposal.title), col(Person.name)):
            db.exec(sa.update(title.class_).values({title: "Ici " + title}))
        db.exec(sa.update(Person).values(email="ici." + col(Person.email)))  # a person has one address in all of them
    demo.load(place.database, place.settings.secret, place.settings.base_url)
    with place.database.writing() as db:
        db.exec(sa.update(Convention).where(col(Convention.id) != place.convention.id).values(host=ELSEWHERE))


@contextlib.contextmanager
def another_convention(place: Place) -> Iterator[Browser]:
    """Somebody who may do everything, elsewhere."""
    with place.database.writing() as db:
        there = [one for one in convention_queries.everywhere(db) if one.host == ELSEWHERE]
        other = there[0] if there else conventions.start(db, a_convention(host=ELSEWHERE, title="Une autre"))
        toutes = people.add(db, other, PersonForm(name="Toutes", roles=tuple(RoleKind)))
        for kind in RoleKind:
            people.give_role(db, other, toutes, kind, by=None)
        token, _lasts = people.sign_in(db, other, toutes, device="T", shared=False, at=clock.now(), second=True)
    browser = Browser(place.application)
    browser.client._transport.raise_server_exceptions = False
    browser.client.headers.update({"host": ELSEWHERE, "cookie": f"{COOKIE}={token}"})
    browser.client.follow_redirects = False
    yield browser


def shown_elsewhere(browser: Browser, found: Harvest, words: list[str]) -> list[str]:
    """Pages that say in one convention what belongs to another."""
    wrong = []
    for address in found.pages:
        answer = browser.client.get(address)
        said = [word for word in words if word in answer.text.replace("&#39;", "'")]
        if answer.status_code >= 500 or said:
            wrong.append(f"{address}: {answer.status_code} {said[:2]}")
    return wrong


UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def written_elsewhere(browser: Browser, found: Harvest, database: Database, before: dict[str, set[str]]) -> list[str]:
    """What forms sent to one convention have written in another: rows changed, or added beside what it knows."""
    known = {one for there in before.values() for row in there for one in UUIDS.findall(row)}
    for (action, _names), values in found.forms.items():
        if not action.startswith(("/sortir", "/moi/effacer", "/moi/appareils")):
            answer = browser.client.post(action, data={**values, "cle": ""})
            assert answer.status_code < 500, f"{action}: {answer.status_code}"
    after = rows(database)
    wrong = [f"{lost} rows of {name} changed" for name, lost in changed(before, after).items()]
    for name, there in before.items():
        wrong += [f"{name}: {row[:300]}" for row in after[name] - there if known & set(UUIDS.findall(row))]
    return wrong


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_nothing_of_a_convention_is_known_in_another(place: Place) -> None:
    with_a_call_to_send_again(place)
    found = harvest(place)
    as_full_elsewhere(place)
    words, before = [*words_of(place), "ici.example"], rows_of(place)
    assert min(len(words), len(before["proposal"]), len(before["paragraph_version"])) > 20
    assert len(before["webhook_delivery"]) == 1 and any(action.endswith("/renvoi") for action, _names in found.forms)
    assert len(found.pages) > 80, len(found.pages)
    assert len(found.forms) > 50, len(found.forms)
    with another_convention(place) as browser:
        assert browser.client.get("/administration/personnes").status_code == 200
        assert shown_elsewhere(browser, found, words) == []
        assert written_elsewhere(browser, found, place.database, before) == []


# Doors where any member acts on what is not hers, because that is what they are for, and the tables whose rows change.
OPEN_TO_ANY_MEMBER: dict[str, set[str]] = {
    "/arguments/{number:int}/appuyer": set(),
    "/arguments/{number:int}/repondre": {"draft"},  # hers goes once it is sent
    "/brouillons/{subject}": {"draft"},  # hers: the subject says what she writes
    "/entrer/lien/{token}": set(),  # whoever holds the link
    "/propositions/{number:int}/amendements/deposer/{about}": {"draft"},  # hers goes once it is sent
    "/propositions/{number:int}/auteurs/demande": set(),
    "/propositions/{number:int}/relecture": set(),
    "/propositions/{number:int}/reserves": set(),
    "/propositions/{number:int}/reserves/{reserve:int}/signer": set(),
    "/reponses/{number:int}/commentaire": set(),
    "/reponses/{number:int}/note": {"rating_roll", "rating_box"},
    "/reponses/{number:int}/points/{item:int}/contestation": {"draft"},  # hers goes once it is sent
    "/scrutins/{number:int}/bulletin": {"roll", "ballot_box"},
    "/scrutins/{number:int}/changer": {"ballot_box"},
}
ALWAYS = {"journal_head", "search_entry", "search_word"}  # what follows any writing


def taken_by_a_stranger(place: Place, found: Harvest) -> tuple[list[str], set[str]]:
    """(what a member who wrote nothing read or changed of what others wrote, the doors that were tried)."""
    with place.database.writing() as db:
        stranger = people.add(db, place.convention, PersonForm(name="Une étrangère", roles=(RoleKind.MEMBER,)))
    browser = place.browser_of(stranger)
    browser.client.follow_redirects = False
    tried: set[str] = set()
    wrong = [address for address in found.pages if DRAFT in browser.client.get(address).text]
    before = rows(place.database)
    for (action, _names), values in found.forms.items():
        door = door_of(action)
        assert door is not None, action
        if "{" not in door.path:
            continue
        tried.add(door.path)
        sent = {name: value or "Une phrase assez longue pour être lue." for name, value in values.items()}
        answer = browser.client.post(action, data={**sent, "cle": ""})
        if answer.status_code >= 500:
            wrong.append(f"{action}: {answer.status_code}")
        after = rows(place.database)
        lost = changed(before, after)
        if (set(lost) - ALWAYS - OPEN_TO_ANY_MEMBER[door.path]) if door.path in OPEN_TO_ANY_MEMBER else after != before:
            lost = lost or {name: len(after[name] - before[name]) for name in after}
            wrong.append(f"{action} ({door.path}): {answer.status_code} { {k: v for k, v in lost.items() if v} }")
        before = after
    return wrong, tried


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_one_wrote_is_hers(place: Place) -> None:
    with_drafts(place)
    wrong, tried = taken_by_a_stranger(place, harvest(place))
    assert not wrong, "\n".join(wrong)
    assert {"/brouillons/{subject}/reprendre", "/brouillons/{subject}/effacer"} <= tried
    assert len(tried) > 25, sorted(tried)
