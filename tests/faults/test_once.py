"""What a person may do once, sent twenty times at the same instant with twenty different keys: done once."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import select

from convention.amendments.models import Amendment
from convention.journal.models import JournalLine
from convention.kit import clock
from convention.moderation.models import Appeal, Decision, Flag
from convention.people import actions as people
from convention.people.models import RoleKind, SignIn
from convention.people.visits import COOKIE
from convention.programme.models import Activity
from convention.proposals.models import Proposal
from convention.recommendations import actions as recommendations
from convention.reservations.models import Reservation, Signature
from convention.responses.models import Answer, RatingBox, RatingRoll
from convention.voting import envelopes
from convention.voting import queries as polls
from convention.voting.models import Poll, Result
from tests.amendments import scene as amendments
from tests.faults.scene import cookie_of, holds, keyed
from tests.moderation import scene as moderation
from tests.proposals.scene import CARD, proposal, set_up
from tests.recommendations import seeds
from tests.reservations import scene as reservations
from tests.voting.polls import a_poll
from tests.voting.test_storm import serving
from tests.world import World

TIMES = 20
WHY = "Ma phrase parle de son action publique, que tout le monde peut critiquer, et pas de sa personne."


class Once(NamedTuple):
    """Who sends (nobody: None), the twenty forms, and how many times it was done."""

    browser: Any
    forms: list[tuple[str, dict[str, Any]]]
    done: Callable[[Any], int]


def count(what: Any, *where: Any) -> Callable[[Any], int]:
    return lambda db: db.exec(select(sa.func.count()).select_from(what).where(*where)).one()


def told(kind: str) -> Callable[[Any], int]:
    """How many times the journal says so."""
    return count(JournalLine, JournalLine.kind == kind)


def pressed(world: World, name: str, address: str, button: str, **typed: str) -> tuple[Any, list[tuple[str, Any]]]:
    """Twenty times the form of this page, as twenty openings of the page would give it."""
    browser = world.browser(world.people[name])
    page = browser.open(address)
    return browser, [keyed(page, button, **typed) for _ in range(TIMES)]


def vote(world: World) -> Once:
    world.member("Omar")
    poll = a_poll(world)
    browser = world.browser(world.people["Omar"])
    forms = []
    for n in range(TIMES):
        path, values = keyed(browser.open(f"/scrutins/{poll.number}"), "Déposer mon bulletin", q1=str(1 + n % 5))
        forms.append((path, {**values, "depot": "oui"}))

    def ballots(db: Any) -> int:
        box = polls.box_of(db, poll.id, 0)
        assert len(box.receipts) == envelopes.RECEIPT * polls.turnout(db, poll)
        return len(box.ballots) // (envelopes.TAG + 1)

    return Once(browser, forms, ballots)


def close(world: World) -> Once:
    world.member("Omar")
    poll = a_poll(world)
    once = pressed(world, "Claire", f"/animation/scrutins/{poll.number}/fermer", "Oui, fermer le vote")

    def closed(db: Any) -> int:
        assert count(Result)(db) == 1
        return told("voting.PollClosed")(db)

    return Once(*once, closed)


def submit_with_one_key(world: World) -> Once:
    set_up(world, Activity.PROPOSE)
    world.member("Omar")
    browser, forms = pressed(world, "Omar", "/propositions/nouvelle", "Déposer la proposition", **CARD)
    return Once(browser, [forms[0]] * TIMES, count(Proposal))


def withdraw(world: World) -> Once:
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    proposal(world, world.member("Omar"))
    once = pressed(world, "Omar", "/propositions/1/retirer", "Retirer", reason="Réunie à une autre.")
    return Once(*once, told("proposals.ProposalWithdrawn"))


def sign_a_reservation(world: World) -> Once:
    reservations.set_up(world)
    reservations.write(world)
    once = pressed(world, "Nadia", "/propositions/1/reserves", "Signer", naming="nombre")
    nadia = world.people["Nadia"].id

    def signed(db: Any) -> int:
        assert count(Reservation)(db) == 1
        return count(Signature, Signature.person_id == nadia)(db)

    return Once(*once, signed)


def accept_an_amendment(world: World) -> Once:
    amendments.set_up(world)
    amendments.submit(world)
    once = pressed(world, "Lina", "/amendements/1", "Accepter l’amendement")

    def accepted(db: Any) -> int:
        assert db.exec(select(Amendment)).one().version_id is not None
        return told("amendments.AmendmentDecided")(db)

    return Once(*once, accepted)


def flag(world: World) -> Once:
    moderation.set_up(world)
    world.member("Omar")
    address = f"/signaler?sujet={moderation.paragraph(world)}"
    return Once(*pressed(world, "Omar", address, "Envoyer le signalement", reason="insult"), count(Flag))


def appeal(world: World) -> Once:
    moderation.set_up(world)
    moderation.flag(world, moderation.paragraph(world))
    moderation.decide(world, world.facilitator(), "hidden")
    with world.reading() as db:
        decision = db.exec(select(Decision)).one()
    once = pressed(world, "Lina", f"/moderation/decisions/{decision.id}", "Contester", words=WHY)
    return Once(*once, count(Appeal))


def rate_an_answer(world: World) -> Once:
    omar = world.member("Omar")
    at = clock.now()
    with world.writing() as db:
        answer = Answer(
            convention_id=world.convention.id, number=1, edition=1, title="Mesurer", handed_over_at=at,
            rating_opens_at=at - dt.timedelta(days=1),
        )  # fmt: skip
        db.add_all((answer, RatingRoll(answer_id=answer.id), RatingBox(answer_id=answer.id)))
    forms = [("/reponses/1/note", {"mark": str(n % 11)}) for n in range(TIMES)]

    def rated(db: Any) -> int:
        box, roll = db.exec(select(RatingBox)).one(), db.exec(select(RatingRoll)).one()
        assert roll.rated == omar.id.bytes
        return len(box.marks)

    return Once(world.browser(omar), forms, rated)


def use_a_link(world: World) -> Once:
    omar = world.person("Omar", RoleKind.MEMBER, email="omar@exemple.fr")
    with world.writing() as db:
        token = people.new_link(db, world.convention, omar)
    return Once(None, [(f"/entrer/lien/{token}", {"suite": ""})] * TIMES, count(SignIn))


def open_a_poll(world: World) -> Once:
    world.member("Omar")
    a_poll(world, opened=False)
    once = pressed(world, "Claire", "/animation/scrutins/1/ouvrir", "Oui, ouvrir le vote")

    def opened(db: Any) -> int:
        assert db.exec(select(Poll)).one().opened_at is not None
        return told("voting.PollOpened")(db)

    return Once(*once, opened)


def publish_an_edition(world: World) -> Once:
    seeds.begin(world, members=8)
    seeds.submit(world, "Un comité d’éthique", "Créer un comité composé de citoyens tirés au sort.", "Sans élus.")
    seeds.decide(world, {(1, 1): (3, 3, 1, 0, 0), (1, 2): (3, 3, 1, 0, 0)})
    with world.writing() as db:
        claire = world.people["Claire"]
        recommendations.freeze(db, world.convention, by=claire, site="http://127.0.0.1:8000", previewed=1)
    once = pressed(world, "Claire", "/animation/rapport", "Publier l’édition n° 1")
    return Once(*once, told("recommendations.EditionPublished"))


ACTIONS = [
    vote, close, submit_with_one_key, withdraw, sign_a_reservation, accept_an_amendment, flag, appeal, rate_an_answer,
    use_a_link, open_a_poll, publish_an_edition,
]  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
def test_twenty_at_once_do_it_once(world: World, action: Callable[[World], Once]) -> None:
    once = action(world)
    cookie = {} if once.browser is None else {"cookie": f"{COOKIE}={cookie_of(once.browser)}"}
    headers = {**cookie, "sec-fetch-site": "same-origin", "accept-language": "fr"}
    ready = Barrier(TIMES)
    with serving(world) as address, ThreadPoolExecutor(TIMES) as pool:

        def send(form: tuple[str, dict[str, Any]]) -> int:
            ready.wait()
            return httpx2.post(address + form[0], data=form[1], headers=headers, timeout=60).status_code

        codes = list(pool.map(send, once.forms))
    assert all(code < 500 for code in codes), codes
    assert any(code in (200, 303) for code in codes), codes
    with world.reading() as db:
        assert once.done(db) == 1, codes
    holds(world)
