import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.people.models import Person
from convention.responses.models import Answer, Item
from convention.webhooks.models import Delivery, Webhook


def active(db: Session, convention_id: UUID) -> Sequence[Webhook]:
    """Those that are called, the oldest first."""
    return db.exec(
        select(Webhook)
        .where(Webhook.convention_id == convention_id, col(Webhook.ended_at).is_(None))
        .order_by(col(Webhook.id))
    ).all()


def webhook(db: Session, convention: Convention, id: UUID) -> Webhook | None:
    return db.exec(select(Webhook).where(Webhook.convention_id == convention.id, Webhook.id == id)).first()


def hold(db: Session, convention: Convention) -> None:
    """Those who add an address wait for each other."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()


def latest(db: Session, convention: Convention, many: int) -> Sequence[tuple[Delivery, Webhook]]:
    """The last deliveries, newest first."""
    return db.exec(
        select(Delivery, Webhook)
        .join(Webhook, col(Webhook.id) == col(Delivery.webhook_id))
        .where(Webhook.convention_id == convention.id)
        .order_by(col(Delivery.id).desc())
        .limit(many)
    ).all()


def delivery(db: Session, convention: Convention, id: UUID) -> tuple[Delivery, Webhook] | None:
    return db.exec(
        select(Delivery, Webhook)
        .join(Webhook, col(Webhook.id) == col(Delivery.webhook_id))
        .where(Webhook.convention_id == convention.id, Delivery.id == id)
        .with_for_update(of=Delivery)
    ).first()


def is_due(db: Session, at: dt.datetime) -> bool:
    return db.exec(select(Delivery.id).where(col(Delivery.due_at) <= at).limit(1)).first() is not None


def next_due(db: Session, at: dt.datetime) -> Delivery | None:
    """The delivery to try now, held: two workers take two."""
    return db.exec(
        select(Delivery)
        .where(col(Delivery.due_at) <= at)
        .order_by(col(Delivery.due_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def place_of(db: Session, item_id: UUID) -> tuple[int, int]:
    """(number of the recommendation, number of the point)."""
    return db.exec(
        select(Answer.number, Item.number).join(Item, col(Item.answer_id) == col(Answer.id)).where(Item.id == item_id)
    ).one()


def forget(db: Session, before: dt.datetime) -> None:
    db.exec(sa.delete(Delivery).where(col(Delivery.happened_at) < before, col(Delivery.due_at).is_(None)))


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """The addresses she named."""
    mine = db.exec(
        select(Webhook)
        .where(Webhook.convention_id == convention.id, Webhook.added_by == person.id)
        .order_by(col(Webhook.added_at))
    )
    rows = [{_("Adresse"): one.address, _("Ajoutée"): one.added_at, _("Arrêtée"): one.ended_at or ""} for one in mine]
    return [(_("Les sites que vous faites prévenir"), rows)]
