import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _

TITLE_LENGTH = 160
TEXT_LENGTH = 6_000
ANSWER_LENGTH = 4_000


class Kind(enum.StrEnum):
    """What a guarantor says: she saw something, or something has to change."""

    OBSERVATION = "observation"
    ALERT = "alert"

    @property
    def label(self) -> str:
        return str(_KINDS[self][0])

    @property
    def hint(self) -> str:
        return str(_KINDS[self][1])

    @property
    def tone(self) -> str:
        return "warn" if self == Kind.ALERT else "dash"

    @property
    def icon(self) -> str:
        return "triangle-alert" if self == Kind.ALERT else "eye"


_KINDS = {
    Kind.OBSERVATION: (_("Observation"), _("Ce que vous avez vu. Une réponse est possible, pas attendue.")),
    Kind.ALERT: (_("Alerte"), _("Quelque chose doit changer : une réponse est attendue, et le délai s’affiche.")),
}


class Remark(SQLModel, table=True):
    """An entry of the journal. It has a number once published, and does not change any more."""

    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int | None = None
    kind: Kind = db.choice(Kind)
    title: str = Field(max_length=TITLE_LENGTH)
    text: str = db.text()
    author_id: UUID = Field(foreign_key="person.id", index=True)
    # The published entry that this one puts right.
    corrects_id: UUID | None = Field(default=None, foreign_key="remark.id", unique=True)
    written_at: dt.datetime = db.moment()
    published_at: dt.datetime | None = db.moment(nullable=True)


class RemarkAnswer(SQLModel, table=True):
    """What the organisers answer. Never edited either: they complete it with another."""

    __tablename__ = "remark_answer"

    id: UUID = db.key()
    remark_id: UUID = Field(foreign_key="remark.id", index=True)
    text: str = db.text()
    by_id: UUID = Field(foreign_key="person.id", index=True)
    answered_at: dt.datetime = db.moment()
