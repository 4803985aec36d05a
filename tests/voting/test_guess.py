"""Somebody has everything that is kept, knows nothing else, and guesses who voted what: no better than chance.

What she has: every table of the metadata, the backups, what is logged, the journal (a table as the others); while the
poll is open, while ballots on paper are keyed, and after; and everybody's drafts. She looks for one thing that names a
person and opens a ballot; and for orders: if persons stand somewhere in the order in which they voted and ballots
somewhere too, she reads one beside the other. The leaks below show that she would find them.
"""

import base64
import io
import json
import random
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from convention import backup
from convention.algorithms.decision import Rule
from convention.drafts import actions as drafts
from convention.drafts.models import Draft
from convention.kit import clock
from convention.kit.web import WriteKey
from convention.people.models import Person
from convention.voting import actions, counts, envelopes, queries
from convention.voting.models import Poll
from convention.webhooks.models import Webhook
from tests.faults.scene import stamped
from tests.voting.polls import JUDGMENT, TRACKED, Alone, a_poll, key_in, put
from tests.world import World

ANSWERS = ("1", "2", "3", "4", "5")
ON_PAPER = ("Papier 1", "Papier 2", "Papier 3")
SEAM = b"\n-- the next value --\n"  # between the values of a row: octets of chance may hold a line's end alone
Heap = dict[str, list[bytes]]  # what is kept, under the name of where: rows or lines, in the order they are found


class Truth(NamedTuple):
    """What really happened in one poll, which she does not know."""

    said: dict[str, str]  # on a screen: by name, in the order in which they voted
    keys: dict[str, str]
    wrote: dict[str, str]  # on paper: by name, in the order in which they were marked


