"""Running a poll: its rule, its opening, the room's totals, its end."""

import datetime as dt
import hashlib
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from convention import tally, verify
from convention.algorithms.decision import Base, Method, NoOpinion, QuorumBase, Rule, Secrecy, Tie
from convention.algorithms.decision import Outcome as Verdict
from convention.conventions import actions as conventions
from convention.kit import clock
from convention.kit.errors import Refused
from convention.people.events import PersonErased
from convention.voting import actions, counts, envelopes, jobs, queries
from convention.voting.models import Mode, Outcome, Poll, Result, State
from tests.voting.polls import JUDGMENT, MOTION, a_poll, close, question, vote
from tests.world import Browser, Page, World, a_convention, plain


def room(world: World, people: int) -> None:
    for n in range(people):
        world.member(f"Membre {n:02}")


def the_outcome(world: World, poll: Poll) -> Outcome:
    with world.reading() as db:
        (outcome,) = queries.outcomes(db, queries.subjects_of(db, poll.id)).values()
    return outcome


def count_hands(world: World, poll: Poll, numbers: str, present: int, why: str = "") -> Page:
    """Claire types the numbers, from the best grade, then presses."""
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    typed = dict(zip(("q1-5", "q1-4", "q1-3", "q1-2", "q1-1", "q1-sans-avis"), numbers.split("/"), strict=True))
    return page.press("Relire les totaux", **typed, **{"q1-present": str(present), "q1-why": why})


# -- planning ------------------------------------------------------------------------------------------------------


def test_a_facilitator_plans_opens_and_closes(world: World) -> None:
    # Given a poll prepared on a paragraph, which nobody else sees yet
    world.member("Omar")
    claire = world.browser(world.facilitator())
    with world.writing() as db:
        poll = actions.prepare(db, world.convention, world.facilitator(), "Le coût écologique", [question()])
    assert not world.browser().open("/scrutins").has("Le coût écologique")
    world.browser().open(f"/scrutins/{poll.number}", status=404)

    # When Claire chooses its rule, she reads it as everyone will
    page = claire.open("/animation/scrutins").follow("Le coût écologique")
    page = page.press("Enregistrer et relire la règle", method="yes-no", majority="2/3", base="entitled", quorum="1/2")
    assert page.has("La règle est enregistrée")
    assert page.has("Le texte est adopté si au moins les deux tiers des personnes inscrites sont pour")
    assert world.browser().open(f"/scrutins/{poll.number}").has("Le vote sera ouvert par l’animation, en séance")

    # And when she opens it, the rule moves no more
    page = page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")
    assert page.has("Vote ouvert")
    refused = claire.post(
        f"/animation/scrutins/{poll.number}", {"title": "Autre", "mode": "ballots", "method": "yes-no"}
    )
    assert refused.status in (403, 422)
    with world.reading() as db:
        found = db.get_one(Poll, poll.id)
        assert found.rule_sha256 == found.the_rule.fingerprint()
        assert (found.the_rule.majority, found.the_rule.base) == (Fraction(2, 3), Base.ENTITLED)
    vote(world, "Omar", poll, "pour")
    page = claire.open(f"/animation/scrutins/{poll.number}").follow("Fermer le vote").press("Oui, fermer le vote")
    assert page.has("Adopté : 1 pour sur 1 inscrit ; il en fallait 1.")
    assert page.has("Le vote est fermé et dépouillé")


def test_the_dates_are_asked_for_together(world: World) -> None:
    world.member("Omar")
    with world.writing() as db:
        poll = actions.prepare(db, world.convention, None, "Le coût", [question()])
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    wrong = page.press("Enregistrer et relire la règle", closes_on="", closes_hour="")
    assert wrong.status == 422
    assert wrong.has("Choisissez quand le vote ferme")
    wrong = page.press("Enregistrer et relire la règle", closes_on="2020-01-01", closes_hour="9 h 30")
    assert wrong.has("La fermeture doit venir après l’ouverture")
    wrong = page.press("Enregistrer et relire la règle", opens_on="2020-01-01", title="")
    assert wrong.has("Donnez un titre à ce vote")


