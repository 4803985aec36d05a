"""Flaws that others published, made again on purpose: the suites that claim to see them must turn red.

Each takes one guard of ours away, in this test only, and runs the suite's own check. One that still passes is blind.
"""

import re
from pathlib import Path
from typing import Any

import jinja2
import lxml.html
import pytest
from markdown_it import MarkdownIt
from sqlmodel import select

from convention.api import routes as api
from convention.conventions import queries as conventions
from convention.kit import markdown, safety, web
from convention.kit.text import typeset
from convention.people import actions
from convention.people import queries as people
from convention.people.audiences import Audience
from convention.people.models import MailLink, Person, RoleKind, SignIn
from convention.people.visits import Visit
from convention.programme.models import Activity
from convention.proposals import rules as proposals
from convention.recommendations.files import records
from convention.responses import sheets
from tests import test_doors, test_strangers, test_tokens
from tests.faults import test_once
from tests.hostile.conftest import CORPUS, Place
from tests.hostile.test_words import _runs, injected
from tests.kit import test_safety
from tests.people import test_enter
from tests.proposals.scene import proposal, set_up
from tests.test_strangers import Harvest
from tests.test_tokens import somewhere
from tests.world import World

__all__ = ["somewhere"]
ROOT = Path(__file__).parent.parent
SECURITY = (ROOT / "docs" / "security.md").read_text()

RED = (AssertionError, ValueError, OverflowError)


def place_of(world: World) -> Place:
    return Place(world.settings.folder, world.database, world.settings, world.app, world.convention)


# -- cross-site scripting ------------------------------------------------------------------------------------------


def shown(world: World) -> list[str]:
    """What the suite of hostile words says of the account of somebody with a hostile name."""
    browser = world.browser(world.person(CORPUS[0], RoleKind.MEMBER))
    return injected(lxml.html.fromstring(browser.client.get("/moi").text))


def test_a_name_that_runs_is_seen(world: World) -> None:
    """CVE-2026-23891, and the ten others of its kind: nothing escapes any more."""
    assert shown(world) == []
    pages = world.app.state.pages
    pages.environment = pages.environment.overlay(autoescape=False)
    pages.environment.bytecode_cache = None  # what was compiled careful is not taken, nor what is careless kept
    pages.environment.loader = jinja2.FileSystemLoader(ROOT / "templates")
    assert shown(world)


