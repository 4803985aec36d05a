"""The demo's convention, where every column of words holds what nobody would write by accident."""

import contextlib
import datetime as dt
import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from uuid import UUID, uuid4

import lxml.html
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.sqltypes import AutoString
from starlette.applications import Starlette

from convention import app
from convention.amendments.models import Amendment
from convention.amendments.models import State as AmendmentState
from convention.care import vault
from convention.care.models import LABELS
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.demo import load as demo_load
from convention.discussion.models import Argument, Endorsement
from convention.guarantors.models import Kind as RemarkKind
from convention.guarantors.models import Remark
from convention.kit import clock, ids
from convention.kit.db import UTC, Choice, Database
from convention.kit.post import Post
from convention.kit.web import Door
from convention.lineage.models import Recasting, Source
from convention.moderation.models import Concerned
from convention.people import actions as people
from convention.people.forms import PersonForm
from convention.people.models import Person, Role, RoleKind
from convention.people.visits import COOKIE
from convention.programme.models import Phase
from convention.proposals.models import Author, Invitation, Proposal
from convention.proposals.models import State as ProposalState
from convention.recommendations import actions as recommendations
from convention.recommendations import queries as reports
from convention.recommendations.models import EditionRow
from convention.reservations.models import Reservation, Review, Signature
from convention.responses.models import Answer, Comment, Item
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
# Columns that no hand fills: each with the reason why the corpus is not written there. A text column that is neither
# filled nor here breaks test_every_column_of_words_is_filled.
EXEMPT = {
    "answer.recommendation_id": "the edition's identifier of a recommendation",
    "answer.theme": "the slug of a theme, copied",
    "answer.theme_colour": "one of the colours of the palette, copied",
    "answer.theme_icon": "the name of a drawing, copied",
    "care_sheet.sealed": "encrypted; its words are the corpus (`PLANTED`)",
    "convention.accent": "a colour, read as one by the form",
    "convention.accent_dark": "a colour computed from the other",
    "convention.contact": "an e-mail address, read as one by the form",
    "convention.host": "the host the requests are compared with: written by the operator",
    "convention.margin": "a colour computed from the other",
    "document.link": "an address, read as one by the form; a hostile one is planted (`PLANTED`)",
    "document.stored": "a random name made by kit.files",
    "draft.sheet": "the identifier of an opened page",
    "draft.subject": "the kind and the identifier of what is written",
    "edition.content": "frozen from words that are filled before",
    "edition.sha256": "a fingerprint",
    "edition.title": "frozen from words that are filled before",
    "journal_head.fingerprint": "a fingerprint",
    "journal_line.facts": "identifiers, chained: tests/journal",
    "journal_line.fingerprint": "a fingerprint",
    "journal_line.kind": "the name of an event",
    "journal_line.previous": "a fingerprint",
    "letter_code.code_hash": "a keyed hash",
    "mail_link.token_hash": "a hash",
    "moderation_case.address": "an address made by the program",
    "moderation_case.subject_kind": "the kind of a subject",
    "moderation_hidden.subject_kind": "the kind of a subject",
    "outgoing_mail.language": "one of our languages",
    "outgoing_mail.to": "an e-mail address, read as one by the form",
    "person.email": "an e-mail address, read as one by the form",
    "person.password_hash": "a hash",
    "poll.rule": "canonical JSON under a fingerprint, composed from words that are filled",
    "poll.rule_sha256": "a fingerprint",
    "poll.draw_seed": "drawn by the server",
    "poll_question.address": "an address made by the program",
    "poll_question.subject_kind": "the kind of a subject",
    "recovery_code.code_hash": "a keyed hash",
    "result.content": "canonical JSON: its words are filled as a tree, with the fingerprint",
    "result.sha256": "a fingerprint",
    "retention_run.job": "the name of a job",
    "search_entry.address": "an address made by the program",
    "search_entry.kind": "the kind of a subject",
    "second_factor.secret": "encrypted",
    "sign_in.token_hash": "a hash",
    "theme.icon": "the name of a drawing",
    "theme.slug": "made by the program from a title, letters and hyphens",
}  # fmt: skip
# Tables of the program's own: nobody's words are in them.
OURS_ENTIRELY = {
    "write_key": "keys of forms that were done",
    "attempts": "keyed hashes of failures",
    "journal_line": "events, chained",
    "journal_head": "the end of the chain",
    "search_word": "stems that the search makes of words that are filled",
}
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
        person = None
        if kind is not None:
            with self.database.writing() as db:
                person = db.exec(
                    select(Person).join(Role, Role.person_id == Person.id).where(Role.kind == kind).order_by(Person.id)
                ).first() or people.add(db, self.convention, PersonForm(name=f"{kind.label} zz", roles=(kind,)))
        return self.browser_of(person)

    def browser_of(self, person: Person | None) -> Browser:
        browser = Browser(self.application)
        if person is not None:
            with self.database.writing() as db:
                token, _lasts = people.sign_in(
                    db, self.convention, person, device="Test", shared=False, at=clock.now(), second=True
                )
            browser.client.cookies.set(COOKIE, token, domain=HOST)
        browser.client._transport.raise_server_exceptions = False
        return browser


