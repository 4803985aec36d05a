import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from convention.conventions.models import Convention
from convention.kit import clock, ids
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.files import Kept
from convention.kit.i18n import gettext as _
from convention.people.models import Person
from convention.programme import queries, rules
from convention.programme.events import (
    DocumentAdded,
    DocumentRemoved,
    MinutesPublished,
    PhaseAdded,
    PhaseChanged,
    PhaseRemoved,
    SittingAdded,
    SittingChanged,
    SittingRemoved,
    ThemeAdded,
    ThemeChanged,
    ThemeRemoved,
)
from convention.programme.forms import AgendaForm, DocumentForm, MinutesForm, PhaseForm, SittingForm, ThemeForm
from convention.programme.models import AgendaItem, Document, Minutes, Phase, Sitting, SittingTheme, Theme
from convention.search import actions as search

R = TypeVar("R", Theme, Phase, AgendaItem)

# -- themes --------------------------------------------------------------------------------------------------------


def add_theme(db: Session, convention: Convention, form: ThemeForm, *, by: Person | None) -> Theme:
    """Add a theme after the others. Its address comes from its name, and stays when the name changes."""
    queries.lock(db, convention)
    others = queries.themes(db, convention)
    theme = Theme(
        convention_id=convention.id,
        slug=_slug(form.name, {other.slug for other in others}),
        name=form.name,
        summary=form.summary,
        colour=form.colour,
        icon=form.icon,
        position=_after(others),
    )
    db.add(theme)
    db.emit(ThemeAdded(convention.id, theme.id, _who(by)))
    return theme


def change_theme(db: Session, theme: Theme, form: ThemeForm, *, by: Person | None) -> None:
    _replace(db, theme, form.version, form.model_dump(include={"name", "summary", "colour", "icon"}))
    db.emit(ThemeChanged(theme.convention_id, theme.id, _who(by)))


def move_theme(db: Session, convention: Convention, theme: Theme, *, up: bool, by: Person | None) -> None:
    if _move(queries.themes(db, convention), theme, up=up):
        db.emit(ThemeChanged(convention.id, theme.id, _who(by)))


def remove_theme(db: Session, theme: Theme, *, by: Person | None) -> None:
    """Take a theme away, unless something was written in it."""
    for link in queries.links_of_theme(db, theme):
        db.delete(link)
    reason = _("Ce thème contient déjà des propositions, des avis ou des votes : il ne peut plus être retiré.")
    _remove(db, theme, reason)
    db.emit(ThemeRemoved(theme.convention_id, theme.id, _who(by)))


def _slug(name: str, taken: Iterable[str]) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "theme"
    taken = set(taken)
    return next(one for one in [slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))] if one not in taken)


# -- phases --------------------------------------------------------------------------------------------------------


def add_phase(db: Session, convention: Convention, form: PhaseForm, *, by: Person | None) -> Phase:
    phase = Phase(
        convention_id=convention.id,
        position=_after(queries.phases(db, convention)),
        changed_at=clock.now(),
        **_phase(form),
    )
    db.add(phase)
    db.emit(PhaseAdded(convention.id, phase.id, _who(by)))
    return phase


def change_phase(db: Session, phase: Phase, form: PhaseForm, *, by: Person | None) -> None:
    _replace(db, phase, form.version, {**_phase(form), "changed_at": clock.now()})
    db.emit(PhaseChanged(phase.convention_id, phase.id, _who(by)))


def move_phase(db: Session, convention: Convention, phase: Phase, *, up: bool, by: Person | None) -> None:
    if _move(queries.phases(db, convention), phase, up=up):
        db.emit(PhaseChanged(convention.id, phase.id, _who(by)))


def remove_phase(db: Session, phase: Phase, *, by: Person | None) -> None:
    _remove(db, phase, _("Cette phase est utilisée ailleurs : elle ne peut plus être retirée."))
    db.emit(PhaseRemoved(phase.convention_id, phase.id, _who(by)))


