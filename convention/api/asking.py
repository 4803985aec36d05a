"""What may stand after the « ? », read once, and refused in a sentence."""

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

from convention.api import schemas
from convention.kit.errors import NotFound
from convention.kit.forms import clean
from convention.kit.i18n import gettext as _
from convention.people.visits import Visit
from convention.proposals.models import State

T = TypeVar("T")
LIMIT, MOST = 20, 100


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
# PostgreSQL keeps no null character: no name has one.
NAME = {"type": "string", "pattern": r"^[^\x00]*$"}
OF_THEME = Parameter("theme", {**NAME, "maxLength": 60}, "Only this theme, by its slug")
IN_STATE = Parameter("state", {"type": "string", "enum": [state.value for state in State]}, "Only in this state")
OF_DEPARTMENT = Parameter("department", {**NAME, "maxLength": 120}, "Only this department, by its name")
PAGED = (AFTER, HOW_MANY)
KEPT = ("limit", "theme", "state", "department")


def why_not_read(visit: Visit, parameters: Sequence[Parameter]) -> str | None:
    """Why the question is not one that this address answers.

    A word that nobody lists is refused, not passed over: a filter that is misspelt would answer with everything.
    """
    known = [one.name for one in parameters]
    unknown = next((name for name in visit.request.query_params if name not in known), None)
    if unknown is None:
        return None
    said = (
        _("« {name} » n’est pas un paramètre de cette adresse. Elle lit : {words}.")
        if known
        else _("« {name} » n’est pas un paramètre de cette adresse, qui n’en lit aucun.")
    )
    return said.format(name=clean(unknown)[:60], words=", ".join(known))


def found(thing: Any | None) -> Any:
    if thing is None:
        raise NotFound
    return thing


def number(visit: Visit, parameter: Parameter) -> int:
    typed = visit.request.query_params.get(parameter.name)
    if typed is None:
        return int(parameter.schema.get("default", 0))
    least, most = parameter.schema["minimum"], parameter.schema["maximum"]
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9 or not least <= int(typed) <= most:
        said = _("« {name} » est un nombre entier de {least} à {most}.")
        raise Unreadable(said.format(name=parameter.name, least=least, most=most))
    return int(typed)


def text(visit: Visit, parameter: Parameter) -> str:
    typed = visit.request.query_params.get(parameter.name)
    if typed is None:
        return ""
    if "enum" in parameter.schema and typed not in parameter.schema["enum"]:
        said = _("« {name} » est l’un de ceux-ci : {words}.")
        raise Unreadable(said.format(name=parameter.name, words=", ".join(parameter.schema["enum"])))
    if "\x00" in typed:
        raise Unreadable(_("« {name} » a un caractère nul.").format(name=parameter.name))
    if len(typed) > parameter.schema.get("maxLength", 100):
        raise Unreadable(_("« {name} » est trop long.").format(name=parameter.name))
    return typed


def next_page(visit: Visit, name: str, last: int | None) -> str | None:
    if last is None:
        return None
    asked = {key: value for key, value in visit.request.query_params.items() if key in KEPT}
    return visit.address(name, query={**asked, "after": last})


def page(visit: Visit, name: str, numbered: Sequence[tuple[int, T]]) -> tuple[list[T], int, str | None]:
    """The page that is asked of a list ordered by number: its things, how many in all, where the next one is."""
    after, limit = number(visit, AFTER), number(visit, HOW_MANY)
    left = [one for one in numbered if one[0] > after]
    shown = left[:limit]
    last = shown[-1][0] if len(left) > limit else None
    return [thing for _n, thing in shown], len(numbered), next_page(visit, name, last)


def listed(items: list[Any], total: int, next: str | None) -> schemas.Listed[Any]:
    return schemas.Listed(items=items, total=total, next=next)
