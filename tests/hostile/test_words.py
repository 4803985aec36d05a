"""Every page that a visitor and each role can reach, every file and every mail: words stay words."""

import csv
import email
import email.policy
import functools
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple

import icalendar
import lxml.html
import pytest
from lxml import etree
from pypdf import PdfReader
from sqlmodel import SQLModel, col, select

from convention.guarantors.models import Remark
from convention.people.models import RoleKind
from convention.responses.models import Import
from tests.hostile.conftest import (
    CORPUS,
    EXEMPT,
    OURS_ENTIRELY,
    STARTS,
    WRITTEN,
    Place,
    Seen,
    door_of,
    look,
    owners,
    send_mail,
    text_columns,
    walk,
)  # fmt: skip
from tests.test_doors import NAMES, doors, may_enter

OFFICE = "application/vnd."
ENTRY = re.compile(r"(?:[\w\-\[\]]+/)+|(?:[\w\-\[\]]+/)*[\w.\-\[\]]*[\w\]]", re.ASCII)


def injected(html) -> list[str]:
    """What stands in a page without having been written by a template."""
    found = [f"element {one.tag}" for one in html.iter() if isinstance(one.tag, str) and one.tag.startswith("zz")]
    found += [f"script: {one.text!r}" for one in html.xpath("//script[not(@src)]")]
    for one in html.iter():
        if not isinstance(one.tag, str):
            if "zz" in (one.text or ""):
                found.append(f"comment: {one.text!r}")
            continue
        for name, value in one.attrib.items():
            if name.startswith(("on", "zz")) or (name.startswith("hx-") and "zz" in value.split("?")[0]):
                found.append(f"attribute {name}={value!r} of {one.tag}")
            if name in ("href", "src", "action", "formaction") and re.match(
                r"\s*(javascript|data:text|vbscript)", value.casefold()
            ):
                found.append(f"attribute {name}={value!r} of {one.tag}")
    text = html.text_content()
    if "49zz" in text or "s" * 32 in text:
        found.append("a template was read again")
    return found


def wrong_in(seen) -> list[str]:
    kind = seen.response.headers.get("content-type", "").partition(";")[0]
    content = seen.response.content
    if seen.html is not None:
        return injected(seen.html)
    if kind == "application/json":
        json.loads(content)
    elif kind == "text/csv":
        return [f"formula: {cell[:40]!r}" for row in _rows(content) for cell in row if _runs(cell)]
    elif kind == "text/calendar":
        return _wrong_in_calendar(content)
    elif kind.endswith("xml"):
        return [f"element {one.tag}" for one in etree.fromstring(content).iter() if "zz" in str(one.tag)]
    elif kind == "application/pdf":
        return _wrong_in_pdf(content)
    elif kind.startswith(OFFICE) or kind == "application/zip":
        return _wrong_in_archive(content)
    return []


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def _runs(cell: str) -> bool:
    words = cell.lstrip(" \u00a0\u200b\u202f")
    return words.startswith(("=", "+", "-", "@", "\t", "\r")) and not re.fullmatch(r"[-+]?[\d  ,.]+", words)


def _wrong_in_calendar(content: bytes) -> list[str]:
    calendar = icalendar.Calendar.from_ical(content)
    wrong = [f"long line: {line[:40]!r}" for line in content.split(b"\r\n") if len(line) > 75]
    if content.count(b"\nBEGIN:VEVENT") != len(list(calendar.walk("VEVENT"))):
        wrong.append("an event that nobody wrote")
    return wrong


def _wrong_in_pdf(content: bytes) -> list[str]:
    read = PdfReader(io.BytesIO(content))
    assert len(read.pages) >= 1
    return ["a script in a PDF"] if b"/JavaScript" in content or b"/JS " in content else []


