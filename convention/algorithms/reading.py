"""Ballots written as text: our JSON, CSV, Pabulib (.pb) and PrefLib (.soc, .soi, .toc, .toi).

Sources: the formats of pabulib.org (Faliszewski et al., "Participatory Budgeting: Data, Tools, and Analysis", IJCAI
2023) and of preflib.org (Mattei & Walsh, ADT 2013, files as written since 2022 and before).

Nothing is guessed and nothing is dropped: a file with a single bad line is refused, and every bad line is named.

**JSON.** `{"options": […], "ballots": [{"count": 3, "choice": …}, …]}`, where a choice is an option (yes-no), a list of
options (approval), a map option → grade or score, or a ranking as a list of lists. Beside them, where they matter:
"grades" (worst first), "scale" ([lowest, highest] score), "costs" and "budget", "present" and "entitled".

**CSV.** The first line names the options, a line per ballot follows: 1 or 0 for approvals, the grade, the score, or the
rank from 1. An optional column « nombre » (or "count") says how many such ballots there are. For yes-no, one column
« choix » (or "choice") holds the answer. Commas, semicolons or tabs.

In a yes-no file the answers may be in French or in English: « pour », « contre », « abstention », « blanc ».
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from convention.algorithms import pabulib, preflib
from convention.algorithms.decision import MOST_DIGITS, Method
from convention.algorithms.election import (
    ANSWERS,
    METHODS,
    TWICE,
    Election,
    Kind,
    Line,
    Malformed,
    cells_missing,
    is_whole,
    is_word,
    name_of,
    packed,
    rows_of,
)
from convention.kit.i18n import gettext as _

SUFFIXES = (".json", ".csv", ".pb", ".soc", ".soi", ".toc", ".toi")


def read(
    text: str,
    suffix: str,
    method: Method | None = None,
    grades: Sequence[str] = (),
    scale: tuple[int, int] | None = None,
) -> Election:
    """The ballots of this text, whose kind of file is `suffix` (".json"…).

    `method` says how to understand what could be read in two ways; `grades` and `scale` are those of the rule, for
    files that do not repeat them. Raises `Malformed`, with every bad line.
    """
    text = text.removeprefix("\ufeff")
    suffix = suffix.lower() if suffix.startswith(".") else f".{suffix.lower()}"
    if suffix == ".json":
        return _read_json(text, method, tuple(grades), scale)
    if suffix == ".csv":
        return _read_csv(text, method, tuple(grades), scale)
    if suffix == ".pb":
        return pabulib.read(text, method, scale)
    if suffix in (".soc", ".soi", ".toc", ".toi"):
        return preflib.read(text, suffix)
    raise Malformed([(1, _("ce format n’est pas connu. Il y a : {names}.").format(names=", ".join(SUFFIXES)))])


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

_KEYS = ("options", "ballots", "grades", "scale", "costs", "budget", "present", "entitled", "title")


def _read_json(text: str, method: Method | None, grades: tuple[str, ...], scale: tuple[int, int] | None) -> Election:
    try:
        head, lines = _json_parts(text)
    except json.JSONDecodeError as error:
        raise Malformed(
            [(error.lineno, _("ce n’est pas du JSON, à la colonne {column}.").format(column=error.colno))]
        ) from error
    except RecursionError as error:
        raise Malformed([(1, _("ce JSON est trop profond."))]) from error
    bad: list[tuple[int, str]] = []
    values = {key: value for key, (_line, value) in head.items()}
    at = {key: line for key, (line, _value) in head.items()}
    for key in values:
        if key not in _KEYS:
            bad.append((at[key], _("« {key} » n’est pas une clé connue.").format(key=key)))
    for key in ("options", "ballots"):
        if key not in values:
            bad.append((1, _("il manque « {key} ».").format(key=key)))
    options = _options(values.get("options"), at.get("options", 1), bad) if "options" in values else ()
    if "ballots" in values and not isinstance(values["ballots"], list):
        bad.append((at["ballots"], _("« ballots » doit être une liste de bulletins.")))
    if "grades" in values:
        given = values["grades"]
        words = [name_of(grade) for grade in given] if isinstance(given, list) else []
        if len(words) < 2 or len(set(words)) < len(words) or not all(map(_is_grade, given)):
            bad.append(
                (at["grades"], _("« grades » doit être une liste de mentions différentes, de la pire à la meilleure."))
            )
        elif grades and tuple(map(name_of, given)) != grades:
            bad.append((at["grades"], _("les mentions du fichier ne sont pas celles de la règle.")))
        else:
            grades = tuple(map(name_of, given))
    if "scale" in values:
        given = values["scale"]
        if not (
            isinstance(given, list) and len(given) == 2 and all(type(n) is int for n in given) and given[0] < given[1]
        ):
            bad.append((at["scale"], _("« scale » doit être la note la plus basse, puis la plus haute.")))
        elif scale is not None and tuple(given) != scale:
            bad.append((at["scale"], _("l’échelle du fichier n’est pas celle de la règle.")))
        else:
            scale = (given[0], given[1])
    costs = _costs(values.get("costs", {}), options, at.get("costs", 1), bad)
    whole: dict[str, int | None] = {"present": None, "entitled": None, "budget": None}
    for key in whole:
        if key in values:
            if type(values[key]) is not int or values[key] < 0:
                bad.append((at[key], _("« {key} » doit être un nombre entier.").format(key=key)))
            else:
                whole[key] = values[key]
    if bad:
        raise Malformed(bad)
    several = Counter(n for n, _ballot in lines)
    ballot_lines = [
        _line_of(n, ballot, bad, _("bulletin {n} : ").format(n=rank) if several[n] > 1 else "")
        for rank, (n, ballot) in enumerate(lines, start=1)
    ]
    found = [line for line in ballot_lines if line is not None]
    kind = _kind(found, method, bool(grades) and "grades" in values, bad)
    budget = None if whole["budget"] is None else Fraction(whole["budget"])
    return packed(
        kind, options, found, bad, grades, scale, costs, budget, present=whole["present"], entitled=whole["entitled"]
    )


def _json_parts(text: str) -> tuple[dict[str, tuple[int, Any]], list[tuple[int, Any]]]:
    """The keys of the outer object with their lines, and the ballots with theirs."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_int=_int)
    lines = _LineCounter(text)
    place = _skip(text, 0)
    if text[place : place + 1] in ("[", '"'):
        raise Malformed([(1, _('le fichier doit être un objet : {{"options": […], "ballots": […]}}.').format())])
    if text[place : place + 1] != "{":
        raise json.JSONDecodeError("object", text, place)
    head: dict[str, tuple[int, Any]] = {}
    found: list[tuple[int, Any]] = []
    place = _skip(text, place + 1)
    while text[place : place + 1] != "}":
        key_at = place
        key, place = decoder.raw_decode(text, place)
        place = _skip(text, place)
        if isinstance(key, str) and key in head:
            raise Malformed([(lines.of(key_at), _("« {key} » est écrit deux fois.").format(key=key))])
        if not isinstance(key, str) or text[place : place + 1] != ":":
            raise json.JSONDecodeError("key", text, key_at)
        place = _skip(text, place + 1)
        if key == "ballots" and text[place : place + 1] == "[":
            value: Any = []
            place = _skip(text, place + 1)
            while text[place : place + 1] != "]":
                ballot, end = decoder.raw_decode(text, place)
                found.append((lines.of(place), ballot))
                place = _next(text, end, "]")
            place += 1
        else:
            value, place = decoder.raw_decode(text, place)
        head[key] = (lines.of(key_at), value)
        place = _next(text, place, "}")
    if text[place + 1 :].strip():
        raise json.JSONDecodeError("end", text, place + 1)
    return head, found


