"""Where answers are read, judged and contested; the officials' side is in `desk`, `exchange` and `departments`."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.kit.forms import Filled
from convention.kit.i18n import Lazy, lazy
from convention.kit.i18n import gettext as _
from convention.kit.web import Door, get, post, see
from convention.moderation import queries as moderation
from convention.moderation.models import Suspension
from convention.people.audiences import everyone, members
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.recommendations import queries as recommendations
from convention.recommendations.snapshot import Recommendation
from convention.responses import actions, board, departments, desk, exchange, open_data, queries, rules
from convention.responses.board import Line, Point
from convention.responses.forms import CommentForm, ContestForm, RatingForm
from convention.responses.models import Answer, Contest, Decision, Item, News, Published
from convention.voting import envelopes

NOTICES: dict[str, Lazy] = {
    "reponse-notee": lazy("Votre note est dans l’urne, sans votre nom. Le résultat paraîtra à la fin."),
    "reponse-deja-notee": lazy("Votre note était déjà dans l’urne : elle n’a pas changé."),
    "reponse-commentee": lazy("Votre commentaire est enregistré."),
    "commentaire-retire": lazy("Votre commentaire est retiré."),
    "reponse-contestee": lazy("Votre contestation est partie : les agents et les garants la reçoivent par courriel."),
    **desk.NOTICES,
}

ON_A_PAGE = 50
SCALE_ENDS = {0: lazy("réponse absente"), 10: lazy("réponse complète")}


# -- the dashboard ---------------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    """What was recommended, decided, done."""
    lines = _lines(visit)
    asked = {name: visit.query(name) for name in ("theme", "direction", "competence", "decision")}
    shown = [line for line in lines if _matches(line, asked)]
    pages = max(1, -(-len(shown) // ON_A_PAGE))
    page = min(visit.page_number(), pages)
    return visit.page(
        "responses/index.html",
        block="liste",
        lines=shown[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        found=len(shown),
        everything=lines,
        total=board.total(lines),
        groups=_groups(lines),
        form=Filled(asked),
        filtered=any(asked.values()),
        choices=_choices(lines),
        page=page,
        pages=pages,
        address=lambda n: visit.url("responses.index", query={**asked, "page": n}),
        decisions=list(Decision),
        edition=recommendations.latest(visit.db, visit.convention),
        dictionary=open_data.dictionary(),
    )


def _lines(visit: Visit) -> list[Line]:
    return board.lines(
        queries.answers(visit.db, visit.convention),
        queries.items(visit.db, visit.convention),
        queries.published(visit.db, visit.convention),
        {one.id: one.name for one in queries.departments(visit.db, visit.convention)},
        queries.marks(visit.db, visit.convention),
        visit.convention.answer_due,
        visit.at,
        visit.settings.least_shown,
    )


def _matches(line: Line, asked: dict[str, str]) -> bool:
    known = [board.AWAITED, *Decision]
    return (
        asked["theme"] in ("", line.answer.theme)
        and (not asked["direction"] or asked["direction"] in line.departments)
        and asked["competence"] in ("", line.answer.competence)
        and (asked["decision"] not in known or asked["decision"] in line)
    )


def _choices(lines: Sequence[Line]) -> dict[str, list[tuple[str, str]]]:
    themes = {line.answer.theme: line.answer.theme_name for line in lines if line.answer.theme}
    departments = sorted({name for line in lines for name in line.departments})
    return {
        "theme": list(themes.items()),
        "direction": [(name, name) for name in departments],
        "competence": [(name, name) for name in sorted({line.answer.competence for line in lines}) if name],
        "decision": [(board.AWAITED, _("Réponse attendue")), *((kind.value, kind.label) for kind in Decision)],
    }


def _groups(lines: Sequence[Line]) -> list[tuple[str, str, list[board.Sum]]]:
    return [
        ("theme", _("Par thème"), board.sums(lines, lambda line, _point: line.answer.theme_name)),
        ("direction", _("Par direction"), board.sums(lines, lambda line, point: line.department_of(point))),
        ("competence", _("Par compétence"), board.sums(lines, lambda line, _point: line.answer.competence)),
    ]


def due(visit: Visit) -> Response:
    """All that was promised for a date: answers, deadlines, news, transmissions, reviews."""
    lines = _lines(visit)
    today = lines[0].today if lines else desk.today(visit)
    points = [(line, point) for line in lines for point in line.points]
    promised = visit.convention.answer_due
    return visit.page(
        "responses/due.html",
        today=today,
        awaited=[line for line in lines if not line.is_complete],
        deadlines=sorted(
            (pair for pair in points if _deadline(pair[1]) and not _is_over(pair[1])),
            key=lambda pair: _deadline(pair[1]) or today,
        ),
        opened=bool(lines),
        engaged=any(point.decision in rules.PROMISES for _line, point in points),
        silent=sorted((pair for pair in points if pair[1].silent_since), key=lambda pair: -pair[1].silent_days),
        sent=[pair for pair in points if pair[1].awaits_reply],
        reviews=[
            (months, rules.review_due(promised, months), review)
            for months in rules.REVIEWS
            if promised
            for review in [queries.reviews(visit.db, visit.convention).get(months)]
        ],
    )


def _deadline(point: Point) -> dt.date | None:
    return point.published.deadline if point.published else None


def _is_over(point: Point) -> bool:
    return bool(point.item.progress and point.item.progress.is_over)


# -- open data -------------------------------------------------------------------------------------------------------


def csv(visit: Visit) -> Response:
    content = open_data.comma_separated(visit.convention, _lines(visit), _page_of(visit))
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="reponses.csv"', "x-content-type-options": "nosniff"},
    )


def json(visit: Visit) -> Response:
    content = open_data.tree(visit.convention, _lines(visit), _page_of(visit))
    return Response(content, media_type="application/json", headers={"x-content-type-options": "nosniff"})


def _page_of(visit: Visit) -> Any:
    return lambda answer: visit.address("responses.show", number=answer.number)


# -- one recommendation ----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Facing:
    """A point: what members ask, what the city answers, what became of it."""

    point: Point
    words: Sequence[tuple[str, str]]
    earlier: Sequence[Published]
    news: Sequence[News]
    contests: Sequence[Contest]
    why_not_contest: str | None


def show(visit: Visit) -> Response:
    return _show(visit, _answer(visit))


def _show(visit: Visit, answer: Answer, *, status: int = 200, form: Filled | None = None, at: str = "") -> Response:
    """`at` says which form is in error: "note", "commentaire", or the number of the point that is contested."""
    items = queries.items_of(visit.db, answer)
    card = desk.card_of(visit, answer)
    publications = queries.publications(visit.db, items)
    line = _line(visit, answer, items, {id: ones[0] for id, ones in publications.items()})
    is_member = visit.is_a(RoleKind.MEMBER)
    comments = queries.comments(visit.db, answer)
    mine = next((comment for comment, person in comments if visit.person and person.id == visit.person.id), None)
    rated = is_member and envelopes.holds(queries.roll(visit.db, answer), visit.me.id.bytes, envelopes.PERSON)
    contested = queries.contests(visit.db, items)
    suspension = moderation.suspension(visit.db, visit.convention, visit.person, visit.at)
    written = [one.subject for one, _person in comments] + [one.subject for one in contested]
    numbers = [point.item.number for point in line.points]
    begun = drafts.begun_each(
        visit, [_comment_of(answer), *(_contest_of(answer, number) for number in numbers)] if is_member else ()
    )
    comment = Filled({"text": mine.text, "signed": mine.signed} if mine else {})
    if is_member:
        comment = begun[_comment_of(answer)].over(comment.values)
    return visit.page(
        "responses/show.html",
        status=status,
        answer=answer,
        line=line,
        card=card,
        facing=_facing(visit, card, line, publications, contested, suspension),
        reviews=queries.reviews(visit.db, visit.convention),
        is_member=is_member,
        why_not_rate=rules.why_not_rate(line.opens_at, visit.at, rated=rated),
        why_not_comment=rules.why_not_comment(line.opens_at, visit.at, suspension),
        rating_is_over=rules.rating_is_over(line.opens_at, visit.at),
        closes_at=line.opens_at + rules.RATED_FOR if line.opens_at else None,
        rules=rules,
        least=visit.settings.least_shown,
        scale=[(str(mark), str(mark), SCALE_ENDS.get(mark, "")) for mark in range(11)],
        comments=comments,
        masks=moderation.masks(visit.db, visit.convention.id, written),
        mine=mine,
        rating=form if form is not None and at == "note" else Filled(),
        comment=form if form is not None and at == "commentaire" else comment,
        contesting=(at, form) if form is not None and at.isdigit() else None,
        begun_comment=begun.get(_comment_of(answer)),
        begun_contests={number: begun.get(_contest_of(answer, number)) for number in numbers},
    )


def _comment_of(answer: Answer) -> str:
    """The name of the draft."""
    return f"reponse-{answer.number}-commentaire"


def _contest_of(answer: Answer, item: int) -> str:
    return f"reponse-{answer.number}-{item}-contestation"


def _line(visit: Visit, answer: Answer, items: Sequence[Item], published: Any) -> Line:
    names = {one.id: one.name for one in queries.departments(visit.db, visit.convention)}
    marks = {answer.id: queries.marks_of(visit.db, answer)}
    least = visit.settings.least_shown
    return board.lines([answer], items, published, names, marks, visit.convention.answer_due, visit.at, least)[0]


def _facing(
    visit: Visit,
    card: Recommendation | None,
    line: Line,
    publications: Any,
    contests: Sequence[Contest],
    suspension: Suspension | None,
) -> list[Facing]:
    items = [point.item for point in line.points]
    news = queries.news(visit.db, items)
    me = visit.person
    return [
        Facing(
            point,
            desk.words_of(card, point.paragraphs),
            publications.get(point.item.id, [])[1:],
            news.get(point.item.id, []),
            [one for one in contests if one.item_id == point.item.id],
            rules.why_not_contest(point.item, contests, me.id, suspension, visit.at) if me else None,
        )
        for point in line.points
    ]


def _answer(visit: Visit) -> Answer:
    return found(queries.answer(visit.db, visit.convention, visit.path("number")))


def rate(visit: Visit) -> Response:
    answer = _answer(visit)
    form = RatingForm.read(visit.form)
    if isinstance(form, Filled):
        return _show(visit, answer, status=422, form=form, at="note")
    if envelopes.holds(queries.roll(visit.db, answer), visit.me.id.bytes, envelopes.PERSON):
        return see(visit.url("responses.show", number=answer.number, query={"fait": "reponse-deja-notee"}))
    actions.rate(visit.db, answer, visit.me, form.mark, due=visit.convention.answer_due)
    return see(visit.url("responses.show", number=answer.number, query={"fait": "reponse-notee"}))


def comment(visit: Visit) -> Response:
    answer = _answer(visit)
    form = CommentForm.read(visit.form)
    if isinstance(form, Filled):
        return _show(visit, answer, status=422, form=form, at="commentaire")
    actions.comment(visit.db, visit.convention, answer, visit.me, form)
    return see(visit.url("responses.show", number=answer.number, query={"fait": "reponse-commentee"}))


def withdraw_comment(visit: Visit) -> Response:
    answer = _answer(visit)
    actions.withdraw_comment(visit.db, answer, visit.me)
    return see(visit.url("responses.show", number=answer.number, query={"fait": "commentaire-retire"}))


def contest(visit: Visit) -> Response:
    answer = _answer(visit)
    item = found(next((one for one in queries.items_of(visit.db, answer) if one.number == visit.path("item")), None))
    form = ContestForm.read(visit.form)
    if isinstance(form, Filled):
        return _show(visit, answer, status=422, form=form, at=str(item.number))
    page = visit.address("responses.show", number=answer.number)
    actions.contest(visit.db, visit.convention, answer, item, visit.me, form, page=page)
    return see(visit.url("responses.show", number=answer.number, query={"fait": "reponse-contestee"}))


routes: list[Door] = [
    get("/reponses", index, audience=everyone),
    get("/reponses/echeances", due, audience=everyone),
    get("/reponses.csv", csv, audience=everyone),
    get("/reponses.json", json, audience=everyone),
    get("/reponses/{number:int}", show, audience=everyone),
    # Not keyed: a kept key would say that this member wrote at that moment. The roll makes her mark happen once.
    post("/reponses/{number:int}/note", rate, audience=members, keyed=False),
    post("/reponses/{number:int}/commentaire", comment, audience=members),
    post("/reponses/{number:int}/commentaire/retrait", withdraw_comment, audience=members),
    post("/reponses/{number:int}/points/{item:int}/contestation", contest, audience=members),
    *desk.routes,
    *exchange.routes,
    *departments.routes,
]
