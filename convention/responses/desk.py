"""The officials' desk: the list, the splitting, the sheet of each point."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.kit import clock
from convention.kit.errors import NotFound
from convention.kit.forms import Filled
from convention.kit.i18n import Lazy, lazy, ngettext
from convention.kit.i18n import gettext as _
from convention.kit.pages import quoted
from convention.kit.text import date
from convention.kit.web import Door, get, kept, post, see
from convention.people import queries as people
from convention.people.audiences import officials
from convention.people.visits import Visit, found
from convention.recommendations import queries as recommendations
from convention.recommendations.snapshot import Edition, Recommendation
from convention.responses import actions, queries, rules
from convention.responses.forms import (
    AnswerForm,
    NewsForm,
    PointForm,
    ReplyForm,
    ReturnForm,
    TransmissionForm,
    answer_of,
)
from convention.responses.models import Act, Answer, Decision, Item, Progress, Reason, State, Step

NOTICES: dict[str, Lazy] = {
    "reponses-ouvertes": lazy("Les fiches sont prêtes : une par recommandation, à découper si besoin."),
    "point-ajoute": lazy("Le point est ajouté. Le texte des membres n’a pas changé."),
    "point-retire": lazy("Le point est retiré."),
    "point-attribue": lazy("Le point est attribué."),
    "brouillon-enregistre": lazy("Le brouillon est enregistré. Il n’est lu que par la collectivité."),
    "visa-demande": lazy("Le visa juridique est demandé."),
    "reponse-renvoyee": lazy("La réponse est renvoyée en rédaction, avec ce qui est à reprendre."),
    "visa-donne": lazy("Le visa juridique est donné. Il reste l’accord de l’élu·e."),
    "accord-donne": lazy("L’accord de l’élu·e est enregistré. La réponse peut être publiée."),
    "reponse-publiee": lazy("La réponse est publiée : tout le monde peut la lire."),
    "reponse-reprise": lazy("La réponse est reprise en rédaction. La version publiée reste lisible."),
    "suivi-enregistre": lazy("Le suivi est publié."),
    "transmission-notee": lazy("La transmission est notée et publiée."),
    "contestation-repondue": lazy("Votre réponse à la contestation est publiée."),
    "tableau-importe": lazy("Les réponses du tableau sont enregistrées en brouillon."),
    "direction-enregistree": lazy("La liste des directions est enregistrée."),
    "agent-attribue": lazy("L’attribution est enregistrée."),
    "bilan-enregistre": lazy("Le bilan est publié."),
}


def today(visit: Visit) -> dt.date:
    return clock.local(visit.at).date()


def mine(visit: Visit) -> UUID | None:
    """The department of the official who is here; None: she sees everything."""
    attached = queries.attachment(visit.db, visit.convention, visit.me.id)
    return attached.department_id if attached else None


# -- the list --------------------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """A recommendation under a department: its items there, all of its items, and what is to be shown of them."""

    answer: Answer
    items: Sequence[Item]
    whole: int
    shared: Sequence[str]
    late: int


def desk(visit: Visit) -> Response:
    """Everything to be answered, by department and state."""
    department_id = mine(visit)
    items = queries.items(visit.db, visit.convention)
    answers = {one.id: one for one in queries.answers(visit.db, visit.convention)}
    departments = {one.id: one.name for one in queries.departments(visit.db, visit.convention)}
    visible = [item for item in items if rules.sees(item, department_id)]
    late = rules.overdue(visit.convention.answer_due, today(visit))
    asked = {name: visit.query(name) for name in ("direction", "competence", "etat")}
    shown = [item for item in visible if _matches(item, answers[item.answer_id], asked, late)]
    competences = sorted({answers[item.answer_id].competence for item in visible} - {""})
    edition = recommendations.latest(visit.db, visit.convention)
    late_then, unsure = (set(visit.request.query_params.getlist(name)) for name in ("laisse", "intact"))
    named = [(f"{answers[one.answer_id].number}.{one.number}", answers[one.answer_id], one) for one in visible]
    return visit.page(
        "responses/desk.html",
        # What a table that was just imported did not change: because others had, or because nobody can say.
        aside=[(answer, item) for name, answer, item in named if name in late_then],
        intact=[(answer, item) for name, answer, item in named if name in unsure],
        groups=_by_department(shown, items, answers, departments, late),
        figures=_figures(visible, late),
        recommendations=len({item.answer_id for item in visible}),
        points=len(visible),
        late=late,
        waiting=rules.waiting(visit.convention.answer_due, today(visit)),
        form=Filled(asked),
        departments=departments,
        my_department=departments.get(department_id, "") if department_id else "",
        competence_options=[(one, one) for one in competences],
        state_options=[(LATE, _("En retard")), *((state.value, state.label) for state in State)],
        filtered=any(asked.values()),
        edition=edition,
        # What is begun keeps the words that it answers: opening the sheets again would change nothing of it.
        newer=edition is not None and any(one.edition < edition.number for one in _not_begun(answers.values(), items)),
        opened=bool(answers),
        contests=[
            one for one in queries.unanswered_contests(visit.db, visit.convention) if rules.sees(one[1], department_id)
        ],
    )


def _not_begun(answers: Iterable[Answer], items: Sequence[Item]) -> list[Answer]:
    begun = {item.answer_id for item in items if item.changed_by is not None}
    return [one for one in answers if one.id not in begun]


LATE = "en-retard"


def _matches(item: Item, answer: Answer, asked: dict[str, str], late: int) -> bool:
    of_department = str(item.department_id) if item.department_id else "aucune"
    states = (item.state.value, LATE if late and item.answered_at is None else "")
    known = (LATE, *(state.value for state in State))
    return (
        asked["direction"] in ("", of_department)
        and asked["competence"] in ("", answer.competence)
        and (asked["etat"] not in known or asked["etat"] in states)
    )


def _by_department(
    shown: Sequence[Item],
    items: Sequence[Item],
    answers: dict[UUID, Answer],
    departments: dict[UUID, str],
    late: int,
) -> list[tuple[str, list[Entry]]]:
    whole: dict[UUID, list[Item]] = {}
    for item in items:
        whole.setdefault(item.answer_id, []).append(item)
    groups: dict[str, dict[UUID, list[Item]]] = {}
    for item in shown:
        name = departments.get(item.department_id, "") if item.department_id else ""
        groups.setdefault(name, {}).setdefault(item.answer_id, []).append(item)
    found = []
    for name in sorted(groups, key=lambda one: (one == "", one)):
        entries = []
        for id, ones in groups[name].items():
            others = {departments[one.department_id] for one in whole[id] if one.department_id in departments}
            answered = all(one.answered_at for one in ones)
            entries.append(Entry(answers[id], ones, len(whole[id]), sorted(others - {name}), 0 if answered else late))
        found.append((name, entries))
    return found


def _figures(items: Sequence[Item], late: int) -> list[tuple[int, str, bool]]:
    published = sum(item.answered_at is not None for item in items)
    empty = sum(item.state == State.EMPTY for item in items)
    overdue = len(items) - published if late else 0
    return [
        (published, ngettext("publié", "publiés", published), False),
        (len(items) - published - empty, _("en cours"), False),
        (empty, _("à rédiger"), False),
        (overdue, _("en retard"), overdue > 0),
    ]


def open_answers(visit: Visit) -> Response:
    """Make the sheets of the edition in force, when its publication did not."""
    edition = found(recommendations.latest(visit.db, visit.convention))
    content = recommendations.content(visit.db, edition.id)
    actions.open_answers(visit.db, visit.convention, Edition.model_validate_json(content))
    return see(visit.url("responses.desk", query={"fait": "reponses-ouvertes"}))


# -- one recommendation ----------------------------------------------------------------------------------------------


def sheet(visit: Visit) -> Response:
    return _sheet(visit, _answer(visit))


def _sheet(visit: Visit, answer: Answer, form: Filled | None = None) -> Response:
    """A recommendation and its points: where it is split."""
    items = queries.items_of(visit.db, answer)
    card = card_of(visit, answer)
    return visit.page(
        "responses/sheet.html",
        status=200 if form is None else 422,
        answer=answer,
        items=[(item, words_of(card, item.paragraphs), rules.why_not_remove(item, items)) for item in items],
        card=card,
        department_id=mine(visit),
        rules=rules,
        why_not_split=rules.why_not_split(answer, items),
        form=form if form is not None else Filled({"department": _default_department(visit, items)}),
        paragraphs=paragraphs_of(card),
        departments=department_options(visit),
        names=dict(department_options(visit)),
        waiting=rules.waiting(visit.convention.answer_due, today(visit)),
    )


def _default_department(visit: Visit, items: Sequence[Item]) -> UUID | None:
    return mine(visit) or next((item.department_id for item in items if item.department_id), None)


def _answer(visit: Visit) -> Answer:
    """The answer, if this official sees one of its points."""
    answer = found(queries.answer(visit.db, visit.convention, visit.path("number")))
    department_id = mine(visit)
    if not any(rules.sees(item, department_id) for item in queries.items_of(visit.db, answer)):
        raise NotFound
    return answer


def _item(visit: Visit) -> tuple[Answer, Item]:
    answer = found(queries.answer(visit.db, visit.convention, visit.path("number")))
    department_id = mine(visit)
    items = [item for item in queries.items_of(visit.db, answer) if rules.sees(item, department_id)]
    return answer, found(next((item for item in items if item.number == visit.path("item")), None))


def card_of(visit: Visit, answer: Answer) -> Recommendation | None:
    """The citizens' own words, from the frozen edition; none when it is closed to the public."""
    row = recommendations.edition(visit.db, visit.convention, answer.edition, all=True)
    cards = Edition.model_validate_json(row.content).recommendations if row else ()
    return next((card for card in cards if card.number == answer.number), None)


