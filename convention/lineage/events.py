import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ProposalsMerged:
    """These proposals were merged into one."""

    convention_id: UUID
    recasting_id: UUID
    number: int
    source_ids: tuple[UUID, ...]
    result_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class ProposalSplit:
    """This proposal was split into several."""

    convention_id: UUID
    recasting_id: UUID
    number: int
    source_id: UUID
    result_ids: tuple[UUID, ...]
    by: UUID


@dataclasses.dataclass(frozen=True)
class RecastingUndone:
    """A merge or a split was undone: the former proposals are as they were."""

    convention_id: UUID
    recasting_id: UUID
    number: int
    by: UUID
