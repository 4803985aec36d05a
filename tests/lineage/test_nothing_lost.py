"""No sequence of merges, splits and undos loses a paragraph or an author."""

import contextlib
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from convention.kit import clock
from convention.kit.errors import Refused
from convention.lineage import actions, queries
from convention.lineage.models import Fate, Kind, Recasting
from convention.lineage.rules import Choice
from convention.people.models import Person
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.proposals.models import REPLACED, Proposal, State
from convention.proposals.rules import Standing
from tests.lineage import scene as lineage
from tests.proposals import scene

STEPS = st.lists(st.tuples(st.sampled_from(("merge", "split", "undo")), st.integers(0, 10**6)), max_size=6)


def standing(db, world) -> Standing:
    return Standing(False, True, programme.phases(db, world.convention), clock.now())


def choices(originals: Sequence[Proposal], passages, chance: int, kind: Kind) -> list[Choice]:
    """Any choice at all that the rules may allow: kept, changed, put together, left out."""
    made, place = [], 0
    for one in originals:
        for n, passage in enumerate(passages[one.id]):
            place += 1
            key, turn = f"{one.number}-{passage.paragraph.number}", (chance + 7 * place) % 5
            where = place if kind == Kind.MERGE else n % 2 + 1
            if turn == 0 and place > 2:
                made.append(Choice(key, None, "", "Déjà dit."))
            elif turn == 1:
                made.append(Choice(key, where, f"{passage.text[:200]} Autrement.", "Plus clair."))
            else:
                made.append(Choice(key, where, passage.text, ""))
    return made


def step(db, world, by: Person, what: str, chance: int) -> None:
    every = db.exec(select(Proposal).where(Proposal.convention_id == world.convention.id).order_by(Proposal.number))
    alive = [one for one in every if not one.state.is_over]
    at = standing(db, world)
    theme = programme.themes(db, world.convention)[0]
    if what == "undo":
        done = db.exec(select(Recasting).where(Recasting.convention_id == world.convention.id)).all()
        if done:
            one = done[chance % len(done)]
            actions.undo(db, queries.of_number(db, world.convention, one.number), by, "Trop tôt.", at)
        return
    first = chance % len(alive)
    several = [alive[first], alive[(first + 1) % len(alive)]] if what == "merge" else [alive[first]]
    passages = proposals.passages_of(db, several)
    revisions = {one.number: one.revision for one in several}
    if what == "merge":
        card = {name: getattr(several[0], name) for name in actions.writing.CARD}
        asked = choices(several, passages, chance, Kind.MERGE)
        actions.merge(db, world.convention, by, several, at, theme, card, asked, "Pareil.", revisions)
    else:
        asked = choices(several, passages, chance, Kind.SPLIT)
        actions.split(db, world.convention, by, several[0], at, theme, ("Un", "Deux"), asked, "Deux.", revisions)


def nothing_is_lost(db, world, words: dict, writers: set) -> None:
    every = db.exec(select(Proposal).where(Proposal.convention_id == world.convention.id)).all()
    passages = proposals.passages_of(db, every)
    authors = queries.authors_of(db, every)
    # Every word that was ever written is still read at its address
    for id, text in words.items():
        assert any(one.version.id == id and one.text == text for several in passages.values() for one in several)
    # Every author still writes a living proposal
    alive = [one for one in every if not one.state.is_over]
    assert writers <= {person.name for one in alive for person in authors[one.id]}
    for recasting in db.exec(select(Recasting).where(Recasting.convention_id == world.convention.id)):
        recast = queries.of_number(db, world.convention, recasting.number)
        fates = db.exec(select(Fate).where(Fate.recasting_id == recasting.id)).all()
        sources = [one.version.id for each in recast.sources for one in passages[each.id]]
        # Each paragraph of theirs has one fate, and each new one comes from somewhere
        assert sorted(one.version_id for one in fates) == sorted(sources)
        into = {one.into_id for one in fates} - {None}
        assert into == {one.versions[0].id for each in recast.results for one in passages[each.id]}
        assert all(one.reason for one in fates if one.into_id is None)
        if recasting.undone_at is None:
            assert all(one.state in REPLACED for one in recast.sources)
            for each in recast.sources:
                assert {a.id for a in authors[each.id]} <= {a.id for one in recast.results for a in authors[one.id]}
        else:
            assert all(one.state == State.WITHDRAWN for one in recast.results)


class _Undone(Exception):
    """The example is over: nothing of it stays."""


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_no_sequence_loses_a_paragraph_or_an_author(whole, steps):
    world = whole
    with contextlib.suppress(_Undone), world.writing() as db:
        every = db.exec(select(Proposal).where(Proposal.convention_id == world.convention.id)).all()
        words = {
            one.version.id: one.text
            for several in proposals.passages_of(db, every).values()
            for one in several
        }  # fmt: skip
        writers = {"Lina", "Omar", "Nadia"}
        for what, chance in steps:
            nested = db.begin_nested()
            try:
                step(db, world, world.people["Claire"], what, chance)
                nested.commit()
            except Refused:
                nested.rollback()
            db.expire_all()
            nothing_is_lost(db, world, words, writers)
        raise _Undone


@pytest.fixture
def whole(world):
    if world.dialect != "sqlite":
        pytest.skip("the same code; the stories run on both")
    lineage.set_up(world)
    scene.proposal(world, world.people["Nadia"], title="Une troisième")
    return world