def flat(value: Any) -> Iterator[bytes]:
    """Every way this value may be read: octets written in words are read too."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, UUID):
        yield from (value.bytes, value.hex.encode(), str(value).encode())
    elif isinstance(value, dict):
        for each in value.values():
            yield from flat(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from flat(each)
    elif value is not None:
        yield str(value).encode()
        if isinstance(value, str) and len(value) % 4 == 0 and len(value) > 7:
            try:
                yield base64.b64decode(value, validate=True)
            except ValueError:
                return


def database(world: World) -> Heap:
    """Every row of every table, in the order in which the database gives them."""
    with world.database.engine.connect() as connection:
        return {
            table.name: [SEAM.join(flat(dict(row))) for row in connection.execute(sa.select(table)).mappings()]
            for table in SQLModel.metadata.sorted_tables
        }


def saved(world: World, to: Path, **asked: bool) -> Heap:
    """A backup, opened."""
    backup.save(world.database, world.settings, to, **asked)
    heap: Heap = {}
    with zipfile.ZipFile(io.BytesIO(to.read_bytes())) as archive:
        for name in archive.namelist():
            lines = archive.read(name).splitlines()
            heap[f"backup {name}"] = [
                SEAM.join(flat(json.loads(line))) if name.endswith("jsonl") else line for line in lines
            ]
    return heap


def election(
    world: World,
    names: list[str],
    chance: random.Random,
    folder: Path,
    log: Callable[[], Heap],
    *,
    shuffled: bool,
    alone: bool,
    rule: Rule,
) -> Any:
    """These people vote over HTTP, three others on paper, in an order of chance; what is kept, at each moment.

    `alone`: each takes a token, then brings her ballot without her name.
    """
    poll = a_poll(world, rule)
    paper = f"/animation/scrutins/{poll.number}/papier"
    claire, lise = (world.browser(world.facilitator(name)) for name in ("Claire", "Lise"))
    claire.post(paper, {})
    browsers = {name: world.browser(world.member(name)) for name in names}
    order = chance.sample([*names, *ON_PAPER], len(names) + len(ON_PAPER))
    answers = chance.sample([ANSWERS[n % len(ANSWERS)] for n in range(len(order))], len(order))
    truth = Truth({}, {}, {})
    pages = {name: browsers[name].open(f"/scrutins/{poll.number}") for name in names}
    before = database(world)
    log()
    for name, answer in zip(order, answers, strict=True):
        if name in ON_PAPER:
            claire.post(f"{paper}/liste/{world.member(name).id}", {})
            truth.wrote[name] = answer
            continue
        truth.said[name] = answer
        if alone:
            mine = Alone(key_in(pages[name]))
            mine.answered(browsers[name].client.post(f"/scrutins/{poll.number}/jeton", data=mine.asked).json())
            assert "Votre bulletin est déposé" in put(world, poll, mine.ballot(q1=answer)).text
            truth.keys[name] = mine.key
            continue
        receipt = pages[name].press("Déposer mon bulletin", q1=answer)
        truth.keys[name] = receipt.all("dd.code")[1].text_content().replace(" ", "")
    said = log()
    meanwhile = database(world) | saved(world, folder / f"{uuid4()}.zip", during_a_vote=True)
    claire.post(f"/animation/scrutins/{poll.number}/fermer", {})
    pile = list(truth.wrote.values())
    if shuffled:  # as the team is told to do
        chance.shuffle(pile)
    for browser in (claire, lise):
        browser.post(f"{paper}/piles", {} if browser is claire else {"pile": "1"})
        for place, answer in enumerate(pile):
            browser.post(f"{paper}/piles/1", {"place": str(place), "q1": answer})
        browser.post(f"{paper}/piles/1/finir", {"counted": str(len(pile))})
    keyed = database(world) | saved(world, folder / f"{uuid4()}.zip", during_a_vote=True) | log()
    claire.post(f"{paper}/urne", {})
    after = database(world) | saved(world, folder / f"{uuid4()}.zip") | log()
    with world.reading() as db:
        assert queries.turnout(db, poll) == len(order) and queries.result(db, poll), "all of it was counted"
    return poll, truth, before, [meanwhile | said, keyed, after]


def beside(world: World, poll: Poll, truth: Truth, before: Heap, heaps: list[Heap]) -> list[str]:
    """Where one row or one line names a person and opens a ballot, or where voting left a row of its own."""
    found = []
    secrets = {
        name: (key.encode(), envelopes.tag(poll.id, key), envelopes.tag(poll.id, key).hex().encode())
        for name, key in truth.keys.items()
    }
    for heap in heaps:
        for where, rows in heap.items():
            for row in rows:
                for key, tag, hexadecimal in secrets.values():
                    here = where.removeprefix("backup tables/").removesuffix(".jsonl")
                    if key in row or hexadecimal in row or (tag in row and here != "ballot_box"):
                        found.append(f"a ballot is opened by what {where} says")
                    if envelopes.tracking(tag) in row and here != "ballot_box":
                        found.append(f"the code of a ballot is in {where}")
                    if tag in row and any(world.member(name).id.bytes in row for name in truth.said):
                        found.append(f"{where} names a person beside her ballot")
    meanwhile = heaps[0]
    marks = [world.member(name).id.bytes for name in truth.wrote]
    others = [world.member(name).id.bytes for name in truth.said]
    for where, rows in heaps[1].items():  # what papers say is being keyed: nothing tells whose they are
        runs = [run for row in rows for run in row.split(SEAM)]
        if any(all(one in run for one in marks) and not any(one in run for one in others) for run in runs):
            found.append(f"{where} names those on paper while papers are keyed")
    changed = {name for name in before if before[name] != meanwhile[name]}
    return found + [f"voting wrote in {name}" for name in sorted(changed - {"roll", "ballot_box"})]


def orders(world: World, said: dict[str, str], heaps: list[Heap]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Wherever all these persons, or as many answers, stand one after the other."""
    marks = {name: list(flat(world.member(name).id)) + [name.encode()] for name in said}
    persons: dict[str, list[str]] = {}
    ballots: dict[str, list[str]] = {}
    packed = {counts.pack(JUDGMENT, one)[0]: one for one in ANSWERS}
    for moment, heap in zip(("open", "keyed", "closed"), heaps, strict=True):
        for where, rows in heap.items():
            whole = b"\n".join(rows)
            places = {name: max(whole.rfind(mark) for mark in several) for name, several in marks.items()}
            if min(places.values()) >= 0:
                persons[f"{where}, {moment}"] = sorted(places, key=lambda name: places[name])
            if "paper_entry" in where:
                piles = [json.loads(run) for row in rows for run in row.split(SEAM) if run.startswith(b"[[")]
                ballots |= {
                    f"{where}, {moment}, {n}": [one for (one,) in pile]
                    for n, pile in enumerate(piles)
                    if len(pile) == len(said)
                }
            if "ballot_box" not in where and "log" not in where:
                continue
            for length in (1, envelopes.TAG + 1, envelopes.TRACKING + 1):
                for row in rows:
                    for run in row.split(b"\n")[-3:] if "log" in where else [row]:
                        ballots |= read(f"{where}, {moment}, by {length}", run, length, len(said), packed)
    return persons, ballots


