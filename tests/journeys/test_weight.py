"""What the first view of a page costs: everything that it makes the browser fetch, as it travels."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Demo
from tests.journeys.walker import Walker

pytestmark = pytest.mark.browser

MOST = {"phone": 48_000, "computer": 60 * 1024}  # bytes; a computer fetches the reading font too
SCREENS: dict[str, dict[str, Any]] = {
    "phone": {},
    "computer": {"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False},
}
PAGES = {
    "home": "/",
    "theme": "/themes/relation-usager",
    "proposal": "/propositions/9",
    "ballot": "/scrutins/7",
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", PAGES)
def test_first_view(browser: Browser, demonstration: Demo, name: str, screen: str) -> None:
    cookies: Any = demonstration.cookies(browser, "Nadia") if name == "ballot" else []
    # A context of its own: its cache is empty.
    with Walker.out(browser, demonstration.site, **SCREENS[screen]) as walker:
        walker.context.add_cookies(cookies)
        fetched: dict[str, float] = {}
        named: dict[str, str] = {}
        wire = walker.context.new_cdp_session(walker.page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", lambda event: named.update({event["requestId"]: event["request"]["url"]}))
        wire.on(
            "Network.loadingFinished",
            # Headers and body, compressed as they came.
            lambda event: fetched.update({named[event["requestId"]]: event["encodedDataLength"]}),
        )
        walker.page.goto(PAGES[name], wait_until="networkidle")
        walker.page.evaluate("document.fonts.ready")
        walker.clean()
        assert any(".css" in address for address in fetched), "the cache was not empty"
        if name == "ballot":
            walker.sees("Relire mon bulletin")
    weight = sum(fetched.values())
    assert weight <= MOST[screen], f"{weight:.0f} bytes: " + ", ".join(
        f"{size:.0f} {address.removeprefix(demonstration.site.address)}"
        for address, size in sorted(fetched.items(), key=lambda one: -one[1])
    )
