import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class AmendmentSubmitted:
    convention_id: UUID
    amendment_id: UUID
    proposal_id: UUID
    number: int
    author_id: UUID
    follows_id: UUID | None


@dataclasses.dataclass(frozen=True)
class AmendmentDecided:
    """Accepted, merged, rejected or without object: by a person, by a poll, or by what became of the text."""

    convention_id: UUID
    amendment_id: UUID
    proposal_id: UUID
    state: str
    by: UUID | None
    poll_number: int | None
    version_id: UUID | None


@dataclasses.dataclass(frozen=True)
class AmendmentAdopted:
    """A poll adopted it, but its words do not fit the text any more: they are to be merged, not refused."""

    convention_id: UUID
    amendment_id: UUID
    proposal_id: UUID
    poll_number: int


@dataclasses.dataclass(frozen=True)
class AmendmentWithdrawn:
    convention_id: UUID
    amendment_id: UUID
    proposal_id: UUID
    by: UUID
