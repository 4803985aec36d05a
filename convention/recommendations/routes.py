from starlette.responses import Response

from convention.kit.i18n import Lazy
from convention.kit.web import Door, get
from convention.people.audiences import everyone
from convention.people.visits import Visit, found

NOTICES: dict[str, Lazy] = {}


def latest(visit: Visit) -> Response:
    return found(None)


routes: list[Door] = [get("/rapport", latest, audience=everyone)]