def test_a_poll_opens_and_closes_by_the_clock(world: World) -> None:
    room(world, 3)
    with world.writing() as db:
        poll = actions.prepare(db, world.convention, None, "Le coût", [question()])
        now = clock.now()
        actions.plan(
            db,
            poll,
            JUDGMENT,
            mode=Mode.BALLOTS,
            opens_at=now + dt.timedelta(minutes=10),
            closes_at=now + dt.timedelta(minutes=20),
        )
    jobs.open_due(world.database)
    assert world.browser().open(f"/scrutins/{poll.number}").has("Le vote ouvre le")
    with world.later(minutes=11):
        jobs.open_due(world.database)
        jobs.open_due(world.database)
        vote(world, "Membre 00", poll, "5")
        jobs.close_due(world.database)
        assert world.browser().open(f"/scrutins/{poll.number}").has("Vote ouvert")
    with world.later(minutes=21):
        jobs.close_due(world.database)
    assert the_outcome(world, poll).verdict == Verdict.KEPT


def test_a_text_is_in_one_poll_at_a_time(world: World) -> None:
    world.member("Omar")
    asked = question()
    poll = a_poll(world, questions=[asked])
    with world.reading() as db:
        assert queries.open_on(db, [asked.subject])[asked.subject].number == poll.number
    with world.writing() as db, pytest.raises(Refused, match="déjà dans le scrutin n° 1"):
        actions.prepare(db, world.convention, None, "Encore", [asked])
    close(world, poll)
    # Voted again after its end: the last result is the one that counts, and both stay
    again = a_poll(world, questions=[asked])
    vote(world, "Omar", again, "1")
    close(world, again)
    with world.reading() as db:
        assert queries.outcomes(db, [asked.subject])[asked.subject].number == again.number
        assert [one.number for one in queries.recent(db, world.convention, 5)] == [2, 1]


def test_a_called_off_poll_says_why_and_its_box_is_destroyed(world: World) -> None:
    world.member("Omar")
    nadia = world.browser(world.member("Nadia"))
    announced, in_the_room = a_poll(world, opened=False), a_poll(world, mode=Mode.TOTALS)
    poll = a_poll(world)
    vote(world, "Omar", poll, "5")
    choosing = nadia.open(f"/scrutins/{poll.number}")
    claire = world.browser(world.facilitator())
    page = claire.open(f"/animation/scrutins/{poll.number}")
    # Without a reason she is brought back to the foot of this long page, where it is asked
    asked = page.press("Annuler le vote")
    assert asked.status == 422
    assert "Dites en une phrase pourquoi ce vote est annulé" in plain(
        asked.one("form .sumup[autofocus]").text_content()
    )
    page.press("Annuler le vote", reason="Le texte affiché n’était pas le bon.")
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert page.has("Annulé")
    assert page.has("L’urne a été détruite sans être lue.")
    # Nadia, who was choosing, keeps what she chose; of what had no box, nothing is said to be destroyed
    late = choosing.press("Déposer mon bulletin", q1="4")
    assert late.has("Ce scrutin est annulé : aucun bulletin n’est reçu. Vous aviez choisi : Paragraphe 9.2 : Bien")
    for other in (announced, in_the_room):
        page = claire.open(f"/animation/scrutins/{other.number}")
        assert not page.has("L’urne")
        page.press("Annuler le vote", reason="On en reparle demain.")
        assert not world.browser().open(f"/scrutins/{other.number}").has("L’urne")
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert page.has("Le texte affiché n’était pas le bon.")
    assert world.browser().open("/scrutins").has("Annulé")
    with world.reading() as db:
        assert queries.box_of(db, poll.id, 0).ballots == b""
        assert not queries.outcomes(db, queries.subjects_of(db, poll.id))
        assert db.get_one(Poll, poll.id).state(clock.now()) == State.CANCELLED
    with world.later(hours=3):
        assert jobs.close_due(world.database) == 0


def test_a_sealed_result_cannot_be_called_off(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    close(world, poll)
    answer = world.browser(world.facilitator()).post(
        f"/animation/scrutins/{poll.number}/annuler", {"reason": "Le résultat ne me plaît pas."}
    )
    assert answer.status == 403
    assert answer.has("Le résultat est définitif")
    # Closing twice leads to the same result
    assert world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/fermer").status == 200


def test_another_convention_sees_nothing_of_it(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="nimes.example"))
        assert queries.of_number(db, other, poll.number) is None
        assert not queries.going_on(db, other)
        assert queries.next_number(db, other) == 1


