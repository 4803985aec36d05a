import dataclasses
from uuid import UUID


@dataclasses.dataclass(frozen=True)
class WebhookAdded:
    convention_id: UUID
    webhook_id: UUID
    by: UUID


@dataclasses.dataclass(frozen=True)
class WebhookEnded:
    convention_id: UUID
    webhook_id: UUID
    by: UUID
