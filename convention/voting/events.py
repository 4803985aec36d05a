"""What is told of polls. Casting a ballot, or changing it, tells nothing: no event, no line, no time."""

import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class PollPrepared:
    convention_id: UUID
    poll_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class PollPlanned:
    convention_id: UUID
    poll_id: UUID
    rule_sha256: str
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class PollOpened:
    convention_id: UUID
    poll_id: UUID
    rule_sha256: str
    entitled: int
    draw_sha256: str = ""  # of the seed of its public draw, where the rule settles ties by one
    by: UUID | None = None  # nobody when it opened at its time


@dataclasses.dataclass(frozen=True)
class ClosingAsked:
    """Somebody closes it by hand."""

    convention_id: UUID
    poll_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class PresentCounted:
    """How many are present has been counted again, while the poll is open (somebody arrived)."""

    convention_id: UUID
    poll_id: UUID
    present: int


@dataclasses.dataclass(frozen=True)
class TotalsEntered:
    """Voices counted in the room: per question, the numbers per answer and how many were present."""

    convention_id: UUID
    poll_id: UUID
    totals: tuple[dict[str, int], ...]
    by: UUID


@dataclasses.dataclass(frozen=True)
class PollClosed:
    """The result is sealed."""

    convention_id: UUID
    poll_id: UUID
    result_sha256: str


@dataclasses.dataclass(frozen=True)
class PollCancelled:
    convention_id: UUID
    poll_id: UUID
    by: UUID | None