def _phase(form: PhaseForm) -> dict[str, Any]:
    return {
        "name": form.name,
        "summary": form.summary,
        "opens_at": form.opens_at,
        "closes_at": form.closes_at,
        "activities": [activity.value for activity in form.activities],
    }


# -- sittings ------------------------------------------------------------------------------------------------------


def add_sitting(db: Session, convention: Convention, form: SittingForm, *, by: Person | None) -> Sitting:
    queries.lock(db, convention)
    sitting = Sitting(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        **_sitting(form),
    )
    db.add(sitting)
    db.flush()
    _set_themes(db, convention, sitting, form.themes)
    _let_find(db, sitting)
    db.emit(SittingAdded(convention.id, sitting.id, _who(by)))
    return sitting


def change_sitting(
    db: Session, convention: Convention, sitting: Sitting, form: SittingForm, *, by: Person | None
) -> None:
    _replace(db, sitting, form.version, _sitting(form))
    _set_themes(db, convention, sitting, form.themes)
    _let_find(db, sitting)
    db.emit(SittingChanged(convention.id, sitting.id, _who(by)))


def remove_sitting(db: Session, sitting: Sitting, *, by: Person | None) -> None:
    """Take a sitting away with its agenda, while nothing has been published about it."""
    reason = rules.why_not_remove(queries.last_minutes(db, sitting), queries.documents_of(db, sitting))
    if reason:
        raise Refused(reason)
    for row in (*queries.agenda(db, sitting), *queries.links_to_themes(db, sitting)):
        db.delete(row)
    _remove(db, sitting, _("Des votes ou des tables se rapportent à cette séance : elle ne peut plus être retirée."))
    search.remove(db, sitting.convention_id, "sitting", sitting.id)
    db.emit(SittingRemoved(sitting.convention_id, sitting.id, _who(by)))


def _sitting(form: SittingForm) -> dict[str, Any]:
    return {
        **form.model_dump(include={"title", "held_on", "place", "access", "summary", "public"}),
        "starts_at": clock.utc(form.held_on, form.starts),
        "ends_at": clock.utc(form.held_on, form.ends),
        "changed_at": clock.now(),
    }


def _set_themes(db: Session, convention: Convention, sitting: Sitting, chosen: Sequence[UUID]) -> None:
    wanted = {theme.id for theme in queries.themes(db, convention)} & set(chosen)
    for link in queries.links_to_themes(db, sitting):
        if link.theme_id in wanted:
            wanted.remove(link.theme_id)
        else:
            db.delete(link)
    db.add_all(SittingTheme(sitting_id=sitting.id, theme_id=theme_id) for theme_id in wanted)


def _let_find(db: Session, sitting: Sitting) -> None:
    """A sitting is found by its words and by those of its agenda."""
    agenda = [f"{item.title}. {item.details}" for item in queries.agenda(db, sitting)]
    body = "\n".join(part for part in (sitting.summary, sitting.place, *agenda) if part)
    search.put(db, sitting.convention_id, "sitting", sitting.id, sitting.title, body, sitting.address)


# -- agenda --------------------------------------------------------------------------------------------------------


def add_item(db: Session, sitting: Sitting, form: AgendaForm, *, by: Person | None) -> AgendaItem:
    """Add a point at the end of the agenda."""
    item = AgendaItem(
        sitting_id=sitting.id,
        position=_after(queries.agenda(db, sitting)),
        **form.model_dump(exclude={"version"}),
    )
    db.add(item)
    _let_find(db, sitting)
    db.emit(SittingChanged(sitting.convention_id, sitting.id, _who(by)))
    return item


def change_item(db: Session, sitting: Sitting, item: AgendaItem, form: AgendaForm, *, by: Person | None) -> None:
    _replace(db, item, form.version, form.model_dump(exclude={"version"}))
    _let_find(db, sitting)
    db.emit(SittingChanged(sitting.convention_id, sitting.id, _who(by)))


