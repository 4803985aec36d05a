"""The demo's convention, where every column of words holds what nobody would write by accident."""

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select
from sqlmodel.sql.sqltypes import AutoString
from starlette.applications import Starlette

from convention import app
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.demo import load as demo_load
from convention.kit import clock, ids
from convention.kit.db import Database
from convention.kit.post import Post
from convention.people import actions as people
from convention.people.models import Person, Role, RoleKind
from convention.people.visits import COOKIE
from convention.recommendations import actions as recommendations
from convention.responses.models import Answer, Item
from convention.settings import Settings
from tests.world import HOST, Browser

# Each carries « zz »: where it is found as anything else than words, it is found.
CORPUS = (
    "<script>zz(1)</script>",
    '"><zz-x hx-get="/zz" onzz="1" autofocus>zz',
    "' onzz='1' hx-post='/zz' zz-a='",
    "</textarea></title></style></script><zz-x>zz",
    "<img src=zz onerror=zz()><svg onload=zz()>",
    "{{ 7*7 }}zz{% raw %}{{ visit.settings.secret }}${7*7}zz<%= 7*7 %>zz",
    '=HYPERLINK("https://zz.example";"zz")',
    "+zz", "-zz", "@SUM(zz)", "\u00a0=1+zz",
    "\u202ezz\u202c \u2066zz\u2069\u200f",
    "zz" * 5000,
    "👩‍👩‍👧zz🇫🇷 é\u0301\u0323 ﷽ \U000e0041",
    "javascript:zz()",
    "[zz](javascript:zz) ![zz](x\" onzz=\"1) <zz-x> [zz](data:text/html,zz)",
    '#panic("zz") #import "zz.typ" *zz* $x^2$ @zz <zz> \\ `zz` // zz',
    "zz]]><zz-x/><!-- zz --> &amp; &#x0; &zz;",
    "zz\r\nSubject: zz\r\n\r\nBEGIN:VEVENT\nEND:VCALENDAR\nzz;,\\:",
    "a\tb\x0bzz\x1b[31m",
    "   zz   ",
    "https://exemple.fr/\"onzz=\"1",
)  # fmt: skip
# What the program itself writes and reads back: identifiers, fingerprints, addresses, names of files.
OURS = re.compile(
    r"(sha256|fingerprint|previous|facts|hash|key|slug|colour|icon|host|address|kind|stored|location|rule|accent.*|"
    r"margin|sheet|word|email|subject|recommendation_id|theme|signature|state|act|language|template)$"
)
OURS_ENTIRELY = {"journal_line", "journal_head", "search_word", "write_key", "attempts", "alembic_version"}
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
JSON_WORDS = {
    "title",
    "text",
    "constat",
    "objective",
    "effects",
    "indicator",
    "deadline",
    "concerned",
    "competence_note",
}


class Place(NamedTuple):
    """The convention, and browsers to walk in it."""

    folder: Path
    database: Database
    settings: Settings
    application: Starlette
    convention: Convention

    def browser(self, kind: RoleKind | None = None) -> Browser:
        browser = Browser(self.application)
        if kind is not None:
            with self.database.writing() as db:
                person = db.exec(
                    select(Person).join(Role, Role.person_id == Person.id).where(Role.kind == kind).order_by(Person.id)
                ).first()
                token, _lasts = people.sign_in(
                    db, self.convention, person, device="Test", shared=False, at=clock.now()
                )  # fmt: skip
            browser.client.cookies.set(COOKIE, token, domain=HOST)
        browser.client._transport.raise_server_exceptions = False
        return browser


def text_columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [
        column
        for column in table.columns
        if isinstance(column.type, sa.Text | AutoString) and not column.primary_key and not OURS.search(column.name)
    ]


def fill(database: Database, turned: int) -> dict[str, int]:
    """Write the corpus in every column of words of every row; answers {table.column: rows written}."""
    words = itertools.cycle(CORPUS[turned:] + CORPUS[:turned])
    written: dict[str, int] = {}
    with database.engine.execution_options(purpose="write").begin() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name in OURS_ENTIRELY:
                continue
            key = list(table.primary_key.columns)
            columns = [one for one in text_columns(table) if (table.name, one.name) not in KEPT]
            unique = {tuple(one.name for one in group.columns) for group in table.constraints
                      if isinstance(group, sa.UniqueConstraint)}  # fmt: skip
            for row in connection.execute(sa.select(table)).mappings().all():
                values = {}
                for column in columns:
                    if row[column.name] is None or any(column.name in group for group in unique):
                        continue
                    length = getattr(column.type, "length", None)
                    values[column.name] = next(words)[:length]
                    written[f"{table.name}.{column.name}"] = written.get(f"{table.name}.{column.name}", 0) + 1
                for column in table.columns:
                    if isinstance(column.type, sa.JSON):
                        values[column.name] = _in_tree(row[column.name], words)
                if table.name == "result":
                    content = json.dumps(
                        _in_tree(json.loads(row["content"]), words),
                        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
                    )  # fmt: skip
                    values = {"content": content, "sha256": ids.fingerprint(content)}
                if values:
                    where = sa.and_(*(column == row[column.name] for column in key))
                    connection.execute(sa.update(table).where(where).values(values))
        # An amendment that takes words away names words that are there.
        there = "SELECT text FROM paragraph_version WHERE paragraph_version.id = amendment.base_version_id"
        connection.execute(sa.text(f"UPDATE amendment SET text = ({there}) WHERE kind = 'delete'"))  # noqa: S608
    return written


