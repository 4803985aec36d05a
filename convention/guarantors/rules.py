import datetime as dt
from collections.abc import Collection
from uuid import UUID

from convention.guarantors.models import Kind, Remark
from convention.kit import clock
from convention.kit.i18n import gettext as _
from convention.kit.text import days
from convention.people.models import RoleKind


def why_not_change(remark: Remark, person_id: UUID) -> str | None:
    """A draft belongs to who began it; what is published belongs to everybody."""
    if remark.published_at is not None:
        return _("Ce texte est publié : il ne change plus. Pour le corriger, publiez-en un autre, qui lui sera lié.")
    if remark.author_id != person_id:
        return _("Seule la personne qui a commencé ce brouillon peut le changer ou le publier.")
    return None


def why_not_correct(remark: Remark, correction: Remark | None) -> str | None:
    """`correction` is the entry, draft or published, that already corrects it."""
    if remark.published_at is None:
        return _("Ce texte n’est pas publié : changez-le directement.")
    if correction is not None and correction.published_at is not None:
        return _("Ce texte est déjà corrigé par le n° {n} : corrigez celui-là.").format(n=correction.number)
    if correction is not None:
        return _("Une correction de ce texte est déjà commencée, dans les brouillons.")
    return None


def why_not_answer(remark: Remark, roles: Collection[RoleKind]) -> str | None:
    if remark.published_at is None:
        return _("Ce texte n’est pas publié.")
    if RoleKind.GUARANTOR in roles:
        # Whoever watches the organisers cannot speak for them as well.
        return _("Les garants ne répondent pas à la place de l’organisation.")
    return None


def waited(published_at: dt.datetime, until: dt.datetime) -> int:
    """Whole days of the calendar between the two."""
    return (clock.local(until).date() - clock.local(published_at).date()).days


def delay(remark: Remark, answered_at: dt.datetime | None, at: dt.datetime) -> str:
    """« réponse donnée en 2 jours », « sans réponse depuis 9 jours »; nothing for an observation nobody answered."""
    assert remark.published_at is not None, "only what is published waits"
    n = waited(remark.published_at, answered_at or at)
    if answered_at is not None:
        return _("Réponse donnée en {days}").format(days=days(n)) if n else _("Réponse donnée le jour même")
    if remark.kind != Kind.ALERT:
        return ""
    return _("Sans réponse depuis {days}").format(days=days(n)) if n else _("Réponse attendue, publiée aujourd’hui")
