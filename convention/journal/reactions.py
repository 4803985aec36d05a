from typing import Any

from convention.journal import chain, queries
from convention.journal.models import JournalHead, JournalLine
from convention.kit import clock
from convention.kit.db import Session


def record(db: Session, happened: Any) -> None:
    """Write the event down, in the transaction of what it tells."""
    head = queries.locked_head(db, happened.convention_id)
    if head is None:
        head = JournalHead(convention_id=happened.convention_id)
        db.add(head)
        db.flush()
    at = clock.now().replace(microsecond=0)
    kind, facts = chain.kind(happened), chain.facts(happened)
    number = head.number + 1
    line = JournalLine(
        convention_id=happened.convention_id,
        number=number,
        at=at,
        kind=kind,
        facts=facts,
        previous=head.fingerprint,
        fingerprint=chain.fingerprint(head.fingerprint, number, at, kind, facts),
    )
    head.number, head.fingerprint = number, line.fingerprint
    db.add(line)
    db.flush()
