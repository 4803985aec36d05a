import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from convention.kit.i18n import gettext as _
from convention.kit.text import date, hour, moment
from convention.moderation.models import (
    APPEAL_WITHIN,
    PAGE,
    Appeal,
    Decision,
    Facts,
    Kind,
    Suspension,
)
from convention.people.models import Attempts, Person, RoleKind

# Who decides appeals, and who reads every original.
DECIDERS = frozenset({RoleKind.FACILITATOR, RoleKind.ADMINISTRATOR})
READERS = DECIDERS | {RoleKind.GUARANTOR}

LONGEST_SUSPENSION = dt.timedelta(days=90)


def why_not_flag(attempts: Sequence[Attempts], at: dt.datetime) -> str | None:
    """Why no other flag may leave from here yet."""
    until = max((one.wait_until for one in attempts if one.wait_until), default=None)
    if until is None or until <= at:
        return None
    return _("Plusieurs signalements sont partis d’ici en peu de temps. Envoyez celui-ci à {hour}.").format(
        hour=hour(until + dt.timedelta(seconds=59))
    )


def why_not_decide(facts: Facts, kind: Kind, by: Person) -> str | None:
    """Why this person may not decide that of this text."""
    if by.id in facts.author_ids:
        return _("Vous avez écrit ce texte : une autre personne doit décider.")
    if kind.hides and facts.subject[0] == PAGE:
        return _("Cette page n’est pas le texte d’une personne : faites-la corriger, puis classez ce signalement.")
    if kind == Kind.CHANGE_ASKED and not facts.rewritable:
        return _("Ce texte ne se réécrit pas : masquez le passage, ou le texte entier.")
    if kind == Kind.SUSPENDED and not facts.author_ids:
        return _("Personne n’est connu comme auteur de ce texte.")
    return None


def why_not_these(facts: Facts, kind: Kind, passages: Sequence[str]) -> str | None:
    """Why these passages cannot be hidden."""
    if kind != Kind.HIDDEN_PART:
        return None
    if not passages:
        return _("Recopiez le passage à masquer, tel qu’il est écrit.")
    for passage in passages:
        if not any(passage in text for _label, text in facts.texts):
            return _("Ce passage ne se trouve pas dans le texte : « {passage} ». Copiez-le tel quel.").format(
                passage=passage[:80]
            )
    return None


def why_not_suspend(person_id: UUID | None, facts: Facts, until: dt.datetime | None, at: dt.datetime) -> str | None:
    if person_id not in facts.author_ids:
        return _("Choisissez une des personnes qui ont écrit ce texte.")
    if until is None or until <= at:
        return _("Choisissez une date à venir.")
    if until > at + LONGEST_SUSPENSION:
        return _("Une suspension dure trois mois au plus : choisissez une date avant le {day}.").format(
            day=date(at + LONGEST_SUSPENSION)
        )
    return None


def why_not_write(suspension: Suspension | None, at: dt.datetime) -> str | None:
    """Why this person may not write now. She may always read and vote: the vote is a right, not a favour."""
    if suspension is None or suspension.lifted_at is not None or suspension.until <= at:
        return None
    return _(
        "Vous ne pouvez pas écrire avant le {moment} : la modération l’a décidé, et vous pouvez le contester. "
        "Vous pouvez toujours voter."
    ).format(moment=moment(suspension.until))


def why_not_read(
    roles: Collection[RoleKind], person: Person, concerned: Collection[UUID], reporters: Collection[UUID] = ()
) -> str | None:
    """Why the statement and the original are not for this person. `reporters` are those whom it did not follow."""
    if person.id in concerned or person.id in reporters or READERS & set(roles):
        return None
    return _("Cette décision se lit par les personnes concernées, l’animation et les garants.")


def why_not_appeal(
    decision: Decision,
    appeal: Appeal | None,
    person: Person,
    concerned: Collection[UUID],
    at: dt.datetime,
    reporters: Collection[UUID] = (),
) -> str | None:
    """Why she may not contest. A text left online is contested by those who flagged it (DSA, article 20)."""
    if decision.kind == Kind.KEEP and person.id not in reporters:
        return _("Le texte est en ligne : il n’y a rien à contester.")
    if decision.kind != Kind.KEEP and person.id not in concerned:
        return _("Seule une personne concernée par cette décision peut la contester.")
    if appeal is not None:
        return _("Cette décision est déjà contestée.")
    if decision.lifted_at is not None:
        return _("Cette décision ne s’applique plus : il n’y a rien à contester.")
    if at > decision.decided_at + APPEAL_WITHIN:
        return _("Le délai pour contester est passé depuis le {day}.").format(
            day=date(decision.decided_at + APPEAL_WITHIN)
        )
    return None


def why_not_answer(
    decision: Decision,
    appeal: Appeal | None,
    person: Person,
    roles: Collection[RoleKind],
    concerned: Collection[UUID],
) -> str | None:
    """Why this person may not answer the appeal: it goes to somebody who did not decide, and whom it is not about."""
    if appeal is None:
        return _("Cette décision n’est pas contestée.")
    if appeal.answered_at is not None:
        return _("Ce recours a déjà reçu sa réponse.")
    if not DECIDERS & set(roles):
        return _("L’animation et l’administration répondent aux recours ; les garants les lisent.")
    if person.id == decision.decided_by:
        return _("Vous avez pris cette décision : une autre personne doit répondre au recours.")
    if person.id in concerned or person.id == appeal.appealed_by:
        return _("Cette décision vous concerne : une autre personne doit répondre au recours.")
    return None
