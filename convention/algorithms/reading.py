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

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from convention.algorithms import ballots
from convention.algorithms.ballots import Box
from convention.algorithms.decision import GRADES, MOST_STEPS, Method
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext

Kind = Literal["choices", "marks", "grades", "scores", "rankings"]

SUFFIXES = (".json", ".csv", ".pb", ".soc", ".soi", ".toc", ".toi")
METHODS: dict[Kind, tuple[Method, ...]] = {
    "choices": (Method.YES_NO,),
    "marks": (Method.APPROVAL, Method.MULTI_VOTE, Method.EQUAL_SHARES),
    "grades": (Method.MAJORITY_JUDGMENT,),
    "scores": (Method.SCORE,),
    "rankings": (Method.SCHULZE, Method.IRV),
}
_ANSWERS = {
    "yes": "yes", "oui": "yes", "pour": "yes", "for": "yes",
    "no": "no", "non": "no", "contre": "no", "against": "no",
    "abstention": "abstention", "abstain": "abstention", "s’abstenir": "abstention",
    "blank": "blank", "blanc": "blank", "": "blank",
}  # fmt: skip


class Malformed(ValueError):
    """The file does not say what it should: `lines` are (line number, sentence), in the order of the file."""

    def __init__(self, lines: Sequence[tuple[int, str]]) -> None:
        self.lines = sorted(lines, key=lambda line: line[0])
        super().__init__("\n".join(_("Ligne {line} : {sentence}").format(line=n, sentence=s) for n, s in self.lines))


@dataclass(frozen=True, eq=False)
class Election:
    """Ballots as read, ready to be counted by one of `METHODS[kind]`."""

    kind: Kind
    options: tuple[str, ...]  # as the file names them, also for yes-no
    box: Box
    grades: tuple[str, ...] = ()  # worst first
    scale: tuple[int, int] | None = None  # lowest and highest score
    costs: dict[str, Fraction] = field(default_factory=dict)
    budget: Fraction | None = None
    present: int | None = None
    entitled: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)  # yes-no: "yes" → the file's own word


@dataclass(frozen=True)
class _Line:
    """A ballot as it stands in the file, not yet checked."""

    number: int
    count: Any
    choice: Any
    which: str = ""  # « bulletin 3 : », where its line holds others


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
        return _read_pabulib(text, method)
    if suffix in (".soc", ".soi", ".toc", ".toi"):
        return _read_preflib(text, suffix)
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
        if not isinstance(given, list) or len(given) < 2 or len({str(grade) for grade in given}) < len(given):
            bad.append(
                (at["grades"], _("« grades » doit être une liste de mentions différentes, de la pire à la meilleure."))
            )
        elif grades and tuple(map(_name, given)) != grades:
            bad.append((at["grades"], _("les mentions du fichier ne sont pas celles de la règle.")))
        else:
            grades = tuple(map(_name, given))
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
    return _election(
        kind, options, found, bad, grades, scale, costs, budget, present=whole["present"], entitled=whole["entitled"]
    )


def _json_parts(text: str) -> tuple[dict[str, tuple[int, Any]], list[tuple[int, Any]]]:
    """The keys of the outer object with their lines, and the ballots with theirs."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=str)  # NaN: a word as another, and no number
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


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key said twice is kept as a mark, for the line to be refused."""
    read = dict(pairs)
    return read if len(read) == len(pairs) else {"": _TWICE}


_TWICE = object()


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


def _name(value: Any) -> str:
    return unicodedata.normalize("NFC", str(value)).strip()


def _options(value: Any, line: int, bad: list[tuple[int, str]]) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(option, str) and option.strip() for option in value)
    ):
        bad.append((line, _("« options » doit être une liste de noms.")))
        return ()
    options = tuple(map(_name, value))
    if len(set(options)) < len(options):
        bad.append((line, _("deux options ont le même nom.")))
    return options


def _costs(value: Any, options: Sequence[str], line: int, bad: list[tuple[int, str]]) -> dict[str, Fraction]:
    if not isinstance(value, dict) or not all(type(cost) is int and cost > 0 for cost in value.values()):
        bad.append((line, _("« costs » doit donner à chaque option un coût entier.")))
        return {}
    costs = {_name(option): Fraction(cost) for option, cost in value.items()}
    if costs and set(costs) != set(options):
        bad.append((line, _("« costs » doit donner un coût à chaque option, et à elles seules.")))
    return costs


