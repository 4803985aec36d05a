"""The same person, on paper and on a screen, at the same instant; the same pile, from several tabs."""

from concurrent.futures import ThreadPoolExecutor

from convention.paper import queries
from convention.people.visits import COOKIE
from convention.voting import envelopes
from convention.voting import queries as polls
from tests.paper.test_paper import close, expected
from tests.voting.polls import MOTION, a_poll, field
from tests.voting.test_storm import post, serving
from tests.world import World

PEOPLE = 12


def test_paper_and_screen_at_the_same_instant_count_once(world: World) -> None:
    # Given twelve members with a filled ballot on their phone, and Claire about to mark each of them
    people = [world.member(f"Membre {n:02}") for n in range(PEOPLE)]
    poll = a_poll(world, MOTION)
    expected(world, poll)
    claire = str(world.browser(world.facilitator()).client.cookies[COOKIE])
    ready = []
    for person in people:
        browser = world.browser(person)
        page = browser.open(f"/scrutins/{poll.number}")
        values = {"bulletin": field(page, "bulletin"), "sceau": field(page, "sceau"), "q1": "pour", "depot": "oui"}
        ready.append((person, str(browser.client.cookies[COOKIE]), values))

    # When both are sent at once, for all
    with serving(world) as address, ThreadPoolExecutor(8) as pool:
        sent = [
            (
                pool.submit(post, address, f"/scrutins/{poll.number}/bulletin", cookie, values),
                pool.submit(post, address, f"/animation/scrutins/{poll.number}/papier/liste/{person.id}", claire, {}),
            )
            for person, cookie, values in ready
        ]
        answers = [(screen.result(), paper.result()) for screen, paper in sent]

    # Then each is told one thing: her ballot is in, or she is on the paper list; never both
    for screen, paper in answers:
        cast, marked = "Votre bulletin est déposé" in screen.text, paper.status_code == 303
        assert cast != marked, (screen.status_code, paper.status_code)
        assert cast or "votent sur papier" in screen.text
        assert marked or "a déjà voté à l’écran" in paper.text
    with world.reading() as db:
        assert polls.turnout(db, poll) == PEOPLE
        marks = sum(paper.status_code == 303 for _screen, paper in answers)
        assert polls.marked_on_paper(db, poll) == marks
        (box,) = polls.boxes(db, poll)
        assert len(envelopes.split(box.ballots, envelopes.TAG + 1)) == PEOPLE - marks


def test_a_ballot_sent_from_many_tabs_is_keyed_once(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    close(world, poll)
    cookies = [str(world.browser(world.facilitator(name)).client.cookies[COOKIE]) for name in ("Claire", "Lise")]
    base = f"/animation/scrutins/{poll.number}/papier/piles"
    with serving(world) as address, ThreadPoolExecutor(8) as pool:
        # Both begin at once, four times each: two piles, one each
        begun = [pool.submit(post, address, base, cookie, {}) for cookie in cookies for _tab in range(4)]
        assert {one.result().status_code for one in begun} == {303}
        # Claire's first ballot is sent from eight tabs, half of them saying something else
        own = begun[0].result().headers["location"]
        sent = [
            pool.submit(post, address, own, cookies[0], {"place": "0", "q1": "pour" if tab % 2 else "contre"})
            for tab in range(8)
        ]
        statuses = sorted(one.result().status_code for one in sent)
    assert statuses == [303] * 4 + [403] * 4
    with world.reading() as db:
        piles = queries.piles(db, poll)
        assert [len(pile.entries) for pile in piles] == [1, 1]
        assert sorted(len(pile.entries[1][0].keyed) for pile in piles) == [0, 1]


def test_the_box_receives_paper_once(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    close(world, poll)
    claire = str(world.browser(world.facilitator()).client.cookies[COOKIE])
    with serving(world) as address, ThreadPoolExecutor(6) as pool:
        path = f"/animation/scrutins/{poll.number}/papier/urne"
        sent = [pool.submit(post, address, path, claire, {}) for _tab in range(6)]
        assert {one.result().status_code for one in sent} == {303}
    with world.reading() as db:
        assert polls.of_id(db, poll.id).sealed_at is not None
