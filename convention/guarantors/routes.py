"""The journal that everyone reads, and the desk where guarantors write it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.guarantors import actions, queries, rules
from convention.guarantors.forms import AnswerForm, RemarkForm
from convention.guarantors.models import ANSWER_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Kind, Remark
from convention.guarantors.queries import Entry
from convention.kit.forms import Filled
from convention.kit.i18n import Lazy, lazy
from convention.kit.web import get, post, see
from convention.people.audiences import administrators, everyone, facilitators, guarantors
from convention.people.models import RoleKind
from convention.people.visits import Visit, base_address, found

NOTICES: dict[str, Lazy] = {
    "brouillon-garde": lazy("Votre brouillon est enregistré. Les garants seuls le lisent."),
    "brouillon-jete": lazy("Votre brouillon est jeté."),
    "garants-publie": lazy("Votre texte est publié, daté et signé. L’organisation est prévenue."),
    "garants-repondu": lazy("Votre réponse est publiée à côté du texte. Les garants sont prévenus."),
}
LENGTHS = {"title": TITLE_LENGTH, "text": TEXT_LENGTH, "answer": ANSWER_LENGTH}
ON_A_PAGE = 20


# -- what everyone reads ---------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    entries = queries.entries(visit.db, visit.convention)
    pages = max(1, -(-len(entries) // ON_A_PAGE))
    page = min(visit.page_number(), pages)
    return visit.page(
        "guarantors/index.html",
        entries=entries[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        total=len(entries),
        awaiting=[one for one in entries if one.awaits],
        guarantor=visit.is_a(RoleKind.GUARANTOR),
        page=page,
        pages=pages,
        address=lambda n: visit.url("guarantors.index", query={"page": n}),
    )


def show(visit: Visit) -> Response:
    entry = _entry(visit)
    return _show(visit, entry, drafts.begun(visit, _answer_subject(entry)).over({}))


def _show(visit: Visit, entry: Entry, form: Filled, *, status: int = 200) -> Response:
    return visit.page(
        "guarantors/show.html",
        status=status,
        entry=entry,
        begun=drafts.begun(visit, _answer_subject(entry)),
        form=form,
        lengths=LENGTHS,
        organiser=visit.is_a(RoleKind.FACILITATOR, RoleKind.ADMINISTRATOR),
        why_not_answer=rules.why_not_answer(entry.remark, visit.roles),
        guarantor=visit.is_a(RoleKind.GUARANTOR),
        why_not_correct=rules.why_not_correct(entry.remark, queries.correction_of(visit.db, entry.remark)),
    )


def _entry(visit: Visit) -> Entry:
    return found(queries.entry(visit.db, visit.convention, visit.path("number")))


def _answer_subject(entry: Entry) -> str:
    return f"reponse-garants-{entry.number}"


def answer(visit: Visit) -> Response:
    entry = _entry(visit)
    form = AnswerForm.read(visit.form)
    if isinstance(form, Filled):
        return _show(visit, entry, form, status=422)
    site = base_address(visit.convention, visit.settings)
    actions.answer(visit.db, visit.convention, entry.remark, visit.me, form, roles=visit.roles, site=site)
    return see(visit.url("guarantors.show", number=entry.number, query={"fait": "garants-repondu"}))


# -- where guarantors write ------------------------------------------------------------------------------------------


def desk(visit: Visit) -> Response:
    return visit.page(
        "guarantors/desk.html",
        drafts=queries.drafts(visit.db, visit.convention),
        entries=queries.entries(visit.db, visit.convention),
    )


def new(visit: Visit) -> Response:
    return _write(visit, {})


def begin(visit: Visit) -> Response:
    form = RemarkForm.read(visit.form)
    if isinstance(form, Filled):
        return _write(visit, form, status=422)
    return _kept(visit, actions.begin(visit.db, visit.convention, visit.me, form))


def correct(visit: Visit) -> Response:
    entry = _entry(visit)
    remark = entry.remark
    return _write(visit, {"kind": remark.kind, "title": remark.title, "text": remark.text}, corrects=entry)


def begin_correction(visit: Visit) -> Response:
    entry = _entry(visit)
    form = RemarkForm.read(visit.form)
    if isinstance(form, Filled):
        return _write(visit, form, corrects=entry, status=422)
    return _kept(visit, actions.begin(visit.db, visit.convention, visit.me, form, corrects=entry.remark))


def edit(visit: Visit) -> Response:
    draft = _draft(visit)
    return _write(visit, {"kind": draft.kind, "title": draft.title, "text": draft.text}, draft=draft)


def change(visit: Visit) -> Response:
    draft = _draft(visit)
    form = RemarkForm.read(visit.form)
    if isinstance(form, Filled):
        return _write(visit, form, draft=draft, status=422)
    actions.change(visit.db, draft, visit.me, form)
    return _kept(visit, draft)


def _kept(visit: Visit, draft: Remark) -> Response:
    return see(visit.url("guarantors.edit", id=draft.id, query={"fait": "brouillon-garde"}))


def publish(visit: Visit) -> Response:
    site = base_address(visit.convention, visit.settings)
    number = actions.publish(visit.db, visit.convention, _draft(visit), visit.me, site=site)
    return see(visit.url("guarantors.show", number=number, query={"fait": "garants-publie"}))


def throw_away(visit: Visit) -> Response:
    actions.throw_away(visit.db, _draft(visit), visit.me)
    return see(visit.url("guarantors.desk", query={"fait": "brouillon-jete"}))


def _draft(visit: Visit) -> Remark:
    return found(queries.remark(visit.db, visit.convention, visit.path("id")))


def _write(
    visit: Visit,
    form: Filled | Mapping[str, Any],
    *,
    draft: Remark | None = None,
    corrects: Entry | None = None,
    status: int = 200,
) -> Response:
    """`form`: what was sent and is to be corrected, or what the page begins with."""
    about = f"correction-{corrects.number}" if corrects else draft.id if draft else "nouveau"
    begun = drafts.begun(visit, f"garants-{about}")
    why_not = rules.why_not_change(draft, visit.me.id) if draft else None
    if corrects is not None:
        why_not = rules.why_not_correct(corrects.remark, queries.correction_of(visit.db, corrects.remark))
    return visit.page(
        "guarantors/write.html",
        status=status,
        begun=begun,
        form=form if isinstance(form, Filled) else begun.over(form),
        draft=draft,
        corrects=corrects,
        why_not=why_not,
        kinds=[(kind.value, kind.label, kind.hint) for kind in Kind],
        lengths=LENGTHS,
    )


routes = [
    get("/journal-des-garants", index, audience=everyone),
    get("/journal-des-garants/{number:int}", show, audience=everyone),
    post("/journal-des-garants/{number:int}/reponse", answer, audience=facilitators | administrators),
    get("/garants/journal", desk, audience=guarantors),
    get("/garants/journal/ecrire", new, audience=guarantors),
    post("/garants/journal/ecrire", begin, audience=guarantors),
    get("/garants/journal/corriger/{number:int}", correct, audience=guarantors),
    post("/garants/journal/corriger/{number:int}", begin_correction, audience=guarantors),
    get("/garants/journal/brouillons/{id:uuid}", edit, audience=guarantors),
    post("/garants/journal/brouillons/{id:uuid}", change, audience=guarantors),
    post("/garants/journal/brouillons/{id:uuid}/publication", publish, audience=guarantors),
    post("/garants/journal/brouillons/{id:uuid}/jeter", throw_away, audience=guarantors),
]
