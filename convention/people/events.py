"""What is told of people: identifiers only.

Signing in tells nothing, so that no time of presence can be set beside a vote.
"""

import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class PersonAdded:
    convention_id: UUID
    person_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class RoleGiven:
    """`by` is empty when the operator gave it by the command line. `second` confirmed what `by` asked."""

    convention_id: UUID
    person_id: UUID
    role: str
    by: UUID | None
    second: UUID | None = None
    how: str = "operator"


@dataclasses.dataclass(frozen=True)
class RoleAsked:
    convention_id: UUID
    person_id: UUID
    role: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class RoleRefused:
    convention_id: UUID
    person_id: UUID
    role: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class RoleEnded:
    convention_id: UUID
    person_id: UUID
    role: str
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class CodeMade:
    """`second`: the administrator who confirmed, when the letter opens a door of the team."""

    convention_id: UUID
    person_id: UUID
    by: UUID | None
    second: UUID | None = None


@dataclasses.dataclass(frozen=True)
class DevicesClosed:
    """Somebody else's; closing one's own tells nothing. How many there were is not said."""

    convention_id: UUID
    person_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class SecondFactorReset:
    convention_id: UUID
    person_id: UUID
    by: UUID | None
    second: UUID | None = None


@dataclasses.dataclass(frozen=True)
class OpeningAsked:
    """An administrator asks for a letter to one of the team, or to take her second factor away."""

    convention_id: UUID
    person_id: UUID
    opening: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class OpeningRefused:
    convention_id: UUID
    person_id: UUID
    opening: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class PersonErased:
    """Told once for each convention where she held a role: each slice erases what it kept of her there."""

    convention_id: UUID
    person_id: UUID
    by: UUID | None
