import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from convention.care import vault
from convention.care.models import LABELS, CareDate, CareSheet
from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.text import alphabetical
from convention.people.models import Person


def sheet(db: Session, convention_id: UUID, person_id: UUID, *, lock: bool = False) -> CareSheet | None:
    query = select(CareSheet).where(CareSheet.convention_id == convention_id, CareSheet.person_id == person_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.exec(query).first()


def sheets(db: Session, convention_id: UUID) -> Sequence[tuple[Person, CareSheet]]:
    """Those who have confided something, by name; what they said stays sealed."""
    rows = db.exec(
        select(Person, CareSheet)
        .join(CareSheet, col(CareSheet.person_id) == col(Person.id))
        .where(CareSheet.convention_id == convention_id)
    ).all()
    return sorted(((person, sheet) for person, sheet in rows), key=lambda one: (alphabetical(one[0].name), one[0].id))


def all_of(db: Session, convention_id: UUID) -> Sequence[CareSheet]:
    return db.exec(select(CareSheet).where(CareSheet.convention_id == convention_id).with_for_update()).all()


def due(db: Session, today: dt.date) -> Sequence[CareSheet]:
    """The sheets whose day has come, in all conventions."""
    return db.exec(select(CareSheet).where(col(CareSheet.kept_until) <= today).with_for_update(skip_locked=True)).all()


def any_due(db: Session, today: dt.date) -> bool:
    return db.exec(select(CareSheet.person_id).where(col(CareSheet.kept_until) <= today).limit(1)).first() is not None


def erase_on(db: Session, convention_id: UUID) -> dt.date | None:
    found = db.get(CareDate, convention_id)
    return found.erase_on if found else None


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What this slice keeps of a person, for herself."""
    found = sheet(db, convention.id, person.id)
    if found is None:
        return []
    said = vault.unseal(secret, found.sealed)
    row: dict[str, Any] = {str(LABELS[name]): said.get(name, "") for name in LABELS} if said else {}
    if said is None:
        row = {_("État"): _("Ne peut plus être lue : la clé du site a changé. Remplissez-la de nouveau.")}
    return [(_("Votre fiche d’accueil"), [{**row, _("Effacée le"): found.kept_until}])]
