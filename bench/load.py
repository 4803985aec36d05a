"""How much the pages cost under load, beside the floor: `python -m bench.load`, in less than eight minutes.

At 5,000 proposals, one visitor then sixteen at a time; at 10,860, one. Two hundred members, several sealed polls, one
open; the real server (`convention serve`) in its own process, on both databases, asked by one client over connections
kept open. The processor time is that of the server's process, read from /proc; PostgreSQL's own is beside. Ballots are
cast once by each member in five polls, by the form's own address.
"""

import argparse
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from starlette.testclient import TestClient

from bench import client, seed, servers
from bench.seed import Seeded
from bench.servers import Running
from convention import app
from convention.kit import migrations
from convention.kit.db import Database
from convention.settings import Settings, resource
from convention.voting import envelopes
from convention.voting.models import Poll

POLLS = 5  # in which each member votes, for each concurrency
WARM_UP = 0.5
MANY = 5_000  # requests during which the memory must stay flat
QUESTIONS = ("cantine", "données de santé", "agents vérifier réponse", "surveill", "écologique coût", "assistant")

Draw = Callable[[], bytes]


class Line(NamedTuple):
    """One line of the table."""

    page: str
    database: str
    proposals: int | None
    concurrency: int
    measured: client.Measured
    cpu: float  # seconds of the server
    database_cpu: float | None
    floor: float  # CPU seconds per request of the floor
    queries: int | None

    def __str__(self) -> str:
        n, ms = len(self.measured.times), 1000
        own = self.cpu / n * ms
        beside = "" if self.database_cpu is None else f"{self.database_cpu / n * ms:.2f}"
        times = f"{own / (self.floor * ms):.0f}" if self.floor else "1"
        return (
            f"{self.page:<26}{self.database:<12}{self.proposals or '':>9}{self.concurrency:>6}"
            f"{self.measured.rate:>9.0f}"
            f"{self.measured.percentile(0.5) * ms:>9.2f}{self.measured.percentile(0.99) * ms:>9.2f}"
            f"{own:>9.2f}{beside:>9}{times:>9}{'' if self.queries is None else self.queries:>9}"
        )


HEADER = (
    f"{'page':<26}{'database':<12}{'proposals':>9}{'conc.':>6}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}"
    f"{'CPU ms':>9}{'DB CPU':>9}{'× floor':>9}{'queries':>9}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proposals", default="5000,10860", help="the first with every concurrency, the others with 1")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--concurrency", default="1,16")
    parser.add_argument("--only", default="", help="the pages whose name has this in it; no ballots, no memory")
    asked = parser.parse_args()
    levels = [int(one) for one in asked.concurrency.split(",")]

    print(HEADER, flush=True)
    floors = dict(_floor(levels, asked.seconds))
    for size in [int(one) for one in asked.proposals.split(",")]:
        for kind in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
            with a_database(kind) as (database, server):
                seeded = seed.seed(database, servers.SECRET, proposals=size)
                with folder() as files, servers.the_application(str_url(database), files) as running:
                    _measure(kind, database, server, seeded, running, levels, asked.seconds, floors, asked.only)
        levels = levels[:1]


def _floor(levels: list[int], seconds: float) -> Iterator[tuple[int, float]]:
    with servers.the_floor() as running:
        wanted = client.request("/")
        for level in levels:
            client.hammer(running.port, lambda: wanted, level, WARM_UP)
            before = running.cpu()
            measured = client.hammer(running.port, lambda: wanted, level, seconds)
            cpu = running.cpu() - before
            print(Line("floor (a constant)", "", None, level, measured, cpu, None, 0, None), flush=True)
            yield level, cpu / len(measured.times)


def _measure(
    kind: str,
    database: Database,
    server: servers.Postgres | None,
    seeded: Seeded,
    running: Running,
    levels: list[int],
    seconds: float,
    floors: Mapping[int, float],
    only: str,
) -> None:
    pages = {page: draw for page, draw in the_pages(seeded).items() if only in page}
    counted = count_queries(database, pages)

    def line(page: str, level: int, act: Callable[[], client.Measured]) -> None:
        before, beside = running.cpu(), server.cpu() if server else 0.0
        measured = act()
        cpu = running.cpu() - before
        database_cpu = server.cpu() - beside if server and server.pid else None
        size, queries = seeded.proposals, counted.get(page)
        print(Line(page, kind, size, level, measured, cpu, database_cpu, floors[level], queries), flush=True)

    for level in levels:
        for page, draw in pages.items():
            client.hammer(running.port, draw, level, WARM_UP)
            line(page, level, lambda draw=draw, level=level: client.hammer(running.port, draw, level, seconds))
    if only:
        return
    for level in levels:
        ballots = some_ballots(database, seeded)
        counted["a ballot is cast"] = counted_once(database, ballots.pop())
        line("a ballot is cast", level, lambda ballots=ballots, level=level: _cast(running.port, ballots, level))

    draws, chance = list(pages.values()), random.Random(1)
    before = running.memory()
    client.run(running.port, [chance.choice(draws)() for _ in range(MANY)], 16)
    print(f"memory of the server: {before:.1f} MB before {MANY:,} more requests, {running.memory():.1f} MB after\n")


