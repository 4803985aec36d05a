"""The rule of a poll, fixed before it opens, and what it makes of the counts.

Sources: Code général des collectivités territoriales, articles L.2121-17, L.2121-20 and L.2121-21 (quorum, majority of
the votes expressed, casting vote); loi n° 2014-172 (blank ballots are counted apart and are not expressed); the bases
of OpenSlides for assemblies; Balinski & Laraki (2007) for the majority grade.

A rule is a value: it is frozen when the poll opens, written as JSON, and known by the fingerprint of that writing.
Whole numbers and fractions only: two thirds of 39 is 26, never 25.99.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Any

from convention.algorithms import levels as level
from convention.algorithms import majority_judgment
from convention.algorithms.levels import Levels
from convention.algorithms.majority_judgment import NoOpinion as NoOpinion
from convention.algorithms.score import Aggregate as Aggregate
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy


class Method(StrEnum):
    YES_NO = "yes-no"
    APPROVAL = "approval"
    SCORE = "score"
    MAJORITY_JUDGMENT = "majority-judgment"
    SCHULZE = "schulze"
    IRV = "irv"
    EQUAL_SHARES = "equal-shares"
    MULTI_VOTE = "multi-vote"

    @property
    def label(self) -> str:
        return str(_METHODS[self])


class Base(StrEnum):
    """What the majority is reckoned on."""

    EXPRESSED = "expressed"
    EXPRESSED_AND_ABSTENTIONS = "expressed_and_abstentions"
    CAST = "cast"
    PRESENT = "present"
    ENTITLED = "entitled"

    @property
    def label(self) -> str:
        return str(_BASES[self])


class QuorumBase(StrEnum):
    ENTITLED = "entitled"
    PRESENT = "present"

    @property
    def label(self) -> str:
        return str(_BASES[Base(self.value)])


class Secrecy(StrEnum):
    SECRET = "secret"  # noqa: S105 (a secret ballot, not a password)
    HANDS = "hands"
    OPEN = "open"

    @property
    def label(self) -> str:
        return str(_SECRECIES[self])


class Tie(StrEnum):
    """What settles a tie, said before the vote."""

    ANNOUNCED = "announced"  # nothing does: the tie is the result, and a motion is not adopted
    PRESIDENT = "president"  # the casting vote; open votes only
    DRAW = "draw"  # the public draw of `levels.drawn`
    RUN_OFF = "run-off"  # a second vote between those tied

    @property
    def label(self) -> str:
        return str(_TIES[self])


class Completion(StrEnum):
    """What equal shares does with the money left over."""

    NONE = "none"
    ADD1 = "add1"
    ADD1_UTILITARIAN = "add1-utilitarian"

    @property
    def label(self) -> str:
        return str(_COMPLETIONS[self])


class Outcome(StrEnum):
    ADOPTED = "adopted"
    REJECTED = "rejected"
    KEPT = "kept"
    REWRITE = "rewrite"
    CHOSEN = "chosen"
    TIE = "tie"
    NO_QUORUM = "no_quorum"
    NO_VOICE = "no_voice"

    @property
    def label(self) -> str:
        return str(_OUTCOMES[self])


_METHODS = {
    Method.YES_NO: lazy("Oui ou non"),
    Method.APPROVAL: lazy("Approbation"),
    Method.SCORE: lazy("Notes"),
    Method.MAJORITY_JUDGMENT: lazy("Jugement majoritaire"),
    Method.SCHULZE: lazy("Classement, méthode de Schulze"),
    Method.IRV: lazy("Classement, tours éliminatoires"),
    Method.EQUAL_SHARES: lazy("Parts égales"),
    Method.MULTI_VOTE: lazy("Priorités"),
}
_BASES = {
    Base.EXPRESSED: lazy("exprimés"),
    Base.EXPRESSED_AND_ABSTENTIONS: lazy("exprimés et abstentions"),
    Base.CAST: lazy("votants"),
    Base.PRESENT: lazy("présents"),
    Base.ENTITLED: lazy("inscrits"),
}
_SECRECIES = {
    Secrecy.SECRET: lazy("Vote secret"),
    Secrecy.HANDS: lazy("Vote à main levée"),
    Secrecy.OPEN: lazy("Vote public"),
}
_TIES = {
    Tie.ANNOUNCED: lazy("L’égalité est annoncée telle quelle"),
    Tie.PRESIDENT: lazy("La présidence tranche"),
    Tie.DRAW: lazy("Tirage au sort public"),
    Tie.RUN_OFF: lazy("Second vote"),
}
_COMPLETIONS = {
    Completion.NONE: lazy("Sans complément"),
    Completion.ADD1: lazy("Complément d’un euro par personne"),
    Completion.ADD1_UTILITARIAN: lazy("Complément d’un euro par personne, puis au nombre de voix"),
}
_OUTCOMES = {
    Outcome.ADOPTED: lazy("Adopté"),
    Outcome.REJECTED: lazy("Rejeté"),
    Outcome.KEPT: lazy("Gardé"),
    Outcome.REWRITE: lazy("À réécrire"),
    Outcome.CHOSEN: lazy("Choisi"),
    Outcome.TIE: lazy("Égalité"),
    Outcome.NO_QUORUM: lazy("Quorum non atteint"),
    Outcome.NO_VOICE: lazy("Aucune voix exprimée"),
}

# From the worst to the best; their values are 1 to 5, as many fingers as one raises.
GRADES = ("À rejeter", "Insuffisant", "Passable", "Bien", "Très bien")
MOST_STEPS = 250  # of a scale: each is a byte of a ballot
MOST_DIGITS = 15  # of a whole number in a file: nobody counts with longer ones, and doubles tell these apart


class RuleError(ValueError):
    """The rule, or the counts brought to it, cannot be: the message is a sentence for the person who wrote it."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """All that is declared before a poll opens. What a method has no use for keeps its default.

    Raises `RuleError` if the rule contradicts itself.
    """

    method: Method = Method.YES_NO
    majority: Fraction = Fraction(1, 2)
    strict: bool = True  # more than the majority; otherwise at least
    base: Base = Base.EXPRESSED
    quorum: Fraction | None = None  # the share of `quorum_base` that must have voted, blank ballots included
    quorum_base: QuorumBase = QuorumBase.ENTITLED
    no_opinion: NoOpinion = NoOpinion.REJECTS
    no_opinion_grade: int | None = None  # the value given to a voice without a grade, for NoOpinion.STATIC only
    grades: tuple[str, ...] = GRADES  # from the worst, whose value is 1
    keep_at: int = 4  # a text is kept when its majority grade has this value or more
    score_from: int = 0
    score_to: int = 10
    aggregate: Aggregate = Aggregate.SUM
    seats: int | None = None  # options to choose: one if None, half of them for a multi-vote
    budget: int | None = None  # equal shares, in euros
    completion: Completion = Completion.ADD1
    stop_when_exhaustive: bool = False  # stop raising shares as soon as nothing more fits in the budget
    secrecy: Secrecy = Secrecy.SECRET
    tie: Tie = Tie.ANNOUNCED
    indicative: bool = False  # a vote to see where people stand, which decides nothing
    tracked: bool = False  # each ballot is published whole, under a code that only its voter knows

    def __post_init__(self) -> None:
        # The same words must always have the same fingerprint, whichever keyboard wrote the accents.
        grades = tuple(unicodedata.normalize("NFC", grade) for grade in self.grades)
        object.__setattr__(self, "grades", grades)
        if reason := _why_not(self):
            raise RuleError(reason)

    @property
    def reads_present(self) -> bool:
        """Whether it decides by the number of people present: without it, there is no result."""
        return self.base is Base.PRESENT or (self.quorum is not None and self.quorum_base is QuorumBase.PRESENT)

    def to_json(self) -> str:
        """The one canonical writing of this rule: keys in order, no spaces, fractions as "1/2"."""
        written = {each.name: _written(getattr(self, each.name)) for each in fields(self)}
        written = {name: value for name, value in written.items() if name not in _LATER or value}
        return json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Rule":
        """The rule written there. Raises `RuleError` for keys too many, keys too few and values of another kind."""
        try:
            read = json.loads(text, object_pairs_hook=_once, parse_int=_int)
        except json.JSONDecodeError as error:
            raise RuleError(
                _("La règle n’est pas du JSON : ligne {line}, colonne {column}.").format(
                    line=error.lineno, column=error.colno
                )
            ) from error
        except RecursionError as error:
            raise RuleError(_("La règle est un JSON trop profond.")) from error
        if not isinstance(read, dict):
            raise RuleError(_("La règle doit être un objet JSON."))
        names = {each.name for each in fields(cls)}
        unknown, missing = sorted(set(read) - names), sorted(names - set(read) - _LATER)
        wrong = [_("La règle contient une clé inconnue : « {key} ».").format(key=key) for key in unknown]
        wrong += [_("Il manque une clé à la règle : « {key} ».").format(key=key) for key in missing]
        values: dict[str, Any] = {}
        for name in sorted(names & set(read)):
            try:
                values[name] = _read(name, read[name])
            except RuleError as error:
                wrong.append(str(error))
        if wrong:
            raise RuleError("\n".join(wrong))
        return cls(**values)

    def fingerprint(self) -> str:
        """The SHA-256 of the canonical writing, to be printed on the notice of the poll."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _why_not(rule: Rule) -> str | None:
    """What makes this rule impossible, in a sentence."""
    if not 0 < rule.majority <= 1 or (rule.strict and rule.majority == 1):
        return _("La majorité doit être une fraction que l’on peut atteindre, entre zéro et un.")
    if rule.quorum is not None and not 0 < rule.quorum <= 1:
        return _("Le quorum doit être une fraction entre zéro et un.")
    if len(rule.grades) < 2 or len(set(rule.grades)) < len(rule.grades) or not all(map(str.strip, rule.grades)):
        return _("Il faut au moins deux mentions, toutes différentes.")
    if len(rule.grades) > MOST_STEPS:
        return _("Il y a trop de mentions.")
    if not 1 <= rule.keep_at <= len(rule.grades):
        return _("La mention à partir de laquelle un texte est gardé n’est pas sur l’échelle.")
    if (rule.no_opinion is NoOpinion.STATIC) != (rule.no_opinion_grade is not None):
        return _("La mention donnée aux voix sans avis va avec la règle qui en donne une, et avec elle seule.")
    if rule.no_opinion_grade is not None and not 1 <= rule.no_opinion_grade <= len(rule.grades):
        return _("La mention donnée aux voix sans avis n’est pas sur l’échelle.")
    if rule.method is Method.SCORE and rule.no_opinion not in (NoOpinion.EXCLUDED, NoOpinion.REJECTS):
        return _("Une note manquante est laissée de côté ou compte comme la plus basse : il n’y a pas d’autre choix.")
    if not 0 < rule.score_to - rule.score_from <= MOST_STEPS:
        return _("La note la plus haute doit dépasser la plus basse, de 250 au plus.")
    if rule.seats is not None and rule.seats < 1:
        return _("Il faut au moins une option à choisir.")
    if rule.method is Method.IRV and rule.seats not in (None, 1):
        return _("Les tours éliminatoires ne choisissent qu’une option.")
    if rule.budget is not None and rule.budget < 1:
        return _("Le budget doit être d’un euro au moins.")
    if rule.tie is Tie.PRESIDENT and rule.secrecy is Secrecy.SECRET:
        # L.2121-20: no casting vote in a secret ballot, for it would tell how the president voted.
        return _("La voix prépondérante de la présidence n’existe pas dans un vote secret.")
    if rule.tracked and rule.secrecy is not Secrecy.SECRET:
        return _("Un code de suivi n’existe que dans un vote secret.")
    if rule.tie is Tie.DRAW and rule.method is Method.YES_NO:
        return _("Un oui ou non ne se tire pas au sort.")
    return None


