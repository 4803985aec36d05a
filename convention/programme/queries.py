import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention, ConventionText, TextKind
from convention.kit.db import Session, once
from convention.programme.models import AgendaItem, Document, Minutes, Phase, Sitting, SittingTheme, Theme

MOST = 2**31 - 1  # what a number column holds; an address may say more

# What most pages ask, built once.
_HERE: Any = sa.bindparam("convention")
_THEMES = select(Theme).where(Theme.convention_id == _HERE).order_by(col(Theme.position), col(Theme.id))
_PHASES = select(Phase).where(Phase.convention_id == _HERE).order_by(col(Phase.position), col(Phase.id))


def lock(db: Session, row: Convention | Theme | Phase | Sitting | AgendaItem) -> None:
    """Read a row again and hold it until the end of the transaction: whoever writes it next waits, then sees."""
    kind = type(row)
    again = select(kind).where(kind.id == row.id).with_for_update(key_share=True)
    db.exec(again, execution_options={"populate_existing": True}).one()


def themes(db: Session, convention: Convention) -> Sequence[Theme]:
    """The themes of a convention, in the order that was chosen."""
    return once(db, ("themes", convention.id), lambda: db.exec(_THEMES, params={"convention": convention.id}).all())


def theme(db: Session, convention: Convention, slug: str) -> Theme | None:
    return db.exec(select(Theme).where(Theme.convention_id == convention.id, Theme.slug == slug)).first()


def theme_of_id(db: Session, convention: Convention, id: UUID) -> Theme | None:
    return db.exec(select(Theme).where(Theme.convention_id == convention.id, Theme.id == id)).first()


def phases(db: Session, convention: Convention) -> Sequence[Phase]:
    """The phases of a convention, in the order that was chosen."""
    return once(db, ("phases", convention.id), lambda: db.exec(_PHASES, params={"convention": convention.id}).all())


def phase(db: Session, convention: Convention, id: UUID) -> Phase | None:
    return db.exec(select(Phase).where(Phase.convention_id == convention.id, Phase.id == id)).first()


def sittings(db: Session, convention: Convention) -> Sequence[Sitting]:
    """The sittings of a convention, in the order of time."""
    return db.exec(
        select(Sitting)
        .where(Sitting.convention_id == convention.id)
        .order_by(col(Sitting.starts_at), col(Sitting.number))
    ).all()


def sitting(db: Session, convention: Convention, number: int) -> Sitting | None:
    if number > MOST:
        return None
    return db.exec(select(Sitting).where(Sitting.convention_id == convention.id, Sitting.number == number)).first()


def next_sitting(db: Session, convention: Convention, at: dt.datetime) -> Sitting | None:
    """The sitting being held, or the next one, or None when all have been held."""
    return db.exec(
        select(Sitting)
        .where(Sitting.convention_id == convention.id, Sitting.ends_at > at)
        .order_by(col(Sitting.starts_at), col(Sitting.number))
        .limit(1)
    ).first()


def next_number(db: Session, convention: Convention) -> int:
    """The number of the next sitting to be added."""
    return 1 + (
        db.exec(select(sa.func.max(col(Sitting.number))).where(Sitting.convention_id == convention.id)).one() or 0
    )


def themes_of(db: Session, sittings: Iterable[Sitting]) -> Mapping[UUID, list[Theme]]:
    """{sitting's id: its themes}, for all these sittings at once."""
    ids = [sitting.id for sitting in sittings]
    found: dict[UUID, list[Theme]] = {id: [] for id in ids}
    if ids:
        rows = db.exec(
            select(col(SittingTheme.sitting_id), Theme)
            .join(Theme, col(Theme.id) == col(SittingTheme.theme_id))
            .where(col(SittingTheme.sitting_id).in_(ids))
            .order_by(col(Theme.position), col(Theme.id))
        )
        for sitting_id, theme in rows:
            found[sitting_id].append(theme)
    return found


def links_to_themes(db: Session, sitting: Sitting) -> Sequence[SittingTheme]:
    return db.exec(select(SittingTheme).where(SittingTheme.sitting_id == sitting.id)).all()


def links_of_theme(db: Session, theme: Theme) -> Sequence[SittingTheme]:
    return db.exec(select(SittingTheme).where(SittingTheme.theme_id == theme.id)).all()


def agenda(db: Session, sitting: Sitting) -> Sequence[AgendaItem]:
    """The points of the agenda, in order."""
    return db.exec(
        select(AgendaItem)
        .where(AgendaItem.sitting_id == sitting.id)
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    ).all()


def agenda_item(db: Session, sitting: Sitting, id: UUID) -> AgendaItem | None:
    return db.exec(select(AgendaItem).where(AgendaItem.sitting_id == sitting.id, AgendaItem.id == id)).first()


def documents(db: Session, convention: Convention) -> Sequence[Document]:
    """All the documents of a convention, newest first."""
    return db.exec(
        select(Document)
        .where(Document.convention_id == convention.id)
        .order_by(col(Document.added_at).desc(), col(Document.id).desc())
    ).all()


def documents_of(db: Session, sitting: Sitting) -> Sequence[Document]:
    """The documents of a sitting, in the order they were added."""
    return db.exec(
        select(Document).where(Document.sitting_id == sitting.id).order_by(col(Document.added_at), col(Document.id))
    ).all()


def document(db: Session, convention: Convention, id: UUID) -> Document | None:
    return db.exec(select(Document).where(Document.convention_id == convention.id, Document.id == id)).first()


def minutes(db: Session, sitting: Sitting) -> Sequence[Minutes]:
    """All the versions of a sitting's minutes, newest first."""
    return db.exec(select(Minutes).where(Minutes.sitting_id == sitting.id).order_by(col(Minutes.version).desc())).all()


def last_minutes(db: Session, sitting: Sitting) -> Minutes | None:
    """The version in force, or None if nothing has been published."""
    return db.exec(
        select(Minutes).where(Minutes.sitting_id == sitting.id).order_by(col(Minutes.version).desc()).limit(1)
    ).first()


def with_minutes(db: Session, convention: Convention) -> frozenset[UUID]:
    """The sittings whose minutes have been published."""
    return frozenset(
        db.exec(
            select(col(Minutes.sitting_id))
            .join(Sitting, col(Sitting.id) == col(Minutes.sitting_id))
            .where(Sitting.convention_id == convention.id)
        )
    )


def texts_written(db: Session, convention: Convention) -> frozenset[TextKind]:
    """The texts of the convention that somebody has written."""
    return frozenset(
        db.exec(select(col(ConventionText.kind)).where(ConventionText.convention_id == convention.id).distinct())
    )


def stored_names(db: Session) -> frozenset[str]:
    """The files that some document names, in all conventions."""
    return frozenset(db.exec(select(col(Document.stored)).where(col(Document.stored) != "")))
