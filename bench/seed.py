"""A large convention, always the same: the demo, grown to thousands of proposals and two hundred members.

Proposals and their words are written straight into the tables, as `proposals.submit` would have left them; people,
polls and ballots go through the actions.
"""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from convention.algorithms.decision import GRADES, Method, NoOpinion, Rule
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.demo import facts
from convention.demo import load as demo
from convention.kit import clock, ids
from convention.kit.db import Database, Session
from convention.people import actions as people
from convention.people import queries as people_queries
from convention.people.forms import PersonForm
from convention.people.models import Person, RoleKind
from convention.programme import queries as programme
from convention.proposals import actions as proposals
from convention.proposals.models import (
    ADDRESS,
    FOUND_AS,
    Author,
    CardVersion,
    Paragraph,
    ParagraphVersion,
    Proposal,
    Section,
    State,
)
from convention.search import actions as search
from convention.search.models import Entry, Word
from convention.voting import actions as voting
from convention.voting import envelopes
from convention.voting.models import Mode, Poll

CHUNK = 500
QUESTIONS = 12
BALLOTS = 150
GRADE_ODDS = {"5": 12, "4": 14, "3": 7, "2": 3, "1": 2, "sans-avis": 2}
RULE = Rule(method=Method.MAJORITY_JUDGMENT, grades=GRADES, keep_at=4, no_opinion=NoOpinion.EXCLUDED)


class Seeded(NamedTuple):
    """What the load needs to know of what was written."""

    convention: Convention
    members: Sequence[Person]
    tokens: Sequence[str]  # what each member's cookie holds
    proposals: int
    open_poll: Poll
    texts: list[UUID]  # paragraphs that no poll has taken yet


def seed(database: Database, secret: str, *, proposals: int = 5000, members: int = 200, sealed: int = 8) -> Seeded:
    """Fill an empty, migrated database."""
    chance = random.Random(2026)
    demo.load(database, secret, "http://127.0.0.1:8000")
    with database.writing() as db:
        convention = conventions.everywhere(db)[0]
        known = people_queries.holding(db, convention.id, RoleKind.MEMBER)
        for n in range(len(known), members):
            people.add(db, convention, PersonForm(name=f"Membre {n + 1}", email="", roles=(RoleKind.MEMBER,)))
        all_members = people_queries.holding(db, convention.id, RoleKind.MEMBER)
        tokens = [
            people.sign_in(db, convention, one, device="Firefox", shared=False, at=clock.now())[0]
            for one in all_members
        ]
        versions = propose(db, convention, all_members, proposals, chance)
        for n in range(sealed):
            poll = prepare(db, convention, versions[n * QUESTIONS :][:QUESTIONS])
            for person in chance.sample(all_members, min(BALLOTS, len(all_members))):
                voting.cast(db, poll, person, envelopes.new_key(), answers(chance))
            voting.close(db, poll)
        opened = prepare(db, convention, versions[sealed * QUESTIONS :][:QUESTIONS])
        taken = (sealed + 1) * QUESTIONS
        last = max(_numbers(db, convention), default=0)
    if not database.embedded:
        # What its own housekeeping does within a minute.
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    return Seeded(convention, all_members, tokens, last, opened, versions[taken:])


def _numbers(db: Session, convention: Convention) -> list[int]:
    return list(db.execute(sa.select(Proposal.number).where(Proposal.convention_id == convention.id)).scalars())


def prepare(db: Session, convention: Convention, versions: Sequence[UUID]) -> Poll:
    """An open poll on these paragraphs, for three days."""
    by = people_queries.holding(db, convention.id, RoleKind.FACILITATOR)[0]
    poll = proposals.put_to_vote(db, convention, by, f"Vote de {len(versions)} paragraphes", versions)
    closes_at = clock.now() + dt.timedelta(days=3)
    voting.plan(db, poll, RULE, mode=Mode.BALLOTS, closes_at=closes_at, present=BALLOTS, by=by)
    voting.open_poll(db, poll)
    return poll


