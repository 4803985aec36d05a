from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from convention.kit.db import Session
from convention.search import queries, words
from convention.search.models import Entry, Word

IN_TITLE = 5
IN_BODY = 1
OFTEN = 5  # a word said a hundred times does not make a text better than another
AT_ONCE = 500  # texts, in one statement


class Text(NamedTuple):
    """What is found by its words: `id` names it among those of its kind; `address` is where it is read."""

    id: UUID
    title: str
    body: str
    address: str


def put(db: Session, convention_id: UUID, kind: str, id: UUID, title: str, body: str, address: str) -> None:
    """Let this text be found from now on, in these words."""
    put_all(db, convention_id, kind, [Text(id, title, body, address)])


def put_all(db: Session, convention_id: UUID, kind: str, texts: Sequence[Text]) -> None:
    """Let these texts be found: a file of a thousand holds the database for as long as a few."""
    for start in range(0, len(texts), AT_ONCE):
        _put(db, convention_id, kind, texts[start : start + AT_ONCE])


def _put(db: Session, convention_id: UUID, kind: str, texts: Sequence[Text]) -> None:
    here = queries.entries(db, convention_id, kind, [one.id for one in texts])
    _forget(db, list(here.values()))
    rows = []
    for text in texts:
        entry = here.get(text.id) or Entry(
            convention_id=convention_id, kind=kind, subject_id=text.id, title="", address=""
        )  # fmt: skip
        entry.title, entry.body, entry.address = text.title[:300], text.body, text.address
        db.add(entry)
        rows += [
            {"convention_id": convention_id, "word": word, "entry_id": entry.id, "weight": weight}
            for word, weight in weights(text.title, text.body).items()
        ]
    db.flush()
    if rows:
        db.execute(sa.insert(Word.__table__), rows)  # type: ignore[attr-defined]  # tables have it, their types do not say so


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
    entry = queries.entries(db, convention_id, kind, [id]).get(id)
    if entry is not None:
        _forget(db, [entry])
        db.delete(entry)
        db.flush()


def _forget(db: Session, entries: Sequence[Entry]) -> None:
    if entries:
        db.execute(sa.delete(Word).where(col(Word.entry_id).in_([one.id for one in entries])))
