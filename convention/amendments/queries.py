from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.amendments.models import Amendment, State
from convention.amendments.rules import Case
from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.people.models import Person
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal

PER_PAGE = 20


def of_number(db: Session, convention: Convention, number: int) -> Amendment | None:
    return db.exec(
        select(Amendment).where(Amendment.convention_id == convention.id, Amendment.number == number)
    ).first()


def of_ids(db: Session, convention_id: UUID, ids: Iterable[UUID]) -> Sequence[Amendment]:
    """Those of this convention, by number."""
    return db.exec(
        select(Amendment)
        .where(Amendment.convention_id == convention_id, col(Amendment.id).in_(set(ids)))
        .order_by(col(Amendment.number))
    ).all()


def locked(db: Session, amendment_id: UUID) -> Amendment:
    """The amendment as it is now, held until the transaction ends: two people who decide queue here."""
    return db.exec(
        select(Amendment)
        .where(Amendment.id == amendment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def next_number(db: Session, convention: Convention) -> int:
    """The number of the next amendment; those who submit wait for each other, so that none is missing."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()
    last = db.exec(select(sa.func.max(Amendment.number)).where(Amendment.convention_id == convention.id)).one()
    return (last or 0) + 1


def of_proposal(db: Session, proposal: Proposal) -> Sequence[Amendment]:
    """All that were submitted on it, by number."""
    return db.exec(select(Amendment).where(Amendment.proposal_id == proposal.id).order_by(col(Amendment.number))).all()


def waiting_on(db: Session, proposal_id: UUID, paragraph_id: UUID | None = None) -> Sequence[Amendment]:
    """Those not decided, on this paragraph or on the whole proposal, by number."""
    query = select(Amendment).where(Amendment.proposal_id == proposal_id, Amendment.state == State.SUBMITTED)
    if paragraph_id is not None:
        query = query.where(Amendment.paragraph_id == paragraph_id)
    return db.exec(query.order_by(col(Amendment.number))).all()


def listed(
    db: Session, convention: Convention, state: State | None, page: int = 1
) -> tuple[Sequence[tuple[Amendment, Proposal]], int]:
    """One page of the convention's amendments, newest first, each with its proposal; and how many there are."""
    mine = [Amendment.convention_id == convention.id]
    if state is not None:
        mine.append(Amendment.state == state)
    total = db.exec(select(sa.func.count()).select_from(Amendment).where(*mine)).one()
    rows = db.exec(
        select(Amendment, Proposal)
        .join(Proposal, col(Proposal.id) == col(Amendment.proposal_id))
        .where(*mine)
        .order_by(col(Amendment.number).desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return [(amendment, proposal) for amendment, proposal in rows], total


def counts_by_state(db: Session, convention: Convention) -> Mapping[State, int]:
    """How many are where; no key where there is none."""
    rows = db.exec(
        select(col(Amendment.state), sa.func.count())
        .where(Amendment.convention_id == convention.id)
        .group_by(col(Amendment.state))
    )
    return dict(rows.all())


def follower(db: Session, amendment: Amendment) -> Amendment | None:
    """The amendment that took its place."""
    return db.exec(select(Amendment).where(Amendment.follows_id == amendment.id)).first()


def cases(db: Session, proposal: Proposal, amendments: Sequence[Amendment]) -> Sequence[Case]:
    """These amendments of one proposal with the text they aim at: one query, however many they are."""
    everything = proposals.passages(db, proposal, removed=True)
    standing = [passage for passage in everything if passage.paragraph.removed_at is None]
    by_paragraph = {passage.paragraph.id: passage for passage in everything}
    found = []
    for amendment in amendments:
        passage = by_paragraph.get(amendment.paragraph_id) if amendment.paragraph_id else None
        base = (
            next(one for one in passage.versions if one.id == amendment.base_version_id)
            if passage and amendment.base_version_id
            else None
        )
        found.append(Case(amendment, proposal, standing, passage, base))
    return found


def case(db: Session, proposal: Proposal, amendment: Amendment) -> Case:
    return cases(db, proposal, [amendment])[0]


def proposal_of(db: Session, amendment: Amendment) -> Proposal:
    return db.exec(select(Proposal).where(Proposal.id == amendment.proposal_id)).one()


def author_of(db: Session, amendment: Amendment) -> Person:
    return db.exec(select(Person).where(Person.id == amendment.author_id)).one()