def _line_of(number: int, ballot: Any, bad: list[tuple[int, str]], which: str) -> _Line | None:
    if not isinstance(ballot, dict) or not set(ballot) <= {"count", "choice"} or "choice" not in ballot:
        bad.append((number, which + _('un bulletin s’écrit {{"count": 1, "choice": …}}.').format()))
        return None
    return _Line(number, ballot.get("count", 1), ballot["choice"], which)


def _kind(lines: Sequence[_Line], method: Method | None, graded: bool, bad: list[tuple[int, str]]) -> Kind:
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


# ── From lines to a box ───────────────────────────────────────────────────────────────────────────────────────────────


def _election(
    kind: Kind,
    options: tuple[str, ...],
    lines: Sequence[_Line],
    bad: list[tuple[int, str]],
    grades: tuple[str, ...] = (),
    scale: tuple[int, int] | None = None,
    costs: Mapping[str, Fraction] | None = None,
    budget: Fraction | None = None,
    present: int | None = None,
    entitled: int | None = None,
) -> Election:
    """Pack the lines; raise `Malformed` with those that cannot be, and those already known to be bad."""
    method = METHODS[kind][0]
    answers: dict[str, str] = {}
    if kind == "choices":
        answers = _answers(options, bad)
    if kind == "rankings" and len(options) > ballots.MOST_OPTIONS:
        bad.append((1, _("il y a trop d’options pour un classement : {n} au plus.").format(n=ballots.MOST_OPTIONS)))
        raise Malformed(bad)
    grades = grades or (GRADES if kind == "grades" else ())
    if kind == "scores":
        scale = scale or _scale_of(lines)
    if len(grades) > MOST_STEPS:
        raise Malformed([*bad, (1, _("Il y a trop de mentions."))])
    if scale is not None and scale[1] - scale[0] > MOST_STEPS:
        raise Malformed([*bad, (1, _("La note la plus haute doit dépasser la plus basse, de 250 au plus."))])
    steps: Sequence[str | int] = grades if kind == "grades" else range(scale[0], scale[1] + 1) if scale else ()
    packed: list[bytes] = []
    counts: list[int] = []
    for line in lines:
        if type(line.count) is not int or line.count < 1:
            bad.append((line.number, line.which + _("le nombre de bulletins doit être un entier, un au moins.")))
            continue
        try:
            choice = _choice(kind, line.choice, answers, grades)
            packed.append(ballots.pack(method, options, choice, steps))
            counts.append(line.count)
        except ValueError as error:
            bad.append((line.number, line.which + str(error)))
    if not bad and not packed:
        bad.append((1, _("il n’y a aucun bulletin.")))
    if bad:
        raise Malformed(bad)
    places = ("",) if kind == "choices" else options
    try:
        box = Box.of(places, packed, None if set(counts) == {1} else counts)
    except ValueError as error:
        raise Malformed([(1, str(error))]) from error
    if entitled is not None and entitled < box.cast:
        raise Malformed([(1, _("il y a plus de bulletins que de personnes inscrites."))])
    words = {answer: option for option, answer in answers.items() if option}
    return Election(kind, options, box, grades, scale, dict(costs or {}), budget, present, entitled, words)


def _answers(options: Sequence[str], bad: list[tuple[int, str]]) -> dict[str, str]:
    """Each of the file's words → yes, no, abstention or blank. Of two words we do not know, the first is yes."""
    known = {option: _ANSWERS.get(option.casefold().replace("'", "’")) for option in options}
    if all(known.values()) and len(set(known.values())) == len(options) and {"yes", "no"} <= set(known.values()):
        return {option: answer for option, answer in known.items() if answer}
    if len(options) == 2 and not any(known.values()):
        return {options[0]: "yes", options[1]: "no"}
    bad.append((1, _("un oui ou non a deux options, « pour » et « contre », et au plus « abstention » et « blanc ».")))
    return {}


def _scale_of(lines: Sequence[_Line]) -> tuple[int, int]:
    """From the lowest score given to the highest, when nobody declared a scale."""
    scores = [score for line in lines if isinstance(line.choice, dict) for score in line.choice.values()]
    whole = [score for score in scores if type(score) is int]
    low, high = min(whole, default=0), max(whole, default=1)
    return (low, max(high, low + 1))


