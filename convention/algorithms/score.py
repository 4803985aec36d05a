"""Scores: each person gives each option a whole number on a declared scale; also the 0 to 10 rating of an answer.

Source: range voting, as described by Smith (2000); means of 0 to 10 as published by the Convention citoyenne pour le
climat in February 2021. Two things are declared before the vote:

- `aggregate`: order by the sum of the scores, or by their mean (an exact fraction);
- `no_opinion`: a missing score is set aside (`EXCLUDED`: it adds nothing to the sum and does not weigh on the mean) or
  counts as the lowest of the scale (`REJECTS`).

Equal sums or means are a tie, kept as a tie. An option that nobody scored has no mean and comes after all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from convention.algorithms import levels
from convention.algorithms.majority_judgment import NoOpinion
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy, ngettext
from convention.kit.text import number


class Aggregate(StrEnum):
    SUM = "sum"
    MEAN = "mean"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {Aggregate.SUM: lazy("Somme des notes"), Aggregate.MEAN: lazy("Moyenne des notes")}


@dataclass(frozen=True)
class Result:
    levels: levels.Levels
    distribution: dict[str, dict[int, int]]  # option → score → how many
    missing: dict[str, int]
    sums: dict[str, int]
    means: dict[str, Fraction | None]


def tally(
    counts: Mapping[str, Sequence[int]],
    missing: Mapping[str, int],
    scale: Sequence[int],
    *,
    aggregate: Aggregate = Aggregate.SUM,
    no_opinion: NoOpinion = NoOpinion.EXCLUDED,
) -> Result:
    """From how many gave each score of `scale` (lowest first), and how many gave none."""
    sums: dict[str, int] = {}
    means: dict[str, Fraction | None] = {}
    for option, numbers in counts.items():
        sums[option] = sum(score * number for score, number in zip(scale, numbers, strict=True))
        voices = sum(numbers)
        if no_opinion is NoOpinion.REJECTS and scale:
            sums[option] += scale[0] * missing[option]
            voices += missing[option]
        means[option] = Fraction(sums[option], voices) if voices else None

    def value(option: str) -> tuple[int, Fraction]:
        mean = means[option]
        if mean is None:
            return (0, Fraction(0))
        return (1, mean if aggregate is Aggregate.MEAN else Fraction(sums[option]))

    return Result(
        levels=levels.by_value(tuple(counts), value),
        distribution={option: dict(zip(scale, numbers, strict=True)) for option, numbers in counts.items()},
        missing=dict(missing),
        sums=sums,
        means=means,
    )


def explain(result: Result) -> list[str]:
    """The count in sentences: each option's sum, and its mean as a fraction."""
    sentences = []
    for option in (option for options in result.levels for option in options):
        mean = result.means[option]
        if mean is None:
            sentences.append(_("« {option} » : personne ne l’a notée.").format(option=option))
            continue
        voices = result.sums[option] / mean if mean else Fraction(sum(result.distribution[option].values()))
        sentences.append(
            ngettext(
                "« {option} » : {points} pour {n} note, soit {mean} en moyenne.",
                "« {option} » : {points} pour {n} notes, soit {mean} en moyenne.",
                int(voices),
            ).format(
                option=option,
                points=ngettext("{n} point", "{n} points", result.sums[option]).format(n=number(result.sums[option])),
                n=number(int(voices)),
                mean=number(round(float(mean), 2)),  # shown only: the order comes from the fraction
            )
        )
    return sentences
