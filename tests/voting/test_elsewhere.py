"""Voices counted elsewhere, by people who are not the members."""

import pytest
from sqlmodel import select

from convention.voting.models import Poll
from tests.recommendations.seeds import begin, submit


@pytest.fixture
def poll(world):
    begin(world, members=3)
    submit(world, "Une proposition", "Un paragraphe.")
    claire = world.browser(world.facilitator())
    page = claire.open("/propositions/1/mettre-au-vote")
    choice = page.one("input[name=paragraphe]")
    page = page.press("Préparer", paragraphe=[choice.get("value")])
    return claire, page


def test_a_public_vote_is_larger_than_the_convention(world, poll):
    # Given a poll whose voices were counted in a public meeting of 200 people
    claire, page = poll
    page = page.press("Enregistrer et relire", mode="totals", method="majority-judgment", electorate="200")
    assert page.status == 200, page.text

    # When Claire opens it
    page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")

    # Then two hundred people are called to vote, and the members' list was not used
    with world.reading() as db:
        opened = db.exec(select(Poll)).one()
        assert (opened.entitled, opened.opened_at is not None) == (200, True)


def test_ballots_are_for_the_members_alone(world, poll):
    claire, page = poll
    page = page.press("Enregistrer et relire", mode="ballots", method="majority-judgment", electorate="200")
    assert page.status == 422
    assert page.has("ce sont les membres qui votent")
    assert page.one("#f-electorate").get("value") == "200"
