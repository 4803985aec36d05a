"""Chromium, as every test uses it, and what is looked at on every page that it shows."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Where there is none the test is skipped, except on the machine that decides what lands."""
    if CHROMIUM is None:
        reason = "no Chromium on this machine: apt install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)  # noqa: TID251 - tests read it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def violations(page: Page, rules: Sequence[str] = RULES, *, kind: str = "tag") -> list[tuple[str, Any]]:
    """What axe-core finds on the page as it is: (rule, where). `kind` is "tag", or "rule" for rules by name."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    result = page.evaluate(
        "([kind, rules]) => axe.run(document, {runOnly: {type: kind, values: rules}, resultTypes: ['violations']})",
        [kind, list(rules)],
    )
    SEEN.append(Seen(page, result))
    return [(f"{one['id']}: {_why(node)}", node["target"]) for one in result["violations"] for node in one["nodes"]]


class Seen:
    """A page as axe-core saw it, for the accessibility statement."""

    def __init__(self, page: Page, result: Any) -> None:
        browser = page.context.browser
        assert browser is not None, "pages here are those of a browser"
        self.address = urlsplit(page.url).path
        self.axe = str(result["testEngine"]["version"])
        self.browser = f"Chromium {browser.version}"
        self.violations = [f"{one['id']}: {self.address}" for one in result["violations"]]


SEEN: list[Seen] = []


def _why(node: Any) -> str:
    return "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))


MEASURE = """() => {
  const width = document.documentElement.clientWidth, outside = [], small = []
  for (const one of document.querySelectorAll("body *")) {
    const box = one.getBoundingClientRect()
    if (one.closest(".vh, .skip, .scroll") || one.closest("svg") !== null && one.tagName !== "svg") continue
    if (box.right > width + 1 && box.width && getComputedStyle(one).position !== "absolute") outside.push(one.className)
  }
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    const target = one.matches("[type=radio], [type=checkbox]") ? one.closest("label") : one
    const box = target.getBoundingClientRect()
    if (!box.width || one.closest(".skip")) continue
    const inText = getComputedStyle(one).display === "inline" &&
      one.parentElement.textContent.trim().length > one.textContent.trim().length + 8
    if (!inText && (box.height < 43.5 || box.width < 43.5)) small.push(one.outerHTML.slice(0, 80))
  }
  return {sideways: document.documentElement.scrollWidth - width, outside, small}
}"""


class Watch:
    """Writes down whatever goes wrong in a browser: errors said, policies refused, requests that failed."""

    def __init__(self, context: BrowserContext) -> None:
        self.troubles: list[str] = []
        context.on("console", self._said)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # A bad status is said by the answer itself, below.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text} at {message.location}")

    def _failed(self, request: Request) -> None:
        # A page that becomes a download is an aborted navigation.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        # A form with something to correct is drawn again with 422: nothing is wrong with that.
        if response.status >= 400 and (response.status, response.request.method) != (422, "POST"):
            self.troubles.append(f"{response.status}: {response.request.method} {response.url}")


def looked_at(page: Page) -> list[tuple[str, Any]]:
    """What is wrong with the page as it is now, on this screen and on the narrowest: axe, then sideways scroll."""
    found = violations(page)
    usual = page.viewport_size
    assert usual is not None
    for width in sorted({usual["width"], 320}, reverse=True):
        page.set_viewport_size({"width": width, "height": usual["height"]})
        measured = page.evaluate(MEASURE)
        found += [(f"{name} at {width} px", seen) for name, seen in measured.items() if seen]
    page.set_viewport_size(usual)
    return found
