import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.text import alphabetical
from convention.moderation import queries as moderation
from convention.moderation.models import Facts, Mask
from convention.moderation.models import Subject as Published
from convention.people.models import Person
from convention.proposals.models import Paragraph, ParagraphVersion, Proposal
from convention.reservations.models import Kind, Reservation, Review, ReviewKind, Signature

# -- reservations ----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Voice:
    """A reservation with what may be said of its signatories: how many, and the names of those who wish it."""

    reservation: Reservation
    paragraph: int | None
    version: int | None
    signatories: int
    named: tuple[str, ...]
    mask: Mask | None = None

    @property
    def text(self) -> str:
        """Its words, but those that moderation hides."""
        return self.mask.cover(self.reservation.text) if self.mask else self.reservation.text

    @property
    def kind(self) -> Kind:
        return self.reservation.kind

    @property
    def unnamed(self) -> int:
        return self.signatories - len(self.named)


def of_number(db: Session, convention: Convention, number: int) -> Reservation | None:
    return db.exec(
        select(Reservation).where(Reservation.convention_id == convention.id, Reservation.number == number)
    ).first()


def locked(db: Session, reservation_id: UUID) -> Reservation:
    """The reservation as it is now, held until the transaction ends: those who sign queue here."""
    return db.exec(
        select(Reservation)
        .where(Reservation.id == reservation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def next_number(db: Session, convention: Convention) -> int:
    """The number of the next reservation; those who write wait for each other, so that none is missing."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()
    last = db.exec(select(sa.func.max(Reservation.number)).where(Reservation.convention_id == convention.id)).one()
    return (last or 0) + 1


def of_proposals(db: Session, proposals: Iterable[Proposal]) -> Mapping[UUID, list[Voice]]:
    """{proposal's id: its reservations, by number}, those left by all their signatories apart. Four queries."""
    found: dict[UUID, list[Voice]] = {proposal.id: [] for proposal in proposals}
    mine = (col(Reservation.proposal_id).in_(list(found)), col(Reservation.withdrawn_at).is_(None))
    if not found:
        return found
    rows = db.exec(
        select(Reservation, col(Paragraph.number), col(ParagraphVersion.number))
        .outerjoin(ParagraphVersion, col(ParagraphVersion.id) == col(Reservation.version_id))
        .outerjoin(Paragraph, col(Paragraph.id) == col(ParagraphVersion.paragraph_id))
        .where(*mine)
        .order_by(col(Reservation.number))
    ).all()
    if not rows:
        return found
    counts = dict(db.exec(_signed(sa.func.count()).where(*mine).group_by(col(Reservation.id))).all())
    names: dict[UUID, list[str]] = defaultdict(list)
    for id, name in db.exec(
        _signed(col(Person.name))
        .join(Person, col(Person.id) == col(Signature.person_id))
        .where(*mine, col(Signature.named).is_(True))
    ):
        names[id].append(name)
    masks = _masks(db, [one for one, _paragraph, _version in rows])
    for one, paragraph, version in rows:
        named = tuple(sorted(names[one.id], key=alphabetical))
        voice = Voice(one, paragraph, version, counts.get(one.id, 0), named, masks.get(one.subject))
        found[one.proposal_id].append(voice)
    return found


def _masks(db: Session, published: Sequence[Reservation | Review]) -> Mapping[tuple[str, UUID], Mask]:
    convention_id = published[0].convention_id if published else UUID(int=0)
    return moderation.masks(db, convention_id, [one.subject for one in published])


def of_proposal(db: Session, proposal: Proposal) -> Sequence[Voice]:
    return of_proposals(db, [proposal])[proposal.id]


def _signed(what: Any) -> Any:
    return select(col(Reservation.id), what).join(Signature, col(Signature.reservation_id) == col(Reservation.id))


def signature(db: Session, reservation: Reservation, person: Person) -> Signature | None:
    return db.get(Signature, (reservation.id, person.id))


def carried(db: Session, proposal: Proposal, former: Reservation) -> Reservation | None:
    """The same words, on a proposal made of the one they were written on."""
    return db.exec(
        select(Reservation).where(
            Reservation.proposal_id == proposal.id, Reservation.carried_from_id == former.id
        )
    ).first()  # fmt: skip


def signatories(db: Session, reservation: Reservation) -> int:
    return db.exec(
        select(sa.func.count()).select_from(Signature).where(Signature.reservation_id == reservation.id)
    ).one()


def signed_by(db: Session, proposal: Proposal, person: Person | None) -> Mapping[UUID, bool]:
    """{reservation's id: whether her name is shown}, for those of this proposal that this person signs."""
    if person is None:
        return {}
    rows = db.exec(
        select(col(Signature.reservation_id), col(Signature.named))
        .join(Reservation, col(Reservation.id) == col(Signature.reservation_id))
        .where(Reservation.proposal_id == proposal.id, Signature.person_id == person.id)
    )
    return dict(rows.all())


# -- cross-review ----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Remark:
    """A question, a suggestion or a note with who wrote it and what it is about."""

    review: Review
    author: str
    paragraph: int | None
    version: int | None
    mask: Mask | None = None

    @property
    def text(self) -> str:
        """Its words, but those that moderation hides."""
        return self.mask.cover(self.review.text) if self.mask else self.review.text

    @property
    def answer(self) -> str:
        """What the authors answered, but what moderation hides."""
        return self.mask.cover(self.review.answer) if self.mask else self.review.answer


def reviews(db: Session, proposal: Proposal) -> Sequence[Remark]:
    """All that readers left on this text, in the order they came."""
    return reviews_of(db, [proposal])[proposal.id]


def reviews_of(
    db: Session, proposals: Iterable[Proposal], kind: ReviewKind | None = None
) -> Mapping[UUID, list[Remark]]:
    """{proposal's id: what readers left}, for all of them at once; of one kind if it is said."""
    found: dict[UUID, list[Remark]] = {proposal.id: [] for proposal in proposals}
    if not found:
        return found
    query = (
        select(Review, col(Person.name), col(Paragraph.number), col(ParagraphVersion.number))
        .join(Person, col(Person.id) == col(Review.author_id))
        .outerjoin(Paragraph, col(Paragraph.id) == col(Review.paragraph_id))
        .outerjoin(ParagraphVersion, col(ParagraphVersion.id) == col(Review.version_id))
        .where(col(Review.proposal_id).in_(list(found)))
    )
    if kind is not None:
        query = query.where(Review.kind == kind)
    rows = db.exec(query.order_by(col(Review.written_at), col(Review.id))).all()
    masks = _masks(db, [review for review, *_rest in rows])
    for review, author, paragraph, version in rows:
        found[review.proposal_id].append(Remark(review, author, paragraph, version, masks.get(review.subject)))
    return found


def expert_notes_of(db: Session, proposals: Iterable[Proposal]) -> Mapping[UUID, list[Remark]]:
    """{proposal's id: the experts' notes}, for the report."""
    return reviews_of(db, proposals, ReviewKind.EXPERT_NOTE)


def review_of_id(db: Session, convention: Convention, id: UUID) -> Review | None:
    return db.exec(select(Review).where(Review.convention_id == convention.id, Review.id == id)).first()


def locked_review(db: Session, review_id: UUID) -> Review:
    """The review as it is now, held until the transaction ends: it is answered once."""
    return db.exec(
        select(Review).where(Review.id == review_id).with_for_update().execution_options(populate_existing=True)
    ).one()


# -- what moderation may know ----------------------------------------------------------------------------------------


def reservation_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    found = db.exec(select(Reservation).where(Reservation.convention_id == convention.id, Reservation.id == id)).first()
    if found is None:
        return None
    title, address = _("Réserve n° {n}").format(n=found.number), f"{_proposal(db, found).address}/reserves"
    return _facts(found, title, (found.text,), address)


def review_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    found = review_of_id(db, convention, id)
    if found is None:
        return None
    proposal = _proposal(db, found)
    title = _("{kind}, proposition n° {n}").format(kind=found.kind.label, n=proposal.number)
    return _facts(found, title, (found.text, found.answer), f"{proposal.address}/relecture")


def _facts(one: Reservation | Review, title: str, texts: Sequence[str], address: str) -> Facts:
    said = tuple((label, words) for label, words in zip((_("Texte"), _("Réponse")), texts, strict=False) if words)
    return Facts(
        subject=Published(*one.subject),
        title=title,
        texts=said,
        address=address,
        author_ids=(one.author_id,),
        current=(Published(*one.subject),),
    )


def _proposal(db: Session, one: Reservation | Review) -> Proposal:
    return db.exec(select(Proposal).where(Proposal.id == one.proposal_id)).one()


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person has written or signed, for herself."""
    signed = {
        signature.reservation_id: signature.named
        for signature in db.exec(select(Signature).where(Signature.person_id == person.id))
    }
    found = db.exec(
        select(Reservation)
        .where(
            Reservation.convention_id == convention.id,
            sa.or_(col(Reservation.author_id) == person.id, col(Reservation.id).in_(signed)),
        )
        .order_by(col(Reservation.number))
    )
    rows = [
        {
            _("Réserve"): one.number,
            _("Texte"): one.text if one.author_id == person.id else "",
            _("Écrite"): one.written_at if one.author_id == person.id else "",
            _("Signature"): (_("avec votre nom") if signed[one.id] else _("comptée, sans votre nom"))
            if one.id in signed
            else _("aucune"),
        }
        for one in found
    ]
    reviews = db.exec(
        select(Review)
        .where(Review.convention_id == convention.id, Review.author_id == person.id)
        .order_by(col(Review.written_at))
    )
    written = [{_("Relecture du"): one.written_at, _("Texte"): one.text} for one in reviews]
    return [(_("Vos réserves"), rows), (_("Vos relectures"), written)]
