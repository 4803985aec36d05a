import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Collection
from uuid import UUID

from convention.kit import calling, ids
from convention.kit.i18n import gettext as _
from convention.settings import Settings
from convention.webhooks.models import Delivery

MOST = 10
# A minute, then longer and longer: eleven tries in two and a half days.
WAITS = tuple(dt.timedelta(minutes=n) for n in (1, 5, 15, 60, 180, 360, 720, 720, 720, 720))
KEPT_FOR = dt.timedelta(days=90)


def limits(settings: Settings) -> calling.Limits:
    """Which sites the operator lets administrators name, and how they may be called."""
    hosts = frozenset(one.strip().lower().rstrip(".") for one in settings.webhook_hosts.split(",") if one.strip())
    return calling.Limits(hosts, plain=settings.demo, loopback=settings.webhook_loopback)


def why_not_add(address: str, limits: calling.Limits, known: Collection[str]) -> str | None:
    """`known`: the addresses that are called already."""
    if address in known:
        return _("Cette adresse est déjà prévenue : sa clé est plus bas.")
    if len(known) >= MOST:
        return _("{n} adresses au plus : arrêtez-en une d’abord.").format(n=MOST)
    match calling.why_not(address, limits):
        case "scheme":
            return _("L’adresse doit commencer par https:// : l’appel voyage chiffré.")
        case "shape":
            return _("Écrivez une adresse simple : ni nom d’utilisateur, ni « # », ni espace, ni accent.")
        case "host":
            return _(
                "Ce site n’est pas dans la liste que l’exploitation autorise. Demandez-lui de l’ajouter à "
                "CONVENTION_WEBHOOK_HOSTS."
            )
    return None


def key(secret: str, webhook_id: UUID) -> str:
    """The signing key of one address, as its owner receives it: derived, never stored."""
    return "whsec_" + base64.b64encode(bytes.fromhex(ids.keyed(secret, "webhook", str(webhook_id)))).decode()


def signature(key: str, event_id: str, timestamp: int, body: bytes) -> str:
    """« v1,… »: HMAC-SHA256 of the identifier, the moment and the body, as standardwebhooks.com says."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    digest = hmac.new(base64.b64decode(key.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def next_try(attempts: int, at: dt.datetime) -> dt.datetime | None:
    """When to try again after so many; None to give up."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def state(delivery: Delivery) -> tuple[str, str]:
    """(words, tone) of a delivery."""
    if delivery.delivered_at is not None:
        return _("Reçu"), "ok"
    if delivery.due_at is None:
        return _("Abandonné"), "bad"
    return (_("À réessayer"), "warn") if delivery.attempts else (_("À envoyer"), "dash")


def about(delivery: Delivery) -> str:
    """Which edition or which answer was told."""
    facts = delivery.facts
    if "edition" in facts:
        return _("n° {n}").format(n=facts["edition"])
    if "point" in facts:
        return _("recommandation {n}, point {point}").format(n=facts["recommendation"], point=facts["point"])
    return ""


def said(delivery: Delivery) -> str:
    """The last answer, in words."""
    if delivery.status is not None:
        return _("réponse {n}").format(n=delivery.status)
    return {
        "": "",
        "scheme": _("refusé : adresse sans https"),
        "shape": _("refusé : adresse mal formée"),
        "host": _("refusé : site qui n’est plus autorisé"),
        "private": _("refusé : le nom mène à une adresse privée"),
        "ended": _("adresse arrêtée"),
        "secure": _("certificat refusé"),
        "late": _("pas de réponse en {n} secondes").format(n=int(calling.SECONDS)),
    }.get(delivery.trouble, _("site injoignable"))
