from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.amendments.models import Amendment, State
from convention.amendments.rules import Case
from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.moderation import queries as moderation
from convention.moderation.models import Facts, Mask
from convention.moderation.models import Subject as Published
from convention.people.models import Person
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal
from convention.voting import queries as voting

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
) -> tuple[Sequence[tuple[Amendment, Proposal, Mask | None]], int]:
    """One page of the convention's amendments, newest first, each with its proposal and what hides it; how many."""
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
    several = rows.all()
    shown = {one.id: one for one in proposals.covered(db, [proposal for _amendment, proposal in several])}
    masks = moderation.masks(db, convention.id, [amendment.subject for amendment, _proposal in several])
    return [(one, shown[one.proposal_id], masks.get(one.subject)) for one, _proposal in several], total


def everything(db: Session, convention: Convention) -> Iterator[tuple[Amendment, int, Mask | None]]:
    """All the amendments, by number, with their proposal's number and what hides them, read little by little."""
    query = (
        select(Amendment, col(Proposal.number))
        .join(Proposal, col(Proposal.id) == col(Amendment.proposal_id))
        .where(Amendment.convention_id == convention.id)
        .order_by(col(Amendment.number))
    )
    for (one, number), mask in moderation.each_masked(db, convention.id, query):
        yield one, number, mask


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


def cases(
    db: Session, proposal: Proposal, amendments: Sequence[Amendment], *, original: bool = False
) -> Sequence[Case]:
    """These amendments of one proposal with the text they aim at: as many queries, however many they are.

    What moderation hides is covered, unless `original` is asked for: to write, never to show.
    """
    everything = proposals.passages(db, proposal, removed=True, original=original)
    standing = [passage for passage in everything if passage.paragraph.removed_at is None]
    by_paragraph = {passage.paragraph.id: passage for passage in everything}
    masks = moderation.masks(
        db, proposal.convention_id, [subject for one in amendments for subject in (one.subject, one.answer)]
    )
    found = []
    for amendment in amendments:
        passage = by_paragraph.get(amendment.paragraph_id) if amendment.paragraph_id else None
        base = (
            next(one for one in passage.versions if one.id == amendment.base_version_id)
            if passage and amendment.base_version_id
            else None
        )
        masked = passage is not None and any(one.subject in passage.masks for one in (passage.version, base) if one)
        found.append(
            Case(
                amendment,
                proposal,
                standing,
                passage,
                base,
                masked,
                masks.get(amendment.subject),
                masks.get(amendment.answer),
            )
        )
    return found


def case(db: Session, proposal: Proposal, amendment: Amendment, *, original: bool = False) -> Case:
    return cases(db, proposal, [amendment], original=original)[0]


def proposal_of(db: Session, amendment: Amendment) -> Proposal:
    return db.exec(select(Proposal).where(Proposal.id == amendment.proposal_id)).one()


def author_of(db: Session, amendment: Amendment) -> Person:
    return db.exec(select(Person).where(Person.id == amendment.author_id)).one()


def facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of an amendment."""
    amendment = next(iter(of_ids(db, convention.id, [id])), None)
    if amendment is None:
        return None
    poll = voting.open_on(db, [amendment.subject]).get(amendment.subject)
    texts = (
        (_("Texte demandé"), amendment.text),
        (_("Pourquoi"), amendment.rationale),
        (_("Raison de la décision"), amendment.decision_reason),
    )
    return Facts(
        subject=Published(*amendment.subject),
        title=_("Amendement n° {n}").format(n=amendment.number),
        texts=tuple((label, words) for label, words in texts if words),
        address=amendment.address,
        author_ids=(amendment.author_id,),
        current=(Published(*amendment.subject),),
        poll=poll.number if poll else 0,
    )


def answer_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of what people answered to an amendment."""
    amendment = next(iter(of_ids(db, convention.id, [id])), None)
    if amendment is None or amendment.decided_by is None or not amendment.decision_reason:
        return None
    return Facts(
        subject=Published(*amendment.answer),
        title=_("Réponse à l’amendement n° {n}").format(n=amendment.number),
        texts=((_("Raison de la décision"), amendment.decision_reason),),
        address=amendment.address,
        author_ids=(amendment.decided_by,),
        current=(Published(*amendment.answer),),
    )


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person has asked to change, for herself."""
    mine = db.exec(
        select(Amendment)
        .where(Amendment.convention_id == convention.id, Amendment.author_id == person.id)
        .order_by(col(Amendment.number))
    )
    rows = [
        {
            _("Amendement"): one.number,
            _("Déposé"): one.submitted_at,
            _("État"): one.state.label,
            _("Texte"): one.text,
            _("Exposé des motifs"): one.rationale,
        }
        for one in mine
    ]
    return [(_("Vos amendements"), rows)]
