"""What is told of the programme: identifiers only."""

import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ThemeAdded:
    convention_id: UUID
    theme_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class ThemeChanged:
    convention_id: UUID
    theme_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class ThemeRemoved:
    convention_id: UUID
    theme_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class PhaseAdded:
    convention_id: UUID
    phase_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class PhaseChanged:
    convention_id: UUID
    phase_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class PhaseRemoved:
    convention_id: UUID
    phase_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class SittingAdded:
    convention_id: UUID
    sitting_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class SittingChanged:
    """Its date, place, themes or agenda."""

    convention_id: UUID
    sitting_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class SittingRemoved:
    convention_id: UUID
    sitting_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class MinutesPublished:
    convention_id: UUID
    sitting_id: UUID
    version: int
    sha256: str
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class DocumentAdded:
    convention_id: UUID
    document_id: UUID
    sitting_id: UUID | None
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class DocumentRemoved:
    convention_id: UUID
    document_id: UUID
    sitting_id: UUID | None
    by: UUID | None
