import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _
from convention.moderation.models import Subject
from convention.proposals.models import State

SUBJECT = "recasting"
REASON_LENGTH = 300
MOST = 6  # proposals merged at once, or made of one


class Kind(enum.StrEnum):
    """What was done to proposals."""

    MERGE = "merge"
    SPLIT = "split"

    @property
    def label(self) -> str:
        return str(_KINDS[self])


_KINDS = {Kind.MERGE: _("Réunion"), Kind.SPLIT: _("Partage")}


class Recasting(SQLModel, table=True):
    """Proposals merged into one, or one split into several; by whom, why, and whether it was undone."""

    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    kind: Kind = db.choice(Kind)
    reason: str = db.text()
    by_id: UUID = Field(foreign_key="person.id", index=True)
    # Done by the facilitators for those who write: it is said.
    on_behalf: bool = False
    done_at: dt.datetime = db.moment()
    undone_at: dt.datetime | None = db.moment(nullable=True)
    undone_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    undone_reason: str = db.text()

    @property
    def subject(self) -> Subject:
        """Its reasons, as moderation knows them."""
        return Subject(SUBJECT, self.id)

    @property
    def address(self) -> str:
        return f"/reunions/{self.number}"


class Source(SQLModel, table=True):
    """A proposal that was merged or split, and where it was before: undoing gives that back."""

    __tablename__ = "recasting_source"

    recasting_id: UUID = Field(foreign_key="recasting.id", primary_key=True)
    proposal_id: UUID = Field(foreign_key="proposal.id", primary_key=True, index=True)
    state: State = db.choice(State)


class Result(SQLModel, table=True):
    """A proposal that was made of others."""

    __tablename__ = "recasting_result"

    recasting_id: UUID = Field(foreign_key="recasting.id", primary_key=True)
    proposal_id: UUID = Field(foreign_key="proposal.id", primary_key=True, index=True)


class Became(enum.StrEnum):
    """What a paragraph became."""

    KEPT = "kept"
    CHANGED = "changed"
    LEFT_OUT = "left_out"

    @property
    def label(self) -> str:
        return str(_BECAME[self])

    @property
    def tone(self) -> str:
        return {"kept": "ok", "changed": "info"}.get(self, "warn")


_BECAME = {
    Became.KEPT: _("Gardé tel quel"),
    Became.CHANGED: _("Repris et changé"),
    Became.LEFT_OUT: _("Laissé de côté"),
}


class Fate(SQLModel, table=True):
    """Where the words of a paragraph went: `version_id` is what it said then, `into_id` the new paragraph."""

    __table_args__ = (sa.UniqueConstraint("recasting_id", "version_id"),)

    id: UUID = db.key()
    recasting_id: UUID = Field(foreign_key="recasting.id")
    version_id: UUID = Field(foreign_key="paragraph_version.id", index=True)
    into_id: UUID | None = Field(default=None, foreign_key="paragraph_version.id", index=True)
    became: Became = db.choice(Became)
    reason: str = db.text()
