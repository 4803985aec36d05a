import json

from starlette.responses import Response

from convention.journal import queries
from convention.kit.i18n import Lazy
from convention.kit.web import get
from convention.people.audiences import administrators, facilitators, guarantors
from convention.people.visits import Visit

PER_PAGE = 50
NOTICES: dict[str, Lazy] = {}


def index(visit: Visit) -> Response:
    page = visit.page_number()
    lines, total = queries.latest(visit.db, visit.convention.id, page=page, per_page=PER_PAGE)
    return visit.page(
        "journal/index.html",
        lines=[(line, json.loads(line.facts)) for line in lines],
        total=total,
        head=queries.head(visit.db, visit.convention.id),
        page=page,
        pages=-(-total // PER_PAGE),
    )


routes = [get("/journal", index, audience=guarantors | administrators | facilitators)]