def text_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns of this table where a hand writes words."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, sa.Text | AutoString)
        and not column.primary_key
        and f"{table.name}.{column.name}" not in EXEMPT
    ]


def a_row_of(table: sa.Table, planted: dict[str, Any], connection: sa.Connection) -> dict[str, Any]:
    """A row that this table would take: references to rows that are there, the first of each list, plain words."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in planted:
            row[column.name] = planted[column.name]
        elif column.foreign_keys and not column.nullable:
            there = next(iter(column.foreign_keys)).column
            row[column.name] = connection.execute(sa.select(there).order_by(there).limit(1)).scalar_one()
        elif isinstance(column.type, Choice):
            row[column.name] = None if column.nullable else next(iter(column.type.kind))
        elif isinstance(column.type, sa.Text | AutoString):
            row[column.name] = "zz"
        elif isinstance(column.type, sa.JSON):
            row[column.name] = column.default.arg({}) if column.default and column.default.is_callable else []
        elif column.nullable:
            row[column.name] = None
        elif isinstance(column.type, UTC):
            row[column.name] = clock.now()
        else:
            row[column.name] = PLAIN[column.type.python_type]()
    return row


PLAIN: dict[type, Any] = {
    UUID: uuid4, int: lambda: 1, bool: lambda: False, float: lambda: 1.0, bytes: bytes,
    dt.date: lambda: clock.now().date(),
}  # fmt: skip


def plant(database: Database, convention: Convention, secret: str) -> None:
    """A row in each table that the demo leaves empty: a new table has one the day it is born."""
    with database.engine.connect() as connection:
        people = {
            kind: connection.execute(
                sa.select(Person.id).join(Role, Role.person_id == Person.id)
                .where(Role.kind == kind).order_by(Person.id)
            ).scalars().first()
            for kind in RoleKind
        }  # fmt: skip
        paragraph = connection.execute(sa.text("SELECT id FROM paragraph ORDER BY id DESC LIMIT 1")).scalar_one()
    debate = uuid4()
    subject = {"subject_kind": "paragraph", "subject_id": UUID(str(paragraph))}
    planted: dict[str, dict[str, Any]] = {
        "outgoing_mail": {
            "sender": dict.fromkeys(("title", "city", "help_phone"), CORPUS[1]) | {"fictional": True},
            "lines": list(CORPUS), "button": [CORPUS[1], "http://127.0.0.1:8000/zz"], "to": "zz@exemple.invalid",
            "language": "fr", "tries": 0,
        },
        "document": {"link": "https://exemple.fr/\"onzz=\"1", "stored": "", "sitting_id": None},
        "draft": {"person_id": people[RoleKind.MEMBER], "subject": "proposal",
                  "content": {"title": CORPUS[1], "text": CORPUS[0]}, "others": []},
        "care_sheet": {"person_id": people[RoleKind.MEMBER],
                       "sealed": vault.seal(secret, dict(zip(LABELS, CORPUS, strict=False)))},
        "debate": {"id": debate},
        "saying": {"debate_id": debate},
        "answer_import": {"by": people[RoleKind.OFFICIAL]},
        "moderation_case": {**subject, "address": "/propositions/1", "waiting_since": clock.now()},
        "moderation_hidden": subject,
        "moderation_concerned": {"person_id": people[RoleKind.MEMBER]},
        "moderation_suspension": {"until": clock.now() - dt.timedelta(days=1)},
        "answer_comment": {"author_id": people[RoleKind.MEMBER]},
        "answer_review": {"months": 3},
    }  # fmt: skip
    for table in SQLModel.metadata.sorted_tables:
        if table.name in OURS_ENTIRELY or not (text_columns(table) or table.name in planted):
            continue
        with database.engine.execution_options(purpose="write").begin() as connection:
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0:
                given = {
                    **({"convention_id": convention.id} if "convention_id" in table.columns else {}),
                    **planted.get(table.name, {}),
                }
                connection.execute(sa.insert(table).values(a_row_of(table, given, connection)))
            elif table.name == "care_sheet":  # sealed: only whoever has the key writes in it
                connection.execute(sa.update(table).values(sealed=planted["care_sheet"]["sealed"]))
    with database.engine.execution_options(purpose="write").begin() as connection:
        # Somebody asks that an edition be closed: its page says why.
        asked = {"closing_asked_at": clock.now(), "closing_asked_by": people[RoleKind.FACILITATOR]}
        connection.execute(sa.update(EditionRow).where(EditionRow.number == 1).values(**asked))
        # And a guarantor writes what is not published.
        connection.execute(
            sa.insert(Remark).values(
                id=uuid4(), convention_id=convention.id, kind=next(iter(RemarkKind)), title="zz", text="zz",
                author_id=people[RoleKind.GUARANTOR], written_at=clock.now(),
            )
        )  # fmt: skip
    keep_open(database)


def keep_open(database: Database) -> None:
    """What members do in every phase that has begun, they still may: its forms are shown."""
    with database.engine.execution_options(purpose="write").begin() as connection:
        begun = sa.update(Phase).where(col(Phase.opens_at) < clock.now())
        connection.execute(begun.values(closes_at=clock.now() + dt.timedelta(days=30)))


def the_corpus(turned: int = 0) -> Callable[[str], str]:
    """One string of the corpus after another, whatever the column."""
    words = itertools.cycle(CORPUS[turned:] + CORPUS[:turned])
    return lambda _column: next(words)


def fill(database: Database, say: Callable[[str], str]) -> dict[str, int]:
    """Write what is said for it in every column of words of every row; answers {table.column: rows written}."""
    written: dict[str, int] = {}
    with database.engine.execution_options(purpose="write").begin() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name in OURS_ENTIRELY:
                continue
            key = list(table.primary_key.columns)
            columns = text_columns(table)
            unique = {tuple(one.name for one in group.columns) for group in table.constraints
                      if isinstance(group, sa.UniqueConstraint)}  # fmt: skip
            for row in connection.execute(sa.select(table)).mappings().all():
                values = {}
                for column in columns:
                    if row[column.name] is None:
                        continue
                    length = getattr(column.type, "length", None)
                    values[column.name] = say(f"{table.name}.{column.name}")[:length]
                    if any(column.name in group for group in unique):
                        alone = f"{len(written)}{written.get(f'{table.name}.{column.name}', 0)}"
                        values[column.name] = values[column.name][: (length or 400) - len(alone)] + alone
                    written[f"{table.name}.{column.name}"] = written.get(f"{table.name}.{column.name}", 0) + 1
                for column in table.columns:
                    if isinstance(column.type, sa.JSON):
                        values[column.name] = _in_tree(row[column.name], f"{table.name}.{column.name}", say)
                if table.name == "result":
                    content = json.dumps(
                        _in_tree(json.loads(row["content"]), "result.content", say),
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


def _in_tree(tree: Any, column: str, say: Callable[[str], str]) -> Any:
    if isinstance(tree, dict):
        return {
            key: say(column)
            if isinstance(value, str) and key in JSON_WORDS and not A_DAY.fullmatch(value)
            else _in_tree(value, column, say)
            for key, value in tree.items()
        }
    return [_in_tree(one, column, say) for one in tree] if isinstance(tree, list) else tree


WRITTEN: dict[str, int] = {}


@pytest.fixture(scope="package", params=((0, "sqlite"), (9, "postgresql")), ids=("sqlite", "postgresql, turned"))
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """On both databases, with other words in each column on the second."""
    turned, kind = request.param
    with a_convention(request, tmp_path_factory.mktemp("hostile"), kind, the_corpus(turned)) as (place, written):
        WRITTEN.update(written)
        yield place


@contextlib.contextmanager
def a_convention(
    request: pytest.FixtureRequest, folder: Path, kind: str, say: Callable[[str], str]
) -> Iterator[tuple[Place, dict[str, int]]]:
    """The demo's convention, saying something else in every column, down to its published report and its answers."""
    settings = Settings(folder=folder, secret="s" * 32, demo=True)
    with a_database(request, folder, kind) as database:
        demo_load.load(database, settings.secret, settings.base_url)
        with database.reading() as db:
            convention = conventions.everywhere(db)[0]
        plant(database, convention, settings.secret)
        written = fill(database, say)
        with database.writing() as db:
            convention = conventions.everywhere(db)[0]
            claire = db.exec(
                select(Person).join(Role, Role.person_id == Person.id).where(Role.kind == RoleKind.FACILITATOR)
            ).first()  # fmt: skip
            seen = reports.next_number(db, convention)
            edition = recommendations.freeze(db, convention, by=claire, site=settings.base_url, previewed=seen)
            recommendations.publish(db, edition, by=claire)
        fill_answers(database, say)
        yield Place(folder, database, settings, app.create_app(settings, database), convention), written


