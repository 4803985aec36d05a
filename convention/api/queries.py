from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal, State
from convention.voting.models import Poll


def proposals_after(
    db: Session, convention: Convention, number: int, limit: int, *, theme: Any = None, state: State | None = None
) -> tuple[Sequence[Proposal], int]:
    """The proposals that follow this number, as everyone may read them, and how many there are in all."""
    mine: list[Any] = [Proposal.convention_id == convention.id]
    if theme is not None:
        mine.append(Proposal.theme_id == theme)
    if state is not None:
        mine.append(Proposal.state == state)
    total = db.exec(select(sa.func.count()).select_from(Proposal).where(*mine)).one()
    found = db.exec(
        select(Proposal).where(*mine, col(Proposal.number) > number).order_by(col(Proposal.number)).limit(limit)
    ).all()
    return proposals.covered(db, found), total


def polls_after(db: Session, convention: Convention, number: int, limit: int) -> tuple[Sequence[Poll], int]:
    """The announced polls that follow this number, and how many there are in all."""
    mine = (Poll.convention_id == convention.id, col(Poll.rule) != "")
    total = db.exec(select(sa.func.count()).select_from(Poll).where(*mine)).one()
    found = db.exec(select(Poll).where(*mine, col(Poll.number) > number).order_by(col(Poll.number)).limit(limit))
    return found.all(), total
