"""Every page of the demo, as everybody sees it, in every mode; and all of it with a keyboard.

The list of pages is made by following links: a page nobody linked to would be missed, so the table of doors is held
against it.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from convention import app
from convention.kit.web import Door
from convention.people.visits import COOKIE
from tests.browser import DESK, PHONE, violations
from tests.journeys.conftest import Demo
from tests.journeys.walker import Walker
from tests.world import HOST
from tests.world import Browser as Reader

pytestmark = pytest.mark.browser

WHO = ("", "Nadia", "Claire", "Solange", "Adama")
COLOURS = ("color-contrast", "link-in-text-block")
# Pages that show different things at the same door: an open ballot, voices counted in the room, a plain result.
STATES = {"voting.show": 3, "proposals.show": 2, "portal.theme": 1, "programme.sitting": 2}
NOT_PAGES = re.compile(r"\.(ics|csv|json|txt|css)$|\{suffix\}$|^/(sante|langue/.*|documents/\{.*)$")
# Reached from a mail or by pressing a button, or led elsewhere at once; the other journeys pass there.
OTHERWISE = {"people.link", "people.link_sent", "voting.change", "proposals.edit", "proposals.withdraw"} | {
    "recommendations.latest"
}


def door_of(path: str) -> Door | None:
    for door in app.doors():
        shape = re.sub(r"\\\{\w+:int\\\}", r"\\d+", re.escape(door.path))
        shape = re.sub(r"\\\{\w+(:uuid)?\\\}", "[^/]+", shape)
        if door.method == "GET" and re.fullmatch(shape, path):
            return door
    return None


@pytest.fixture(scope="module")
def pages(browser: Browser, demonstration: Demo) -> dict[str, list[str]]:
    """{who: the pages that only she has among those before her, or all of them for the public}."""
    application = app.create_app(demonstration.site.settings, demonstration.site.database)
    found: dict[str, list[str]] = {}
    known: set[str] = set()
    for who in WHO:
        reader = Reader(application)
        if who:
            reader.client.cookies.set(COOKIE, demonstration.token(browser, who), domain=HOST)
        found[who] = [path for path in walk(reader) if path not in known]
        known.update(found[who])
    return found


def walk(reader: Reader) -> Iterator[str]:
    """Follow links from the home page, a few of each kind."""
    waiting, known, seen = ["/", "/scrutins/7", "/scrutins/6", "/planche", "/courrier"], {"/"}, dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        door = door_of(path)
        if door is None or NOT_PAGES.search(door.path) or seen.get(door.name, 0) >= STATES.get(door.name, 1):
            continue
        response = reader.client.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        if response.url.path != path or not response.headers["content-type"].startswith("text/html"):
            continue
        seen[door.name] = seen.get(door.name, 0) + 1
        yield path
        for address in re.findall(r'<a [^>]*href="([^"]+)"', response.text):
            parts = urlsplit(address)
            if parts.path.startswith("/") and not parts.netloc and parts.path not in known:
                known.add(parts.path)
                waiting.append(parts.path)


def test_every_page_is_looked_at(pages: dict[str, list[str]]) -> None:
    seen = {door.name for paths in pages.values() for path in paths if (door := door_of(path))}
    missed = {door.name for door in app.doors() if door.method == "GET" and not NOT_PAGES.search(door.path)}
    assert missed - seen - OTHERWISE == set()


@pytest.mark.parametrize("who", WHO, ids=lambda who: who or "everybody")
def test_axe_finds_nothing(browser: Browser, demonstration: Demo, pages: dict[str, list[str]], who: str) -> None:
    with Walker.out(browser, demonstration.site, is_mobile=False) as walker:
        if who:
            walker.context.add_cookies(demonstration.cookies(browser, who))
        for path in pages[who]:
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
