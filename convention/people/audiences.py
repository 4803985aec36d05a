"""Who may enter a page: written beside each address, checked before its handler runs."""

import dataclasses

from convention.kit.i18n import gettext as _
from convention.kit.text import series
from convention.people.models import RoleKind
from convention.people.visits import Visit


@dataclasses.dataclass(frozen=True)
class Audience:
    """Those who hold one of `roles`; anybody signed in if there are none; everyone if `open`."""

    name: str
    roles: frozenset[RoleKind] = frozenset()
    open: bool = False

    def why_not_enter(self, visit: Visit) -> str | None:
        if self.open:
            return None
        if visit.person is None:
            return _("Entrez d’abord avec votre code : cette page est réservée.")
        if self.roles and not self.roles & visit.roles:
            return _("Cette page est réservée {whose}.").format(whose=series(kind.whose for kind in self.kinds))
        return None

    @property
    def kinds(self) -> list[RoleKind]:
        return [kind for kind in RoleKind if kind in self.roles]

    def __or__(self, other: "Audience") -> "Audience":
        return Audience(f"{self.name} | {other.name}", self.roles | other.roles)


everyone = Audience("everyone", open=True)
signed_in = Audience("signed_in")
members = Audience("members", frozenset({RoleKind.MEMBER}))
facilitators = Audience("facilitators", frozenset({RoleKind.FACILITATOR}))
guarantors = Audience("guarantors", frozenset({RoleKind.GUARANTOR}))
hosts = Audience("hosts", frozenset({RoleKind.CARE}))
officials = Audience("officials", frozenset({RoleKind.OFFICIAL}))
administrators = Audience("administrators", frozenset({RoleKind.ADMINISTRATOR}))
