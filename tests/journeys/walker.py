"""Somebody with a device: opens, taps, types, and looks closely at every page."""

import contextlib
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE, Watch, looked_at
from tests.journeys.site import Site

expect.set_options(timeout=10_000)


class Walker:
    """One person's browser, on a phone unless told otherwise."""

    def __init__(self, browser: Browser, site: Site, **context: Any) -> None:
        phone = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
        self.site = site
        self.context = browser.new_context(
            base_url=site.address,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            **phone | context,
        )
        self.context.set_default_timeout(10_000)
        self.watch = Watch(self.context)
        self.page: Page = self.context.new_page()
        self.found: list[tuple[str, Any]] = []

    def open(self, path: str) -> "Walker":
        self.page.goto(path)
        return self

    def sees(self, *words: str) -> "Walker":
        """These words are on the page, to be seen."""
        for said in words:
            expect(self.page.locator("body")).to_contain_text(said, use_inner_text=True)
        return self

    def title(self, words: str) -> "Walker":
        expect(self.page.locator("h1")).to_have_text(words)
        return self

    def look(self, state: str) -> "Walker":
        """Nothing is wrong with the page as it is; what is wrong is said at the end, with the state's name."""
        self.found += [(state, one) for one in looked_at(self.page)]
        return self

    def follow(self, words: str, *, inside: str = "body") -> "Walker":
        """The link that says this, exactly, wherever it is seen."""
        self.page.locator(inside).get_by_role("link", name=words, exact=True).filter(visible=True).first.click()
        return self

    def press(self, words: str) -> "Walker":
        self.page.get_by_role("button", name=words, exact=True).click()
        return self

    def unfold(self, words: str) -> "Walker":
        self.page.locator("summary").filter(has_text=words).filter(visible=True).first.click()
        return self

    def type(self, label: str, words: str, *, keys: bool = False) -> "Walker":
        """Write in the field with this label; `keys`: one key after the other, as a person does."""
        field = self.page.get_by_label(label).filter(visible=True).first
        if keys:
            field.press_sequentially(words)
        else:
            field.fill(words)
        return self

    def choose(self, label: str, words: str) -> "Walker":
        self.page.get_by_label(label).first.select_option(label=words)
        return self

    def enter(self, code: str) -> "Walker":
        """By the door, with the code of the letter."""
        self.open("/entrer").type("Code de 10 caractères", code)
        self.page.locator("#par-code button").click()
        return self

    def clean(self) -> None:
        """All that was seen was as it must be."""
        wrong = [f"{state}: {what}" for state, what in self.found] + self.watch.troubles
        assert not wrong, "\n".join(wrong)

    @classmethod
    @contextlib.contextmanager
    def out(cls, browser: Browser, site: Site, **context: Any) -> Iterator["Walker"]:
        walker = cls(browser, site, **context)
        try:
            yield walker
        finally:
            walker.context.close()