def words_of(card: Recommendation | None, numbers: Sequence[str]) -> list[tuple[str, str]]:
    """(number, words) of these paragraphs, in the order of the text."""
    return [(one.number, one.text) for one in card.paragraphs if one.number in numbers] if card else []


def paragraphs_of(card: Recommendation | None) -> list[tuple[str, str, str]]:
    """The paragraphs, as `ui.checks` offers them."""
    return [(one.number, one.number, quoted(one.text)) for one in card.paragraphs] if card else []


def department_options(visit: Visit) -> list[tuple[UUID, str]]:
    return [(one.id, one.name) for one in queries.departments(visit.db, visit.convention)]


def _point(visit: Visit, card: Recommendation | None) -> PointForm | Filled:
    """The form of a point, its paragraphs and its department being those of here."""
    form = PointForm.read(visit.form)
    if isinstance(form, Filled):
        return form
    known = {number for number, _label, _words in paragraphs_of(card)}
    if form.department is not None and form.department not in dict(department_options(visit)):
        return Filled(form.model_dump(), {"department": _("Choisissez une direction de la liste.")})
    if not set(form.paragraphs) <= known:
        return Filled(form.model_dump(), {"paragraphs": _("Choisissez parmi les paragraphes proposés.")})
    return form


def split(visit: Visit) -> Response:
    answer = _answer(visit)
    form = _point(visit, card_of(visit, answer))
    if isinstance(form, Filled):
        return _sheet(visit, answer, form)
    actions.split(visit.db, answer, form, by=visit.me)
    return see(visit.url("responses.sheet", number=answer.number, query={"fait": "point-ajoute"}))


