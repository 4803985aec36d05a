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
    CARE = "care"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return str(_ROLES[self])

    @property
    def whose(self) -> str:
        """« aux membres »: to whom a page is kept."""
        return str(_WHOSE[self])


_ROLES = {
    RoleKind.MEMBER: _("membre"),
    RoleKind.FACILITATOR: _("animation"),
    RoleKind.GUARANTOR: _("garant·e"),
    RoleKind.OFFICIAL: _("collectivité"),
    RoleKind.EXPERT: _("expert·e"),
    RoleKind.CARE: _("accueil"),
    RoleKind.ADMINISTRATOR: _("administration"),
}

_WHOSE = {
    RoleKind.MEMBER: _("aux membres"),
    RoleKind.FACILITATOR: _("à l’animation"),
    RoleKind.GUARANTOR: _("aux garant·es"),
    RoleKind.OFFICIAL: _("à la collectivité"),
    RoleKind.EXPERT: _("aux expert·es"),
    RoleKind.CARE: _("à l’accueil"),
    RoleKind.ADMINISTRATOR: _("à l’administration"),
}

# Those who open votes, read the journal or read what members confided: they enter with a second factor, and one
# administrator alone does not give these roles (A6).
GUARDED = frozenset({RoleKind.ADMINISTRATOR, RoleKind.FACILITATOR, RoleKind.GUARANTOR, RoleKind.CARE})


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
    # All that was personal is gone: what she wrote stays, under the name of « membre ».
    erased_at: dt.datetime | None = db.moment(nullable=True)


class Role(SQLModel, table=True):
    """A person holds this role in this convention, since then, until an administrator ends it."""

    __table_args__ = (sa.UniqueConstraint("person_id", "convention_id", "kind"),)

    id: UUID = db.key()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    kind: RoleKind = db.choice(RoleKind)
    given_at: dt.datetime = db.moment()
    ended_at: dt.datetime | None = db.moment(nullable=True)


class RoleRequest(SQLModel, table=True):
    """A role that an administrator asks for somebody, until another administrator confirms it."""

    __tablename__ = "role_request"

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: RoleKind = db.choice(RoleKind)
    asked_by: UUID = Field(foreign_key="person.id")
    asked_at: dt.datetime = db.moment()
    expires_at: dt.datetime = db.moment()


class Opening(enum.StrEnum):
    """What would let somebody enter under the name of one of the team."""

    LETTER = "letter"
    RESET = "reset"

    @property
    def label(self) -> str:
        return str(_OPENINGS[self])


_OPENINGS = {Opening.LETTER: _("une nouvelle lettre"), Opening.RESET: _("le retrait du second facteur")}


class OpeningRequest(SQLModel, table=True):
    """What an administrator asks to open of a door of the team, until another administrator confirms it."""

    __tablename__ = "opening_request"

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    opening: Opening = db.choice(Opening)
    asked_by: UUID = Field(foreign_key="person.id")
    asked_at: dt.datetime = db.moment()
    expires_at: dt.datetime = db.moment()


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
    # The device is not hers: it forgets her when the browser closes.
    shared: bool = False
    # When the second factor was given here. Without it, whoever needs one is nobody yet.
    second_factor_at: dt.datetime | None = db.moment(nullable=True)


class SecondFactor(SQLModel, table=True):
    """What the application on a person's phone shares with the server, for one convention.

    `secret` is encrypted under the server's key. `last_counter` is the last code used: it opens once.
    """

    __tablename__ = "second_factor"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    secret: str = Field(sa_type=sa.Text, repr=False)
    last_counter: int | None = None
    # The device on which it was begun: until it is confirmed, no other is shown the drawing.
    device_id: UUID
    made_at: dt.datetime = db.moment()
    confirmed_at: dt.datetime | None = db.moment(nullable=True)


class RecoveryCode(SQLModel, table=True):
    """A code kept on paper for the day the phone is lost: it opens once. Kept under the server's key."""

    __tablename__ = "recovery_code"

    id: UUID = db.key()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    convention_id: UUID = Field(foreign_key="convention.id")
    code_hash: str = Field(max_length=64, unique=True)
    used_at: dt.datetime | None = db.moment(nullable=True)


class Purpose(enum.StrEnum):
    """Why somebody of the team reads what is personal. A list, not free words: the record itself tells nothing more."""

    ARRIVAL = "arrival"
    MEALS = "meals"
    CHILDCARE = "childcare"
    TRANSPORT = "transport"
    CONTACT = "contact"

    @property
    def label(self) -> str:
        return str(_PURPOSES[self])


_PURPOSES = {
    Purpose.ARRIVAL: _("Préparer la venue de la personne"),
    Purpose.MEALS: _("Commander les repas"),
    Purpose.CHILDCARE: _("Organiser la garde des enfants"),
    Purpose.TRANSPORT: _("Organiser les déplacements"),
    Purpose.CONTACT: _("Joindre la personne"),
}


class Matter(enum.StrEnum):
    """What was read of a person."""

    CARE = "care"
    ADDRESS = "address"

    @property
    def label(self) -> str:
        return str(_MATTERS[self])


_MATTERS = {Matter.CARE: _("fiche d’accueil"), Matter.ADDRESS: _("coordonnées")}


class DataAccess(SQLModel, table=True):
    """Somebody of the team read something personal: who, whose, when, why, and never what it said."""

    __tablename__ = "data_access"

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    by_id: UUID = Field(foreign_key="person.id")
    matter: Matter = db.choice(Matter)
    purpose: Purpose = db.choice(Purpose)
    at: dt.datetime = db.moment(index=True)


class RetentionRun(SQLModel, table=True):
    """A job erased what was due: how many, never whose. Without a convention, it worked for the whole instance."""

    __tablename__ = "retention_run"

    id: UUID = db.key()
    convention_id: UUID | None = Field(default=None, foreign_key="convention.id", index=True)
    job: str = Field(max_length=40)
    at: dt.datetime = db.moment(index=True)
    erased: int


class Attempts(SQLModel, table=True):
    """Wrong codes and passwords from one place, or against one account. The key is a keyed hash: no address is kept."""

    key: str = Field(max_length=64, primary_key=True)
    failures: int = 0
    last_at: dt.datetime = db.moment(index=True)
    wait_until: dt.datetime | None = db.moment(nullable=True)
