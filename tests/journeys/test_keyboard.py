"""Everything with a keyboard, and always knowing where one is."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import DESK
from tests.journeys.conftest import Demo
from tests.journeys.walker import Walker

pytestmark = pytest.mark.browser

# What has the focus: whether it is on the screen, and how it is shown to be the one.
HERE = """() => {
  const active = document.activeElement
  // A box to tick is one with its words: the frame around both shows it.
  const one = active.matches("[type=radio], [type=checkbox]") ? active.closest("label") : active
  const box = one.getBoundingClientRect(), style = getComputedStyle(one)
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  const covered = [...document.querySelectorAll("*")].some((other) => {
    if (!["fixed", "sticky"].includes(getComputedStyle(other).position) || other.contains(one) || one.contains(other))
      return false
    const over = other.getBoundingClientRect()
    return over.width && over.top <= box.top && over.bottom >= box.bottom && over.left <= box.left
      && over.right >= box.right
  })
  return {what: one.outerHTML.slice(0, 120), body: one === document.body, marked, seen, covered}
}"""


def test_the_first_key_leads_past_the_header(browser: Browser, demonstration: Demo) -> None:
    with Walker.out(browser, demonstration.site) as walker:
        page = walker.open("/propositions").page
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Aller au contenu")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
        expect(page.locator("#contenu")).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        walker.clean()


@pytest.mark.parametrize("path", ["/", "/propositions", "/scrutins/7", "/rapport/2"])
@pytest.mark.parametrize("wide", [False, True], ids=["phone", "desk"])
def test_one_always_sees_where_one_is(browser: Browser, demonstration: Demo, path: str, wide: bool) -> None:
    context = {"viewport": DESK, "is_mobile": False} if wide else {}
    with Walker.out(browser, demonstration.site, **context) as walker:
        walker.context.add_cookies(demonstration.cookies(browser, "Nadia"))
        page = walker.open(path).page
        lost = []
        for _ in range(60):
            page.keyboard.press("Tab")
            here = page.evaluate(HERE)
            if here["body"]:
                break
            if not here["marked"] or not here["seen"] or here["covered"]:
                lost.append(here)
        assert lost == []
        walker.clean()


def test_the_menu_and_what_unfolds(browser: Browser, demonstration: Demo) -> None:
    with Walker.out(browser, demonstration.site) as walker:
        page = walker.open("/").page
        menu = page.locator("details.menu > summary")
        menu.focus()
        page.keyboard.press("Enter")
        first = page.locator("details.menu nav a").first
        expect(first).to_be_visible()
        page.keyboard.press("Tab")
        expect(first).to_be_focused()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        expect(first).to_be_hidden()

        page = walker.open("/entrer").page
        unfolding = page.locator("details.more-d > summary").first
        unfolding.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        expect(page.locator("#f-email")).to_be_focused()
        walker.clean()


def test_a_ballot_is_filled_with_arrows(browser: Browser, demonstration: Demo) -> None:
    with Walker.out(browser, demonstration.site) as walker:
        walker.context.add_cookies(demonstration.cookies(browser, "Nadia"))
        page = walker.open("/scrutins/7").page
        answers = page.locator("input[name=q1]")
        assert page.locator("input[name=q1]:checked").count() == 0, "nothing is chosen for her"
        answers.first.focus()
        page.keyboard.press("Space")
        expect(answers.nth(0)).to_be_checked()
        page.keyboard.press("ArrowDown")
        expect(answers.nth(1)).to_be_checked()

        # When one answer is enough to ask for the rest, the browser leads to the first that is missing
        page.get_by_role("button", name="Relire mon bulletin").focus()
        page.keyboard.press("Enter")
        expect(page.locator("input[name=q2]").first).to_be_focused()
        walker.clean()
