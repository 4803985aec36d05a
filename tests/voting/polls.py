"""Polls to begin with, and ways to vote in them."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx2
from voprf import ristretto

from convention.algorithms.decision import Method, NoOpinion, Rule, Secrecy
from convention.kit import clock
from convention.people.visits import COOKIE
from convention.voting import actions, envelopes
from convention.voting.models import Mode, Poll, Question, Subject
from tests.world import Page, World

JUDGMENT = Rule(method=Method.MAJORITY_JUDGMENT, no_opinion=NoOpinion.EXCLUDED)
TRACKED = dataclasses.replace(JUDGMENT, tracked=True)
MOTION = Rule(method=Method.YES_NO)


def question(title: str = "Paragraphe 9.2", text: str = "Noter cette fiche pour 10 % au moins.") -> Question:
    return Question(Subject("paragraph", uuid4()), title, text, "/propositions/9")


def a_poll(
    world: World,
    rule: Rule = JUDGMENT,
    *,
    questions: Sequence[Question] = (),
    mode: Mode = Mode.BALLOTS,
    minutes: int = 30,
    opened: bool = True,
    **planned: Any,
) -> Poll:
    """A poll on one paragraph, open for half an hour."""
    if mode == Mode.TOTALS:
        rule = Rule.from_json(rule.to_json().replace('"secret"', f'"{Secrecy.HANDS}"'))
    with world.writing() as db:
        poll = actions.prepare(
            db, world.convention, world.facilitator(), "Mesurer le coût écologique", questions or [question()]
        )
        closes_at = clock.now() + dt.timedelta(minutes=minutes) if mode != Mode.TOTALS else None
        actions.plan(db, poll, rule, mode=mode, closes_at=closes_at, **planned)
    if opened:
        with world.writing() as db:
            actions.open_poll(db, db.merge(poll))
    return poll


def vote(world: World, name: str, poll: Poll, answer: str) -> Page:
    """This member opens the ballot, chooses, casts."""
    page = world.browser(world.member(name)).open(f"/scrutins/{poll.number}")
    return page.press("Déposer mon bulletin", q1=answer)


def close(world: World, poll: Poll) -> Page:
    return (
        world.browser(world.facilitator())
        .open(f"/animation/scrutins/{poll.number}")
        .follow("Fermer le vote")
        .press("Oui, fermer le vote")
    )


class Alone:
    """What the script of the ballot page does: a token taken under her name, a ballot sent without it."""

    def __init__(self, public_key: str, key: str = "") -> None:
        self.key, self.token = key or envelopes.new_key(), ""
        self.public_key = ristretto.PublicKey.deserialize(bytes.fromhex(public_key))
        self.client, blinded = ristretto.Client.blind(self.key.encode())
        self.asked = {"aveugle": blinded.serialize().hex()}

    def answered(self, answer: Any) -> "Alone":
        """Check the proof, take the blinding away."""
        octets = bytes.fromhex(answer["proof"] + answer["element"])
        output = ristretto.VerifiableOutput.deserialize(octets)  # type: ignore[arg-type]
        self.token = self.client.finalize(output, self.public_key).hex()
        return self

    def ballot(self, **answers: str) -> dict[str, str]:
        return {"bulletin": self.key, "jeton": self.token, "depot": "oui", **answers}


def key_in(page: Page) -> str:
    """The public key of the tokens, as the ballot page gives it."""
    return str(page.one("form[data-key]").get("data-key"))


def alone(world: World, name: str, poll: Poll) -> Alone:
    """This member opens the ballot and takes her token."""
    browser = world.browser(world.member(name))
    mine = Alone(key_in(browser.open(f"/scrutins/{poll.number}")))
    answer = browser.client.post(f"/scrutins/{poll.number}/jeton", data=mine.asked)
    assert answer.status_code == 200, answer.text
    return mine.answered(answer.json())


def put(world: World, poll: Poll, ballot: dict[str, str]) -> httpx2.Response:
    """A ballot from nobody."""
    client = world.browser().client
    assert COOKIE not in client.cookies
    return client.post(f"/scrutins/{poll.number}/urne", data=ballot)


def field(page: Page, name: str) -> str:
    return str(page.one(f"input[name={name}]").get("value"))
