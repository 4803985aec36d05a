import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ArgumentWritten:
    convention_id: UUID
    argument_id: UUID
    proposal_id: UUID
    number: int
    side: str
    replies_to_id: UUID | None
    author_id: UUID


@dataclasses.dataclass(frozen=True)
class ArgumentWithdrawn:
    convention_id: UUID
    argument_id: UUID
    proposal_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class ArgumentEndorsed:
    """How many find it right now; never who."""

    convention_id: UUID
    argument_id: UUID
    endorsements: int


@dataclasses.dataclass(frozen=True)
class SayingsImported:
    """What was said on another platform can be read here: how many, on how many new debates."""

    convention_id: UUID
    sayings: int
    debates: int
    by: UUID