def _wrong_in_archive(content: bytes) -> list[str]:
    wrong = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        # A title is never a path (CVE-2025-30343): who unpacks this writes nowhere else
        wrong += [f"a name: {name[:60]!r}" for name in archive.namelist() if not ENTRY.fullmatch(name)]
        wrong += [
            f"a folder that holds words: {one.filename}" for one in archive.infolist() if one.is_dir() and one.file_size
        ]
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")) or not archive.getinfo(name).file_size:
                continue
            for one in etree.fromstring(archive.read(name)).iter():
                tag = str(one.tag).rpartition("}")[2]
                if tag.startswith("zz") or (tag == "f" and "worksheets" in name):
                    wrong.append(f"{name}: element {tag}")
                if "javascript:" in str(one.attrib.get("Target", "")):
                    wrong.append(f"{name}: a link to a script")
    return wrong


def test_every_column_of_words_is_filled(whole: Place) -> None:
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name not in OURS_ENTIRELY]
    words = {f"{table.name}.{column.name}" for table in tables for column in text_columns(table)}
    forgotten = words - set(WRITTEN)
    assert not forgotten, f"no row holds the corpus in {sorted(forgotten)}: plant one, or say why not in EXEMPT"
    every = {f"{table.name}.{column.name}" for table in SQLModel.metadata.sorted_tables for column in table.columns}
    assert not set(EXEMPT) - every, "an exemption names a column that is gone"
    assert all(EXEMPT.values())


