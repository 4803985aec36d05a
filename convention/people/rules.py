import datetime as dt
from collections.abc import Set

from convention.kit.i18n import gettext as _
from convention.kit.text import hour
from convention.people.models import SECOND_FACTOR, Attempts, Person, Reach, RoleKind

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
        return _("Plusieurs essais n’ont pas marché. Attendez {n} secondes, puis réessayez.").format(n=seconds)
    # The next whole minute: told one second too early, she would be refused again.
    again = attempts.wait_until + dt.timedelta(seconds=59)
    return _("Plusieurs essais n’ont pas marché. Réessayez à {hour}.").format(hour=hour(again))


def is_told_of_devices(person: Person, roles: Set[RoleKind]) -> bool:
    """Whether a new kind of device is said by mail: to the team, and to members who chose to be reached by mail."""
    return bool(roles & SECOND_FACTOR) or person.reach == Reach.EMAIL


def why_not_reset(person: Person, by: Person) -> str | None:
    """Why this second factor cannot be taken away: whoever has stolen a session must not be able to."""
    if person.id == by.id:
        return _("Vous ne pouvez pas retirer votre propre second facteur : une autre personne doit le faire.")
    return None


def why_not_end_role(person: Person, by: Person, kind: RoleKind) -> str | None:
    """Why this role cannot be taken back."""
    if kind == RoleKind.ADMINISTRATOR and person.id == by.id:
        return _("Vous ne pouvez pas vous retirer l’administration : une autre personne doit le faire.")
    return None
