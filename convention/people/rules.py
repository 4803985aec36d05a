import datetime as dt
from collections.abc import Set

from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import hour
from convention.people.models import (
    GUARDED,
    Attempts,
    OpeningRequest,
    Person,
    Reach,
    RoleKind,
    RoleRequest,
)

# How long one is known to be oneself after having entered: then, what opens doors asks for a proof.
RECENT = dt.timedelta(minutes=10)

FORGET_AFTER = dt.timedelta(hours=1)
LONGEST_WAIT = dt.timedelta(minutes=15)

# How many failures before one waits: from one browser, against one account, from one network (a whole room shares it).
PATIENCE = {"place": 5, "account": 8, "second": 5, "network": 60}


def wait_after(kind: str, failures: int) -> dt.timedelta | None:
    """How long to wait after that many failures: nothing at first, then 30 seconds, doubling, 15 minutes at most."""
    over = failures - PATIENCE[kind]
    if over < 0:
        return None
    return min(dt.timedelta(seconds=30 * 2 ** int(min(over, 10))), LONGEST_WAIT)


def why_not_try(attempts: Attempts | None, at: dt.datetime) -> str | None:
    """Why another code or password may not be tried from here yet."""
    if attempts is None or attempts.wait_until is None or attempts.wait_until <= at:
        return None
    left = attempts.wait_until - at
    if left < dt.timedelta(minutes=1):
        seconds = max(1, round(left.total_seconds()))
        return ngettext(
            "Plusieurs essais n’ont pas marché. Attendez {n} seconde, puis réessayez.",
            "Plusieurs essais n’ont pas marché. Attendez {n} secondes, puis réessayez.",
            seconds,
        ).format(n=seconds)
    # The next whole minute: told one second too early, she would be refused again.
    again = attempts.wait_until + dt.timedelta(seconds=59)
    return _("Plusieurs essais n’ont pas marché. Réessayez à {hour}.").format(hour=hour(again))


def is_from_application(typed: str) -> bool:
    """Whether this is what an application shows, six digits, and not a code of the paper."""
    signs = "".join(typed.split())
    return signs.isascii() and signs.isdigit() and len(signs) == 6


def why_not_second(typed: str, *, spent: bool, left: int) -> str:
    """Why this second code does not open. `spent`: it is one of her recovery codes, and has served; `left` others."""
    if spent and left:
        return _("Ce code de secours a déjà servi. Écrivez-en un autre, ou le code de votre application.")
    if spent:
        return _(
            "Vos codes de secours ont tous servi. Écrivez le code de votre application ; sans téléphone, appelez la "
            "ligne d’aide."
        )
    if is_from_application(typed):
        return _("Ce code n’ouvre pas. Attendez le prochain, qui vient dans les 30 secondes, et écrivez-le.")
    if left:
        return _(
            "Ce code n’est pas reconnu. Écrivez les six chiffres de votre application, ou les dix caractères d’un code "
            "de secours."
        )
    return _("Ce code n’est pas reconnu. Écrivez les six chiffres que montre votre application.")


def why_never_again(*, confirmed: bool) -> str:
    """What to do once the server's key has changed: waiting for the next code would be in vain."""
    if not confirmed:
        return _("La clé du site a changé entre-temps : recommencez avec « Commencer ».")
    return _(
        "La clé du site a changé : ni votre application ni vos codes de secours n’ouvrent plus. Appelez la ligne "
        "d’aide : votre second facteur sera retiré, et vous en choisirez un autre."
    )


def is_told_of_devices(person: Person, roles: Set[RoleKind]) -> bool:
    """Whether a new kind of device is said by mail: to the team, and to members who chose to be reached by mail."""
    return bool(roles & GUARDED) or person.reach == Reach.EMAIL


def why_not_reset(person: Person, by: Person) -> str | None:
    """Why this second factor cannot be taken away: whoever has stolen a session must not be able to."""
    if person.id == by.id:
        return _("Vous ne pouvez pas retirer votre propre second facteur : une autre personne doit le faire.")
    return None


def is_given_alone(kind: RoleKind, ever: int) -> bool:
    """The evening before the first sitting: one administrator, nobody to run the votes, an operator asleep.

    As long as a convention has never had a second administrator (`ever` counts all there have been), its only one may
    name the facilitators; the journal says that she was alone. Never guarantors nor administrators, who watch her or
    would confirm what she asks; nor the welcome desk: what members confided, she may read under her own name. Having
    put the other out does not count as being alone.
    """
    return kind == RoleKind.FACILITATOR and ever == 1


def why_not_offer(kind: RoleKind, *, others: int, ever: int) -> str | None:
    """Why this role cannot be asked for: `others` are the administrators who could confirm it."""
    if kind not in GUARDED or others or is_given_alone(kind, ever):
        return None
    return _(
        "Le rôle « {role} » se donne à deux, et personne d’autre de l’administration ne peut confirmer. La personne "
        "qui exploite le site peut l’inscrire : convention person add."
    ).format(role=kind.label)