# -- the room ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "verdict", "grade"), [("13/18/5/2/0/0", "Gardé", 4), ("2/8/14/8/6/0", "À réécrire", 3)]
)
def test_fingers_are_counted_read_back_and_recorded(world: World, numbers: str, verdict: str, grade: int) -> None:
    room(world, 40)
    poll = a_poll(world, mode=Mode.TOTALS)
    page = world.browser(world.member("Membre 00")).open(f"/scrutins/{poll.number}")
    assert page.has("Le vote se compte dans la salle")
    page = count_hands(world, poll, numbers, 38)
    assert page.has("Relisez les totaux à voix haute")
    assert [one.text_content() for one in page.all("tbody td")] == numbers.split("/")
    with world.reading() as db:
        assert not queries.outcomes(db, queries.subjects_of(db, poll.id))
    page = page.press("Corriger")
    assert page.one("input[name=q1-5]").get("value") == numbers.split("/")[0]
    page = page.press("Relire les totaux").press("Enregistrer ces totaux")
    assert page.has("Les totaux sont enregistrés")
    assert page.has(verdict)
    outcome = the_outcome(world, poll)
    assert (outcome.grade, outcome.cast, outcome.present, outcome.entitled) == (grade, 38, 38, 40)
    page.browser.open(f"/scrutins/{poll.number}/bulletins.csv", status=404)


def test_two_people_count_and_a_third_look_settles_what_differs(world: World) -> None:
    # Given a vote counted in the room, by two people
    room(world, 10)
    poll = a_poll(world, mode=Mode.TOTALS, opened=False)
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    page = page.press("Enregistrer et relire la règle", mode="totals", by_two="oui")
    page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")

    # When Claire keys hers, corrects it, and Inès keys another
    page = count_hands(world, poll, "5/3/1/1/0/0", 10).press("Enregistrer ces totaux")
    page = count_hands(world, poll, "5/3/2/0/0/0", 10).press("Enregistrer ces totaux")
    assert page.has("Votre comptage est gardé")
    with world.reading() as db:  # it is in her own data for as long as it is kept
        about = dict(queries.about(db, world.convention, world.facilitator(), ""))
    (kept,) = about["Vos comptages dans la salle, jusqu’à la fin du vote"]
    said = "Très bien 5, Bien 3, Passable 2, Insuffisant 0, À rejeter 0, Sans avis 0, Présents 10"
    assert kept["Votre comptage"] == said
    ines = world.browser(world.facilitator("Inès"))
    page = ines.open(f"/animation/scrutins/{poll.number}")
    assert page.has("Claire a saisi son comptage") and not page.all("td")
    other = {"q1-5": "5", "q1-4": "2", "q1-3": "3", "q1-2": "0", "q1-1": "0", "q1-sans-avis": "0"}
    page = page.press("Relire les totaux", **other, **{"q1-present": "10"}).press("Enregistrer ces totaux")

    # Then nothing is decided, and both read what differs, and by whom
    assert page.has("Les deux comptages diffèrent")
    rows = [[cell.text_content() for cell in row.xpath("./*")] for row in page.all("tbody tr")]
    assert rows == [["Paragraphe 9.2", "Bien", "3", "2"], ["Paragraphe 9.2", "Passable", "2", "3"]]
    with world.reading() as db:
        assert not queries.outcomes(db, queries.subjects_of(db, poll.id))
    # And Claire does not decide against Inès: she corrects hers, and it differs still
    page = count_hands(world, poll, "6/2/2/0/0/0", 10).press("Enregistrer ces totaux")
    assert page.has("Les deux comptages diffèrent") and page.has("Si votre comptage était faux")
    rows = [[cell.text_content() for cell in row.xpath("./*")] for row in page.all("tbody tr")]
    assert rows == [["Paragraphe 9.2", "Très bien", "6", "5"], ["Paragraphe 9.2", "Passable", "2", "3"]]
    # When Marc, who keyed nothing, looks at the sheet, his look is the result; what was keyed is kept no more
    marc = world.browser(world.facilitator("Marc")).open(f"/animation/scrutins/{poll.number}")
    assert marc.has("vous êtes le troisième regard")
    other |= {"q1-5": "5", "q1-4": "2", "q1-3": "3"}
    page = marc.press("Relire les totaux", **other, **{"q1-present": "10"})
    assert page.has("Ensuite, ils ne changent plus")
    page = page.press("Enregistrer ces totaux")
    assert page.has("Les totaux sont enregistrés")
    assert the_outcome(world, poll).cast == 10
    with world.reading() as db:
        assert not queries.hand_counts(db, poll.id)


