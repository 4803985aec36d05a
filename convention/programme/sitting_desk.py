"""Where facilitators write the sittings: their agenda, their documents, their minutes."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.kit import clock, files, forms
from convention.kit.forms import Filled
from convention.kit.i18n import lazy as _
from convention.kit.pages import quoted
from convention.kit.web import get, post, see
from convention.people.visits import Visit, found
from convention.programme import actions, queries, rules
from convention.programme.editing import changed_meanwhile, differences, editors, meanwhile, up
from convention.programme.forms import AgendaForm, DocumentForm, MinutesForm, SittingForm
from convention.programme.models import AgendaItem, DocumentKind, Sitting

SITTING = {
    "title": _("Titre de la séance"),
    "held_on": _("Date"),
    "starts": _("Début"),
    "ends": _("Fin"),
    "place": _("Lieu"),
    "access": _("Venir et accessibilité"),
    "summary": _("Présentation"),
    "public": _("La séance est ouverte au public"),
    "themes": _("Thèmes"),
}
ITEM = {
    "title": _("Titre du point"),
    "minutes": _("Durée en minutes"),
    "details": _("Précisions"),
    "closed": _("Ce point est fermé au public"),
}
DOCUMENT = {
    "title": _("Titre du document"),
    "author": _("Qui l’a écrit, et ses liens d’intérêt"),
    "kind": _("Type de document"),
    "file": _("Fichier"),
    "link": _("Ou un lien"),
}


def edit_sittings(visit: Visit) -> Response:
    return visit.page(
        "programme/desk/sittings.html",
        sittings=queries.sittings(visit.db, visit.convention),
        reported=queries.with_minutes(visit.db, visit.convention),
    )


def new_sitting(visit: Visit) -> Response:
    return _sitting_form(visit, None, Filled({"starts": "09:00", "ends": "17:00", "public": True}))


def create_sitting(visit: Visit) -> Response:
    form = SittingForm.read(visit.form)
    if isinstance(form, Filled):
        return _sitting_form(visit, None, form, 422)
    sitting = actions.add_sitting(visit.db, visit.convention, form, by=visit.me)
    return see(visit.url("programme.desk_sitting", number=sitting.number, query={"fait": "ajoute"}))


def desk_sitting(visit: Visit) -> Response:
    return _desk_sitting(visit, _sitting(visit), Filled())


def edit_sitting(visit: Visit) -> Response:
    sitting = _sitting(visit)
    return _sitting_form(visit, sitting, Filled(_sitting_now(visit, sitting)))


def save_sitting(visit: Visit) -> Response:
    sitting = _sitting(visit)
    form = SittingForm.read(visit.form)
    if isinstance(form, Filled):
        return _sitting_form(visit, sitting, form, 422)
    if newer := meanwhile(visit, sitting, form):
        return _sitting_form(visit, sitting, newer, 409)
    actions.change_sitting(visit.db, visit.convention, sitting, form, by=visit.me)
    return _back_to(visit, sitting, "enregistre")


def remove_sitting(visit: Visit) -> Response:
    actions.remove_sitting(visit.db, _sitting(visit), by=visit.me)
    return see(visit.url("programme.edit_sittings", query={"fait": "retire"}))


def _sitting(visit: Visit) -> Sitting:
    return found(queries.sitting(visit.db, visit.convention, visit.path("number")))


def _back_to(visit: Visit, sitting: Sitting, done: str, part: str = "") -> Response:
    address = visit.url("programme.desk_sitting", number=sitting.number, query={"fait": done})
    return see(f"{address}#{part}" if part else address)


def _desk_sitting(visit: Visit, sitting: Sitting, form: Filled, status: int = 200) -> Response:
    """The sitting's own desk: its facts, its agenda and the box to add a point, its documents, its minutes."""
    items = queries.agenda(visit.db, sitting)
    documents = queries.documents_of(visit.db, sitting)
    minutes = queries.last_minutes(visit.db, sitting)
    return visit.page(
        "programme/desk/sitting.html",
        status=status,
        sitting=sitting,
        themes=queries.themes_of(visit.db, [sitting])[sitting.id],
        timetable=rules.timetable(sitting, items),
        too_long=rules.too_long(sitting, items),
        time_left=rules.time_left(sitting, items),
        form=form,
        labels=ITEM,
        documents=documents,
        kind_of_file=files.kind,
        minutes=minutes,
        why_not_remove=rules.why_not_remove(minutes, documents),
    )


