"""Polls to begin with, and ways to vote in them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from convention.algorithms.decision import Method, NoOpinion, Rule, Secrecy
from convention.kit import clock
from convention.voting import actions
from convention.voting.models import Mode, Poll, Question, Subject
from tests.world import Page, World

JUDGMENT = Rule(method=Method.MAJORITY_JUDGMENT, no_opinion=NoOpinion.EXCLUDED)
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


def field(page: Page, name: str) -> str:
    return str(page.one(f"input[name={name}]").get("value"))
