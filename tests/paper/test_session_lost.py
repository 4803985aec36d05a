"""A session lost while choosing, and a tablet that several people share."""

from convention.algorithms.decision import Method, Rule, Secrecy
from convention.people import actions as people
from convention.voting import queries as polls
from convention.voting.models import Mode, Poll
from tests.voting.polls import a_poll, close, field, question
from tests.world import Page, World, filled


def letter(world: World, name: str) -> str:
    """The code of her letter."""
    person = world.member(name)
    with world.writing() as db:
        return people.new_code(db, world.convention, person, world.settings.secret)


def turnout(world: World, poll: Poll) -> int:
    with world.reading() as db:
        return polls.turnout(db, poll)


def lost(world: World, name: str, poll: Poll, **answers: str) -> Page:
    """She chooses, and her session ends before she casts."""
    browser = world.browser(world.member(name))
    page = browser.open(f"/scrutins/{poll.number}")
    browser.client.cookies.clear()
    button = "Relire mon bulletin" if len(answers) > 1 else "Déposer mon bulletin"
    return page.press(button, **answers)


def test_a_ballot_is_found_again_after_coming_in(world: World) -> None:
    # Given Nadia, who chose, and whose session has ended
    code = letter(world, "Nadia")
    poll = a_poll(world, questions=[question("Un", "Premier texte."), question("Deux", "Second texte.")])
    page = lost(world, "Nadia", poll, q1="5", q2="2")
    assert page.status == 401
    assert page.title == "Entrez pour retrouver votre bulletin"
    assert page.response.headers["cache-control"] == "no-store"
    assert turnout(world, poll) == 0

    # When she mistypes her code, her choices stay
    page = page.press("Entrer et retrouver mon bulletin", code="AAAA AAAA AA")
    assert page.status == 422
    assert page.has("Ce code n’est pas reconnu")

    # Then the right one gives her ballot back as it was, cast by nobody
    page = page.press("Entrer et retrouver mon bulletin", code=code)
    assert page.status == 200
    assert {one.get("name"): one.get("value") for one in page.all("input[checked]")} == {"q1": "5", "q2": "2"}
    assert turnout(world, poll) == 0
    page = page.press("Relire mon bulletin").press("Déposer mon bulletin")
    assert page.title == "Votre bulletin est déposé"
    assert turnout(world, poll) == 1


def test_who_came_in_elsewhere_takes_her_ballot_back(world: World) -> None:
    poll = None
    nadia = world.member("Nadia")
    poll = a_poll(world)
    page = lost(world, "Nadia", poll, q1="4")
    page.browser.client.cookies.update(world.browser(nadia).client.cookies)
    page = page.press("Je suis entré·e : retrouver mon bulletin")
    assert [one.get("value") for one in page.all("input[checked]")] == ["4"]
    assert turnout(world, poll) == 0


def test_back_on_a_tablet_that_was_passed_on_shows_no_ballot(world: World) -> None:
    # Given Nadia, who voted on the tablet of the room, without a script, and passed it on
    world.member("Nadia")
    poll = a_poll(world)
    browser = world.browser(world.member("Nadia"))
    page = browser.open(f"/scrutins/{poll.number}")
    sent = {**filled(page.form("Déposer mon bulletin")), "q1": "1", "depot": "oui"}
    assert page.press("Déposer mon bulletin", q1="1").title == "Votre bulletin est déposé"
    browser.client.cookies.clear()
    # When the next person goes back, and lets the browser send the form again
    page = browser.post(f"/scrutins/{poll.number}/bulletin", sent)
    # Then the page says that it is in the box, and holds nothing of what she chose
    assert page.has("Ce bulletin est déjà dans l’urne") and page.status == 403
    assert not page.all("input[name=q1], input[name=bulletin]") and sent["bulletin"] not in page.response.text
    assert turnout(world, poll) == 1
    # And after the result, it is the same
    close(world, poll)
    page = browser.post(f"/scrutins/{poll.number}/bulletin", sent)
    assert not page.all("input[name=q1]") and sent["bulletin"] not in page.response.text


def test_another_person_does_not_see_what_was_chosen(world: World) -> None:
    # Given Nadia's unfinished ballot on a shared tablet, where Omar comes in
    world.member("Nadia")
    code = letter(world, "Omar")
    poll = a_poll(world)
    page = lost(world, "Nadia", poll, q1="1").press("Entrer et retrouver mon bulletin", code=code)
    # Then he has an empty ballot of his own
    assert page.address == f"/scrutins/{poll.number}"
    assert not page.all("input[checked]")


def test_too_late_after_coming_in_keeps_the_choices_readable(world: World) -> None:
    code = letter(world, "Nadia")
    poll = a_poll(world)
    page = lost(world, "Nadia", poll, q1="4")
    close(world, poll)
    page = page.press("Entrer et retrouver mon bulletin", code=code)
    assert page.status == 403
    assert page.has("Le vote est fermé depuis")
    assert page.has("Vous aviez choisi") and page.has("Bien")
    # And she is in: her next page knows her
    assert page.browser.open("/moi").status == 200


def test_a_shared_tablet_is_handed_over_clean(world: World) -> None:
    # Given a helper's tablet, where Amina comes in with her code
    code = letter(world, "Amina")
    poll = a_poll(world)
    tablet = world.browser()
    page = tablet.open(f"/scrutins/{poll.number}/avec-aide")
    assert page.title == "Le choix est à elle seule"
    page = page.follow("Passer la tablette").press("Entrer", code=code, shared="oui")
    page = tablet.open(f"/scrutins/{poll.number}")
    assert page.has("Le choix est à vous seule, à vous seul.")
    receipt = page.press("Déposer mon bulletin", q1="4")
    key = field(receipt, "cle_bulletin")

    # Who looks at the vote again, or says hers by name, can pass the tablet on too
    again = tablet.open(f"/scrutins/{poll.number}")
    assert again.has("Votre bulletin est déjà dans l’urne.")
    assert again.form("Passer au suivant") is not None
    call = a_poll(world, Rule(method=Method.YES_NO, secrecy=Secrecy.OPEN), mode=Mode.NAMED)
    said = tablet.open(f"/scrutins/{call.number}").press("Voter, avec mon nom", q1="pour")
    assert said.form("Passer au suivant") is not None

    # When she has voted and passes it on
    page = receipt.press("Passer au suivant")

    # Then the next person is at the door, and nothing of Amina is left: not signed in, no page kept
    assert page.address.startswith("/entrer?suite=")
    assert page.one("#f-code-shared").get("checked") is not None, "the tablet stays lent: nobody has to say so again"
    assert not page.has("Amina")
    assert receipt.response.headers["cache-control"] == "no-store"
    assert tablet.open(f"/scrutins/{poll.number}").has("Entrer pour voter")
    assert key not in tablet.open(f"/scrutins/{poll.number}").text


def test_ones_own_device_does_not_ask_to_pass_on(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world)
    page = world.browser(world.member("Amina")).open(f"/scrutins/{poll.number}")
    assert not page.has("Le choix est à vous seule")
    assert not page.press("Déposer mon bulletin", q1="4").has("Passer au suivant")
