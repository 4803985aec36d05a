import heapq
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Among, Session
from convention.search import words
from convention.search.models import Entry, Word


def entries(db: Session, convention_id: UUID, kind: str, ids: Sequence[UUID]) -> Mapping[UUID, Entry]:
    """{what is found: where it is kept} of those that can be found."""
    rows = db.exec(
        select(Entry).where(Entry.convention_id == convention_id, Entry.kind == kind, col(Entry.subject_id).in_(ids))
    )
    return {one.subject_id: one for one in rows}


# The list of proposals asks it each time: built once.
_ANY = (
    sa.select(col(Entry.id))
    .where(col(Entry.convention_id) == sa.bindparam("convention"), col(Entry.kind) == sa.bindparam("kind"))
    .limit(1)
)


def has(db: Session, convention: Convention, kind: str) -> bool:
    """Whether anything of this kind can be found."""
    return db.execute(_ANY, {"convention": convention.id, "kind": kind}).first() is not None


def matching(convention: Convention, question: str, kind: str) -> Any:
    """The ids of the texts of a kind that have all these words: to be used inside another query."""
    # One list of ids for each word, and no weight: a filter need not know which text is nearest.
    each = [
        sa.select(_saying(convention, one, col(Word.entry_id)).c.entry_id) for one in words.asked(question)
    ]  # fmt: skip
    if not each:
        return select(Entry.subject_id).where(sa.false())
    them: Any = each[0] if len(each) == 1 else sa.intersect(*each)
    return select(Entry.subject_id).where(
        Among(col(Entry.id), them), Entry.convention_id == convention.id, Entry.kind == kind
    )


def found(
    db: Session, convention: Convention, question: str, *, kind: str = "", page: int = 1, per_page: int = 20
) -> tuple[Sequence[Entry], Mapping[str, int]]:
    """One page of the texts that have all these words, the nearest first; and how many of each kind have them."""
    asked = words.asked(question)
    if not asked:
        return [], {}
    hits = _hits(convention, asked)
    mine = [hits.c.kind == kind] if kind else []
    here = (
        sa.select(hits.c.kind, hits.c.id, hits.c.weight)
        .where(*mine)
        .order_by(hits.c.weight.desc(), hits.c.id)
        .offset((page - 1) * per_page)
        .limit(per_page)
        .subquery()
    )
    # Who has them is looked for once: the page asked for, then a row for each kind, which has no id.
    of_kinds = sa.select(hits.c.kind, sa.null(), sa.func.count()).group_by(hits.c.kind)
    rows = db.execute(sa.union_all(sa.select(here), of_kinds)).all()
    weights = {id: weight for _kind, id, weight in rows if id is not None}
    entries = db.exec(select(Entry).where(col(Entry.id).in_(weights))).all()
    counts = {kind: count for kind, id, count in rows if id is None}
    return sorted(entries, key=lambda one: (-weights[one.id], one.id)), dict(sorted(counts.items()))


def vocabulary(db: Session, convention: Convention, beginning: str) -> Sequence[str]:
    """The stems that begin so: what a misspelt word is compared with."""
    return db.exec(
        select(col(Word.word))
        .where(Word.convention_id == convention.id, col(Word.word) >= beginning, col(Word.word) < beginning + "\uffff")
        .distinct()
        .limit(5000)
    ).all()


def _hits(convention: Convention, asked: Sequence[words.Asked]) -> Any:
    """The entries that have every word asked, their kind, and how much they weigh."""
    # Each word gives its entries; those that came up as often as there are words have them all.
    said = [_saying(convention, one, col(Word.entry_id), col(Word.weight)) for one in asked]
    each = [
        sa.select(one.c.entry_id, sa.func.max(one.c.weight).label("weight")).group_by(one.c.entry_id) for one in said
    ]
    together = sa.union_all(*each).subquery()
    having_all = (
        sa.select(together.c.entry_id, sa.func.sum(together.c.weight).label("weight"))
        .group_by(together.c.entry_id)
        .having(sa.func.count() == len(asked))
        .subquery()
    )
    return (
        sa.select(col(Entry.id), col(Entry.kind), having_all.c.weight)
        .join(having_all, having_all.c.entry_id == col(Entry.id))
        .cte()
    )


