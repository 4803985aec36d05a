import datetime as dt
import enum
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _


class RoleKind(enum.StrEnum):
    """What a person does in a convention. She may hold several, or none."""

    MEMBER = "member"
    FACILITATOR = "facilitator"
    GUARANTOR = "guarantor"
    OFFICIAL = "official"
    EXPERT = "expert"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return str(_ROLES[self])


_ROLES = {
    RoleKind.MEMBER: _("membre"),
    RoleKind.FACILITATOR: _("animation"),
    RoleKind.GUARANTOR: _("garant·e"),
    RoleKind.OFFICIAL: _("collectivité"),
    RoleKind.EXPERT: _("expert·e"),
    RoleKind.ADMINISTRATOR: _("administration"),
}


class Reach(enum.StrEnum):
    """How a person wishes to be reached."""

    EMAIL = "email"
    PHONE = "phone"
    POST = "post"

    @property
    def label(self) -> str:
        return str(_REACHES[self])


_REACHES = {Reach.EMAIL: _("Par courriel"), Reach.PHONE: _("Par téléphone"), Reach.POST: _("Par lettre")}


class Person(SQLModel, table=True):
    """Somebody. The identifier is random: it says nothing of when she came."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(max_length=80)
    email: str | None = Field(default=None, max_length=254, unique=True)
    phone: str = Field(default="", max_length=40)
    reach: Reach | None = Field(default=None, sa_type=db.Choice(Reach), nullable=True)
    password_hash: str = Field(default="", max_length=200, repr=False)
    created_at: dt.datetime = db.moment()


class Role(SQLModel, table=True):
    """A person holds this role in this convention, since then, until an administrator ends it."""

    __table_args__ = (sa.UniqueConstraint("person_id", "convention_id", "kind"),)

    id: UUID = db.key()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    kind: RoleKind = db.choice(RoleKind)
    given_at: dt.datetime = db.moment()
    ended_at: dt.datetime | None = db.moment(nullable=True)


class LetterCode(SQLModel, table=True):
    """The ten characters of a paper letter. Kept under the server's key, so that the table alone opens nothing."""

    __tablename__ = "letter_code"

    id: UUID = db.key()
    code_hash: str = Field(max_length=64, unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    convention_id: UUID = Field(foreign_key="convention.id")
    made_at: dt.datetime = db.moment()
    expires_at: dt.datetime = db.moment()
    revoked_at: dt.datetime | None = db.moment(nullable=True)


class MailLink(SQLModel, table=True):
    """A way in sent by e-mail: once, soon, for this person in this convention."""

    __tablename__ = "mail_link"

    id: UUID = db.key()
    token_hash: str = Field(max_length=64, unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    convention_id: UUID = Field(foreign_key="convention.id")
    expires_at: dt.datetime = db.moment()
    used_at: dt.datetime | None = db.moment(nullable=True)


class SignIn(SQLModel, table=True):
    """A device on which a person is signed in, for one convention: its owner sees it and may end it."""

    __tablename__ = "sign_in"

    id: UUID = db.key()
    token_hash: str = Field(max_length=64, unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    convention_id: UUID = Field(foreign_key="convention.id")
    device: str = Field(default="", max_length=80)
    signed_in_at: dt.datetime = db.moment()
    expires_at: dt.datetime = db.moment()
    ended_at: dt.datetime | None = db.moment(nullable=True)


class Attempts(SQLModel, table=True):
    """Wrong codes and passwords from one place, or against one account. The key is a keyed hash: no address is kept."""

    key: str = Field(max_length=64, primary_key=True)
    failures: int = 0
    last_at: dt.datetime = db.moment(index=True)
    wait_until: dt.datetime | None = db.moment(nullable=True)
