import datetime as dt
from collections.abc import Callable

from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.kit import clock, mail
from convention.kit.db import Database, Session
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import date, days
from convention.people.models import Person
from convention.responses import queries, rules
from convention.responses.models import Item, RatingBox, RatingRoll, Reminder

IMPORTS_LAST = dt.timedelta(days=2)


def remind(database: Database, site: Callable[[Convention], str]) -> int:
    """Write to those whose answers are due soon, or late: each reminder once. How many mails were written."""
    today = clock.local(clock.now()).date()
    with database.reading() as db:
        due = [one.id for one in conventions.everywhere(db) if _step(one, today) is not None]
    written = 0
    for id in due:
        with database.writing() as db:
            convention = db.get(Convention, id)
            assert convention is not None, "conventions are not removed"
            queries.hold(db, convention)
            written += _remind(db, convention, site(convention), today)
    return written


def _step(convention: Convention, today: dt.date) -> int | None:
    return rules.reminders_due(convention.answer_due, today) if convention.answer_due else None


def _remind(db: Session, convention: Convention, site: str, today: dt.date) -> int:
    step = _step(convention, today)
    if step is None or convention.answer_due is None:
        return 0
    waiting = [item for item in queries.items(db, convention) if item.answered_at is None]
    known = queries.reminded(db, convention)
    attached = queries.attachments(db, convention)
    written = 0
    for person in queries.officials(db, convention.id):
        mine = [item for item in waiting if rules.sees(item, attached.get(person.id))]
        if not mine or (person.id, convention.answer_due, step) in known:
            continue
        db.add(
            Reminder(
                convention_id=convention.id,
                person_id=person.id,
                due=convention.answer_due,
                days=step,
                written_at=clock.now(),
            )
        )
        _write(db, convention, person, mine, convention.answer_due, today, site)
        written += 1
    return written


def _write(
    db: Session, convention: Convention, person: Person, mine: list[Item], due: dt.date, today: dt.date, site: str
) -> None:
    assert person.email, "only those who have an address were asked for"
    late = rules.overdue(due, today)
    n = len(mine)
    if late:
        title = _("Réponse attendue depuis {days}").format(days=days(late))
        promise = _("La collectivité avait promis sa réponse aux membres pour le {day}.").format(day=date(due))
    else:
        title = _("Réponse promise pour le {day}").format(day=date(due))
        promise = _("La collectivité a promis sa réponse aux membres pour le {day}.").format(day=date(due))
    left = ngettext("{n} point attend encore sa réponse.", "{n} points attendent encore leur réponse.", n).format(n=n)
    public = _("Le retard est affiché sur le site, avec le nombre de jours.") if late else ""
    mail.write(
        db,
        convention,
        person.email,
        title,
        [line for line in (promise, left, public) if line],
        button=(_("Ouvrir les réponses à écrire"), f"{site}/collectivite/reponses"),
        why=_("Vous recevez ce rappel parce que vous répondez aux membres au nom de la collectivité."),
    )


def forget(database: Database) -> None:
    """Spreadsheets that nobody applied, and who has rated what once the rating is over."""
    at = clock.now()
    forgotten = False
    with database.writing() as db:
        for kept in queries.imports_before(db, at - IMPORTS_LAST):
            db.delete(kept)
        for roll, answer, convention in queries.rolls(db):
            opens_at = rules.rating_opens(answer, queries.items_of(db, answer), convention.answer_due, at)
            if rules.rating_is_over(opens_at, at):
                roll.rated = b""
                db.add(roll)
                forgotten = True
    if forgotten:
        database.sweep(RatingRoll, RatingBox)
