import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _
from convention.people.models import Purpose

# What a sheet holds, in the order of the form.
LABELS = {
    "access": _("Accès et handicap"),
    "diet": _("Repas"),
    "childcare": _("Garde d’enfants"),
    "transport": _("Déplacements"),
    "contact": _("Vous joindre par téléphone ou par lettre"),
}

# Each purpose opens what it needs, and nothing else.
OPENED_FOR = {
    Purpose.ARRIVAL: tuple(LABELS),
    Purpose.MEALS: ("diet",),
    Purpose.CHILDCARE: ("childcare",),
    Purpose.TRANSPORT: ("transport",),
    Purpose.CONTACT: ("contact",),
}


class CareSheet(SQLModel, table=True):
    """A person's sheet. `sealed` is encrypted: a stolen database, or a mislaid backup, says nothing of anybody."""

    __tablename__ = "care_sheet"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    sealed: str = Field(sa_type=sa.Text, repr=False)
    kept_until: dt.date = Field(index=True)
    changed_at: dt.datetime = db.moment()


class CareDate(SQLModel, table=True):
    """The day when the sheets of a convention are erased, once it has been chosen."""

    __tablename__ = "care_date"

    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    erase_on: dt.date
