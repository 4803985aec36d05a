"""A count as plain data: what a sealed result keeps of a choice between options, and what a verifier compares it to."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from convention.algorithms import equal_shares, irv, schulze, score
from convention.algorithms.count import Count


def as_data(counted: Count) -> dict[str, Any]:
    """Numbers, names and sentences only: the same count always gives the same JSON."""
    decided = counted.decision
    written: dict[str, Any] = {
        "outcome": decided.outcome.value,
        "sentence": counted.sentence,
        "steps": list(counted.steps),
        "winners": list(decided.winners),
        "tied": list(decided.tied),
        "ranking": [list(equals) for equals in counted.ranking],
        "counts": _numbers(counted.counts),
        "cast": decided.cast,
        "blank": decided.blank,
        "expressed": decided.expressed,
        "quorum_needed": decided.quorum_needed,
        "quorum_reached": decided.quorum_reached,
    }
    if decided.drawn:
        written["drawn"] = list(decided.drawn)
    result = counted.result
    if isinstance(result, score.Result):
        written["means"] = {option: None if mean is None else _number(mean) for option, mean in result.means.items()}
    if isinstance(result, schulze.Result):
        written["duels"] = [[a, b, n] for (a, b), n in result.pairs.items()]
    if isinstance(result, irv.Result):
        written["rounds"] = [
            {
                "voices": _numbers(each.voices),
                "exhausted": each.exhausted,
                "needed": each.needed,
                "winner": each.winner,
                "set_aside": list(each.set_aside),
                "tied": list(each.tied),
            }
            for each in result.rounds
        ]
    if isinstance(result, equal_shares.Result):
        written |= {"budget": _number(result.budget), "spent": _number(result.spent), "share": _number(result.share)}
        written |= {"raises": result.raises, "completed": list(result.completed)}
        written["purchases"] = [
            {
                "option": each.project,
                "cost": _number(each.cost),
                "supporters": each.supporters,
                "payment": _number(each.payment),
            }
            for each in result.purchases
        ]
    return written


def numbers(written: Mapping[str, Any]) -> dict[str, Any]:
    """What a count must give again, word for word: all of it but its sentences.

    A program says things better from one version to the next: a poll sealed years ago still counts the same.
    """
    return {name: value for name, value in written.items() if name not in ("sentence", "steps")}


def _numbers(numbers: Mapping[str, int | Fraction]) -> dict[str, int | str]:
    return {option: _number(number) for option, number in numbers.items()}


def _number(number: int | Fraction) -> int | str:
    """Whole numbers as they are; others as exact fractions, "25/3"."""
    return int(number) if Fraction(number).denominator == 1 else str(number)