def test_one_of_two_who_differ_corrects_hers_and_both_agree(world: World) -> None:
    room(world, 10)
    poll = a_poll(world, mode=Mode.TOTALS, by_two=True)
    count_hands(world, poll, "5/3/2/0/0/0", 10).press("Enregistrer ces totaux")
    ines = world.browser(world.facilitator("Inès")).open(f"/animation/scrutins/{poll.number}")
    other = {"q1-5": "5", "q1-4": "2", "q1-3": "3", "q1-2": "0", "q1-1": "0", "q1-sans-avis": "0", "q1-present": "10"}
    assert ines.press("Relire les totaux", **other).press("Enregistrer ces totaux").has("Les deux comptages diffèrent")
    page = count_hands(world, poll, "5/2/3/0/0/0", 10)
    assert not page.has("Ensuite, ils ne changent plus")
    assert page.press("Enregistrer ces totaux").has("Les totaux sont enregistrés")


def test_the_president_s_vote_is_compared_only_where_it_settles_a_tie(world: World) -> None:
    # Given a vote by hands, counted by two people, whose ties the president settles
    room(world, 10)
    poll = a_poll(
        world, Rule(method=Method.YES_NO, tie=Tie.PRESIDENT, secrecy=Secrecy.HANDS), mode=Mode.TOTALS, by_two=True
    )
    claire, ines = (world.browser(world.facilitator(name)) for name in ("Claire", "Inès"))

    def key(browser: Browser, yes: int, no: int, casting: str) -> Page:
        page = browser.open(f"/animation/scrutins/{poll.number}")
        typed = {"q1-pour": str(yes), "q1-contre": str(no), "q1-abstention": "0", "q1-present": "10"}
        page = page.press("Relire les totaux", **typed, **{"q1-casting": casting})
        return page.press("Enregistrer ces totaux")

    # When they do not say the same of a tie, the words are those of the form
    key(claire, 5, 5, "pour")
    page = key(ines, 5, 5, "contre")
    rows = [[cell.text_content() for cell in row.xpath("./*")] for row in page.all("tbody tr")]
    assert rows == [["Paragraphe 9.2", "Vote de la présidence", "Pour", "Contre"]]
    # And when there is no tie, that one noted the president's vote and the other did not makes no difference
    key(claire, 6, 4, "pour")
    assert key(ines, 6, 4, "").has("Les totaux sont enregistrés")


@pytest.mark.parametrize("leaves", [False, True])
def test_the_same_count_twice_is_the_result_unless_the_first_person_left(world: World, leaves: bool) -> None:
    room(world, 10)
    poll = a_poll(world, mode=Mode.TOTALS, by_two=True)
    count_hands(world, poll, "5/3/2/0/0/0", 10).press("Enregistrer ces totaux")
    if leaves:
        with world.writing() as db:
            db.emit(PersonErased(world.convention.id, world.facilitator().id, world.administrator().id))
    page = world.browser(world.facilitator("Inès")).open(f"/animation/scrutins/{poll.number}")
    same = {"q1-5": "5", "q1-4": "3", "q1-3": "2", "q1-2": "0", "q1-1": "0", "q1-sans-avis": "0", "q1-present": "10"}
    page = page.press("Relire les totaux", **same).press("Enregistrer ces totaux")
    assert page.has("Votre comptage est gardé" if leaves else "Les totaux sont enregistrés")


