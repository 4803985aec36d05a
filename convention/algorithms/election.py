"""Ballots as a file gives them, whatever its shape: each checked, all packed, or every bad line named."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from convention.algorithms import ballots
from convention.algorithms.ballots import Box
from convention.algorithms.decision import GRADES, MOST_STEPS, Method, Rule, can_be_written
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext

Kind = Literal["choices", "marks", "grades", "scores", "rankings"]

METHODS: dict[Kind, tuple[Method, ...]] = {
    "choices": (Method.YES_NO,),
    "marks": (Method.APPROVAL, Method.MULTI_VOTE, Method.EQUAL_SHARES),
    "grades": (Method.MAJORITY_JUDGMENT,),
    "scores": (Method.SCORE,),
    "rankings": (Method.SCHULZE, Method.IRV),
}
ANSWERS = {
    "yes": "yes", "oui": "yes", "pour": "yes", "for": "yes",
    "no": "no", "non": "no", "contre": "no", "against": "no",
    "abstention": "abstention", "abstain": "abstention", "s’abstenir": "abstention",
    "blank": "blank", "blanc": "blank", "": "blank",
}  # fmt: skip
TWICE = object()  # what a key said twice is read as, for its line to be refused


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
class Line:
    """A ballot as it stands in the file, not yet checked."""

    number: int
    count: Any
    choice: Any
    which: str = ""  # « bulletin 3 : », where its line holds others


def name_of(value: Any) -> str:
    return unicodedata.normalize("NFC", str(value)).strip()


def is_word(value: Any) -> bool:
    """A name that can be written."""
    return isinstance(value, str) and bool(value.strip()) and can_be_written(value)


def packed(
    kind: Kind,
    options: tuple[str, ...],
    lines: Sequence[Line],
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
        scale = scale or scale_of(lines)
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
    if present is not None and present < box.cast:
        raise Malformed([(1, _("il y a plus de bulletins que de personnes présentes."))])
    if present is not None and entitled is not None and present > entitled:
        raise Malformed([(1, _("il y a plus de personnes présentes que de personnes inscrites."))])
    words = {answer: option for option, answer in answers.items() if option}
    return Election(kind, options, box, grades, scale, dict(costs or {}), budget, present, entitled, words)


def _answers(options: Sequence[str], bad: list[tuple[int, str]]) -> dict[str, str]:
    """Each of the file's words → yes, no, abstention or blank. Of two words we do not know, the first is yes."""
    known = {option: ANSWERS.get(option.casefold().replace("'", "’")) for option in options}
    if all(known.values()) and len(set(known.values())) == len(options) and {"yes", "no"} <= set(known.values()):
        return {option: answer for option, answer in known.items() if answer}
    if len(options) == 2 and not any(known.values()):
        return {options[0]: "yes", options[1]: "no"}
    bad.append((1, _("un oui ou non a deux options, « pour » et « contre », et au plus « abstention » et « blanc ».")))
    return {}


def scale_of(lines: Sequence[Line]) -> tuple[int, int]:
    """The usual rule's scale, wider where the scores given are, when nobody declared one.

    Never the scores given alone: a missing score would be worth the lowest of them, which no one had declared.
    """
    scores = [score for line in lines if isinstance(line.choice, dict) for score in line.choice.values()]
    whole = [score for score in scores if type(score) is int]
    usual = Rule(method=Method.SCORE)
    return (min([usual.score_from, *whole]), max([usual.score_to, *whole]))


def _choice(kind: Kind, choice: Any, answers: Mapping[str, str], grades: Sequence[str]) -> Any:
    """The choice in the words `ballots.pack` takes. Raises `ValueError` with a sentence."""
    if kind == "choices":
        word = "" if choice is None else choice
        if not isinstance(word, str):
            raise ValueError(_("le choix doit être une option."))
        word = name_of(word)
        if word in answers:
            return answers[word]
        # An abstention or a blank ballot need not be among the options, but cannot be taken for a voice.
        if (answer := ANSWERS.get(word.casefold())) in ("abstention", "blank"):
            return answer
        raise ValueError(_("« {choice} » n’est pas une réponse proposée.").format(choice=word))
    if kind == "marks":
        if not isinstance(choice, list) or not all(isinstance(option, str) for option in choice):
            raise ValueError(_("le choix doit être une liste d’options."))
        return [name_of(option) for option in choice]
    if kind == "rankings":
        if not isinstance(choice, list):
            raise ValueError(_("le choix doit être un classement : une liste de listes."))
        ranks = [[rank] if isinstance(rank, str) else rank for rank in choice]
        if not all(isinstance(rank, list) and rank and all(isinstance(o, str) for o in rank) for rank in ranks):
            raise ValueError(_("le choix doit être un classement : une liste de listes."))
        return [[name_of(option) for option in rank] for rank in ranks]
    if not isinstance(choice, dict) or TWICE in choice.values():
        raise ValueError(_("le choix doit donner une valeur par option, une seule fois."))
    if kind == "scores":
        for score in choice.values():
            if score is not None and type(score) is not int:
                raise ValueError(_("« {score} » n’est pas une note entière.").format(score=_as_written(score)))
        return _once(choice)
    return {option: _grade(grade, grades) for option, grade in _once(choice).items()}


def _once(choice: Mapping[str, Any]) -> dict[str, Any]:
    """The values by the options' names; two writings of one name never pass for one."""
    named: dict[str, Any] = {}
    for option, value in choice.items():
        if (name := name_of(option)) in named:
            raise ValueError(_("« {option} » est citée deux fois.").format(option=name))
        named[name] = value
    return named


def _grade(grade: Any, grades: Sequence[str]) -> str | None:
    """A grade by its name, or by its value from 1 where no name is a number."""
    if grade is None:
        return None
    if name_of(grade) in grades and type(grade) in (str, int):
        return name_of(grade)
    numbers = any(map(is_whole, grades))
    if type(grade) is int and 1 <= grade <= len(grades) and not numbers:
        return grades[grade - 1]
    raise ValueError(_("« {grade} » n’est pas une mention de l’échelle.").format(grade=_as_written(grade)))


def _as_written(value: Any) -> str:
    """As the file writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


# ── Cells ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rows_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        raise Malformed([(before + 1, _("les guillemets ou les cases de cette ligne ne se ferment pas."))]) from error


def is_whole(cell: str) -> bool:
    return bool(re.fullmatch(r"-?[0-9]{1,15}", cell))


def cells_missing(n: int, needed: int) -> str:
    return ngettext("il y a {n} case, il en faut {needed}.", "il y a {n} cases, il en faut {needed}.", n).format(
        n=n, needed=needed
    )
