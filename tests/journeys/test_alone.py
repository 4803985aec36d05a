"""Ballots sent without a name, by the script of the page: what leaves the browser, and what a lost network does."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Request, Route, expect
from sqlmodel import select

from convention.algorithms.decision import Method, Rule
from convention.conventions.models import Convention
from convention.people.models import Person
from convention.people.visits import COOKIE
from convention.voting import actions, envelopes, queries
from convention.voting.models import Poll
from tests.journeys.story import Story, answer
from tests.journeys.walker import Walker
from tests.voting.polls import a_poll, question
from tests.voting.test_tokens import PUBLIC, VECTORS
from tests.world import World

pytestmark = pytest.mark.browser

# RFC 9497, appendix A.1.2, beside what the server's side of the test holds already.
BLIND = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
PROOFS = (
    "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
    "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
    "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
    "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
)
FINALIZE = """async ([typed, blind, evaluated, blinded, key, proof]) => {
  const { voprf } = await import(document.querySelector("script[data-module]").dataset.module)
  const octets = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16))
  try {
    const token = voprf.finalize(...[typed, blind, evaluated, blinded, key, proof].map(octets))
    return Array.from(token, (one) => one.toString(16).padStart(2, "0")).join("")
  } catch { return "refused" }
}"""
KEPT = "Object.entries(localStorage).filter(([key]) => key.startsWith('brouillon:')).map(([, value]) => value)"


@pytest.fixture
def world(story: Story) -> World:
    """The people of the story, to prepare polls for them."""
    with story.site.database.reading() as db:
        found = World(story.site.database, story.site.settings, db.exec(select(Convention)).one())
        found.people = {person.name: person for person in db.exec(select(Person))}
    return found


def one_text(world: World) -> Poll:
    return a_poll(world)


def two_texts(world: World) -> Poll:
    return a_poll(world, questions=[question("Un"), question("Deux", "Le second.")])


@pytest.fixture
def handled(story: Story) -> Iterator[None]:
    """The network is in our hands: a page that a service worker looks after would go round them."""
    story.context["service_workers"] = "block"
    yield
    for walker in story.walkers.values():
        settle(walker, "Service Worker registration blocked")


def posted(walker: Walker) -> list[tuple[str, dict[str, str], str]]:
    """What this browser posts from now on: where, with which headers, with what inside."""
    sent: list[tuple[str, dict[str, str], str]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append((request.url.rpartition("/")[2], request.all_headers(), request.post_data or ""))

    walker.page.on("requestfinished", note)
    return sent


def is_a_ballot(request: Request) -> bool:
    return "jeton=" in (request.post_data or "")


def settle(walker: Walker, *said: str) -> None:
    """What was done to the network, or refused on purpose, is no fault of the pages."""
    walker.watch.troubles[:] = [one for one in walker.watch.troubles if not any(word in one for word in said)]


def test_the_browser_keeps_to_the_vectors_of_the_rfc(story: Story, world: World) -> None:
    poll = one_text(world)
    nadia = story.enters("Nadia").open(f"/scrutins/{poll.number}")
    for (typed, blinded, evaluated, output), proof in zip(VECTORS, PROOFS, strict=True):
        given = [typed, BLIND, evaluated, blinded, PUBLIC, proof]
        assert nadia.page.evaluate(FINALIZE, given) == output
        assert nadia.page.evaluate(FINALIZE, [*given[:-1], proof[:-4] + "0000"]) == "refused"
        assert nadia.page.evaluate(FINALIZE, [*given[:2], blinded, *given[3:]]) == "refused"


def test_no_request_that_holds_a_choice_says_whose_it_is(story: Story, world: World) -> None:
    # Given two people who vote on two texts, on the same kind of device, and one who changes her mind
    poll = two_texts(world)
    seen = {}
    for name in ("Nadia", "Omar"):
        walker = story.enters(name).open(f"/scrutins/{poll.number}")
        walker.sees("Votre bulletin part sans votre nom")
        assert "sans JavaScript" not in walker.page.locator("main").inner_text()
        sent = seen[name] = posted(walker)
        answer(walker, 5, 2)
        walker.press("Relire mon bulletin").title("Relisez votre bulletin").look("read again")
        walker.press("Corriger").title(poll.title)
        answer(walker, 4, 3)
        walker.press("Relire mon bulletin").press("Déposer mon bulletin").title("Votre bulletin est déposé")
        walker.look("receipt")
        if name == "Nadia":
            walker.press("Changer mon vote").title("Changer mon vote")
            answer(walker, 1, 1)
            walker.press("Relire mon bulletin").title("Relisez votre bulletin").look("replacing, read again")
            walker.page.go_back()
            walker.title("Changer mon vote")
            assert walker.page.locator("input:checked").count() == 2, "back finds her answers as they were"
            walker.press("Relire mon bulletin").press("Remplacer mon bulletin").title("Votre bulletin est déposé")
        assert walker.page.evaluate(KEPT) == [], "told recorded, the device forgets"
        assert [where for where, _headers, _body in sent].count("jeton") == 1

    # Then whatever holds a choice, or a key, holds nothing of hers: no cookie, no header that would tell them apart
    told = []
    for name, sent in seen.items():
        cookie = next(one["value"] for one in story[name].context.cookies() if one["name"] == COOKIE)
        (asked,) = (body for where, _headers, body in sent if where == "jeton")
        for where, headers, body in sent:
            if where == "jeton":
                assert cookie in headers["cookie"]
                assert set(body) <= set("aveugle=0123456789abcdef"), "a token is asked with nothing else"
                continue
            whole = "\n".join([*map(str, headers.items()), body])
            for hers in (cookie, name, str(world.people[name].id), world.people[name].id.hex, asked[-64:]):
                assert hers not in whole, f"{where} says who she is"
            assert "cookie" not in headers
            assert "sceau" not in body
            told.append(frozenset((key, value) for key, value in headers.items() if key != "content-length"))
    assert len(set(told)) == 1, "all these requests look alike"
    with world.reading() as db:
        records = envelopes.split(queries.box_of(db, poll.id, 0).ballots, envelopes.TAG + 2)
        assert sorted(record[-2:] for record in records) == [bytes([0, 0]), bytes([3, 2])]


def ranked(world: World) -> Poll:
    options = [question(one, "") for one in ("Un parc", "Une halle", "Une fontaine")]
    return a_poll(world, Rule(method=Method.SCHULZE), questions=options)


@pytest.mark.parametrize("script", [True, False], ids=["with the script", "without"])
def test_the_enter_key_goes_on_and_moves_no_rank(story: Story, world: World, script: bool) -> None:
    # Given Nadia, who ranks three options with her keyboard
    poll = ranked(world)
    if not script:
        story.context["java_script_enabled"] = False
    nadia = story.enters("Nadia").open(f"/scrutins/{poll.number}")
    nadia.page.get_by_role("combobox", name="Un parc").select_option("1")
    nadia.page.get_by_role("combobox", name="Une halle").select_option("2")
    # When she presses Enter on the box « Bulletin blanc », which she leaves as it is
    if script:
        nadia.look("a ballot to rank")
    nadia.page.get_by_label("Bulletin blanc").press("Enter")
    nadia.title("Relisez votre bulletin").sees("Rang 1", "Rang 2", "Sans rang, après les autres : Une fontaine.")
    nadia.press("Déposer mon bulletin").title("Votre bulletin est déposé")
    # And when she changes her mind, in the field of her key
    nadia.press("Changer mon vote").title("Changer mon vote")
    nadia.page.get_by_role("combobox", name="Une fontaine").select_option("1")
    nadia.page.get_by_label("Votre clé").press("Enter")
    nadia.title("Relisez votre bulletin").press("Remplacer mon bulletin").title("Votre bulletin est déposé")
    with world.reading() as db:
        (record,) = envelopes.split(queries.box_of(db, poll.id, 0).ballots, envelopes.TAG + 3)
        assert record[-3:] == bytes([255, 255, 0])


@pytest.mark.usefixtures("handled")
def test_a_lost_network_is_said_beside_the_button_that_sends(story: Story, world: World) -> None:
    # Given Nadia, who ranks options by their buttons, and whose network goes
    poll = ranked(world)
    nadia = story.enters("Nadia").open(f"/scrutins/{poll.number}")
    nadia.page.get_by_role("button", name="Monter : Une halle, Sans rang").press("Enter")
    moved = nadia.page.get_by_role("button", name="Monter : Une halle, Rang 1")
    expect(moved).to_be_focused()
    nadia.page.route("**/urne", lambda route: route.abort("internetdisconnected"))
    # When she sends it, then it is said where she pressed, not among the ranks
    nadia.press("Relire mon bulletin").sees("Le réseau s’est coupé. Vos réponses sont toujours là")
    send = nadia.page.get_by_role("button", name="Relire mon bulletin")
    assert send.locator("xpath=ancestor-or-self::*[preceding-sibling::*[1][@data-said]]").count() == 1
    settle(nadia, "ERR_INTERNET_DISCONNECTED")


@pytest.mark.parametrize("lost", ["on its way", "on its way back"])
@pytest.mark.usefixtures("handled")
def test_a_network_lost_between_the_two_is_taken_up_again(story: Story, world: World, lost: str) -> None:
    # Given Nadia, whose network goes at each of the two requests, once
    poll = one_text(world)
    nadia = story.enters("Nadia").open(f"/scrutins/{poll.number}")
    gone: list[str] = []

    def cut(route: Route) -> None:
        what = "ballot" if is_a_ballot(route.request) else "token" if "jeton" in route.request.url else ""
        if not what or what in gone:
            return route.continue_()
        gone.append(what)
        if lost == "on its way back":
            route.fetch()  # the server has heard it
        return route.abort("internetdisconnected")

    nadia.page.route("**/jeton", cut)
    nadia.page.route("**/urne", cut)
    answer(nadia, 4)
    for n in range(2):
        # When she presses, she is told, and her answer is still there
        nadia.press("Déposer mon bulletin").sees("Le réseau s’est coupé. Vos réponses sont toujours là")
        assert len(gone) == n + 1
        expect(nadia.page.locator("input[name=q1]:checked")).to_have_value("4")
        (kept,) = nadia.page.evaluate(KEPT)
        assert "q1" not in kept, "no choice is kept on the device"
    # Then one more press is enough
    nadia.press("Déposer mon bulletin").title("Votre bulletin est déposé")
    assert nadia.page.evaluate(KEPT) == []
    settle(nadia, "jeton", "urne", "ERR_INTERNET_DISCONNECTED")
    with world.reading() as db:
        assert queries.turnout(db, poll) == queries.on_roll(db, poll) == 1


@pytest.mark.usefixtures("handled")
def test_after_a_reload_one_tap_takes_it_up_again(story: Story, world: World) -> None:
    poll = one_text(world)
    nadia = story.enters("Nadia").open(f"/scrutins/{poll.number}")
    nadia.page.route("**/urne", lambda route: route.abort() if is_a_ballot(route.request) else route.continue_())
    answer(nadia, 4)
    nadia.press("Déposer mon bulletin").sees("Le réseau s’est coupé")
    nadia.page.close()
    settle(nadia, "urne", "ERR_FAILED")
    nadia.page = nadia.context.new_page()
    nadia.open(f"/scrutins/{poll.number}").sees("Sur cet appareil, votre vote n’est pas terminé").look(
        "token, not used"
    )
    # Elsewhere, the page says the same, less the button
    elsewhere = Walker(story.browser, story.site).enter(story.codes["Nadia"]).open(f"/scrutins/{poll.number}")
    elsewhere.sees("nous ne savons pas s’il est dans l’urne")
    expect(elsewhere.page.get_by_role("button", name="Reprendre mon vote")).to_be_hidden()
    elsewhere.context.close()
    # When she takes it up
    nadia.press("Reprendre mon vote").title("Paragraphe 9.2")
    answer(nadia, 5)
    nadia.press("Déposer mon bulletin").title("Votre bulletin est déposé")
    nadia.open(f"/scrutins/{poll.number}").sees("nous ne savons pas s’il est dans l’urne").look("token, used")
    expect(nadia.page.get_by_role("button", name="Reprendre mon vote")).to_be_hidden()
    with world.reading() as db:
        assert queries.turnout(db, poll) == 1


@pytest.mark.usefixtures("handled")
def test_a_key_of_her_own_is_refused(story: Story, world: World) -> None:
    """A server that would sign Nadia's token with another key, to know it again."""
    poll = one_text(world)
    nadia = story.enters("Nadia")
    other = PUBLIC

    def her_page(route: Route) -> None:
        answered = route.fetch()
        key = answered.text().partition('data-key="')[2][:64]
        route.fulfill(response=answered, body=answered.text().replace(key, other))

    nadia.page.route(f"**/scrutins/{poll.number}", her_page)
    nadia.open(f"/scrutins/{poll.number}")
    answer(nadia, 4)
    nadia.press("Déposer mon bulletin").sees("Le serveur n’a pas prouvé que votre jeton est fait comme ceux")
    with world.reading() as db:
        assert queries.on_roll(db, poll) == 0, "she was not even named"
    nadia.page.unroute(f"**/scrutins/{poll.number}")

    def her_token(route: Route) -> None:
        answered = route.fetch()
        route.fulfill(response=answered, json={**answered.json(), "element": other})

    nadia.page.route("**/jeton", her_token)
    nadia.open(f"/scrutins/{poll.number}")
    answer(nadia, 4)
    nadia.press("Déposer mon bulletin").sees("Le serveur n’a pas prouvé que votre jeton est fait comme ceux")
    with world.reading() as db:
        assert queries.turnout(db, poll) == 0, "nothing left with such a token"
    nadia.page.unroute("**/jeton")
    nadia.press("Déposer mon bulletin").title("Votre bulletin est déposé")


def test_the_end_and_a_session_that_ends_keep_what_was_chosen(story: Story, world: World) -> None:
    poll = one_text(world)
    nadia, omar = (story.enters(name).open(f"/scrutins/{poll.number}") for name in ("Nadia", "Omar"))
    answer(nadia, 4)
    answer(omar, 2)
    # Nadia's session ends while she chooses
    kept = nadia.context.cookies()
    nadia.context.clear_cookies()
    nadia.press("Déposer mon bulletin").sees("Votre session est terminée")
    expect(nadia.page.locator("input[name=q1]:checked")).to_have_value("4")
    nadia.context.add_cookies(kept)  # type: ignore[arg-type]
    nadia.press("Déposer mon bulletin").title("Votre bulletin est déposé")
    # The poll closes while Omar chooses
    with story.site.database.writing() as db:
        actions.close(db, db.get_one(Poll, poll.id))
    omar.press("Déposer mon bulletin").sees("Le vote est fermé depuis", "Vous aviez choisi", "Insuffisant")
    omar.look("too late")
    settle(nadia, "401:")
    settle(omar, "403:")