def remove(visit: Visit) -> Response:
    answer, item = _item(visit)
    actions.remove(visit.db, answer, item.number, by=visit.me)
    return see(visit.url("responses.sheet", number=answer.number, query={"fait": "point-retire"}))


# -- one point -------------------------------------------------------------------------------------------------------


class FlowStep(NamedTuple):
    """A step of `ui.flow`."""

    name: str
    note: str
    state: str


def edit(visit: Visit) -> Response:
    answer, item = _item(visit)
    return _edit(visit, answer, item)


def _edit(
    visit: Visit,
    answer: Answer,
    item: Item,
    *,
    status: int = 422,
    theirs: Sequence[tuple[str, str]] = (),
    **forms: Filled,
) -> Response:
    """The sheet of a point. `forms` are those in error: draft, point, back, news, transmission, reply."""
    card = card_of(visit, answer)
    steps = queries.steps(visit.db, item)
    names = people.names(visit.db, [step.by for step in steps if step.by])
    here = f"reponse-{answer.number}-{item.number}"
    contests = queries.contests(visit.db, [item])
    begun = drafts.begun_each(
        visit,
        [here, f"{here}-renvoi", f"{here}-suivi", f"{here}-transmission", *(_reply_to(one.id) for one in contests)],
    )
    if "draft" not in forms:  # the words that this page sent, if it did, are in the item
        begun = {**begun, here: dataclasses.replace(begun[here], sheet="")}
    drafted = forms.get("draft", begun[here].over(answer_of(item).values))
    others = [one for one in queries.items(visit.db, visit.convention) if one.id != item.id]
    point = {name: getattr(item, name) for name in ("title", "paragraphs", "referent")}
    departments = department_options(visit)
    return visit.page(
        "responses/edit.html",
        status=status if forms else 200,
        answer=answer,
        item=item,
        siblings=sum(one.answer_id == answer.id for one in others) + 1,
        card=card,
        words=words_of(card, item.paragraphs),
        form=drafted,
        theirs=theirs,
        point=forms.get("point", Filled({**point, "department": item.department_id})),
        back=forms.get("back", begun[f"{here}-renvoi"].over({})),
        news=forms.get("news", begun[f"{here}-suivi"].over({"happened_on": today(visit)})),
        transmission=forms.get(
            "transmission",
            begun[f"{here}-transmission"].over(
                {"sent_on": item.sent_on, "reply": item.reply, "replied_on": item.replied_on}
            ),
        ),
        reply=forms.get("reply", Filled()),
        failed=next((name for name in forms), ""),
        warning=rules.warning_alike(str(drafted["text"]), [one.text for one in others]),
        missing=(rules.missing(item, today(visit)) | rules.unassigned(item)).values(),
        flow=_flow(item, steps, names),
        steps=[(step, names.get(step.by, "") if step.by else "") for step in reversed(steps)],
        told=next((step.note for step in reversed(steps) if step.act == Act.RETURNED), ""),
        why_not_write=rules.why_not_write(item),
        the_rest=shown_values(item, [one for one in PROOFS if getattr(item, one)]),
        why_not_publish=rules.why_not_publish(item, today(visit)),
        why_not_check=rules.why_not_check(item, steps, visit.me.id),
        why_not_sign=rules.why_not_sign(item, steps, visit.me.id),
        decisions=[(one.value, one.label, one.hint, one.icon) for one in Decision],
        reasons=[(one.value, one.label) for one in Reason],
        progresses=[(one.value, one.label) for one in Progress],
        departments=departments,
        department=dict(departments).get(item.department_id, "") if item.department_id else "",
        paragraphs=paragraphs_of(card),
        waiting=rules.waiting(visit.convention.answer_due, today(visit)),
        late=rules.overdue(visit.convention.answer_due, today(visit)),
        followed=queries.news(visit.db, [item]).get(item.id, []),
        contests=contests,
        here=here,
        begun_each=begun,
        reply_to=_reply_to,
        rules=rules,
        State=State,
        Decision=Decision,
    )


