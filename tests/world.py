"""The people and things that tests begin with, and the browser that inspects every page it is given."""

import atexit
import contextlib
import datetime as dt
import functools
import re
import ssl
from collections import Counter
from collections.abc import Iterator, Set
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import sqlalchemy as sa
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.applications import Starlette
from starlette.testclient import TestClient

from convention import app
from convention.conventions import actions as conventions
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Database, Session
from convention.people import actions as people
from convention.people.forms import PersonForm
from convention.people.models import Person, RoleKind
from convention.people.visits import COOKIE
from convention.settings import Settings

HOST = "127.0.0.1"
BASE = f"http://{HOST}:8000"
# Of a client that meets no https: reading the authorities of the machine would take it 25 ms for each request.
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class World:
    """A convention on a real database, its people, and browsers to send them in with."""

    def __init__(self, database: Database, settings: Settings, convention: Convention | None = None) -> None:
        self.database = database
        self.settings = settings
        self.app: Starlette = app.create_app(settings, database)
        self.people: dict[str, Person] = {}
        if convention is not None:
            self.convention = convention
            return
        with database.writing() as db:
            self.convention = conventions.start(db, a_convention())

    @property
    def dialect(self) -> str:
        return "sqlite" if self.database.embedded else "postgresql"

    # -- who ---------------------------------------------------------------------------------------------------

    def person(self, name: str, *kinds: RoleKind, email: str = "", convention: Convention | None = None) -> Person:
        """Somebody with these roles; the same one when asked for again."""
        if name not in self.people:
            with self.database.writing() as db:
                form = PersonForm(name=name, email=email, roles=kinds)
                self.people[name] = people.add(db, convention or self.convention, form)
        return self.people[name]

    def member(self, name: str) -> Person:
        return self.person(name, RoleKind.MEMBER)

    def facilitator(self, name: str = "Claire") -> Person:
        return self.person(name, RoleKind.FACILITATOR)

    def guarantor(self, name: str = "Solange") -> Person:
        return self.person(name, RoleKind.GUARANTOR)

    def official(self, name: str = "Hélène") -> Person:
        return self.person(name, RoleKind.OFFICIAL)

    def administrator(self, name: str = "Adama") -> Person:
        return self.person(name, RoleKind.ADMINISTRATOR)

    def browser(self, person: Person | None = None, *, convention: Convention | None = None) -> "Browser":
        """A browser, where this person is signed in if one is named."""
        browser = Browser(self.app)
        if person is not None:
            with self.database.writing() as db:
                token, _lasts = people.sign_in(
                    db, convention or self.convention, person, device="Test", shared=False, at=clock.now(), second=True
                )
            browser.client.cookies.set(COOKIE, token, domain=HOST)
        return browser

    # -- what --------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.writing() as db:
            yield db

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        with self.database.reading() as db:
            yield db

    def queries(self, act: Any) -> int:
        """How many statements the database receives while this is done."""
        count = 0

        def one_more(*_: Any) -> None:
            nonlocal count
            count += 1

        sa.event.listen(self.database.engine, "before_cursor_execute", one_more)
        try:
            act()
        finally:
            sa.event.remove(self.database.engine, "before_cursor_execute", one_more)
        return count

    @contextlib.contextmanager
    def later(self, **by: float) -> Iterator[None]:
        """As if that much time had passed: `with world.later(minutes=31): …`."""
        clock.shift(dt.timedelta(**by))
        try:
            yield
        finally:
            clock.shift(dt.timedelta(0))


def a_convention(**over: Any) -> Convention:
    given = {
        "title": "Intelligence artificielle et territoire",
        "question": "Quelle intelligence artificielle au service des habitants et du territoire ?",
        "city": "Montpellier Méditerranée Métropole",
        "commissioner": "la Métropole",
        "help_phone": "04 00 00 00 00",
        "help_hours": "du lundi au samedi, 9 h à 19 h",
        "seats": 40,
        "created_at": clock.now(),
    }
    return Convention(**{**given, **over})


