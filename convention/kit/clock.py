"""The only clock. Rules never read it: the moment comes in as `at`."""

import datetime as dt
from zoneinfo import ZoneInfo

_offset = dt.timedelta(0)


def now() -> dt.datetime:
    """The present, aware, in UTC."""
    return dt.datetime.now(dt.UTC) + _offset  # noqa: TID251 - here is the one place


def shift(offset: dt.timedelta) -> None:
    """Move the clock for a test or a rehearsal: « what will this page say next week? »"""
    global _offset
    _offset = offset


def local(moment: dt.datetime, zone: str = "Europe/Paris") -> dt.datetime:
    """The same moment on the wall clock of a place."""
    return moment.astimezone(ZoneInfo(zone))


def utc(day: dt.date, at: dt.time, zone: str = "Europe/Paris") -> dt.datetime:
    """The moment when the wall clock of a place says `day`, `at`."""
    return dt.datetime.combine(day, at, ZoneInfo(zone)).astimezone(dt.UTC)