def the_pages(seeded: Seeded) -> dict[str, Draw]:
    """What is asked, each time a little different where the page allows it."""
    chance = random.Random(7)
    last_page = max(1, seeded.proposals // 20)

    def visitor(path: Callable[[], str]) -> Draw:
        return lambda: client.request(path())

    def member(path: Callable[[], str]) -> Draw:
        return lambda: client.request(path(), token=chance.choice(seeded.tokens))

    def a_question() -> str:
        return urlencode({"q": chance.choice(QUESTIONS)})

    poll = seeded.open_poll.number
    return {
        "home": visitor(lambda: "/"),
        "home, signed in": member(lambda: "/"),
        "list": visitor(lambda: "/propositions"),
        "list, signed in": member(lambda: "/propositions"),
        "list, any page": visitor(lambda: f"/propositions?page={chance.randint(1, last_page)}"),
        "list, search": visitor(lambda: f"/propositions?{a_question()}"),
        "proposal": visitor(lambda: f"/propositions/{chance.randint(1, seeded.proposals)}"),
        "proposal, signed in": member(lambda: f"/propositions/{chance.randint(1, seeded.proposals)}"),
        "search everything": visitor(lambda: f"/recherche?{a_question()}"),
        "votes": visitor(lambda: "/scrutins"),
        "ballot paper, signed in": member(lambda: f"/scrutins/{poll}"),
    }


def _cast(port: int, ballots: list[bytes], concurrency: int) -> client.Measured:
    measured, answered = client.run(port, ballots, concurrency)
    for answer in answered:
        client.all_well(answer)
    return measured


def some_ballots(database: Database, seeded: Seeded) -> list[bytes]:
    """The forms of all members in new polls, as they stand after reading again: each is sent once."""
    chance = random.Random(11)
    wanted = []
    for _ in range(POLLS):
        texts = [seeded.texts.pop() for _ in range(seed.QUESTIONS)]
        with database.writing() as db:
            poll = seed.prepare(db, seeded.convention, texts)
        for person, token in zip(seeded.members, seeded.tokens, strict=True):
            form = _ballot(poll, person.id, chance)
            wanted.append(client.request(f"/scrutins/{poll.number}/bulletin", token=token, form=form))
    chance.shuffle(wanted)
    return wanted


def _ballot(poll: Poll, person_id: UUID, chance: random.Random) -> dict[str, str]:
    key = envelopes.new_key()
    given = {f"q{place}": answer for place, answer in enumerate(seed.answers(chance), 1)}
    seal = envelopes.seal(servers.SECRET, poll.id, person_id, key)
    return {"bulletin": key, "sceau": seal, **given, "depot": "oui"}


# -- queries -------------------------------------------------------------------------------------------------------


def count_queries(database: Database, pages: Mapping[str, Draw]) -> dict[str, int]:
    """{page: how many statements it sends}, transaction marks left out."""
    return {page: counted_once(database, draw()) for page, draw in pages.items()}


def counted_once(database: Database, wanted: bytes) -> int:
    return len(statements(database, wanted))


def statements(database: Database, wanted: bytes) -> list[tuple[str, object]]:
    """What the database is asked while this request is answered."""
    head, _separator, body = wanted.partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    method, path, _version = first.split(" ")
    asked: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_others: object) -> None:
        if statement.lstrip().split(" ", 1)[0].upper() not in ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE"):
            asked.append((statement, parameters))

    settings = Settings(secret=servers.SECRET)
    browser = TestClient(app.create_app(settings, database), base_url="http://127.0.0.1:8000")
    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        answer = browser.request(method, path, headers=dict(line.split(": ", 1) for line in headers), content=body)
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
    return asked


# -- where ---------------------------------------------------------------------------------------------------------


@contextmanager
def a_database(kind: str) -> Iterator[tuple[Database, servers.Postgres | None]]:
    """An empty, migrated database; with its server for PostgreSQL."""
    if kind == "postgresql":
        with servers.postgres() as server:
            database = Database(server.url, app.REACTIONS)
            migrations.upgrade(database, resource("migrations"))
            yield database, server
            database.dispose()
        return
    with folder() as where:
        database = Database(f"sqlite:///{where / 'convention.sqlite3'}", app.REACTIONS)
        migrations.upgrade(database, resource("migrations"))
        yield database, None
        database.dispose()


def str_url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


@contextmanager
def folder() -> Iterator[Path]:
    where = Path(tempfile.mkdtemp(prefix="bench"))
    try:
        yield where
    finally:
        shutil.rmtree(where, ignore_errors=True)


if __name__ == "__main__":
    main()
