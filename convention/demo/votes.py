"""The demo's other ways to vote: choices between options, an open roll call, a poll with ballots on paper."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from uuid import uuid4

from convention.algorithms.decision import Method, NoOpinion, Rule, Secrecy, Tie
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.paper import actions as paper
from convention.people.models import Person
from convention.voting import actions as voting
from convention.voting import envelopes, queries
from convention.voting.models import Mode, Poll, Question, Subject

People = Mapping[str, Person]
TOWNS = ("À Montpellier", "À Lattes", "À Castelnau-le-Lez", "Dans un quartier à choisir", "Par visioconférence")
ORDERS = ("12345", "21354", "34125", "13254", "43215", "31245")  # the rank given to each town, six ways
WORKS = (
    "Un glossaire des outils utilisés",
    "Des ateliers dans les médiathèques",
    "Une carte des caméras",
    "Un registre public des algorithmes",
    "Une ligne d’aide humaine",
    "Un bilan chiffré chaque année",
)


def hold(
    db: Session, convention: Convention, who: People, members: Sequence[str], claire: Person, lise: Person
) -> None:
    chance = random.Random(1202)  # noqa: S311 - the demo is the same for all
    voters = [who[name] for name in members]
    priorities(db, convention, voters, claire, chance)
    ranking(db, convention, voters, claire, chance)
    roll_call(db, convention, voters, claire)
    on_paper(db, convention, voters, claire, lise)


def priorities(
    db: Session, convention: Convention, voters: Sequence[Person], claire: Person, chance: random.Random
) -> None:
    """Three voices each among six works; a tie at the cut would be settled by a public draw."""
    rule = Rule(method=Method.MULTI_VOTE, no_opinion=NoOpinion.EXCLUDED, seats=2, tie=Tie.DRAW)
    poll = _opened(db, convention, "Par quels travaux commencer ?", _options(WORKS), rule, claire)
    for person in voters[2:]:
        ticked = chance.sample(range(len(WORKS)), k=2) + [3]
        _cast(db, poll, person, ["1" if place in ticked else "" for place in range(len(WORKS))])
    voting.close(db, poll)


def ranking(
    db: Session, convention: Convention, voters: Sequence[Person], claire: Person, chance: random.Random
) -> None:
    """Where to meet again, by ranks; some rank two of the five and leave the others. Each finds her ballot again."""
    rule = Rule(method=Method.SCHULZE, no_opinion=NoOpinion.EXCLUDED, tracked=True)
    poll = _opened(db, convention, "Où tenir la réunion de suivi ?", _options(TOWNS), rule, claire)
    for person in voters[1:]:
        order = chance.choice(ORDERS)
        kept = chance.choice((2, 5, 5))
        _cast(db, poll, person, [rank if int(rank) <= kept else "" for rank in order])
    voting.close(db, poll)


def roll_call(db: Session, convention: Convention, voters: Sequence[Person], claire: Person) -> None:
    """The members asked to say it in their own names."""
    text = "La convention se réunit encore une fois, dans un an, pour lire les réponses de la Métropole."
    question = Question(Subject("option", uuid4()), "Se retrouver dans un an", text)
    rule = Rule(method=Method.YES_NO, secrecy=Secrecy.OPEN)
    poll = _opened(db, convention, "Se retrouver dans un an", [question], rule, claire, mode=Mode.NAMED)
    for place, person in enumerate(voters[:36]):
        voting.say(db, poll, person, ["contre" if place % 12 == 7 else "abstention" if place % 9 == 4 else "pour"])
    voting.close(db, poll)


def on_paper(db: Session, convention: Convention, voters: Sequence[Person], claire: Person, lise: Person) -> None:
    """Six members asked for paper; Claire and Lise keyed it, each on her own."""
    text = "Le compte rendu de la quatrième séance est approuvé."
    question = Question(Subject("option", uuid4()), "Approuver le compte rendu", text)
    poll = _opened(
        db, convention, "Approuver le compte rendu", [question], Rule(method=Method.YES_NO), claire, paper=True
    )
    for person in voters[:6]:
        voting.mark_on_paper(db, poll, person)
    for place, person in enumerate(voters[6:34]):
        _cast(db, poll, person, ["abstention" if place % 8 == 3 else "contre" if place == 11 else "pour"])
    voting.close(db, poll)
    for person in (claire, lise):
        pile = paper.start(db, poll, None if person is claire else 1, person).pile
        for place, answer in enumerate(("pour", "pour", "abstention", "pour", "pour", "contre")):
            paper.key(db, poll, pile, person, place, (answer,))
        paper.finish(db, poll, pile, person, 6)
        db.flush()
    paper.put_in(db, poll, "", by=claire)


def _options(names: Sequence[str]) -> list[Question]:
    return [Question(Subject("option", uuid4()), name, "") for name in names]


def _opened(
    db: Session,
    convention: Convention,
    title: str,
    questions: Sequence[Question],
    rule: Rule,
    claire: Person,
    *,
    mode: Mode = Mode.BALLOTS,
    paper: bool = False,
) -> Poll:
    poll = voting.prepare(db, convention, claire, title, questions)
    closes_at = clock.now() + dt.timedelta(hours=1)
    voting.plan(db, poll, rule, mode=mode, closes_at=closes_at, present=38, title=title, by=claire)
    if paper:
        _expect(db, poll, claire)
    voting.open_poll(db, poll)
    return queries.of_id(db, poll.id)


def _expect(db: Session, poll: Poll, claire: Person) -> None:
    paper.expect(db, queries.of_id(db, poll.id), by=claire)


def _cast(db: Session, poll: Poll, person: Person, answers: Sequence[str]) -> None:
    voting.cast(db, poll, person, envelopes.new_key(), answers)
