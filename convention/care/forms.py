import datetime as dt

from convention.kit.forms import Form, ask, needed
from convention.people.models import Purpose

NO_PURPOSE = "Dites pourquoi vous ouvrez cette fiche."


class SheetForm(Form):
    """What I need in order to come. Each line may stay empty."""

    access: str = ask(most=1000)
    diet: str = ask(most=1000)
    childcare: str = ask(most=1000)
    transport: str = ask(most=1000)
    contact: str = ask(most=1000)


class PurposeForm(Form):
    """Why this is read."""

    purpose: Purpose = ask(NO_PURPOSE)


class DateForm(Form):
    """When the sheets are erased."""

    erase_on: dt.date = needed("Écrivez le jour où les fiches seront effacées.")
