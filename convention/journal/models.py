import datetime as dt
from uuid import UUID

from sqlmodel import Field, SQLModel

from convention.kit import db


class JournalLine(SQLModel, table=True):
    """One event. `facts` is canonical JSON, kept as text so that its fingerprint can be recomputed anywhere."""

    __tablename__ = "journal_line"

    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    number: int = Field(primary_key=True)
    at: dt.datetime = db.moment(index=True)
    kind: str = Field(max_length=80, index=True)
    facts: str = db.text()
    previous: str = Field(max_length=64)
    fingerprint: str = Field(max_length=64)


class JournalHead(SQLModel, table=True):
    """The end of a convention's chain. Its row is what writers queue on."""

    __tablename__ = "journal_head"

    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    number: int = 0
    fingerprint: str = Field(default="", max_length=64)