def _int(digits: str) -> int | float:
    """A whole number; one that nobody counts with is no whole number here, and is refused where it stands."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def _is_grade(grade: Any) -> bool:
    return type(grade) is int or is_word(grade)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key said twice is kept as a mark, for the line to be refused."""
    read = dict(pairs)
    return read if len(read) == len(pairs) else {"": TWICE}


def _skip(text: str, place: int) -> int:
    found = re.compile(r"[ \t\n\r]*").match(text, place)
    return found.end() if found else place


def _next(text: str, place: int, closing: str) -> int:
    """Past a comma, to the next item; or to the closing bracket."""
    place = _skip(text, place)
    if text[place : place + 1] == closing:
        return place
    if text[place : place + 1] != ",":
        raise json.JSONDecodeError("comma", text, place)
    place = _skip(text, place + 1)
    if text[place : place + 1] == closing:
        raise json.JSONDecodeError("item", text, place)
    return place


class _LineCounter:
    """The line of each place, asked in increasing order or nearly."""

    def __init__(self, text: str) -> None:
        self.text, self.place, self.line = text, 0, 1

    def of(self, place: int) -> int:
        if place < self.place:
            return self.line - self.text.count("\n", place, self.place)
        self.line += self.text.count("\n", self.place, place)
        self.place = place
        return self.line


def _options(value: Any, line: int, bad: list[tuple[int, str]]) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(map(is_word, value)):
        bad.append((line, _("« options » doit être une liste de noms.")))
        return ()
    options = tuple(map(name_of, value))
    if len(set(options)) < len(options):
        bad.append((line, _("deux options ont le même nom.")))
    return options


def _costs(value: Any, options: Sequence[str], line: int, bad: list[tuple[int, str]]) -> dict[str, Fraction]:
    if not isinstance(value, dict) or not all(type(cost) is int and cost > 0 for cost in value.values()):
        bad.append((line, _("« costs » doit donner à chaque option un coût entier.")))
        return {}
    costs = {name_of(option): Fraction(cost) for option, cost in value.items()}
    if costs and (set(costs) != set(options) or len(costs) < len(value)):
        bad.append((line, _("« costs » doit donner un coût à chaque option, et à elles seules.")))
    return costs


