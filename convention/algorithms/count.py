"""A box, a rule: the whole count. What the platform shows at the close and what anyone reruns at home are this call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypedDict

from convention.algorithms import (
    approval,
    ballots,
    decision,
    equal_shares,
    irv,
    levels,
    majority_judgment,
    multi_vote,
    schulze,
    score,
    words,
    yes_no,
)
from convention.algorithms.ballots import Box
from convention.algorithms.decision import Decision, Method, Outcome, Rule, Tie
from convention.kit.i18n import gettext as _


@dataclass(frozen=True)
class Count:
    winners: tuple[str, ...]  # several when tied, or when there are several seats
    ranking: levels.Levels
    counts: dict[str, int | Fraction]
    steps: tuple[str, ...]
    decision: Decision
    sentence: str
    grades: dict[str, str | None]  # option → majority grade; empty for other methods
    result: (
        approval.Result
        | equal_shares.Result
        | irv.Result
        | majority_judgment.Result
        | multi_vote.Result
        | schulze.Result
        | score.Result
        | yes_no.Result
    )

    @property
    def outcome(self) -> Outcome:
        return self.decision.outcome


class _Turnout(TypedDict):
    cast: int
    present: int
    entitled: int


def count(
    rule: Rule,
    box: Box,
    *,
    present: int | None = None,
    entitled: int | None = None,
    costs: Mapping[str, int | Fraction] | None = None,
    budget: int | Fraction | None = None,
    seed: str | None = None,
) -> Count:
    """Count the box by the rule. `present` and `entitled` are the number of ballots cast where nobody says more.

    `costs`, and `budget` where the rule has none, are for equal shares; `seed` for a public draw. Raises `ValueError`
    when a ballot of the box means nothing under this rule, or when the numbers contradict each other.
    """
    present = box.cast if present is None else present
    entitled = max(box.cast, present) if entitled is None else entitled
    turnout = _Turnout(cast=box.cast, present=present, entitled=entitled)
    order = levels.drawn(box.options, seed) if rule.tie is Tie.DRAW and seed is not None else None
    if rule.method is Method.YES_NO:
        return _yes_no(rule, box, turnout)
    if rule.method is Method.MAJORITY_JUDGMENT:
        return _majority_judgment(rule, box, turnout, seed)
    blank = box.blank(0 if rule.method in ballots.MARKS else ballots.LEFT_OUT)
    counts: Mapping[str, int | Fraction]
    result: approval.Result | equal_shares.Result | irv.Result | multi_vote.Result | schulze.Result | score.Result
    if rule.method is Method.APPROVAL:
        result = approval.tally(ballots.count_marks(box))
        counts, steps = result.counts, approval.explain(result)
    elif rule.method is Method.MULTI_VOTE:
        result = multi_vote.tally(ballots.count_marks(box), rule.seats)
        counts, steps = result.counts, multi_vote.explain(result, rule.tie is Tie.RUN_OFF)
    elif rule.method is Method.SCORE:
        scale = range(rule.score_from, rule.score_to + 1)
        result = score.tally(
            *ballots.count_grades(box, len(scale)), scale, aggregate=rule.aggregate, no_opinion=rule.no_opinion
        )
        means = {option: Fraction(0) if mean is None else mean for option, mean in result.means.items()}
        counts = result.sums if rule.aggregate is score.Aggregate.SUM else means
        steps = score.explain(result)
    elif rule.method is Method.SCHULZE:
        result = schulze.tally(box.options, ballots.count_pairs(box))
        counts, steps = _duels_won(result), schulze.explain(result)
    elif rule.method is Method.IRV:
        result = irv.tally(box, order)
        counts, steps = _last_voices(result), irv.explain(result)
    else:
        result = equal_shares.tally(
            box,
            costs or {},
            rule.budget or budget or 0,
            completion=rule.completion,
            stop_when_exhaustive=rule.stop_when_exhaustive,
            tie_order=order,
        )
        counts, steps = result.counts, equal_shares.explain(result)
    decided = decision.choose(rule, result.levels, counts, blank=blank, seed=seed, **turnout)
    if isinstance(result, equal_shares.Result) and decided.outcome in (Outcome.CHOSEN, Outcome.TIE):
        # Equal shares choose as many projects as the budget pays for: seats are not a matter here.
        outcome = Outcome.TIE if result.tied else Outcome.CHOSEN
        decided = replace(decided, outcome=outcome, winners=result.funded, tied=result.tied, drawn=())
    return _count(rule, decided, result, steps)


def _count(
    rule: Rule,
    decided: Decision,
    result: approval.Result
    | equal_shares.Result
    | irv.Result
    | majority_judgment.Result
    | multi_vote.Result
    | schulze.Result
    | score.Result,
    steps: list[str],
    grades: dict[str, str | None] | None = None,
) -> Count:
    return Count(
        winners=decided.winners if rule.method is Method.EQUAL_SHARES else decided.winners + decided.tied,
        ranking=result.levels,
        counts=decided.counts,
        steps=tuple(steps),
        decision=decided,
        sentence=words.decision_sentence(rule, decided),
        grades=grades or {},
        result=result,
    )


def _yes_no(rule: Rule, box: Box, turnout: _Turnout) -> Count:
    chosen = ballots.count_choices(box)
    blank = chosen.pop("blank")
    result = yes_no.tally({**chosen, "blank": blank})
    decided = decision.decide(rule, chosen, blank=blank, **turnout)
    return Count(
        winners=decided.winners + decided.tied,
        ranking=result.levels,
        counts={**chosen, "blank": blank},
        steps=tuple(yes_no.explain(result)),
        decision=decided,
        sentence=words.decision_sentence(rule, decided),
        grades={},
        result=result,
    )


def _majority_judgment(rule: Rule, box: Box, turnout: _Turnout, seed: str | None) -> Count:
    given, missing = ballots.count_grades(box, len(rule.grades))
    static = (rule.no_opinion_grade or 1) - 1
    result = majority_judgment.tally(given, missing, no_opinion=rule.no_opinion, static=static)
    steps = majority_judgment.explain(result, rule.grades)
    grades = {
        option: None if standing.grade is None else rule.grades[standing.grade]
        for option, standing in result.standings.items()
    }
    blank = box.blank(ballots.LEFT_OUT)
    if len(box.options) == 1:
        (numbers,) = given.values()
        by_value = {str(value): number for value, number in enumerate(numbers, start=1)}
        decided = decision.decide(rule, by_value, blank=blank, **turnout)
        kept = box.options if decided.outcome is Outcome.KEPT else ()
        return replace(_count(rule, decided, result, steps, grades), winners=kept)
    # What is counted for each option is a whole profile; the value of its majority grade stands for it here.
    values = {
        option: (standing.grade + 1 if standing.grade is not None else 0)
        for option, standing in result.standings.items()
    }
    decided = decision.choose(rule, result.levels, values, blank=blank, seed=seed, **turnout)
    return _count(rule, decided, result, steps, grades)


def _duels_won(result: schulze.Result) -> dict[str, int | Fraction]:
    """How many others each option beats in a duel."""
    options = [option for equals in result.levels for option in equals]
    return {a: sum(1 for b in options if a != b and result.pairs[a, b] > result.pairs[b, a]) for a in sorted(options)}


def _last_voices(result: irv.Result) -> dict[str, int | Fraction]:
    """The voices of each option in the last round where it stood."""
    voices: dict[str, int | Fraction] = {}
    for each in result.rounds:
        voices.update(each.voices)
    return voices


def method_of(name: str) -> Method:
    """The method of this name. Raises `ValueError` with the names there are."""
    try:
        return Method(name)
    except ValueError as error:
        raise ValueError(
            _("« {name} » n’est pas une méthode connue. Il y a : {names}.").format(name=name, names=", ".join(Method))
        ) from error
