import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class ContentFlagged:
    """Somebody says that a text breaks a rule. Who stays between her and those who decide."""

    convention_id: UUID
    case_id: UUID
    flag_id: UUID
    reason: str


@dataclasses.dataclass(frozen=True)
class ModerationDecided:
    """A person decided; what is hidden may have changed. `rule` is "" when none is broken."""

    convention_id: UUID
    decision_id: UUID
    subject_kind: str
    subject_id: UUID
    kind: str
    rule: str
    by: UUID


@dataclasses.dataclass(frozen=True)
class DecisionAppealed:
    convention_id: UUID
    decision_id: UUID


@dataclasses.dataclass(frozen=True)
class AppealAnswered:
    """Somebody else confirmed or reversed it; what is hidden may have changed."""

    convention_id: UUID
    decision_id: UUID
    subject_kind: str
    subject_id: UUID
    reversed: bool
    by: UUID
