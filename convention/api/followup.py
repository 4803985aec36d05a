"""What was recommended, what is answered, what becomes of it, and what guarantors say of all that."""

from collections.abc import Sequence
from typing import Any

from convention.api import schemas
from convention.api.asking import AFTER, HOW_MANY, OF_DEPARTMENT, OF_THEME, found, listed, next_page, number, page, text
from convention.guarantors import queries as guarantors
from convention.guarantors.queries import Entry
from convention.kit.clock import local
from convention.moderation import queries as moderation
from convention.people.visits import Visit
from convention.recommendations import queries as recommendations
from convention.recommendations.models import EditionRow
from convention.recommendations.snapshot import Edition, Recommendation
from convention.responses import board, queries, rules
from convention.responses.board import Line, Point
from convention.responses.models import Answer

# -- the last edition ------------------------------------------------------------------------------------------------


def list_recommendations(visit: Visit) -> schemas.Listed[schemas.RecommendationLine]:
    row, edition = _edition(visit)
    theme = text(visit, OF_THEME)
    cards = edition.recommendations if edition else ()
    numbered = [(card.number, card) for card in cards if theme in ("", card.theme)]
    shown, total, next = page(visit, "api.list_recommendations", sorted(numbered, key=lambda one: one[0]))
    return listed([schemas.RecommendationLine(**_card(visit, row, card)) for card in shown], total, next)


def recommendation(visit: Visit) -> schemas.Recommendation:
    row, edition = _edition(visit)
    cards = edition.recommendations if edition else ()
    card: Recommendation = found(next((one for one in cards if one.number == visit.path("number")), None))
    names = ("finding", "objective", "concerned", "indicator", "deadline")
    return schemas.Recommendation(
        **_card(visit, row, card),
        **{name: getattr(card, name) for name in names},
        social_effects=card.effects.social,
        ecological_effects=card.effects.ecological,
        budget_effects=card.effects.budget,
        paragraphs=[
            schemas.RecommendedParagraph(number=one.number, section=one.section, text=one.text)
            for one in card.paragraphs
        ],
        reservations=[
            schemas.Reservation(
                text=one.text, about=one.about, signatories=one.signatories, named=list(one.named)
            )
            for one in card.reservations
        ],
    )  # fmt: skip


def _edition(visit: Visit) -> tuple[EditionRow | None, Edition | None]:
    row = recommendations.latest(visit.db, visit.convention)
    return row, Edition.model_validate_json(recommendations.content(visit.db, row.id)) if row else None


def _card(visit: Visit, row: EditionRow | None, card: Recommendation) -> dict[str, Any]:
    assert row is not None, "a card comes from an edition"
    return {
        "number": card.number,
        "id": card.id,
        "title": card.title,
        "theme": card.theme,
        "competence": card.competence,
        "edition": row.number,
        "page": visit.address("recommendations.one", number=row.number, recommendation=card.number),
    }


# -- the answers -----------------------------------------------------------------------------------------------------


def list_answers(visit: Visit) -> schemas.Listed[schemas.ResponseLine]:
    theme, department = text(visit, OF_THEME), text(visit, OF_DEPARTMENT)
    numbered = [
        (line.answer.number, line)
        for line in _lines(visit)
        if theme in ("", line.answer.theme) and (not department or department in line.departments)
    ]
    shown, total, next = page(visit, "api.list_answers", numbered)
    return listed([schemas.ResponseLine(**_line(visit, line)) for line in shown], total, next)


def answer(visit: Visit) -> schemas.Response:
    (line,) = _lines(visit, found(queries.answer(visit.db, visit.convention, visit.path("number"))))
    items = [point.item for point in line.points]
    numbers = {item.id: item.number for item in items}
    told = [one for ones in queries.news(visit.db, items).values() for one in ones]
    contests = queries.contests(visit.db, items)
    masks = moderation.masks(visit.db, visit.convention.id, [one.subject for one in contests])
    return schemas.Response(
        **_line(visit, line),
        news=[
            schemas.News(
                point=numbers[one.item_id],
                progress=one.progress.value,
                happened_on=one.happened_on,
                text=one.text,
                evidence=one.evidence,
            )
            for one in sorted(told, key=lambda one: (one.happened_on, one.id), reverse=True)
        ],
        contests=len(contests),
        contested=[
            schemas.Contest(
                point=numbers[one.item_id],
                contested_on=local(one.at).date(),
                text=None if masks.get(one.subject) else one.text,
                reply=one.reply,
                replied_on=local(one.replied_at).date() if one.replied_at else None,
            )
            for one in contests
        ],
        marks=[schemas.Mark(mark=mark, members=members) for mark, members in rules.counts(line.marks)]
        if line.marks
        else [],
    )


