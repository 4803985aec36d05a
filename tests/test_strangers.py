"""Real objects, from the demo, in the hands of whoever they do not belong to: another member, another convention.

The addresses and the forms are those that their owners see: a page born tomorrow is covered if a link leads to it.
"""

import contextlib
import functools
import itertools
import re
import sqlite3
from collections.abc import Callable, Iterator
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
from convention.people import actions as people
from convention.people import queries as people_queries
from convention.people.forms import PersonForm
from convention.people.models import Person, Role, RoleKind
from convention.people.visits import COOKIE
from convention.proposals import routes as proposal_routes
from convention.proposals.models import Author, Proposal
from convention.settings import Settings
from convention.webhooks.models import Delivery, Webhook, What
from tests.hostile.conftest import STARTS, Place, door_of, keep_open, look, owners, walk
from tests.test_doors import doors, may_enter
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
    walks = [walk(place.browser(kind), STARTS[kind], each=1) for kind in STARTS]
    for person, number in authors[:3]:
        starts = [f"/propositions/{number}{tail}" for tail in ("", "/auteurs", "/retirer", "/amendements", "/reserves")]
        starts = ["/", *starts, "/moi", f"/propositions/partager?de={number}"]
        walks.append(walk(place.browser_of(person), starts, each=1))
    for person, addresses in owners(place.database):
        walks.append(map(functools.partial(look, place.browser_of(person)), addresses))
    for seen in itertools.chain.from_iterable(walks):
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


def rows(database: Database) -> dict[str, set[str]]:
    with database.engine.connect() as connection:
        return {
            table.name: {repr(tuple(row)) for row in connection.execute(sa.select(table))}
            for table in SQLModel.metadata.sorted_tables
            if table.name not in TRACES
        }


@contextlib.contextmanager
def writings(database: Database) -> Iterator[Callable[[], int]]:
    """Says another number once somebody has written: after a refusal nothing needs to be read again."""
    if not database.embedded:
        yield itertools.count().__next__  # always another: this database does not say
        return
    with contextlib.closing(sqlite3.connect(str(database.url.database))) as opened:
        yield lambda: int(opened.execute("PRAGMA data_version").fetchone()[0])


def changed(before: dict[str, set[str]], after: dict[str, set[str]], but: str | None = None) -> dict[str, int]:
    """{table: rows that were there and are no more as they were}, not counting those that name somebody."""
    lost = {
        name: [row for row in there - after[name] if but is None or but not in row] for name, there in before.items()
    }
    return {name: len(rows) for name, rows in lost.items() if rows}


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
    "/arguments/{number:int}/repondre": set(),
    "/brouillons/{subject}": set(),
    "/entrer/lien/{token}": set(),  # whoever holds the link
    "/propositions/{number:int}/amendements/deposer/{about}": set(),
    "/propositions/{number:int}/auteurs/demande": set(),
    "/propositions/{number:int}/relecture": set(),
    "/propositions/{number:int}/reserves": set(),
    "/propositions/{number:int}/reserves/{reserve:int}/signer": set(),
    "/reponses/{number:int}/commentaire": set(),
    "/reponses/{number:int}/note": {"rating_roll", "rating_box"},
    "/reponses/{number:int}/points/{item:int}/contestation": set(),
    "/scrutins/{number:int}/bulletin": {"roll", "ballot_box"},
    "/scrutins/{number:int}/changer": {"ballot_box"},
}
TAKES_BACK = ("/ne-plus-appuyer", "/retirer", "/retrait", "/quitter", "/partir", "/rendre", "/effacer")
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
    with writings(place.database) as count:
        written = count()
        # What takes back comes first: nothing is hers yet.
        for (action, _names), values in sorted(found.forms.items(), key=lambda one: not one[0][0].endswith(TAKES_BACK)):
            door = door_of(action)
            assert door is not None, action
            if "{" not in door.path:
                continue
            tried.add(door.path)
            sent = {name: value or "Une phrase assez longue pour être lue." for name, value in values.items()}
            answer = browser.client.post(action, data={**sent, "cle": ""})
            if answer.status_code >= 500:
                wrong.append(f"{action}: {answer.status_code}")
            if written == (written := count()):
                continue
            after = rows(place.database)
            lost = changed(before, after, but=str(stranger.id))
            allowed = OPEN_TO_ANY_MEMBER.get(door.path)
            if after != before if allowed is None else set(lost) - ALWAYS - allowed:
                lost = lost or {name: len(after[name] - before[name]) for name in after}
                wrong.append(f"{action} ({door.path}): {answer.status_code} { {k: v for k, v in lost.items() if v} }")
            before = after
    return wrong, tried


# Doors of members that no page of the demo leads to, and the test where somebody knocks who may not.
TRIED_ELSEWHERE = {
    "/amendements/{number:int}/accepter":
        "amendments/test_decide.py::test_the_author_of_another_proposal_decides_nothing_here",
    "/amendements/{number:int}/reunir":
        "amendments/test_decide.py::test_the_author_of_another_proposal_decides_nothing_here",
    "/entrer/lien/{token}":
        "test_tokens.py::test_a_token_that_was_not_given_opens_nothing",
    "/moderation/decisions/{decision:uuid}/recours":
        "moderation/test_story.py::test_who_did_not_flag_does_not_read_a_text_left_online_decided",
    "/propositions/{number:int}/paragraphes/{paragraph:int}/poser":
        "proposals/test_take.py::test_who_does_not_write_the_proposal_takes_nothing",
    "/propositions/{number:int}/paragraphes/{paragraph:int}/rendre":
        "proposals/test_take.py::test_who_does_not_write_the_proposal_takes_nothing",
    "/propositions/{number:int}/texte-simple/approuver":
        "proposals/test_plain.py::test_somebody_else_approves_it",
    "/reponses/{number:int}/note":
        "responses/test_judge.py::test_members_rate_thirty_days_after",
    "/reunions/{number:int}/signature":
        "lineage/test_undo.py::test_a_signature_is_asked_and_never_moved",
    "/scrutins/{number:int}/bulletin/entrer":
        "paper/test_session_lost.py::test_another_person_does_not_see_what_was_chosen",
    "/scrutins/{number:int}/changer":
        "voting/test_cast.py::test_a_wrong_key_opens_nothing_and_loses_nothing",
    "/scrutins/{number:int}/jeton":
        "voting/test_tokens.py::test_who_voted_with_her_session_gets_no_token",
    "/scrutins/{number:int}/urne":
        "voting/test_tokens.py::test_what_opens_no_box",
}  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_one_wrote_is_hers(place: Place) -> None:
    with_drafts(place)
    keep_open(place.database)
    wrong, tried = taken_by_a_stranger(place, harvest(place))
    assert not wrong, "\n".join(wrong)
    assert {"/brouillons/{subject}/reprendre", "/brouillons/{subject}/effacer"} <= tried
    entered = {door.path for door in doors("POST") if "{" in door.path and may_enter(door, RoleKind.MEMBER)}
    assert entered - tried <= set(TRIED_ELSEWHERE) <= entered


def test_who_tries_elsewhere_is_there() -> None:
    for named in set(TRIED_ELSEWHERE.values()):
        file, _, test = named.partition("::")
        assert f"def {test}(" in (Path(__file__).parent / file).read_text(), named
