import datetime as dt
from uuid import UUID

from convention.care import queries, rules, vault
from convention.care.forms import SheetForm
from convention.care.models import OPENED_FOR, CareDate, CareSheet
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session, added
from convention.kit.errors import refuse
from convention.people import actions as people
from convention.people.models import Matter, Person, Purpose


def fill(db: Session, convention: Convention, person: Person, form: SheetForm, secret: str) -> None:
    """Keep what this person confides; an empty sheet is no sheet. Nothing is told: needing something is no event."""
    said = {name: words for name, words in form.model_dump().items() if words}
    sheet = queries.sheet(db, convention.id, person.id, lock=True)
    if not said:
        if sheet is not None:
            db.delete(sheet)
        return
    at = clock.now()
    until = rules.kept_until(clock.local(at).date(), queries.erase_on(db, convention.id))
    sealed = vault.seal(secret, said)
    if sheet is None:
        sheet = CareSheet(
            person_id=person.id, convention_id=convention.id, sealed=sealed, kept_until=until, changed_at=at
        )
        if added(db, sheet):
            return
        sheet = queries.sheet(db, convention.id, person.id, lock=True)
        assert sheet is not None, "the sheet that stood in the way has vanished"
    sheet.sealed, sheet.changed_at, sheet.kept_until = sealed, at, min(until, sheet.kept_until)
    db.add(sheet)


def erase(db: Session, convention_id: UUID, person_id: UUID) -> None:
    """Forget what this person confided."""
    sheet = queries.sheet(db, convention_id, person_id, lock=True)
    if sheet is not None:
        db.delete(sheet)


def read(
    db: Session, convention: Convention, sheet: CareSheet, purpose: Purpose, secret: str, *, by: Person
) -> dict[str, str] | None:
    """What this purpose needs to know, once it is written down who reads, whose, and why."""
    people.note_access(db, convention, sheet.person_id, by=by, matter=Matter.CARE, purpose=purpose)
    said = vault.unseal(secret, sheet.sealed)
    return None if said is None else {name: said[name] for name in OPENED_FOR[purpose] if name in said}


def choose_date(db: Session, convention: Convention, day: dt.date) -> None:
    """The sheets will be erased on that day. Those already filled were promised theirs: never later."""
    refuse(rules.why_not_erase_on(day, clock.local(clock.now()).date()))
    chosen = db.get(CareDate, convention.id) or CareDate(convention_id=convention.id, erase_on=day)
    chosen.erase_on = day
    db.add(chosen)
    for sheet in queries.all_of(db, convention.id):
        sheet.kept_until = min(sheet.kept_until, day)
        db.add(sheet)
