"""The departments of the city, who is in which, and the reviews after six and twelve months."""

from uuid import UUID

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.kit.errors import NotFound, Refused
from convention.kit.forms import Filled
from convention.kit.web import Door, get, post, see
from convention.people import queries as people
from convention.people.audiences import officials
from convention.people.models import Person, RoleKind
from convention.people.visits import Visit, found
from convention.responses import actions, queries, rules
from convention.responses.desk import department_options, mine, today
from convention.responses.forms import AttachmentForm, DepartmentForm, ReviewForm
from convention.responses.models import Department


def departments(visit: Visit) -> Response:
    return _departments_page(visit)


def _departments_page(visit: Visit, form: Filled | None = None) -> Response:
    attached = queries.attachments(visit.db, visit.convention)
    items = queries.items(visit.db, visit.convention)
    promised = visit.convention.answer_due
    chosen = form if form is not None else Filled()
    reviews = queries.reviews(visit.db, visit.convention)
    return visit.page(
        "responses/departments.html",
        status=200 if form is None else 422,
        form=chosen,
        departments=[
            (one, sum(item.department_id == one.id for item in items), sum(id == one.id for id in attached.values()))
            for one in queries.departments(visit.db, visit.convention)
        ],
        why_not_arrange=rules.why_not_arrange(mine(visit)),
        options=department_options(visit),
        officials=[
            (person, chosen if chosen["person"] == person.id else Filled({"department": attached.get(person.id)}))
            for person in people.holding(visit.db, visit.convention.id, RoleKind.OFFICIAL)
        ],
        blank=Filled(),
        reviews=[
            (months, rules.review_due(promised, months), reviews.get(months)) for months in rules.REVIEWS if promised
        ],
        begun_each=drafts.begun_each(visit, (f"bilan-{months}" for months in rules.REVIEWS)),
    )


def _unattached(visit: Visit) -> None:
    # Held before names are compared: of two who take the same one at once, the second finds her form again.
    queries.hold(visit.db, visit.convention)
    if reason := rules.why_not_arrange(mine(visit)):
        raise Refused(reason)


def add_department(visit: Visit) -> Response:
    _unattached(visit)
    form = DepartmentForm.read(visit.form)
    if isinstance(form, Filled):
        return _departments_page(visit, form)
    if reason := rules.why_not_name(form.name, [one.name for one in queries.departments(visit.db, visit.convention)]):
        return _departments_page(visit, Filled(form.model_dump(), {"name": reason}))
    actions.add_department(visit.db, visit.convention, form.name, by=visit.me)
    return _departments_done(visit, "direction-enregistree")


def rename_department(visit: Visit) -> Response:
    _unattached(visit)
    department = _department(visit)
    form = DepartmentForm.read(visit.form)
    if isinstance(form, DepartmentForm) and (
        reason := rules.why_not_rename(form.name, queries.names_of_others(visit.db, visit.convention, department))
    ):
        form = Filled(form.model_dump(), {"name": reason})
    if isinstance(form, Filled):
        return _departments_page(visit, Filled({**form.values, "renamed": department.id}, form.errors))
    actions.rename_department(visit.db, visit.convention, department, form.name, by=visit.me)
    return _departments_done(visit, "direction-enregistree")


def remove_department(visit: Visit) -> Response:
    _unattached(visit)
    actions.remove_department(visit.db, _department(visit), by=visit.me)
    return _departments_done(visit, "direction-enregistree")


def attach(visit: Visit) -> Response:
    _unattached(visit)
    form = AttachmentForm.read(visit.form)
    officials_here: dict[UUID, Person] = {
        one.id: one for one in people.holding(visit.db, visit.convention.id, RoleKind.OFFICIAL)
    }
    if isinstance(form, Filled) or form.person not in officials_here:
        raise NotFound
    if form.department is not None and form.department not in dict(department_options(visit)):
        raise NotFound
    if form.department is not None and (
        reason := rules.why_not_attach(form.person, officials_here, queries.attachments(visit.db, visit.convention))
    ):
        return _departments_page(visit, Filled(form.model_dump(), {"department": reason}))
    actions.attach(visit.db, visit.convention, form, by=visit.me)
    return _departments_done(visit, "agent-attribue")


def _department(visit: Visit) -> Department:
    return found(queries.department(visit.db, visit.convention, visit.path("id")))


def _departments_done(visit: Visit, done: str) -> Response:
    return see(visit.url("responses.departments", query={"fait": done}))


def hold_review(visit: Visit) -> Response:
    form = ReviewForm.read(visit.form)
    if isinstance(form, ReviewForm) and form.held_on > today(visit):
        form = Filled(form.model_dump(), {"held_on": rules.not_yet()})
    if isinstance(form, Filled):
        return _departments_page(visit, Filled({**form.values, "months": visit.path("months")}, form.errors))
    actions.hold_review(visit.db, visit.convention, visit.path("months"), form, by=visit.me)
    return _departments_done(visit, "bilan-enregistre")


routes: list[Door] = [
    get("/collectivite/directions", departments, audience=officials),
    post("/collectivite/directions", add_department, audience=officials),
    post("/collectivite/directions/agents", attach, audience=officials),
    post("/collectivite/directions/{id:uuid}", rename_department, audience=officials),
    post("/collectivite/directions/{id:uuid}/retrait", remove_department, audience=officials),
    post("/collectivite/bilans/{months:int}", hold_review, audience=officials),
]
