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
class AuthorInvited:
    convention_id: UUID
    proposal_id: UUID
    person_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class JoiningAsked:
    """A member asks the authors to write with them."""

    convention_id: UUID
    proposal_id: UUID
    person_id: UUID


@dataclasses.dataclass(frozen=True)
class JoiningDeclined:
    """An invitation, or a request to join, was refused or taken back."""

    convention_id: UUID
    proposal_id: UUID
    person_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class AuthorLeft:
    convention_id: UUID
    proposal_id: UUID
    person_id: UUID


@dataclasses.dataclass(frozen=True)
class ParagraphTaken:
    """A person writes this paragraph now: the others wait."""

    convention_id: UUID
    proposal_id: UUID
    paragraph_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class ParagraphGivenBack:
    convention_id: UUID
    proposal_id: UUID
    paragraph_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class ParagraphMoved:
    """It stands one place higher or lower: its number and its words are the same."""

    convention_id: UUID
    proposal_id: UUID
    paragraph_id: UUID
    step: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class PlainTextWritten:
    convention_id: UUID
    proposal_id: UUID
    revision: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class PlainTextApproved:
    convention_id: UUID
    proposal_id: UUID
    revision: int
    by: UUID


@dataclasses.dataclass(frozen=True)
class ParagraphDecided:
    """A poll kept this version of a paragraph, or sent it back."""

    convention_id: UUID
    proposal_id: UUID
    version_id: UUID
    kept: bool
