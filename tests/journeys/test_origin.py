"""On a phone, where a recommendation comes from is read line by line."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Demo
from tests.journeys.walker import Walker

pytestmark = pytest.mark.browser

# The words of each step, then those of its date: the lowest line of the first, the highest of the second.
LINES = """() => [...document.querySelectorAll("#origine li")].map((one) =>
  [...one.querySelectorAll("p")].map((said) => {
    const words = document.createRange()
    words.selectNodeContents(document.createTreeWalker(said, NodeFilter.SHOW_TEXT).nextNode())
    return [...words.getClientRects()].map((line) => [line.top, line.bottom])
  }))"""


def test_a_step_of_two_lines_is_not_written_over_its_date(browser: Browser, demonstration: Demo) -> None:
    with Walker.out(browser, demonstration.site) as walker:
        steps = walker.open("/rapport/2/9").page.evaluate(LINES)
        assert max(len(step) for step, _date in steps) == 2, "one of them is long enough to take two lines"
        for step, date in steps:
            assert step[-1][1] < date[0][0]
        walker.clean()
