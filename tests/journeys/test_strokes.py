"""On a phone, the strokes that count people stay beside the words that say how many."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Demo
from tests.journeys.walker import Walker

pytestmark = pytest.mark.browser

# How far below its strokes each sentence begins.
APART = """() => [...document.querySelectorAll("#reserves .tally")].map((one) =>
  one.nextElementSibling.getBoundingClientRect().top - one.getBoundingClientRect().bottom)"""


def test_who_signs_a_reservation_is_counted_beside_the_words(browser: Browser, demonstration: Demo) -> None:
    with Walker.out(browser, demonstration.site) as walker:
        apart = walker.open("/propositions/1").page.evaluate(APART)
        assert apart
        assert max(apart) < 0, "alone under a quote, a stroke is read as the rule of the quote"
        walker.clean()