def test_a_total_that_is_not_the_number_present_is_explained(world: World) -> None:
    room(world, 40)
    poll = a_poll(world, mode=Mode.TOTALS)
    page = count_hands(world, poll, "13/18/5/0/0/0", 38)
    assert page.status == 422
    assert page.has("Il y a moins de voix (36) que de présents (38)")
    page = count_hands(world, poll, "13/18/5/4/0/0", 38)
    assert page.has("Il y a plus de voix (40) que de présents (38) : recomptez.")
    page = count_hands(world, poll, "13/18/5/x/0/0", 38)
    assert page.has("Écrivez un nombre entier, en chiffres.")
    page = count_hands(world, poll, "13/18/5/0/0/0", 41)
    assert page.has("Écrivez un nombre de présents entre 1 et 40.")
    page = count_hands(world, poll, "13/18/5/0/0/0", 38, "Deux personnes sont sorties avant le comptage.")
    page = page.press("Enregistrer ces totaux")
    assert page.has("Deux personnes sont sorties avant le comptage.")


def test_a_latecomer_changes_the_base(world: World) -> None:
    # Given a motion that needs more than half of those present, ten of them
    room(world, 12)
    rule = Rule(method=Method.YES_NO, base=Base.PRESENT)
    poll = a_poll(world, rule, present=10)
    for n in range(6):
        vote(world, f"Membre {n:02}", poll, "pour")
    # When two more arrive
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    page = page.press("Corriger", present="12")
    assert page.has("Le nombre de présents est à jour")
    assert page.form("Corriger") is not None
    page = page.press("Corriger", present="13")
    assert page.status == 422
    assert page.has("Écrivez un nombre de présents entre 1 et 12.")
    # Then six are not more than half
    assert close(world, poll).has("Rejeté : 6 pour sur 12 présents ; il en fallait 7.")


# -- how many are present ------------------------------------------------------------------------------------------

OF_PRESENT = [
    Rule(method=Method.YES_NO, base=Base.PRESENT),
    Rule(method=Method.YES_NO, quorum=Fraction(3, 4), quorum_base=QuorumBase.PRESENT),
    Rule(method=Method.APPROVAL, seats=1, quorum=Fraction(3, 4), quorum_base=QuorumBase.PRESENT),
]


@pytest.mark.parametrize("rule", OF_PRESENT, ids=["majority", "quorum", "choice"])
def test_a_rule_of_those_present_does_not_open_by_hand_without_their_number(world: World, rule: Rule) -> None:
    # Given a rule that reads the number of people present, and twelve members
    room(world, 12)
    asked = [question(), question("Un autre paragraphe")] if rule.method == Method.APPROVAL else ()
    poll = a_poll(world, rule, opened=False, questions=asked)
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}").follow("Ouvrir le vote")
    # When Claire says nothing, or what cannot be, she is told so and finds what she typed
    for typed in ("", "0", "13", "tous"):
        told = page.press("Oui, ouvrir le vote", present=typed)
        assert told.status == 422
        assert told.has("Écrivez un nombre de présents entre 1 et 12.")
        assert told.one("input[name=present]").get("value") == typed
    with pytest.raises(Refused, match="dites d’abord combien ils sont"), world.writing() as db:
        actions.open_poll(db, queries.of_id(db, poll.id), by=world.facilitator())
    # Then ten are in the room: it opens, and the journal says how many
    page = told.press("Oui, ouvrir le vote", present="10")
    assert page.has("Le vote est ouvert.")
    assert page.one("input[name=present]").get("value") == "10"
    assert world.browser(world.guarantor()).open("/garants/faits").has("Présents recomptés")


def test_a_number_given_with_the_rule_is_there_on_opening(world: World) -> None:
    room(world, 3)
    poll = a_poll(world, OF_PRESENT[0], opened=False, present=2)
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}").follow("Ouvrir le vote")
    assert page.one("input[name=present]").get("value") == "2"
    assert page.press("Oui, ouvrir le vote").has("Le vote est ouvert.")