def why_not_confirm(request: RoleRequest, by: Person, at: dt.datetime, *, asker_still: bool) -> str | None:
    """Why she cannot confirm this role."""
    if request.asked_by == by.id:
        return _("Vous avez demandé ce rôle : une autre personne de l’administration doit le confirmer.")
    if request.person_id == by.id:
        return _("Ce rôle est pour vous : une autre personne de l’administration doit le confirmer.")
    if request.expires_at <= at:
        return _("Cette demande a plus de sept jours. Demandez le rôle de nouveau.")
    if not asker_still:
        return _("La personne qui a demandé ce rôle n’est plus de l’administration. Demandez-le vous-même.")
    return None


def is_recent(signed_in_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether she has just entered: an open session found on a table is older."""
    return at - signed_in_at < RECENT


def is_opened_by_two(ever_held: Set[RoleKind]) -> bool:
    """Whether a letter takes two administrators, as the role did (A6). Taking a second factor away always does.

    Roles that have ended count: otherwise one would end the role, open the door alone, and have it given back.
    """
    return bool(ever_held & GUARDED)


def is_letter_made_alone(ever_held: Set[RoleKind], ever: int) -> bool:
    """The evening before: whoever could name the facilitator alone may print her letter."""
    return ever == 1 and ever_held & GUARDED <= {RoleKind.FACILITATOR}


def why_not_ask_opening(*, others: int) -> str | None:
    """Why one cannot even ask: nobody could confirm. The operator's command remains, and the journal says it."""
    if others:
        return None
    return _(
        "Cela se fait à deux, et personne d’autre de l’administration ne peut confirmer. La personne qui exploite le "
        "site peut le faire : convention person letter, ou convention person reset-second-factor."
    )


def why_not_confirm_opening(
    request: OpeningRequest, by: Person, at: dt.datetime, *, asker_still: bool
) -> str | None:  # fmt: skip
    """Why she cannot confirm it."""
    if request.asked_by == by.id:
        return _("C’est vous qui l’avez demandé : une autre personne de l’administration doit le confirmer.")
    if request.person_id == by.id:
        return _("Il s’agit de vous : une autre personne de l’administration doit le confirmer.")
    if request.expires_at <= at:
        return _("Cette demande a plus de sept jours. Demandez de nouveau.")
    if not asker_still:
        return _("La personne qui l’a demandé n’est plus de l’administration. Demandez-le vous-même.")
    return None


def why_not_erase(
    person: Person, by: Person, *, last_administrator: bool, elsewhere: bool, of_team: bool
) -> str | None:  # fmt: skip
    """Why a person's data cannot be erased now. One of the team is not made to vanish by one click of another's."""
    if person.erased_at is not None:
        return _("Les données de cette personne sont déjà effacées.")
    if last_administrator:
        return _("Vous êtes seul·e à l’administration. Inscrivez d’abord une autre personne, puis revenez ici.")
    if by.id != person.id and elsewhere:
        return _("Cette personne participe aussi à une autre convention de ce site : elle doit le demander elle-même.")
    if by.id != person.id and of_team:
        return _(
            "Cette personne fait partie de l’équipe. Retirez d’abord ses rôles, plus haut sur cette page : elle en est "
            "prévenue, et ceux qui veillent aussi."
        )
    return None


def name_left(kinds: Set[RoleKind]) -> str:
    """What is read in the place of her name."""
    return _("membre") if RoleKind.MEMBER in kinds or not kinds else _("une personne de l’équipe")


def why_not_letter(*, elsewhere: bool) -> str | None:
    """Why no letter may be printed: whoever prints it could enter as her, and change what opens her other doors."""
    if elsewhere:
        return _(
            "Cette personne est déjà connue d’une autre convention : elle entre ici par un lien envoyé à son adresse, "
            "pas par une lettre."
        )
    return None


def why_not_close_devices(person: Person, by: Person | None, devices: int) -> str | None:
    """Why they cannot be disconnected. By nobody: the operator. One administrator is enough: it opens no door."""
    if by is not None and person.id == by.id:
        return _("Vos propres appareils se déconnectent dans « Mon compte ».")
    if not devices:
        return _("Aucun appareil n’est connecté à son nom.")
    return None


def why_not_administer(still: bool) -> str | None:
    """Why she no longer may: her role has ended since the page that she sends was drawn."""
    return None if still else _("Votre rôle à l’administration vient de prendre fin : rien n’a été changé.")


def why_not_end_role(person: Person, by: Person, kind: RoleKind) -> str | None:
    """Why this role cannot be taken back."""
    if kind == RoleKind.ADMINISTRATOR and person.id == by.id:
        return _("Vous ne pouvez pas vous retirer l’administration : une autre personne doit le faire.")
    return None