def _reply_to(contest_id: UUID) -> str:
    """The name of the draft of what is answered to a contest."""
    return drafts.of_row("contestation", contest_id)


def _flow(item: Item, steps: Sequence[Step], names: Any) -> list[FlowStep]:
    """The road of a sheet, each step with its day and its author."""
    last = {step.act: step for step in steps}
    place = [State.EMPTY, State.DRAFT, State.CHECKING, State.CHECKED, State.SIGNED, State.PUBLISHED].index(item.state)
    written = next((step for step in reversed(steps) if step.act in (Act.IMPORTED, Act.WRITTEN)), None)
    road = (
        (_("Attribuée"), last.get(Act.ASSIGNED) or last.get(Act.SPLIT), bool(item.department_id and item.referent)),
        (_("Rédaction"), written, place >= 2),
        (_("Visa juridique"), last.get(Act.CHECKED), place >= 3),
        (_("Accord de l’élu·e référent·e"), last.get(Act.SIGNED), place >= 4),
        (_("Publication"), last.get(Act.PUBLISHED), place >= 5),
    )
    now = next((rank for rank, (_name, _step, done) in enumerate(road) if not done), len(road))
    found = []
    for rank, (name, step, done) in enumerate(road):
        note = ""
        if step is not None and (done or rank == now):
            note = f"{date(step.at)}, {names.get(step.by, '')}"
            if step.note and step.act == Act.SIGNED:
                note = Markup("{} ({})").format(note, quoted(step.note))
        found.append(FlowStep(name, note, "done" if done else "now" if rank == now else "todo"))
    return found