def read(where: str, row: bytes, length: int, n: int, packed: dict[int, str]) -> dict[str, list[str]]:
    """The last octets of this row's runs of records, where they are as many answers as people."""
    found = {}
    for start in range(max(0, len(row) - n * length + 1)):
        said = [packed.get(one) for one in row[start + length - 1 : start + n * length : length]]
        if len(said) == n and None not in said:
            found[f"{where}, {start - len(row)}"] = [one for one in said if one]
    return found


def guess(world: World, many: list[Any]) -> list[str]:
    """The ways of reading persons beside ballots that are right too often, over all these polls."""
    right: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    elections = [(truth, heaps) for _poll, truth, _before, heaps in many]
    screens = [("", truth.said, heaps) for truth, heaps in elections]
    for how, said, heaps in [*screens, *((" (paper)", truth.wrote, heaps) for truth, heaps in elections)]:
        persons, ballots = orders(world, said, heaps)
        n = len(said)
        luck = sum(list(said.values()).count(one) ** 2 for one in ANSWERS) / n / n
        for one, names in persons.items():
            for other, answers in ballots.items():
                for way, told in (("", answers), (" backwards", answers[::-1])):
                    tally = right[one + how, other + way]
                    tally[0] += sum(said[name] == answer for name, answer in zip(names, told, strict=True))
                    tally[1] += n
                    tally[2] += n * luck
                    tally[3] += max(1.0, n * luck * (1 - luck))
    assert right, "she found nothing to read: the test is blind"
    # Five and a half deviations: for as many ways as she tries, chance does not do that.
    return [
        f"{one} beside {other}: {hits:.0f} of {n:.0f}"
        for (one, other), (hits, n, expected, variance) in right.items()
        if hits > min(n - 1, expected + 5.5 * variance**0.5) and n >= 24
    ]


def look(
    world: World,
    people: int,
    polls: int,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    *,
    shuffled: bool = True,
    alone: bool = False,
    rule: Rule = JUDGMENT,
) -> list[str]:
    """All that somebody who has everything would find."""
    caplog.set_level("DEBUG")
    chance = random.Random(people)  # the order in which they come, no secret
    names = [f"Membre {n:02}" for n in range(people)]
    for name in [*names, *ON_PAPER]:
        world.member(name)
    with world.writing() as db:  # what they were writing meanwhile: theirs alone, and nothing of it is a ballot
        for name in chance.sample([*names, *ON_PAPER], len(names) + len(ON_PAPER)):
            words = {"title": f"Une idée de {name}", "q1": chance.choice(ANSWERS)}
            drafts.save(db, world.people[name], world.convention, "proposal", words)
    with world.writing() as db:  # other sites are told of what is public: of nothing here
        by = world.administrator().id
        db.add(
            Webhook(
                convention_id=world.convention.id,
                address="https://ailleurs.example/",
                added_at=clock.now(),
                added_by=by,
            )
        )

    def log() -> Heap:
        lines = [record.getMessage().encode() for record in caplog.records]
        caplog.clear()
        return {"log": lines}

    with stamped(world):
        many = [
            election(world, names, chance, folder, log, shuffled=shuffled, alone=alone, rule=rule)
            for _poll in range(polls)
        ]
    return [line for one in many for line in beside(world, *one)] + guess(world, many)