def _choice(kind: Kind, choice: Any, answers: Mapping[str, str], grades: Sequence[str]) -> Any:
    """The choice in the words `ballots.pack` takes. Raises `ValueError` with a sentence."""
    if kind == "choices":
        word = "" if choice is None else choice
        if not isinstance(word, str):
            raise ValueError(_("le choix doit être une option."))
        word = _name(word)
        if word in answers:
            return answers[word]
        # An abstention or a blank ballot need not be among the options, but cannot be taken for a voice.
        if (answer := _ANSWERS.get(word.casefold())) in ("abstention", "blank"):
            return answer
        raise ValueError(_("« {choice} » n’est pas une réponse proposée.").format(choice=word))
    if kind == "marks":
        if not isinstance(choice, list) or not all(isinstance(option, str) for option in choice):
            raise ValueError(_("le choix doit être une liste d’options."))
        return [_name(option) for option in choice]
    if kind == "rankings":
        if not isinstance(choice, list):
            raise ValueError(_("le choix doit être un classement : une liste de listes."))
        ranks = [[rank] if isinstance(rank, str) else rank for rank in choice]
        if not all(isinstance(rank, list) and rank and all(isinstance(o, str) for o in rank) for rank in ranks):
            raise ValueError(_("le choix doit être un classement : une liste de listes."))
        return [[_name(option) for option in rank] for rank in ranks]
    if not isinstance(choice, dict) or _TWICE in choice.values():
        raise ValueError(_("le choix doit donner une valeur par option, une seule fois."))
    if kind == "scores":
        for score in choice.values():
            if score is not None and type(score) is not int:
                raise ValueError(_("« {score} » n’est pas une note entière.").format(score=_as_written(score)))
        return {_name(option): score for option, score in choice.items()}
    return {_name(option): _grade(grade, grades) for option, grade in choice.items()}


def _grade(grade: Any, grades: Sequence[str]) -> str | None:
    """A grade by its name, or by its value from 1 where no name is a number."""
    if grade is None:
        return None
    if _name(grade) in grades and type(grade) in (str, int):
        return _name(grade)
    if type(grade) is int and 1 <= grade <= len(grades):
        return grades[grade - 1]
    raise ValueError(_("« {grade} » n’est pas une mention de l’échelle.").format(grade=_as_written(grade)))