def move_item(db: Session, sitting: Sitting, item: AgendaItem, *, up: bool, by: Person | None) -> None:
    if _move(queries.agenda(db, sitting), item, up=up):
        db.emit(SittingChanged(sitting.convention_id, sitting.id, _who(by)))


def remove_item(db: Session, sitting: Sitting, item: AgendaItem, *, by: Person | None) -> None:
    _remove(db, item, _("Ce point est utilisé ailleurs : il ne peut plus être retiré."))
    _let_find(db, sitting)
    db.emit(SittingChanged(sitting.convention_id, sitting.id, _who(by)))


# -- documents and minutes -----------------------------------------------------------------------------------------


def add_document(
    db: Session,
    convention: Convention,
    form: DocumentForm,
    *,
    sitting: Sitting | None = None,
    kept: Kept | None = None,
    by: Person | None,
) -> Document:
    """Add a link, or a file that has been kept, to a sitting or to the convention's library."""
    refuse(rules.why_not_add(form.link, is_file=kept is not None))
    document = Document(
        convention_id=convention.id,
        sitting_id=sitting.id if sitting else None,
        title=form.title,
        author=form.author,
        kind=form.kind,
        link="" if kept else form.link,
        stored=kept.name if kept else "",
        octets=kept.octets if kept else 0,
        added_at=clock.now(),
    )
    db.add(document)
    search.put(db, convention.id, "document", document.id, document.title, document.author, document.address)
    db.emit(DocumentAdded(convention.id, document.id, document.sitting_id, _who(by)))
    return document


def remove_document(db: Session, document: Document, *, by: Person | None) -> None:
    """Take a document away. Its file can no longer be asked for; `jobs.sweep_files` ends it later."""
    _remove(db, document, _("Ce document est cité ailleurs : il ne peut plus être retiré."))
    search.remove(db, document.convention_id, "document", document.id)
    db.emit(DocumentRemoved(document.convention_id, document.id, document.sitting_id, _who(by)))


def publish_minutes(db: Session, sitting: Sitting, form: MinutesForm, *, by: Person | None) -> Minutes:
    """A new version of the minutes; the former ones stay readable. The same words again change nothing."""
    queries.lock(db, sitting)
    last = queries.last_minutes(db, sitting)
    refuse(rules.why_not_save(form.version, last.version if last else 0))
    if last is not None and last.body == form.body:
        return last
    minutes = Minutes(sitting_id=sitting.id, version=form.version + 1, body=form.body, written_at=clock.now())
    db.add(minutes)
    title = _("Compte rendu : {title}").format(title=sitting.title)
    words = re.sub(r"[#*_>`|]+", "", form.body)
    search.put(db, sitting.convention_id, "minutes", sitting.id, title, words, f"{sitting.address}/compte-rendu")
    db.emit(MinutesPublished(sitting.convention_id, sitting.id, minutes.version, ids.fingerprint(form.body), _who(by)))
    return minutes


# -- what all have in common ---------------------------------------------------------------------------------------


def _who(by: Person | None) -> UUID | None:
    return by.id if by else None


def _replace(db: Session, row: Theme | Phase | Sitting | AgendaItem, sent_version: int, values: dict[str, Any]) -> None:
    """Set these values, unless the row is no longer what its editor was reading."""
    queries.lock(db, row)
    refuse(rules.why_not_save(sent_version, row.version))
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    db.add(row)


def _after(rows: Sequence[Theme | Phase | AgendaItem]) -> int:
    return max((row.position for row in rows), default=0) + 1


def _move(rows: Sequence[R], row: R, *, up: bool) -> bool:
    """Exchange a row with its neighbour; answers whether there was one."""
    order = list(rows)
    here = order.index(row)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return False
    order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order, 1):
        one.position = position
    return True


def _remove(db: Session, row: SQLModel, reason: str) -> None:
    """Delete a row. Slices above may hold on to it, which only the database knows: then `reason` says so."""
    try:
        with db.begin_nested():
            db.delete(row)
            db.flush()
    except IntegrityError as error:
        raise Refused(reason) from error
