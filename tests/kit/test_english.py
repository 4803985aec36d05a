"""Each language that is offered is whole, and never breaks a sentence's blanks."""

import re

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from convention.kit.i18n import LANGUAGES, LOCALES, SOURCE

OFFERED = sorted(set(LANGUAGES) - {SOURCE})
BLANKS = re.compile(r"\{\w*\}|%\(\w+\)s|%%")


def messages(language):
    with (LOCALES / f"{language}.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def pairs(message):
    asked = (message.id,) if isinstance(message.id, str) else message.id
    said = (message.string,) if isinstance(message.string, str) else message.string
    return zip(asked, said, strict=True)


@pytest.mark.parametrize("language", OFFERED)
def test_each_sentence_keeps_its_blanks(language):
    for message in messages(language):
        for asked, said in pairs(message):
            assert said, f"nothing is said for {asked!r}"
            # A singular may do without its number; it may not invent another blank.
            allowed, used = set(BLANKS.findall(asked)), set(BLANKS.findall(said))
            assert used <= allowed, asked
            if isinstance(message.id, str):
                assert used == allowed, asked


def test_every_catalogue_is_a_language_that_is_offered():
    assert sorted(file.stem for file in LOCALES.glob("*.po")) == OFFERED


@pytest.mark.parametrize("language", OFFERED)
def test_every_sentence_of_the_program_is_said(language):
    with (LOCALES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(["_", "lazy", "ngettext:1,2", "ask", "needed"])}
    root = LOCALES.parent.parent
    asked = {
        message[0] if isinstance(message, tuple) else message
        for folder in ("convention", "templates")
        for _file, _line, message, _comments, _context in extract_from_dir(
            root / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods if pattern.startswith(folder)],
            {pattern.removeprefix(f"{folder}/"): given for pattern, given in options.items()},
            keywords,
        )
    }
    assert len(asked) > 2_000
    said = {message.id if isinstance(message.id, str) else message.id[0] for message in messages(language)}
    assert sorted(filter(None, asked - said)) == []


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
