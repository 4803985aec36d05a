import datetime as dt
import enum
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _

ADDRESS_LENGTH = 300


class What(enum.StrEnum):
    """What a call tells."""

    EDITION_PUBLISHED = "edition.published"
    EDITION_WITHDRAWN = "edition.withdrawn"
    ANSWER_PUBLISHED = "answer.published"
    TEST = "test"

    @property
    def label(self) -> str:
        return str(_WHATS[self])


_WHATS = {
    What.EDITION_PUBLISHED: _("Édition publiée"),
    What.EDITION_WITHDRAWN: _("Édition retirée"),
    What.ANSWER_PUBLISHED: _("Réponse publiée"),
    What.TEST: _("Essai"),
}


class Webhook(SQLModel, table=True):
    """An address to call. Its signing key is derived from the server's: none is stored."""

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    address: str = Field(max_length=ADDRESS_LENGTH)
    added_at: dt.datetime = db.moment()
    added_by: UUID = Field(foreign_key="person.id", index=True)
    ended_at: dt.datetime | None = db.moment(nullable=True)


class Delivery(SQLModel, table=True):
    """Something to tell one address, until it says that it heard. `event_id` is the same at every try."""

    __tablename__ = "webhook_delivery"

    id: UUID = db.key()
    webhook_id: UUID = Field(foreign_key="webhook.id", index=True)
    event_id: UUID
    what: What = db.choice(What)
    # Numbers, never words: what is to be read is at the address that the call gives.
    facts: dict[str, Any] = db.tree(dict)
    happened_at: dt.datetime = db.moment()
    attempts: int = 0
    due_at: dt.datetime | None = db.moment(nullable=True, index=True)
    tried_at: dt.datetime | None = db.moment(nullable=True)
    delivered_at: dt.datetime | None = db.moment(nullable=True)
    # The last answer: an HTTP status, or why there was none. Never what the other site wrote.
    status: int | None = None
    trouble: str = Field(default="", max_length=40)
