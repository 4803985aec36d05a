"""What is told of the answers: identifiers, states and fingerprints. Rating an answer tells nothing."""

import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class AnswersOpened:
    """The recommendations of this edition are waiting for their answers."""

    convention_id: UUID
    edition: int
    answers: int


@dataclasses.dataclass(frozen=True)
class AnswerSplit:
    """A recommendation is answered in this many items."""

    convention_id: UUID
    answer_id: UUID
    items: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class ItemMoved:
    """A sheet went on: `act` is a value of `Act`."""

    convention_id: UUID
    item_id: UUID
    act: str
    version: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class ItemPublished:
    convention_id: UUID
    answer_id: UUID
    item_id: UUID
    number: int
    sha256: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class AnswersImported:
    convention_id: UUID
    items: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class NewsGiven:
    convention_id: UUID
    item_id: UUID
    progress: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class TransmissionNoted:
    convention_id: UUID
    item_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class ReviewHeld:
    convention_id: UUID
    months: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class CommentWritten:
    """A member's words on an answer; the line does not say whose."""

    convention_id: UUID
    answer_id: UUID
    comment_id: UUID


@dataclasses.dataclass(frozen=True)
class ItemContested:
    convention_id: UUID
    item_id: UUID
    contest_id: UUID


@dataclasses.dataclass(frozen=True)
class ContestReplied:
    convention_id: UUID
    item_id: UUID
    contest_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class DepartmentsChanged:
    convention_id: UUID
    by: UUID