def _saying(convention: Convention, asked: words.Asked, *columns: Any) -> Any:
    """Where one word is said: as one of its stems, or in what begins as it was typed. Two looks in the index."""
    look, word = sa.select(*columns).where(col(Word.convention_id) == convention.id), col(Word.word)
    same = look.where(word.in_(asked.stems))
    if asked.beginning is None:
        return same.subquery()
    return sa.union(same, look.where(word >= asked.beginning, word < asked.beginning + "\uffff")).subquery()


def mended(db: Session, convention: Convention, question: str) -> Sequence[str]:
    """What may have been meant, in words that are said somewhere, the likeliest first.

    Each unknown word is the nearest that begins like it. Then so is one of the others too, since texts have misspelt
    words as well; then the unknown ones, alone.
    """
    typed = list(dict.fromkeys(found[0] for found in words.words(question) if not words.is_small(found[0])))[:4]
    said, other = [], []
    for word in typed:
        known = vocabulary(db, convention, words.fold(word)[:1])
        (asked,) = words.asked(word)
        others = [stem for stem in known if not asked.has(stem)]
        near = _nearest(db, convention, asked, word, others) or word
        other.append(near)
        said.append(word if len(others) < len(known) else near)
    one_more = [[*said[:n], near, *said[n + 1 :]] for n, near in enumerate(other) if near != said[n]]
    alone = [[near] for near, word in zip(said, typed, strict=True) if near != word]
    return list(dict.fromkeys(" ".join(one) for one in (said, *one_more, *alone)))


_RESEMBLING = 72  # out of 100, from which a word may be another that was misspelt
_TEXTS = 40  # texts that are read for the words they say


def _nearest(db: Session, convention: Convention, asked: words.Asked, word: str, stems: Sequence[str]) -> str | None:
    """The word that resembles this one most, as texts say it, if one resembles it enough."""
    plain, stem = words.fold(word), words.stems(word)[0]

    def likeness(one: str) -> float:
        # A slip in its ending leaves a word whole: « isolaton » begins as « isolation », whose stem is « isol ».
        ending = fuzz.ratio(plain[: len(one)], one) if 2 * len(one) >= len(plain) else 0
        return max(fuzz.ratio(stem, one), ending)

    likely = [one for one in heapq.nlargest(8, stems, key=likeness) if likeness(one) >= _RESEMBLING]
    texts = db.exec(
        select(Entry.title, Entry.body)
        .join(Word, col(Word.entry_id) == col(Entry.id))
        .where(Word.convention_id == convention.id, col(Word.word).in_(likely))
        .order_by(col(Word.weight).desc(), col(Entry.id))
        .limit(_TEXTS)
    )
    spoken = {found[0].lower() for text in texts for found in words.words(" ".join(text))}
    others = [one for one in spoken if not asked.is_said_by(one)]
    others.sort(key=lambda one: (-fuzz.ratio(word, one), one))  # the first of equals stays: with its accents
    close = process.extractOne(plain, others, processor=words.fold, scorer=fuzz.ratio, score_cutoff=_RESEMBLING)
    return close[0] if close else None


# -- texts that are near -------------------------------------------------------------------------------------------

# What two texts share, from 0 to 1, from which they are shown as near: looked at on 196 real proposals.
NEAR = 0.28
_RAREST = 24  # words that are looked up: the rare ones say what a text is about
_PLACES = 5000  # where they are said: those beyond are too common to say it
_LAST = 500  # texts in which words are counted: how common one is does not change with a hundred times more


