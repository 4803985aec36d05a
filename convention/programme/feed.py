"""The calendar that people subscribe to (RFC 5545): sittings, phases, and the day the answer is due."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar

from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.i18n import gettext as _
from convention.programme.models import Phase, Sitting, Theme

PARIS = ZoneInfo("Europe/Paris")


def calendar(
    convention: Convention,
    sittings: Sequence[Sitting],
    addresses: Mapping[UUID, str],
    themes: Mapping[UUID, Sequence[Theme]],
    phases: Sequence[Phase] = (),
) -> bytes:
    """A whole calendar. `addresses` and `themes` are those of the sittings, by their ids."""
    feed = icalendar.Calendar()
    feed.add("prodid", "-//Convention//convention//FR")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", convention.title)
    feed.add("refresh-interval", dt.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for sitting in sittings:
        feed.add_component(_sitting(sitting, addresses[sitting.id], themes.get(sitting.id, ())))
    for phase in phases:
        feed.add_component(_phase(phase))
    if phases and convention.answer_due:
        feed.add_component(_answer(convention, convention.answer_due))
    feed.add_missing_timezones()
    return bytes(feed.to_ical())


def _sitting(sitting: Sitting, address: str, themes: Sequence[Theme]) -> icalendar.Event:
    event = _event(sitting.id, sitting.changed_at, sitting.version)
    event.add("summary", sitting.title)
    # Wall clock of the room: the hour stays the same when the clocks change.
    event.add("dtstart", sitting.starts_at.astimezone(PARIS))
    event.add("dtend", sitting.ends_at.astimezone(PARIS))
    if sitting.place:
        event.add("location", sitting.place)
    event.add("description", "\n\n".join(part for part in (sitting.summary, sitting.access, address) if part))
    event.add("url", address)
    if themes:
        event.add("categories", [theme.name for theme in themes])
    return event


def _phase(phase: Phase) -> icalendar.Event:
    first = clock.local(phase.opens_at).date()
    last = clock.local(phase.closes_at - dt.timedelta(seconds=1)).date()
    event = _event(phase.id, phase.changed_at, phase.version)
    event.add("summary", phase.name)
    _whole_days(event, first, last)
    event.add("description", phase.summary)
    return event


def _answer(convention: Convention, due: dt.date) -> icalendar.Event:
    event = _event(convention.id, convention.created_at, 1)
    event.add("summary", _("Date promise pour la réponse"))
    _whole_days(event, due, due)
    event.add("description", convention.commitment)
    return event


def _event(id: UUID, changed_at: dt.datetime, version: int) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", str(id))
    # Without a METHOD, DTSTAMP is the moment of the last revision (RFC 5545, 3.8.7.2).
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", version - 1)
    return event


def _whole_days(event: icalendar.Event, first: dt.date, last: dt.date) -> None:
    event.add("dtstart", first)
    event.add("dtend", last + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
