from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from convention.kit.db import Session
from convention.search import queries, words
from convention.search.models import Entry, Word

IN_TITLE = 5
IN_BODY = 1
OFTEN = 5  # a word said a hundred times does not make a text better than another


def put(db: Session, convention_id: UUID, kind: str, id: UUID, title: str, body: str, address: str) -> None:
    """Let this text be found from now on, in these words. `kind` and `id` name it; `address` is where it is read."""
    entry = queries.entry(db, convention_id, kind, id)
    if entry is None:
        entry = Entry(convention_id=convention_id, kind=kind, subject_id=id, title="", address="")
    entry.title, entry.body, entry.address = title[:300], body, address
    db.add(entry)
    db.flush()
    _forget(db, entry)
    rows = [
        {"convention_id": convention_id, "word": word, "entry_id": entry.id, "weight": weight}
        for word, weight in weights(title, body).items()
    ]
    if rows:
        db.execute(sa.insert(Word), rows)


def weights(title: str, body: str) -> Mapping[str, int]:
    """{stem: how much it weighs in this text}."""
    found: Counter[str] = Counter()
    for text, weight in ((title, IN_TITLE), (body, IN_BODY)):
        said = Counter(stem for one in words.words(text) for stem in words.kept(one[0]))
        for stem, times in said.items():
            found[stem] += weight * min(times, OFTEN)
    return found


def remove(db: Session, convention_id: UUID, kind: str, id: UUID) -> None:
    """This text is no longer found."""
    entry = queries.entry(db, convention_id, kind, id)
    if entry is not None:
        _forget(db, entry)
        db.delete(entry)
        db.flush()


def _forget(db: Session, entry: Entry) -> None:
    db.execute(sa.delete(Word).where(col(Word.entry_id) == entry.id))
