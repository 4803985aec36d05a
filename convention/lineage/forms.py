import re

from convention.kit.forms import Form, Sent, ask, clean
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.lineage.models import MOST, REASON_LENGTH
from convention.lineage.rules import Choice
from convention.proposals.models import TITLE_LENGTH
from convention.reservations.forms import SignatureForm

REASON = "Dites en une phrase pourquoi : les auteurs la liront."
UNDO = "Dites en une phrase pourquoi vous revenez en arrière."
SAID = tuple(map(lazy, (REASON, UNDO)))

OUT = "non"
_PLACE = re.compile(r"place-(\d{1,9}-\d{1,3})")


class UndoForm(Form):
    reason: str = ask(UNDO, most=REASON_LENGTH)


class CarryForm(SignatureForm):
    """Whether one's signature goes along, and how."""

    reservation: int = ask(default=0)


class SplitForm(Form):
    reason: str = ask(REASON, most=REASON_LENGTH)


def choices(sent: Sent) -> tuple[Choice, ...]:
    """What becomes of each paragraph: « place-14-2 » is that of paragraph 2 of proposal 14."""
    found = []
    for name in dict.fromkeys(sent):
        if match := _PLACE.fullmatch(name):
            key, place = match[1], str(sent[name])
            number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else None
            text, reason = (clean(str(sent.get(f"{field}-{key}", ""))) for field in ("text", "raison"))
            found.append(Choice(key, number, text, reason))
    return tuple(found)


def titles(sent: Sent) -> list[str]:
    """The titles of the proposals made of one, in order; those left empty at the end are none."""
    typed = [clean(str(sent.get(f"titre-{n}", ""))) for n in range(1, MOST + 1)]
    while typed and not typed[-1]:
        typed.pop()
    return typed


def wrong_titles(typed: list[str]) -> dict[str, str]:
    wrong = {}
    for n, title in enumerate([*typed, "", ""][: max(2, len(typed))], 1):
        if not title:
            wrong[f"titre-{n}"] = _("Donnez un titre à cette proposition.")
        elif len(title) > TITLE_LENGTH:
            wrong[f"titre-{n}"] = _("Raccourcissez : {n} caractères au plus.").format(n=TITLE_LENGTH)
    return wrong


def typed(sent: Sent) -> dict[str, str]:
    """All that was typed, as the page shows it again."""
    return {name: clean(str(sent[name])) for name in dict.fromkeys(sent) if isinstance(sent[name], str)}