def _as_written(value: Any) -> str:
    """As the file writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

_COUNTS = ("nombre", "count")
_CHOICES = ("choix", "choice")


def _cells(n: int, needed: int) -> str:
    return ngettext("il y a {n} case, il en faut {needed}.", "il y a {n} cases, il en faut {needed}.", n).format(
        n=n, needed=needed
    )


def _read_csv(text: str, method: Method | None, grades: tuple[str, ...], scale: tuple[int, int] | None) -> Election:
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    rows = list(_rows(text, delimiter))
    if not rows:
        raise Malformed([(1, _("le fichier est vide."))])
    (head_at, head), *body = rows
    names = [_name(name) for name in head]
    bad: list[tuple[int, str]] = []
    if not all(names) or len(set(names)) < len(names):
        raise Malformed([(head_at, _("chaque colonne doit avoir un nom, et un seul."))])
    counted = next((place for place, name in enumerate(names) if name.casefold() in _COUNTS), None)
    options = tuple(name for place, name in enumerate(names) if place != counted)
    motion = len(options) == 1 and options[0].casefold() in _CHOICES
    cells: list[tuple[int, Any, list[str]]] = []
    for number, row in body:
        if len(row) != len(names):
            bad.append((number, _cells(len(row), len(names))))
            continue
        count: Any = 1
        if counted is not None:
            count = int(row[counted]) if _is_whole(row[counted].strip()) else None
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
            lines.append(_Line(number, count, row[0] if motion else _csv_choice(kind, options, row)))
        except ValueError as error:
            bad.append((number, str(error)))
    if motion:
        options = tuple(dict.fromkeys(_name(line.choice) for line in lines if line.choice)) or ("pour", "contre")
        known = {_ANSWERS.get(option.casefold()) for option in options}
        options += tuple(word for word, answer in (("pour", "yes"), ("contre", "no")) if answer not in known)
        # Which of two words we do not know comes first in a file means nothing: no answer is guessed from that.
        for line in lines:
            if _name(line.choice).casefold() not in _ANSWERS:
                bad.append((line.number, _("« {choice} » n’est pas une réponse proposée.").format(choice=line.choice)))
        if bad:
            raise Malformed(bad)
    return _election(kind, options, lines, bad, grades, scale)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        raise Malformed([(before + 1, _("les guillemets ou les cases de cette ligne ne se ferment pas."))]) from error


def _is_whole(cell: str) -> bool:
    return bool(re.fullmatch(r"-?[0-9]{1,15}", cell))


def _csv_kind(cells: Sequence[tuple[int, Any, list[str]]], method: Method | None, motion: bool) -> Kind | None:
    if method is not None:
        return next(kind for kind, methods in METHODS.items() if method in methods)
    if motion:
        return "choices"
    values = {cell for _number, _count, row in cells for cell in row if cell}
    if values <= {"0", "1"}:
        return "marks"
    return None if all(map(_is_whole, values)) else "grades"


def _csv_choice(kind: Kind, options: Sequence[str], row: Sequence[str]) -> Any:
    filled = {option: cell for option, cell in zip(options, row, strict=True) if cell}
    if kind == "marks":
        for cell in filled.values():
            if cell not in ("0", "1"):
                raise ValueError(_("« {cell} » n’est ni 0 ni 1.").format(cell=cell))
        return [option for option, cell in filled.items() if cell == "1"]
    if kind == "grades":
        return {option: int(cell) if _is_whole(cell) else cell for option, cell in filled.items()}
    for cell in filled.values():
        if not _is_whole(cell) or (kind == "rankings" and int(cell) < 1):
            raise ValueError(_("« {cell} » n’est pas un nombre entier attendu ici.").format(cell=cell))
    numbers = {option: int(cell) for option, cell in filled.items()}
    if kind == "scores":
        return numbers
    return [[option for option in numbers if numbers[option] == rank] for rank in sorted(set(numbers.values()))]


# ── Pabulib ───────────────────────────────────────────────────────────────────────────────────────────────────────────


# What a vote says: projects, points for each, or an order.
_VOTE_TYPES: dict[str, Kind] = {
    "approval": "marks",
    "choose-1": "marks",
    "cumulative": "scores",
    "scoring": "scores",
    "ordinal": "rankings",
}


def _read_pabulib(text: str, method: Method | None) -> Election:
    bad: list[tuple[int, str]] = []
    section, header = "", None
    meta: dict[str, tuple[int, str]] = {}
    costs: dict[str, Fraction] = {}
    lines: list[_Line] = []
    for number, row in _rows(text, ";"):
        title, more = row[0].strip().upper(), [cell for cell in row[1:] if cell.strip()]
        while len(row) > (len(header) if header else 1) and not row[-1].strip():
            row = row[:-1]  # a spreadsheet gives as many cells to all lines
        if title in ("META", "PROJECTS", "VOTES") and not more:
            section, header = title, None
        elif not section:
            bad.append((number, _("le fichier doit commencer par META.")))
        elif header is None:
            header = [_name(name).casefold() for name in row]
            points = section == "VOTES" and _vote_type(meta) in ("cumulative", "scoring")
            for name in {"META": ("key",), "PROJECTS": ("cost",), "VOTES": ("vote", "points")[: 1 + points]}[section]:
                if name not in header:
                    bad.append((number, _("il manque la colonne « {name} ».").format(name=name)))
                    raise Malformed(bad)
        elif section == "META":
            meta[row[0].strip().casefold()] = (number, ";".join(row[1:]).strip())  # descriptions hold semicolons
        elif len(row) != len(header):
            bad.append((number, _cells(len(row), len(header))))
        elif section == "PROJECTS":
            project = _name(row[0])
            cost = _amount(row[header.index("cost")])
            if not project or project in costs:
                bad.append((number, _("ce projet n’a pas de nom, ou est déjà cité.")))
            elif cost is None:
                bad.append((number, _("le coût doit être un nombre positif.")))
            else:
                costs[project] = cost
        else:
            try:
                lines.append(_Line(number, 1, _pabulib_choice(_vote_type(meta), dict(zip(header, row, strict=True)))))
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
    scale = None
    if kind == "scores":
        scale = (0, max(_scale_of(lines)[1], 1))
    return _election(kind, tuple(costs), lines, bad, scale=scale, costs=costs, budget=budget)


def _vote_type(meta: Mapping[str, tuple[int, str]]) -> str:
    return meta.get("vote_type", (1, "approval"))[1].casefold()


def _pabulib_choice(vote_type: str, row: Mapping[str, str]) -> Any:
    projects = [_name(project) for project in row["vote"].split(",")] if row["vote"].strip() else []
    if vote_type == "choose-1" and len(projects) > 1:
        raise ValueError(_("ce scrutin n’admet qu’un projet par bulletin."))
    if vote_type == "ordinal":
        return [[project] for project in projects]
    if vote_type not in ("cumulative", "scoring"):
        return projects
    points = [point.strip() for point in row["points"].split(",")] if row["points"].strip() else []
    if len(points) != len(projects) or len(set(projects)) < len(projects) or not all(map(_is_whole, points)):
        raise ValueError(_("il faut des points entiers, un nombre par projet, chaque projet une fois."))
    return dict(zip(projects, map(int, points), strict=True))


def _amount(cell: str) -> Fraction | None:
    """A positive amount of money, exactly: « 1200 », « 1200.50 »."""
    cell = cell.strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", cell) or not Fraction(cell):
        return None
    return Fraction(cell)


# ── PrefLib ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_RANKS = re.compile(r"\{[^{}]*\}|[^,{}]+")


def _read_preflib(text: str, suffix: str) -> Election:
    bad: list[tuple[int, str]] = []
    names: dict[str, str] = {}
    said: dict[str, tuple[int, str]] = {}
    orders: list[tuple[int, str]] = []
    written = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if written and re.fullmatch(r"[0-9]{1,6}", written[0][1].strip()):
        written = _of_before_2022(written)
    for number, line in written:
        if line.startswith("#"):
            key, colon, value = line[1:].partition(":")
            key = key.strip().upper()
            if colon and (found := re.fullmatch(r"ALTERNATIVE NAME ([0-9]+)", key)):
                names[found[1]] = _name(value) or found[1]
            elif colon:
                said[key] = (number, value.strip())
        else:
            orders.append((number, line.strip()))
    if not names:
        raise Malformed([(1, _("il manque les noms des options : « # ALTERNATIVE NAME 1: … »."))])
    if len(set(names.values())) < len(names):
        names = {key: f"{name} ({key})" for key, name in names.items()}
    lines = []
    for number, order in orders:
        try:
            lines.append(_preflib_line(number, order, names, suffix))
        except ValueError as error:
            bad.append((number, str(error)))
    voters = sum(line.count for line in lines)
    for key, counted in (("NUMBER ALTERNATIVES", len(names)), ("NUMBER VOTERS", voters)):
        if key in said and not bad and said[key][1] != str(counted):
            sentence = _("{key} annonce {said}, il y en a {found}.")
            bad.append((said[key][0], sentence.format(key=key, said=said[key][1], found=counted)))
    return _election("rankings", tuple(names.values()), lines, bad)


def _of_before_2022(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The former shape (how many options, « 1,name » for each, how many voters, « 3,1,{2,3} »…), written as today's."""
    options = int(lines[0][1])
    now = [(lines[0][0], f"# NUMBER ALTERNATIVES: {options}")]
    for place, (number, line) in enumerate(lines[1:]):
        first, comma, rest = line.partition(",")
        if comma and place < options:
            line = f"# ALTERNATIVE NAME {first.strip()}: {rest}"
        elif comma:
            line = f"# NUMBER VOTERS: {first.strip()}" if place == options else f"{first}: {rest}"
        now.append((number, line))
    return now