@contextlib.contextmanager
def a_database(request: pytest.FixtureRequest, folder: Path, kind: str) -> Iterator[Database]:
    """One of its own: other tests empty theirs."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("template"), folder / "convention.sqlite3")
        database = Database(f"sqlite:///{folder / 'convention.sqlite3'}", app.REACTIONS)
    else:
        address = sa.make_url(request.getfixturevalue("server"))
        whole = Database(address.render_as_string(False))
        with whole.engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA IF EXISTS hostile CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA hostile"))
        whole.dispose()
        apart = address.update_query_dict({"options": "-csearch_path=hostile"})
        database = Database(apart.render_as_string(False), app.REACTIONS)
        SQLModel.metadata.create_all(database.engine)
    try:
        yield database
    finally:
        database.dispose()


def fill_answers(database: Database, say: Callable[[str], str]) -> None:
    """What publishing has opened (answers to give) is filled too."""
    with database.writing() as db:
        for row in [*db.exec(select(Answer)), *db.exec(select(Item))]:
            row.title = say(f"{row.__tablename__}.title")[:200]
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


def look(browser: Browser, address: str) -> Seen:
    response = browser.client.get(address)
    is_page = response.headers.get("content-type", "").startswith("text/html") and response.text.strip()
    return Seen(address, response, lxml.html.fromstring(response.text) if is_page else None)


def walk(browser: Browser, starts: list[str], each: int = EACH) -> Iterator[Seen]:
    """Every page that links and forms lead to from there, some of each shape."""
    waiting, known, shapes = list(starts), set(starts), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        seen = look(browser, address)
        if seen.html is not None:
            for one in seen.html.xpath("//a/@href | //link/@href | //form[not(@method) or @method='get']/@action"):
                target = urlsplit(urljoin(str(seen.response.url), one))
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
                if shapes[shape] <= each:
                    waiting.append(path)
        yield seen


STARTS = {
    None: ["/", "/propositions", "/amendements", "/scrutins", "/scrutins/9/bulletins", "/rapport", "/reponses",
           "/calendrier", "/documents", "/moderation", "/recherche?q=zz", "/signaler", "/donnees",
           "/api/v1/proposals?limit=100", "/api/v1/polls", "/api/v1/sittings", "/api/v1/themes",
           "/api/v1/convention", "/api/v1/editions", "/flux.xml", "/calendrier.ics", "/reponses.csv",
           "/reponses.json", "/courrier"],
    RoleKind.MEMBER: ["/", "/propositions/nouvelle", "/moi", "/propositions/1", "/scrutins/7"],
    RoleKind.FACILITATOR: ["/", "/animation/programme", "/animation/propositions", "/animation/scrutins",
                           "/animation/rapport", "/animation/moderation", "/journal"],
    RoleKind.GUARANTOR: ["/", "/garants/moderation", "/journal", "/animation/rapport"],
    RoleKind.OFFICIAL: ["/", "/collectivite/reponses"],
    RoleKind.ADMINISTRATOR: ["/", "/administration/personnes", "/animation/programme"],
    RoleKind.EXPERT: ["/", "/propositions/1/relecture", "/propositions/2/relecture", "/moi"],
    RoleKind.CARE: ["/", "/accueil/personnes", "/moi"],
}  # fmt: skip


OWNED = 4  # pages of each kind that their owners open


def owners(database: Database) -> list[tuple[Person, list[str]]]:
    """Who wrote, signed, or was decided upon, and the pages where what is hers can be changed by her."""
    alive = Proposal.state == ProposalState.SUBMITTED
    waiting = Amendment.state == AmendmentState.SUBMITTED
    tails = (
        "modifier", "ordre", "retirer", "remarques", "auteurs", "relecture", "texte-simple", "paragraphes/1/ecrire",
        "amendements",
    )  # fmt: skip
    written = select(Author.person_id, Proposal.number).join(Proposal).where(alive)
    theirs: list[tuple[Any, list[str]]] = [
        (
            select(Amendment.author_id, Amendment.number).where(waiting),
            ["/amendements/{}", "/amendements/{}/reecrire"],
        ),
        (
            select(Author.person_id, Amendment.number)
            .join(Amendment, Amendment.proposal_id == Author.proposal_id)
            .where(waiting),
            ["/amendements/{}"],
        ),
        (select(Argument.author_id, Argument.number).where(Argument.there == ""), ["/arguments/{}"]),
        (select(Endorsement.person_id, Argument.number).join(Argument), ["/arguments/{}"]),
        (
            select(Role.person_id, Argument.number).where(
                Role.kind == RoleKind.MEMBER,
                Role.person_id != Argument.author_id,
                col(Role.person_id).not_in(select(Endorsement.person_id).where(Endorsement.argument_id == Argument.id)),
            ),
            ["/arguments/{}"],
        ),
        (
            select(Author.person_id, Proposal.number)
            .join(Proposal)
            .join(Invitation, Invitation.proposal_id == Proposal.id),
            ["/propositions/{}/auteurs"],
        ),
        (
            select(Author.person_id, Proposal.number).join(Proposal).join(Review, Review.proposal_id == Proposal.id),
            ["/propositions/{}/relecture"],
        ),
        (
            select(Signature.person_id, Proposal.number)
            .join(Reservation, Reservation.id == Signature.reservation_id)
            .join(Proposal, Proposal.id == Reservation.proposal_id),
            ["/propositions/{}/reserves"],
        ),
        (
            select(Author.person_id, Recasting.number)
            .join(Source, Source.proposal_id == Author.proposal_id)
            .join(Recasting, Recasting.id == Source.recasting_id),
            ["/reunions/{}"],
        ),
        (select(Concerned.person_id, Concerned.decision_id), ["/moderation/decisions/{}"]),
        (select(Comment.author_id, Answer.number).join(Answer), ["/reponses/{}"]),
    ]
    with database.reading() as db:
        names = dict(db.exec(select(Person.id, Person.name)).all())

        def by_name(query: Any) -> list[tuple[UUID, Any]]:
            return sorted(db.exec(query), key=lambda one: (one[1], names[one[0]]))

        # All who write what is alive: which of them may change it depends on the day. Of the rest, the first by name.
        found = [(who, number, [f"/propositions/{{}}/{tail}" for tail in tails]) for who, number in by_name(written)]
        for query, addresses in theirs:
            firsts = [next(same) for _number, same in itertools.groupby(by_name(query), key=lambda one: one[1])]
            found += [(who, number, addresses) for who, number in firsts[:OWNED]]
        return [
            (db.get_one(Person, who), [address.format(number) for address in addresses])
            for who, number, addresses in found
        ]


def door_of(path: str, method: str = "POST") -> Door | None:
    """The door that answers at this address."""
    path = path.partition("?")[0]
    return next((one for one in app.doors() if one.method == method and _shape(one.path).fullmatch(path)), None)


def _shape(path: str) -> re.Pattern[str]:
    kinds = {"int": r"\d+", "uuid": r"[0-9a-f-]{36}", None: "[^/]+"}
    parts = re.split(r"\{\w+(?::(\w+))?\}", path)
    return re.compile("".join(re.escape(one) if n % 2 == 0 else kinds[one] for n, one in enumerate(parts)))
