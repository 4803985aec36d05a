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
class EditionClosingAsked:
    convention_id: UUID
    edition_id: UUID
    number: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class EditionClosingRefused:
    """Nobody closes it: the second person disagrees, or the first thinks better of it."""

    convention_id: UUID
    edition_id: UUID
    number: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class EditionClosed:
    """Guarantors and administrators alone read it from here on. By nobody: the operator, whose act it is."""

    convention_id: UUID
    edition_id: UUID
    number: int
    asked_by: UUID | None
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class EditionReopened:
    """Everybody reads it again; it stays withdrawn. By nobody: the operator, whose act it is."""

    convention_id: UUID
    edition_id: UUID
    number: int
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class EditionWithdrawn:
    """Its page stays, with the reason. The reason is in the edition, not here."""

    convention_id: UUID
    edition_id: UUID
    number: int
    by: UUID
