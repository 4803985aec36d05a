import datetime as dt
import enum
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _


class Colour(enum.StrEnum):
    """The six colours a theme may have (`th-…` in the style sheet)."""

    SANTE = "sante"
    MOB = "mob"
    ECO = "eco"
    JUST = "just"
    REL = "rel"
    TRANS = "trans"

    @property
    def label(self) -> str:
        return str(_COLOURS[self])


_COLOURS = {
    Colour.SANTE: _("Framboise"),
    Colour.MOB: _("Bleu"),
    Colour.ECO: _("Vert"),
    Colour.JUST: _("Brun"),
    Colour.REL: _("Turquoise"),
    Colour.TRANS: _("Gris"),
}


class Activity(enum.StrEnum):
    """What a phase opens."""

    PROPOSE = "proposer"
    EDIT = "modifier"
    AMEND = "amender"
    DISCUSS = "discuter"
    VOTE = "voter"
    ANSWER = "repondre"

    @property
    def label(self) -> str:
        return str(_ACTIVITIES[self])


_ACTIVITIES = {
    Activity.PROPOSE: _("Déposer des propositions"),
    Activity.EDIT: _("Modifier les propositions"),
    Activity.AMEND: _("Amender les propositions"),
    Activity.DISCUSS: _("Discuter les propositions, arguments pour et contre"),
    Activity.VOTE: _("Voter"),
    Activity.ANSWER: _("Répondre aux recommandations"),
}


class DocumentKind(enum.StrEnum):
    """What a document is for its reader."""

    INFORMATION = "information"
    SLIDES = "presentation"
    REPORT = "rapport"
    RECORDING = "enregistrement"
    OTHER = "autre"

    @property
    def label(self) -> str:
        return str(_KINDS[self])


_KINDS = {
    DocumentKind.INFORMATION: _("Dossier d’information"),
    DocumentKind.SLIDES: _("Présentation"),
    DocumentKind.REPORT: _("Étude ou rapport"),
    DocumentKind.RECORDING: _("Enregistrement"),
    DocumentKind.OTHER: _("Autre document"),
}


class Theme(SQLModel, table=True):
    """A part of the question, drawn in a colour. `version` grows with each change: two editors cannot collide."""

    __table_args__ = (sa.UniqueConstraint("convention_id", "slug"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    slug: str = Field(max_length=60)
    name: str = Field(max_length=80)
    colour: Colour = db.choice(Colour)
    icon: str = Field(max_length=40)
    summary: str = db.text()
    position: int = 0
    version: int = 1


class Phase(SQLModel, table=True):
    """From one moment to another, these activities are open. `activities` holds values of `Activity`."""

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    name: str = Field(max_length=80)
    summary: str = db.text()
    opens_at: dt.datetime = db.moment()
    closes_at: dt.datetime = db.moment()
    activities: list[str] = db.tree(list)
    position: int = 0
    version: int = 1
    changed_at: dt.datetime = db.moment()

    def opens(self, activity: Activity) -> bool:
        return activity.value in self.activities

    def is_open(self, at: dt.datetime) -> bool:
        return self.opens_at <= at < self.closes_at


class Sitting(SQLModel, table=True):
    """A day, or less, when the convention meets. `version` is also the SEQUENCE of the calendar feed."""

    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    title: str = Field(max_length=160)
    held_on: dt.date
    starts_at: dt.datetime = db.moment()
    ends_at: dt.datetime = db.moment()
    place: str = Field(default="", max_length=200)
    access: str = db.text()
    summary: str = db.text()
    public: bool = True
    version: int = 1
    changed_at: dt.datetime = db.moment()

    @property
    def address(self) -> str:
        return f"/seances/{self.number}"


class SittingTheme(SQLModel, table=True):
    """This sitting works on this theme."""

    __tablename__ = "sitting_theme"

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    theme_id: UUID = Field(foreign_key="theme.id", primary_key=True, index=True)


class AgendaItem(SQLModel, table=True):
    """A point of the agenda. Its hour follows from the minutes of those before it."""

    __tablename__ = "agenda_item"

    id: UUID = db.key()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    position: int
    title: str = Field(max_length=160)
    minutes: int
    details: str = db.text()
    closed: bool = False  # to the public: it is announced, and shown in grey
    version: int = 1


class Document(SQLModel, table=True):
    """A document of the library, or of a sitting: a link elsewhere, or a file kept here (`stored` names it)."""

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    sitting_id: UUID | None = Field(default=None, foreign_key="sitting.id", index=True)
    title: str = Field(max_length=200)
    author: str = Field(default="", max_length=300)
    kind: DocumentKind = db.choice(DocumentKind)
    link: str = Field(default="", max_length=1000)
    stored: str = Field(default="", max_length=80)
    octets: int = 0
    added_at: dt.datetime = db.moment()

    @property
    def address(self) -> str:
        """Where it is presented, with its author and the others."""
        return f"/documents#document-{self.id}"

    @property
    def site(self) -> str:
        """Whose site a link leads to."""
        return urlsplit(self.link).hostname or ""


class Minutes(SQLModel, table=True):
    """One version of a sitting's minutes, in Markdown. Never rewritten: the last is shown, the others stay readable."""

    __table_args__ = (sa.UniqueConstraint("sitting_id", "version"),)

    id: UUID = db.key()
    sitting_id: UUID = Field(foreign_key="sitting.id")
    version: int
    body: str = db.text()
    written_at: dt.datetime = db.moment()