def _sitting_now(visit: Visit, sitting: Sitting) -> dict[str, Any]:
    return {
        **sitting.model_dump(include={"title", "held_on", "place", "access", "summary", "public", "version"}),
        "starts": clock.local(sitting.starts_at).time(),
        "ends": clock.local(sitting.ends_at).time(),
        "themes": [theme.id for theme in queries.themes_of(visit.db, [sitting])[sitting.id]],
    }


def _sitting_form(visit: Visit, sitting: Sitting | None, form: Filled, status: int = 200) -> Response:
    themes = queries.themes(visit.db, visit.convention)
    theirs: Any = ()
    if sitting and status == 409:
        names = {theme.id: theme.name for theme in themes}
        theirs = differences(_sitting_now(visit, sitting), form.values, SITTING, names)
    return visit.page(
        "programme/desk/sitting_form.html",
        status=status,
        sitting=sitting,
        form=form,
        labels=SITTING,
        themes=[(theme.id, quoted(theme.name), "", theme.icon) for theme in themes],
        theirs=theirs,
    )


# -- the agenda of a sitting ---------------------------------------------------------------------------------------


def add_item(visit: Visit) -> Response:
    sitting = _sitting(visit)
    form = AgendaForm.read(visit.form)
    if isinstance(form, Filled):
        return _desk_sitting(visit, sitting, form, 422)
    actions.add_item(visit.db, sitting, form, by=visit.me)
    return _back_to(visit, sitting, "ajoute", "ordre-du-jour")


def edit_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    return _item_form(visit, sitting, item, Filled(item.model_dump()))


def save_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    form = AgendaForm.read(visit.form)
    if isinstance(form, Filled):
        return _item_form(visit, sitting, item, form, 422)
    if newer := meanwhile(visit, item, form):
        return _item_form(visit, sitting, item, newer, 409)
    actions.change_item(visit.db, sitting, item, form, by=visit.me)
    return _back_to(visit, sitting, "enregistre", "ordre-du-jour")


def move_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    actions.move_item(visit.db, sitting, item, up=up(visit), by=visit.me)
    return _back_to(visit, sitting, "ordre", "ordre-du-jour")


def remove_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    actions.remove_item(visit.db, sitting, item, by=visit.me)
    return _back_to(visit, sitting, "retire", "ordre-du-jour")


def _item(visit: Visit) -> tuple[Sitting, AgendaItem]:
    sitting = _sitting(visit)
    return sitting, found(queries.agenda_item(visit.db, sitting, visit.path("item")))


def _item_form(visit: Visit, sitting: Sitting, item: AgendaItem, form: Filled, status: int = 200) -> Response:
    theirs = differences(item.model_dump(), form.values, ITEM) if status == 409 else ()
    return visit.page(
        "programme/desk/item.html", status=status, sitting=sitting, item=item, form=form, labels=ITEM, theirs=theirs
    )


# -- documents -----------------------------------------------------------------------------------------------------


def edit_library(visit: Visit) -> Response:
    return _document_form(visit, None, Filled({"kind": DocumentKind.INFORMATION}))


def add_to_library(visit: Visit) -> Response:
    return _add_document(visit, None)


def new_document(visit: Visit) -> Response:
    return _document_form(visit, _sitting(visit), Filled({"kind": DocumentKind.INFORMATION}))


def add_document(visit: Visit) -> Response:
    return _add_document(visit, _sitting(visit))


def remove_document(visit: Visit) -> Response:
    document = found(queries.document(visit.db, visit.convention, visit.path("document")))
    sittings = {one.id: one for one in queries.sittings(visit.db, visit.convention)}
    actions.remove_document(visit.db, document, by=visit.me)
    if document.sitting_id:
        return _back_to(visit, sittings[document.sitting_id], "retire", "documents")
    return see(visit.url("programme.edit_library", query={"fait": "retire"}))


def _add_document(visit: Visit, sitting: Sitting | None) -> Response:
    form = DocumentForm.read(visit.form)
    upload = forms.upload(visit.form, "file")
    errors = dict(form.errors) if isinstance(form, Filled) else {}
    if upload and (reason := files.why_not_keep(upload.file, visit.settings.upload_bytes)):
        errors["file"] = reason
    if isinstance(form, DocumentForm) and (reason := rules.why_not_add(form.link, is_file=upload is not None)):
        errors.setdefault("file", reason)
    if errors or isinstance(form, Filled):
        return _document_form(visit, sitting, Filled(DocumentForm.values(visit.form), errors), 422)
    kept = files.keep(visit.settings.folder, upload.file) if upload else None
    actions.add_document(visit.db, visit.convention, form, sitting=sitting, kept=kept, by=visit.me)
    if sitting:
        return _back_to(visit, sitting, "document", "documents")
    return see(visit.url("programme.edit_library", query={"fait": "document"}))


