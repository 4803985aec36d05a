from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db

# Words are compared by their bytes, so that « begins with » is a range of the index on both databases.
_WORD = sa.String(48).with_variant(sa.String(48, collation="C"), "postgresql")


class Entry(SQLModel, table=True):
    """A text that can be found, and where it is."""

    __tablename__ = "search_entry"
    __table_args__ = (
        sa.UniqueConstraint("convention_id", "kind", "subject_id"),
        # From a word to what is found, without reading the text.
        sa.Index("ix_search_entry_id_convention_id_kind_subject_id", "id", "convention_id", "kind", "subject_id"),
    )

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    kind: str = Field(max_length=40)
    subject_id: UUID
    title: str = Field(max_length=300)
    body: str = db.text()
    address: str = Field(max_length=300)


class Word(SQLModel, table=True):
    """A stem in a text, and how much it weighs there (a title's words weigh more)."""

    __tablename__ = "search_word"
    # The table is the index of its key; PostgreSQL's key includes the weight (migration 0011).
    __table_args__ = {"sqlite_with_rowid": False}

    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    word: str = Field(sa_type=_WORD, primary_key=True)
    entry_id: UUID = Field(foreign_key="search_entry.id", primary_key=True, index=True, ondelete="CASCADE")
    weight: int
