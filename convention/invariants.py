"""What holds of people, moderation and what is confided, checked with the rest of the data (`checker`).

Every table is looked at by a check, or is here in EXEMPT with the reason why nothing can be said of it: a new table
that is in neither turns the tests red.
"""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlmodel import col, select

from convention.care.models import CareSheet
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.moderation.models import Appeal, Case, Concerned, Decision, Flag, Hidden, Kind, Suspension
from convention.people.models import (
    LetterCode,
    MailLink,
    OpeningRequest,
    Person,
    RecoveryCode,
    Role,
    RoleRequest,
    SecondFactor,
    SignIn,
)


def _moderation(db: Session, convention: Convention) -> Iterator[str]:
    """Each decision has its rule and its reasons, hides what it says it hides, and each flag is somewhere."""
    decisions = {one.id: one for one in db.exec(select(Decision).where(Decision.convention_id == convention.id))}
    mine = col(Hidden.convention_id) == convention.id
    hidden = set(db.exec(select(Hidden.decision_id).where(mine)))
    standing = set(db.exec(select(Hidden.decision_id).where(mine, col(Hidden.lifted_at).is_(None))))
    suspended = {one.decision_id for one in db.exec(
        select(Suspension).where(Suspension.convention_id == convention.id)
    )}  # fmt: skip
    about = set(db.exec(select(Concerned.decision_id).where(col(Concerned.decision_id).in_(suspended))))
    for one in decisions.values():
        wrong = []
        if (one.rule is None) != (one.kind == Kind.KEEP) or not one.statement:
            wrong.append(_("elle n’a pas sa règle ou ses raisons."))
        if one.kind.hides != (one.id in hidden) or (one.kind == Kind.SUSPENDED) != (one.id in suspended):
            wrong.append(_("ce qu’elle masque ou suspend n’est pas ce qu’elle dit."))
        if one.lifted_at is not None and one.id in standing:
            wrong.append(_("elle ne s’applique plus, et elle masque encore."))
        if one.id in suspended and one.id not in about:
            wrong.append(_("elle suspend quelqu’un qui ne peut pas la contester."))
        yield from (_("Décision de modération n° {n} : {what}").format(n=one.number, what=what) for what in wrong)
    for appeal in db.exec(select(Appeal).where(Appeal.convention_id == convention.id)):
        said = appeal.outcome is not None, bool(appeal.statement), appeal.answered_by is not None
        if len({*said, appeal.answered_at is not None}) > 1 or appeal.due_at <= appeal.appealed_at:
            yield _("Recours : la réponse à celui du {day} est incomplète.").format(
                day=f"{appeal.appealed_at:%d/%m/%Y}"
            )
        if appeal.answered_by is not None and appeal.answered_by == decisions[appeal.decision_id].decided_by:
            yield _("Recours : qui avait décidé a répondu.")
    forgotten = db.exec(
        select(sa.func.count())
        .select_from(Flag)
        .join(Case, col(Case.id) == col(Flag.case_id))
        .where(Flag.convention_id == convention.id, col(Flag.decision_id).is_(None), col(Case.waiting_since).is_(None))
    ).one()
    if forgotten:
        yield ngettext(
            "Modération : {n} signalement n’a pas de décision et n’est pas dans la file.",
            "Modération : {n} signalements n’ont pas de décision et ne sont pas dans la file.",
            forgotten,
        ).format(n=forgotten)