def test_the_result_waits_until_those_present_are_counted(world: World) -> None:
    # Given a motion of those present that the clock opens and closes, six voters of twelve, and nobody who says more
    room(world, 12)
    poll = a_poll(world, OF_PRESENT[0], minutes=30)
    claire, address = world.browser(world.facilitator()), f"/animation/scrutins/{poll.number}"
    assert claire.open(address).has("personne n’a encore dit combien ils sont")
    for n in range(6):
        vote(world, f"Membre {n:02}", poll, "pour")
    with world.later(minutes=31):
        # When its time has passed, it is not counted: the voters are not all who were there
        assert jobs.close_due(world.database) == 0
        assert world.browser().open(f"/scrutins/{poll.number}").has("attend que l’animation dise combien ils étaient")
        assert claire.post(f"{address}/fermer", {}).status == 403
        # Five present would be fewer than voted
        page = claire.open(address).press("Enregistrer ce nombre", present="5")
        assert page.has("6 personnes ont voté : écrivez un nombre de présents entre 6 et 12.")
        assert page.one("input[name=present]").get("value") == "5"
        # Then twelve were present, and six are not more than half
        assert page.press("Enregistrer ce nombre", present="12").has("Rejeté : 6 pour sur 12 présents")
        # What is sealed does not move
        assert claire.post(f"{address}/presents", {"present": "7"}).status == 403
    assert the_outcome(world, poll).present == 12


def test_a_vote_of_those_present_is_closed_by_hand_then_counted(world: World) -> None:
    room(world, 4)
    poll = a_poll(world, OF_PRESENT[1])
    for n in range(2):
        vote(world, f"Membre {n:02}", poll, "pour")
    page = close(world, poll)
    assert page.has("Dites maintenant combien étaient présents")
    assert world.browser(world.member("Membre 03")).open(f"/scrutins/{poll.number}").has("Le vote est fermé depuis")
    assert page.press("Enregistrer ce nombre", present="3").has("Quorum non atteint")


# -- what is decided -----------------------------------------------------------------------------------------------


def decided(world: World, rule: Rule, answers: str) -> Outcome:
    """One answer a person, in one poll; the outcome."""
    poll = a_poll(world, rule)
    with world.writing() as db:
        for n, answer in enumerate(answers.split()):
            person = world.people[f"Membre {n:02}"]
            actions.cast(db, db.get_one(Poll, poll.id), person, envelopes.new_key(), [answer])
    close(world, poll)
    return the_outcome(world, poll)


def test_the_middle_voice_decides_and_the_lower_of_two_counts(world: World) -> None:
    room(world, 6)
    for answers, grade, kept in (
        ("4", 4, True),
        ("3", 3, False),
        ("5 3", 3, False),
        ("4 4 3 3", 3, False),
        ("4 4 4 3 3", 4, True),
        ("5 5 5 1 1 1", 1, False),
        ("5 4 4 3 sans-avis sans-avis", 4, True),
    ):
        outcome = decided(world, JUDGMENT, answers)
        assert (outcome.grade, outcome.kept) == (grade, kept), answers
    rejects = Rule(method=Method.MAJORITY_JUDGMENT, no_opinion=NoOpinion.REJECTS)
    outcome = decided(world, rejects, "5 5 sans-avis sans-avis")
    assert (outcome.grade, outcome.no_opinion) == (1, 2)
    assert decided(world, JUDGMENT, "sans-avis sans-avis").verdict == Verdict.NO_VOICE


def test_the_quorum_and_the_threshold_are_exact(world: World) -> None:
    room(world, 6)
    quorum = Rule(method=Method.YES_NO, quorum=Fraction(2, 3), quorum_base=QuorumBase.ENTITLED)
    assert decided(world, quorum, "pour pour pour").verdict == Verdict.NO_QUORUM
    assert decided(world, quorum, "pour pour pour abstention").verdict == Verdict.ADOPTED
    two_thirds = Rule(method=Method.YES_NO, majority=Fraction(2, 3), strict=False)
    assert decided(world, two_thirds, "pour pour pour pour contre contre").verdict == Verdict.ADOPTED
    assert decided(world, MOTION, "pour pour contre contre").verdict == Verdict.REJECTED
    assert decided(world, MOTION, "pour contre abstention pour").kept


