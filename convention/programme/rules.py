import dataclasses
import datetime as dt
from collections.abc import Sequence

from convention.kit import clock
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.text import date, hour, series
from convention.programme.models import Activity, AgendaItem, Document, Minutes, Phase, Sitting

# Whole sentences, so that each language agrees in its own way.
_WILL_OPEN = {
    Activity.PROPOSE: lazy("Le dépôt des propositions ouvre le {moment}."),
    Activity.EDIT: lazy("La modification des propositions ouvre le {moment}."),
    Activity.AMEND: lazy("Le dépôt des amendements ouvre le {moment}."),
    Activity.DISCUSS: lazy("La discussion des propositions ouvre le {moment}."),
    Activity.VOTE: lazy("Le vote ouvre le {moment}."),
    Activity.ANSWER: lazy("Le dépôt des réponses ouvre le {moment}."),
}
_CLOSED = {
    Activity.PROPOSE: lazy("Le dépôt des propositions est clos depuis le {moment}."),
    Activity.EDIT: lazy("La modification des propositions est close depuis le {moment}."),
    Activity.AMEND: lazy("Le dépôt des amendements est clos depuis le {moment}."),
    Activity.DISCUSS: lazy("La discussion des propositions est close depuis le {moment}."),
    Activity.VOTE: lazy("Le vote est clos depuis le {moment}."),
    Activity.ANSWER: lazy("Le dépôt des réponses est clos depuis le {moment}."),
}
_NOT_PLANNED = {
    Activity.PROPOSE: lazy("Le dépôt des propositions n’est pas encore inscrit au calendrier."),
    Activity.EDIT: lazy("La modification des propositions n’est pas encore inscrite au calendrier."),
    Activity.AMEND: lazy("Le dépôt des amendements n’est pas encore inscrit au calendrier."),
    Activity.DISCUSS: lazy("La discussion des propositions n’est pas encore inscrite au calendrier."),
    Activity.VOTE: lazy("Le vote n’est pas encore inscrit au calendrier."),
    Activity.ANSWER: lazy("Le dépôt des réponses n’est pas encore inscrit au calendrier."),
}


def why_not_open(phases: Sequence[Phase], activity: Activity, at: dt.datetime) -> str | None:
    """Why this activity is closed at this moment, or None: open at `opens_at`, shut at `closes_at`."""
    concerned = [phase for phase in phases if phase.opens(activity)]
    if any(phase.is_open(at) for phase in concerned):
        return None
    if coming := [phase.opens_at for phase in concerned if phase.opens_at > at and phase.closes_at > phase.opens_at]:
        return str(_WILL_OPEN[activity]).format(moment=day_and_hour(min(coming), at))
    if past := [phase.closes_at for phase in concerned if phase.closes_at <= at]:
        return str(_CLOSED[activity]).format(moment=day_and_hour(max(past), at))
    return str(_NOT_PLANNED[activity])


def day_and_hour(moment: dt.datetime, at: dt.datetime) -> str:
    """« 12 mars à 9 h »; the year is said when it is not this one."""
    same_year = clock.local(moment).year == clock.local(at).year
    day = date(moment, "d MMMM" if same_year else "long")
    return _("{day} à {hour}").format(day=day, hour=hour(moment))


@dataclasses.dataclass(frozen=True)
class Step:
    """Where a phase stands at a moment, as `ui.steps` draws it: `state` is 'done', 'now' or 'todo'."""

    name: str
    when: str
    state: str
    phase: Phase

    @property
    def opened(self) -> str:
        """« déposer des propositions et voter », or nothing."""
        return series(one.label.lower() for one in Activity if self.phase.opens(one))


def steps(phases: Sequence[Phase], at: dt.datetime) -> list[Step]:
    """The phases in order, each done, under way or to come."""
    return [
        Step(phase.name, between(phase.opens_at, phase.closes_at, at), _state(phase, at), phase) for phase in phases
    ]


def _state(phase: Phase, at: dt.datetime) -> str:
    if phase.closes_at <= at:
        return "done"
    return "now" if phase.is_open(at) else "todo"


def between(start: dt.datetime, end: dt.datetime, at: dt.datetime) -> str:
    """« du 12 mars au 4 avril », « le 12 mars »; the year is said when it is not this one."""
    first, last = clock.local(start).date(), clock.local(end - dt.timedelta(seconds=1)).date()
    this_year = clock.local(at).year
    pattern = "d MMMM" if first.year == last.year == this_year else "long"
    if first == last:
        return _("le {day}").format(day=date(first, pattern))
    start_pattern = "d MMMM" if first.year == last.year else pattern
    return _("du {first} au {last}").format(first=date(first, start_pattern), last=date(last, pattern))


@dataclasses.dataclass(frozen=True)
class Slot:
    """A point of the agenda and when it begins."""

    item: AgendaItem
    starts_at: dt.datetime


def timetable(sitting: Sitting, items: Sequence[AgendaItem]) -> list[Slot]:
    """Each point with its hour: the sitting's start, then the minutes of those before."""
    slots, at = [], sitting.starts_at
    for item in items:
        slots.append(Slot(item, at))
        at += dt.timedelta(minutes=item.minutes)
    return slots


def end_of_agenda(sitting: Sitting, items: Sequence[AgendaItem]) -> dt.datetime:
    """When the last point is over."""
    return sitting.starts_at + dt.timedelta(minutes=sum(item.minutes for item in items))


def time_left(sitting: Sitting, items: Sequence[AgendaItem]) -> int:
    """The minutes of the sitting that the agenda does not use; below zero when it goes past the end."""
    return round((sitting.ends_at - end_of_agenda(sitting, items)).total_seconds() / 60)


def too_long(sitting: Sitting, items: Sequence[AgendaItem]) -> str | None:
    """What to say when the agenda goes past the end of the sitting."""
    ends_at = end_of_agenda(sitting, items)
    if ends_at <= sitting.ends_at:
        return None
    return _(
        "L’ordre du jour finit à {late}, la séance à {end} : raccourcissez un point ou prolongez la séance."
    ).format(late=hour(ends_at), end=hour(sitting.ends_at))


def why_not_save(sent_version: int | str, version: int | str) -> str | None:
    """Why what was typed may not replace what is there: somebody else changed it meanwhile."""
    if sent_version == version:
        return None
    return _(
        "Une autre personne a changé cette page pendant que vous écriviez. Comparez ce qui est enregistré avec "
        "ce que vous avez écrit, puis enregistrez de nouveau."
    )


def why_not_remove(minutes: Minutes | None, documents: Sequence[Document]) -> str | None:
    """Why a sitting stays: something has been published about it."""
    if minutes is not None:
        return _("Cette séance a un compte rendu publié : elle ne peut plus être retirée.")
    if documents:
        return _("Cette séance a des documents : retirez-les d’abord.")
    return None


def why_not_add(link: str, *, is_file: bool) -> str | None:
    """Why a document is not complete: it is either a link or a file."""
    if not link and not is_file:
        return _("Choisissez un fichier, ou copiez un lien.")
    if link and is_file:
        return _("Gardez soit le fichier, soit le lien, pas les deux.")
    return None