def _line_of(number: int, ballot: Any, bad: list[tuple[int, str]], which: str) -> Line | None:
    if not isinstance(ballot, dict) or not set(ballot) <= {"count", "choice"} or "choice" not in ballot:
        bad.append((number, which + _('un bulletin s’écrit {{"count": 1, "choice": …}}.').format()))
        return None
    return Line(number, ballot.get("count", 1), ballot["choice"], which)


def _kind(lines: Sequence[Line], method: Method | None, graded: bool, bad: list[tuple[int, str]]) -> Kind:
    """What the ballots hold: as the method wants, or as the first that shows it."""
    if method is not None:
        return next(kind for kind, methods in METHODS.items() if method in methods)
    for line in lines:
        if isinstance(line.choice, str):
            return "choices"
        if isinstance(line.choice, dict):
            return "grades" if graded else "scores"
        if isinstance(line.choice, list) and line.choice:
            return "rankings" if isinstance(line.choice[0], list) else "marks"
    return "marks"


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

_COUNTS = ("nombre", "count")
_CHOICES = ("choix", "choice")


def _read_csv(text: str, method: Method | None, grades: tuple[str, ...], scale: tuple[int, int] | None) -> Election:
    # What separates the columns stands outside the quotes, where a name may hold anything.
    first = re.sub(r'"[^"]*"', "", text).lstrip().split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    rows = list(rows_of(text, delimiter))
    if not rows:
        raise Malformed([(1, _("le fichier est vide."))])
    (head_at, head), *body = rows
    names = [name_of(name) for name in head]
    bad: list[tuple[int, str]] = []
    if not all(names) or len(set(names)) < len(names):
        raise Malformed([(head_at, _("chaque colonne doit avoir un nom, et un seul."))])
    counted = next((place for place, name in enumerate(names) if name.casefold() in _COUNTS), None)
    options = tuple(name for place, name in enumerate(names) if place != counted)
    motion = len(options) == 1 and options[0].casefold() in _CHOICES
    cells: list[tuple[int, Any, list[str]]] = []
    for number, row in body:
        if len(row) != len(names):
            bad.append((number, cells_missing(len(row), len(names))))
            continue
        count: Any = 1
        if counted is not None:
            count = int(row[counted]) if is_whole(row[counted].strip()) else None
        cells.append((number, count, [cell.strip() for place, cell in enumerate(row) if place != counted]))
    kind = _csv_kind(cells, method, motion)
    if kind is None:
        bad.append((head_at, _("ces cases peuvent se lire de plusieurs façons : nommez la méthode.")))
        raise Malformed(bad)
    if (kind == "choices") != motion:
        bad.append((head_at, _("un oui ou non a une seule colonne, « choix » ; les autres méthodes, une par option.")))
        raise Malformed(bad)
    lines = []
    for number, count, row in cells:
        try:
            lines.append(Line(number, count, row[0] if motion else _csv_choice(kind, options, row)))
        except ValueError as error:
            bad.append((number, str(error)))
    if motion:
        options = tuple(dict.fromkeys(name_of(line.choice) for line in lines if line.choice)) or ("pour", "contre")
        known = {ANSWERS.get(option.casefold()) for option in options}
        options += tuple(word for word, answer in (("pour", "yes"), ("contre", "no")) if answer not in known)
        # Which of two words we do not know comes first in a file means nothing: no answer is guessed from that.
        for line in lines:
            if name_of(line.choice).casefold() not in ANSWERS:
                bad.append((line.number, _("« {choice} » n’est pas une réponse proposée.").format(choice=line.choice)))
        if bad:
            raise Malformed(bad)
    return packed(kind, options, lines, bad, grades, scale)


def _csv_kind(cells: Sequence[tuple[int, Any, list[str]]], method: Method | None, motion: bool) -> Kind | None:
    if method is not None:
        return next(kind for kind, methods in METHODS.items() if method in methods)
    if motion:
        return "choices"
    values = {cell for _number, _count, row in cells for cell in row if cell}
    if values <= {"0", "1"}:
        return "marks"
    return None if all(map(is_whole, values)) else "grades"


def _csv_choice(kind: Kind, options: Sequence[str], row: Sequence[str]) -> Any:
    filled = {option: cell for option, cell in zip(options, row, strict=True) if cell}
    if kind == "marks":
        for cell in filled.values():
            if cell not in ("0", "1"):
                raise ValueError(_("« {cell} » n’est ni 0 ni 1.").format(cell=cell))
        return [option for option, cell in filled.items() if cell == "1"]
    if kind == "grades":
        return {option: int(cell) if is_whole(cell) else cell for option, cell in filled.items()}
    for cell in filled.values():
        if not is_whole(cell) or (kind == "rankings" and int(cell) < 1):
            raise ValueError(_("« {cell} » n’est pas un nombre entier attendu ici.").format(cell=cell))
    numbers = {option: int(cell) for option, cell in filled.items()}
    if kind == "scores":
        return numbers
    return [[option for option in numbers if numbers[option] == rank] for rank in sorted(set(numbers.values()))]
