"""The record: every event once, in the same transaction, chained."""

import pytest
import sqlalchemy as sa

from convention.journal import chain, queries
from convention.people import actions
from convention.people.models import RoleKind


def verdict(world):
    with world.reading() as db:
        head = queries.head(db, world.convention.id)
        return chain.verify(queries.lines(db, world.convention.id), (head.number, head.fingerprint))


@pytest.fixture
def story(world):
    for name in ("Nadia", "Omar", "Lina"):
        world.member(name)
    return world


def test_the_journal_is_whole(story):
    assert verdict(story) is None


@pytest.mark.parametrize(
    ("tampering", "number", "what"),
    [
        ("UPDATE journal_line SET facts = replace(facts, 'member', 'guarantor') WHERE number = 3", 3, "changed"),
        ("UPDATE journal_line SET kind = 'people.Nothing' WHERE number = 2", 2, "changed"),
        ("DELETE FROM journal_line WHERE number = 4", 4, "missing"),
        ("DELETE FROM journal_line WHERE number = (SELECT max(number) FROM journal_line)", 6, "end"),
        ("UPDATE journal_line SET fingerprint = upper(fingerprint) WHERE number = 2", 2, "changed"),
        ("UPDATE journal_head SET fingerprint = ''", 7, "end"),
    ],
)
def test_tampering_is_seen_where_it_is(story, tampering, number, what):
    with story.writing() as db:
        db.execute(sa.text(tampering))
    assert verdict(story) == chain.Break(number, what)


def test_what_is_rolled_back_leaves_no_line(story):
    with story.reading() as db:
        before = queries.head(db, story.convention.id).number

    def interrupted():
        with story.writing() as db:
            actions.give_role(db, story.convention, story.people["Nadia"], RoleKind.EXPERT)
            raise RuntimeError("the power goes out")

    with pytest.raises(RuntimeError):
        interrupted()
    with story.reading() as db:
        assert queries.head(db, story.convention.id).number == before
    assert verdict(story) is None


def test_lines_written_at_the_same_instant_stay_in_one_chain(story):
    from concurrent.futures import ThreadPoolExecutor

    def give(name):
        with story.writing() as db:
            actions.give_role(db, story.convention, story.people[name], RoleKind.EXPERT)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(give, ("Nadia", "Omar", "Lina")))
    assert verdict(story) is None
    with story.reading() as db:
        assert queries.head(db, story.convention.id).number == 10


def test_the_guarantor_reads_it_and_a_member_does_not(story):
    page = story.browser(story.guarantor("Solange")).open("/journal")
    assert page.has("people.RoleGiven")
    story.browser(story.people["Nadia"]).open("/journal", status=403)
