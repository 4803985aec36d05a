import http.client
import json
import logging
import ssl
from collections.abc import Callable
from typing import NamedTuple

from convention.conventions.models import Convention
from convention.kit import calling, clock
from convention.kit.db import Database
from convention.webhooks import queries, rules
from convention.webhooks.models import Delivery, Webhook, What

log = logging.getLogger("convention.webhooks")

AT_ONCE = 20
WHERE = {
    What.EDITION_PUBLISHED: ("/rapport/{edition}", "/api/v1/editions/{edition}"),
    What.EDITION_WITHDRAWN: ("/rapport/{edition}", "/api/v1/editions/{edition}"),
    What.ANSWER_PUBLISHED: ("/reponses/{recommendation}#point-{point}", "/api/v1/answers/{recommendation}"),
    What.TEST: ("/", "/api/v1/convention"),
}


class Call(NamedTuple):
    """A delivery, taken: everything that is needed once the transaction is over."""

    delivery: Delivery
    webhook: Webhook
    site: str


def deliver(database: Database, site: Callable[[Convention], str], secret: str, limits: calling.Limits) -> int:
    """Make the calls that are due, each outside any transaction; how many were heard."""
    with database.reading() as db:
        if not queries.is_due(db, clock.now()):
            return 0
    heard = 0
    for _n in range(AT_ONCE):
        call = _claim(database, site)
        if call is None:
            break
        heard += _make(database, call, secret, limits)
    return heard


def _claim(database: Database, site: Callable[[Convention], str]) -> Call | None:
    # The next try is written before this one: a worker killed in the middle calls late, and never two at once.
    with database.writing() as db:
        at = clock.now()
        delivery = queries.next_due(db, at)
        if delivery is None:
            return None
        webhook = db.get(Webhook, delivery.webhook_id)
        convention = db.get(Convention, webhook.convention_id) if webhook else None
        assert webhook is not None, "a delivery has its webhook"
        assert convention is not None, "a webhook has its convention"
        delivery.attempts += 1
        delivery.tried_at, delivery.due_at = at, rules.next_try(delivery.attempts, at)
        db.add(delivery)
        return Call(delivery, webhook, site(convention))


def _make(database: Database, call: Call, secret: str, limits: calling.Limits) -> bool:
    status, trouble = None, ""
    if call.webhook.ended_at is not None:
        trouble = "ended"
    else:
        try:
            status = calling.post(call.webhook.address, *letter(call, secret), limits)
        except calling.Forbidden as refused:
            trouble = refused.reason
        except TimeoutError:
            trouble = "late"
        except ssl.SSLError:
            trouble = "secure"
        except (OSError, http.client.HTTPException, UnicodeError):
            trouble = "unreachable"
    heard = status is not None and 200 <= status < 300
    with database.writing() as db:
        delivery = db.get(Delivery, call.delivery.id)
        if delivery is not None:
            delivery.status, delivery.trouble = status, trouble
            if heard:
                delivery.delivered_at = clock.now()
            # 410: the other site asks to be left alone, for this one.
            if heard or trouble == "ended" or status == http.client.GONE:
                delivery.due_at = None
            db.add(delivery)
    if not heard:
        log.warning("webhook delivery %s: try %s, %s", call.delivery.id, call.delivery.attempts, status or trouble)
    return heard


def letter(call: Call, secret: str) -> tuple[bytes, dict[str, str]]:
    """What is sent: the body, and the headers that sign it at this moment."""
    delivery = call.delivery
    page, api = (call.site + path.format(**delivery.facts) for path in WHERE[delivery.what])
    body = json.dumps(
        {
            "type": delivery.what.value,
            "id": str(delivery.event_id),
            "timestamp": delivery.happened_at.isoformat(),
            "data": {**delivery.facts, "page": page, "api": api},
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode()
    moment = int(clock.now().timestamp())
    key = rules.key(secret, call.webhook.id)
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "Convention",
        "webhook-id": str(delivery.event_id),
        "webhook-timestamp": str(moment),
        "webhook-signature": rules.signature(key, str(delivery.event_id), moment, body),
    }


def forget(database: Database) -> None:
    """Deliveries that are over, after three months."""
    with database.writing() as db:
        queries.forget(db, clock.now() - rules.KEPT_FOR)