def departments(visit: Visit) -> schemas.Listed[schemas.Department]:
    found = [
        schemas.Department(
            name=one.name,
            recommendations=one.recommendations,
            points=one.points,
            answered=one.answered,
            decisions={kind.value: count for kind, count in one.decisions.items()},
            done=one.done,
        )
        for one in board.sums(_lines(visit), lambda line, point: line.department_of(point))
    ]
    return listed(found, len(found), None)


def _lines(visit: Visit, only: Answer | None = None) -> Sequence[Line]:
    """Every answer, or the one that is asked for."""
    db, convention = visit.db, visit.convention
    items = queries.items_of(db, only) if only else queries.items(db, convention)
    several = queries.publications(db, items) if only else {}
    return board.lines(
        [only] if only else queries.answers(db, convention),
        items,
        {id: ones[0] for id, ones in several.items()} if only else queries.published(db, convention),
        {one.id: one.name for one in queries.departments(db, convention)},
        {only.id: queries.marks_of(db, only)} if only else queries.marks(db, convention),
        visit.convention.answer_due,
        visit.at,
        visit.settings.least_shown,
    )


def _line(visit: Visit, line: Line) -> dict[str, Any]:
    return {
        "recommendation": line.answer.number,
        "title": line.answer.title,
        "theme": line.answer.theme,
        "competence": line.answer.competence,
        "status": line.status,
        "due": line.due,
        "days_late": line.late,
        "points": [_point(line, point) for point in line.points],
        "page": visit.address("responses.show", number=line.answer.number),
    }


def _point(line: Line, point: Point) -> schemas.Point:
    """Only what was published: a draft, its elected person and its date stay with the officials."""
    said, item = point.published, point.item
    return schemas.Point(
        number=item.number,
        title=point.title,
        paragraphs=list(point.paragraphs),
        department=line.department_of(point),
        referent=said.referent if said else "",
        decision=said.decision.value if said else None,
        reason=said.reason.value if said and said.reason else None,
        text=said.text if said else "",
        adds=said.adds if said else "",
        deadline=said.deadline if said else None,
        days_late=point.late,
        budget=said.budget if said else "",
        evidence=said.evidence if said else "",
        addressee=said.addressee if said else "",
        sent_on=item.sent_on if said else None,
        reply=item.reply if said else "",
        replied_on=item.replied_on if said else None,
        published_at=said.published_at if said else None,
        publication=said.number if said else None,
        progress=item.progress.value if said and item.progress else None,
        progress_on=item.news_on if said else None,
        silent_since=point.silent_since,
    )


# -- the guarantors --------------------------------------------------------------------------------------------------


def list_alerts(visit: Visit) -> schemas.Listed[schemas.Remark]:
    after, limit = number(visit, AFTER), number(visit, HOW_MANY)
    shown, total = guarantors.after(visit.db, visit.convention, after, limit)
    last = shown[-1].number if len(shown) == limit and shown[-1].number < total else None
    return listed([_remark(visit, one) for one in shown], total, next_page(visit, "api.list_alerts", last))


def alert(visit: Visit) -> schemas.Remark:
    return _remark(visit, found(guarantors.entry(visit.db, visit.convention, visit.path("number"))))


def _remark(visit: Visit, one: Entry) -> schemas.Remark:
    return schemas.Remark(
        number=one.number,
        kind=one.remark.kind.value,
        title=one.remark.title,
        text=one.remark.text,
        author=one.author,
        published_at=one.published_at,
        corrects=one.corrects,
        corrected_by=one.corrected_by,
        answers=[
            schemas.RemarkReply(text=reply.text, author=reply.author, answered_at=reply.answered_at)
            for reply in one.replies
        ],
        page=visit.address("guarantors.show", number=one.number),
    )
