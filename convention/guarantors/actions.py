from uuid import UUID

from convention.conventions.models import Convention
from convention.guarantors import queries, rules
from convention.guarantors.events import RemarkAnswered, RemarkPublished
from convention.guarantors.forms import AnswerForm, RemarkForm
from convention.guarantors.models import Kind, Remark, RemarkAnswer
from convention.kit import clock, ids, mail
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.people.models import Person, RoleKind


def begin(
    db: Session, convention: Convention, author: Person, form: RemarkForm, *, corrects: Remark | None = None
) -> Remark:
    """A draft, which guarantors alone read."""
    if corrects is not None and (reason := rules.why_not_correct(corrects, queries.correction_of(db, corrects))):
        raise Refused(reason)
    remark = Remark(
        convention_id=convention.id,
        kind=form.kind,
        title=form.title,
        text=form.text,
        author_id=author.id,
        corrects_id=corrects.id if corrects else None,
        written_at=clock.now(),
    )
    db.add(remark)
    db.flush()
    return remark


def change(db: Session, remark: Remark, person: Person, form: RemarkForm) -> None:
    remark = _held(db, remark.id)
    refuse(rules.why_not_change(remark, person.id))
    remark.kind, remark.title, remark.text, remark.written_at = form.kind, form.title, form.text, clock.now()
    db.add(remark)


def throw_away(db: Session, remark: Remark, person: Person) -> None:
    remark = _held(db, remark.id)
    refuse(rules.why_not_change(remark, person.id))
    db.delete(remark)


def publish(db: Session, convention: Convention, remark: Remark, person: Person, *, site: str) -> int:
    """Give it to everybody to read, dated and signed, for ever; tell the organisers. Its number."""
    number = queries.next_number(db, convention)
    remark = _held(db, remark.id)
    refuse(rules.why_not_change(remark, person.id))
    remark.number, remark.published_at = number, clock.now()
    db.add(remark)
    said = ids.fingerprint(f"{remark.title}\n{remark.text}")
    db.emit(RemarkPublished(convention.id, remark.id, number, remark.kind.value, said, person.id))
    for reader in queries.reachable(db, convention, RoleKind.FACILITATOR, RoleKind.ADMINISTRATOR):
        assert reader.email, "only those who have an address were asked for"
        mail.write(
            db,
            convention,
            reader.email,
            _("{kind} des garants, n° {n}").format(kind=remark.kind.label, n=number),
            [remark.title, remark.text]
            + ([_("Votre réponse paraîtra à côté, avec le délai.")] if remark.kind == Kind.ALERT else []),
            button=(_("Lire et répondre"), f"{site}/journal-des-garants/{number}"),
            why=_("Vous recevez ce message parce que vous organisez la convention."),
        )
    return number


def answer(
    db: Session,
    convention: Convention,
    remark: Remark,
    person: Person,
    form: AnswerForm,
    *,
    roles: frozenset[RoleKind],
    site: str,
) -> None:
    """The organisers' answer, beside what the guarantors wrote; tell them."""
    remark = _held(db, remark.id)
    refuse(rules.why_not_answer(remark, roles))
    given = RemarkAnswer(remark_id=remark.id, text=form.text, by_id=person.id, answered_at=clock.now())
    db.add(given)
    db.emit(RemarkAnswered(convention.id, remark.id, given.id, ids.fingerprint(form.text), person.id))
    for reader in queries.reachable(db, convention, RoleKind.GUARANTOR):
        assert reader.email, "only those who have an address were asked for"
        mail.write(
            db,
            convention,
            reader.email,
            _("L’organisation répond au n° {n} de votre journal").format(n=remark.number),
            [remark.title, form.text],
            button=(_("Lire la réponse"), f"{site}/journal-des-garants/{remark.number}"),
            why=_("Vous recevez ce message parce que vous êtes garant·e de la convention."),
        )


def forget_drafts(db: Session, convention_id: UUID, person_id: UUID) -> None:
    """Somebody leaves: what she had not published goes."""
    for remark in queries.drafts_of(db, convention_id, person_id):
        db.delete(remark)


def _held(db: Session, id: UUID) -> Remark:
    held = queries.locked(db, id)
    if held is None:
        raise Refused(_("Ce brouillon a été jeté entre-temps."))
    return held
