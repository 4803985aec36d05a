"""How long from the closing of a poll to its result, on both databases: `python -m bench.closing`.

150 voters, 12 questions: counting, sealing, and what follows in the same transaction (the paragraphs are kept or sent
back, the journal is written), then the page of the result as a visitor receives it. The goal is one second.
"""

import random
import statistics
import time
from collections.abc import Sequence
from uuid import UUID

from starlette.testclient import TestClient

from bench import load, seed, servers
from bench.seed import Seeded
from convention import app
from convention.kit.db import Database
from convention.settings import Settings
from convention.voting import actions as voting
from convention.voting import envelopes

TIMES = 5
GOAL = 1.0


def main() -> None:
    print(f"{'database':<12}{'closing s':>12}{'page s':>10}{'both, worst':>14}   within {GOAL:.0f} s", flush=True)
    for kind in ("sqlite", "postgresql"):
        with load.a_database(kind) as (database, _server):
            seeded = seed.seed(database, servers.SECRET, proposals=500)
            browser = TestClient(
                app.create_app(Settings(secret=servers.SECRET), database), base_url="http://127.0.0.1:8000"
            )
            browser.get("/scrutins")
            took = [_one(database, seeded, browser, random.Random(n)) for n in range(TIMES)]
        closing, page = (statistics.median(one) for one in zip(*took, strict=True))
        worst = max(map(sum, took))
        print(f"{kind:<12}{closing:>12.3f}{page:>10.3f}{worst:>14.3f}   {'yes' if worst < GOAL else 'no'}", flush=True)


def _one(database: Database, seeded: Seeded, browser: TestClient, chance: random.Random) -> tuple[float, float]:
    """Seconds to close and seal, then to draw the page of the result for the first time."""
    texts: Sequence[UUID] = [seeded.texts.pop() for _ in range(seed.QUESTIONS)]
    with database.writing() as db:
        poll = seed.prepare(db, seeded.convention, texts)
        for person in chance.sample(list(seeded.members), seed.BALLOTS):
            voting.cast(db, poll, person, envelopes.new_key(), seed.answers(chance))
    start = time.perf_counter()
    with database.writing() as db:
        voting.close(db, poll)
    closed = time.perf_counter()
    answer = browser.get(f"/scrutins/{poll.number}")
    assert answer.status_code == 200, answer.text[:300]
    assert f"{seed.BALLOTS} bulletins" in answer.text, "the page shows the result"
    return closed - start, time.perf_counter() - closed


if __name__ == "__main__":
    main()
