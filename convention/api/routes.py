"""Addresses of the API, each with what it takes and what it answers: the OpenAPI document is made from this table."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from convention.algorithms.words import rule_sentences
from convention.api import feeds, followup, openapi, queries, schemas
from convention.api.asking import (
    AFTER,
    HOW_MANY,
    IN_STATE,
    OF_DEPARTMENT,
    OF_THEME,
    PAGED,
    Parameter,
    Unreadable,
    found,
    listed,
    next_page,
    number,
    page,
    text,
    why_not_read,
)  # fmt: skip
from convention.kit import ids
from convention.kit.errors import NotFound
from convention.kit.i18n import Lazy, language
from convention.kit.i18n import gettext as _
from convention.kit.web import get
from convention.people.audiences import everyone
from convention.people.visits import Visit, base_address
from convention.programme import queries as programme
from convention.programme.models import Sitting
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal, State
from convention.recommendations import queries as recommendations
from convention.recommendations.files import FORMATS
from convention.recommendations.models import EditionRow
from convention.voting import queries as voting
from convention.voting.models import Outcome, Poll

T = TypeVar("T", bound=BaseModel)

NOTICES: dict[str, Lazy] = {}
BASE = "/api/v1"
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """One address of the API."""

    path: str
    summary: str
    answer: Any
    make: Callable[[Visit], BaseModel]
    parameters: Sequence[Parameter] = ()

    @property
    def name(self) -> str:
        return f"api.{self.make.__name__}"


# -- what is answered ----------------------------------------------------------------------------------------------


def convention(visit: Visit) -> schemas.Convention:
    here = visit.convention
    return schemas.Convention(
        page=visit.address("portal.home"),
        **{name: getattr(here, name) for name in schemas.Convention.model_fields if name not in ("page", "licence")},
    )


def themes(visit: Visit) -> schemas.Listed[schemas.Theme]:
    shown = [
        schemas.Theme(
            slug=theme.slug, name=theme.name, summary=theme.summary, page=visit.address("portal.theme", slug=theme.slug)
        )
        for theme in programme.themes(visit.db, visit.convention)
    ]
    return listed(shown, len(shown), None)


def sittings(visit: Visit) -> schemas.Listed[schemas.Sitting]:
    numbered = sorted((one.number, one) for one in programme.sittings(visit.db, visit.convention))
    shown, total, next = page(visit, "api.sittings", numbered)
    return listed([_sitting(visit, one) for one in shown], total, next)


def sitting(visit: Visit) -> schemas.Sitting:
    return _sitting(visit, found(programme.sitting(visit.db, visit.convention, visit.path("number"))))


def _sitting(visit: Visit, one: Sitting) -> schemas.Sitting:
    names = ("number", "title", "starts_at", "ends_at", "place", "access", "summary", "public")
    page = visit.address("programme.sitting", number=one.number)
    return schemas.Sitting(page=page, **{name: getattr(one, name) for name in names})


def list_proposals(visit: Visit) -> schemas.Listed[schemas.ProposalLine]:
    after, limit = number(visit, AFTER), number(visit, HOW_MANY)
    known = {theme.id: theme.slug for theme in programme.themes(visit.db, visit.convention)}
    slug, state = text(visit, OF_THEME), text(visit, IN_STATE)
    theme = next((id for id, one in known.items() if one == slug), UUID(int=0)) if slug else None
    shown, total = queries.proposals_after(
        visit.db, visit.convention, after, limit, theme=theme, state=State(state) if state else None
    )
    lines = [schemas.ProposalLine(**_line(visit, one, known[one.theme_id])) for one in shown]
    last = shown[-1].number if len(shown) == limit else None
    return schemas.Listed(items=lines, total=total, next=next_page(visit, "api.list_proposals", last))


def proposal(visit: Visit) -> schemas.Proposal:
    one = found(proposals.of_number(visit.db, visit.convention, visit.path("number")))
    known = {theme.id: theme.slug for theme in programme.themes(visit.db, visit.convention)}
    paragraphs = [
        schemas.Paragraph(
            number=f"{one.number}.{passage.paragraph.number}",
            section=passage.paragraph.section,
            state=passage.paragraph.state,
            text=passage.text,
            versions=[
                schemas.Version(number=version.number, text=version.text, written_at=version.written_at)
                for version in passage.versions
            ],
        )
        for passage in proposals.passages(visit.db, one)
    ]
    names = ("constat", "objective", "concerned", "effects", "indicator", "competence", "competence_note", "deadline")
    words: dict[str, Any] = {name: str(getattr(one, name)) for name in names}
    return schemas.Proposal(**_line(visit, one, known[one.theme_id]), **words, paragraphs=paragraphs)


def _line(visit: Visit, one: Proposal, theme: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title,
        "theme": theme,
        "state": one.state.value,
        "became": one.became,
        "submitted_at": one.submitted_at,
        "changed_at": one.changed_at,
        "page": visit.address("proposals.show", number=one.number),
    }


def list_polls(visit: Visit) -> schemas.Listed[schemas.PollLine]:
    after, limit = number(visit, AFTER), number(visit, HOW_MANY)
    shown, total = queries.polls_after(visit.db, visit.convention, after, limit)
    last = shown[-1].number if len(shown) == limit else None
    lines = [schemas.PollLine(**_poll(visit, one)) for one in shown]
    return schemas.Listed(items=lines, total=total, next=next_page(visit, "api.list_polls", last))


def poll(visit: Visit) -> schemas.Poll:
    one = found(voting.of_number(visit.db, visit.convention, visit.path("number")))
    if not one.rule:
        raise NotFound
    outcomes = voting.outcomes_of(visit.db, [one]).get(one.id, ())
    return schemas.Poll(
        **_poll(visit, one),
        rule=rule_sentences(one.the_rule),
        answers=[_answer(visit, outcome) for outcome in outcomes],
    )


def _poll(visit: Visit, one: Poll) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title,
        "state": one.state(visit.at).value,
        "opens_at": one.opened_at or one.opens_at,
        "closes_at": one.closes_at,
        "rule_sha256": one.rule_sha256,
        "page": visit.address("voting.show", number=one.number),
    }


def _answer(visit: Visit, outcome: Outcome) -> schemas.Answer:
    decision = outcome.decision
    return schemas.Answer(
        title=outcome.title,
        text=outcome.text,
        about=base_address(visit.convention, visit.settings) + outcome.address,
        counts=[schemas.Count(value=str(row.value), label=row.label, count=row.count) for row in outcome.rows],
        cast=decision.cast,
        present=decision.present,
        entitled=decision.entitled,
        no_opinion=decision.no_opinion,
        grade=outcome.grade,
        outcome=outcome.verdict.value,
        kept=outcome.kept,
        sentence=outcome.sentence,
    )


def editions(visit: Visit) -> schemas.Listed[schemas.Edition]:
    numbered = sorted((one.number, one) for one in recommendations.editions(visit.db, visit.convention))
    shown, total, next = page(visit, "api.editions", numbered)
    return listed([_edition(visit, one) for one in shown], total, next)


def edition(visit: Visit) -> schemas.Edition:
    return _edition(visit, found(recommendations.edition_line(visit.db, visit.convention, visit.path("number"))))


def _edition(visit: Visit, row: EditionRow) -> schemas.Edition:
    assert row.published_at is not None, "only published editions are asked for"
    files = [
        schemas.File(
            name=str(format.label),
            media_type=format.media_type,
            address=visit.address("recommendations.file", number=row.number, suffix=format.suffix),
        )
        for format in FORMATS.values()
        if row.closed_at is None
    ]
    return schemas.Edition(
        number=row.number,
        title=row.title if row.closed_at is None else "",
        recommendations=row.recommendations,
        sha256=row.sha256,
        frozen_at=row.frozen_at,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_because=row.withdrawn_because,
        closed_at=row.closed_at,
        closed_because=row.closed_because if row.closed_at else "",
        page=visit.address("recommendations.show", number=row.number),
        files=files,
    )


# -- how it is answered --------------------------------------------------------------------------------------------


def _door(endpoint: Endpoint) -> Any:
    def answer(visit: Visit) -> Response:
        if reason := why_not_read(visit, endpoint.parameters):
            return problem(400, reason)
        try:
            made = endpoint.make(visit)
        except Unreadable as error:
            return problem(422, str(error))
        return _cached(visit, made.model_dump_json().encode(), JSON)

    return get(BASE + endpoint.path, answer, audience=everyone, name=endpoint.name)


def _cached(visit: Visit, body: bytes, media_type: str) -> Response:
    """The body, or « not modified » when the reader already has it. Anybody's page may read it."""
    etag = f'"{ids.fingerprint(body.decode())[:32]}"'
    headers = {
        "etag": etag,
        "cache-control": "public, max-age=60",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "vary": "Accept-Language",
    }
    asked = visit.request.headers.get("if-none-match", "")
    if asked.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in asked.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def problem(status: int, detail: str) -> Response:
    """A refusal, as RFC 9457 asks, in the language of who asks."""
    refused = (_("Refusé"), _("L’erreur vient de nous. Réessayez dans une minute."))
    title, advice = {
        400: (_("Paramètre inconnu"), ""),
        404: (_("Introuvable"), _("Il n’y a rien à cette adresse.")),
        405: (_("Méthode non permise"), _("Ici, tout se lit et rien ne s’écrit : demandez cette adresse avec GET.")),
        422: (_("Paramètre illisible"), ""),
    }.get(status, refused)
    made = schemas.Problem(title=title, status=status, detail=detail or advice)
    headers = {"access-control-allow-origin": "*", "content-language": language(), "vary": "Accept-Language"}
    return Response(made.model_dump_json(), status, headers, media_type=PROBLEM)


