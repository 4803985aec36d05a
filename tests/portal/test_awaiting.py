"""On arrival, each person reads what awaits her; whoever has nothing to do reads nothing of it."""

import datetime as dt

from convention.algorithms.decision import Method, Rule, Secrecy
from convention.kit import clock
from convention.kit.text import date
from convention.voting.models import Mode
from tests.moderation import scene as moderation
from tests.proposals import scene
from tests.responses import scene as responses
from tests.voting import polls


def awaiting(world, person=None):
    return [" ".join(one.text_content().split()) for one in world.browser(person).open("/").all("#attend a")]


def test_a_member_reads_that_her_vote_is_awaited_until_she_has_voted(world):
    # Given two open polls, and Inès who became a member since
    nadia = world.member("Nadia")
    first = polls.a_poll(world, minutes=10)
    polls.a_poll(world, minutes=30)
    ines = world.member("Inès")

    # Then the strip says the one that closes first, the list says the other
    page = world.browser(nadia).open("/")
    assert page.has("Votre vote est attendu")
    assert awaiting(world, nadia) == ["Voter : Mesurer le coût écologique"]

    # When she has voted in the first
    polls.vote(world, "Nadia", first, "4")
    page = world.browser(nadia).open("/")
    assert not page.has("Votre vote est attendu")
    assert page.has("Un vote est ouvert")
    assert len(awaiting(world, nadia)) == 1

    # And those who are not on the roll are asked nothing
    assert awaiting(world, ines) == []
    assert awaiting(world) == []
    assert not world.browser().open("/").has("Ce qui vous attend")


def test_a_member_answers_an_invitation_from_the_home_page(world):
    scene.set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    scene.submit(world.browser(nadia))
    authors = world.browser(nadia).open("/propositions/1/auteurs")
    authors.press("Inviter cette personne", personne=str(omar.id))
    assert awaiting(world, omar) == ["Répondre à l’invitation à écrire la proposition 1"]
    page = world.browser(omar).open("/").follow("Répondre à l’invitation")
    page.press("Accepter l’invitation")
    assert awaiting(world, omar) == []


def test_a_member_reads_what_moderation_decided_and_may_contest(world):
    # Given Lina, who gave no address, and whose paragraph was hidden
    moderation.set_up(world)
    claire, lina = world.facilitator(), world.people["Lina"]
    with world.writing() as db:
        db.merge(lina).email = None
    moderation.flag(world, moderation.paragraph(world))
    moderation.decide(world, claire, "hidden")

    # Then she reads it on arrival and on her own page; nobody else does
    said = "Masqué par la modération : Proposition n° 1, paragraphe 1.2. Lire pourquoi, contester"
    assert awaiting(world, lina) == [said]
    assert awaiting(world, world.member("Omar")) == []
    page = world.browser(lina).open("/moi").follow("Masqué par la modération")
    assert page.has("Votre texte est masqué.") and page.has("Vous pouvez contester jusqu’au")

    # When she contests, nothing awaits her until somebody answers
    page.press("Contester la décision", words="Cette phrase cite un journal, elle ne vise personne de vivant.")
    assert awaiting(world, lina) == []
    page = world.browser(world.administrator()).open("/animation/moderation").follow("Décision n° 1")
    page.press("Envoyer la réponse", outcome="confirmed", statement="La phrase vise une personne bien réelle.")
    assert awaiting(world, lina) == ["Lire la réponse à votre recours : Proposition n° 1, paragraphe 1.2"]
    with world.later(days=31):
        assert awaiting(world, lina) == []


def test_a_suspended_member_reads_it_until_it_ends(world):
    moderation.set_up(world)
    claire, lina = world.facilitator(), world.people["Lina"]
    moderation.flag(world, moderation.paragraph(world))
    until = clock.local(clock.now() + dt.timedelta(days=10)).date()
    moderation.decide(world, claire, "suspended", person=str(lina.id), until=until.isoformat())
    (said,) = awaiting(world, lina)
    assert said == f"Vous ne pouvez pas écrire jusqu’au {date(until)} : lire pourquoi, contester"
    with world.later(days=11):
        assert awaiting(world, lina) == []


def test_an_author_reads_what_the_assembly_sent_back(world):
    # Given a proposal of Nadia of which the assembly has sent a paragraph back
    scene.set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    scene.submit(world.browser(nadia))
    world.facilitator()
    scene.count(world, scene.prepare(world, 1, 1), [scene.BADLY])

    # Then she reads it on arrival and on her own page; nobody else does
    said = "Réécrire la proposition 1, que l’assemblée n’a pas gardée en entier"
    assert awaiting(world, nadia) == [said]
    assert awaiting(world, omar) == []
    page = world.browser(nadia).open("/moi").follow(said)
    assert page.title == "Modifier la proposition 1"

    # Until she has done it
    page.press("Publier la nouvelle version", **{"mesure-1": "Mesurer autrement."})
    assert awaiting(world, nadia) == []


def test_a_flag_awaits_those_who_decide_and_those_who_watch(world):
    moderation.set_up(world)
    moderation.flag(world, moderation.paragraph(world))
    for person in (world.facilitator(), world.guarantor(), world.administrator()):
        assert awaiting(world, person) == ["1 signalement à regarder"]
        assert world.browser(person).open("/").follow("1 signalement à regarder").status == 200
    assert awaiting(world, world.official()) == []


def test_answers_await_the_department_they_belong_to(world):
    # Given three recommendations, one attributed to the department of Benoît
    responses.a_report(world)
    purchases = responses.department(world, "Achats")
    benoit = responses.official(world, "Benoît", purchases)
    responses.assigned(world, 2, purchases)
    assert awaiting(world, benoit) == ["Rédiger 1 réponse"]
    assert awaiting(world, world.official("Hélène")) == ["Rédiger 3 réponses"]

    # When one of them is published
    responses.publish(world, 3)
    assert awaiting(world, world.official("Hélène")) == ["Rédiger 2 réponses"]


def test_the_queries_are_the_same_whatever_is_awaited(world):
    nadia = world.member("Nadia")
    polls.a_poll(world, minutes=10)
    browser = world.browser(nadia)
    one = world.queries(lambda: browser.open("/"))
    for _each in range(4):
        polls.a_poll(world, minutes=30)
    assert world.queries(lambda: browser.open("/")) == one


def test_a_roll_call_is_awaited_until_her_name_is_answered(world):
    nadia = world.member("Nadia")
    poll = polls.a_poll(world, Rule(method=Method.YES_NO, secrecy=Secrecy.OPEN), mode=Mode.NAMED)
    assert world.browser(nadia).open("/").has("Votre vote est attendu")
    world.browser(nadia).open(f"/scrutins/{poll.number}").press("Voter, avec mon nom", q1="pour")
    assert not world.browser(nadia).open("/").has("Votre vote est attendu")