def answers(chance: random.Random, questions: int = QUESTIONS) -> list[str]:
    return chance.choices(list(GRADE_ODDS), list(GRADE_ODDS.values()), k=questions)


def propose(
    db: Session, convention: Convention, authors: Sequence[Person], upto: int, chance: random.Random
) -> list[UUID]:
    """Proposals until there are so many. Returns the version in force of the first paragraph of each one made."""
    cards = facts.proposals()["propositions"]
    themes = programme.themes(db, convention)
    start = max(_numbers(db, convention), default=0) + 1
    first_versions: list[UUID] = []
    begun = clock.now() - dt.timedelta(days=24)
    rows: dict[type[Any], list[dict[str, Any]]] = {}

    def add(kind: type[Any], /, **values: Any) -> UUID:
        if kind not in (Author, Word):
            values.setdefault("id", ids.uuid7())
        rows.setdefault(kind, []).append(values)
        return values.get("id", UUID(int=0))

    for number in range(start, upto + 1):
        # The words are those of the demo's cards, dealt again.
        one, other, third = chance.sample(cards, 3)
        theme, author = chance.choice(themes), chance.choice(authors)
        at = begun + dt.timedelta(seconds=number)
        said = {
            "title": f"{one['titre'].replace(chr(39), '’')[:78]} ({number})",
            "constat": other["constat"],
            "objective": chance.choice(list(facts.OBJECTIVES.values())),
            "concerned": "",
            "effects": "",
            "indicator": third["indicateur"],
            "competence": facts.competence(one["competence"]),
            "competence_note": one["competence"],
            "deadline": "",
        }
        texts = [one["mesure"], other["mesure"], third["garde_fous"]]
        withdrawn = at if number % 50 == 0 else None
        proposal = add(
            Proposal,
            convention_id=convention.id,
            number=number,
            theme_id=theme.id,
            excerpt=texts[0][:200].rsplit(" ", 1)[0] + " …",
            state=State.WITHDRAWN if withdrawn else State.SUBMITTED,
            submitted_at=at,
            changed_at=at,
            withdrawn_at=withdrawn,
            withdrawn_reason="Elle redit une autre." if withdrawn else "",
            revision=1,
            became=[],
            **said,
        )
        add(Author, proposal_id=proposal, person_id=author.id, since=at)
        card = {**said, "theme": theme.name}
        add(CardVersion, proposal_id=proposal, number=1, card=card, written_at=at, author_id=author.id)
        for place, text in enumerate(texts, 1):
            section = Section.SAFEGUARD if place == 3 else Section.MEASURE
            paragraph = add(
                Paragraph, proposal_id=proposal, section=section, number=place, state="proposed", removed_at=None
            )
            version = _version(add, paragraph, 1, text, author, at, None)
            if place == 1 and number % 5 == 0:
                again = f"{text} Chaque année, un bilan public dit ce qui a changé."
                version = _version(add, paragraph, 2, again, author, at, version)
            if place == 1 and not withdrawn:
                first_versions.append(version)
        title, body = said["title"], "\n".join((*texts, said["constat"], said["objective"]))
        address = ADDRESS.format(number=number)
        entry = add(
            Entry,
            convention_id=convention.id,
            kind=FOUND_AS,
            subject_id=proposal,
            title=title,
            body=body,
            address=address,
        )
        for word, weight in search.weights(title, body).items():
            add(Word, convention_id=convention.id, word=word, entry_id=entry, weight=weight)
        if number % CHUNK == 0 or number == upto:
            for kind in (Proposal, Author, CardVersion, Paragraph, ParagraphVersion, Entry, Word):
                db.execute(sa.insert(kind), rows.pop(kind))
            db.expire_all()
    return first_versions


def _version(
    add: Any, paragraph: UUID, number: int, text: str, author: Person, at: dt.datetime, follows: UUID | None
) -> UUID:
    version: UUID = add(
        ParagraphVersion,
        paragraph_id=paragraph,
        number=number,
        text=text,
        written_at=at,
        author_id=author.id,
        on_behalf=False,
        follows=follows,
        reason="Dire comment on le saura." if follows else "",
    )
    return version
