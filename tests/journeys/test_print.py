"""A recommendation printed alone: two pages at most, and the sheet says where it comes from."""

import io
import re

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser

MARGINS = dict.fromkeys(("top", "bottom", "left", "right"), "12mm")


def test_each_recommendation_prints_on_two_pages_at_most(browser: Browser, demonstration: Demo) -> None:
    page = browser.new_page(locale="fr-FR")
    address = demonstration.site.address
    page.goto(f"{address}/rapport/1")
    links = page.eval_on_selector_all("article h3 a[href*='/rapport/1/']", "all => all.map(one => one.href)")
    digest = page.request.get(f"{address}/rapport/1.json").headers["etag"].strip('"')[:64]
    assert len(links) >= 20
    for link in links:
        page.goto(link)
        sheets = PdfReader(io.BytesIO(page.pdf(format="A4", margin=MARGINS))).pages
        said = re.sub(r"\s", "", sheets[0].extract_text())
        assert len(sheets) <= 2, link
        assert digest in said, "the fingerprint of the edition is on the sheet"
        assert re.sub(r"^https?://", "", link) in said, "and its address"
        assert "éditionn°1" in said
    page.close()
