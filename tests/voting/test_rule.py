"""The rule before the vote: read again, changed, asked about; and the second look at opening and closing."""

import pytest

from convention.kit.errors import Refused
from convention.voting import actions, choices, queries
from convention.voting.models import Poll
from tests.voting.polls import MOTION, a_poll, close, question, vote
from tests.voting.test_choice import cast, end
from tests.world import Page, World

RULE_TITLE = "La règle du scrutin n° 1"


def desk(world: World, poll: Poll | int) -> Page:
    number = poll if isinstance(poll, int) else poll.number
    return world.browser(world.facilitator()).open(f"/animation/scrutins/{number}")


def numbered(world: World, number: int) -> Poll:
    with world.reading() as db:
        poll = queries.of_number(db, world.convention, number)
    assert poll is not None
    return poll


def ask_about_the_rule(world: World, poll: Poll, number: int = 2) -> Poll:
    page = desk(world, poll).press("Faire d’abord voter cette règle")
    assert page.has("Le vote sur la règle est préparé") and page.has(RULE_TITLE)
    page.press("Enregistrer et relire la règle").follow("Ouvrir le vote").press("Oui, ouvrir le vote")
    return numbered(world, number)


def members_say(world: World, answer: str, about: Poll) -> None:
    """Omar and Lina vote on the rule, and it is closed."""
    for name in ("Omar", "Lina"):
        vote(world, name, about, answer)
    close(world, about)


def test_opening_and_closing_take_a_second_look(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world, opened=False)
    # Opening says the rule, who may vote and until when; the page alone opens nothing
    page = desk(world, poll).follow("Ouvrir le vote")
    assert page.title == "Ouvrir ce vote ?"
    assert page.has("1 personne, et aucune ne sera ajoutée") and page.has("Le vote est secret")
    with world.reading() as db:
        assert queries.of_id(db, poll.id).opened_at is None
    page = page.press("Oui, ouvrir le vote")
    assert page.has("Le vote est ouvert.")
    # Closing says how many voted, never what
    page = page.follow("Fermer le vote")
    assert page.title == "Fermer ce vote ?" and page.has("Moins de 5, sur 1 inscrit")
    with world.reading() as db:
        assert queries.of_id(db, poll.id).closes_at == poll.closes_at
    assert page.press("Oui, fermer le vote").has("Le vote est fermé et dépouillé")
    # And once it is over, the second look leads to the result
    browser = world.browser(world.facilitator())
    assert browser.open(f"/animation/scrutins/{poll.number}/fermer").has("Résultat définitif")
    assert browser.open(f"/animation/scrutins/{poll.number}/ouvrir").has("Le vote a été ouvert")


def test_what_keeps_from_opening_is_said_instead_of_the_button(world: World) -> None:
    poll = a_poll(world, opened=False)
    page = desk(world, poll).follow("Ouvrir le vote")
    assert page.has("Personne n’est inscrit comme membre")
    assert not [one for one in page.all("button") if "ouvrir le vote" in one.text_content()]


def test_members_vote_on_the_rule_first(world: World) -> None:
    # Given a poll whose rule Claire puts to the vote first
    for name in ("Omar", "Lina"):
        world.member(name)
    poll = a_poll(world, MOTION, opened=False)
    about = ask_about_the_rule(world, poll)

    # Then its text is the rule, each page leads to the other, and the first one waits
    page = world.browser(world.member("Omar")).open(f"/scrutins/{about.number}")
    assert page.has("Le texte est adopté si plus de la moitié des voix exprimées sont pour.")
    assert page.follow("Lire ce texte à sa place").has("Les membres votent d’abord sur cette règle.")
    page = desk(world, poll).follow("Ouvrir le vote")
    assert page.has("attendez son résultat"), "told before one presses, not after"
    assert not page.all("main form")
    page = desk(world, poll)
    assert page.has("elle ne change pas avant la fin de leur vote")
    assert not page.all("#f-title"), "nobody fills a form that would be refused"
    with pytest.raises(Refused, match="attendez son résultat"), world.writing() as db:
        actions.open_poll(db, queries.of_id(db, poll.id))
    with pytest.raises(Refused, match="elle ne change pas"), world.writing() as db:
        actions.plan(db, queries.of_id(db, poll.id), MOTION, mode=poll.mode, closes_at=poll.closes_at)
    # When they adopt it
    members_say(world, "pour", about)
    # Then it says so, and opens
    assert world.browser().open(f"/scrutins/{poll.number}").has("Les membres ont voté sur cette règle : adopté")
    assert desk(world, poll).follow("Ouvrir le vote").press("Oui, ouvrir le vote").has("Le vote est ouvert.")


def test_a_rule_that_members_refused_is_not_used(world: World) -> None:
    for name in ("Omar", "Lina"):
        world.member(name)
    poll = a_poll(world, MOTION, opened=False)
    about = ask_about_the_rule(world, poll)
    members_say(world, "contre", about)
    page = desk(world, poll).follow("Ouvrir le vote")
    assert page.has("Les membres ont refusé cette règle au scrutin n° 2")
    assert page.browser.post(page.address, {}).has("Les membres ont refusé cette règle au scrutin n° 2")
    # Another rule may be used, and the page says that it is another
    page = desk(world, poll).press("Enregistrer et relire la règle", majority="2/3")
    assert page.has("Elle a changé depuis.")
    assert page.follow("Ouvrir le vote").all("main form")
    # Or members are asked again: about the new one, once
    again = ask_about_the_rule(world, poll, 3)
    with world.reading() as db:
        (asked,) = queries.questions(db, again)
    assert "deux tiers" in asked.text
    page = world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/regle-au-vote", {})
    assert page.has(f"Les membres sont déjà appelés à voter sur la règle, au scrutin n° {again.number}.")
    members_say(world, "pour", again)
    page = desk(world, poll)
    assert "Faire d’abord voter cette règle" not in page.text
    page = page.browser.post(f"/animation/scrutins/{poll.number}/regle-au-vote", {})
    assert page.has("Les membres ont déjà voté sur cette règle, au scrutin n° 3.")
    page = desk(world, poll)
    assert page.follow("Ouvrir le vote").press("Oui, ouvrir le vote").has("Le vote est ouvert.")


