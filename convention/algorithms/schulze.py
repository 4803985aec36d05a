"""Schulze: who beats whom, directly or by a path, among ranked options.

Source: Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method", Social Choice and Welfare 36 (2011) 267-303, with winning votes.

- Options left out of a ballot are tied last on it; equal ranks are allowed and say nothing between the equals.
- A link goes from a to b when more ballots rank a above b than b above a. Its strength is the number of ballots that
  rank a above b; between links with as many, the one with fewer ballots against it is stronger.
- A path is as strong as its weakest link. Option a beats b if its strongest path to b is stronger than b's to a.

This relation never goes in circles. The first level holds the options that no one beats; the second those that no one
beats once the first level is set aside, and so on. Options of one level are tied, and announced as tied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from convention.algorithms.levels import Levels
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import number

Pairs = Mapping[tuple[str, str], int]
Strength = tuple[int, int]  # ballots for, ballots against


@dataclass(frozen=True)
class Result:
    levels: Levels
    pairs: dict[tuple[str, str], int]  # (a, b): how many ballots rank a above b
    paths: dict[tuple[str, str], Strength | None]  # the weakest link of the strongest path from a to b, if there is one
    condorcet: str | None  # the option that beats every other directly, if there is one


def tally(options: Sequence[str], pairs: Pairs) -> Result:
    """From how many ballots rank each option above each other one."""
    paths = _strongest_paths(options, pairs)

    def beats(a: str, b: str) -> bool:
        return _weight(paths[a, b]) > _weight(paths[b, a])

    levels, remaining = [], list(options)
    while remaining:
        unbeaten = tuple(a for a in remaining if not any(beats(b, a) for b in remaining if b != a))
        levels.append(unbeaten)
        remaining = [option for option in remaining if option not in unbeaten]
    direct = [a for a in options if all(pairs[a, b] > pairs[b, a] for b in options if b != a)]
    return Result(tuple(levels), dict(pairs), paths, direct[0] if direct else None)


def _strongest_paths(options: Sequence[str], pairs: Pairs) -> dict[tuple[str, str], Strength | None]:
    """By the algorithm of Floyd and Warshall, on links numbered from the weakest (1); 0 means no path."""
    links = {(a, b): (pairs[a, b], pairs[b, a]) for a, b in pairs if pairs[a, b] > pairs[b, a]}
    known = sorted(set(links.values()), key=_weight)
    number = {strength: place for place, strength in enumerate(known, start=1)}
    paths = np.array(
        [[number[links[a, b]] if (a, b) in links else 0 for b in options] for a in options], dtype=np.int64
    ).reshape(len(options), len(options))
    for via in range(len(options)):
        paths = np.maximum(paths, np.minimum(paths[:, via, None], paths[None, via, :]))
    return {
        (a, b): known[paths[i, j] - 1] if paths[i, j] else None
        for i, a in enumerate(options)
        for j, b in enumerate(options)
        if a != b
    }


def _weight(strength: Strength | None) -> tuple[int, int]:
    """What makes a link stronger: more ballots for it, then fewer against."""
    return (0, 0) if strength is None else (strength[0], -strength[1])


def explain(result: Result) -> list[str]:
    """The count in sentences: each duel, then, for neighbours in the order, the chain that separates them."""
    options = [option for equals in result.levels for option in equals]
    sentences = []
    for place, a in enumerate(options):
        for b in options[place + 1 :]:
            ahead, behind = (a, b) if result.pairs[a, b] >= result.pairs[b, a] else (b, a)
            if result.pairs[a, b] == result.pairs[b, a]:
                sentence = ngettext(
                    "Duel : « {ahead} » et « {behind} » sont préférées l’une à l’autre par {n} bulletin chacune.",
                    "Duel : « {ahead} » et « {behind} » sont préférées l’une à l’autre par {n} bulletins chacune.",
                    result.pairs[ahead, behind],
                )
            else:
                sentence = ngettext(
                    "Duel : « {ahead} » bat « {behind} », par {n} bulletin contre {m}.",
                    "Duel : « {ahead} » bat « {behind} », par {n} bulletins contre {m}.",
                    result.pairs[ahead, behind],
                )
            sentences.append(
                sentence.format(
                    ahead=ahead,
                    behind=behind,
                    n=number(result.pairs[ahead, behind]),
                    m=number(result.pairs[behind, ahead]),
                )
            )
    if result.condorcet is not None:
        sentences.append(_("« {option} » bat toutes les autres en duel.").format(option=result.condorcet))
        return sentences
    for above, below in zip(result.levels, result.levels[1:], strict=False):
        for a in above:
            for b in below:
                one, other = result.paths[a, b], result.paths[b, a]
                sentences.append(
                    _("De « {a} » à « {b} », la chaîne la plus forte vaut {n} ; dans l’autre sens, {m}.").format(
                        a=a, b=b, n=number(one[0] if one else 0), m=number(other[0] if other else 0)
                    )
                )
    return sentences
