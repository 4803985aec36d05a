"""The assembly decides of an amendment by a vote; what it says is applied, or refused by nobody."""

import re

from convention.algorithms.decision import Method, Rule, Secrecy
from convention.amendments.models import State
from convention.voting import actions as voting
from convention.voting import queries as polls
from convention.voting.actions import Totals
from convention.voting.models import Mode
from tests.amendments.scene import SECOND, TEN, accept, amendment, page_of, set_up, submit
from tests.proposals import scene

YES_NO = Rule(method=Method.YES_NO, secrecy=Secrecy.HANDS)
YES, NO = {"pour": 2, "contre": 1, "abstention": 0}, {"pour": 1, "contre": 2, "abstention": 0}


def put_to_vote(world, number=1):
    page = page_of(world, "Claire", number).press("Mettre l’amendement au vote")
    assert page.has(f"Amendement n° {number}")
    with world.writing() as db:
        poll = polls.of_number(db, world.convention, int(re.search(r"\d+", page.address).group()))
        voting.plan(db, poll, YES_NO, mode=Mode.TOTALS, by=world.people["Claire"])
        voting.open_poll(db, poll)
        return poll


def count(world, poll, counts):
    with world.writing() as db:
        found = polls.of_number(db, world.convention, poll.number)
        voting.enter_totals(db, found, [Totals(counts, sum(counts.values()))], by=world.people["Claire"])


def test_what_the_assembly_adopts_becomes_the_text(world):
    set_up(world)
    submit(world)
    poll = put_to_vote(world)
    page = page_of(world, "Lina")
    assert page.has("L’assemblée décide de cet amendement : scrutin n° 1") and not page.has("Réunir au texte")
    assert page.follow("Vote n° 1").has("Scrutin n° 1")
    # Meanwhile nobody else decides
    assert world.browser(world.people["Lina"]).post("/amendements/1/rejeter", {"reason": "Non."}).status == 403
    assert world.browser(world.people["Omar"]).post("/amendements/1/retirer").status == 403
    count(world, poll, YES)
    page = world.browser().open("/amendements/1")
    assert page.has("Accepté")
    assert page.has("par le vote de l’assemblée")
    assert page.has("Résultat du vote n° 1")
    assert world.browser().open("/propositions/1/parcours").follow("Résultat du vote n° 1").has("Scrutin n° 1")
    assert [row for row in scene.versions(world, 1) if row[0] == 2] == [(2, 1, SECOND), (2, 2, TEN)]


def test_what_the_assembly_refuses_is_rejected(world):
    set_up(world)
    submit(world)
    count(world, put_to_vote(world), NO)
    page = world.browser().open("/amendements/1")
    assert page.has("Rejeté")
    assert page.has("Scrutin n° 1")
    assert len(scene.versions(world, 1)) == 3


def test_what_was_adopted_on_other_words_is_joined_and_not_refused(world):
    set_up(world)
    submit(world)
    submit(world, "Nadia", text=SECOND.replace("20", "30"))
    poll = put_to_vote(world, 1)
    accept(world, 2)
    count(world, poll, YES)
    page = page_of(world, "Lina", 1)
    assert page.has("Adopté par le scrutin n° 1. Il reste à écrire le texte")
    assert not page.all("form[action$=rejeter]")
    assert world.browser(world.people["Lina"]).post("/amendements/1/rejeter", {"reason": "Non."}).status == 403
    # The facilitators may write it for the authors; it is said
    page = page_of(world, "Claire", 1)
    done = page.press("Publier ce texte", text="Noter cette fiche pour 10 % au moins.", reason="Le vote.")
    assert done.has("par l’animation, pour les personnes qui ont écrit la proposition")
    assert amendment(world, 1).state == State.MERGED


def test_an_amendment_is_in_one_poll_at_a_time(world):
    set_up(world)
    submit(world)
    put_to_vote(world)
    page = world.browser(world.people["Claire"]).post("/amendements/1/mettre-au-vote")
    assert page.status == 403
    assert page.has("scrutin n° 1")


def test_only_facilitators_put_to_the_vote(world):
    set_up(world)
    submit(world)
    for name in ("Omar", "Lina", "Nadia"):
        assert world.browser(world.people[name]).post("/amendements/1/mettre-au-vote").status == 403