def test_a_rule_that_members_adopted_is_not_exchanged_for_another(world: World) -> None:
    # Given a rule that members adopted, and Claire who chooses another afterwards
    for name in ("Omar", "Lina"):
        world.member(name)
    poll = a_poll(world, MOTION, opened=False)
    about = ask_about_the_rule(world, poll)
    members_say(world, "pour", about)
    page = desk(world, poll).press("Enregistrer et relire la règle", majority="2/3")
    # Then the vote does not open with it, by hand or by the clock
    page = page.follow("Ouvrir le vote")
    assert page.has("Les membres ont adopté une autre règle au scrutin n° 2")
    assert not page.all("main form")
    with pytest.raises(Refused, match="une autre règle"), world.writing() as db:
        actions.open_poll(db, queries.of_id(db, poll.id))
    # When she takes theirs again, it opens
    desk(world, poll).press("Enregistrer et relire la règle", majority="1/2")
    assert desk(world, poll).follow("Ouvrir le vote").press("Oui, ouvrir le vote").has("Le vote est ouvert.")


def test_the_words_of_a_vote_on_a_rule_are_those_of_the_rule(world: World) -> None:
    # Given a vote on a rule that is prepared, and not open yet
    world.member("Omar")
    poll = a_poll(world, MOTION, opened=False)
    desk(world, poll).press("Faire d’abord voter cette règle")
    # Then the rule does not change behind it
    page = desk(world, poll)
    assert page.has("Un vote des membres sur cette règle est préparé, au scrutin n° 2 : annulez-le pour la changer.")
    assert not page.all("#f-title")
    # When Claire calls it off, she changes the rule
    with world.reading() as db:
        about = queries.of_number(db, world.convention, 2)
    assert about is not None
    desk(world, about).press("Annuler le vote", reason="La règle est à revoir avec la salle.")
    assert desk(world, poll).press("Enregistrer et relire la règle", majority="2/3").has("La règle est enregistrée")


def test_no_rule_is_asked_about_twice_or_about_itself(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world, MOTION, opened=False)
    about = ask_about_the_rule(world, poll)
    for one in (poll, about):
        text = desk(world, one).text
        assert "Faire d’abord voter cette règle" not in text


def test_the_options_of_a_choice_change_until_it_opens(world: World) -> None:
    world.member("Omar")
    page = world.browser(world.facilitator()).open("/animation/scrutins/nouveau")
    page = page.press("Préparer ce vote", title="Que construire ?", lines="Un parc\nUne place", method="approval")
    # When Claire changes an option and the method
    page = page.follow("Changer les options ou la règle")
    assert page.one("textarea").text_content().strip() == "Un parc\nUne place"
    wrong = page.press("Enregistrer et relire la règle", lines="Un parc")
    assert wrong.status == 422 and wrong.has("Écrivez entre 2 et 60 options")
    page = page.press("Enregistrer et relire la règle", lines="Un parc\nUn marché\nUne halle", method="irv")
    assert page.has("Un marché") and page.has("la dernière est écartée") and not page.has("Une place")
    # Then it opens so, and no longer changes
    page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")
    response = world.browser(world.facilitator()).client.get("/animation/scrutins/1/options")
    assert response.status_code != 200
    assert "ne changent plus" in response.text


def test_a_choice_between_texts_that_exist(world: World) -> None:
    # Given three paragraphs on one ballot, between which members choose
    world.member("Omar")
    texts = [question(f"Paragraphe 9.{n}", f"Le texte du paragraphe {n}.") for n in (1, 2, 3)]
    poll = a_poll(world, questions=texts, opened=False)
    page = desk(world, poll).press("Enregistrer et relire la règle", method="schulze", seats="3")
    assert page.status == 422 and page.has("Retenez moins de textes qu’il n’y en a : 3.")
    page = desk(world, poll).press("Enregistrer et relire la règle", method="schulze", mode="named")
    assert page.status == 422 and page.has("Un choix entre des textes se fait par bulletins secrets.")
    page = desk(world, poll).press("Enregistrer et relire la règle", method="schulze", mode="ballots")
    assert page.has("comparées en duel")
    page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")
    # Then the ballot shows what each one says, and the result names them
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    assert page.has("Le texte du paragraphe 2.")
    with world.reading() as db:
        opened = queries.of_id(db, poll.id)
    assert cast(world, "Omar", opened, {"q2": "1", "q1": "2"}).title == "Votre bulletin est déposé"
    assert end(world, opened).has("Retenue : « Paragraphe 9.2 »")
    with world.reading() as db:
        assert choices.KIND not in {one.subject_kind for one in queries.questions(db, opened)}


def test_one_text_is_not_a_choice(world: World) -> None:
    poll = a_poll(world, opened=False)
    assert not desk(world, poll).all("input[value=schulze]")
    response = world.browser(world.facilitator()).post(
        f"/animation/scrutins/{poll.number}", {"title": "x", "mode": "ballots", "method": "schulze"}
    )
    assert response.status == 422
