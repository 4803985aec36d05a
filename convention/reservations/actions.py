from collections.abc import Collection

from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.errors import refuse
from convention.moderation import actions as moderation
from convention.moderation import queries as suspensions
from convention.moderation.models import Subject
from convention.people.models import Person, RoleKind
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.proposals.models import ParagraphVersion, Proposal
from convention.proposals.rules import Passage
from convention.reservations import queries, rules
from convention.reservations.events import (
    ReservationSigned,
    ReservationWritten,
    ReviewAnswered,
    ReviewWritten,
    SignatureRemoved,
)
from convention.reservations.forms import AnswerForm, ReservationForm, ReviewForm
from convention.reservations.models import Reservation, Review, Signature


def write(
    db: Session,
    convention: Convention,
    author: Person,
    proposal: Proposal,
    version: ParagraphVersion | None,
    form: ReservationForm,
) -> Reservation:
    """A reservation on these words of a paragraph, or on the whole. Its author is its first signatory."""
    at = clock.now()
    suspension = suspensions.suspension(db, convention, author, at)
    refuse(rules.why_not_speak(proposal, programme.phases(db, convention), at, suspension))
    reservation = Reservation(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        proposal_id=proposal.id,
        version_id=version.id if version else None,
        kind=form.kind,
        text=form.text,
        author_id=author.id,
        written_at=at,
    )
    db.add(reservation)
    db.flush()
    db.add(Signature(reservation_id=reservation.id, person_id=author.id, named=form.named))
    db.emit(ReservationWritten(convention.id, reservation.id, proposal.id, reservation.number, form.kind.value))
    return reservation


def sign(
    db: Session, convention: Convention, proposal: Proposal, reservation: Reservation, person: Person, *, named: bool
) -> None:
    """One more signatory, once. Nobody is told who: only how many they are."""
    reservation = queries.locked(db, reservation.id)
    signed = queries.signature(db, reservation, person) is not None
    at, phases = clock.now(), programme.phases(db, convention)
    suspension = suspensions.suspension(db, convention, person, at)
    refuse(rules.why_not_sign(proposal, reservation, phases, at, suspension, signed=signed))
    db.add(Signature(reservation_id=reservation.id, person_id=person.id, named=named))
    db.flush()
    db.emit(ReservationSigned(convention.id, reservation.id, queries.signatories(db, reservation)))


def carry(
    db: Session, convention: Convention, proposal: Proposal, former: Reservation, person: Person, *, named: bool
) -> Reservation:
    """A signatory of this reservation wishes it to stand on a proposal made of the one it was written on.

    The first one writes the same words there, as their author wrote them; the others sign them.
    """
    queries.next_number(db, convention)  # those who carry the same one wait for each other
    known = queries.carried(db, proposal, former)
    if known is not None:
        sign(db, convention, proposal, known, person, named=named)
        return known
    at = clock.now()
    suspension = suspensions.suspension(db, convention, person, at)
    refuse(rules.why_not_speak(proposal, programme.phases(db, convention), at, suspension))
    one = Reservation(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        proposal_id=proposal.id,
        kind=former.kind,
        text=former.text,
        author_id=former.author_id,
        written_at=at,
        carried_from_id=former.id,
    )
    db.add(one)
    db.flush()
    db.add(Signature(reservation_id=one.id, person_id=person.id, named=named))
    moderation.follow(db, convention.id, Subject(*former.subject), Subject(*one.subject))
    db.emit(ReservationWritten(convention.id, one.id, proposal.id, one.number, one.kind.value))
    return one


def leave(db: Session, convention: Convention, proposal: Proposal, reservation: Reservation, person: Person) -> None:
    """Take one's signature back. When nobody signs any more, the words are shown no more."""
    reservation = queries.locked(db, reservation.id)
    signature = queries.signature(db, reservation, person)
    phases = programme.phases(db, convention)
    refuse(rules.why_not_leave(proposal, reservation, phases, clock.now(), signed=signature is not None))
    db.delete(signature)
    db.flush()
    left = queries.signatories(db, reservation)
    if not left:
        reservation.withdrawn_at = clock.now()
        db.add(reservation)
    db.emit(SignatureRemoved(convention.id, reservation.id, left))


# -- cross-review ----------------------------------------------------------------------------------------------------


def review(
    db: Session,
    convention: Convention,
    author: Person,
    roles: Collection[RoleKind],
    proposal: Proposal,
    passage: Passage | None,
    form: ReviewForm,
) -> Review:
    """A question, a suggestion or an expert's note, beside the text. It changes nothing in it."""
    at = clock.now()
    phases = programme.phases(db, convention)
    writes = proposals.is_author(db, proposal, author)
    suspension = suspensions.suspension(db, convention, author, at)
    refuse(rules.why_not_review(proposal, roles, phases, at, suspension, author=writes))
    refuse(rules.why_not_this_kind(form.kind, roles, form.standing))
    one = Review(
        convention_id=convention.id,
        proposal_id=proposal.id,
        paragraph_id=passage.paragraph.id if passage else None,
        version_id=passage.version.id if passage else None,
        kind=form.kind,
        text=form.text,
        author_id=author.id,
        standing=form.standing,
        written_at=at,
    )
    db.add(one)
    db.emit(ReviewWritten(convention.id, one.id, proposal.id, form.kind.value, author.id))
    return one


def answer(
    db: Session, convention: Convention, proposal: Proposal, review: Review, by: Person, form: AnswerForm
) -> None:  # fmt: skip
    """Those who write the proposal answer, once, in the open."""
    review = queries.locked_review(db, review.id)
    at = clock.now()
    suspension = suspensions.suspension(db, convention, by, at)
    refuse(rules.why_not_answer(review, at, suspension, author=proposals.is_author(db, proposal, by)))
    review.answer, review.answered_by, review.answered_at = form.text, by.id, at
    db.add(review)
    db.emit(ReviewAnswered(review.convention_id, review.id, proposal.id, by.id))
