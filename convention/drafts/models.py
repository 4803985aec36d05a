import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db


class Draft(SQLModel, table=True):
    """A person's text in the making. The last words typed win; what another device had is kept beside it."""

    __table_args__ = (sa.UniqueConstraint("person_id", "convention_id", "subject"),)

    id: UUID = db.key()
    person_id: UUID = Field(foreign_key="person.id")
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    subject: str = Field(max_length=80)
    content: dict[str, Any] = db.tree(dict)
    # Which opened page wrote last, and how many times pages took turns: how a stale device is known.
    sheet: str = Field(default="", max_length=36)
    turn: int = 1
    # What other devices had written: [{"sheet", "content", "changed_at"}], newest last.
    others: list[dict[str, Any]] = db.tree(list)
    # The text was sent: nothing is left here but the trace that this sheet is finished.
    done: bool = False
    changed_at: dt.datetime = db.moment()
