import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ConventionOpened:
    convention_id: UUID


@dataclasses.dataclass(frozen=True)
class ConventionChanged:
    convention_id: UUID
    by: UUID | None


@dataclasses.dataclass(frozen=True)
class TextWritten:
    convention_id: UUID
    text_kind: str
    version: int
    sha256: str
    by: UUID | None
