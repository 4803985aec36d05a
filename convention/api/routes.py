"""Addresses of the API, each with what it takes and what it answers: the OpenAPI document is made from this table."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from convention.algorithms.words import rule_sentences
from convention.api import feeds, openapi, queries, schemas
from convention.kit import ids
from convention.kit.errors import NotFound
from convention.kit.i18n import Lazy
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
LIMIT, MOST = 20, 100
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclasses.dataclass(frozen=True)
class Parameter:
    """What may stand after the « ? »."""

    name: str
    schema: dict[str, Any]
    description: str


class Unreadable(ValueError):
    """A parameter is not what the document says: a sentence."""


AFTER = Parameter(
    "after", {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "Start after this number (as `next` does)"
)
HOW_MANY = Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, "How many at most")
OF_THEME = Parameter("theme", {"type": "string", "maxLength": 60}, "Only this theme, by its slug")
IN_STATE = Parameter("state", {"type": "string", "enum": [state.value for state in State]}, "Only in this state")


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
    found = [
        schemas.Theme(
            slug=theme.slug, name=theme.name, summary=theme.summary, page=visit.address("portal.theme", slug=theme.slug)
        )
        for theme in programme.themes(visit.db, visit.convention)
    ]
    return schemas.Listed(items=found, total=len(found), next=None)


def sittings(visit: Visit) -> schemas.Listed[schemas.Sitting]:
    found = [_sitting(visit, one) for one in programme.sittings(visit.db, visit.convention)]
    return schemas.Listed(items=found, total=len(found), next=None)


def sitting(visit: Visit) -> schemas.Sitting:
    return _sitting(visit, _found(programme.sitting(visit.db, visit.convention, visit.path("number"))))


def _sitting(visit: Visit, one: Sitting) -> schemas.Sitting:
    names = ("number", "title", "starts_at", "ends_at", "place", "access", "summary", "public")
    page = visit.address("programme.sitting", number=one.number)
    return schemas.Sitting(page=page, **{name: getattr(one, name) for name in names})


def list_proposals(visit: Visit) -> schemas.Listed[schemas.ProposalLine]:
    after, limit = _number(visit, AFTER), _number(visit, HOW_MANY)
    known = {theme.id: theme.slug for theme in programme.themes(visit.db, visit.convention)}
    slug, state = _text(visit, OF_THEME), _text(visit, IN_STATE)
    theme = next((id for id, one in known.items() if one == slug), UUID(int=0)) if slug else None
    found, total = queries.proposals_after(
        visit.db, visit.convention, after, limit, theme=theme, state=State(state) if state else None
    )
    lines = [schemas.ProposalLine(**_line(visit, one, known[one.theme_id])) for one in found]
    last = found[-1].number if len(found) == limit else None
    return schemas.Listed(items=lines, total=total, next=_next(visit, "api.list_proposals", last))


def proposal(visit: Visit) -> schemas.Proposal:
    one = _found(proposals.of_number(visit.db, visit.convention, visit.path("number")))
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
    after, limit = _number(visit, AFTER), _number(visit, HOW_MANY)
    found, total = queries.polls_after(visit.db, visit.convention, after, limit)
    last = found[-1].number if len(found) == limit else None
    lines = [schemas.PollLine(**_poll(visit, one)) for one in found]
    return schemas.Listed(items=lines, total=total, next=_next(visit, "api.list_polls", last))


def poll(visit: Visit) -> schemas.Poll:
    one = _found(voting.of_number(visit.db, visit.convention, visit.path("number")))
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
    found = [_edition(visit, one) for one in recommendations.editions(visit.db, visit.convention)]
    return schemas.Listed(items=found, total=len(found), next=None)


def edition(visit: Visit) -> schemas.Edition:
    return _edition(visit, _found(recommendations.edition(visit.db, visit.convention, visit.path("number"))))


def _edition(visit: Visit, row: EditionRow) -> schemas.Edition:
    assert row.published_at is not None, "only published editions are asked for"
    files = [
        schemas.File(
            name=str(format.label),
            media_type=format.media_type,
            address=visit.address("recommendations.file", number=row.number, suffix=format.suffix),
        )
        for format in FORMATS.values()
    ]
    return schemas.Edition(
        number=row.number,
        title=row.title,
        recommendations=row.recommendations,
        sha256=row.sha256,
        frozen_at=row.frozen_at,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
        page=visit.address("recommendations.show", number=row.number),
        files=files,
    )


# -- how it is answered --------------------------------------------------------------------------------------------


def _found(thing: T | Any | None) -> Any:
    if thing is None:
        raise NotFound
    return thing


def _number(visit: Visit, parameter: Parameter) -> int:
    typed = visit.request.query_params.get(parameter.name)
    if typed is None:
        return int(parameter.schema.get("default", 0))
    least, most = parameter.schema["minimum"], parameter.schema["maximum"]
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9 or not least <= int(typed) <= most:
        raise Unreadable(f"{parameter.name} is a whole number from {least} to {most}")
    return int(typed)


def _text(visit: Visit, parameter: Parameter) -> str:
    typed = visit.request.query_params.get(parameter.name)
    if typed is None:
        return ""
    if "enum" in parameter.schema and typed not in parameter.schema["enum"]:
        raise Unreadable(f"{parameter.name} is one of: {', '.join(parameter.schema['enum'])}")
    if len(typed) > parameter.schema.get("maxLength", 100) or "\x00" in typed:
        raise Unreadable(f"{parameter.name} is too long")
    return typed


def _next(visit: Visit, name: str, last: int | None) -> str | None:
    if last is None:
        return None
    asked = {key: value for key, value in visit.request.query_params.items() if key in ("limit", "theme", "state")}
    return visit.address(name, query={**asked, "after": last})


def _door(endpoint: Endpoint) -> Any:
    def answer(visit: Visit) -> Response:
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
    if etag in [one.strip().removeprefix("W/") for one in asked.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def problem(status: int, detail: str) -> Response:
    """A refusal, as RFC 9457 asks."""
    titles = {404: "Not found", 405: "Method not allowed", 422: "Unreadable parameter"}
    made = schemas.Problem(title=titles.get(status, "Refused"), status=status, detail=detail)
    return Response(
        made.model_dump_json(), status, {"access-control-allow-origin": "*"}, media_type=PROBLEM
    )  # fmt: skip


def document(visit: Visit) -> Response:
    made = openapi.document(ENDPOINTS, server=base_address(visit.convention, visit.settings) + BASE)
    return _cached(visit, made.encode(), JSON)


def feed(visit: Visit) -> Response:
    return _cached(visit, feeds.atom(visit).encode(), "application/atom+xml")


ENDPOINTS = (
    Endpoint("/convention", "The convention: its question, what was promised", schemas.Convention, convention),
    Endpoint("/themes", "The themes", schemas.Listed[schemas.Theme], themes),
    Endpoint("/sittings", "The sittings, by date", schemas.Listed[schemas.Sitting], sittings),
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
    Endpoint("/editions", "The published editions, the last first", schemas.Listed[schemas.Edition], editions),
    Endpoint("/editions/{number}", "An edition and its files", schemas.Edition, edition),
)  # fmt: skip

routes = [
    *(
        dataclasses.replace(_door(endpoint), path=BASE + endpoint.path.replace("{number}", "{number:int}"))
        for endpoint in ENDPOINTS
    ),
    get(f"{BASE}/openapi.json", document, audience=everyone),
    get("/flux.xml", feed, audience=everyone),
]
