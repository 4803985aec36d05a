import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, delete, select

from convention.kit.db import Session
from convention.kit.text import alphabetical
from convention.people.models import (
    Attempts,
    LetterCode,
    MailLink,
    Person,
    RecoveryCode,
    Role,
    RoleKind,
    RoleRequest,
    SecondFactor,
    SignIn,
)

_SIGNED_IN = (
    select(SignIn, Person)
    .join(Person, col(Person.id) == col(SignIn.person_id))
    .where(
        col(SignIn.token_hash) == sa.bindparam("token_hash"),
        col(SignIn.convention_id) == sa.bindparam("convention_id"),
        col(SignIn.ended_at).is_(None),
        col(SignIn.expires_at) > sa.bindparam("at"),
    )
)


def signed_in(db: Session, convention_id: UUID, token_hash: str, at: dt.datetime) -> tuple[SignIn, Person] | None:
    """The device and person behind a cookie, while the sign-in lasts, in the convention it was made for."""
    found = db.exec(_SIGNED_IN, params={"token_hash": token_hash, "convention_id": convention_id, "at": at}).first()
    return (found[0], found[1]) if found else None


def roles(db: Session, convention_id: UUID, person_id: UUID) -> frozenset[RoleKind]:
    """What this person does in this convention now."""
    return frozenset(
        db.exec(
            select(col(Role.kind)).where(
                Role.convention_id == convention_id, Role.person_id == person_id, col(Role.ended_at).is_(None)
            )
        )
    )


def holding(db: Session, convention_id: UUID, kind: RoleKind) -> Sequence[Person]:
    """Those who hold a role in a convention, by name."""
    found = db.exec(
        select(Person)
        .join(Role, col(Role.person_id) == col(Person.id))
        .where(Role.convention_id == convention_id, Role.kind == kind, col(Role.ended_at).is_(None))
        .order_by(col(Person.id))
    )
    return sorted(found, key=lambda person: alphabetical(person.name))


def everyone_in(db: Session, convention_id: UUID) -> list[tuple[Person, list[Role]]]:
    """Everyone who holds or has held a role in a convention, by name, with these roles."""
    rows = db.exec(
        select(Person, Role)
        .join(Role, col(Role.person_id) == col(Person.id))
        .where(Role.convention_id == convention_id)
        .order_by(col(Person.id), col(Role.given_at))
    ).all()
    people: dict[UUID, tuple[Person, list[Role]]] = {}
    for person, role in rows:
        people.setdefault(person.id, (person, []))[1].append(role)
    return sorted(people.values(), key=lambda one: alphabetical(one[0].name))


def in_convention(db: Session, convention_id: UUID, person_id: UUID) -> Person | None:
    """This person, if she holds or has held a role here."""
    return db.exec(
        select(Person)
        .where(Person.id == person_id)
        .where(sa.exists().where(col(Role.person_id) == col(Person.id), col(Role.convention_id) == convention_id))
    ).first()


def role(db: Session, convention_id: UUID, person_id: UUID, kind: RoleKind) -> Role | None:
    return db.exec(
        select(Role).where(Role.convention_id == convention_id, Role.person_id == person_id, Role.kind == kind)
    ).first()


def administrators_ever(db: Session, convention_id: UUID) -> int:
    """How many people have been administrators here, those who no longer are included."""
    return db.exec(
        select(sa.func.count())
        .select_from(Role)
        .where(Role.convention_id == convention_id, Role.kind == RoleKind.ADMINISTRATOR)
    ).one()


def requests(db: Session, convention_id: UUID, at: dt.datetime) -> Sequence[RoleRequest]:
    """The roles that wait for a second administrator, oldest first."""
    return db.exec(
        select(RoleRequest)
        .where(RoleRequest.convention_id == convention_id, RoleRequest.expires_at > at)
        .order_by(col(RoleRequest.asked_at))
    ).all()


def requests_for(db: Session, convention_id: UUID, person_id: UUID, at: dt.datetime) -> Sequence[RoleRequest]:
    return [one for one in requests(db, convention_id, at) if one.person_id == person_id]


