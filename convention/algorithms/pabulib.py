"""Participatory budgets written as Pabulib files (.pb).

Source: Faliszewski et al., "Participatory Budgeting: Data, Tools, and Analysis", IJCAI 2023; pabulib.org.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from convention.algorithms.decision import Method
from convention.algorithms.election import (
    METHODS,
    Election,
    Kind,
    Line,
    Malformed,
    cells_missing,
    is_whole,
    name_of,
    packed,
    rows_of,
)
from convention.kit.i18n import gettext as _

_SECTIONS = ("META", "PROJECTS", "VOTES")
# What a vote says: projects, points for each, or an order.
_VOTE_TYPES: dict[str, Kind] = {
    "approval": "marks",
    "choose-1": "marks",
    "cumulative": "scores",
    "scoring": "scores",
    "ordinal": "rankings",
}


def read(text: str, method: Method | None, scale: tuple[int, int] | None) -> Election:
    bad: list[tuple[int, str]] = []
    section, header, after = "", None, iter(_SECTIONS)
    meta: dict[str, tuple[int, str]] = {}
    costs: dict[str, Fraction] = {}
    lines: list[Line] = []
    for number, row in rows_of(text, ";"):
        title, more = row[0].strip().upper(), [cell for cell in row[1:] if cell.strip()]
        while len(row) > (len(header) if header else 1) and not row[-1].strip():
            row = row[:-1]  # a spreadsheet gives as many cells to all lines
        if title in _SECTIONS and not more:
            if title != next(after, None):
                # How a vote is read is said in META: what comes before it, or twice, would be read as something else.
                raise Malformed([*bad, (number, _("les parties sont META, PROJECTS, VOTES, une fois chacune."))])
            section, header = title, None
        elif not section:
            bad.append((number, _("le fichier doit commencer par META.")))
        elif header is None:
            header = [name_of(name).casefold() for name in row]
            points = section == "VOTES" and _vote_type(meta) in ("cumulative", "scoring")
            for name in {
                "META": ("key",),
                "PROJECTS": ("project_id", "cost"),
                "VOTES": ("vote", "points")[: 1 + points],
            }[section]:
                if name not in header:
                    bad.append((number, _("il manque la colonne « {name} ».").format(name=name)))
                    raise Malformed(bad)
        elif section == "META" and row[0].strip().casefold() in meta:
            bad.append((number, _("« {key} » est écrit deux fois.").format(key=row[0].strip())))
        elif section == "META":
            meta[row[0].strip().casefold()] = (number, ";".join(row[1:]).strip())  # descriptions hold semicolons
        elif len(row) != len(header):
            bad.append((number, cells_missing(len(row), len(header))))
        elif section == "PROJECTS":
            project = name_of(row[header.index("project_id")])
            cost = _amount(row[header.index("cost")])
            if not project or project in costs:
                bad.append((number, _("ce projet n’a pas de nom, ou est déjà cité.")))
            elif cost is None:
                bad.append((number, _("le coût doit être un nombre positif.")))
            else:
                costs[project] = cost
        else:
            try:
                lines.append(Line(number, 1, _choice(_vote_type(meta), dict(zip(header, row, strict=True)))))
            except ValueError as error:
                bad.append((number, str(error)))
    at, said = meta.get("vote_type", (1, ""))
    kind = _VOTE_TYPES.get(_vote_type(meta))
    if kind is None:
        bad.append((at, _("« {kind} » n’est pas une façon de voter connue ici.").format(kind=said)))
    elif kind != "marks" and method is None:
        # How points or orders make a budget is a choice of each city: what is counted here has to be asked for.
        names = ", ".join(METHODS[kind])
        bad.append((at, _("ces votes sont « {kind} » : nommez la méthode ({names}).").format(kind=said, names=names)))
    at, said = meta.get("default_score", (1, "0"))
    if kind == "scores" and (not is_whole(said) or int(said)):
        bad.append((at, _("un projet laissé sans points en a zéro ici, et non {said}.").format(said=said)))
    budget = _amount(meta.get("budget", (1, ""))[1])
    if budget is None:
        bad.append((meta.get("budget", (1, ""))[0], _("il manque le budget, un nombre positif.")))
    for key, found in (("num_projects", len(costs)), ("num_votes", len(lines))):
        if key in meta and meta[key][1] != str(found) and not bad:
            bad.append(
                (
                    meta[key][0],
                    _("{key} annonce {said}, il y en a {found}.").format(key=key, said=meta[key][1], found=found),
                )
            )
    if not costs:
        bad.append((1, _("il n’y a aucun projet.")))
    if kind is None or not costs:
        raise Malformed(bad)
    return packed(kind, tuple(costs), lines, bad, scale=scale, costs=costs, budget=budget)


def _vote_type(meta: Mapping[str, tuple[int, str]]) -> str:
    return meta.get("vote_type", (1, "approval"))[1].casefold()


def _choice(vote_type: str, row: Mapping[str, str]) -> Any:
    projects = [name_of(project) for project in row["vote"].split(",")] if row["vote"].strip() else []
    if vote_type == "choose-1" and len(projects) > 1:
        raise ValueError(_("ce scrutin n’admet qu’un projet par bulletin."))
    if vote_type == "ordinal":
        return [[project] for project in projects]
    if vote_type not in ("cumulative", "scoring"):
        return projects
    points = [point.strip() for point in row["points"].split(",")] if row["points"].strip() else []
    if len(points) != len(projects) or len(set(projects)) < len(projects) or not all(map(is_whole, points)):
        raise ValueError(_("il faut des points entiers, un nombre par projet, chaque projet une fois."))
    return dict(zip(projects, map(int, points), strict=True))


def _amount(cell: str) -> Fraction | None:
    """A positive amount of money, exactly: « 1200 », « 1200.50 »."""
    cell = cell.strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", cell) or not Fraction(cell):
        return None
    return Fraction(cell)
