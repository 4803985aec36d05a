"""What is told of reservations names nobody: who only wants to be counted is in no line of the journal."""

import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ReservationWritten:
    convention_id: UUID
    reservation_id: UUID
    proposal_id: UUID
    number: int
    kind: str


@dataclasses.dataclass(frozen=True)
class ReservationSigned:
    convention_id: UUID
    reservation_id: UUID
    signatories: int


@dataclasses.dataclass(frozen=True)
class SignatureRemoved:
    convention_id: UUID
    reservation_id: UUID
    signatories: int


@dataclasses.dataclass(frozen=True)
class ReviewWritten:
    convention_id: UUID
    review_id: UUID
    proposal_id: UUID
    kind: str
    author_id: UUID


@dataclasses.dataclass(frozen=True)
class ReviewAnswered:
    convention_id: UUID
    review_id: UUID
    proposal_id: UUID
    by: UUID