def write(visit: Visit) -> Response:
    """Keep the draft, or send it to the legal check: then everything must be there."""
    answer, item = _item(visit)
    form = AnswerForm.read(visit.form)
    if isinstance(form, Filled):
        return _edit(visit, answer, item, draft=form)
    if form.version != item.version and (theirs := form.differences(item)):
        filled = Filled({**form.model_dump(), "version": item.version})
        return _edit(visit, answer, item, status=409, theirs=shown_values(item, theirs), draft=filled)
    asks = visit.form.get("suite") == "visa"
    if asks and (lacking := form.complete(today(visit))):
        return _edit(visit, answer, item, draft=lacking)
    if asks and (unnamed := rules.unassigned(item)):
        point = {name: getattr(item, name) for name in ("title", "paragraphs", "referent")}
        unassigned = Filled({**point, "department": item.department_id}, unnamed)
        # Kept before she is sent to another form of the page: sending that one would lose what is typed in this one.
        actions.write(visit.db, item, form, by=visit.me)
        drafts.sent(visit)
        return kept(_edit(visit, answer, item, point=unassigned))
    actions.write(visit.db, item, form, by=visit.me)
    if asks:
        actions.ask_check(visit.db, item, by=visit.me)
    return _back_to(visit, answer, item, "visa-demande" if asks else "brouillon-enregistre")


LABELS = {
    "decision": lazy("Décision"),
    "reason": lazy("Motif"),
    "text": lazy("Réponse aux membres"),
    "adds": lazy("Ce que la convention ajoute"),
    "deadline": lazy("Échéance"),
    "budget": lazy("Budget"),
    "evidence": lazy("Preuve ou lien public"),
    "addressee": lazy("Destinataire"),
}


PROOFS = ("adds", "deadline", "budget", "evidence", "addressee")


def shown_values(one: Item | AnswerForm, names: Sequence[str]) -> list[tuple[str, str]]:
    """(label, words) of these fields."""
    return [(str(LABELS[name]), shown_value(getattr(one, name))) for name in names]


def shown_value(value: Any) -> str:
    """As a page says it: words that were typed are somebody's, the rest is ours."""
    if value in (None, ""):
        return _("(vide)")
    if isinstance(value, dt.date):
        return date(value)
    return str(value.label) if hasattr(value, "label") else quoted(value)


def assign(visit: Visit) -> Response:
    answer, item = _item(visit)
    form = _point(visit, card_of(visit, answer))
    if isinstance(form, Filled):
        return _edit(visit, answer, item, point=form)
    actions.assign(visit.db, item, form, by=visit.me)
    if not rules.sees(item, mine(visit)):
        # She has just given it to another department: it is no longer among hers.
        return see(visit.url("responses.desk", query={"fait": "point-attribue"}))
    return _back_to(visit, answer, item, "point-attribue")


def send_back(visit: Visit) -> Response:
    answer, item = _item(visit)
    form = ReturnForm.read(visit.form)
    if isinstance(form, Filled):
        return _edit(visit, answer, item, back=form)
    actions.send_back(visit.db, item, form.note, by=visit.me)
    return _back_to(visit, answer, item, "reponse-renvoyee")


