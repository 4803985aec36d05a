"""Every page of the demo, as everybody sees it, in every mode; and all of it with a keyboard.

The list of pages is made from the table of doors and by following links, so a new page is looked at the day it is born.
"""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from convention import app
from convention.kit.web import Door
from convention.people.visits import COOKIE
from tests.browser import DESK, PHONE, violations
from tests.journeys.conftest import Demo
from tests.journeys.walker import Walker
from tests.world import BASE, HOST

pytestmark = pytest.mark.browser

WHO = ("", "Nadia", "Claire", "Solange", "Hélène", "Adama")
COLOURS = ("color-contrast", "link-in-text-block")
# Pages that show different things at the same door: an open ballot, voices counted in the room, a plain result.
STATES = {"voting.show": 3, "proposals.show": 2, "portal.theme": 1, "programme.sitting": 2}
NOT_PAGES = re.compile(r"\.(ics|csv|json|txt|css)$|\{suffix\}$|^/api\b|^/(sante|langue/.*|documents/\{.*)$")
# Known by those who make the site or try the demo, or shown after a form.
UNLINKED = {
    *("portal.specimen", "portal.mailbox", "people.link_sent", "people.second", "moderation.thanks"),
    *("portal.offline", "portal.worker"),  # shown, and asked for, by the browser itself
    "discussion.debates",  # of a convention that imported what was said elsewhere: the demo has none
}


class Walk:
    """Every page that a reader may see: those whose address is known by heart, and a few of each kind by links."""

    def __init__(self, reader: TestClient) -> None:
        self.reader = reader
        self.linked: set[str] = set()
        self.broken: list[tuple[str, int]] = []
        self.pages: list[str] = []
        self.seen: dict[str, int] = {}
        by_heart = [door.path for door in app.doors() if door.method == "GET" and "{" not in door.path]
        by_heart.remove("/planche")  # tests/kit looks at it, at more widths
        waiting = [*by_heart, "/scrutins/7", "/scrutins/6"]
        while waiting:
            path = waiting.pop(0)
            links = self.open(path, linked=path in self.linked)
            waiting += sorted(links - self.linked - set(self.pages))
            self.linked |= links

    def open(self, path: str, *, linked: bool) -> set[str]:
        """Look at this page if it is one of those to look at. Returns where it leads."""
        door = door_of(path)
        if door is None or NOT_PAGES.search(door.path) or self.seen.get(door.name, 0) >= STATES.get(door.name, 1):
            return set()
        response = self.reader.get(path)
        if response.status_code in (401, 403) and not linked:
            return set()
        if response.status_code != 200:
            self.broken.append((path, response.status_code))
            return set()
        if response.url.path != path or not response.headers["content-type"].startswith("text/html"):
            return set()
        self.seen[door.name] = self.seen.get(door.name, 0) + 1
        self.pages.append(path)
        addresses = re.findall(r'<(?:a [^>]*href|form [^>]*action)="([^"]+)"', response.text)
        parts = [urlsplit(address) for address in addresses]
        return {one.path for one in parts if one.path.startswith("/") and not one.netloc} - {path}


def door_of(path: str) -> Door | None:
    for door in app.doors():
        shape = re.sub(r"\\\{\w+:int\\\}", r"\\d+", re.escape(door.path))
        shape = re.sub(r"\\\{\w+(:uuid)?\\\}", "[^/]+", shape)
        if door.method == "GET" and re.fullmatch(shape, path):
            return door
    return None


@pytest.fixture(scope="module")
def walks(browser: Browser, demonstration: Demo) -> dict[str, Walk]:
    """{who: what she sees}; "" is everybody."""
    application = app.create_app(demonstration.site.settings, demonstration.site.database)
    walks = {}
    for who in WHO:
        reader = TestClient(application, base_url=BASE, raise_server_exceptions=False)
        if who:
            reader.cookies.set(COOKIE, demonstration.token(browser, who), domain=HOST)
        walks[who] = Walk(reader)
    return walks


def test_a_link_leads_to_every_page(walks: dict[str, Walk]) -> None:
    linked = {path for walk in walks.values() for path in walk.linked} | {"/"}
    doors = {door.name: door.path for door in app.doors() if door.method == "GET" and "{" not in door.path}
    lost = {name for name, path in doors.items() if path not in linked and not NOT_PAGES.search(path)}
    assert not lost - UNLINKED, sorted(lost - UNLINKED)


@pytest.mark.parametrize("who", WHO, ids=lambda who: who or "everybody")
def test_axe_finds_nothing(browser: Browser, demonstration: Demo, walks: dict[str, Walk], who: str) -> None:
    before = {path for one in WHO[: WHO.index(who)] for path in walks[one].pages}
    assert walks[who].broken == [], "pages that do not open"
    with Walker.out(browser, demonstration.site, is_mobile=False) as walker:
        if who:
            walker.context.add_cookies(demonstration.cookies(browser, who))
        for path in walks[who].pages:
            if path in before:
                continue  # another has looked at it
            walker.open(path)
            walker.page.locator("details.more-d").evaluate_all("all => all.forEach(one => one.open = true)")
            walker.found += [(path, one) for one in in_every_mode(walker.page)]
        walker.clean()


def in_every_mode(page: Page) -> list[tuple[str, object]]:
    """All the rules on a phone in the light and at a desk in the dark; in the other modes, what colours change."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found = violations(page)
    page.emulate_media(contrast="more")
    found += [(f"contrast, {rule}", where) for rule, where in violations(page, COLOURS, kind="rule")]
    page.emulate_media(color_scheme="dark")
    found += [(f"dark contrast, {rule}", where) for rule, where in violations(page, COLOURS, kind="rule")]
    page.emulate_media(contrast="no-preference")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    found += [(f"dark desk, {rule}", where) for rule, where in violations(page)]
    page.emulate_media(color_scheme="light")
    return found
