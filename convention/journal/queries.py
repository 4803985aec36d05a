from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.journal.models import JournalHead, JournalLine
from convention.kit.db import Session


def head(db: Session, convention_id: UUID) -> JournalHead | None:
    return db.get(JournalHead, convention_id)


def locked_head(db: Session, convention_id: UUID) -> JournalHead | None:
    """The end of the chain, held until the transaction ends: lines are written one after the other."""
    return db.exec(
        select(JournalHead).where(JournalHead.convention_id == convention_id).with_for_update()
    ).first()  # fmt: skip


def lines(db: Session, convention_id: UUID) -> Iterator[JournalLine]:
    """Every line, in order, read little by little."""
    query = (
        select(JournalLine)
        .where(JournalLine.convention_id == convention_id)
        .order_by(col(JournalLine.number))
        .execution_options(yield_per=500)
    )
    with db.exec(query) as rows:
        yield from rows


def latest(db: Session, convention_id: UUID, *, page: int, per_page: int) -> tuple[Sequence[JournalLine], int]:
    """One page of lines, newest first, and how many there are."""
    mine = JournalLine.convention_id == convention_id
    total = db.exec(select(sa.func.count()).select_from(JournalLine).where(mine)).one()
    found = db.exec(
        select(JournalLine)
        .where(mine)
        .order_by(col(JournalLine.number).desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return found.all(), total
