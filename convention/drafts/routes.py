"""One set of doors for the drafts of every form. A page asks `begun` for what was begun on its subject; its form holds
`drafts/fields.html` (which subject, which opened page, from which turn of the draft), `drafts/saved.html` where it says
that it is saved, and `drafts/copies.html` above it. `sent` erases the draft in the transaction that does the form.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from starlette.responses import Response

from convention.drafts import actions, queries
from convention.drafts.models import Draft
from convention.kit import ids
from convention.kit.errors import NotFound
from convention.kit.forms import Filled, clean
from convention.kit.i18n import lazy
from convention.kit.web import post, see
from convention.people.audiences import signed_in
from convention.people.visits import Visit

NOTICES = {
    "brouillon": lazy("Votre brouillon est enregistré. Vous seul·e le voyez."),
    "brouillon-repris": lazy("Voici le texte de l’autre appareil. Celui d’avant est gardé aussi."),
    "brouillon-efface": lazy("Votre brouillon est effacé."),
}
OURS = frozenset({"cle", "brouillon", "feuille", "tour", "retour", "copie"})
_SUBJECT = re.compile(r"[a-z0-9-]{1,80}")

# -- what the forms of other slices ask ------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Begun:
    """What was begun on a subject, for the form where it is written."""

    subject: str
    draft: Draft | None
    sheet: str  # the opened page that sent this very form, when it is shown again
    at: str  # where the page is, for who saves without JavaScript

    def over(self, values: Mapping[str, Any]) -> Filled:
        """What she typed, over what the page would begin with. A box that she unticked was not sent: it stays so."""
        if self.draft is None:
            return Filled(values)
        return Filled({**{name: value for name, value in values.items() if value is not True}, **self.draft.content})

    @property
    def copies(self) -> Sequence[tuple[int, Mapping[str, Any], dt.datetime]]:
        """What other devices had of it: (place, copy, when)."""
        others = self.draft.others if self.draft else ()
        return [(n, copy, dt.datetime.fromisoformat(copy["changed_at"])) for n, copy in enumerate(others)]


def begun(visit: Visit, subject: str, *, at: str = "") -> Begun:
    """`at`: the address of the page, when what it shows is not all in its path."""
    return begun_each(visit, [subject], at=at)[subject]


def of_row(kind: str, row: UUID) -> str:
    """A subject that has no number to be named by. No identifier: what a draft is kept under is sent."""
    return f"{kind}-{ids.fingerprint(str(row))[:16]}"


def begun_each(visit: Visit, subjects: Iterable[str], *, at: str = "") -> Mapping[str, Begun]:
    """{subject: what was begun on it}, for a page with several forms; nothing was by who has not signed in."""
    asked = list(subjects)
    known = queries.of_each(visit.db, visit.person, visit.convention, asked) if visit.person and asked else {}
    sending = str(visit.form.get("brouillon", ""))
    here = at or visit.request.url.path
    return {one: Begun(one, known.get(one), sheet(visit) if one == sending else "", here) for one in asked}


def sent(visit: Visit) -> None:
    """A form was done: the draft that it names is erased. Called by the house after each keyed door that succeeds."""
    subject = str(visit.form.get("brouillon", ""))
    if visit.person is not None and _SUBJECT.fullmatch(subject):
        actions.discard(visit.db, visit.person, visit.convention, subject, sheet=sheet(visit))


# -- doors -----------------------------------------------------------------------------------------------------------


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
    return f"{path}?{urlencode([*parse_qsl(asked.query if inside else '')[:20], ('fait', notice)])}"


# Not keyed: the same page saves many times.
routes = [
    post("/brouillons/{subject}", save, audience=signed_in, keyed=False),
    post("/brouillons/{subject}/reprendre", take_back, audience=signed_in, keyed=False),
    post("/brouillons/{subject}/effacer", erase, audience=signed_in, keyed=False),
]
