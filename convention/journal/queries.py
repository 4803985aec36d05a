import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention, ConventionText
from convention.journal.models import JournalHead, JournalLine
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.programme.models import Minutes, Sitting
from convention.proposals.models import Proposal
from convention.recommendations.models import EditionRow
from convention.voting.models import Poll, Result


def head(db: Session, convention_id: UUID) -> JournalHead | None:
    return db.get(JournalHead, convention_id)


def locked_head(db: Session, convention_id: UUID) -> JournalHead | None:
    """The end of the chain, held until the transaction ends: lines are written one after the other."""
    return db.exec(
        select(JournalHead).where(JournalHead.convention_id == convention_id).with_for_update()
    ).first()  # fmt: skip


def lines(db: Session, convention_id: UUID) -> Iterator[JournalLine]:
    """Every line, in order, read little by little."""
    query = (
        select(JournalLine)
        .where(JournalLine.convention_id == convention_id)
        .order_by(col(JournalLine.number))
        .execution_options(yield_per=500)
    )
    with db.exec(query) as rows:
        yield from rows


def latest(db: Session, convention_id: UUID, *, page: int, per_page: int) -> tuple[Sequence[JournalLine], int]:
    """One page of lines, newest first, and how many there are."""
    mine = JournalLine.convention_id == convention_id
    total = db.exec(select(sa.func.count()).select_from(JournalLine).where(mine)).one()
    found = db.exec(
        select(JournalLine)
        .where(mine)
        .order_by(col(JournalLine.number).desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return found.all(), total


def of_kinds(
    db: Session, convention_id: UUID, kinds: Sequence[str], *, page: int, per_page: int
) -> tuple[Sequence[JournalLine], int]:
    """One page of the lines of these kinds, newest first, and how many there are."""
    mine = (JournalLine.convention_id == convention_id, col(JournalLine.kind).in_(kinds))
    total = db.exec(select(sa.func.count()).select_from(JournalLine).where(*mine)).one()
    found = db.exec(
        select(JournalLine)
        .where(*mine)
        .order_by(col(JournalLine.number).desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return found.all(), total


def by_kind(db: Session, convention_id: UUID) -> Mapping[str, tuple[int, dt.datetime]]:
    """How many lines of each kind, and when the last one was written."""
    rows = db.exec(
        select(col(JournalLine.kind), sa.func.count(), sa.func.max(JournalLine.at))
        .where(JournalLine.convention_id == convention_id)
        .group_by(col(JournalLine.kind))
    )
    return {kind: (count, at) for kind, count, at in rows}


def numbers(
    db: Session, convention_id: UUID, table: type[Proposal] | type[Poll] | type[Sitting], ids: set[UUID]
) -> Mapping[UUID, int]:
    """The numbers that citizens read, for these identifiers."""
    if not ids:
        return {}
    rows = db.exec(
        select(col(table.id), col(table.number)).where(table.convention_id == convention_id, col(table.id).in_(ids))
    )
    return dict(rows.all())


def pieces(db: Session, convention: Convention) -> Iterator[tuple[str, str, str]]:
    """All that was published and whose fingerprint is in the journal: (name of the file, content, what it is)."""
    for text in db.exec(select(ConventionText).where(ConventionText.convention_id == convention.id)):
        label = _("{text}, version {n}").format(text=text.kind.label, n=text.version)
        yield f"textes/{text.kind.value}-v{text.version}.md", text.body, label
    written = select(Minutes, Sitting).join(Sitting, col(Sitting.id) == col(Minutes.sitting_id))
    for minutes, sitting in db.exec(written.where(Sitting.convention_id == convention.id)):
        label = _("Compte rendu, {title}, version {n}").format(title=sitting.title, n=minutes.version)
        yield f"comptes-rendus/{sitting.id}-v{minutes.version}.md", minutes.body, label
    for poll in db.exec(select(Poll).where(Poll.convention_id == convention.id, col(Poll.opened_at).is_not(None))):
        yield f"scrutins/{poll.id}-regle.json", poll.rule, _("Vote n° {n}, sa règle").format(n=poll.number)
    sealed = select(Poll, Result).join(Result, col(Result.poll_id) == col(Poll.id))
    for poll, result in db.exec(sealed.where(Poll.convention_id == convention.id)):
        yield f"scrutins/{poll.id}-resultat.json", result.content, _("Vote n° {n}, son résultat").format(n=poll.number)
    editions = select(EditionRow).where(
        EditionRow.convention_id == convention.id,
        col(EditionRow.published_at).is_not(None),
        col(EditionRow.withdrawn_at).is_(None),
    )
    for edition in db.exec(editions):
        yield f"editions/{edition.number}.json", edition.content, _("Édition n° {n}").format(n=edition.number)
