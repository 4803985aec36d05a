import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ProposalSubmitted:
    convention_id: UUID
    proposal_id: UUID
    number: int
    author_id: UUID


@dataclasses.dataclass(frozen=True)
class ProposalChanged:
    """Its words changed: the card, or the versions of these paragraphs."""

    convention_id: UUID
    proposal_id: UUID
    revision: int
    version_ids: tuple[UUID, ...]
    by: UUID


@dataclasses.dataclass(frozen=True)
class ProposalWithdrawn:
    convention_id: UUID
    proposal_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class AuthorAdded:
    convention_id: UUID
    proposal_id: UUID
    person_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class ParagraphDecided:
    """A poll kept this version of a paragraph, or sent it back."""

    convention_id: UUID
    proposal_id: UUID
    version_id: UUID
    kept: bool