def request(db: Session, convention_id: UUID, request_id: UUID) -> RoleRequest | None:
    """This request, expired or not. The row is locked: it is decided once."""
    return db.exec(
        select(RoleRequest)
        .where(RoleRequest.id == request_id, RoleRequest.convention_id == convention_id)
        .with_for_update()
    ).first()


def of_email(db: Session, email: str) -> Person | None:
    return db.exec(select(Person).where(Person.email == email)).first()


def of_code(db: Session, convention_id: UUID, code_hash: str, at: dt.datetime) -> LetterCode | None:
    """The letter whose code this is, while it is good."""
    return db.exec(
        select(LetterCode).where(
            LetterCode.code_hash == code_hash,
            LetterCode.convention_id == convention_id,
            col(LetterCode.revoked_at).is_(None),
            LetterCode.expires_at > at,
        )
    ).first()


def codes_of(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[LetterCode]:
    """The letters sent to a person and not revoked."""
    return db.exec(
        select(LetterCode).where(
            LetterCode.convention_id == convention_id,
            LetterCode.person_id == person_id,
            col(LetterCode.revoked_at).is_(None),
        )
    ).all()


def of_link(db: Session, convention_id: UUID, token_hash: str, at: dt.datetime) -> MailLink | None:
    """The way in sent by e-mail, while it is good. The row is locked: it opens once."""
    return db.exec(
        select(MailLink)
        .where(
            MailLink.token_hash == token_hash,
            MailLink.convention_id == convention_id,
            col(MailLink.used_at).is_(None),
            MailLink.expires_at > at,
        )
        .with_for_update()
    ).first()


def devices(db: Session, convention_id: UUID, person_id: UUID, at: dt.datetime) -> Sequence[SignIn]:
    """Where this person is signed in, newest first."""
    return db.exec(
        select(SignIn)
        .where(
            SignIn.convention_id == convention_id,
            SignIn.person_id == person_id,
            col(SignIn.ended_at).is_(None),
            SignIn.expires_at > at,
        )
        .order_by(col(SignIn.signed_in_at).desc())
    ).all()


def knows_device(db: Session, convention_id: UUID, person_id: UUID, device: str) -> bool:
    """Whether this kind of device has already been hers (as far back as devices are kept)."""
    mine = SignIn.convention_id == convention_id, SignIn.person_id == person_id, SignIn.device == device
    return db.exec(select(SignIn.id).where(*mine).limit(1)).first() is not None


def second_factor(db: Session, convention_id: UUID, person_id: UUID, *, lock: bool = False) -> SecondFactor | None:
    """Her second factor here; locked when a code is about to be used, so that it opens once."""
    query = select(SecondFactor).where(
        SecondFactor.convention_id == convention_id, SecondFactor.person_id == person_id
    )  # fmt: skip
    return db.exec(query.with_for_update() if lock else query).first()


def recovery_code(db: Session, convention_id: UUID, person_id: UUID, code_hash: str) -> RecoveryCode | None:
    """One of her recovery codes, while it has not served. The row is locked: it opens once."""
    return db.exec(
        select(RecoveryCode)
        .where(
            RecoveryCode.convention_id == convention_id,
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == code_hash,
            col(RecoveryCode.used_at).is_(None),
        )
        .with_for_update()
    ).first()


def recovery_codes(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[RecoveryCode]:
    """All of them, used or not."""
    return db.exec(
        select(RecoveryCode).where(RecoveryCode.convention_id == convention_id, RecoveryCode.person_id == person_id)
    ).all()


def attempts(db: Session, keys: Sequence[str]) -> Mapping[str, Attempts]:
    """Past failures under these keys."""
    return {found.key: found for found in db.exec(select(Attempts).where(col(Attempts.key).in_(keys)))}


def names(db: Session, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """The names behind these identifiers."""
    if not ids:
        return {}
    return {person.id: person.name for person in db.exec(select(Person).where(col(Person.id).in_(set(ids))))}


def expired(devices_before: dt.datetime, others_before: dt.datetime) -> list[Any]:
    """The deletions that forget what is over: devices and links, then failures."""
    return [
        delete(SignIn).where(col(SignIn.expires_at) < devices_before),
        delete(MailLink).where(col(MailLink.expires_at) < others_before),
        delete(Attempts).where(col(Attempts.last_at) < others_before),
    ]
