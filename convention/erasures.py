"""Who has been erased, kept beside the database: a backup older than an erasure must not bring the person back.

`effacements.jsonl`: on each line an identifier, which leads to nobody once the erasure is done, and its date. The
worker writes it in the folder of the site; `convention backup` adds it beside the backup; `convention restore` reads
both, and erases again those whom the backup still knows.
"""

import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from convention.kit import clock
from convention.kit.db import Database
from convention.kit.errors import Refused
from convention.kit.i18n import gettext as _
from convention.people import actions as people
from convention.people import queries
from convention.people.models import Person

NAME = "effacements.jsonl"

Erased = Mapping[UUID, dt.date]


def read(place: Path) -> Erased:
    """Those whom this file names; nobody when there is no file."""
    try:
        lines = place.read_text().splitlines()
        return {UUID(one["person"]): dt.date.fromisoformat(one["on"]) for one in map(json.loads, lines)}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        reason = _("{where} n’est pas une liste d’effacements : rien n’a été fait.")
        raise Refused(reason.format(where=place)) from error


def write(database: Database, folder: Path) -> int:
    """Add those erased since to the list kept there. Whoever is on it stays: the database may be younger than it."""
    with database.reading() as db:
        known = {person.id: clock.local(at).date() for person, at in queries.erased(db)}
    kept = read(folder / NAME)
    everyone = {**known, **kept}
    if everyone == kept:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{NAME}.part"
    # With an old copy of the tables it says who has left: for its owner only, as backups are.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        # By identifier: the order says nothing more.
        for id, on in sorted(everyone.items()):
            file.write(json.dumps({"person": str(id), "on": on.isoformat()}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / NAME)
    return len(everyone) - len(kept)


def gather(places: Sequence[Path]) -> Erased:
    """All that these lists name."""
    return {id: on for place in places for id, on in read(place).items()}


def replay(database: Database, erased: Erased) -> int:
    """Erase again those who had been, and whom a backup has brought back: how many, never who."""
    with database.writing() as db:
        back = [person for id in sorted(erased) if (person := db.get(Person, id)) and person.erased_at is None]
        for person in back:
            people.erase(db, person, by=None)
        return len(back)
