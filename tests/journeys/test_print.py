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
    page.goto(f"{address}/rapport/2")
    links = page.eval_on_selector_all("article h3 a[href*='/rapport/2/']", "all => all.map(one => one.href)")
    digest = page.request.get(f"{address}/rapport/2.json").headers["etag"].strip('"')[:64]
    assert len(links) >= 20
    # In the whole report, no head of a table is left alone at the foot of a page
    for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages:
        assert not sheet.extract_text().rstrip().endswith("Population"), sheet.extract_text()[-200:]
    for link in links:
        page.goto(link)
        sheets = PdfReader(io.BytesIO(page.pdf(format="A4", margin=MARGINS))).pages
        said = re.sub(r"\s", "", sheets[0].extract_text())
        steps = re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in sheets))
        assert all(re.sub(r"\s", "", step) in steps for step in page.locator("#origine li p").all_text_contents())
        assert len(sheets) <= 2, link
        assert digest in said, "the fingerprint of the edition is on the sheet"
        assert re.sub(r"^https?://", "", link) in said, "and its address"
        assert "éditionn°2" in said
    page.close()


def test_a_ballot_filled_in_leaves_nothing_on_paper(browser: Browser, demonstration: Demo) -> None:
    # A sheet with what one has ticked would be a proof to hand over.
    page = browser.new_page(locale="fr-FR")
    page.context.add_cookies(demonstration.cookies(browser, "Nadia"))  # type: ignore[arg-type]
    page.goto(f"{demonstration.site.address}/scrutins/7")
    page.locator("label.opt:has(input[name=q1][value='4'])").click()
    (sheet,) = PdfReader(io.BytesIO(page.pdf(format="A4", margin=MARGINS))).pages
    said = sheet.extract_text()
    assert "Ce bulletin ne s’imprime pas" in said
    assert "Bien" not in said
    page.close()


def test_an_edition_that_is_not_in_force_says_so_on_paper(browser: Browser, demonstration: Demo) -> None:
    # The sheet goes from hand to hand: closed, withdrawn or followed by another, it must not pass for the report.
    page = browser.new_page(locale="fr-FR")
    page.goto(f"{demonstration.site.address}/rapport/1")
    first = PdfReader(io.BytesIO(page.pdf(format="A4", margin=MARGINS))).pages[0]
    assert "Uneéditionplusrécenteestparue" in re.sub(r"\s", "", first.extract_text())
    page.close()