@pytest.mark.parametrize("words", ["[zz](javascript:zz())", "<img src=zz onerror=zz()>", "<b hx-get='/zz'>zz</b>"])
def test_markdown_that_runs_is_seen(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """CVE-2017-11594, CVE-2023-32693, CVE-2024-39910: raw HTML on, any link, no sanitiser."""
    assert injected(lxml.html.fromstring(f"<main>{markdown.html(words)}</main>")) == []
    careless = MarkdownIt("commonmark", {"html": True})
    careless.validateLink = lambda _url: True
    monkeypatch.setattr(markdown, "_render", careless)
    monkeypatch.setattr(markdown.nh3, "clean", lambda rendered, **_rules: rendered)
    assert typeset("zz")
    assert injected(lxml.html.fromstring(f"<main>{markdown.html(words)}</main>"))


def test_a_cell_that_computes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spreadsheet that runs what a citizen wrote."""
    for module in (records, sheets):
        assert not any(_runs(module.harmless(words)) for words in CORPUS)
        monkeypatch.setattr(module, "harmless", lambda words: words)
        assert any(_runs(module.harmless(words)) for words in CORPUS)


# -- who may -------------------------------------------------------------------------------------------------------


def test_a_door_left_open_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2023-36465, CVE-2026-45086, CVE-2026-45415: a page of the team that only asks for a session."""
    careless = lambda self, visit: None if self.open or visit.person else "Entrez."  # noqa: E731
    monkeypatch.setattr(Audience, "why_not_enter", careless)
    with pytest.raises(RED):
        test_doors.test_writes_are_refused_to_those_they_are_not_for(world)


def withdrawn_by_a_stranger(world: World) -> list[str]:
    """What the suite of strangers says of the form that withdraws a proposal."""
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    proposal(world, world.member("Omar"))
    form = {("/propositions/1/retirer", ("cle", "reason")): {"cle": "", "reason": "Réunie à une autre."}}
    return test_strangers.taken_by_a_stranger(place_of(world), Harvest({}, form))[0]


def test_what_anyone_may_withdraw_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2026-40869: an action that looks at the session, and not at whose text it is."""
    assert withdrawn_by_a_stranger(world) == []
    monkeypatch.setattr(proposals, "why_not_withdraw", lambda *_anything: None)
    form = {("/propositions/1/retirer", ("cle", "reason")): {"cle": "", "reason": "Réunie à une autre."}}
    assert test_strangers.taken_by_a_stranger(place_of(world), Harvest({}, form))[0]


def test_one_convention_answering_at_another_s_host_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2026-45330: what belongs to one tenant is shown in another."""
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    proposal(world, world.member("Omar Saïd"))
    found, words = Harvest({"/propositions/1": "text/html"}, {}), test_strangers.words_of(place_of(world))
    with test_strangers.another_convention(place_of(world)) as browser:
        assert test_strangers.shown_elsewhere(browser, found, words) == []
        monkeypatch.setattr(conventions, "of_host", lambda db, _host: conventions.everywhere(db)[0])
        assert test_strangers.shown_elsewhere(browser, found, words)


def test_a_write_from_another_site_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2023-47635: no check of where a form comes from."""
    monkeypatch.setattr(web.safety, "from_elsewhere", lambda _headers: False)
    with pytest.raises(RED):
        test_doors.test_every_write_comes_from_this_site(world)


def test_an_account_that_time_tells_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2025-30344: nothing is computed for whoever is not known."""

    def careless(db: Any, convention: Any, email: str, password: str) -> Person | None:
        person = people.of_email(db, email)
        known = person is not None and person.password_hash and actions.passwords.verify(password, person.password_hash)
        return person if known else None

    monkeypatch.setattr(actions, "of_password", careless)
    with pytest.MonkeyPatch.context() as inside, pytest.raises(RED):
        test_enter.test_an_unknown_address_costs_as_much_as_a_wrong_password(world, inside)


# -- tokens --------------------------------------------------------------------------------------------------------


def careless_link(db: Any, convention_id: Any, token_hash: str, at: Any) -> MailLink | None:
    return db.exec(select(MailLink).where(MailLink.token_hash == token_hash)).first()


def test_an_expired_link_that_opens_is_seen(somewhere: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2023-48220: an invitation accepted after its end."""
    monkeypatch.setattr(people, "of_link", careless_link)
    with pytest.raises(RED):
        test_tokens.test_a_token_has_an_end(somewhere, "mail_link")


def test_a_link_that_opens_twice_is_seen(somewhere: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2026-45377: a link that serves again."""
    monkeypatch.setattr(people, "of_link", careless_link)
    with pytest.raises(RED):
        test_tokens.test_a_token_opens_for_its_owner_and_once_if_so_promised(somewhere, "mail_link")


def test_a_token_of_another_convention_is_seen(somewhere: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2026-45414: a token of one organisation accepted by another."""

    def anywhere(db: Any, _convention_id: Any, token_hash: str, _at: Any) -> tuple[SignIn, Person] | None:
        found = db.exec(
            select(SignIn, Person).join(Person, Person.id == SignIn.person_id).where(SignIn.token_hash == token_hash)
        ).first()
        return (found[0], found[1]) if found else None

    monkeypatch.setattr(people, "signed_in", anywhere)
    with pytest.raises(RED):
        test_tokens.test_a_token_opens_no_other_convention(somewhere, "sign_in")


# -- once, and questions -------------------------------------------------------------------------------------------


def test_what_is_done_twice_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2023-47634: a race that gives several endorsements. Here, a link that twenty clicks open twenty times."""
    monkeypatch.setattr(people, "of_link", careless_link)
    with pytest.raises(RED):
        test_once.test_twenty_at_once_do_it_once(world, test_once.use_a_link)


def test_a_page_number_without_bounds_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2024-32469: paging that is taken as it comes."""
    monkeypatch.setattr(Visit, "page_number", lambda self: int(self.request.query_params.get("page", "1")))
    with pytest.raises(RED):
        test_doors.test_an_odd_question_is_never_a_breakdown(world, "'\"<b>")


def passed_over(world: World) -> list[str]:
    """The questions to the API that its document does not list, and that are answered all the same."""
    client = world.browser().client
    document = client.get(f"{api.BASE}/openapi.json").json()
    listed = {
        path: {one["name"] for one in told["get"]["parameters"] if one["in"] == "query"}
        for path, told in document["paths"].items()
    }
    words = {*test_doors.UNLISTED, *test_doors.NAMES, *(name for names in listed.values() for name in names)}
    answered = []
    for path, names in listed.items():
        address = api.BASE + path.replace("{number}", "1")
        # What is listed is read: a null character is refused in all of them.
        for name in names:
            assert client.get(address, params={name: "\x00"}).status_code == 422, f"{path}?{name}"
        for name in sorted(words - names):
            answer = client.get(address, params={name: "1"})
            if answer.status_code != 400:
                answered.append(f"{path}?{name}")
                continue
            told = answer.json()["detail"]
            assert name in told and all(one in told for one in names), told
    return answered


def test_a_filter_of_the_api_that_nobody_lists_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2023-34090: the database is asked through filters and sorts that nobody chose to offer."""
    assert passed_over(world) == []
    monkeypatch.setattr(api, "why_not_read", lambda _visit, _parameters: None)
    assert passed_over(world)


def test_a_missing_header_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2026-45572: a block of script would run, were it not for the policy of the page."""
    monkeypatch.delitem(safety.HEADERS, "content-security-policy")
    with pytest.raises((AssertionError, KeyError)):
        test_safety.test_every_answer_carries_the_headers(world)


# -- the table of docs/security.md ---------------------------------------------------------------------------------

PUBLISHED = [
    "2023-32693", "2023-34089", "2023-34090", "2023-36465", "2023-47634", "2023-47635", "2023-48220", "2023-51447",
    "2024-27090", "2024-27095", "2024-32034", "2024-32469", "2024-39910", "2024-41673", "2024-43415", "2024-45594",
    "2025-65017", "2026-23891", "2026-40869", "2026-40870", "2026-45086", "2026-45330", "2026-45376", "2026-45377",
    "2026-45378", "2026-45414", "2026-45415", "2026-45572", "2026-45573", "2017-11594", "2024-1297", "2024-22892",
    "2024-22893", "2026-25519", "2020-26280", "2025-30342", "2025-30343", "2025-30344", "2025-30345",
]  # fmt: skip


def lines() -> dict[str, str]:
    return {found[1]: line for line in SECURITY.splitlines() if (found := re.match(r"\| (\d{4}-\d+)", line))}


def test_every_published_flaw_has_its_line() -> None:
    assert sorted(lines()) == sorted(PUBLISHED)


@pytest.mark.parametrize("flaw", PUBLISHED)
def test_the_tests_that_are_named_exist(flaw: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", lines()[flaw])
    assert named, "which test would see it?"
    for file, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE), f"{file}::{test}"


def test_every_test_that_the_document_names_exists() -> None:
    for file, test in re.findall(r"`([\w/]+\.py)::(test_\w+)`", SECURITY):
        assert re.search(rf"^def {test}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE), f"{file}::{test}"