def test_a_blank_ballot_is_neither_an_abstention_nor_nothing(world: World) -> None:
    room(world, 6)
    outcome = decided(world, MOTION, "pour pour contre abstention blanc")
    assert [(row.label, row.count) for row in outcome.rows] == [
        ("Pour", 2), ("Contre", 1), ("Abstention", 1), ("Blanc", 1),
    ]  # fmt: skip
    # It has voted, and is not expressed; the rule says what it weighs, and the page how many they are
    assert outcome.kept and (outcome.cast, outcome.decision.expressed, outcome.decision.base_size) == (5, 3, 3)
    assert not decided(world, Rule(method=Method.YES_NO, base=Base.CAST), "pour pour contre blanc blanc").kept
    quorum = Rule(method=Method.YES_NO, quorum=Fraction(2, 3), quorum_base=QuorumBase.ENTITLED)
    assert decided(world, quorum, "pour contre pour blanc").verdict == Verdict.ADOPTED
    page = world.browser().open(f"/scrutins/{outcome.number}")
    table = [[cell.text_content().strip() for cell in row] for row in page.all("table tbody tr")]
    assert [(name, n, plain(share)) for name, _strokes, n, share in table] == [
        ("Pour", "2", "67 %"),
        ("Contre", "1", "33 %"),
        ("Abstention", "1", "hors calcul"),
        ("Blanc", "1", "hors calcul"),
    ]
    assert page.has("5 bulletins, 6 inscrits")


def test_shares_are_those_of_what_the_rule_reckons_on(world: World) -> None:
    # « 3 for of 5 voters, 3 needed » stood beside « 75 % »: three fifths were to be reached, of all who voted
    room(world, 6)
    three_fifths = Rule(method=Method.YES_NO, majority=Fraction(3, 5), strict=False)
    for base, cast, shares, whole in [
        (Base.CAST, "pour pour pour contre blanc", ["60 %", "20 %", "0 %", "20 %"], ("Votants", "5")),
        (Base.EXPRESSED_AND_ABSTENTIONS, "pour pour contre abstention blanc", ["50 %", "25 %", "25 %", "hors calcul"],
         ("Exprimés et abstentions", "4")),
        (Base.ENTITLED, "pour pour pour contre", ["50 %", "17 %", "0 %", "0 %"], ("Inscrits", "6")),
    ]:  # fmt: skip
        outcome = decided(world, replace(three_fifths, base=base), cast)
        page = world.browser().open(f"/scrutins/{outcome.number}")
        told = [[plain(cell.text_content()).strip() for cell in row] for row in page.all("table tbody tr")]
        assert [share for _name, _strokes, _n, share in told] == shares
        (total,) = page.all("table tfoot tr")
        name, _strokes, n, _share = [plain(cell.text_content()).strip() for cell in total]
        assert (name, n) == whole


def test_a_result_of_before_blank_ballots_still_reads_and_holds(world: World) -> None:
    room(world, 3)
    outcome = decided(world, MOTION, "pour pour contre")
    with world.writing() as db:
        found = db.exec(select(Result).where(Result.poll_id == outcome.poll_id)).one()
        found.content = found.content.replace('"blanc":0,', "")
        found.sha256 = hashlib.sha256(found.content.encode()).hexdigest()
    page = world.browser().open(f"/scrutins/{outcome.number}")
    assert len(page.all("table tbody tr")) == 3
    kit = world.browser().client.get(f"/scrutins/{outcome.number}.zip").content
    assert [one.sentence for one in verify.verify(kit)[1] if not one.holds] == []


def test_the_result_page_says_the_rule_the_counts_and_what_no_opinion_weighs(world: World) -> None:
    room(world, 6)
    outcome = decided(world, Rule(**{**JUDGMENT_VALUES, "quorum": Fraction(1, 2)}), "5 4 2 1 sans-avis")
    page = world.browser().open(f"/scrutins/{outcome.number}")
    assert page.has("Atteint : 5 voix, il en fallait 3.")
    assert page.has("1 sans avis. Les voix sans avis sont laissées de côté.")
    assert page.has("Attention : 2 voix sur 4 disent « Insuffisant » ou « À rejeter », une sur cinq ou plus.")
    assert "«\u00a0À rejeter\u00a0», une sur cinq" in page.response.text, "no quotation mark begins or ends a line"
    assert f"n°\u00a0{outcome.number}" in page.response.text and "n° " not in page.response.text
    assert page.has("5 bulletins, 6 inscrits")
    assert page.has("Le texte est gardé si cette voix dit « Bien » ou mieux")
    assert [plain.text_content().strip() for plain in page.all("table tbody td.r")[::3]] == ["1", "1", "0", "1", "1"]


