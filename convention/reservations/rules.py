import datetime as dt
from collections.abc import Collection, Sequence

from convention.kit.i18n import gettext as _
from convention.moderation import rules as moderation
from convention.moderation.models import Suspension
from convention.people.models import RoleKind
from convention.programme import rules as programme
from convention.programme.models import Activity, Phase
from convention.proposals import rules as proposals
from convention.proposals.models import Proposal
from convention.proposals.rules import Passage
from convention.reservations.models import Reservation, Review, ReviewKind

_OPEN = (Activity.EDIT, Activity.AMEND, Activity.VOTE)


def why_not_speak(
    proposal: Proposal, phases: Sequence[Phase], at: dt.datetime, suspension: Suspension | None
) -> str | None:
    """Why nothing more is written beside this text, or why she does not write it."""
    return _why_not_now(proposal, phases, at) or moderation.why_not_write(suspension, at)


def _why_not_now(proposal: Proposal, phases: Sequence[Phase], at: dt.datetime) -> str | None:
    if gone := proposals.why_not_alive(proposal):
        return gone
    reasons = [programme.why_not_open(phases, activity, at) for activity in _OPEN]
    if None in reasons:
        return None
    return _("Les réserves et les relectures s’écrivent pendant que la convention écrit et vote. {reason}").format(
        reason=reasons[-1]
    )


def why_not_about(passage: Passage | None) -> str | None:
    if passage is not None and passage.paragraph.removed_at is not None:
        return _("Ce paragraphe a été enlevé : choisissez-en un autre, ou l’ensemble.")
    return None


def why_not_sign(
    proposal: Proposal,
    reservation: Reservation,
    phases: Sequence[Phase],
    at: dt.datetime,
    suspension: Suspension | None,
    *,
    signed: bool,
) -> str | None:
    if reservation.withdrawn_at is not None:
        return _("Cette réserve a été retirée par toutes les personnes qui l’avaient signée.")
    if signed:
        return _("Vous avez déjà signé cette réserve.")
    return why_not_speak(proposal, phases, at, suspension)


def why_not_leave(
    proposal: Proposal, reservation: Reservation, phases: Sequence[Phase], at: dt.datetime, *, signed: bool
) -> str | None:
    """Why a signature is not taken back."""
    if not signed:
        return _("Vous n’avez pas signé cette réserve.")
    # What one signed, one may take back, suspended or not.
    return _why_not_now(proposal, phases, at) if reservation.withdrawn_at is None else None


def why_not_review(
    proposal: Proposal,
    roles: Collection[RoleKind],
    phases: Sequence[Phase],
    at: dt.datetime,
    suspension: Suspension | None,
    *,
    author: bool,
) -> str | None:
    """Why this person leaves no question, suggestion or note on this text."""
    if author:
        return _("Vous écrivez cette proposition : la relecture est faite par les autres.")
    if not {RoleKind.MEMBER, RoleKind.EXPERT} & set(roles):
        return _("La relecture est faite par les membres et par les expert·es.")
    return why_not_speak(proposal, phases, at, suspension)


def kinds(roles: Collection[RoleKind]) -> list[ReviewKind]:
    """What she may leave: notes are the experts' own, so that their words stand apart."""
    return [kind for kind in ReviewKind if kind != ReviewKind.EXPERT_NOTE or RoleKind.EXPERT in roles]


def why_not_this_kind(kind: ReviewKind, roles: Collection[RoleKind], standing: str) -> str | None:
    if kind not in kinds(roles):
        return _("Seul·es les expert·es laissent une note d’expert·e.")
    if kind == ReviewKind.EXPERT_NOTE and not standing:
        return _("Dites en quelle qualité vous écrivez, par exemple « juriste, commande publique ».")
    return None


def why_not_answer(review: Review, at: dt.datetime, suspension: Suspension | None, *, author: bool) -> str | None:
    if not author:
        return _("Seules les personnes qui ont écrit cette proposition peuvent répondre.")
    if review.answered_at is not None:
        return _("Une réponse a déjà été publiée.")
    return moderation.why_not_write(suspension, at)
