import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _

# How moderation knows them.
RESERVATION = "reservation"
REVIEW = "review"
LENGTH = 1000
REVIEW_LENGTH = 1500


class Kind(enum.StrEnum):
    """How far its signatories stand from the text."""

    RESERVATION = "reservation"
    MINORITY = "minority"

    @property
    def label(self) -> str:
        return str(_KINDS[self])

    @property
    def hint(self) -> str:
        return str(_HINTS[self])


_KINDS = {Kind.RESERVATION: _("Réserve"), Kind.MINORITY: _("Position minoritaire")}
_HINTS = {
    Kind.RESERVATION: _("J’accepte ce texte, sauf sur un point."),
    Kind.MINORITY: _("Je ne suis pas d’accord, et je veux que mon désaccord soit écrit."),
}


class Reservation(SQLModel, table=True):
    """A disagreement, in its author's own words, on a version of a paragraph or on the whole. Never rewritten."""

    __table_args__ = (
        sa.UniqueConstraint("convention_id", "number"),
        sa.Index("ix_reservation_proposal_id", "proposal_id"),
        sa.UniqueConstraint("proposal_id", "carried_from_id"),
    )

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    proposal_id: UUID = Field(foreign_key="proposal.id")
    version_id: UUID | None = Field(default=None, foreign_key="paragraph_version.id")
    kind: Kind = db.choice(Kind)
    text: str = db.text()
    author_id: UUID = Field(foreign_key="person.id", index=True)
    written_at: dt.datetime = db.moment()
    # When the last signatory left it: its words are shown no more.
    withdrawn_at: dt.datetime | None = db.moment(nullable=True)
    # The same words on a proposal that was merged or split: those of its signatories who wished it sign here too.
    carried_from_id: UUID | None = Field(default=None, foreign_key="reservation.id", index=True)

    @property
    def subject(self) -> tuple[str, UUID]:
        """How moderation knows it."""
        return (RESERVATION, self.id)


class Signature(SQLModel, table=True):
    """A person who signs, its author included: once each. `named` or only counted; no date, no order."""

    __tablename__ = "reservation_signature"

    reservation_id: UUID = Field(foreign_key="reservation.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    named: bool = False


class ReviewKind(enum.StrEnum):
    """What a reader from outside the group leaves beside a text."""

    QUESTION = "question"
    SUGGESTION = "suggestion"
    EXPERT_NOTE = "expert_note"

    @property
    def label(self) -> str:
        return str(_REVIEWS[self])

    @property
    def hint(self) -> str:
        return str(_REVIEW_HINTS[self])


_REVIEWS = {
    ReviewKind.QUESTION: _("Question"),
    ReviewKind.SUGGESTION: _("Suggestion"),
    ReviewKind.EXPERT_NOTE: _("Note d’expert·e"),
}
_REVIEW_HINTS = {
    ReviewKind.QUESTION: _("Ce que vous ne comprenez pas, ou ce qui manque pour comprendre."),
    ReviewKind.SUGGESTION: _("Une idée, sans changer le texte. Pour le changer, déposez un amendement."),
    ReviewKind.EXPERT_NOTE: _("Droit, coût, compétence, faits. Signée, datée, dans son propre cadre."),
}


class Review(SQLModel, table=True):
    """A question, a suggestion or an expert's note on a proposal or one of its paragraphs, and its answer."""

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    proposal_id: UUID = Field(foreign_key="proposal.id", index=True)
    paragraph_id: UUID | None = Field(default=None, foreign_key="paragraph.id")
    # The words that were read: an answer may come after they changed.
    version_id: UUID | None = Field(default=None, foreign_key="paragraph_version.id")
    kind: ReviewKind = db.choice(ReviewKind)
    text: str = db.text()
    author_id: UUID = Field(foreign_key="person.id", index=True)
    # « groupe 6 », « table 2 », or what an expert is: « juriste, commande publique ».
    standing: str = Field(default="", max_length=80)
    written_at: dt.datetime = db.moment()
    answer: str = db.text()
    answered_by: UUID | None = Field(default=None, foreign_key="person.id")
    answered_at: dt.datetime | None = db.moment(nullable=True)

    @property
    def subject(self) -> tuple[str, UUID]:
        """How moderation knows it."""
        return (REVIEW, self.id)
