from typing import Any
from uuid import UUID

from convention.conventions.models import Convention
from convention.kit import calling, clock, ids
from convention.kit.db import Session
from convention.kit.errors import refuse
from convention.people.models import Person
from convention.webhooks import queries, rules
from convention.webhooks.events import WebhookAdded, WebhookEnded
from convention.webhooks.models import Delivery, Webhook, What


def add(db: Session, convention: Convention, address: str, limits: calling.Limits, *, by: Person) -> Webhook:
    queries.hold(db, convention)
    refuse(rules.why_not_add(address, limits, [one.address for one in queries.active(db, convention.id)]))
    webhook = Webhook(convention_id=convention.id, address=address, added_at=clock.now(), added_by=by.id)
    db.add(webhook)
    db.emit(WebhookAdded(convention.id, webhook.id, by.id))
    return webhook


def end(db: Session, webhook: Webhook, *, by: Person) -> None:
    """Call it no more, not even for what was waiting."""
    if webhook.ended_at is None:
        webhook.ended_at = clock.now()
        db.add(webhook)
        db.emit(WebhookEnded(webhook.convention_id, webhook.id, by.id))


def tell(db: Session, convention_id: UUID, what: What, facts: dict[str, Any]) -> None:
    """Write what every address is to be told, in the transaction of what happened."""
    at, event_id = clock.now(), ids.uuid7()
    for webhook in queries.active(db, convention_id):
        db.add(_delivery(webhook, event_id, what, facts, at))


def try_out(db: Session, webhook: Webhook) -> None:
    db.add(_delivery(webhook, ids.uuid7(), What.TEST, {}, clock.now()))


def _delivery(webhook: Webhook, event_id: UUID, what: What, facts: dict[str, Any], at: Any) -> Delivery:
    return Delivery(webhook_id=webhook.id, event_id=event_id, what=what, facts=facts, happened_at=at, due_at=at)


def again(db: Session, delivery: Delivery) -> None:
    """Send it once more, from the first try: the other site sees the same identifier."""
    delivery.attempts, delivery.due_at, delivery.delivered_at = 0, clock.now(), None
    db.add(delivery)
