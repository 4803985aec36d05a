"""What those concerned receive by mail: written by the routes, which know the addresses of pages."""

from collections.abc import Callable
from uuid import UUID

from convention.conventions.models import Convention
from convention.kit import mail
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.text import date
from convention.moderation import queries
from convention.moderation.models import APPEAL_WITHIN, Appeal, Kind
from convention.moderation.queries import Decided
from convention.people.models import Person

Link = Callable[[UUID], str]


def tell(db: Session, convention: Convention, decided: Decided, link: Link) -> None:
    """A statement of reasons (DSA, article 17): what, which rule, the facts, by whom, how to contest."""
    decision, case = decided.decision, decided.case
    if decision.kind == Kind.KEEP:
        if len(queries.decisions_of(db, case)) == 1:
            return  # nobody told her of a flag that led to nothing: no need to worry her with it
        title = _("Votre texte est en ligne")
    elif decision.kind == Kind.SUSPENDED:
        title = _("Vous ne pouvez plus écrire pour un temps")
    else:
        title = _("Votre texte : une décision de modération")
    for person in queries.people(db, decided.concerned):
        if not person.email:
            continue
        lines = [
            _("Bonjour {name},").format(name=person.name),
            _("Sur : {title}. {kind}.").format(title=case.title, kind=decision.kind.done),
        ]
        if decision.rule is not None:
            lines.append(decision.rule.rule + ".")
        lines.append(_("Les faits : {statement}").format(statement=decision.statement))
        if decided.suspension is not None:
            until = date(decided.suspension.until)
            lines.append(_("Jusqu’au {day}. Vous pouvez toujours lire et voter.").format(day=until))
        if decision.kind == Kind.CHANGE_ASKED:
            lines.append(
                _("Votre texte est masqué en attendant : réécrivez-le, une personne le relira et le remettra en ligne.")
            )
        if decision.kind != Kind.KEEP:
            lines.append(
                _(
                    "Une personne a décidé, sans outil automatique. Vous pouvez contester jusqu’au {day} : une autre "
                    "personne vous répondra en sept jours. Rien n’est effacé : vous et les garants lisez votre texte."
                ).format(day=date(decision.decided_at + APPEAL_WITHIN))
            )
        mail.write(
            db,
            convention,
            person.email,
            title,
            lines,
            button=(_("Lire la décision"), link(decision.id)),
            why=_("Vous recevez ce message parce que cette décision vous concerne."),
        )


def thank(db: Session, convention: Convention, decided: Decided, link: Link) -> None:
    """Those who flagged and left their address are told what was decided, and nothing of the author.

    When it is left online, they are told why, and that they may contest it (DSA, article 20).
    """
    left = decided.decision.kind == Kind.KEEP
    for person in queries.reporters(db, decided.decision):
        if person.email:
            mail.write(
                db,
                convention,
                person.email,
                _("Votre signalement a été examiné"),
                [
                    _("Bonjour {name},").format(name=person.name),
                    _("Vous avez signalé : {title}.").format(title=decided.case.title),
                    _("Ce qui a été décidé : {kind}.").format(kind=decided.decision.kind.told),
                    *(
                        [
                            _("Les raisons : {statement}").format(statement=decided.decision.statement),
                            _(
                                "Vous n’êtes pas d’accord ? Contestez jusqu’au {day} : une personne qui n’a pas pris "
                                "cette décision vous répondra en sept jours."
                            ).format(day=date(decided.decision.decided_at + APPEAL_WITHIN)),
                        ]
                        if left
                        else []
                    ),
                    _("Merci d’avoir pris ce temps. Votre nom n’est pas transmis à qui a écrit le texte."),
                ],
                button=(_("Lire la décision"), link(decided.decision.id)) if left else None,
                why=_("Vous recevez ce message parce que vous avez signalé ce texte."),
            )


def acknowledge(db: Session, convention: Convention, decided: Decided, appeal: Appeal, by: Person, link: Link) -> None:
    """Her appeal is received, and when it will be answered."""
    if by.email:
        mail.write(
            db,
            convention,
            by.email,
            _("Votre recours est enregistré"),
            [
                _("Bonjour {name},").format(name=by.name),
                _("Vous contestez la décision de modération n° {n}, sur : {title}.").format(
                    n=decided.decision.number, title=decided.case.title
                ),
                _("Une personne qui n’a pas pris cette décision vous répondra au plus tard le {day}.").format(
                    day=date(appeal.due_at)
                ),
            ],
            button=(_("Lire la décision"), link(decided.decision.id)),
            why=_("Vous recevez ce message parce que vous avez contesté cette décision."),
        )


def reply(db: Session, convention: Convention, decided: Decided, appeal: Appeal, link: Link) -> None:
    """What somebody else says of the decision, and why."""
    decision = decided.decision
    assert appeal.outcome is not None, "an answer has an outcome"
    # Of a text left online, the answer goes to who flagged it: its author was never told of the flag.
    told = {appeal.appealed_by} if decision.kind == Kind.KEEP else decided.concerned
    for person in queries.people(db, told):
        if person.email:
            mail.write(
                db,
                convention,
                person.email,
                _("Réponse au recours sur la décision n° {n}").format(n=decision.number),
                [
                    _("Bonjour {name},").format(name=person.name),
                    _("{outcome}. Sur : {title}.").format(outcome=appeal.outcome.label, title=decided.case.title),
                    _("Les raisons : {statement}").format(statement=appeal.statement),
                    _("Une autre personne que celle qui avait décidé vous répond. Les garants lisent tout le dossier."),
                ],
                button=(_("Lire la réponse"), link(decision.id)),
                why=_("Vous recevez ce message parce que cette décision vous concerne."),
            )