@pytest.mark.parametrize(
    "page",
    [
        "<p><script>zz(1)</script></p>", '<p><b hx-get="/zz">a</b></p>', '<p><img src=zz onerror="zz()"></p>',
        "<p>a<zz-x>b</zz-x></p>", '<p><a href=" JavaScript:zz()">a</a></p>', "<p>49zz</p>", "<p>a<!-- zz --></p>",
    ],
)  # fmt: skip
def test_the_look_finds_what_it_looks_for(page: str) -> None:
    assert injected(lxml.html.fromstring(page))


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a", "a/../../b", "C:\\a", "é.csv", "a/", ".."])
def test_an_archive_that_writes_elsewhere_is_seen(name: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as box:
        box.writestr(name, "a")
    assert _wrong_in_archive(archive.getvalue())


class Walked(NamedTuple):
    """What somebody met on her way."""

    wrong: list[str]
    kinds: set[str]
    doors: set[str]
    pages: int


def off_the_paths(place: Place, who: RoleKind | None) -> list[str]:
    """Pages that this role may open, which no link of the demo leads to."""
    if who is None:
        numbered = [door.path for door in doors("GET") if door.path.startswith(("/api/v1/", "/ailleurs/"))]
        return [
            *(door.path for door in doors("GET") if "{" not in door.path and may_enter(door, None)),
            *(path.replace("{number:int}", "1") for path in numbered if "{" in path),
            *("/entrer/lien/zz", "/rapport/1/extrait.csv?reco=1", "/scrutins/1/changer"),
        ]
    if who is RoleKind.FACILITATOR:
        return ["/animation/scrutins/8/ouvrir", "/animation/scrutins/8/options"]
    if who is RoleKind.GUARANTOR:
        return [f"/garants/journal/brouillons/{one}" for one in ids_of(place, Remark, col(Remark.number).is_(None))]
    if who is RoleKind.OFFICIAL:
        return [f"/collectivite/reponses/import/{one}" for one in ids_of(place, Import)]
    return []


def ids_of(place: Place, table: type[SQLModel], *where: Any) -> list[str]:
    with place.database.reading() as db:
        return [str(one) for one in db.exec(select(table.id).where(*where))]


@pytest.fixture(scope="module")
def walked(whole: Place) -> Callable[[RoleKind | None], Walked]:
    """Everything that she reaches; each walks once."""

    @functools.cache
    def by(who: RoleKind | None) -> Walked:
        found = Walked([], set(), set(), 0)
        for seen in walk(whole.browser(who), STARTS[who] + off_the_paths(whole, who)):
            found = note(found, seen)
        for person, addresses in owners(whole.database) if who is RoleKind.MEMBER else ():
            browser = whole.browser_of(person)
            for address in addresses:
                found = note(found, look(browser, address))
        return found

    return by


def note(found: Walked, seen: Seen) -> Walked:
    status = seen.response.status_code
    if status >= 500:
        found.wrong.append(f"{seen.address}: {status}")
    if status == 200:
        found.kinds.add(seen.response.headers.get("content-type", "").partition(";")[0])
        found.wrong.extend(f"{seen.address}: {what}" for what in wrong_in(seen))
        if door := door_of(seen.address, "GET"):
            found.doors.add(door.path)
    return found._replace(pages=found.pages + 1)


@pytest.mark.parametrize("who", list(STARTS), ids=lambda who: who.value if who else "visitor")
def test_words_stay_words_on_every_page(walked: Callable[[RoleKind | None], Walked], who: RoleKind | None) -> None:
    wrong, kinds, _doors, pages = walked(who)
    assert not wrong, "\n".join(sorted(set(wrong))[:40])
    assert pages > (40 if who is None else 8), pages
    if who is None:
        assert kinds >= {
            "text/html", "application/json", "text/csv", "text/calendar", "application/pdf", "application/atom+xml",
        }, kinds  # fmt: skip


# Pages that the demo has no state for, or that show nobody's words; each with the reason.
NOT_OPENED = {
    "/animation/scrutins/{number:int}/options": "a choice whose options were typed; its words are the question's",
    "/animation/scrutins/{number:int}/papier/piles/{pile:int}": "papers being keyed; its words are the options'",
    "/animation/scrutins/{number:int}/papier/piles/{pile:int}/trancher": "the same",
    "/documents/{document:uuid}": "the file as it came in, or the way to another site",
    "/langue/{language}": "the way back",
}


def test_every_page_was_opened(walked: Callable[[RoleKind | None], Walked]) -> None:
    opened = set.union(*(walked(who).doors for who in STARTS))
    assert sorted({door.path for door in doors("GET")} - opened) == sorted(NOT_OPENED)


def test_words_stay_words_in_mail(whole: Place) -> None:
    # Given somebody whose name and convention are hostile, who asks for a link
    browser = whole.browser(RoleKind.ADMINISTRATOR)
    page = browser.client.get("/entrer")
    assert page.status_code == 200
    browser.client.post("/entrer/courriel", data={"email": "claire@exemple.invalid"})
    mails = [email.message_from_bytes(one, policy=email.policy.default) for one in send_mail(whole)]
    assert mails
    for message in mails:
        # Then no header was added, and what is HTML has nothing in it but ours
        assert len(message.get_all("Subject")) == 1
        assert "\n" not in message["Subject"]
        for part in message.walk():
            if part.get_content_type() == "text/html":
                assert injected(lxml.html.fromstring(part.get_content())) == []


def test_words_stay_words_in_the_vault(whole: Place) -> None:
    # Given the care of members, who reads what they confided, with a purpose
    browser = whole.browser(RoleKind.CARE)
    forms = lxml.html.fromstring(browser.client.get("/accueil/personnes").text).xpath("//form[@method='post']")
    pages = [browser.client.post(one.get("action"), data={"purpose": "arrival"}) for one in forms]
    # Then it is shown as it was written, and nothing of it runs
    assert any("&lt;script&gt;zz(1)" in page.text for page in pages), [page.status_code for page in pages]
    for page in pages:
        assert injected(lxml.html.fromstring(page.text)) == []


def test_questions_stay_words(whole: Place) -> None:
    """What is asked in an address is shown again in many pages: as words."""
    for browser in (whole.browser(), whole.browser(RoleKind.FACILITATOR)):
        for door in doors("GET"):
            if "{" in door.path:
                continue
            for word in CORPUS[:5]:
                answer = browser.client.get(door.path, params=dict.fromkeys(NAMES, word), follow_redirects=False)
                assert answer.status_code < 500, door.path
                if answer.headers.get("content-type", "").startswith("text/html") and answer.text.strip():
                    assert injected(lxml.html.fromstring(answer.text)) == [], door.path
