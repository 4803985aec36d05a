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
    convention_id: UUID
    person_id: UUID
    role: str
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class RoleEnded:
    convention_id: UUID
    person_id: UUID
    role: str
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class CodeMade:
    convention_id: UUID
    person_id: UUID
    by: UUID | None
