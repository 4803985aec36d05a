"""Yes, no, abstention: the motion is carried if the yes exceed a share of a base.

Source: the usage of assemblies; for French councils, articles L.2121-17, L.2121-20 and L.2121-21 of the Code général
des collectivités territoriales (quorum, majority of the votes expressed); loi n° 2014-172 for blank ballots, counted
apart and not expressed. Whether the motion is carried is the business of `decision.decide`: here only the count.

Ties: as many yes as no is a tie, and said to be one; a strict majority is then not reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from convention.algorithms import levels
from convention.kit.i18n import gettext as _
from convention.kit.text import number


@dataclass(frozen=True)
class Result:
    """Four of the five numbers; the fifth, those who did not vote, needs the number entitled."""

    levels: levels.Levels
    yes: int
    no: int
    abstention: int
    blank: int


def tally(counts: Mapping[str, int]) -> Result:
    """From the counts of "yes", "no", "abstention" and "blank"; a missing one is zero."""
    return Result(
        levels=levels.by_value(("yes", "no"), lambda choice: counts.get(choice, 0)),
        yes=counts.get("yes", 0),
        no=counts.get("no", 0),
        abstention=counts.get("abstention", 0),
        blank=counts.get("blank", 0),
    )


def explain(result: Result) -> list[str]:
    """The count in sentences."""
    return [
        _("Pour : {yes}. Contre : {no}. Abstentions : {abstention}. Blancs : {blank}.").format(
            yes=number(result.yes),
            no=number(result.no),
            abstention=number(result.abstention),
            blank=number(result.blank),
        )
    ]
