import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _

# How moderation, and the search, know it.
KIND = "argument"
ADDRESS = "/arguments/{number}"
LENGTH = 600
REPLY_LENGTH = 400
SOURCE_LENGTH = 300


class Side(enum.StrEnum):
    """Which way an argument speaks."""

    FOR = "for"
    AGAINST = "against"

    @property
    def label(self) -> str:
        return str(_SIDES[self])

    @property
    def tone(self) -> str:
        """How `ui.tag` shows it: neither side is a mistake."""
        return {"for": "info", "against": ""}[self]

    @property
    def icon(self) -> str:
        return {"for": "plus", "against": "minus"}[self]


_SIDES = {Side.FOR: _("Pour"), Side.AGAINST: _("Contre")}


class Argument(SQLModel, table=True):
    """A reason for or against a proposal, or a reply to one (`replies_to_id`). Its words are never rewritten."""

    __table_args__ = (
        sa.UniqueConstraint("convention_id", "number"),
        sa.Index("ix_argument_proposal_id_side", "proposal_id", "side"),
    )

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    proposal_id: UUID = Field(foreign_key="proposal.id")
    # A reply has the side of what it answers: it says nothing of its own side.
    side: Side = db.choice(Side)
    replies_to_id: UUID | None = Field(default=None, foreign_key="argument.id", index=True)
    text: str = db.text()
    link: str = Field(default="", max_length=SOURCE_LENGTH)
    author_id: UUID = Field(foreign_key="person.id", index=True)
    written_at: dt.datetime = db.moment()
    # Its author took it back: its words are shown no more, its place and its replies stay.
    withdrawn_at: dt.datetime | None = db.moment(nullable=True)

    @property
    def subject(self) -> tuple[str, UUID]:
        """How moderation knows it."""
        return (KIND, self.id)

    @property
    def address(self) -> str:
        """Where it is read."""
        return ADDRESS.format(number=self.number)


class Endorsement(SQLModel, table=True):
    """A person who finds an argument right: once. No date, no order."""

    __tablename__ = "argument_endorsement"

    argument_id: UUID = Field(foreign_key="argument.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
