from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from convention.conventions.models import Convention, ConventionText, TextKind
from convention.kit.db import Session

# The convention whose host this is; failing that, the one that has no host of its own (a single-convention site).
_OF_HOST = (
    select(Convention)
    .where(sa.or_(col(Convention.host) == sa.bindparam("host"), col(Convention.host).is_(None)))
    .order_by(col(Convention.host).is_(None), col(Convention.created_at))
    .limit(1)
)


def of_host(db: Session, host: str) -> Convention | None:
    """The convention that answers at this host, or None."""
    return db.exec(_OF_HOST, params={"host": host}).first()


def everywhere(db: Session) -> Sequence[Convention]:
    """All the conventions of this instance, oldest first."""
    return db.exec(select(Convention).order_by(col(Convention.created_at))).all()


def text(db: Session, convention: Convention, kind: TextKind) -> ConventionText | None:
    """The version in force, or None if nobody has written it yet."""
    return db.exec(_versions(convention, kind).limit(1)).first()


def versions(db: Session, convention: Convention, kind: TextKind) -> Sequence[ConventionText]:
    """All the versions, newest first."""
    return db.exec(_versions(convention, kind)).all()


def _versions(convention: Convention, kind: TextKind) -> SelectOfScalar[ConventionText]:
    return (
        select(ConventionText)
        .where(ConventionText.convention_id == convention.id, ConventionText.kind == kind)
        .order_by(col(ConventionText.version).desc())
    )