def _written(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return list(value) if isinstance(value, tuple) else value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, value in pairs:
        if key in read:
            raise RuleError(_("La règle dit deux fois « {key} ».").format(key=key))
        read[key] = value
    return read


def _int(digits: str) -> int | float:
    """A whole number, or what no value of a rule can be."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


_ENUMS: dict[str, type[StrEnum]] = {
    "method": Method,
    "base": Base,
    "quorum_base": QuorumBase,
    "no_opinion": NoOpinion,
    "aggregate": Aggregate,
    "completion": Completion,
    "secrecy": Secrecy,
    "tie": Tie,
}
_OPTIONAL = ("quorum", "no_opinion_grade", "seats", "budget")
_BOOLEANS = ("strict", "stop_when_exhaustive", "indicative", "tracked")
_LATER = frozenset({"tracked"})  # unwritten when it is not so: rules of before it keep their fingerprint


def _read(name: str, value: Any) -> Any:
    """One value of the JSON, as the rule holds it."""
    refused = RuleError(_("La valeur de « {key} » n’est pas de celles qu’une règle peut prendre.").format(key=name))
    if value is None and name in _OPTIONAL:
        return None
    if name in _ENUMS:
        if value not in list(_ENUMS[name]):
            raise refused
        return _ENUMS[name](value)
    if name in ("majority", "quorum"):
        over, slash, under = value.partition("/") if isinstance(value, str) else ("", "", "")
        written = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")
        if not (slash and written.fullmatch(over) and written.fullmatch(under) and int(under)):
            raise refused
        return Fraction(int(over), int(under))
    if name == "grades":
        if not isinstance(value, list) or not all(isinstance(grade, str) and can_be_written(grade) for grade in value):
            raise refused
        return tuple(value)
    if type(value) is not (bool if name in _BOOLEANS else int):
        raise refused
    return value


def can_be_written(text: str) -> bool:
    """Half of a sign, as JSON can hold, has no octets and so no fingerprint."""
    return not re.search("[\ud800-\udfff]", text)


@dataclass(frozen=True)
class Decision:
    """What was decided, with every number that led there."""

    outcome: Outcome
    counts: dict[str, int | Fraction]  # votes per option or per grade value
    cast: int
    blank: int
    present: int
    entitled: int
    expressed: int
    base_size: int | None = None  # the number the majority is reckoned on
    needed: int | None = None  # voices in favour to be adopted
    quorum_needed: int | None = None  # ballots
    quorum_reached: bool = True
    grade: int | None = None  # the majority grade: value from 1, the worst
    grade_label: str | None = None
    position: int | None = None  # of the middle voice, from the most favourable
    voices: int | None = None  # that were ranged to find the middle one
    no_opinion: int = 0
    winners: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()  # those between whom nothing has decided
    drawn: tuple[str, ...] = ()  # the order in which a public draw put those tied
    casting: str | None = None  # how the president voted, where her vote settles a tie; "abstention" settles nothing
    ranking: Levels = field(default=())


def decide(
    rule: Rule,
    counts: Mapping[str, int],
    *,
    cast: int,
    blank: int,
    present: int,
    entitled: int,
    seed: str | None = None,
    casting: str | None = None,
) -> Decision:
    """What the rule makes of these counts. `casting` is how the president voted, where her vote settles a tie.

    - yes-no: `counts` of "yes", "no" and "abstention", which with `blank` must make `cast`;
    - majority judgment of one text: `counts` of each grade value, "1" to "5"; the others of `cast` gave no grade;
    - approval, score, multi-vote: the sum of each option, the highest first (with `seed`, see `choose`).

    Raises `RuleError` when the numbers contradict each other, or when the order of the options needs `choose`.
    """
    _check(counts, cast, blank, entitled)
    if rule.method is Method.YES_NO:
        return _decide_motion(rule, counts, cast, blank, present, entitled, casting)
    if rule.method is Method.MAJORITY_JUDGMENT:
        return _decide_text(rule, counts, cast, blank, present, entitled)
    if rule.method in (Method.SCHULZE, Method.IRV, Method.EQUAL_SHARES):
        raise RuleError(_("Cette méthode donne son propre ordre : il ne se lit pas dans les totaux."))
    order = level.by_value(tuple(counts), counts.__getitem__)
    return choose(rule, order, counts, cast=cast, blank=blank, present=present, entitled=entitled, seed=seed)


def choose(
    rule: Rule,
    ranking: Levels,
    counts: Mapping[str, int | Fraction],
    *,
    cast: int,
    blank: int,
    present: int,
    entitled: int,
    seed: str | None = None,
) -> Decision:
    """The first `seats` options of an order with ties.

    A tie across the cut is a tie, unless the rule draws: `seed` is then the one whose SHA-256 was published before the
    vote opened.
    """
    _check({}, cast, blank, entitled)
    options = sum(map(len, ranking))
    seats = rule.seats or ((options + 1) // 2 if rule.method is Method.MULTI_VOTE else 1)
    winners: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    for equals in ranking:
        left = seats - len(winners)
        if len(equals) <= left:
            winners += equals
        else:
            tied = equals if left else ()
            break
    if tied and rule.tie is Tie.DRAW and seed is not None:
        drawn = level.drawn(tied, seed)
        winners += drawn[: seats - len(winners)]
        tied = ()
    expressed = cast - blank
    outcome = Outcome.TIE if tied else Outcome.CHOSEN
    if expressed == 0:
        outcome, winners, tied = Outcome.NO_VOICE, (), ()
    needed, reached = _quorum(rule, cast, present, entitled)
    if not reached:
        outcome, winners, tied, drawn = Outcome.NO_QUORUM, (), (), ()
    return Decision(
        outcome=outcome,
        counts=dict(counts),
        cast=cast,
        blank=blank,
        present=present,
        entitled=entitled,
        expressed=expressed,
        quorum_needed=needed,
        quorum_reached=reached,
        winners=winners,
        tied=tied,
        drawn=drawn,
        ranking=ranking,
    )


def needed(majority: Fraction, strict: bool, base_size: int) -> int:
    """The smallest number of voices that reaches the majority: 20 for more than half of 39. Never none at all."""
    share = majority * base_size
    return max(1, floor(share) + 1 if strict else ceil(share))


def _check(counts: Mapping[str, int], cast: int, blank: int, entitled: int) -> None:
    if any(number < 0 for number in (*counts.values(), cast, blank, entitled)):
        raise RuleError(_("Un nombre de voix ne peut pas être négatif."))
    if blank > cast or cast > entitled:
        raise RuleError(_("Il y a plus de bulletins que de personnes inscrites, ou plus de blancs que de bulletins."))


def _quorum(rule: Rule, cast: int, present: int, entitled: int) -> tuple[int | None, bool]:
    if rule.quorum is None:
        return None, True
    ballots = ceil(rule.quorum * (entitled if rule.quorum_base is QuorumBase.ENTITLED else present))
    return ballots, cast >= ballots


def _decide_motion(
    rule: Rule, counts: Mapping[str, int], cast: int, blank: int, present: int, entitled: int, casting: str | None
) -> Decision:
    if unknown := set(counts) - {"yes", "no", "abstention"}:
        raise RuleError(_("« {choice} » n’est pas une réponse proposée.").format(choice=min(unknown)))
    yes, no, abstention = (counts.get(choice, 0) for choice in ("yes", "no", "abstention"))
    if yes + no + abstention + blank != cast:
        raise RuleError(_("Les voix et les blancs ne font pas le nombre de bulletins."))
    base_size = {
        Base.EXPRESSED: yes + no,
        Base.EXPRESSED_AND_ABSTENTIONS: yes + no + abstention,
        Base.CAST: cast,
        Base.PRESENT: present,
        Base.ENTITLED: entitled,
    }[rule.base]
    enough = needed(rule.majority, rule.strict, base_size)
    ballots, reached = _quorum(rule, cast, present, entitled)
    even = is_even(rule, yes, no)
    winners: tuple[str, ...] = ("yes",) if yes >= enough else ("no",)
    tied: tuple[str, ...] = ()
    outcome = Outcome.ADOPTED if yes >= enough else Outcome.REJECTED
    if even:
        winners, tied = (), ("yes", "no")
        outcome = Outcome.REJECTED if rule.tie is Tie.ANNOUNCED else Outcome.TIE
    heard = casting in ("yes", "no", "abstention")
    settled = casting if even and reached and rule.tie is Tie.PRESIDENT and heard else None
    if settled == "abstention":
        outcome = Outcome.REJECTED  # as many for as against, and nobody to settle it: not adopted
    elif settled:
        outcome, winners, tied = Outcome.ADOPTED if settled == "yes" else Outcome.REJECTED, (settled,), ()
    if not reached:
        outcome, winners, tied = Outcome.NO_QUORUM, (), ()
    return Decision(
        outcome=outcome,
        counts={"yes": yes, "no": no, "abstention": abstention},
        cast=cast,
        blank=blank,
        present=present,
        entitled=entitled,
        expressed=yes + no,
        base_size=base_size,
        needed=enough,
        quorum_needed=ballots,
        quorum_reached=reached,
        winners=winners,
        tied=tied,
        casting=settled,
    )


def is_even(rule: Rule, yes: int, no: int) -> bool:
    """As many for as against, and only where one voice more would have decided: a tie that can be settled."""
    return yes == no > 0 and rule.base is Base.EXPRESSED and rule.majority == Fraction(1, 2) and rule.strict


def _decide_text(rule: Rule, counts: Mapping[str, int], cast: int, blank: int, present: int, entitled: int) -> Decision:
    values = [str(value) for value in range(1, len(rule.grades) + 1)]
    if unknown := set(counts) - set(values):
        raise RuleError(_("« {grade} » n’est pas une mention de l’échelle.").format(grade=min(unknown)))
    given = [counts.get(value, 0) for value in values]
    missing = cast - sum(given)
    if missing < blank:
        raise RuleError(_("Les voix et les blancs ne font pas le nombre de bulletins."))
    counted = majority_judgment.treat(given, missing, rule.no_opinion, (rule.no_opinion_grade or 1) - 1)
    middle = majority_judgment.median(counted)
    ballots, reached = _quorum(rule, cast, present, entitled)
    outcome = Outcome.KEPT if (middle or 0) + 1 >= rule.keep_at else Outcome.REWRITE
    if middle is None:
        outcome = Outcome.NO_VOICE
    if not reached:
        outcome = Outcome.NO_QUORUM
    return Decision(
        outcome=outcome,
        counts=dict(zip(values, given, strict=True)),
        cast=cast,
        blank=blank,
        present=present,
        entitled=entitled,
        expressed=sum(given),
        base_size=sum(counted),
        quorum_needed=ballots,
        quorum_reached=reached,
        grade=None if middle is None else middle + 1,
        grade_label=None if middle is None else rule.grades[middle],
        position=majority_judgment.position(sum(counted)),
        voices=sum(counted),
        no_opinion=missing,
    )


def profile(decision: Decision) -> Sequence[int]:
    """The counts per grade of a judged text, worst first, for a gauge."""
    return [int(decision.counts[value]) for value in sorted(decision.counts, key=int)]
