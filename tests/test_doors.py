"""Every door, as every role, from the table of doors itself: a new page is covered the day it is born."""

import dataclasses
import re
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from convention import app
from convention.api.routes import BASE, ENDPOINTS
from convention.conventions import actions as conventions
from convention.people import audiences
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


# Who enters, said a second time and away from the doors: whoever gives a page the wrong audience contradicts this.
# The longest address that begins a door's speaks for it; its people are all those whom its doors let in.
EVERYONE = frozenset(WHO)
SIGNED_IN = frozenset(RoleKind)
MEMBERS, FACILITATORS, GUARANTORS, OFFICIALS, ADMINISTRATORS, CARE, EXPERTS = (
    frozenset({kind}) for kind in (
        RoleKind.MEMBER, RoleKind.FACILITATOR, RoleKind.GUARANTOR, RoleKind.OFFICIAL, RoleKind.ADMINISTRATOR,
        RoleKind.CARE, RoleKind.EXPERT,
    )
)  # fmt: skip
TEAM = FACILITATORS | ADMINISTRATORS
PUBLIC = [
    "/accessibilite", "/aide", "/ailleurs", "/amendements", "/api/v1", "/arguments", "/calendrier",
    "/code-source", "/confort", "/couleurs.css", "/courrier", "/documents", "/donnees", "/entrer", "/flux",
    "/hors-ligne", "/informations", "/journal-des-garants", "/langue", "/mandat", "/mentions-legales",
    "/moderation", "/planche", "/propositions", "/rapport", "/recherche", "/regles", "/reponses", "/reunions",
    "/robots.txt", "/sante", "/scrutins", "/seances", "/signaler", "/suites", "/themes", "/tirage",
    "/vos-donnees",
]  # fmt: skip
READERS = {
    **dict.fromkeys(PUBLIC, EVERYONE),
    "/accueil": CARE | ADMINISTRATORS,
    "/administration": ADMINISTRATORS,
    "/amendements/{number:int}/reecrire": MEMBERS,
    "/animation": TEAM,
    "/animation/propositions": FACILITATORS,
    "/animation/rapport": FACILITATORS | GUARANTORS,  # the guarantors write one of its texts, theirs
    "/animation/scrutins": FACILITATORS,
    "/animation/scrutins/{number:int}/papier": FACILITATORS | GUARANTORS,
    "/animation/scrutins/{number:int}/papier/piles": FACILITATORS,
    "/collectivite": OFFICIALS,
    "/garants": GUARANTORS,
    "/garants/donnees": GUARANTORS | ADMINISTRATORS,
    "/garants/moderation": GUARANTORS | ADMINISTRATORS,
    "/journal": TEAM | GUARANTORS,
    "/moderation/decisions": SIGNED_IN,  # the handler asks for whom it was taken
    "/moi": SIGNED_IN,
    "/propositions/nouvelle": MEMBERS | FACILITATORS,
    "/propositions/reunir": MEMBERS | FACILITATORS,
    "/propositions/{number:int}/amendements/deposer": MEMBERS | FACILITATORS,
    "/propositions/{number:int}/auteurs": SIGNED_IN,
    "/propositions/{number:int}/mettre-au-vote": FACILITATORS,
    "/propositions/{number:int}/modifier": MEMBERS | FACILITATORS,
    "/propositions/{number:int}/ordre": MEMBERS | FACILITATORS,
    "/propositions/{number:int}/paragraphes/{paragraph:int}/ecrire": MEMBERS | FACILITATORS,
    "/propositions/{number:int}/partager": MEMBERS | FACILITATORS,
    "/propositions/{number:int}/retirer": MEMBERS | FACILITATORS,
    "/rapport/{number:int}/fermeture": TEAM | GUARANTORS,
    "/scrutins/{number:int}/emargement.csv": GUARANTORS,
}
WRITERS = {
    **dict.fromkeys(("/confort", "/entrer", "/signaler", "/sortir", "/scrutins/{number:int}/urne"), EVERYONE),
    **dict.fromkeys(("/scrutins/{number:int}/bulletin/entrer", "/scrutins/{number:int}/changer"), EVERYONE),
    **dict.fromkeys(("/brouillons", "/moi", "/moderation/decisions/{decision:uuid}/recours"), SIGNED_IN),
    "/accueil": CARE | ADMINISTRATORS,
    "/accueil/date": ADMINISTRATORS,
    "/administration": ADMINISTRATORS,
    "/amendements": MEMBERS | FACILITATORS,
    "/amendements/{number:int}/mettre-au-vote": FACILITATORS,
    "/amendements/{number:int}/reecrire": MEMBERS,
    "/amendements/{number:int}/retirer": MEMBERS,
    "/animation": TEAM,
    "/animation/propositions": FACILITATORS,
    "/animation/rapport": FACILITATORS,
    "/animation/rapport/textes": FACILITATORS | GUARANTORS,
    "/animation/scrutins": FACILITATORS,
    "/arguments": MEMBERS,
    "/collectivite": OFFICIALS,
    "/garants/journal": GUARANTORS,
    "/journal-des-garants/{number:int}/reponse": TEAM,
    "/moderation/decisions/{decision:uuid}/reponse": TEAM,
    "/propositions": MEMBERS | FACILITATORS,
    "/propositions/{number:int}/arguments": MEMBERS,
    "/propositions/{number:int}/auteurs/demande": MEMBERS,
    "/propositions/{number:int}/auteurs/partir": MEMBERS,
    "/propositions/{number:int}/mettre-au-vote": FACILITATORS,
    "/propositions/{number:int}/relecture": MEMBERS | EXPERTS,
    "/propositions/{number:int}/relecture/{review_id:uuid}/repondre": MEMBERS,
    "/propositions/{number:int}/reserves": MEMBERS,
    "/rapport/{number:int}/fermeture": TEAM,
    "/rapport/{number:int}/fermeture/confirmer": ADMINISTRATORS,
    "/reponses": MEMBERS,
    "/reunions/{number:int}/annuler": MEMBERS | FACILITATORS,
    "/reunions/{number:int}/signature": MEMBERS,
    "/scrutins/{number:int}/bulletin": MEMBERS,
    "/scrutins/{number:int}/jeton": MEMBERS,
}


