"""Instant run-off: the last is set aside, round after round, until one option has the majority.

Source: Robert's Rules of Order Newly Revised, preferential voting; the rounds published with the elections of PrefLib.

Each round, a ballot counts for the option it ranks highest among those still in.

- **Majority**: an option with more than half of the ballots that still count wins, and the count stops.
- **Equal ranks**: a ballot that ranks several of the remaining options equal highest is shared equally between them, as
  exact fractions: one ballot is never more than one voice.
- **Ballots left out**: a ballot that ranks none of the remaining options no longer counts; the majority is reckoned
  on the others.
- **Ties**: several equal last are set aside together when, even added up, they have less than the next option:
  whatever their order, none of them could have survived. Otherwise the tie is unsafe: the count stops there and says
  so, with all remaining options tied, unless an order for ties was fixed before the vote (`tie_order`, the first named
  being kept longest), by a published draw for example. Two last options with equal voices are such a tie.

Levels: the winner, then the options remaining at the end by their voices of the last round, then those set aside, the
last set aside first; those set aside together are of one level.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from convention.algorithms import levels
from convention.algorithms.ballots import LEFT_OUT, Box, Bytes
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import in_quotes, number


@dataclass(frozen=True)
class Round:
    """One count of the remaining options. `tied` is what stopped the count, or what the order for ties settled."""

    number: int
    voices: dict[str, Fraction]
    continuing: int
    exhausted: int
    needed: int  # the smallest whole number of voices above half of the continuing ballots
    winner: str | None = None
    set_aside: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    levels: levels.Levels
    rounds: tuple[Round, ...]
    stopped: bool  # by an unsafe tie, or because no ballot counts any more


def tally(box: Box, tie_order: Sequence[str] | None = None) -> Result:
    """From a box of packed rankings."""
    remaining = list(range(len(box.options)))
    set_aside: list[tuple[str, ...]] = []
    rounds: list[Round] = []
    while True:
        voices, continuing = _count(box, remaining)
        this = Round(len(rounds) + 1, voices, continuing, box.cast - continuing, continuing // 2 + 1)
        ahead = max(voices, key=voices.__getitem__)
        if 2 * voices[ahead] > continuing:
            rounds.append(replace(this, winner=ahead))
            others = [option for option in voices if option != ahead]
            rest = levels.by_value(others, voices.__getitem__)
            return Result(((ahead,), *rest, *reversed(set_aside)), tuple(rounds), stopped=False)
        last, safe = _last(voices)
        if not continuing or (not safe and tie_order is None):
            rounds.append(replace(this, tied=last))
            return Result((tuple(voices), *reversed(set_aside)), tuple(rounds), stopped=True)
        if not safe:
            assert tie_order is not None, "an unsafe tie without an order has stopped the count"
            this = replace(this, tied=last)
            last = (max(last, key=tie_order.index),)
        rounds.append(replace(this, set_aside=last))
        set_aside.append(last)
        remaining = [place for place in remaining if box.options[place] not in last]


def _last(voices: dict[str, Fraction]) -> tuple[tuple[str, ...], bool]:
    """The option or options with the fewest voices, and whether they can be set aside together."""
    fewest = min(voices.values())
    last = tuple(option for option, number in voices.items() if number == fewest)
    above = [number for number in voices.values() if number > fewest]
    return last, len(last) == 1 or (bool(above) and fewest * len(last) < min(above))


def _count(box: Box, remaining: Sequence[int]) -> tuple[dict[str, Fraction], int]:
    """The voices of the remaining options and the number of ballots that still count."""
    columns = box.columns[list(remaining)]
    highest = columns.min(axis=0)
    counting = highest != LEFT_OUT
    continuing = box.number(counting)
    first = [(column == highest) & counting for column in columns]
    alone = [box.number(which) for which in first]
    voices = [Fraction(voices) for voices in alone] if sum(alone) == continuing else _shared(box, first)
    return {box.options[place]: number for place, number in zip(remaining, voices, strict=True)}, continuing


def _shared(box: Box, first: Sequence[np.ndarray[tuple[int], np.dtype[np.bool_]]]) -> list[Fraction]:
    """Voices when some ballots put several options equal highest: each of `n` equals receives one n-th."""
    equals: Bytes = np.sum(np.array(first, dtype=np.uint8), axis=0, dtype=np.uint8)
    sizes = [int(size) for size in np.unique(equals) if size]
    return [
        sum((Fraction(box.number(which & (equals == size)), size) for size in sizes), Fraction(0)) for which in first
    ]


def explain(result: Result) -> list[str]:
    """The count in sentences, round by round."""
    sentences = []
    for each in result.rounds:
        ordered = sorted(each.voices.items(), key=lambda voice: -voice[1])
        sentences.append(
            _("Tour {round} : {voices}. Il faut {needed} voix.").format(
                round=each.number,
                voices=", ".join(f"{in_quotes(option)} {_voices(voices)}" for option, voices in ordered),
                needed=number(each.needed),
            )
        )
        if each.exhausted:
            sentences.append(
                ngettext(
                    "{n} bulletin ne classe aucune des options restantes et ne compte plus.",
                    "{n} bulletins ne classent aucune des options restantes et ne comptent plus.",
                    each.exhausted,
                ).format(n=number(each.exhausted))
            )
        if each.winner is not None:
            sentences.append(_("« {option} » a la majorité.").format(option=each.winner))
        elif not each.set_aside:
            sentences.append(
                _("Égalité entre les dernières : {options}. Rien ne les départage, le dépouillement s’arrête.").format(
                    options=_names(each.tied)
                )
            )
        else:
            if each.tied:
                sentences.append(
                    _("Égalité entre les dernières : {options}. L’ordre fixé avant le vote les départage.").format(
                        options=_names(each.tied)
                    )
                )
            sentences.append(_("Est écartée : {options}.").format(options=_names(each.set_aside)))
    return sentences


def _names(options: Sequence[str]) -> str:
    return ", ".join(map(in_quotes, options))


def _voices(voices: Fraction) -> str:
    """« 12 », « 12 et 1/3 »."""
    whole, rest = divmod(voices, 1)
    return number(int(whole)) if not rest else _("{whole} et {rest}").format(whole=number(int(whole)), rest=rest)
