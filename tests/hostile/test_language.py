"""A page read in English says where it quotes French, so that a voice pronounces it (WCAG 3.1.2)."""

import re
from collections.abc import Iterator

import lxml.html
import pytest

from convention.kit.i18n import SOURCE
from convention.people.models import RoleKind
from tests.hostile.conftest import STARTS, Place, a_convention, walk
from tests.test_doors import doors

# What has no language: names, numbers to call, addresses. « Proper names » are excepted by the criterion itself.
NAMES = {
    "answer_item.referent": "an elected person",
    "argument.said_by": "a person, elsewhere",
    "argument.said_to": "a person, elsewhere",
    "convention.city": "a city",
    "convention.commissioner": "an authority",
    "convention.help_phone": "a number",
    "person.name": "a person",
    "person.phone": "a number",
    "proposal.written_for": "a person, or a table of the room",
    "saying.said_by": "a person, elsewhere",
    "saying.said_to": "a person, elsewhere",
    "webhook.address": "an address",
}
NOT_READ_ALOUD = ("title", "option", "script")  # which hold words alone: no element can say their language
HEARD = "/animation/rapport: French, as en: People heard without declared interests: zz_report_text__body"  # names
OURS = "/planche"  # the parts of pages, shown to who designs: its words are examples, in French
MARK = re.compile(r"zz_([a-z_]+?)__([a-z_]+)")
FRENCH = re.compile(r"\b(?:le|la|les|des|du|une|est|sont|pour|dans|avec|par|sur|qui)\b|\b[ldnsqc]’", re.IGNORECASE)
ENGLISH = re.compile(r"\b(?:the|of|and|your|by|with)\b", re.IGNORECASE)


def named(column: str) -> str:
    """What is written in this column, in French as far as anybody knows."""
    return f"zz_{column.replace('.', '__')}"


def spoken(html: lxml.html.HtmlElement) -> Iterator[tuple[str, str]]:
    """(the language that a voice takes, the words) of each piece of text, and of each name that only a voice says."""
    for one in html.iter():
        if isinstance(one.tag, str):
            for holder, words in ((one, one.text), (one, one.get("aria-label")), (one.getparent(), one.tail)):
                if holder is not None and holder.tag not in NOT_READ_ALOUD and words and words.strip():
                    yield holder.xpath("string(ancestor-or-self::*[@lang][1]/@lang)"), " ".join(words.split())


def columns(words: str) -> set[str]:
    return {".".join(found) for found in MARK.findall(words)}


def mispronounced(html: lxml.html.HtmlElement) -> list[str]:
    wrong = []
    for language, words in spoken(html):
        if language == SOURCE:
            wrong += [f"ours, as French: {words[:80]}"] if ENGLISH.search(words) else []
        elif columns(words) - set(NAMES) or len(FRENCH.findall(words)) > 2:
            wrong.append(f"French, as {language}: {words[:80]}")
    return wrong


@pytest.mark.parametrize(
    "page",
    [
        "<p>zz_proposal__title</p>", "<p>Proposal 1: <b>zz_theme__name</b></p>", "<p lang=en>zz_theme__name</p>",
        "<p><b lang=fr>Un</b> zz_theme__name</p>", "<p lang=fr>zz_theme__name, in the open</p>",
        "<button aria-label='Up: zz_poll__title'></button>",
        "<p>Le vote est secret : la liste dit qui a voté, l’urne dit quoi.</p>", "<textarea>zz_poll__title</textarea>",
    ],
)  # fmt: skip
def test_the_look_finds_what_it_looks_for(page: str) -> None:
    assert mispronounced(lxml.html.fromstring(f"<html lang=en><body>{page}</body></html>"))
    assert not mispronounced(lxml.html.fromstring("<html lang=en><p>By zz_person__name: <i lang=fr>zz_theme__name</i>"))


@pytest.fixture(scope="module")
def french(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_convention(request, tmp_path_factory.mktemp("french"), "sqlite", named) as (place, _written):
        yield place


@pytest.mark.parametrize("who", list(STARTS), ids=lambda who: who.value if who else "visitor")
def test_a_page_in_english_says_what_is_in_french(french: Place, who: RoleKind | None) -> None:
    browser = french.browser(who)
    browser.client.headers["accept-language"] = "en"
    wrong, seen_columns = set(), set()
    for seen in walk(browser, [*STARTS[who], *(door.path for door in doors("GET") if "{" not in door.path)]):
        if seen.html is not None and seen.response.status_code == 200 and not seen.address.startswith(OURS):
            assert seen.html.get("lang") == "en", seen.address
            wrong |= {f"{seen.address}: {what}" for what in mispronounced(seen.html)}
            seen_columns |= columns(seen.html.text_content())
    wrong = {what for what in wrong if not what.startswith(HEARD)}
    assert not wrong, "\n".join(sorted(wrong)[:60])
    assert seen_columns > {"proposal.title", "theme.name", "sitting.title", "poll.title", "convention_text.body"}
    assert len(seen_columns) > 40, sorted(seen_columns)


def test_a_page_in_french_carries_nothing_more(french: Place) -> None:
    browser = french.browser()
    for address in ("/", "/propositions", "/propositions/1", "/scrutins", "/rapport", "/mandat"):
        html = lxml.html.fromstring(browser.client.get(address).text)
        assert html.xpath("//main//@lang") == [], address