@pytest.mark.parametrize(
    ("alone", "rule"),
    [(False, JUDGMENT), (True, TRACKED)],
    ids=["with a session", "without a name, found by a code"],
)
@pytest.mark.parametrize(("people", "polls"), [(3, 8), (40, 1)])
def test_who_has_everything_guesses_no_better_than_chance(
    world: World, people: int, polls: int, alone: bool, rule: Rule, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert look(world, people, polls, tmp_path, caplog, alone=alone, rule=rule) == []


# -- and she is not blind: what careless code would leave ----------------------------------------------------------


def in_order_of_arrival(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(envelopes, "add", lambda run, record: run + record)
    patch.setattr(envelopes, "holds", lambda run, begins, length: any(
        one.startswith(begins) for one in envelopes.split(run, length)
    ))  # fmt: skip


def a_line_in_the_log(patch: pytest.MonkeyPatch) -> None:
    import logging

    cast = actions.cast

    def told(db: Any, poll: Poll, person: Person, key: str, answers: Any) -> Any:
        logging.getLogger("convention").debug("a ballot of %s, key %s", person.id, key)
        return cast(db, poll, person, key, answers)

    patch.setattr(actions, "cast", told)


def a_write_key(patch: pytest.MonkeyPatch) -> None:
    cast = actions.cast

    def told(db: Any, poll: Poll, person: Person, key: str, answers: Any) -> Any:
        db.add(WriteKey(key=uuid4().hex, location="/", done_at=clock.now()))
        return cast(db, poll, person, key, answers)

    patch.setattr(actions, "cast", told)


def a_draft_of_the_ballot(patch: pytest.MonkeyPatch) -> None:
    cast = actions.cast

    def told(db: Any, poll: Poll, person: Person, key: str, answers: Any) -> Any:
        mine = {"person_id": person.id, "convention_id": poll.convention_id, "subject": f"poll:{poll.id}"}
        db.add(Draft(**mine, content={"q1": answers[0]}, changed_at=clock.now()))
        return cast(db, poll, person, key, answers)

    patch.setattr(actions, "cast", told)


def marks_kept_while_keying(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(actions, "_forget_marks", lambda *_: None)


def a_pile_in_the_order_of_the_list(patch: pytest.MonkeyPatch) -> None:
    """The roll keeps the order of arrival, and nobody shuffled the pile."""
    in_order_of_arrival(patch)


def a_token_beside_a_name(patch: pytest.MonkeyPatch) -> None:
    give = actions.give_token

    def told(db: Any, poll: Poll, person: Person, secret: str, blinded: bytes) -> Any:
        db.add(WriteKey(key=uuid4().hex, location=str(person.id), done_at=clock.now()))
        return give(db, poll, person, secret, blinded)

    patch.setattr(actions, "give_token", told)


# What the token of a ballot without a name would leave; the others are left by ballots with a session.
ALONE = {a_token_beside_a_name}


@pytest.mark.parametrize(
    ("leak", "polls", "says"),
    [
        (a_token_beside_a_name, 1, "voting wrote in write_key"),
        (a_draft_of_the_ballot, 1, "voting wrote in draft"),
        (marks_kept_while_keying, 1, "names those on paper while papers are keyed"),
        (a_pile_in_the_order_of_the_list, 8, "beside paper_entry"),
        (in_order_of_arrival, 8, "beside ballot_box"),
        (a_line_in_the_log, 1, "a ballot is opened by what log says"),
        (a_write_key, 1, "voting wrote in write_key"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_leak_is_found(
    world: World,
    leak: Callable[[pytest.MonkeyPatch], None],
    polls: int,
    says: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leak(monkeypatch)
    found = look(
        world, 3, polls, tmp_path, caplog, shuffled=leak is not a_pile_in_the_order_of_the_list, alone=leak in ALONE
    )
    assert any(says in line for line in found), found
