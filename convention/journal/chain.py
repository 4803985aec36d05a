"""How lines are chained: what anyone needs to check the journal without this program.

    fingerprint = SHA-256(previous "\\n" number "\\n" at "\\n" kind "\\n" facts), in hexadecimal, UTF-8

`at` is ISO 8601 in UTC, to the second; `facts` is JSON with sorted keys, no space and no escaped letters; the line
before the first has the empty fingerprint.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any, Protocol

from convention.kit import ids


class Line(Protocol):
    number: int
    at: dt.datetime
    kind: str
    facts: str
    previous: str
    fingerprint: str


def facts(event: Any) -> str:
    """An event's facts, in the one way of writing them."""
    return json.dumps(dataclasses.asdict(event), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def kind(event: Any) -> str:
    """« proposals.ProposalSubmitted »."""
    return f"{type(event).__module__.split('.')[1]}.{type(event).__name__}"


def moment(at: dt.datetime) -> str:
    """In UTC, to the second."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fingerprint(previous: str, number: int, at: dt.datetime, kind: str, facts: str) -> str:
    return ids.fingerprint(f"{previous}\n{number}\n{moment(at)}\n{kind}\n{facts}")


@dataclasses.dataclass(frozen=True)
class Break:
    """Where the chain breaks, and how."""

    number: int
    what: str


def verify(lines: Iterable[Line], head: tuple[int, str]) -> Break | None:
    """The first break, or None if the journal is whole. `head` is the (number, fingerprint) that it should end with."""
    previous, expected = "", 1
    for line in lines:
        if line.number != expected:
            return Break(expected, "missing")
        if line.previous != previous:
            return Break(line.number, "previous")
        if line.fingerprint != fingerprint(line.previous, line.number, line.at, line.kind, line.facts):
            return Break(line.number, "changed")
        previous, expected = line.fingerprint, expected + 1
    if (expected - 1, previous) != head:
        return Break(expected - 1, "end")
    return None