JUDGMENT_VALUES: dict[str, Any] = {"method": Method.MAJORITY_JUDGMENT, "no_opinion": NoOpinion.EXCLUDED}


# -- recounting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "answers"), [(JUDGMENT, "5 4 4 2 sans-avis"), (MOTION, "pour pour contre abstention blanc")]
)
def test_anyone_recounts_with_the_command_line(world: World, tmp_path: Path, rule: Rule, answers: str) -> None:
    room(world, 6)
    outcome = decided(world, rule, answers)
    browser = world.browser()
    here = f"/scrutins/{outcome.number}"
    rule_file = tmp_path / "regle.json"
    rule_file.write_text(browser.open(f"{here}/regle.json").response.text)
    for suffix in ("csv", "json"):
        ballots = tmp_path / f"bulletins.{suffix}"
        ballots.write_text(browser.open(f"{here}/bulletins.{suffix}").response.text)
        report, code = tally.run(ballots, rule_path=rule_file)
        assert code == 0, report
        counted = json.loads(report)
        assert counted["outcome"] == outcome.verdict
        assert counted["cast"] == outcome.cast
        assert counted["sentence"] == outcome.sentence
        assert counted["rule"] == rule.fingerprint()


def test_the_guarantor_has_the_list_of_voters_apart_from_the_ballots(world: World) -> None:
    world.member("Rosa"), world.member("Bruno"), world.member("Lina")
    poll = a_poll(world)
    vote(world, "Rosa", poll, "5")
    vote(world, "Bruno", poll, "1")
    solange = world.browser(world.guarantor())
    solange.open(f"/scrutins/{poll.number}/emargement.csv", status=404)
    close(world, poll)
    answer = solange.open(f"/scrutins/{poll.number}").follow("Liste d’émargement").response
    assert answer.text.split() == ["nom", "Bruno", "Rosa"]
    world.browser(world.facilitator()).open(f"/scrutins/{poll.number}/emargement.csv", status=403)


def test_the_fingerprint_of_the_result_is_that_of_the_file(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    vote(world, "Omar", poll, "5")
    page = close(world, poll)
    file = world.browser().open(f"/scrutins/{poll.number}/resultat.json").response.content
    shown = [one.text_content().replace(" ", "") for one in page.all("code.hash")]
    assert hashlib.sha256(file).hexdigest() in shown
    receipts = world.browser().open(f"/scrutins/{poll.number}/recus.txt").response.content
    assert hashlib.sha256(receipts).hexdigest() == json.loads(file)["receipts_sha256"]


# -- lists ---------------------------------------------------------------------------------------------------------


def queries_of(world: World, path: str) -> int:
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            said.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        world.browser().open(path)
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)
    return len(said)


def test_the_list_asks_as_much_for_many_polls_as_for_few(world: World) -> None:
    world.member("Omar")
    for _each in range(2):
        close(world, a_poll(world))
    a_poll(world, MOTION)
    few = queries_of(world, "/scrutins")
    for _each in range(19):
        close(world, a_poll(world))
    assert queries_of(world, "/scrutins") == few
    page = world.browser().open("/scrutins")
    assert len(page.all(".item")) == 21
    assert page.one("a[rel=next]").get("href").endswith("page=2")
    assert len(world.browser().open("/scrutins?page=2").all(".item")) == 1
    world.browser().open("/scrutins?page=9", status=404)


def test_the_words_of_a_ballot_and_of_its_count_agree() -> None:
    for rule in (JUDGMENT, MOTION):
        values = [value for value, _words, _meaning in counts.options(rule)]
        column = b"".join(counts.pack(rule, value) for value in values)
        assert counts.count(rule, column) == dict.fromkeys(values, 1)
        with pytest.raises(ValueError, match="«"):
            counts.pack(rule, "6")
