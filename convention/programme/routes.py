"""What everyone reads of the programme: calendar, sittings, documents, minutes. Desks have modules of their own."""

from collections.abc import Sequence

from starlette.responses import FileResponse, RedirectResponse, Response

from convention.kit import files
from convention.kit.web import Door, get
from convention.people.audiences import everyone
from convention.people.visits import Visit, found
from convention.programme import desk, editing, feed, queries, rules, sitting_desk
from convention.programme.models import Phase, Sitting

NOTICES = editing.NOTICES


def calendar(visit: Visit) -> Response:
    """When everything happens, and how to follow it."""
    phases = queries.phases(visit.db, visit.convention)
    sittings = queries.sittings(visit.db, visit.convention)
    return visit.page(
        "programme/calendar.html",
        steps=rules.steps(phases, visit.at),
        sittings=sittings,
        themes=queries.themes_of(visit.db, sittings),
        reported=queries.with_minutes(visit.db, visit.convention),
        feed_address=visit.address("programme.calendar_feed"),
    )


def calendar_feed(visit: Visit) -> Response:
    sittings = queries.sittings(visit.db, visit.convention)
    return _feed(visit, sittings, queries.phases(visit.db, visit.convention))


def sittings(visit: Visit) -> Response:
    sittings = queries.sittings(visit.db, visit.convention)
    return visit.page(
        "programme/sittings.html",
        coming=[sitting for sitting in sittings if sitting.ends_at > visit.at],
        held=[sitting for sitting in reversed(sittings) if sitting.ends_at <= visit.at],
        themes=queries.themes_of(visit.db, sittings),
        reported=queries.with_minutes(visit.db, visit.convention),
    )


def sitting(visit: Visit) -> Response:
    sitting = _sitting(visit)
    items = queries.agenda(visit.db, sitting)
    return visit.page(
        "programme/sitting.html",
        sitting=sitting,
        themes=queries.themes_of(visit.db, [sitting])[sitting.id],
        timetable=rules.timetable(sitting, items),
        ends_at=max(sitting.ends_at, rules.end_of_agenda(sitting, items)),
        documents=queries.documents_of(visit.db, sitting),
        kind_of_file=files.kind,
        minutes=queries.last_minutes(visit.db, sitting),
        may_edit=editing.editors.why_not_enter(visit) is None,
    )


def sitting_feed(visit: Visit) -> Response:
    sitting = _sitting(visit)
    response = _feed(visit, [sitting])
    response.headers["content-disposition"] = f'attachment; filename="seance-{sitting.number}.ics"'
    return response


def minutes(visit: Visit) -> Response:
    """The minutes in force, or the version that is asked for."""
    sitting = _sitting(visit)
    versions = queries.minutes(visit.db, sitting)
    asked = visit.query("version")
    shown = found(next((one for one in versions if not asked or str(one.version) == asked), None))
    return visit.page("programme/minutes.html", sitting=sitting, versions=versions, shown=shown)


def library(visit: Visit) -> Response:
    """All the documents: those of the convention, then sitting by sitting."""
    documents = queries.documents(visit.db, visit.convention)
    sittings = queries.sittings(visit.db, visit.convention)
    shelves = [(sitting, [one for one in documents if one.sitting_id == sitting.id]) for sitting in sittings]
    return visit.page(
        "programme/library.html",
        general=[one for one in documents if one.sitting_id is None],
        shelves=[(sitting, shelf) for sitting, shelf in shelves if shelf],
        kind_of_file=files.kind,
    )


def document(visit: Visit) -> Response:
    """The file itself, as a download; or the way to where it is."""
    document = found(queries.document(visit.db, visit.convention, visit.path("document")))
    if document.link:
        return RedirectResponse(document.link, status_code=303)
    path = found(files.path(visit.settings.folder, document.stored))
    return FileResponse(
        path,
        # No charset is added: a text is given back as it was sent.
        headers={"content-type": files.kind(document.stored).media_type, "x-content-type-options": "nosniff"},
        filename=files.download_name(document.title, document.stored),
        content_disposition_type="attachment",
    )


def _sitting(visit: Visit) -> Sitting:
    return found(queries.sitting(visit.db, visit.convention, visit.path("number")))


def _feed(visit: Visit, sittings: Sequence[Sitting], phases: Sequence[Phase] = ()) -> Response:
    addresses = {one.id: visit.address("programme.sitting", number=one.number) for one in sittings}
    themes = queries.themes_of(visit.db, sittings)
    body = feed.calendar(visit.convention, sittings, addresses, themes, phases)
    return Response(body, media_type="text/calendar; charset=utf-8")


routes: list[Door] = [
    get("/calendrier", calendar, audience=everyone),
    get("/calendrier.ics", calendar_feed, audience=everyone),
    get("/seances", sittings, audience=everyone),
    get("/seances/{number:int}", sitting, audience=everyone),
    get("/seances/{number:int}.ics", sitting_feed, audience=everyone),
    get("/seances/{number:int}/compte-rendu", minutes, audience=everyone),
    get("/documents", library, audience=everyone),
    get("/documents/{document:uuid}", document, audience=everyone),
    *desk.routes,
    *sitting_desk.routes,
]
