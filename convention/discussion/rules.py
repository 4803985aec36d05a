import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from convention.discussion.models import Argument
from convention.kit import clock
from convention.kit.i18n import gettext as _
from convention.moderation import rules as moderation
from convention.moderation.models import Mask, Suspension
from convention.people.models import Person
from convention.programme import rules as programme
from convention.programme.models import Activity, Phase
from convention.proposals import rules as proposals
from convention.proposals.models import Proposal


class _Named(Protocol):
    @property
    def id(self) -> UUID: ...


A = TypeVar("A", bound=_Named)


def why_not_argue(
    proposal: Proposal, phases: Sequence[Phase], at: dt.datetime, suspension: Suspension | None = None
) -> str | None:
    """Why nobody discusses this proposal now, or why she does not."""
    return (
        proposals.why_not_alive(proposal)
        or programme.why_not_open(phases, Activity.DISCUSS, at)
        or moderation.why_not_write(suspension, at)
    )


def why_not_reply(argument: Argument, mask: Mask | None) -> str | None:
    if argument.replies_to_id is not None:
        return _("On répond à un argument, pas à une réponse : écrivez sous l’argument.")
    if argument.withdrawn_at is not None:
        return _("Cet argument a été retiré : on n’y répond plus.")
    return _("Cet argument est masqué par la modération : on n’y répond plus.") if mask else None


def why_not_endorse(argument: Argument, person: Person, mask: Mask | None) -> str | None:
    if argument.withdrawn_at is not None:
        return _("Cet argument a été retiré.")
    if mask is not None:
        return _("Cet argument est masqué par la modération.")
    if argument.author_id == person.id and not argument.is_from_elsewhere:
        return _("C’est votre argument : les autres diront s’ils le trouvent juste.")
    return None


def why_not_withdraw(argument: Argument, person: Person) -> str | None:
    if argument.is_from_elsewhere:
        return _("Cet argument vient d’une autre plateforme : signalez-le, la modération décidera.")
    if argument.author_id != person.id:
        return _("Seule la personne qui l’a écrit peut le retirer.")
    return _("Il est déjà retiré.") if argument.withdrawn_at is not None else None


def is_a_page(link: str) -> bool:
    """Whether this is an address of the web that one may follow: https, a host, no one's name, nothing hidden in it."""
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    # A host has a dot: « localhost » and machines' own names lead nowhere for a reader.
    return (
        parts.scheme == "https"
        and "." in host.strip(".")
        and parts.username is None
        and parts.password is None
        and not any(sign.isspace() or sign in "\"'<>\\`{}|^" for sign in link)
        and link.isprintable()
    )


def in_turn(several: Sequence[A], at: dt.datetime, reader: UUID | None) -> list[A]:
    """A fair order: each day, and for each reader, another; the same all day for the same reader.

    The rank of an argument is the fingerprint of the day, of who reads and of the argument: nobody chooses it, anybody
    can compute it again.
    """
    day = clock.local(at).date().isoformat()

    def rank(one: A) -> str:
        return hashlib.sha256(f"{day} {reader or ''} {one.id}".encode()).hexdigest()

    return sorted(several, key=rank)
