import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, delete, select

from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import UTC, Session
from convention.kit.i18n import gettext as _
from convention.kit.mail import OutgoingMail
from convention.kit.text import alphabetical
from convention.people import retention
from convention.people.models import (
    GUARDED,
    Attempts,
    DataAccess,
    LetterCode,
    MailLink,
    Matter,
    OpeningRequest,
    Person,
    Purpose,
    RecoveryCode,
    RetentionRun,
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

_ROLES = select(col(Role.kind)).where(
    Role.convention_id == sa.bindparam("convention"),
    Role.person_id == sa.bindparam("person"),
    col(Role.ended_at).is_(None),
)


def signed_in(db: Session, convention_id: UUID, token_hash: str, at: dt.datetime) -> tuple[SignIn, Person] | None:
    """The device and person behind a cookie, while the sign-in lasts, in the convention it was made for."""
    found = db.exec(_SIGNED_IN, params={"token_hash": token_hash, "convention_id": convention_id, "at": at}).first()
    return (found[0], found[1]) if found else None


def roles(db: Session, convention_id: UUID, person_id: UUID) -> frozenset[RoleKind]:
    """What this person does in this convention now."""
    return frozenset(db.exec(_ROLES, params={"convention": convention_id, "person": person_id}))


def holding(db: Session, convention_id: UUID, kind: RoleKind) -> Sequence[Person]:
    """Those who hold a role in a convention, by name."""
    found = db.exec(
        select(Person)
        .join(Role, col(Role.person_id) == col(Person.id))
        .where(Role.convention_id == convention_id, Role.kind == kind, col(Role.ended_at).is_(None))
        .order_by(col(Person.id))
    )
    return sorted(found, key=lambda person: alphabetical(person.name))


def hold_administrators(db: Session, convention_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Who is an administrator of these conventions, none of whom comes or goes until the transaction ends."""
    held = db.exec(
        select(Role)
        .where(
            col(Role.convention_id).in_(convention_ids),
            Role.kind == RoleKind.ADMINISTRATOR,
            col(Role.ended_at).is_(None),
        )
        .order_by(col(Role.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return frozenset(role.person_id for role in held)


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


def openings(db: Session, convention_id: UUID, at: dt.datetime) -> Sequence[OpeningRequest]:
    """What waits for a second administrator, letters and second factors, oldest first."""
    return db.exec(
        select(OpeningRequest)
        .where(OpeningRequest.convention_id == convention_id, OpeningRequest.expires_at > at)
        .order_by(col(OpeningRequest.asked_at))
    ).all()


def openings_for(db: Session, convention_id: UUID, person_id: UUID, at: dt.datetime) -> Sequence[OpeningRequest]:
    return [one for one in openings(db, convention_id, at) if one.person_id == person_id]


def opening(db: Session, convention_id: UUID, request_id: UUID) -> OpeningRequest | None:
    """This request, expired or not. The row is locked: it is decided once."""
    return db.exec(
        select(OpeningRequest)
        .where(OpeningRequest.id == request_id, OpeningRequest.convention_id == convention_id)
        .with_for_update()
    ).first()


def ever_held(db: Session, convention_id: UUID, person_id: UUID) -> frozenset[RoleKind]:
    """The roles she holds or has held in this convention."""
    return frozenset(
        db.exec(select(col(Role.kind)).where(Role.convention_id == convention_id, Role.person_id == person_id))
    )


def kept_by_two(db: Session, convention_id: UUID) -> frozenset[UUID]:
    """Those whose doors one administrator alone does not open (`rules.is_opened_by_two`)."""
    return frozenset(
        db.exec(
            select(col(Role.person_id)).where(
                Role.convention_id == convention_id,
                col(Role.kind).in_(GUARDED),
            )
        )
    )


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
    if lock:
        # Read again: what was loaded before the lock may be the past.
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.exec(query).first()


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


def spent_recovery_code(db: Session, convention_id: UUID, person_id: UUID, code_hash: str) -> RecoveryCode | None:
    """One of her recovery codes that has served."""
    return db.exec(
        select(RecoveryCode).where(
            RecoveryCode.convention_id == convention_id,
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == code_hash,
            col(RecoveryCode.used_at).is_not(None),
        )
    ).first()


def recovery_codes(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[RecoveryCode]:
    """All of them, used or not."""
    return db.exec(
        select(RecoveryCode).where(RecoveryCode.convention_id == convention_id, RecoveryCode.person_id == person_id)
    ).all()


def accesses_to(db: Session, convention_id: UUID, person_id: UUID) -> list[tuple[DataAccess, str]]:
    """Who has read something personal about her, newest first, with the reader's name."""
    found = db.exec(
        select(DataAccess, col(Person.name))
        .join(Person, col(Person.id) == col(DataAccess.by_id))
        .where(DataAccess.convention_id == convention_id, DataAccess.person_id == person_id)
        .order_by(col(DataAccess.at).desc(), col(DataAccess.id).desc())
    )
    return [(access, name) for access, name in found]


def attempts(db: Session, keys: Sequence[str]) -> Mapping[str, Attempts]:
    """Past failures under these keys."""
    return {found.key: found for found in db.exec(select(Attempts).where(col(Attempts.key).in_(keys)))}


def held_attempts(db: Session, key: str) -> Attempts | None:
    """The failures under this key, held until the transaction ends."""
    return db.exec(
        select(Attempts).where(Attempts.key == key).with_for_update().execution_options(populate_existing=True)
    ).first()


def is_known_elsewhere(db: Session, convention_id: UUID, person_id: UUID) -> bool:
    """Whether this person holds a role in another convention of the instance."""
    others = select(Role.id).where(
        Role.person_id == person_id, Role.convention_id != convention_id, col(Role.ended_at).is_(None)
    )
    return db.exec(others.limit(1)).first() is not None


def names(db: Session, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """The names behind these identifiers."""
    if not ids:
        return {}
    return {person.id: person.name for person in db.exec(select(Person).where(col(Person.id).in_(set(ids))))}


# -- what is forgotten ---------------------------------------------------------------------------------------------


def expired(at: dt.datetime) -> list[Any]:
    """The deletions that forget what is over, as the retention table says."""
    devices, others = at - retention.DEVICES_KEPT, at - retention.ATTEMPTS_KEPT
    codes = at - retention.CODES_KEPT
    return [
        delete(SignIn).where(sa.or_(col(SignIn.expires_at) < devices, col(SignIn.ended_at) < devices)),
        delete(MailLink).where(col(MailLink.expires_at) < others),
        delete(Attempts).where(col(Attempts.last_at) < others),
        delete(LetterCode).where(sa.or_(col(LetterCode.expires_at) < codes, col(LetterCode.revoked_at) < codes)),
        delete(RoleRequest).where(col(RoleRequest.expires_at) < at),
        delete(OpeningRequest).where(col(OpeningRequest.expires_at) < at),
        delete(DataAccess).where(col(DataAccess.at) < at - retention.ACCESSES_KEPT),
        delete(RetentionRun).where(col(RetentionRun.at) < at - retention.RUNS_KEPT),
    ]


def erasures(person_id: UUID) -> list[Any]:
    """The deletions of what opened doors to this person."""
    mine: list[Any] = [
        delete(table).where(col(table.person_id) == person_id)
        for table in (SignIn, MailLink, LetterCode, SecondFactor, RecoveryCode, RoleRequest, OpeningRequest)
    ]
    return mine


def mails_to(db: Session, email: str) -> Sequence[OutgoingMail]:
    """Mails that have not left yet for this address."""
    return db.exec(select(OutgoingMail).where(OutgoingMail.to == email)).all()


def held(db: Session, person_id: UUID) -> Sequence[Role]:
    """All the roles of a person, in all conventions, ended or not."""
    return db.exec(select(Role).where(Role.person_id == person_id).order_by(col(Role.given_at))).all()


def never_came(db: Session, before: dt.datetime) -> Sequence[Person]:
    """Those registered before that moment for a role that nobody confirmed: no register shows them, no door opens."""
    waits = sa.exists().where(col(RoleRequest.person_id) == col(Person.id))
    held = sa.exists().where(col(Role.person_id) == col(Person.id))
    never = select(Person).where(~held, ~waits, col(Person.created_at) < before, col(Person.erased_at).is_(None))
    return db.exec(never.with_for_update(skip_locked=True)).all()


def gone_since(db: Session, before: dt.datetime) -> Sequence[Person]:
    """Those whose last role, anywhere, ended before that moment."""
    last = (
        select(col(Role.person_id))
        .group_by(col(Role.person_id))
        .having(
            sa.func.count() == sa.func.count(col(Role.ended_at)),
            sa.func.max(col(Role.ended_at)) < sa.bindparam("before", before, type_=UTC),
        )
    )
    gone = select(Person).where(col(Person.id).in_(last), col(Person.erased_at).is_(None))
    return db.exec(gone.with_for_update(skip_locked=True)).all()


def erased(db: Session) -> Sequence[tuple[Person, dt.datetime]]:
    """Those whose data were erased, and when."""
    rows = db.exec(select(Person, col(Person.erased_at)).where(col(Person.erased_at).is_not(None)))
    return [(person, at) for person, at in rows if at is not None]


def any_erased_since(db: Session, before: dt.datetime) -> bool:
    return db.exec(select(Person.id).where(col(Person.erased_at) >= before).limit(1)).first() is not None


def last_run(db: Session, job: str) -> RetentionRun | None:
    return db.exec(
        select(RetentionRun).where(RetentionRun.job == job).order_by(col(RetentionRun.at).desc()).limit(1)
    ).first()


def runs(db: Session, convention_id: UUID, limit: int) -> Sequence[RetentionRun]:
    """The latest erasures: those of this convention, and those of the whole instance."""
    mine = sa.or_(col(RetentionRun.convention_id) == convention_id, col(RetentionRun.convention_id).is_(None))
    return db.exec(select(RetentionRun).where(mine).order_by(col(RetentionRun.at).desc()).limit(limit)).all()


# -- what was read -------------------------------------------------------------------------------------------------


def access_counts(db: Session, convention_id: UUID) -> list[tuple[Matter, Purpose, int]]:
    """How many readings of what is personal, by matter and purpose."""
    rows = db.exec(
        select(col(DataAccess.matter), col(DataAccess.purpose), sa.func.count())
        .where(DataAccess.convention_id == convention_id)
        .group_by(col(DataAccess.matter), col(DataAccess.purpose))
        .order_by(sa.func.count().desc(), col(DataAccess.purpose))
    )
    return [(matter, purpose, count) for matter, purpose, count in rows]


def accesses(
    db: Session, convention_id: UUID, *, page: int, per_page: int
) -> tuple[list[tuple[DataAccess, str, str]], int]:
    """One page of readings, newest first, with the names of who read and of whose data they are."""
    mine = DataAccess.convention_id == convention_id
    total = db.exec(select(sa.func.count()).select_from(DataAccess).where(mine)).one()
    found = db.exec(
        select(DataAccess)
        .where(mine)
        .order_by(col(DataAccess.at).desc(), col(DataAccess.id).desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    ).all()
    known = names(db, [one for access in found for one in (access.by_id, access.person_id)])
    return [(one, known.get(one.by_id, ""), known.get(one.person_id, "")) for one in found], total


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What this slice keeps of a person, for herself: (title, rows of {label: value})."""
    at = clock.now()
    account: dict[str, Any] = {
        _("Nom"): person.name,
        _("Adresse e-mail"): person.email or "",
        _("Téléphone"): person.phone,
        _("Joindre"): person.reach.label if person.reach else "",
        _("Mot de passe"): _("oui, illisible") if person.password_hash else _("non"),
        _("Inscription"): person.created_at,
    }
    factor = second_factor(db, convention.id, person.id)
    if factor is not None:
        left = sum(one.used_at is None for one in recovery_codes(db, convention.id, person.id))
        account[_("Second facteur")] = factor.made_at
        account[_("Codes de secours restants")] = left
    roles_held = [
        {_("Rôle"): one.kind.label, _("Depuis"): one.given_at, _("Jusqu’au"): one.ended_at or ""}
        for one in held(db, person.id)
        if one.convention_id == convention.id
    ]
    letters = [
        {_("Lettre du"): one.made_at, _("Sert jusqu’au"): one.expires_at}
        for one in codes_of(db, convention.id, person.id)
    ]
    mine = [
        {_("Appareil"): one.device, _("Entrée"): one.signed_in_at, _("Jusqu’au"): one.expires_at}
        for one in devices(db, convention.id, person.id, at)
    ]
    read = [
        {_("Par"): name, _("Quoi"): one.matter.label, _("Pourquoi"): one.purpose.label, _("Quand"): one.at}
        for one, name in accesses_to(db, convention.id, person.id)
    ]
    return [
        (_("Votre compte"), [account]),
        (_("Vos rôles"), roles_held),
        (_("Vos lettres"), letters),
        (_("Vos appareils"), mine),
        (_("Ce que l’équipe a lu de vous"), read),
    ]
