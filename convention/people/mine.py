"""What is kept about me, and how it is erased; what the team has read; how long things are kept."""

import datetime as dt
import json
from typing import Any

from starlette.responses import Response

from convention.kit import clock
from convention.kit.errors import Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.web import see
from convention.people import actions, mails, queries, retention
from convention.people.models import Matter, Person, Purpose
from convention.people.visits import COOKIE, Visit, clear_cookie, found

PER_PAGE = 100


def data(visit: Visit) -> Response:
    return visit.page("people/data.html", kept=_kept(visit), leaving=retention.LEAVING)


def data_json(visit: Visit) -> Response:
    """The same, for another program."""
    body = {
        "convention": visit.convention.title,
        "date": visit.at,
        "donnees": [{"titre": title, "lignes": rows} for title, rows in _kept(visit)],
    }
    return Response(
        json.dumps(body, ensure_ascii=False, indent=2, default=_plain),
        media_type="application/json",
        headers={
            "content-disposition": 'attachment; filename="mes-donnees.json"',
            "cache-control": "no-store",
        },
    )


def _kept(visit: Visit) -> list[tuple[str, list[dict[str, Any]]]]:
    """Asked of each slice that keeps something of people (the registry is in app.py)."""
    secret = visit.settings.secret
    return [
        (title, rows)
        for about in visit.request.app.state.about
        for title, rows in about(visit.db, visit.convention, visit.me, secret)
        if rows
    ]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# -- leaving -------------------------------------------------------------------------------------------------------


def leaving(visit: Visit) -> Response:
    return _leaving(visit, Filled())


def _leaving(visit: Visit, form: Filled, status: int = 200) -> Response:
    return visit.page(
        "people/leaving.html",
        status=status,
        form=form,
        leaving=retention.LEAVING,
        why_not=actions.why_not_erase(visit.db, visit.me, visit.me),
    )


def erase_me(visit: Visit) -> Response:
    if visit.form.get("lu") != "oui":
        reason = _("Cochez la case : une fois effacées, vos données ne reviennent pas.")
        return _leaving(visit, Filled({}, {"lu": reason}), 422)
    _erase(visit, visit.me)
    response = see(visit.url("portal.home", query={"fait": "efface"}))
    clear_cookie(response, visit, COOKIE)
    return response


def erase_her(visit: Visit) -> Response:
    """An administrator does it for somebody who asked by phone or by post."""
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    if visit.form.get("lu") != "oui":
        raise Refused(_("Cochez la case : une fois effacées, ces données ne reviennent pas."))
    if person.id == visit.me.id:
        raise Refused(_("Pour vos propres données, passez par votre compte."))
    _erase(visit, person)
    return see(visit.url("people.register", query={"fait": "personne-effacee"}))


def _erase(visit: Visit, person: Person) -> None:
    email, name = person.email, person.name
    actions.erase(visit.db, person, by=visit.me)
    if email:
        mails.erased(visit, person, to=email, name=name)


# -- those who read, those who watch -------------------------------------------------------------------------------


def address(visit: Visit) -> Response:
    """How to reach somebody: shown after it has been written down that it was asked."""
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    actions.note_access(
        visit.db, visit.convention, person.id, by=visit.me, matter=Matter.ADDRESS, purpose=Purpose.CONTACT
    )  # fmt: skip
    response = visit.page("people/address.html", person=person)
    response.headers["cache-control"] = "no-store"
    return response


def watch(visit: Visit) -> Response:
    """For guarantors: what the team has read, what was erased; never what it said, nor of whom it was erased."""
    page = visit.page_number()
    accesses, total = queries.accesses(visit.db, visit.convention.id, page=page, per_page=PER_PAGE)
    return visit.page(
        "people/watch.html",
        counts=queries.access_counts(visit.db, visit.convention.id),
        accesses=accesses,
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        address=lambda n: visit.url("people.watch", query={"page": n if n > 1 else ""}),
        runs=queries.runs(visit.db, visit.convention.id, 40),
        jobs=retention.JOBS,
    )


def durations(visit: Visit) -> Response:
    return visit.page(
        "people/durations.html", table=retention.TABLE, leaving=retention.LEAVING, today=clock.local(visit.at).date()
    )