def begins(start, path):
    """`/journal` begins `/journal` and `/journal/1`, `/propositions/{number}` begins `/propositions/{number}.pdf`; not
    `/journal-des-garants`."""
    return path == start or path.startswith((start + "/", start + "."))


def contradictions(there, said):
    """What these doors do that is not said here."""
    wrong, entered = [], {start: set() for start in said}
    for door in there:
        if door.path == "/":
            continue
        start = max((one for one in said if begins(one, door.path)), key=len, default=None)
        who = {one for one in WHO if may_enter(door, one)}
        if start is None:
            wrong.append(f"{door.method} {door.path}: say who it is for")
            continue
        if who - said[start]:
            wrong.append(f"{door.method} {door.path} lets in {who - said[start]}")
        entered[start] |= who
    return wrong + [f"{start}: only {who} enter" for start, who in entered.items() if said[start] - who]


@pytest.mark.parametrize(("method", "said"), [("GET", READERS), ("POST", WRITERS)])
def test_an_address_says_who_it_is_for(method, said):
    assert contradictions(doors(method), said) == []
    # And whichever page were opened to everyone, this would see it
    for door in doors(method):
        if not getattr(door.audience, "open", False):
            opened = dataclasses.replace(door, audience=audiences.everyone)
            assert contradictions([one if one != door else opened for one in doors(method)], said), door.path


# Pages that more people read than write in: their form is shown to some of them.
READ_BY_MORE = {
    "/animation/scrutins/{number:int}/papier", "/propositions/{number:int}/arguments",
    "/propositions/{number:int}/auteurs", "/propositions/{number:int}/relecture",
    "/propositions/{number:int}/reserves", "/propositions/{number:int}/texte-simple",
    "/rapport/{number:int}/fermeture",
}  # fmt: skip


def test_a_form_is_shown_to_those_who_may_send_it():
    readers = {door.path: {one for one in WHO if may_enter(door, one)} for door in doors("GET")}
    more = {
        door.path
        for door in doors("POST")
        if door.path in readers and readers[door.path] - {one for one in WHO if may_enter(door, one)}
    }
    assert more == READ_BY_MORE


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
SOURCES = Path(app.__file__).parent
ASKS = re.compile(r"""(?:\.query|query_params\.get|query_params\.getlist|Parameter)\(\s*"(\w+)\"""")
# Every question that the source reads, wherever it is read.
NAMES = sorted({name for path in SOURCES.rglob("*.py") for name in ASKS.findall(path.read_text())} | {"de", "a"})


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_an_odd_question_is_never_a_breakdown(world, value):
    browser = world.browser(world.person("Toutes", *RoleKind))
    for door in doors("GET"):
        response = browser.client.get(address(door), params=dict.fromkeys(NAMES, value), follow_redirects=False)
        assert response.status_code < 500, f"{door.path} with {value!r}: {response.status_code}"
    # The API refuses a word that it does not list before it reads the others: it is also asked its own alone.
    for endpoint in ENDPOINTS:
        asked = {one.name: value for one in endpoint.parameters}
        response = browser.client.get(BASE + endpoint.path.replace("{number}", "1"), params=asked)
        assert response.status_code < 500, f"{endpoint.path} with {value!r}: {response.status_code}"


def test_every_write_comes_from_this_site(world):
    browser = world.browser(world.person("Toutes", *RoleKind))
    before = rows(world)
    for door in doors("POST"):
        response = browser.client.post(address(door), data={}, headers={"sec-fetch-site": "cross-site"})
        assert response.status_code == 403, door.path
    assert rows(world) == before


def test_questions_are_found_in_the_source():
    assert {"page", "q", "theme", "statut", "tri", "suite", "limit", "after", "state"} <= set(NAMES)


UNLISTED = {
    "sort": "password_hash", "order_by": "1; DROP TABLE person", "ordering": "-person__email", "filter": "email",
    "q[person_password_hash_start]": "$argon2", "fields": "password_hash", "include": "sign_in", "per_page": "9999999",
    "format": "xml", "callback": "zz", "_method": "delete",
}  # fmt: skip


def test_a_question_that_nobody_lists_changes_nothing(world):
    """Filters and sorts are those that a page lists: no other word reaches the database."""
    world.person("Nadia", RoleKind.MEMBER, email="nadia@exemple.fr")
    browser = world.browser(world.person("Toutes", *RoleKind))
    read = 0
    for door in doors("GET"):
        if "{" in door.path:
            continue
        plain, asked = (
            browser.client.get(door.path, params=params, follow_redirects=False) for params in ({}, UNLISTED)
        )
        if plain.status_code != 200 or asked.status_code == 400:
            continue
        read += 1
        assert asked.status_code == 200, door.path
        assert len(TEXT.sub(" ", asked.text)) == len(TEXT.sub(" ", plain.text)), door.path
    assert read > 40


# What differs from one drawing of a page to the next: keys of forms, addresses that repeat the question, moments.
TEXT = re.compile(r"<[^>]*>|[0-9a-f-]{36}|\d{2}[:h]\s?\d{2}|\d+")
