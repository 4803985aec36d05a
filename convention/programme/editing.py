"""What the pages that write the programme share: what changed meanwhile, in words, beside what was typed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from convention.kit.forms import Filled, Form
from convention.kit.i18n import Lazy
from convention.kit.i18n import lazy as _
from convention.people.audiences import administrators, facilitators
from convention.people.visits import Visit
from convention.programme import queries, rules
from convention.programme.forms import ICONS
from convention.programme.models import Activity, AgendaItem, Colour, Phase, Sitting, Theme

editors = facilitators | administrators

NOTICES = {
    "enregistre": _("C’est enregistré. La page publique est à jour."),
    "ajoute": _("C’est ajouté. La page publique est à jour."),
    "retire": _("C’est retiré."),
    "ordre": _("L’ordre est changé."),
    "compte-rendu": _("Le compte rendu est publié. Les versions d’avant restent lisibles."),
    "texte": _("Le texte est publié. Les versions d’avant restent lisibles."),
    "document": _("Le document est ajouté."),
}


ICON_NAMES: Mapping[str, Lazy] = {
    "heart-pulse": _("Cœur"),
    "tram-front": _("Tramway"),
    "sprout": _("Pousse"),
    "scale": _("Balance"),
    "messages-square": _("Conversation"),
    "compass": _("Boussole"),
    "users": _("Personnes"),
    "book-open": _("Livre"),
    "lightbulb": _("Ampoule"),
    "shield-check": _("Bouclier"),
    "accessibility": _("Accessibilité"),
    "languages": _("Langues"),
    "map-pin": _("Lieu"),
    "headphones": _("Écoute"),
    "settings-2": _("Réglages"),
    "vote": _("Urne"),
}
assert set(ICON_NAMES) == set(ICONS), "each icon has a name"


def up(visit: Visit) -> bool:
    return visit.form.get("sens") == "haut"


def meanwhile(visit: Visit, row: Theme | Phase | Sitting | AgendaItem, form: Any) -> Filled | None:
    """What was typed, with the sentence that says somebody else was quicker; None if nobody was."""
    queries.lock(visit.db, row)
    reason = rules.why_not_save(form.version, row.version)
    return changed_meanwhile(form, row.version, reason) if reason else None


def changed_meanwhile(form: Form, version: int | str, reason: str) -> Filled:
    # The next sending is made in full knowledge: it carries the version that is now shown beside.
    return Filled({**form.model_dump(), "version": version}, {"": reason})


def differences(
    now: Mapping[str, Any], typed: Mapping[str, Any], labels: Mapping[str, Lazy], names: Mapping[Any, str] | None = None
) -> list[tuple[Lazy, str]]:
    """What is stored where it is not what was typed: `names` are those of identifiers."""
    said = [(label, _words(now[name], names), _words(typed[name], names)) for name, label in labels.items()]
    return [(label, stored) for label, stored, mine in said if stored != mine]


def _words(value: Any, names: Mapping[Any, str] | None = None) -> str:
    """A stored or typed value, as a reader would say it."""
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, (list, tuple)):
        named = {**{one.value: one.label for one in Activity}, **(names or {})}
        return ", ".join(sorted(named.get(one, "") for one in value)) or "–"
    if isinstance(value, (dt.date, dt.time)):
        return value.strftime("%d/%m/%Y" if isinstance(value, dt.date) else "%H:%M")
    if isinstance(value, Colour):
        return value.label
    if value in ICON_NAMES:
        return str(ICON_NAMES[value])
    return "–" if value in (None, "") else str(value)
