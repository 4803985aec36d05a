"""What is told of the report. Fingerprints and numbers; never its words."""

import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ReportTextWritten:
    convention_id: UUID
    piece: str
    version: int
    sha256: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class EditionFrozen:
    convention_id: UUID
    edition_id: UUID
    number: int
    sha256: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class EditionPublished:
    convention_id: UUID
    edition_id: UUID
    number: int
    sha256: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class EditionWithdrawn:
    """Its page stays, with the reason. The reason is in the edition, not here."""

    convention_id: UUID
    edition_id: UUID
    number: int
    by: UUID