def document(visit: Visit) -> Response:
    made = openapi.document(ENDPOINTS, server=base_address(visit.convention, visit.settings) + BASE)
    return _cached(visit, made.encode(), JSON)


def feed(visit: Visit) -> Response:
    return _cached(visit, feeds.atom(visit).encode(), "application/atom+xml")


def feed_of(visit: Visit) -> Response:
    """One feed for each subject: what a press office or a neighbour follows is not what a member follows."""
    kind = found(feeds.SUBJECTS.get(visit.path("subject")))
    return _cached(visit, feeds.atom(visit, kind).encode(), "application/atom+xml")


ENDPOINTS = (
    Endpoint("/convention", "The convention: its question, what was promised", schemas.Convention, convention),
    Endpoint("/themes", "The themes", schemas.Listed[schemas.Theme], themes),
    Endpoint("/sittings", "The sittings, by number", schemas.Listed[schemas.Sitting], sittings, PAGED),
    Endpoint("/sittings/{number}", "A sitting", schemas.Sitting, sitting),
    Endpoint(
        "/proposals",
        "The proposals, by number",
        schemas.Listed[schemas.ProposalLine],
        list_proposals,
        (AFTER, HOW_MANY, OF_THEME, IN_STATE),
    ),
    Endpoint("/proposals/{number}", "A proposal, its paragraphs and their versions", schemas.Proposal, proposal),
    Endpoint("/polls", "The announced polls", schemas.Listed[schemas.PollLine], list_polls, (AFTER, HOW_MANY)),
    Endpoint("/polls/{number}", "A poll: its rule, and its result once sealed", schemas.Poll, poll),
    Endpoint("/editions", "The published editions", schemas.Listed[schemas.Edition], editions, PAGED),
    Endpoint("/editions/{number}", "An edition and its files", schemas.Edition, edition),
    Endpoint(
        "/recommendations",
        "The recommendations of the last published edition",
        schemas.Listed[schemas.RecommendationLine],
        followup.list_recommendations,
        (*PAGED, OF_THEME),
    ),
    Endpoint(
        "/recommendations/{number}",
        "A recommendation: its card, its paragraphs, its reservations",
        schemas.Recommendation,
        followup.recommendation,
    ),
    Endpoint(
        "/answers",
        "What the commissioner answers to each recommendation, point by point",
        schemas.Listed[schemas.ResponseLine],
        followup.list_answers,
        (*PAGED, OF_THEME, OF_DEPARTMENT),
    ),
    Endpoint(
        "/answers/{number}",
        "The answer to a recommendation: its points, their news, what members think of it",
        schemas.Response,
        followup.answer,
    ),
    Endpoint(
        "/departments", "Who answers, how far each has come", schemas.Listed[schemas.Department], followup.departments
    ),
    Endpoint("/alerts", "The guarantors' journal", schemas.Listed[schemas.Remark], followup.list_alerts, PAGED),
    Endpoint("/alerts/{number}", "What a guarantor published, and the answer to it", schemas.Remark, followup.alert),
)  # fmt: skip

routes = [
    *(
        dataclasses.replace(_door(endpoint), path=BASE + endpoint.path.replace("{number}", "{number:int}"))
        for endpoint in ENDPOINTS
    ),
    get(f"{BASE}/openapi.json", document, audience=everyone),
    get("/flux.xml", feed, audience=everyone),
    get("/flux/{subject}.xml", feed_of, audience=everyone),
]