def near(
    db: Session, convention: Convention, kind: str, title: str, body: str, most: int = 3
) -> Sequence[tuple[Entry, float]]:
    """The texts of this kind that say nearly the same, the nearest first. Eight queries at most, all of it here.

    Two texts are compared by their words, each counting as much as it is rare among them: a third is what they share of
    both (Dice, 1945), a third what they share of the shorter (Szymkiewicz, 1934, and Simpson, 1943: two lines may say
    what a page says), and a third what their titles, which say what they are about, share of both.
    """
    mine = _stems(f"{title} {body}")
    rarity = _Rarity(db, convention, kind)
    rarity.learn(mine)
    said = sorted((times, word) for word, times in rarity.times.items())[:_RAREST]
    upto = itertools.accumulate(times for times, _word in said)
    rarest = [
        word for (_times, word), places in zip(said, upto, strict=True) if places <= _PLACES or word == said[0][1]
    ]
    if not rarest:
        return []
    shared = (
        sa.select(col(Word.entry_id))
        .join(Entry, col(Entry.id) == col(Word.entry_id))
        .where(col(Word.convention_id) == convention.id, col(Word.word).in_(rarest), col(Entry.kind) == kind)
        .group_by(col(Word.entry_id))
        .order_by(sa.func.count().desc(), col(Word.entry_id))
        .limit(12 * most)  # a long text shares many words with any other: those that say little come first too
    )
    candidates = db.exec(select(Entry).where(Among(col(Entry.id), shared)).order_by(col(Entry.id))).all()
    theirs: dict[Any, set[str]] = {entry.id: set() for entry in candidates}
    for id, word in db.exec(select(col(Word.entry_id), col(Word.word)).where(col(Word.entry_id).in_(theirs))):
        theirs[id].add(word)
    rarity.learn(set().union(*theirs.values()))

    def alike(one: set[str], other: set[str]) -> float:
        return 2 * rarity.of(one & other) / (rarity.of(one) + rarity.of(other) or 1.0)

    def within(one: set[str], other: set[str]) -> float:
        return rarity.of(one & other) / (min(rarity.of(one), rarity.of(other)) or 1.0)

    titled = _stems(title)
    scored = [
        (
            entry,
            (alike(mine, theirs[entry.id]) + within(mine, theirs[entry.id]) + alike(titled, _stems(entry.title))) / 3,
        )
        for entry in candidates
    ]
    return sorted((one for one in scored if one[1] >= NEAR), key=lambda one: -one[1])[:most]


class _Rarity:
    """How rare words are in the texts of a kind: what others say makes no word common."""

    def __init__(self, db: Session, convention: Convention, kind: str) -> None:
        here = select(col(Entry.id)).where(Entry.convention_id == convention.id, Entry.kind == kind)
        self.db, self.kind, self.convention = db, kind, convention
        self.everything: int = db.exec(select(sa.func.count()).select_from(here.subquery())).one()
        # Identifiers follow time: the last texts are those from this one on.
        self.first = db.exec(here.order_by(col(Entry.id).desc()).offset(_LAST - 1).limit(1)).first()
        self.times: dict[str, float] = {}

    def learn(self, several: set[str]) -> None:
        """Count the words that are not known yet: in the last texts, and those that none of them says, everywhere."""
        asked = several - self.times.keys()
        counted = self._counted(asked, self.first)
        if self.first is not None:
            scale = self.everything / _LAST
            counted = {word: times * scale for word, times in counted.items()}
            counted |= self._counted(asked - counted.keys(), None)
        self.times |= counted

    def _counted(self, several: set[str], first: UUID | None) -> dict[str, float]:
        if not several:
            return {}
        rows = (
            select(col(Word.word), sa.func.count())
            .join(Entry, col(Entry.id) == col(Word.entry_id))
            .where(
                Word.convention_id == self.convention.id, col(Word.word).in_(sorted(several)), Entry.kind == self.kind
            )
            .group_by(col(Word.word))
        )
        return dict(self.db.exec(rows if first is None else rows.where(col(Word.entry_id) >= first)).all())

    def of(self, several: set[str]) -> float:
        """What these words weigh together."""
        return sum(math.log(1 + (self.everything + 1) / self.times.get(word, 1)) for word in several)


def _stems(text: str) -> set[str]:
    return {stem for found in words.words(text) if not words.is_small(found[0]) for stem in words.stems(found[0])}
