import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _

# How moderation, and the search, know them.
KIND = "argument"
SAYING = "saying"
DEBATE = "debate"
ADDRESS = "/arguments/{number}"
SAYING_ADDRESS = "/ailleurs/remarques/{number}"
DEBATE_ADDRESS = "/ailleurs/{number}"
LENGTH = 600
REPLY_LENGTH = 400
SOURCE_LENGTH = 300
ID_LENGTH = 100
NAME_LENGTH = 200
DEBATE_LENGTH = 500


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
# What platforms call what is discussed on them, where it has no title.
_WITHOUT_TITLE = {
    "debate": _("Débat n° {n}"),
    "proposal": _("Proposition n° {n}, qui n’est pas ici"),
    "meeting": _("Rencontre n° {n}"),
    "post": _("Billet n° {n}"),
    "result": _("Résultat n° {n}"),
}
_OTHER = _("{kind} n° {n}")


def untitled(kind: str, there: str) -> str:
    """What something elsewhere is called when all that is known is what it is there, and its number."""
    return str(_WITHOUT_TITLE.get(kind.casefold(), _OTHER)).format(n=there, kind=kind)


class FromElsewhere(SQLModel):
    """Where words that were not written here come from: who signed them there, which day, in answer to whom."""

    there: str = Field(default="", max_length=ID_LENGTH)  # their identifier there: nothing is imported twice
    said_by: str = Field(default="", max_length=NAME_LENGTH)
    said_on: dt.date | None = None
    # Whom it answers, where that is not the author of what it stands under: threads are one level deep here.
    said_to: str = Field(default="", max_length=NAME_LENGTH)

    @property
    def is_from_elsewhere(self) -> bool:
        return bool(self.there)


class Argument(FromElsewhere, table=True):
    """A reason for or against a proposal, or a reply to one (`replies_to_id`). Its words are never rewritten.

    Of one from elsewhere, `author_id` is who imported it, and `written_at` when.
    """

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


class Debate(SQLModel, table=True):
    """What people talked of elsewhere, and that is no proposal here: a debate, or a proposal that was not imported."""

    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    kind: str = Field(max_length=ID_LENGTH)  # what it is there: « Debate », « Proposal », « Meeting »…
    there: str = Field(max_length=ID_LENGTH)
    title: str = Field(default="", max_length=DEBATE_LENGTH)
    theme: str = Field(default="", max_length=NAME_LENGTH)
    imported_at: dt.datetime = db.moment()

    @property
    def name(self) -> str:
        """What it asks; or what it is, and its number there."""
        return self.title or untitled(self.kind, self.there)

    @property
    def address(self) -> str:
        return DEBATE_ADDRESS.format(number=self.number)


class Saying(FromElsewhere, table=True):
    """What somebody wrote elsewhere that is no argument here: on a proposal, neither for nor against; or on a debate.

    It is read, found and flagged as arguments are; nobody endorses it, nor answers somebody who is not here.
    """

    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    proposal_id: UUID | None = Field(default=None, foreign_key="proposal.id", index=True)
    debate_id: UUID | None = Field(default=None, foreign_key="debate.id", index=True)
    # Of what its author was for or against, which no proposal of ours is.
    side: Side | None = Field(default=None, sa_type=db.Choice(Side), nullable=True)
    replies_to_id: UUID | None = Field(default=None, foreign_key="saying.id", index=True)
    text: str = db.text()
    imported_by: UUID = Field(foreign_key="person.id")
    imported_at: dt.datetime = db.moment()

    @property
    def subject(self) -> tuple[str, UUID]:
        """How moderation knows it."""
        return (SAYING, self.id)

    @property
    def address(self) -> str:
        return SAYING_ADDRESS.format(number=self.number)
