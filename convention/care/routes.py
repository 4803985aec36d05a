"""My own sheet; and, for two roles, the sheets of those who come."""

from collections.abc import Sequence

from starlette.responses import Response

from convention.care import actions, queries, rules, vault
from convention.care.forms import DateForm, PurposeForm, SheetForm
from convention.care.models import LABELS, OPENED_FOR, CareSheet
from convention.kit import clock
from convention.kit.forms import Filled
from convention.kit.i18n import lazy
from convention.kit.text import series
from convention.kit.web import get, post, see
from convention.people import queries as people
from convention.people.audiences import administrators, hosts, signed_in
from convention.people.models import Person, Purpose
from convention.people.visits import Visit, found

NOTICES = {
    "fiche": lazy("Votre fiche d’accueil est enregistrée."),
    "fiche-effacee": lazy("Votre fiche d’accueil est effacée."),
    "fiches-date": lazy("Le jour d’effacement est enregistré."),
}

# -- mine ----------------------------------------------------------------------------------------------------------


def mine(visit: Visit) -> Response:
    sheet = queries.sheet(visit.db, visit.convention.id, visit.me.id)
    said = vault.unseal(visit.settings.secret, sheet.sealed) if sheet else {}
    return _mine(visit, Filled(said), sheet, lost=said is None)


def _mine(
    visit: Visit, form: Filled, sheet: CareSheet | None, *, lost: bool = False, status: int = 200
) -> Response:  # fmt: skip
    today = clock.local(visit.at).date()
    until = rules.kept_until(today, queries.erase_on(visit.db, visit.convention.id))
    return visit.page(
        "care/mine.html",
        status=status,
        form=form,
        labels=LABELS,
        sheet=sheet,
        lost=lost,
        until=min(until, sheet.kept_until) if sheet else until,
        accesses=people.accesses_to(visit.db, visit.convention.id, visit.me.id),
    )


def fill(visit: Visit) -> Response:
    form = SheetForm.read(visit.form)
    if isinstance(form, Filled):
        return _mine(visit, form, queries.sheet(visit.db, visit.convention.id, visit.me.id), status=422)
    actions.fill(visit.db, visit.convention, visit.me, form, visit.settings.secret)
    return see(visit.url("care.mine", query={"fait": "fiche"}))


def erase(visit: Visit) -> Response:
    actions.erase(visit.db, visit.convention.id, visit.me.id)
    return see(visit.url("care.mine", query={"fait": "fiche-effacee"}))


# -- those of others -----------------------------------------------------------------------------------------------


def desk(visit: Visit) -> Response:
    return _desk(visit)


def _desk(
    visit: Visit, *, purpose: Filled | None = None, day: Filled | None = None, status: int = 200
) -> Response:  # fmt: skip
    return visit.page(
        "care/desk.html",
        status=status,
        sheets=queries.sheets(visit.db, visit.convention.id),
        purpose=purpose or Filled(),
        purposes=_purposes(),
        day=day or Filled({"erase_on": queries.erase_on(visit.db, visit.convention.id)}),
        may_choose=not administrators.why_not_enter(visit),
    )


def _purposes() -> list[tuple[Purpose, str, str]]:
    """What may be answered, and what it opens."""
    return [(one, one.label, series(str(LABELS[name]) for name in OPENED_FOR[one])) for one in Purpose]


def read_all(visit: Visit) -> Response:
    """The same line of every sheet, to print: each reading is written down for its owner."""
    form = PurposeForm.read(visit.form)
    if isinstance(form, Filled):
        return _desk(visit, purpose=form, status=422)
    return _shown(visit, form.purpose, queries.sheets(visit.db, visit.convention.id))


def door(visit: Visit) -> Response:
    return _door(visit, Filled())


def _door(visit: Visit, form: Filled, status: int = 200) -> Response:
    person, _sheet = _asked(visit)
    return visit.page("care/door.html", status=status, person=person, form=form, purposes=_purposes())


def read_one(visit: Visit) -> Response:
    form = PurposeForm.read(visit.form)
    if isinstance(form, Filled):
        return _door(visit, form, 422)
    return _shown(visit, form.purpose, [_asked(visit)])


def _asked(visit: Visit) -> tuple[Person, CareSheet]:
    person = found(people.in_convention(visit.db, visit.convention.id, visit.path("person")))
    return person, found(queries.sheet(visit.db, visit.convention.id, person.id))


def _shown(visit: Visit, purpose: Purpose, sheets: Sequence[tuple[Person, CareSheet]]) -> Response:
    secret = visit.settings.secret
    rows = [
        (person, actions.read(visit.db, visit.convention, sheet, purpose, secret, by=visit.me))
        for person, sheet in sheets
    ]
    response = visit.page("care/read.html", purpose=purpose, rows=rows, names=OPENED_FOR[purpose], labels=LABELS)
    response.headers["cache-control"] = "no-store"
    return response


def choose_date(visit: Visit) -> Response:
    form = DateForm.read(visit.form)
    if isinstance(form, DateForm) and (reason := rules.why_not_erase_on(form.erase_on, clock.local(visit.at).date())):
        form = Filled(form.model_dump(), {"erase_on": reason})
    if isinstance(form, Filled):
        return _desk(visit, day=form, status=422)
    actions.choose_date(visit.db, visit.convention, form.erase_on)
    return see(visit.url("care.desk", query={"fait": "fiches-date"}))


routes = [
    get("/moi/accueil", mine, audience=signed_in),
    post("/moi/accueil", fill, audience=signed_in),
    post("/moi/accueil/effacer", erase, audience=signed_in),
    get("/accueil/personnes", desk, audience=hosts | administrators),
    # Not keyed: what these answer is the reading itself, and each reading is written down.
    post("/accueil/personnes", read_all, audience=hosts | administrators, keyed=False),
    get("/accueil/personnes/{person:uuid}", door, audience=hosts | administrators),
    post("/accueil/personnes/{person:uuid}", read_one, audience=hosts | administrators, keyed=False),
    post("/accueil/date", choose_date, audience=administrators),
]