def _document_form(visit: Visit, sitting: Sitting | None, form: Filled, status: int = 200) -> Response:
    documents = queries.documents(visit.db, visit.convention)
    return visit.page(
        "programme/desk/document.html",
        status=status,
        sitting=sitting,
        form=form,
        labels=DOCUMENT,
        kinds=[(kind.value, kind.label) for kind in DocumentKind],
        documents=[one for one in documents if one.sitting_id is None and sitting is None],
        kind_of_file=files.kind,
        accept=files.ACCEPT,
        most=visit.settings.upload_bytes,
    )


# -- minutes -------------------------------------------------------------------------------------------------------


def edit_minutes(visit: Visit) -> Response:
    sitting = _sitting(visit)
    last = queries.last_minutes(visit.db, sitting)
    return _minutes_form(visit, sitting, {"body": last.body if last else "", "version": last.version if last else 0})


def preview_minutes(visit: Visit) -> Response:
    form = MinutesForm.read(visit.form)
    if isinstance(form, Filled):
        return _minutes_form(visit, _sitting(visit), form, 422)
    return _minutes_form(visit, _sitting(visit), Filled(form.model_dump()), preview=form.body)


def publish_minutes(visit: Visit) -> Response:
    sitting = _sitting(visit)
    form = MinutesForm.read(visit.form)
    if isinstance(form, Filled):
        return _minutes_form(visit, sitting, form, 422)
    queries.lock(visit.db, sitting)
    last = queries.last_minutes(visit.db, sitting)
    if last and (reason := rules.why_not_save(form.version, last.version)):
        theirs = [(_("Ce qui est enregistré"), last.body)]
        return _minutes_form(visit, sitting, changed_meanwhile(form, last.version, reason), 409, theirs=theirs)
    actions.publish_minutes(visit.db, sitting, form, by=visit.me)
    return _back_to(visit, sitting, "compte-rendu", "compte-rendu")


def _minutes_form(
    visit: Visit,
    sitting: Sitting,
    form: Filled | Mapping[str, Any],
    status: int = 200,
    *,
    preview: str = "",
    theirs: Any = (),
) -> Response:
    """`form`: what was sent, or what is published and may be begun again."""
    begun = drafts.begun(visit, f"compte-rendu-{sitting.number}")
    return visit.page(
        "programme/desk/minutes.html",
        status=status,
        sitting=sitting,
        begun=begun,
        form=form if isinstance(form, Filled) else begun.over(form),
        preview=preview,
        theirs=theirs,
        versions=queries.minutes(visit.db, sitting),
    )


_DESK = "/animation/programme"
_SITTING = f"{_DESK}/seances/{{number:int}}"
_ITEM = f"{_SITTING}/ordre-du-jour/{{item:uuid}}"

routes = [
    get(f"{_DESK}/seances", edit_sittings, audience=editors),
    get(f"{_DESK}/seances/ajouter", new_sitting, audience=editors),
    post(f"{_DESK}/seances/ajouter", create_sitting, audience=editors),
    get(_SITTING, desk_sitting, audience=editors),
    get(f"{_SITTING}/modifier", edit_sitting, audience=editors),
    post(f"{_SITTING}/modifier", save_sitting, audience=editors),
    post(f"{_SITTING}/retirer", remove_sitting, audience=editors),
    post(f"{_SITTING}/ordre-du-jour", add_item, audience=editors),
    get(_ITEM, edit_item, audience=editors),
    post(_ITEM, save_item, audience=editors),
    post(f"{_ITEM}/ordre", move_item, audience=editors),
    post(f"{_ITEM}/retirer", remove_item, audience=editors),
    get(f"{_DESK}/documents", edit_library, audience=editors),
    post(f"{_DESK}/documents", add_to_library, audience=editors),
    post(f"{_DESK}/documents/{{document:uuid}}/retirer", remove_document, audience=editors),
    get(f"{_SITTING}/documents", new_document, audience=editors),
    post(f"{_SITTING}/documents", add_document, audience=editors),
    get(f"{_SITTING}/compte-rendu", edit_minutes, audience=editors),
    post(f"{_SITTING}/compte-rendu", publish_minutes, audience=editors),
    post(f"{_SITTING}/compte-rendu/apercu", preview_minutes, audience=editors, keyed=False),
]