def _preflib_line(number: int, order: str, names: Mapping[str, str], suffix: str) -> _Line:
    count, colon, ranking = order.partition(":")
    if not colon or not count.strip().isascii() or not count.strip().isdigit():
        raise ValueError(_("une ligne s’écrit « nombre: 1,2,{{3,4}} ».").format())
    ranking = re.sub(r"\s*([,{}])\s*", r"\1", ranking.strip())
    parts = _RANKS.findall(ranking)
    if ",".join(parts) != ranking:
        raise ValueError(_("ce classement n’est pas bien écrit : « {ranking} ».").format(ranking=ranking))
    ranks: list[list[str]] = []
    for part in parts:
        rank = [key.strip() for key in part.strip().strip("{}").split(",") if key.strip()]
        if unknown := [key for key in rank if key not in names]:
            raise ValueError(_("« {option} » n’est pas une option de ce scrutin.").format(option=unknown[0]))
        if len(rank) > 1 and suffix in (".soc", ".soi"):
            raise ValueError(_("ce format n’admet pas d’options à égalité."))
        if rank:
            ranks.append([names[key] for key in rank])
    if suffix in (".soc", ".toc") and sum(map(len, ranks)) != len(names):
        raise ValueError(_("ce format veut que toutes les options soient classées, une fois chacune."))
    return _Line(number, int(count), ranks)
