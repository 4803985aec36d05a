from typing import Any

from convention.kit.db import Session
from convention.recommendations.events import EditionClosed, EditionPublished, EditionWithdrawn
from convention.responses.events import ItemPublished
from convention.webhooks import actions, queries
from convention.webhooks.models import What


def tell(db: Session, happened: Any) -> None:
    """An edition or an answer was published: the sites that asked will hear of it."""
    if isinstance(happened, EditionPublished):
        facts = {"edition": happened.number, "sha256": happened.sha256}
        actions.tell(db, happened.convention_id, What.EDITION_PUBLISHED, facts)
    elif isinstance(happened, EditionWithdrawn | EditionClosed):
        # Both are said as one: what has become of it is read at its address in the API.
        actions.tell(db, happened.convention_id, What.EDITION_WITHDRAWN, {"edition": happened.number})
    elif isinstance(happened, ItemPublished):
        recommendation, point = queries.place_of(db, happened.item_id)
        facts = {
            "recommendation": recommendation,
            "point": point,
            "publication": happened.number,
            "sha256": happened.sha256,
        }
        actions.tell(db, happened.convention_id, What.ANSWER_PUBLISHED, facts)