def _people(db: Session, convention: Convention) -> Iterator[str]:
    """Who is erased keeps nothing personal, and no door; who enters holds a role."""
    here = select(Role.person_id).where(Role.convention_id == convention.id)
    erased = db.exec(select(Person).where(col(Person.id).in_(here), col(Person.erased_at).is_not(None))).all()
    if left := sum(bool(one.email or one.phone or one.password_hash or one.reach) for one in erased):
        yield ngettext(
            "Personnes effacées : {n} a encore une adresse, un téléphone ou un mot de passe.",
            "Personnes effacées : {n} ont encore une adresse, un téléphone ou un mot de passe.",
            left,
        ).format(n=left)
    ids = [one.id for one in erased]
    for table in (SignIn, LetterCode, MailLink, SecondFactor, RecoveryCode, RoleRequest, OpeningRequest, CareSheet):
        count = db.exec(
            select(sa.func.count()).select_from(table).where(
                table.convention_id == convention.id, col(table.person_id).in_(ids)
            )
        ).one()  # fmt: skip
        if count:
            yield _("Personnes effacées : il leur reste des lignes dans {table} ({n}).").format(
                n=count, table=table.__tablename__
            )
    active = db.exec(
        select(sa.func.count()).select_from(Role).where(
            Role.convention_id == convention.id, col(Role.ended_at).is_(None), col(Role.person_id).in_(ids)
        )
    ).one()  # fmt: skip
    if active:
        yield ngettext(
            "Personnes effacées : {n} a encore un rôle.", "Personnes effacées : {n} ont encore un rôle.", active
        ).format(n=active)


def _second_factors(db: Session, convention: Convention) -> Iterator[str]:
    """Recovery codes stand behind a second factor; the same administrator neither asks nor is asked for twice."""
    factors = select(SecondFactor.person_id).where(SecondFactor.convention_id == convention.id)
    orphans = db.exec(
        select(sa.func.count()).select_from(RecoveryCode).where(
            RecoveryCode.convention_id == convention.id, col(RecoveryCode.person_id).not_in(factors)
        )
    ).one()  # fmt: skip
    if orphans:
        yield ngettext(
            "Seconds facteurs : {n} code de secours n’ouvre derrière aucun.",
            "Seconds facteurs : {n} codes de secours n’ouvrent derrière aucun.",
            orphans,
        ).format(n=orphans)


def _sheets(db: Session, convention: Convention) -> Iterator[str]:
    """What was confided is unreadable here, and gone on its day (the worker has a day to do it)."""
    yesterday = clock.local(clock.now()).date().toordinal() - 1
    sheets = db.exec(select(CareSheet).where(CareSheet.convention_id == convention.id)).all()
    if late := sum(one.kept_until.toordinal() < yesterday for one in sheets):
        yield ngettext(
            "Fiches d’accueil : {n} devait être effacée. Le worker tourne-t-il ?",
            "Fiches d’accueil : {n} devaient être effacées. Le worker tourne-t-il ?",
            late,
        ).format(n=late)


CHECKS = (_moderation, _people, _second_factors, _sheets)

_CHOSEN = "chosen by somebody, each value alone: nothing else must agree with it"
_DONE = "held by its own constraints, and forgotten once done"
EXEMPT: Mapping[str, str] = {
    "attempts": "counts of wrong codes, without a person",
    "outgoing_mail": _DONE,
    "search_word": "made from search_entry, made again with it",
    "convention_text": _CHOSEN,
    "theme": _CHOSEN,
    "phase": _CHOSEN,
    "sitting_theme": _CHOSEN,
    "agenda_item": _CHOSEN,
    "care_date": _CHOSEN,
    "department": _CHOSEN,
    "department_attachment": _CHOSEN,
    "report_text": _CHOSEN,
    "plain_text": _CHOSEN,
    "data_access": "a record of readings: nothing says how many there were",
    "retention_run": "a record of counts: nothing says how many there were",
    "remark_answer": "held by its remark, whose numbers are checked",
    "answer_import": _DONE,
    "answer_reminder": _DONE,
    "answer_comment": "held by its answer, whose publications are checked",
    "answer_contest": "held by its answer, whose publications are checked",
    "answer_news": "held by its answer, whose publications are checked",
    "answer_review": "held by its answer, whose publications are checked",
    "answer_step": "held by its answer, whose publications are checked",
    "author_invitation": _DONE,
    "paragraph_hand": _DONE,
    "argument_endorsement": "held by its key: one for a person and an argument",
    "review": "held by its proposal; nothing counts them",
    "recasting_source": "read with the fate of paragraphs, which the checker walks",
    "fate": "read by lineage.strands, which the checker walks",
    "open_call": "public answers, their own words; counted when the poll closes",
    "hand_count": "gone once its poll is over, whose totals are checked",
    "paper_entry": "written and swept with its poll, whose sums are checked",
    "webhook": _CHOSEN,
    "webhook_delivery": _DONE,
}
