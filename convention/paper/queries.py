from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.paper.models import PaperEntry, Pile
from convention.people import queries as people
from convention.people.models import Person, RoleKind
from convention.voting.models import Poll


def piles(db: Session, poll: Poll) -> Sequence[Pile]:
    """The piles of a poll with their entries as they are now, in their order."""
    found: dict[int, dict[int, tuple[PaperEntry, Person]]] = defaultdict(dict)
    for entry, person in db.exec(
        select(PaperEntry, Person)
        .join(Person, col(Person.id) == col(PaperEntry.person_id))
        .where(PaperEntry.poll_id == poll.id, PaperEntry.convention_id == poll.convention_id)
        .order_by(col(PaperEntry.pile), col(PaperEntry.place))
        .execution_options(populate_existing=True)
    ):
        found[entry.pile][entry.place] = (entry, person)
    return [Pile(number, entries) for number, entries in found.items()]


def pile(db: Session, poll: Poll, number: int) -> Pile | None:
    return next((one for one in piles(db, poll) if one.number == number), None)


def team(db: Session, poll: Poll) -> set[UUID]:
    """Those who may key the ballots of this poll, and look at them."""
    return {person.id for person in people.holding(db, poll.convention_id, RoleKind.FACILITATOR)}


def entries_of_poll(db: Session, poll_id: UUID) -> Sequence[PaperEntry]:
    return db.exec(select(PaperEntry).where(PaperEntry.poll_id == poll_id)).all()


def entries_by(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[PaperEntry]:
    return db.exec(
        select(PaperEntry)
        .where(PaperEntry.convention_id == convention_id, PaperEntry.person_id == person_id)
        .order_by(col(PaperEntry.poll_id), col(PaperEntry.pile))
    ).all()


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """The piles that a person is keying: how many ballots, not what they say, which is others' vote."""
    rows = db.exec(
        select(PaperEntry, Poll)
        .join(Poll, col(Poll.id) == col(PaperEntry.poll_id))
        .where(PaperEntry.convention_id == convention.id, PaperEntry.person_id == person.id)
        .order_by(col(Poll.number), col(PaperEntry.pile))
    )
    told = [
        {
            _("Vote"): poll.number,
            _("Pile"): entry.pile,
            _("Saisie"): _("terminée") if entry.finished else _("en cours"),
        }
        for entry, poll in rows
    ]
    return [(_("Vos saisies de bulletins papier"), told)]
