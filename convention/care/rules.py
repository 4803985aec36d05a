import datetime as dt

from convention.kit.i18n import gettext as _

LONGEST = dt.timedelta(days=365)


def kept_until(today: dt.date, chosen: dt.date | None) -> dt.date:
    """The day when a sheet filled today is erased: the convention's, one year at most."""
    longest = today + LONGEST
    return longest if chosen is None or chosen <= today else min(chosen, longest)


def why_not_erase_on(day: dt.date, today: dt.date) -> str | None:
    """Why the sheets cannot be erased on that day."""
    if day <= today:
        return _("Choisissez un jour à venir.")
    if day > today + LONGEST:
        return _("Choisissez un jour dans moins d’un an : une fiche n’est jamais gardée plus longtemps.")
    return None