class Page:
    """An answer, looked at: when it is HTML, it has been inspected."""

    def __init__(self, browser: "Browser", response: Any) -> None:
        self.browser = browser
        self.response = response
        self.status: int = response.status_code
        self.address = str(response.url.raw_path.decode())
        self.html: Any = None
        if response.headers.get("content-type", "").startswith("text/html") and response.text.strip():
            self.html = lxml.html.fromstring(response.text)
            inspect(self.html, whole="<html" in response.text[:400])

    @functools.cached_property
    def text(self) -> str:
        """The words one reads, spaces made plain."""
        assert self.html is not None, f"{self.address} is not a page: {self.response.headers.get('content-type')}"
        body = self.html.find("body")
        words = (self.html if body is None else body).text_content()
        return plain(words)

    @property
    def title(self) -> str:
        return plain(self.one("h1").text_content())

    def all(self, css: str) -> list[Any]:
        return list(self.html.cssselect(css)) if css else []

    def one(self, css: str) -> Any:
        found = self.all(css)
        assert len(found) == 1, f"{len(found)} elements are {css} in {self.address}: {self.text[:400]}"
        return found[0]

    def links(self) -> dict[str, str]:
        """{words: address}, the first of each."""
        links: dict[str, str] = {}
        for link in self.all("a[href]"):
            links.setdefault(plain(link.text_content()), link.get("href"))
        return links

    def follow(self, words: str) -> "Page":
        """Open the link that has these words in it."""
        matching = [address for said, address in self.links().items() if words in said]
        assert matching, f"no link says « {words} » in {self.address}; there are: {list(self.links())}"
        return self.browser.open(matching[0])

    def form(self, button: str) -> Any:
        """The form whose button has these words in it."""
        matching = [
            form
            for form in self.all("form")
            if any(button in plain(one.text_content()) for one in form.cssselect("button"))
        ]
        assert matching, f"no form has a button « {button} » in {self.address}: {self.text[:600]}"
        return matching[0]

    def press(self, button: str, files: Any = None, **typed: Any) -> "Page":
        """Fill the form as a person would and press its button. Values left out stay as the page has them."""
        form = self.form(button)
        values = filled(form)
        for name, value in typed.items():
            assert form.xpath(".//*[@name=$name]", name=name) or name in values, f"the form has no field {name}"
            values[name] = value
        pressed = next(one for one in form.cssselect("button") if button in plain(one.text_content()))
        if pressed.get("name"):
            values[pressed.get("name")] = pressed.get("value", "")
        address = pressed.get("formaction") or form.get("action") or self.address
        if form.get("method", "get").lower() == "post":
            return self.browser.post(address, values, files=files)
        # What is asked for is right or shows nothing: a browser that stops before asking would only be in the way.
        asked_first = [one.get("name") for one in form.xpath(".//*[@required]") if not values.get(one.get("name"))]
        assert not asked_first, f"a browser does not send this form: it asks for {asked_first} first"
        return self.browser.open(address, params=values)

    def has(self, words: str) -> bool:
        return plain(words) in self.text


