"""English is complete enough to be read, and never breaks a sentence's blanks."""

import re

import pytest
from babel.messages.pofile import read_po

from convention.kit.i18n import LOCALES

BLANKS = re.compile(r"\{\w*\}|%\(\w+\)s|%%")


def messages(language):
    with (LOCALES / f"{language}.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def pairs(message):
    asked = (message.id,) if isinstance(message.id, str) else message.id
    said = (message.string,) if isinstance(message.string, str) else message.string
    return zip(asked, said, strict=True)


def test_each_sentence_keeps_its_blanks():
    for message in messages("en"):
        for asked, said in pairs(message):
            assert said, f"nothing is said for {asked!r}"
            # A singular may do without its number; it may not invent another blank.
            allowed, used = set(BLANKS.findall(asked)), set(BLANKS.findall(said))
            assert used <= allowed, asked
            if isinstance(message.id, str):
                assert used == allowed, asked


def test_no_french_typography_is_left():
    for message in messages("en"):
        for _asked, said in pairs(message):
            assert "«" not in said, said
            assert not re.search(r"\w [?!;:](\s|$)", said), said


PAGES = ("/", "/entrer", "/propositions", "/scrutins", "/rapport", "/calendrier", "/confort")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_read_in_english(world, address):
    browser = world.browser()
    browser.client.headers["accept-language"] = "en-GB,en;q=0.8"
    page = browser.open(address)
    assert page.html.get("lang") == "en"
    assert page.has("Skip to content")


def test_the_reader_s_choice_is_kept_on_her_device(world):
    browser = world.browser()
    assert browser.open("/").html.get("lang") == "fr"
    browser.open("/langue/en")
    assert browser.open("/").html.get("lang") == "en"