def check(visit: Visit) -> Response:
    answer, item = _item(visit)
    actions.check(visit.db, item, by=visit.me)
    return _back_to(visit, answer, item, "visa-donne")


def sign(visit: Visit) -> Response:
    answer, item = _item(visit)
    actions.sign(visit.db, item, by=visit.me)
    return _back_to(visit, answer, item, "accord-donne")


def publish(visit: Visit) -> Response:
    answer, item = _item(visit)
    actions.publish(visit.db, answer, item, due=visit.convention.answer_due, by=visit.me)
    return _back_to(visit, answer, item, "reponse-publiee")


def reopen(visit: Visit) -> Response:
    answer, item = _item(visit)
    actions.reopen(visit.db, item, by=visit.me)
    return _back_to(visit, answer, item, "reponse-reprise")


def give_news(visit: Visit) -> Response:
    answer, item = _item(visit)
    form = NewsForm.read(visit.form)
    if isinstance(form, NewsForm) and (
        reason := rules.why_not_news(form.progress, form.happened_on, form.text, today(visit))
    ):
        field = "happened_on" if form.happened_on > today(visit) else "text"
        form = Filled(form.model_dump(), {field: reason})
    if isinstance(form, Filled):
        return _edit(visit, answer, item, news=form)
    actions.give_news(visit.db, item, form, by=visit.me)
    return _back_to(visit, answer, item, "suivi-enregistre")


def note_transmission(visit: Visit) -> Response:
    answer, item = _item(visit)
    form = TransmissionForm.read(visit.form)
    if isinstance(form, TransmissionForm) and (
        wrong := rules.wrong_in_transmission(form.sent_on, form.reply, form.replied_on, today(visit))
    ):
        form = Filled(form.model_dump(), wrong)
    if isinstance(form, Filled):
        return _edit(visit, answer, item, transmission=form)
    actions.note_transmission(visit.db, item, form, by=visit.me)
    return _back_to(visit, answer, item, "transmission-notee")


def reply(visit: Visit) -> Response:
    contested = found(queries.contest(visit.db, visit.convention, visit.path("id")))
    item = found(queries.locked_item(visit.db, contested.item_id))
    if not rules.sees(item, mine(visit)):
        raise NotFound
    answer = queries.answer_of_item(visit.db, item)
    form = ReplyForm.read(visit.form)
    if isinstance(form, Filled):
        return _edit(visit, answer, item, reply=Filled({**form.values, "id": str(contested.id)}, form.errors))
    page = visit.address("responses.show", number=answer.number)
    actions.reply(visit.db, visit.convention, contested, item, form.reply, by=visit.me, page=page)
    return _back_to(visit, answer, item, "contestation-repondue")


def _back_to(visit: Visit, answer: Answer, item: Item, done: str) -> Response:
    return see(visit.url("responses.edit", number=answer.number, item=item.number, query={"fait": done}))


_ONE = "/collectivite/reponses/{number:int}"
_POINT = _ONE + "/{item:int}"

routes: list[Door] = [
    get("/collectivite/reponses", desk, audience=officials),
    post("/collectivite/reponses", open_answers, audience=officials),
    get(_ONE, sheet, audience=officials),
    post(_ONE, split, audience=officials),
    get(_POINT, edit, audience=officials),
    post(_POINT, write, audience=officials),
    post(_POINT + "/attribution", assign, audience=officials),
    post(_POINT + "/retrait", remove, audience=officials),
    post(_POINT + "/renvoi", send_back, audience=officials),
    post(_POINT + "/visa", check, audience=officials),
    post(_POINT + "/accord", sign, audience=officials),
    post(_POINT + "/publication", publish, audience=officials),
    post(_POINT + "/reprise", reopen, audience=officials),
    post(_POINT + "/suivi", give_news, audience=officials),
    post(_POINT + "/transmission", note_transmission, audience=officials),
    post("/collectivite/contestations/{id:uuid}", reply, audience=officials),
]