def filled(form: Any) -> dict[str, Any]:
    """What the form sends if nothing is touched."""
    values: dict[str, Any] = {}
    for control in form.xpath(".//*[@name]"):
        name, kind = control.get("name"), control.get("type", "text")
        if control.tag == "input" and kind in ("checkbox", "radio"):
            if control.get("checked") is not None:
                value = control.get("value", "on")
                values[name] = [*values.get(name, []), value] if kind == "checkbox" else value
        elif control.tag == "input" and kind != "file":
            values[name] = control.get("value", "")
        elif control.tag == "textarea":
            values[name] = (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            chosen = control.xpath(".//option[@selected]") or control.xpath(".//option")
            values[name] = chosen[0].get("value", chosen[0].text) if chosen else ""
    return values


def plain(words: str) -> str:
    """Spaces of all kinds made one."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", words).strip()


@functools.cache
def loop() -> BlockingPortal:
    """The one event loop of all requests, as a server has it: with one for each, a third of its time went there."""
    running = start_blocking_portal()
    portal = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return portal


class Browser:
    """Opens pages as a browser would: follows redirects, keeps cookies, says where its requests come from."""

    def __init__(self, application: Starlette) -> None:
        self.client = TestClient(
            application,
            base_url=BASE,
            follow_redirects=True,
            headers={"sec-fetch-site": "same-origin", "accept-language": "fr", "user-agent": "Firefox Android"},
        )
        self.client.portal = loop()

    def open(self, address: str, *, status: int = 200, params: Any = None, **headers: str) -> Page:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
        response = self.client.get(path, params=params or None, headers=headers)
        assert response.status_code == status, (
            f"{address}: {response.status_code} instead of {status}: {said(response)}"
        )
        return Page(self, response)

    def part(self, address: str, **params: Any) -> Page:
        """What htmx receives when it asks for a part of this page."""
        return self.open(address, params=params, **{"hx-request": "true", "hx-request-type": "partial"})

    def post(self, address: str, values: Any = None, *, files: Any = None, **headers: str) -> Page:
        response = self.client.post(address, data=values or {}, files=files, headers=headers)
        return Page(self, response)


def said(response: Any) -> str:
    if not response.headers.get("content-type", "").startswith("text/html"):
        return str(response.text[:300])
    page = lxml.html.fromstring(response.text)
    reason = page.cssselect("[data-reason]")
    return plain(reason[0].text_content() if reason else page.text_content())[:400]


# -- what every page owes its reader -------------------------------------------------------------------------------


def inspect(html: Any, *, whole: bool) -> None:
    """The mistakes that no page may have, whatever it shows."""
    # Each page of each test goes through here: questions asked once of the whole page, not of each of its elements.
    counted = Counter(html.xpath("//@id"))
    twice = [one for one, times in counted.items() if times > 1]
    assert not twice, f"the same id twice: {twice}"
    ids, labelled = counted.keys(), set(html.xpath("//label/@for"))
    if whole:
        assert html.get("lang"), "the page does not say its language"
        headings = html.xpath("//h1")
        assert len(headings) == 1, f"{len(headings)} h1 instead of one"
        assert plain(headings[0].text_content()), "the h1 is empty"
        assert html.xpath("//main"), "no main"
        title = html.findtext(".//title")
        assert title and plain(title), "the page has no title"
        _links_lead_somewhere(html, ids)
    for control in html.xpath("//input[not(@type='hidden')] | //textarea | //select"):
        named = (
            control.xpath("ancestor::label")
            or control.get("aria-label")
            or control.get("aria-labelledby")
            or control.get("id") in labelled
        )
        assert named, f"a control has no label: {lxml.html.tostring(control)[:200]!r}"
    for group in html.xpath("//fieldset"):
        assert group.find("legend") is not None, "a fieldset has no legend"
    for button in html.xpath("//button | //a[@href]"):
        words = plain(button.text_content()) or button.get("aria-label") or button.xpath(".//*[@aria-label]")
        assert words, f"a button or link says nothing: {lxml.html.tostring(button)[:200]!r}"
    for described in html.xpath("//*[@aria-describedby or @aria-labelledby]"):
        for name in ("aria-describedby", "aria-labelledby"):
            missing = set((described.get(name) or "").split()) - ids
            assert not missing, f"{name} points to nothing: {missing}"
    assert not html.xpath("//@style"), "inline style, which the content security policy refuses"
    assert not html.xpath("//script[not(@src)]"), "inline script, which the content security policy refuses"
    assert not html.xpath("//@*[starts-with(name(), 'on')]"), "inline handler"
    for form in html.xpath("//form[@method='post']"):
        assert form.get("action"), "a form that writes does not say where"


def _links_lead_somewhere(html: Any, ids: Set[str]) -> None:
    for link in html.xpath("//a[starts-with(@href, '#')]"):
        assert link.get("href")[1:] in ids, f"a link leads nowhere: {link.get('href')}"
