"""Prioritisation: each person has half as many votes as there are options, rounded up, on different options.

Source: the multi-vote used by citizen assemblies to choose priorities (Lexington, 2025: as many votes as half the
options, then a run-off). Options are ordered by their votes. When only `seats` options are to be kept and the last
place is shared, no one is chosen among the equals: those above the cut are kept, the equals go to a run-off vote.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from convention.algorithms import levels
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import in_quotes, number


@dataclass(frozen=True)
class Result:
    levels: levels.Levels
    counts: dict[str, int]
    votes_each: int
    kept: tuple[str, ...]
    run_off: tuple[str, ...]
    places_left: int  # for the run-off


def votes_each(options: int) -> int:
    """How many votes each person has: half the options, rounded up."""
    return (options + 1) // 2


def tally(counts: Mapping[str, int], seats: int | None = None) -> Result:
    """From the votes of each option. Without `seats`, half the options (rounded up) are kept."""
    ordered = levels.by_value(tuple(counts), counts.__getitem__)
    places = votes_each(len(counts)) if seats is None else seats
    kept: tuple[str, ...] = ()
    run_off: tuple[str, ...] = ()
    for level in ordered:
        if len(kept) + len(level) > places:
            run_off = level if len(kept) < places else ()
            break
        kept += level
    return Result(
        levels=ordered,
        counts=dict(counts),
        votes_each=votes_each(len(counts)),
        kept=kept,
        run_off=run_off,
        places_left=places - len(kept) if run_off else 0,
    )


def explain(result: Result, second_vote: bool = True) -> list[str]:
    """The count in sentences: the votes of each option, then the cut. `second_vote`: the rule says that one follows."""
    sentences = [
        ngettext("« {option} » : {n} voix.", "« {option} » : {n} voix.", result.counts[option]).format(
            option=option, n=number(result.counts[option])
        )
        for options in result.levels
        for option in options
    ]
    if result.run_off:
        shared = ngettext(
            "Il reste {n} place, et plusieurs options ont autant de voix : {options}.",
            "Il reste {n} places, et plusieurs options ont autant de voix : {options}.",
            result.places_left,
        ).format(n=number(result.places_left), options=", ".join(map(in_quotes, result.run_off)))
        sentences.append(shared + " " + _("Elles se départagent par un second vote.") if second_vote else shared)
    else:
        sentences.append(_("Sont retenues les {n} premières.").format(n=number(len(result.kept))))
    return sentences
