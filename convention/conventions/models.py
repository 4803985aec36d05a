import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _


class TextKind(enum.StrEnum):
    """The texts a convention publishes about itself; the first four are those of the CRPA, article L131-1."""

    MANDATE = "mandat"
    RULES = "regles"
    INFORMATION = "information"
    FOLLOWUP = "suites"
    DRAW = "tirage"
    LEGAL = "mentions-legales"
    PRIVACY = "donnees"
    HELP = "aide"
    ACCESSIBILITY_PLAN = "plan-accessibilite"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    TextKind.MANDATE: _("Le mandat"),
    TextKind.RULES: _("Les règles"),
    TextKind.INFORMATION: _("S’informer"),
    TextKind.FOLLOWUP: _("Les suites données"),
    TextKind.DRAW: _("Le tirage au sort"),
    TextKind.LEGAL: _("Mentions légales"),
    TextKind.PRIVACY: _("Vos données"),
    TextKind.HELP: _("Aide"),
    TextKind.ACCESSIBILITY_PLAN: _("Schéma pluriannuel d’accessibilité"),
}


class Convention(SQLModel, table=True):
    """A citizen convention, and the address that answers for it."""

    id: UUID = db.key()
    host: str | None = Field(default=None, max_length=253, unique=True)
    title: str = Field(max_length=200)
    question: str = db.text()
    city: str = Field(max_length=120)
    commissioner: str = Field(default="", max_length=200)
    commitment: str = db.text()
    answer_due: dt.date | None = None
    seats: int = 0
    summary: str = db.text()
    help_phone: str = Field(default="", max_length=40)
    help_hours: str = Field(default="", max_length=120)
    contact: str = Field(default="", max_length=200)
    accent: str = Field(default="", max_length=7)
    accent_dark: str = Field(default="", max_length=7)
    margin: str = Field(default="", max_length=7)
    fictional: bool = False
    created_at: dt.datetime = db.moment()


class ConventionText(SQLModel, table=True):
    """One version of a text. The last one is shown; the others stay readable."""

    __tablename__ = "convention_text"
    __table_args__ = (sa.UniqueConstraint("convention_id", "kind", "version"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    kind: TextKind = db.choice(TextKind)
    version: int
    body: str = db.text()
    written_at: dt.datetime = db.moment()
