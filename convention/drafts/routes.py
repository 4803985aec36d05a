"""One set of doors for the drafts of every form. A form holds `ui.key`, and these fields:

    <input type="hidden" name="feuille" value="…">   which opened page writes (a new identifier at each opening)
    <input type="hidden" name="tour" value="…">      the turn of the draft it began from (0 without a draft)
    <input type="hidden" name="retour" value="…">    where the page is, for browsers without JavaScript

`content(visit)` gives what was typed, `discard(visit, subject)` erases it in the transaction that sends the form.
"""

import re
from urllib.parse import urlsplit

from starlette.responses import Response

from convention.drafts import actions
from convention.kit.errors import NotFound
from convention.kit.forms import clean
from convention.kit.i18n import lazy
from convention.kit.web import post, see
from convention.people.audiences import signed_in
from convention.people.visits import Visit

NOTICES = {
    "brouillon": lazy("Votre brouillon est enregistré. Vous seul·e le voyez."),
    "brouillon-repris": lazy("Voici le texte de l’autre appareil. Celui d’avant est gardé aussi."),
    "brouillon-efface": lazy("Votre brouillon est effacé."),
}
OURS = frozenset({"cle", "feuille", "tour", "retour", "copie"})
_SUBJECT = re.compile(r"[a-z0-9-]{1,80}")


def save(visit: Visit) -> Response:
    return save_as(visit, _subject(visit))


def save_as(visit: Visit, subject: str) -> Response:
    """Keep what was typed under this subject: for doors of other slices that do something more."""
    actions.save(visit.db, visit.me, visit.convention, subject, content(visit), sheet=sheet(visit), turn=_turn(visit))
    if visit.request.headers.get("hx-request") == "true":
        return Response(status_code=204)
    return see(_back(visit, "brouillon"))


def take_back(visit: Visit) -> Response:
    asked = str(visit.form.get("copie", ""))
    index = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else -1
    actions.take_back(visit.db, visit.me, visit.convention, _subject(visit), index)
    return see(_back(visit, "brouillon-repris"))


def erase(visit: Visit) -> Response:
    actions.discard(visit.db, visit.me, visit.convention, _subject(visit))
    return see(_back(visit, "brouillon-efface"))


def content(visit: Visit) -> dict[str, str | list[str]]:
    """What was typed in the form, as a draft keeps it."""
    typed: dict[str, str | list[str]] = {}
    for name in dict.fromkeys(visit.form.keys()):
        values = [clean(one) for one in visit.form.getlist(name) if isinstance(one, str)]
        if name not in OURS and len(name) <= 60 and values:
            typed[name] = values if len(values) > 1 else values[0]
    return typed


def sheet(visit: Visit) -> str:
    """Which opened page sends this."""
    return clean(str(visit.form.get("feuille", "")))[:36]


def _turn(visit: Visit) -> int:
    said = str(visit.form.get("tour", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def _subject(visit: Visit) -> str:
    subject: str = visit.path("subject")
    if not _SUBJECT.fullmatch(subject):
        raise NotFound
    return subject


def _back(visit: Visit, notice: str) -> str:
    asked = urlsplit(str(visit.form.get("retour", "")))
    inside = not asked.netloc and not asked.scheme and asked.path.startswith("/") and not asked.path.startswith("//")
    path = asked.path if inside and "\\" not in asked.path and asked.path.isprintable() else visit.url("portal.home")
    return f"{path}?fait={notice}"


# Not keyed: the same page saves many times.
routes = [
    post("/brouillons/{subject}", save, audience=signed_in, keyed=False),
    post("/brouillons/{subject}/reprendre", take_back, audience=signed_in, keyed=False),
    post("/brouillons/{subject}/effacer", erase, audience=signed_in, keyed=False),
]
