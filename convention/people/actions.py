import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from passlib.context import CryptContext

from convention.conventions.models import Convention
from convention.kit import clock, ids
from convention.kit.db import Session, added
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.people import authenticator, codes, queries, rules
from convention.people.events import (
    CodeMade,
    DevicesClosed,
    OpeningAsked,
    OpeningRefused,
    PersonAdded,
    PersonErased,
    RoleAsked,
    RoleEnded,
    RoleGiven,
    RoleRefused,
    SecondFactorReset,
)
from convention.people.forms import PersonForm, ReachForm
from convention.people.models import (
    GUARDED,
    Attempts,
    DataAccess,
    LetterCode,
    MailLink,
    Matter,
    Opening,
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

# OWASP's second choice of parameters for argon2id: 19 MiB, so that forty people signing in at once fit in memory.
passwords = CryptContext(
    schemes=["argon2"], argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1
)

CODE_LASTS = dt.timedelta(days=365)
LINK_LASTS = dt.timedelta(minutes=30)
MEMBER_LASTS = dt.timedelta(days=30)
STAFF_LASTS = dt.timedelta(hours=12)
SHARED_LASTS = dt.timedelta(hours=2)
REQUEST_LASTS = dt.timedelta(days=7)


# -- people and what they do ---------------------------------------------------------------------------------------


def add(db: Session, convention: Convention, form: PersonForm, *, by: Person | None = None) -> Person:
    """Add a person, or give her roles here if her address is already known elsewhere."""
    person = queries.of_email(db, form.email) if form.email else None
    _refuse_what_needs_another(db, convention, person, form.roles, by)
    if person is None:
        person = Person(name=form.name, email=form.email or None, created_at=clock.now())
        db.add(person)
        db.emit(PersonAdded(convention.id, person.id, by.id if by else None))
    for kind in form.roles:
        offer_role(db, convention, person, kind, by=by)
    return person


def offer_role(db: Session, convention: Convention, person: Person, kind: RoleKind, *, by: Person | None) -> None:
    """Give a role, or ask another administrator to confirm it (A6). By nobody: the operator, whose act it is."""
    if by is None or kind in queries.roles(db, convention.id, person.id):
        give_role(db, convention, person, kind)
    elif kind not in GUARDED:
        give_role(db, convention, person, kind, by=by, how="administrator")
    elif rules.is_given_alone(kind, queries.administrators_ever(db, convention.id)):
        give_role(db, convention, person, kind, by=by, how="alone")
    elif kind not in {one.kind for one in queries.requests_for(db, convention.id, person.id, clock.now())}:
        at = clock.now()
        db.add(
            RoleRequest(
                convention_id=convention.id,
                person_id=person.id,
                kind=kind,
                asked_by=by.id,
                asked_at=at,
                expires_at=at + REQUEST_LASTS,
            )
        )
        db.emit(RoleAsked(convention.id, person.id, kind, by.id))


def confirm_role(db: Session, convention: Convention, request: RoleRequest, *, by: Person) -> Person:
    """The second administrator agrees: the role is given."""
    asker_still = RoleKind.ADMINISTRATOR in queries.roles(db, convention.id, request.asked_by)
    refuse(rules.why_not_confirm(request, by, clock.now(), asker_still=asker_still))
    person = db.get(Person, request.person_id)
    assert person is not None, "a role was asked for somebody"
    give_role(db, convention, person, request.kind, by_id=request.asked_by, second=by, how="two administrators")
    db.delete(request)
    return person


def refuse_role(db: Session, convention: Convention, request: RoleRequest, *, by: Person) -> None:
    """The second administrator disagrees, or the first thinks better of it."""
    db.emit(RoleRefused(convention.id, request.person_id, request.kind, by.id))
    db.delete(request)


def _refuse_what_needs_another(
    db: Session, convention: Convention, person: Person | None, kinds: Iterable[RoleKind], by: Person | None
) -> None:
    # Said before anything is written: the form comes back whole.
    if by is None:
        return
    held = queries.roles(db, convention.id, person.id) if person else frozenset()
    administrators = {one.id for one in queries.holding(db, convention.id, RoleKind.ADMINISTRATOR)}
    others = administrators - {by.id} - ({person.id} if person else set())
    ever = queries.administrators_ever(db, convention.id)
    for kind in kinds:
        if kind not in held and (reason := rules.why_not_offer(kind, others=len(others), ever=ever)):
            raise Refused(reason)


def give_role(
    db: Session,
    convention: Convention,
    person: Person,
    kind: RoleKind,
    *,
    by: Person | None = None,
    by_id: UUID | None = None,
    second: Person | None = None,
    how: str = "operator",
) -> None:
    """Give a role, again if it had been ended. `how` says who agreed: it stays in the journal."""
    role = queries.role(db, convention.id, person.id, kind)
    if role is not None and role.ended_at is None:
        return
    if role is None:
        db.add(Role(person_id=person.id, convention_id=convention.id, kind=kind, given_at=clock.now()))
    else:
        role.given_at, role.ended_at = clock.now(), None
    if second is not None:
        # Whoever asked may have printed a letter before, and have entered with it: the new role begins with new doors.
        _revoke_letters(db, convention, person)
        end_everywhere(db, convention, person)
    giver = by.id if by else by_id
    db.emit(RoleGiven(convention.id, person.id, kind, giver, second.id if second else None, how))


def set_roles(
    db: Session, convention: Convention, person: Person, kinds: Iterable[RoleKind], *, by: Person
) -> list[RoleKind]:
    """From now on this person does this, and nothing else, in this convention. Returns the roles that have ended.

    One administrator is enough to end a role, whichever it is: an account in the wrong hands must close within the
    minute. Two are needed to give it back, and whoever it concerns is told (`routes.set_roles`).
    """
    wanted = set(kinds)
    # Two who put each other out at the same instant: one after the other, and the second is no longer there to do it.
    administrators = queries.hold_administrators(db, [convention.id])
    refuse(rules.why_not_administer(by.id in administrators))
    _refuse_what_needs_another(db, convention, person, wanted, by)
    ended = [kind for kind in RoleKind if kind in queries.roles(db, convention.id, person.id) - wanted]
    for kind in ended:
        refuse(rules.why_not_end_role(person, by, kind))
        role = queries.role(db, convention.id, person.id, kind)
        assert role is not None, "a role that is held has a row"
        role.ended_at = clock.now()
        db.emit(RoleEnded(convention.id, person.id, kind, by.id))
    for kind in wanted:
        offer_role(db, convention, person, kind, by=by)
    if not wanted:
        end_everywhere(db, convention, person)
    return ended


def is_letter_by_two(db: Session, convention: Convention, person: Person) -> bool:
    """Whether her letter takes two administrators: asked by the page, and by the action."""
    held = queries.ever_held(db, convention.id, person.id)
    if rules.is_letter_made_alone(held, queries.administrators_ever(db, convention.id)):
        return False
    return rules.is_opened_by_two(held)


def ask_opening(db: Session, convention: Convention, person: Person, opening: Opening, *, by: Person) -> None:
    """Ask another administrator to confirm that this door may be opened (A6). Asked twice, it waits once."""
    if opening == Opening.RESET and (reason := rules.why_not_reset(person, by)):
        raise Refused(reason)
    if opening == Opening.LETTER:
        _refuse_letter(db, convention, person)
    administrators = {one.id for one in queries.holding(db, convention.id, RoleKind.ADMINISTRATOR)}
    refuse(rules.why_not_ask_opening(others=len(administrators - {by.id, person.id})))
    at = clock.now()
    if opening in {one.opening for one in queries.openings_for(db, convention.id, person.id, at)}:
        return
    db.add(
        OpeningRequest(
            convention_id=convention.id,
            person_id=person.id,
            opening=opening,
            asked_by=by.id,
            asked_at=at,
            expires_at=at + REQUEST_LASTS,
        )
    )
    db.emit(OpeningAsked(convention.id, person.id, opening, by.id))


def confirm_opening(
    db: Session, convention: Convention, request: OpeningRequest, secret: str, *, by: Person
) -> tuple[Person, str | None]:  # fmt: skip
    """The second administrator agrees: it is done. Returns whose door, and the code of her letter if it was one."""
    asker_still = RoleKind.ADMINISTRATOR in queries.roles(db, convention.id, request.asked_by)
    refuse(rules.why_not_confirm_opening(request, by, clock.now(), asker_still=asker_still))
    person = db.get(Person, request.person_id)
    asker = db.get(Person, request.asked_by)
    assert person is not None and asker is not None, "somebody asked it for somebody"
    code = None
    if request.opening == Opening.LETTER:
        code = new_code(db, convention, person, secret, by=asker, second=by)
    else:
        reset_second_factor(db, convention, person, by=asker, second=by)
    db.delete(request)
    return person, code


def refuse_opening(db: Session, convention: Convention, request: OpeningRequest, *, by: Person) -> None:
    """No; or whoever asked has thought better of it."""
    db.emit(OpeningRefused(convention.id, request.person_id, request.opening, by.id))
    db.delete(request)


def new_code(
    db: Session,
    convention: Convention,
    person: Person,
    secret: str,
    *,
    by: Person | None = None,
    second: Person | None = None,
) -> str:
    """A new letter code; the former ones stop working. The only moment when the code is known.

    By nobody: the operator. To one of the team, an administrator needs a `second` one.
    """
    _refuse_letter(db, convention, person)
    if by is not None and second is None and is_letter_by_two(db, convention, person):
        raise Refused(_("La lettre d’une personne de l’équipe s’imprime à deux : demandez-la, une autre confirmera."))
    at = clock.now()
    _revoke_letters(db, convention, person)
    code = codes.new()
    db.add(
        LetterCode(
            code_hash=code_hash(secret, code),
            person_id=person.id,
            convention_id=convention.id,
            made_at=at,
            expires_at=at + CODE_LASTS,
        )
    )
    db.emit(CodeMade(convention.id, person.id, by.id if by else None, second.id if second else None))
    return code


def _refuse_letter(db: Session, convention: Convention, person: Person) -> None:
    refuse(rules.why_not_letter(elsewhere=queries.is_known_elsewhere(db, convention.id, person.id)))


def _revoke_letters(db: Session, convention: Convention, person: Person) -> None:
    for former in queries.codes_of(db, convention.id, person.id):
        former.revoked_at = clock.now()
        db.add(former)


def code_hash(secret: str, code: str) -> str:
    return ids.keyed(secret, "letter", code)


def choose_reach(db: Session, person: Person, form: ReachForm) -> None:
    """How this person wishes to be reached."""
    if form.email and (other := queries.of_email(db, form.email)) and other.id != person.id:
        raise Refused(_("Cette adresse est déjà celle d’une autre personne."))
    person.reach, person.phone = form.reach, form.phone
    person.email = form.email or person.email
    db.add(person)


def choose_password(db: Session, person: Person, password: str) -> None:
    person.password_hash = passwords.hash(password)
    db.add(person)


# -- coming in -----------------------------------------------------------------------------------------------------


def of_code(db: Session, convention: Convention, typed: str, secret: str, at: dt.datetime) -> Person | None:
    """Whose letter this is."""
    code = codes.read(typed)
    found = queries.of_code(db, convention.id, code_hash(secret, code), at) if code else None
    person = db.get(Person, found.person_id) if found else None
    return person if person and queries.roles(db, convention.id, person.id) else None


def of_password(db: Session, convention: Convention, email: str, password: str) -> Person | None:
    """Whose address and password these are. An unknown address costs as much time as a wrong password."""
    person = queries.of_email(db, email)
    if person is None or not person.password_hash:
        passwords.dummy_verify()
        return None
    if not passwords.verify(password, person.password_hash):
        return None
    return person if queries.roles(db, convention.id, person.id) else None


def new_link(db: Session, convention: Convention, person: Person) -> str:
    """A way in, to be sent to her own address. Returns the token: the table keeps its fingerprint."""
    token = ids.token()
    at = clock.now()
    db.add(
        MailLink(
            token_hash=ids.fingerprint(token),
            person_id=person.id,
            convention_id=convention.id,
            expires_at=at + LINK_LASTS,
        )
    )
    return token


def use_link(db: Session, convention: Convention, token: str, at: dt.datetime) -> Person | None:
    """Whose link this is; it opens once."""
    link = queries.of_link(db, convention.id, ids.fingerprint(token), at)
    if link is None:
        return None
    link.used_at = at
    person = db.get(Person, link.person_id)
    return person if person and queries.roles(db, convention.id, person.id) else None


def sign_in(
    db: Session,
    convention: Convention,
    person: Person,
    *,
    device: str,
    shared: bool,
    at: dt.datetime,
    second: bool = False,
) -> tuple[str, dt.timedelta]:
    """Open a device. Returns what its cookie holds, and for how long. `second`: the second factor was given too."""
    roles = queries.roles(db, convention.id, person.id)
    lasts = SHARED_LASTS if shared else MEMBER_LASTS if roles <= {RoleKind.MEMBER} else STAFF_LASTS
    token = ids.token()
    db.add(
        SignIn(
            token_hash=ids.fingerprint(token),
            person_id=person.id,
            convention_id=convention.id,
            device=device,
            signed_in_at=at,
            expires_at=at + lasts,
            shared=shared,
            second_factor_at=at if second else None,
        )
    )
    return token, lasts


def sign_out(db: Session, sign_in: SignIn) -> None:
    """Close a device."""
    sign_in.ended_at = clock.now()
    db.add(sign_in)


def end_everywhere(db: Session, convention: Convention, person: Person, *, but: UUID | None = None) -> None:
    """Close all the devices of a person, except perhaps the one she holds."""
    for device in queries.devices(db, convention.id, person.id, clock.now()):
        if device.id != but:
            sign_out(db, device)


def close_devices(db: Session, convention: Convention, person: Person, *, by: Person | None) -> None:
    """Her phone was stolen, and she has only a letter: somebody closes her devices for her. By nobody: the operator."""
    refuse(rules.why_not_close_devices(person, by, len(queries.devices(db, convention.id, person.id, clock.now()))))
    end_everywhere(db, convention, person)
    db.emit(DevicesClosed(convention.id, person.id, by.id if by else None))


# -- the second factor ---------------------------------------------------------------------------------------------

RECOVERY_CODES = 10


def is_hers(
    db: Session, convention: Convention, person: Person, device: SignIn, typed: str, secret: str, at: dt.datetime
) -> bool:
    """Whether what was typed proves that it is really her: her phone's code, her letter's, or her password."""
    if use_second_factor(db, convention, person, device, typed, secret, at):
        return True
    found = of_code(db, convention, typed, secret, at)
    if found is not None:
        return found.id == person.id
    return bool(person.password_hash) and bool(passwords.verify(typed, person.password_hash))


def begin_second_factor(
    db: Session, convention: Convention, person: Person, device: SignIn, secret: str
) -> SecondFactor:  # fmt: skip
    """A new secret, shown to this device alone until a code made from it has been typed."""
    factor = queries.second_factor(db, convention.id, person.id, lock=True)
    if factor is not None and factor.confirmed_at is not None:
        raise Refused(_("Votre second facteur est déjà en place. Écrivez le code que montre votre application."))
    if factor is None:
        factor = SecondFactor(
            person_id=person.id,
            convention_id=convention.id,
            secret=authenticator.new(secret),
            device_id=device.id,
            made_at=clock.now(),
        )
        if added(db, factor):
            return factor
        factor = queries.second_factor(db, convention.id, person.id, lock=True)
        assert factor is not None, "the second factor that stood in the way has vanished"
    factor.secret, factor.device_id, factor.made_at = authenticator.new(secret), device.id, clock.now()
    db.add(factor)
    return factor


def use_second_factor(
    db: Session, convention: Convention, person: Person, device: SignIn, typed: str, secret: str, at: dt.datetime
) -> bool:
    """Whether this code opens now. One that has opened never does again; the first one confirms the application."""
    factor = queries.second_factor(db, convention.id, person.id, lock=True)
    if factor is None or (factor.confirmed_at is None and factor.device_id != device.id):
        return False
    if authenticator.is_dead(factor.secret, secret):
        return False
    if rules.is_from_application(typed):
        typed = "".join(typed.split())
        counter = authenticator.match(factor.secret, secret, typed, at=at, last_counter=factor.last_counter)
        if counter is None:
            return False
        factor.last_counter, factor.secret = counter, authenticator.again(factor.secret, secret)
        factor.confirmed_at = factor.confirmed_at or at
        db.add(factor)
        return True
    code = codes.read(typed)
    kept = queries.recovery_code(db, convention.id, person.id, recovery_hash(secret, code)) if code else None
    if kept is None or factor.confirmed_at is None:
        return False
    kept.used_at = at
    db.add(kept)
    return True


def is_spent(db: Session, convention: Convention, person: Person, typed: str, secret: str) -> bool:
    """Whether this is one of her recovery codes, which has already served."""
    code = codes.read(typed)
    kept = queries.spent_recovery_code(db, convention.id, person.id, recovery_hash(secret, code)) if code else None
    return kept is not None


def why_not_second(db: Session, convention: Convention, person: Person, typed: str, secret: str) -> str:
    """What to do next, once this code has not opened: waiting helps with the application's, never with the paper's."""
    factor = queries.second_factor(db, convention.id, person.id)
    if factor is not None and authenticator.is_dead(factor.secret, secret):
        return rules.why_never_again(confirmed=factor.confirmed_at is not None)
    left = sum(one.used_at is None for one in queries.recovery_codes(db, convention.id, person.id))
    return rules.why_not_second(typed, spent=is_spent(db, convention, person, typed, secret), left=left)


def new_recovery_codes(db: Session, convention: Convention, person: Person, secret: str) -> list[str]:
    """Ten codes to keep on paper; the former ones stop working. The only moment when they are known."""
    _forget_recovery_codes(db, convention, person)
    made = [codes.new() for _number in range(RECOVERY_CODES)]
    for code in made:
        db.add(
            RecoveryCode(person_id=person.id, convention_id=convention.id, code_hash=recovery_hash(secret, code))
        )  # fmt: skip
    return made


def recovery_hash(secret: str, code: str) -> str:
    return ids.keyed(secret, "recovery", code)


def reset_second_factor(
    db: Session, convention: Convention, person: Person, *, by: Person | None, second: Person | None = None
) -> None:
    """The phone is lost, and so are the codes: she will begin again. Her devices are closed.

    By nobody: the operator. Otherwise always by two, whatever she is: what is read behind it is somebody's.
    """
    if by is not None and (reason := rules.why_not_reset(person, by)):
        raise Refused(reason)
    if by is not None and second is None:
        raise Refused(_("Un second facteur se retire à deux : demandez-le, une autre personne confirmera."))
    factor = queries.second_factor(db, convention.id, person.id, lock=True)
    if factor is not None:
        db.delete(factor)
    _forget_recovery_codes(db, convention, person)
    end_everywhere(db, convention, person)
    db.emit(SecondFactorReset(convention.id, person.id, by.id if by else None, second.id if second else None))


def _forget_recovery_codes(db: Session, convention: Convention, person: Person) -> None:
    for former in queries.recovery_codes(db, convention.id, person.id):
        db.delete(former)
    db.flush()


# -- what is personal ----------------------------------------------------------------------------------------------


def erase(db: Session, person: Person, *, by: Person | None) -> None:
    """Her name and all that is personal go; what she gave to the convention stays, under the name of « membre ».

    `by` is herself, an administrator, or nobody: the worker, a year after her last role. Each slice hears of it and
    erases what it keeps; her identifier remains, which leads to nobody.
    """
    roles_held = queries.held(db, person.id)
    if by is not None:
        # Two administrators who leave at the same instant: the second is the last one, and is asked to stay.
        administrators = queries.hold_administrators(db, [role.convention_id for role in roles_held])
        refuse(rules.why_not_administer(by.id == person.id or by.id in administrators))
        refuse(why_not_erase(db, person, by))
    at = clock.now()
    for role in roles_held:
        role.ended_at = role.ended_at or at
        db.add(role)
    if person.email:
        for mail in queries.mails_to(db, person.email):
            db.delete(mail)
    person.name = rules.name_left({role.kind for role in roles_held})
    person.email = person.reach = None
    person.phone = person.password_hash = ""
    person.erased_at = at
    db.add(person)
    db.flush()
    for statement in queries.erasures(person.id):
        db.exec(statement)
    for convention_id in dict.fromkeys(role.convention_id for role in roles_held):
        db.emit(PersonErased(convention_id, person.id, by.id if by else None))


def why_not_erase(db: Session, person: Person, by: Person) -> str | None:
    """Why not now: asked by the page before it shows its button, and by the action."""
    active = [role for role in queries.held(db, person.id) if role.ended_at is None]
    last = any(
        role.kind == RoleKind.ADMINISTRATOR
        and len(queries.holding(db, role.convention_id, RoleKind.ADMINISTRATOR)) == 1
        for role in active
    )
    hers = {role.convention_id for role in active}
    return rules.why_not_erase(
        person,
        by,
        last_administrator=last,
        elsewhere=len(hers) > 1,
        of_team=any(role.kind in GUARDED for role in active),
    )


def note_access(
    db: Session, convention: Convention, person_id: UUID, *, by: Person, matter: Matter, purpose: Purpose
) -> None:  # fmt: skip
    """Somebody reads what is personal: who, whose, when, why. One's own needs no note."""
    if by.id != person_id:
        db.add(
            DataAccess(
                convention_id=convention.id,
                person_id=person_id,
                by_id=by.id,
                matter=matter,
                purpose=purpose,
                at=clock.now(),
            )
        )


def note_erased(db: Session, job: str, erased: int, *, convention_id: UUID | None = None) -> None:
    """A job has erased what was due: how many, never whose."""
    db.add(RetentionRun(convention_id=convention_id, job=job, at=clock.now(), erased=erased))


# -- trying too often ----------------------------------------------------------------------------------------------


def note_failure(db: Session, keys: Mapping[str, str], at: dt.datetime) -> None:
    """Count a wrong code or password: `keys` is {kind: key}, the kinds being those of `rules.PATIENCE`."""
    # In the order of the keys, and held: those who fail at the same instant are counted one after the other.
    for kind, key in sorted(keys.items(), key=lambda item: item[1]):
        attempts = queries.held_attempts(db, key)
        if attempts is None:
            added(db, Attempts(key=key, last_at=at))
            attempts = queries.held_attempts(db, key)
            assert attempts is not None, "the row has just been added, by us or by another"
        if at - attempts.last_at > rules.FORGET_AFTER:
            attempts.failures = 0
        attempts.failures += 1
        attempts.last_at = at
        wait = rules.wait_after(kind, attempts.failures)
        attempts.wait_until = at + wait if wait else None
        db.add(attempts)


def forget_failures(db: Session, key: str) -> None:
    """A right code from this place: what was mistyped before is forgotten."""
    if attempts := queries.attempts(db, (key,)).get(key):
        db.delete(attempts)
