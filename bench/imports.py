"""How long an import holds the embedded database, and how long a member waits to save meanwhile.

    python -m bench.imports DATA

DATA holds `lille-grand-debat` (196 proposals and 737 comments of a real debate, as Decidim exports them). They are
imported in one transaction, as the page does, in a process of its own; members of another process save a draft every
tenth of a second. Exit code 1 if one of them could not. Nothing of the data is kept here.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from convention import app
from convention.conventions import queries as conventions
from convention.demo import load as demo
from convention.discussion import actions as comments
from convention.discussion import imports as comment_imports
from convention.drafts import actions as drafts
from convention.kit import migrations
from convention.kit.db import Database, Session
from convention.people import queries as people
from convention.people.models import Person, RoleKind
from convention.programme import queries as programme
from convention.proposals import actions as proposals
from convention.proposals import imports as proposal_imports
from convention.proposals import queries as proposal_queries
from convention.settings import resource

COMMENTS = ("commentaires_propositions.csv", "commentaires_debats.csv")


def opened(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'convention.sqlite3'}", app.REACTIONS)


def holder(db: Session, convention_id: UUID, kind: RoleKind) -> Person:
    everyone = people.everyone_in(db, convention_id)
    return next(who for who, roles in everyone if any(one.kind == kind for one in roles))


def bring_in(data: Path, folder: Path) -> None:
    database = opened(folder)
    start, cpu = time.perf_counter(), time.process_time()
    with database.writing() as db:
        (here,) = conventions.everywhere(db)
        by = holder(db, here.id, RoleKind.FACILITATOR)
        themes = programme.themes(db, here)
        read = proposal_imports.read((data / "propositions.csv").read_bytes(), themes, themes[0])
        assert not read.wrong, read.wrong
        n = proposals.import_all(db, here, read.lines, by)
        there = proposal_queries.from_elsewhere(db, here)
        files = [comment_imports.read((data / name).read_bytes(), there, k) for k, name in enumerate(COMMENTS)]
        assert not any(one.wrong for one in files), "the files are clean"
        named = comment_imports.read_debates((data / "debats.csv").read_bytes()).lines
        said = comments.import_all(db, here, [line for one in files for line in one.lines], by, named)
    took, worked = time.perf_counter() - start, time.process_time() - cpu
    print(f"{n} proposals and {sum(said.values())} comments: {took:.2f} s, {worked:.2f} s of CPU", flush=True)


def main(data: Path) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = opened(folder)
        migrations.upgrade(database, resource("migrations"))
        demo.load(database, "s" * 32, "http://localhost")
        with database.reading() as db:
            (here,) = conventions.everywhere(db)
            member = holder(db, here.id, RoleKind.MEMBER)
        waits: list[float] = []
        with subprocess.Popen([sys.executable, "-m", "bench.imports", str(data), str(folder)]) as going_on:
            while going_on.poll() is None:
                start = time.perf_counter()
                with database.writing() as db:
                    drafts.save(db, member, here, "argument-proposition-1", {"text": f"Mot {len(waits)}."})
                waits.append(time.perf_counter() - start)
                time.sleep(0.1)
        print(f"{len(waits)} drafts saved meanwhile, the longest wait {max(waits):.2f} s")
        return going_on.returncode


if __name__ == "__main__":
    where = Path(sys.argv[1])
    raise SystemExit(bring_in(where, Path(sys.argv[2])) if len(sys.argv) > 2 else main(where / "lille-grand-debat"))
