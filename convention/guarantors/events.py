import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class RemarkPublished:
    """`sha256` is of its title and words: whoever kept them can tell that they are the same."""

    convention_id: UUID
    remark_id: UUID
    number: int
    kind: str
    sha256: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class RemarkAnswered:
    convention_id: UUID
    remark_id: UUID
    answer_id: UUID
    sha256: str
    by: UUID
