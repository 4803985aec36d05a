"""What the stories of the programme have in common: a theme, a phase, a sitting."""

import datetime as dt

from convention.kit import clock
from convention.programme import actions
from convention.programme.forms import AgendaForm, PhaseForm, SittingForm, ThemeForm
from convention.programme.models import Phase, Sitting, Theme
from tests.world import World


def a_theme(world: World, name: str = "Santé", colour: str = "sante") -> Theme:
    form = ThemeForm.read({"name": name, "colour": colour, "icon": "sprout"})
    assert isinstance(form, ThemeForm)
    with world.writing() as db:
        return actions.add_theme(db, world.convention, form, by=None)


def a_phase(world: World, name: str, opens: str, closes: str, *activities: str) -> Phase:
    """A phase from « 2027-03-12 09:00 » to another moment of Paris."""
    (opens_on, opens_hour), (closes_on, closes_hour) = opens.split(), closes.split()
    form = PhaseForm.read(
        {
            "name": name,
            "opens_on": opens_on,
            "opens": opens_hour,
            "closes_on": closes_on,
            "closes": closes_hour,
            "activities": activities,
        }
    )
    assert isinstance(form, PhaseForm), form.errors
    with world.writing() as db:
        return actions.add_phase(db, world.convention, form, by=None)


def a_sitting(world: World, title: str = "Écrire et voter", on: str = "2027-01-20", *items: tuple[str, int]) -> Sitting:
    form = SittingForm.read(
        {
            "title": title,
            "held_on": on,
            "starts": "09:00",
            "ends": "17:00",
            "place": "Hôtel de Métropole",
            "public": "1",
        }
    )
    assert isinstance(form, SittingForm), form.errors
    with world.writing() as db:
        sitting = actions.add_sitting(db, world.convention, form, by=None)
        for name, minutes in items:
            actions.add_item(db, sitting, AgendaForm(title=name, minutes=minutes), by=None)
        return sitting


def paris(text: str) -> dt.datetime:
    """« 2027-03-12 09:00 », on the clocks of Paris."""
    day, hour = text.split()
    return clock.utc(dt.date.fromisoformat(day), dt.time.fromisoformat(hour))