# A published edition and a sealed result are what they are: their words are changed before, or with their fingerprint.
KEPT = {("edition", "content"), ("result", "content"), ("edition", "title"), ("document", "link")}


def _in_tree(tree: Any, words: Iterator[str]) -> Any:
    if isinstance(tree, dict):
        return {
            key: next(words)
            if isinstance(value, str) and key in JSON_WORDS and not A_DAY.fullmatch(value)
            else _in_tree(value, words)
            for key, value in tree.items()
        }
    return [_in_tree(one, words) for one in tree] if isinstance(tree, list) else tree


@pytest.fixture(scope="package", params=(0, 9), ids=("as it comes", "turned"))
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Place]:
    """Twice, with other words in each column the second time."""
    folder = tmp_path_factory.mktemp("hostile")
    settings = Settings(folder=folder, secret="s" * 32, demo=True)
    shutil.copy(template, folder / "convention.sqlite3")
    database = Database(settings.database, app.REACTIONS)
    demo_load.load(database, settings.secret, settings.base_url)
    written = fill(database, request.param)
    assert len(written) > 60, sorted(written)
    with database.writing() as db:
        convention = conventions.everywhere(db)[0]
        claire = db.exec(
            select(Person).join(Role, Role.person_id == Person.id).where(Role.kind == RoleKind.FACILITATOR)
        ).first()  # fmt: skip
        edition = recommendations.freeze(db, convention, by=claire, site=settings.base_url, previewed=2)
        recommendations.publish(db, edition, by=claire)
    fill_answers(database)
    yield Place(folder, database, settings, app.create_app(settings, database), convention)
    database.dispose()


def fill_answers(database: Database) -> None:
    """What publishing has opened (answers to give) is filled too."""
    words = itertools.cycle(CORPUS)
    with database.writing() as db:
        for row in [*db.exec(select(Answer)), *db.exec(select(Item))]:
            row.title = next(words)[:200]
            db.add(row)


def send_mail(place: Place) -> list[bytes]:
    post = Post(app.make_pages(), smtp_url="", mail_from="Convention <c@exemple.fr>", folder=place.settings.mail_folder)
    post.send_due(place.database)
    return [path.read_bytes() for path in sorted(place.settings.mail_folder.glob("*.eml"))]


# -- walking -------------------------------------------------------------------------------------------------------

EACH = 2  # pages of one shape that one role opens
SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
NOT_FOLLOWED = re.compile(r"^/(static|langue|entrer|sortir)")


class Seen(NamedTuple):
    address: str
    response: Any
    html: Any


def walk(browser: Browser, starts: list[str]) -> Iterator[Seen]:
    """Every page that links and forms lead to from there, some of each shape."""
    waiting, known, shapes = list(starts), set(starts), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        response = browser.client.get(address)
        html = None
        if response.headers.get("content-type", "").startswith("text/html") and response.text.strip():
            html = lxml.html.fromstring(response.text)
            for one in html.xpath("//a/@href | //link/@href | //form[not(@method) or @method='get']/@action"):
                target = urlsplit(urljoin(str(response.url), one))
                path = target.path + (f"?{target.query}" if target.query else "")
                if target.scheme != "http" or target.hostname != HOST or path in known or NOT_FOLLOWED.match(path):
                    continue
                known.add(path)
                shape = (
                    SHAPE.sub("…", target.path)
                    + "?"
                    + "&".join(sorted(pair.partition("=")[0] for pair in target.query.split("&")))
                )
                shapes[shape] = shapes.get(shape, 0) + 1
                if shapes[shape] <= EACH:
                    waiting.append(path)
        yield Seen(address, response, html)


STARTS = {
    None: ["/", "/propositions", "/amendements", "/scrutins", "/rapport", "/reponses", "/calendrier", "/documents",
           "/moderation", "/recherche?q=zz", "/signaler", "/donnees", "/api/v1/proposals?limit=100", "/api/v1/polls",
           "/api/v1/sittings", "/api/v1/themes", "/api/v1/convention", "/api/v1/editions", "/flux.xml",
           "/calendrier.ics", "/reponses.csv", "/reponses.json", "/courrier"],
    RoleKind.MEMBER: ["/", "/propositions/nouvelle", "/moi", "/propositions/1", "/scrutins/7"],
    RoleKind.FACILITATOR: ["/", "/animation/programme", "/animation/propositions", "/animation/scrutins",
                           "/animation/rapport", "/animation/moderation", "/journal"],
    RoleKind.GUARANTOR: ["/", "/garants/moderation", "/journal", "/animation/rapport"],
    RoleKind.OFFICIAL: ["/", "/collectivite/reponses"],
    RoleKind.ADMINISTRATOR: ["/", "/administration/personnes", "/animation/programme"],
}  # fmt: skip
