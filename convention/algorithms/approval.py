"""Approval: each person approves as many options as she likes; the most approved comes first.

Source: Brams & Fishburn, "Approval Voting", American Political Science Review 72 (1978). Equal numbers of approvals are
a tie, kept as a tie. A ballot that approves nothing is blank: cast, but not expressed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from convention.algorithms import levels
from convention.kit.i18n import ngettext
from convention.kit.text import number


@dataclass(frozen=True)
class Result:
    levels: levels.Levels
    counts: dict[str, int]


def tally(counts: Mapping[str, int]) -> Result:
    """From the number of approvals of each option."""
    return Result(levels=levels.by_value(tuple(counts), counts.__getitem__), counts=dict(counts))


def explain(result: Result) -> list[str]:
    """The count in sentences, the most approved first."""
    return [
        ngettext("« {option} » : {n} approbation.", "« {option} » : {n} approbations.", result.counts[option]).format(
            option=option, n=number(result.counts[option])
        )
        for options in result.levels
        for option in options
    ]
