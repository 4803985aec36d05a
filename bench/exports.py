"""How much memory an export takes from 1,000 lines to 250,000: `python -m bench.exports`.

The journal is the table that grows with all that happens: it is filled with so many lines, chained as they are. Then
it is saved (a backup of every table) and read again from end to end (`convention journal verify`). What was said
elsewhere is the longest list that anybody may read: as many are imported, and all that is public is written in open
formats (`convention archive`). Each is done in a process of its own. « peak » is the greatest memory of that process,
« more » what the work added to it.
"""

import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import select

from convention import app, archive, backup
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.demo import load as demo
from convention.discussion.models import Saying
from convention.journal import chain
from convention.journal import queries as journal
from convention.journal.models import JournalHead, JournalLine
from convention.kit import migrations
from convention.kit.db import Database, Session
from convention.people.models import Person
from convention.proposals.models import Proposal
from convention.settings import Settings
from convention.settings import resource as of_the_program

SIZES = (1_000, 50_000, 250_000)
WORDS = "Chez nous, le bus passe deux fois par heure, et personne ne sait quand : dites-le aux arrêts. " * 3
FACTS = json.dumps({"convention_id": "0" * 36, "proposal_id": "0" * 36, "by": "0" * 36, "sha256": "0" * 64})


def fill(folder: Path, lines: int) -> None:
    database = opened(folder)
    migrations.upgrade(database, of_the_program("migrations"))
    demo.load(database, "s" * 32, "http://localhost")
    with database.writing() as db:
        (convention,) = conventions.everywhere(db)
        head = journal.locked_head(db, convention.id)
        assert head is not None, "the demo has a journal"
        at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        number, previous, written = head.number, head.fingerprint, []
        while number < lines:
            number += 1
            mark = chain.fingerprint(previous, number, at, "proposals.ProposalSubmitted", FACTS)
            written.append({
                "convention_id": convention.id, "number": number, "at": at, "kind": "proposals.ProposalSubmitted",
                "facts": FACTS, "previous": previous, "fingerprint": mark,
            })  # fmt: skip
            previous = mark
            if len(written) == 5_000:
                db.execute(sa.insert(JournalLine), written)
                written = []
        if written:
            db.execute(sa.insert(JournalLine), written)
        db.execute(sa.update(JournalHead).values(number=number, fingerprint=previous))
        say(db, convention, lines, at)


def say(db: Session, convention: Convention, lines: int, at: dt.datetime) -> None:
    """So many things said elsewhere of one proposal."""
    (about, *_others) = db.exec(select(Proposal.id).where(Proposal.convention_id == convention.id)).all()
    (by, *_others) = db.exec(select(Person.id)).all()
    for first in range(1, lines + 1, 5_000):
        db.execute(
            sa.insert(Saying),
            [
                {
                    "convention_id": convention.id, "number": 1_000_000 + n, "proposal_id": about, "there": str(n),
                    "text": f"Parole {n}. {WORDS}", "imported_by": by, "imported_at": at,
                }
                for n in range(first, min(first + 5_000, lines + 1))
            ],
        )  # fmt: skip


def opened(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'convention.sqlite3'}", app.REACTIONS)


def save(folder: Path) -> None:
    to = folder / "sauvegarde.zip"
    to.unlink(missing_ok=True)
    backup.save(opened(folder), Settings(folder=folder, secret="s" * 32), to, during_a_vote=True)


def verify(folder: Path) -> None:
    with opened(folder).reading() as db:
        (convention,) = conventions.everywhere(db)
        head = journal.head(db, convention.id)
        assert head is not None, "it was filled"
        assert chain.verify(journal.lines(db, convention.id), (head.number, head.fingerprint)) is None


def keep(folder: Path) -> None:
    to = folder / "archive.zip"
    to.unlink(missing_ok=True)
    database, settings = opened(folder), Settings(folder=folder, secret="s" * 32)
    with database.reading() as db:
        (convention,) = conventions.everywhere(db)
        archive.write(app.create_app(settings, database), db, convention, to)


WORKS: Mapping[str, Callable[[Path], None]] = {"backup": save, "journal": verify, "archive": keep}


def one(work: str, folder: Path, lines: int) -> None:
    before, start = peak(), time.perf_counter()
    WORKS[work](folder)
    took, after = time.perf_counter() - start, peak()
    print(f"{work:<10}{lines:>9}{took:>9.2f} s{after:>8} MB{after - before:>8} MB", flush=True)


def peak() -> int:
    # Not `ru_maxrss`: a process inherits that of the one that started it.
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def main() -> None:
    print(f"{'export':<10}{'lines':>9}{'time':>11}{'peak':>11}{'more':>11}")
    for lines in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), lines)
            for work in WORKS:
                subprocess.run([sys.executable, "-m", "bench.exports", work, folder, str(lines)], check=True)


if __name__ == "__main__":
    one(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 1 else main()
