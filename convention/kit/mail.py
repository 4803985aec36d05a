"""Mail: written in the transaction that causes it, sent later (kit/post.py), forgotten once it has left.

A letter is words, not HTML: a title, a few lines, one button.
"""

import datetime as dt
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Field, SQLModel

from convention.kit import clock, db, i18n


class Sender(Protocol):
    """The convention in whose name a mail is written."""

    title: str
    city: str
    help_phone: str
    fictional: bool


class OutgoingMail(SQLModel, table=True):
    """A mail that has not left yet."""

    __tablename__ = "outgoing_mail"

    id: UUID = db.key()
    sender: dict[str, Any] = db.tree(dict)
    to: str = Field(max_length=254)
    language: str = Field(max_length=8)
    title: str = Field(max_length=200)
    lines: list[str] = db.tree(list)
    button: list[str] | None = db.tree(list)
    why: str = db.text()
    written_at: dt.datetime = db.moment()
    due_at: dt.datetime = db.moment(index=True)
    tries: int = 0


def write(
    session: db.Session,
    sender: Sender,
    to: str,
    title: str,
    lines: list[str],
    *,
    button: tuple[str, str] | None = None,
    why: str = "",
) -> None:
    """Write a mail in the language being spoken; it leaves once the transaction is committed."""
    now = clock.now()
    session.add(
        OutgoingMail(
            sender={name: getattr(sender, name) for name in ("title", "city", "help_phone", "fictional")},
            to=to,
            language=i18n.language(),
            title=title,
            lines=lines,
            button=list(button) if button else None,
            why=why,
            written_at=now,
            due_at=now,
        )
    )
