import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.guarantors import rules
from convention.guarantors.models import Kind, Remark, RemarkAnswer
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.people.models import Person, Role, RoleKind


@dataclasses.dataclass(frozen=True)
class Reply:
    """What the organisers answered, and who signed it."""

    text: str
    author: str
    answered_at: dt.datetime


@dataclasses.dataclass(frozen=True)
class Entry:
    """A published entry as everyone reads it, with what is beside it."""

    remark: Remark
    author: str
    replies: Sequence[Reply]
    corrects: int | None
    corrected_by: int | None

    @property
    def number(self) -> int:
        assert self.remark.number is not None, "published, therefore numbered"
        return self.remark.number

    @property
    def published_at(self) -> dt.datetime:
        assert self.remark.published_at is not None, "only published entries are read"
        return self.remark.published_at

    @property
    def answered_at(self) -> dt.datetime | None:
        return self.replies[0].answered_at if self.replies else None

    @property
    def changed_at(self) -> dt.datetime:
        """When something was last said here."""
        return max((self.published_at, *(reply.answered_at for reply in self.replies)))

    @property
    def awaits(self) -> bool:
        return self.remark.kind == Kind.ALERT and not self.replies

    def delay(self, at: dt.datetime) -> str:
        return rules.delay(self.remark, self.answered_at, at)


def _published(convention: Convention) -> tuple[Any, ...]:
    return (Remark.convention_id == convention.id, col(Remark.published_at).is_not(None))


def entries(db: Session, convention: Convention) -> list[Entry]:
    """What guarantors have published, the last first."""
    found = db.exec(
        select(Remark, Person.name)
        .join(Person, col(Person.id) == col(Remark.author_id))
        .where(*_published(convention))
        .order_by(col(Remark.number).desc())
    ).all()
    return _entries(db, convention, found)


def entry(db: Session, convention: Convention, number: int) -> Entry | None:
    found = db.exec(
        select(Remark, Person.name)
        .join(Person, col(Person.id) == col(Remark.author_id))
        .where(*_published(convention), Remark.number == number)
    ).all()
    return next(iter(_entries(db, convention, found)), None)


def after(db: Session, convention: Convention, number: int, limit: int) -> tuple[list[Entry], int]:
    """The entries that follow this number, in order, and how many there are in all."""
    total = db.exec(select(sa.func.count()).select_from(Remark).where(*_published(convention))).one()
    found = db.exec(
        select(Remark, Person.name)
        .join(Person, col(Person.id) == col(Remark.author_id))
        .where(*_published(convention), col(Remark.number) > number)
        .order_by(col(Remark.number))
        .limit(limit)
    ).all()
    return _entries(db, convention, found), total


def _entries(db: Session, convention: Convention, found: Sequence[tuple[Remark, str]]) -> list[Entry]:
    replies = _replies(db, [remark.id for remark, _name in found])
    # Both directions of « corrects », in one small question for the whole page.
    links = db.exec(select(Remark.id, Remark.number, Remark.corrects_id).where(*_published(convention))).all()
    numbers = {id: number for id, number, _corrects in links}
    corrections = {corrects: number for _id, number, corrects in links if corrects}
    return [
        Entry(
            remark,
            name,
            replies.get(remark.id, ()),
            numbers.get(remark.corrects_id) if remark.corrects_id else None,
            corrections.get(remark.id),
        )
        for remark, name in found
    ]


def _replies(db: Session, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Reply]]:
    replies: dict[UUID, list[Reply]] = defaultdict(list)
    for answer, name in db.exec(
        select(RemarkAnswer, Person.name)
        .join(Person, col(Person.id) == col(RemarkAnswer.by_id))
        .where(col(RemarkAnswer.remark_id).in_(ids))
        .order_by(col(RemarkAnswer.answered_at), col(RemarkAnswer.id))
    ):
        replies[answer.remark_id].append(Reply(answer.text, name, answer.answered_at))
    return replies


def unanswered(db: Session, convention: Convention) -> int:
    """How many alerts wait for the organisers' first answer."""
    answered = select(RemarkAnswer.remark_id)
    return db.exec(
        select(sa.func.count())
        .select_from(Remark)
        .where(*_published(convention), Remark.kind == Kind.ALERT, col(Remark.id).not_in(answered))
    ).one()


def drafts(db: Session, convention: Convention) -> Sequence[tuple[Remark, str, int | None]]:
    """What guarantors are writing: with whose it is, and the number of what it corrects."""
    corrected = aliased(Remark)
    return [
        (remark, name, number)
        for remark, name, number in db.exec(
            select(Remark, Person.name, col(corrected.number))
            .join(Person, col(Person.id) == col(Remark.author_id))
            .outerjoin(corrected, col(corrected.id) == col(Remark.corrects_id))
            .where(Remark.convention_id == convention.id, col(Remark.published_at).is_(None))
            .order_by(col(Remark.written_at).desc())
        )
    ]


def remark(db: Session, convention: Convention, id: UUID) -> Remark | None:
    return db.exec(select(Remark).where(Remark.convention_id == convention.id, Remark.id == id)).first()


def correction_of(db: Session, remark: Remark) -> Remark | None:
    return db.exec(select(Remark).where(Remark.corrects_id == remark.id)).first()


def locked(db: Session, id: UUID) -> Remark | None:
    """The entry as it is now, held until the transaction ends; None if it was thrown away meanwhile."""
    return db.exec(
        select(Remark).where(Remark.id == id).with_for_update().execution_options(populate_existing=True)
    ).first()


def next_number(db: Session, convention: Convention) -> int:
    """Those who publish wait for each other, so that no number is missing."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()
    last = db.exec(select(sa.func.max(Remark.number)).where(Remark.convention_id == convention.id)).one()
    return (last or 0) + 1


def reachable(db: Session, convention: Convention, *kinds: RoleKind) -> Sequence[Person]:
    """Those who hold one of these roles and have an address, each once."""
    return db.exec(
        select(Person)
        .where(
            col(Person.email).is_not(None),
            sa.exists().where(
                col(Role.person_id) == col(Person.id),
                col(Role.convention_id) == convention.id,
                col(Role.kind).in_(list(kinds)),
                col(Role.ended_at).is_(None),
            ),
        )
        .order_by(col(Person.id))
    ).all()


def drafts_of(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[Remark]:
    return db.exec(
        select(Remark).where(
            Remark.convention_id == convention_id,
            Remark.author_id == person_id,
            col(Remark.published_at).is_(None),
        )
    ).all()


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person wrote in the guarantors' journal, for herself."""
    written = db.exec(
        select(Remark)
        .where(Remark.convention_id == convention.id, Remark.author_id == person.id)
        .order_by(col(Remark.written_at))
    )
    answered = db.exec(
        select(RemarkAnswer, Remark.number)
        .join(Remark, col(Remark.id) == col(RemarkAnswer.remark_id))
        .where(Remark.convention_id == convention.id, RemarkAnswer.by_id == person.id)
        .order_by(col(RemarkAnswer.answered_at))
    )
    return [
        (
            _("Vos textes dans le journal des garants"),
            [
                {
                    _("Numéro"): one.number or _("brouillon"),
                    _("Genre"): one.kind.label,
                    _("Titre"): one.title,
                    _("Texte"): one.text,
                    _("Publié"): one.published_at or "",
                }
                for one in written
            ],
        ),
        (
            _("Vos réponses aux garants"),
            [
                {_("Sur le n°"): number, _("Texte"): answer.text, _("Envoyée"): answer.answered_at}
                for answer, number in answered
            ],
        ),
    ]
