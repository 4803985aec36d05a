"""What all the ways in have in common: counting what fails, opening a device, going where one was going."""

import re
from collections.abc import Mapping, Set
from urllib.parse import urlsplit

from starlette.responses import Response

from convention.kit import ids, safety
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.web import see
from convention.people import actions, mails, queries, rules
from convention.people.models import GUARDED, Person, RoleKind
from convention.people.visits import COOKIE, DEVICE_COOKIE, DEVICE_KNOWN, LENT, Visit, set_cookie


def come_in(visit: Visit, person: Person, suite: str, *, shared: bool, by_mail: bool = False) -> Response:
    """The first factor is right. Whoever needs a second one is sent to it: until then she is nobody."""
    actions.forget_failures(visit.db, keys(visit)["place"])
    roles = queries.roles(visit.db, visit.convention.id, person.id)
    device = device_of(visit.request.headers.get("user-agent", ""))
    # A link opened from her own mailbox needs no mail to say so.
    if not by_mail and rules.is_told_of_devices(person, roles):
        _tell_of_device(visit, person, roles, device)
    if visit.settings.second_factor and roles & GUARDED:
        onward = visit.url("people.second", query={"suite": inside(suite)})
        return open_device(visit, person, onward, device=device, shared=shared)
    first = person.reach is None and RoleKind.MEMBER in roles
    home = visit.url("people.account", query={"fait": "bienvenue"}) if first else visit.url("portal.home")
    return open_device(visit, person, inside(suite) or home, device=device, shared=shared)


def open_device(
    visit: Visit, person: Person, onward: str, *, device: str, shared: bool, second: bool = False
) -> Response:
    """Close the former visit of this browser, open the new one, and go on."""
    response = see(onward)
    take_device(visit, person, response, device=device, shared=shared, second=second)
    return response


def take_device(
    visit: Visit, person: Person, response: Response, *, device: str, shared: bool, second: bool = False
) -> None:
    if visit.sign_in is not None:
        actions.sign_out(visit.db, visit.sign_in)
    token, lasts = actions.sign_in(
        visit.db, visit.convention, person, device=device, shared=shared, at=visit.at, second=second
    )
    set_cookie(response, visit, COOKIE, token, seconds=None if shared else int(lasts.total_seconds()))
    # A borrowed device keeps no cookie when its browser is closed: what it must forget is then in the page's own hands.
    known = None if shared else int(DEVICE_KNOWN.total_seconds())
    set_cookie(response, visit, DEVICE_COOKIE, LENT if shared else visit.own_device(person), seconds=known)


def _tell_of_device(visit: Visit, person: Person, roles: Set[RoleKind], device: str) -> None:
    # Of the team, a browser that nobody made hers is told, whatever its kind: whoever stole a letter may have the same.
    known = queries.knows_device(visit.db, visit.convention.id, person.id, device)
    if not person.email or (known and (visit.knows_as_hers(person) or not roles & GUARDED)):
        return
    mails.device(visit, person, device)


def arriving(visit: Visit, suite: str = "") -> Filled:
    """The form of who comes in, before she writes: a device that is lent stays so for the next person."""
    return Filled({"suite": suite, "shared": "oui" if visit.device_is == LENT else ""})


def inside(suite: str) -> str:
    """Where she was going, if it is a page of this site."""
    parts = urlsplit(suite)
    inside = suite.startswith("/") and not suite.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return suite if inside and "\\" not in suite and suite.isprintable() else ""


def keys(visit: Visit) -> Mapping[str, str]:
    """Where this comes from, as keyed hashes: counted, never known."""
    network = safety.network(visit.request)
    browser = visit.request.headers.get("user-agent", "")
    secret = visit.settings.secret
    return {
        "place": ids.keyed(secret, "place", f"{network}\n{browser}"),
        "network": ids.keyed(secret, "network", network),
    }


def why_not_try(visit: Visit, keys: Mapping[str, str]) -> str | None:
    known = queries.attempts(visit.db, tuple(keys.values()))
    reasons = (rules.why_not_try(known.get(key), visit.at) for key in keys.values())
    return next((reason for reason in reasons if reason), None)


def device_of(user_agent: str) -> str:
    """« Firefox, Android »: what lets its owner recognise a device, and no more."""
    known = {
        "browser": (
            ("Edg", "Edge"),
            ("OPR", "Opera"),
            ("Firefox", "Firefox"),
            ("Chrom", "Chrome"),
            ("Safari", "Safari"),
        ),
        "system": (
            ("Android", "Android"),
            ("iPhone|iPad", "iOS"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ),
    }
    names = (
        next((name for sign, name in signs if re.search(sign, user_agent)), None) for signs in known.values()
    )  # fmt: skip
    return ", ".join(name for name in names if name) or str(_("Appareil inconnu"))
