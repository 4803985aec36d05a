import datetime as dt
import re
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator

from convention.kit import clock, forms
from convention.kit.forms import Form, ask, needed
from convention.kit.i18n import gettext as _
from convention.programme.models import Activity, Colour, DocumentKind

# Those of static/vendor/icons that may stand for a theme.
ICONS = (
    "heart-pulse", "tram-front", "sprout", "scale", "messages-square", "compass", "users", "book-open", "lightbulb",
    "shield-check", "accessibility", "languages", "map-pin", "headphones", "settings-2", "vote",
)  # fmt: skip

_hour = re.compile(r"(\d{1,2})\s*(?:[h:.]\s*(\d{2})?)?\s*(?:min)?", re.IGNORECASE)


def day(typed: Any) -> Any:
    """A date, from « 2024-03-12 » or « 12/03/2024 »."""
    if not isinstance(typed, str):
        return typed
    found = forms.day(typed)
    if found is None or not 1990 <= found.year <= 2200:
        raise ValueError(_("Écrivez une date : jour, mois, année. Exemple : 12/03/2027"))
    return found


def hour(typed: Any) -> Any:
    """A time of the day, from « 14:30 », « 14 h 30 » or « 9h »."""
    if not isinstance(typed, str):
        return typed
    found = _hour.fullmatch(typed.strip().removesuffix(":00") if typed.count(":") == 2 else typed.strip())
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(_("Écrivez une heure. Exemple : 14:30"))
    return dt.time(int(found[1]), int(found[2] or 0))


def link(typed: str) -> str:
    """An address that a reader may open."""
    if not typed:
        return ""
    try:
        parts = urlsplit(typed)
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme not in ("https", "http")
        or "." not in (parts.hostname or "")
        or "@" in parts.netloc
        or re.search(r"[\s<>\"\\]", typed)
    ):
        raise ValueError(_("Copiez l’adresse entière, qui commence par https://"))
    return typed


Day = Annotated[dt.date, BeforeValidator(day)]
Hour = Annotated[dt.time, BeforeValidator(hour)]
Link = Annotated[str, AfterValidator(link)]


class ThemeForm(Form):
    """A theme: its words and how it is drawn."""

    name: str = ask("Écrivez le nom du thème, en un ou deux mots.", most=80)
    summary: str = ask(most=400)
    colour: Colour = ask("Choisissez une couleur.")
    icon: str = ask("Choisissez une image.", most=40)
    version: int = ask(default=0)

    @field_validator("icon")
    @classmethod
    def _known(cls, icon: str) -> str:
        if icon not in ICONS:
            raise ValueError(_("Choisissez une des images proposées."))
        return icon


class PhaseForm(Form):
    """A phase: from when to when, and what it opens."""

    name: str = ask("Écrivez le nom de la phase. Exemple : Écrire et voter", most=80)
    summary: str = ask(most=600)
    opens_on: Day = needed("Écrivez la date d’ouverture.")
    opens: Hour = needed("Écrivez l’heure d’ouverture.")
    closes_on: Day = needed("Écrivez la date de clôture.")
    closes: Hour = needed("Écrivez l’heure de clôture.")
    activities: tuple[Activity, ...] = ask(default=())
    version: int = ask(default=0)

    @field_validator("closes")
    @classmethod
    def _after(cls, closes: dt.time, info: ValidationInfo) -> dt.time:
        known = info.data
        if {"opens_on", "opens", "closes_on"} <= known.keys() and clock.utc(known["closes_on"], closes) <= clock.utc(
            known["opens_on"], known["opens"]
        ):
            raise ValueError(_("La clôture doit venir après l’ouverture : changez l’une des deux dates ou heures."))
        return closes

    @property
    def opens_at(self) -> dt.datetime:
        return clock.utc(self.opens_on, self.opens)

    @property
    def closes_at(self) -> dt.datetime:
        return clock.utc(self.closes_on, self.closes)


class SittingForm(Form):
    """A sitting: when, where, about what."""

    title: str = ask("Écrivez le titre de la séance. Exemple : Troisième rencontre : écrire et voter", most=160)
    held_on: Day = needed("Écrivez la date de la séance.")
    starts: Hour = needed("Écrivez l’heure du début.")
    ends: Hour = needed("Écrivez l’heure de la fin.")
    place: str = ask(most=200)
    access: str = ask(most=1000)
    summary: str = ask(most=2000)
    public: bool = ask(default=False)
    themes: tuple[UUID, ...] = ask(default=())
    version: int = ask(default=0)

    @field_validator("ends")
    @classmethod
    def _after(cls, ends: dt.time, info: ValidationInfo) -> dt.time:
        if "starts" in info.data and ends <= info.data["starts"]:
            raise ValueError(_("La fin doit venir après le début, le même jour."))
        return ends


class AgendaForm(Form):
    """A point of the agenda."""

    title: str = ask("Écrivez le titre de ce point. Exemple : Accueil, café", most=160)
    minutes: int = needed("Écrivez la durée en minutes. Exemple : 20", ge=1, le=720)
    details: str = ask(most=1000)
    closed: bool = ask(default=False)
    version: int = ask(default=0)


class DocumentForm(Form):
    """A document: a link, or the file sent with it."""

    title: str = ask("Écrivez le titre du document, tel qu’on le lira.", most=200)
    author: str = ask(most=300)
    kind: DocumentKind = ask("Choisissez le type de document.")
    link: Link = ask(most=1000)


class MinutesForm(Form):
    """The minutes of a sitting, in Markdown; `version` is the one that was being read."""

    body: str = ask("Écrivez le compte rendu.", most=200_000)
    version: int = ask(default=0)


class TextForm(Form):
    """A text of the convention, in Markdown; `version` is the one that was being read."""

    body: str = ask("Écrivez le texte.", most=200_000)
    version: int = ask(default=0)


class FactsForm(Form):
    """What the convention says of itself; `version` is the fingerprint of what was being read."""

    title: str = ask("Écrivez le titre de la convention.", most=200)
    question: str = ask("Écrivez la question posée aux membres.", most=500)
    city: str = ask("Écrivez le nom de la ville ou du territoire.", most=120)
    commissioner: str = ask(most=200)
    commitment: str = ask(most=2000)
    answer_due: Annotated[Day | None, BeforeValidator(lambda typed: day(typed) if typed else None)] = ask(default=None)
    seats: int = ask(default=0, ge=0, le=1000)
    summary: str = ask(most=2000)
    help_phone: str = ask(most=40)
    help_hours: str = ask(most=120)
    contact: str = ask(most=200)
    accent: str = ask(most=7)
    accent_dark: str = ask(most=7)
    margin: str = ask(most=7)
    version: str = ask(most=64)
