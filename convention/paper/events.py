"""What is told of votes on paper: numbers, never who voted so nor what."""

import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class PaperExpected:
    """The poll has ballots on paper too: its result will wait for them."""

    convention_id: UUID
    poll_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class PaperGivenUp:
    convention_id: UUID
    poll_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class PaperPutIn:
    """The ballots on paper, keyed twice and agreed, are in the box."""

    convention_id: UUID
    poll_id: UUID
    ballots: int
    marked: int
    by: UUID
