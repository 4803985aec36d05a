"""Majority judgment: each person gives each option a grade in words; the middle voice decides.

Source: Balinski & Laraki, "A theory of measuring, electing, and ranking", PNAS 104 (2007) 8720-8725, and Majority
Judgment, MIT Press 2010.

**The majority grade.** Range the voices from the most favourable to the least favourable. With an odd number the middle
one gives the majority grade; with an even number there are two in the middle, and the *lower* of the two counts, for a
grade must have a majority at or above it. Of 38 voices, it is the 20th.

**Ties.** Between two options of the same majority grade, take that middle voice away from both, look at the new
middle, and so on until the two differ: the better grade wins. `literal_value` does exactly this, voice by voice.
`compare` finds the same answer without removing anything: the voices leave from the middle outwards, the less
favourable side first, so the grade that decides is the one standing nearest the middle among the places where the two
profiles differ. Only identical profiles stay tied, and they are announced as tied.

**Voices without a grade** are treated as declared before the vote:

- `EXCLUDED`: set aside. Options may then have different numbers of voices: their profiles are compared in proportion,
  as if each voice of one were repeated as often as there are voices in the other;
- `REJECTS`: they count as the worst grade;
- `STATIC`: as a given grade;
- `MEDIAN`: as the majority grade of the voices that were given.

An option without any voice has no majority grade and comes after all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cmp_to_key
from itertools import accumulate

from convention.algorithms import levels
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy, ngettext
from convention.kit.text import in_quotes, number, ordinal


class NoOpinion(StrEnum):
    """What a voice without a grade counts for."""

    EXCLUDED = "excluded"
    REJECTS = "rejects"
    STATIC = "static"
    MEDIAN = "median"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    NoOpinion.EXCLUDED: lazy("Les voix sans avis sont laissées de côté"),
    NoOpinion.REJECTS: lazy("Les voix sans avis comptent comme la mention la plus basse"),
    NoOpinion.STATIC: lazy("Les voix sans avis comptent comme une mention fixée d’avance"),
    NoOpinion.MEDIAN: lazy("Les voix sans avis comptent comme la mention majoritaire des autres"),
}
Profile = tuple[int, ...]  # how many voices gave each grade, worst grade first


@dataclass(frozen=True)
class Standing:
    """Where one option stands: its profile as counted, its majority grade and the voices on either side of it."""

    option: str
    given: Profile
    no_opinion: int
    counted: Profile
    grade: int | None  # index from the worst
    position: int  # of the middle voice, from the most favourable
    above: int
    below: int


@dataclass(frozen=True)
class Separation:
    """Why `ahead` comes before `behind`: once `removed` middle voices are taken from each, the next ones differ."""

    ahead: str
    behind: str
    removed: int | None  # None when the two do not have as many voices
    ahead_grade: int
    behind_grade: int


@dataclass(frozen=True)
class Result:
    levels: levels.Levels
    standings: dict[str, Standing]
    separations: tuple[Separation, ...]  # between neighbours of the same majority grade


def median(profile: Sequence[int]) -> int | None:
    """The majority grade: the first, from the worst, with half the voices at or below it; None without voices."""
    voices = sum(profile)
    if voices == 0:
        return None
    return next(grade for grade, reached in enumerate(accumulate(profile)) if 2 * reached >= voices)


def position(voices: int) -> int:
    """The place of the middle voice, counted from the most favourable: the 20th of 38, the 20th of 39."""
    return voices // 2 + 1 if voices else 0


def treat(given: Sequence[int], missing: int, no_opinion: NoOpinion, static: int = 0) -> Profile:
    """The profile to be judged, once the voices without a grade are treated as declared."""
    counted = list(given)
    if no_opinion is NoOpinion.REJECTS:
        counted[0] += missing
    elif no_opinion is NoOpinion.STATIC:
        counted[static] += missing
    elif no_opinion is NoOpinion.MEDIAN and (grade := median(given)) is not None:
        counted[grade] += missing
    return tuple(counted)


def compare(first: Sequence[int], second: Sequence[int]) -> int:
    """1 if the first profile is better, -1 if the second is, 0 if they are the same, in proportion."""
    difference = _difference(first, second)
    return 0 if difference is None else (1 if difference[1] > difference[2] else -1)


def _difference(first: Sequence[int], second: Sequence[int]) -> tuple[int, int, int] | None:
    """(voices removed, grade of the first, grade of the second) where two profiles first differ; None if nowhere."""
    if not sum(first) or not sum(second):
        grades = [-1 if not sum(profile) else len(profile) for profile in (first, second)]
        return None if grades[0] == grades[1] else (0, grades[0], grades[1])
    # Repeat voices so that both have as many; Python's integers have no largest one.
    one, two = (1, 1) if sum(first) == sum(second) else (sum(second), sum(first))
    ranks_one = list(accumulate(voices * one for voices in first))
    ranks_two = list(accumulate(voices * two for voices in second))
    voices = ranks_one[-1]
    middle = (voices - 1) // 2  # places from 0, worst first: the lower of the two middles
    nearest: tuple[int, int] | None = None
    for a, b in zip(ranks_one, ranks_two, strict=True):
        if a == b:
            continue
        # On the places from min(a, b) up to max(a, b) - 1, one profile is at this grade or below and the other above.
        place = min(max(middle, min(a, b)), max(a, b) - 1)
        if place == middle:
            order = 0
        elif place < middle:
            order = 2 * (middle - place) - voices % 2
        else:
            order = 2 * (place - middle) - (1 - voices % 2)
        if nearest is None or order < nearest[0]:
            nearest = (order, place)
    if nearest is None:
        return None
    order, place = nearest
    return order, _grade_at(ranks_one, place), _grade_at(ranks_two, place)


def _grade_at(ranks: Sequence[int], place: int) -> int:
    return next(grade for grade, reached in enumerate(ranks) if reached > place)


def literal_value(profile: Sequence[int]) -> list[int]:
    """The majority value by its definition: remove the lower middlemost grade again and again, and write them down.

    Two options with as many voices are in the order of these lists. For checking and for small votes only.
    """
    voices = [grade for grade, number in enumerate(profile) for _each in range(number)]
    value = []
    while voices:
        value.append(voices.pop((len(voices) - 1) // 2))
    return value


def tally(
    counts: Mapping[str, Sequence[int]],
    missing: Mapping[str, int],
    *,
    no_opinion: NoOpinion = NoOpinion.REJECTS,
    static: int = 0,
) -> Result:
    """From how many gave each option each grade (worst first), and how many gave it none."""
    standings = {
        option: _standing(option, given, missing.get(option, 0), no_opinion, static) for option, given in counts.items()
    }

    def order(one: str, two: str) -> int:
        return compare(standings[two].counted, standings[one].counted)

    ordered: list[list[str]] = []
    for option in sorted(counts, key=cmp_to_key(order)):
        if ordered and order(ordered[-1][0], option) == 0:
            ordered[-1].append(option)
        else:
            ordered.append([option])
    separations = []
    for ahead, behind in zip(ordered, ordered[1:], strict=False):
        best, next_best = standings[ahead[0]], standings[behind[0]]
        difference = _difference(best.counted, next_best.counted)
        if difference is not None and best.grade is not None and best.grade == next_best.grade:
            removed, grade, next_grade = difference
            same = sum(best.counted) == sum(next_best.counted)
            separations.append(Separation(best.option, next_best.option, removed if same else None, grade, next_grade))
    return Result(tuple(tuple(level) for level in ordered), standings, tuple(separations))


def _standing(option: str, given: Sequence[int], missing: int, no_opinion: NoOpinion, static: int) -> Standing:
    counted = treat(given, missing, no_opinion, static)
    grade = median(counted)
    return Standing(
        option=option,
        given=tuple(given),
        no_opinion=missing,
        counted=counted,
        grade=grade,
        position=position(sum(counted)),
        above=0 if grade is None else sum(counted[grade + 1 :]),
        below=0 if grade is None else sum(counted[:grade]),
    )


def gauge(standing: Standing) -> tuple[Fraction, Fraction, Fraction]:
    """The shares above, at and below the majority grade, for a bar with its middle marked. They make one.

    A drawing only: ordering options by these shares is *not* majority judgment, and reverses some of them.
    """
    voices = sum(standing.counted)
    if not voices:
        return Fraction(0), Fraction(0), Fraction(0)
    above, below = Fraction(standing.above, voices), Fraction(standing.below, voices)
    return above, 1 - above - below, below


def explain(result: Result, grades: Sequence[str]) -> list[str]:
    """The count in sentences: each option's middle voice, then what separates neighbours. `grades` from the worst."""
    sentences = []
    for options in result.levels:
        for option in options:
            standing = result.standings[option]
            if standing.grade is None:
                sentences.append(_("« {option} » : aucune voix, donc aucune mention.").format(option=option))
                continue
            sentences.append(
                _("« {option} » : la voix du milieu ({position} sur {voices}) dit « {grade} ».").format(
                    option=option,
                    position=_the(standing.position),
                    voices=number(sum(standing.counted)),
                    grade=grades[standing.grade],
                )
            )
        if len(options) > 1:
            sentences.append(
                _("À égalité : {options} ont exactement les mêmes voix, en proportion.").format(options=_names(options))
            )
    for each in result.separations:
        names = {
            "ahead": each.ahead,
            "behind": each.behind,
            "grade": grades[each.ahead_grade],
            "other": grades[each.behind_grade],
        }
        if each.removed is None:
            sentence = _(
                "« {ahead} » passe devant « {behind} » : en ôtant autant de voix du milieu, en proportion, "
                "on trouve « {grade} » d’un côté et « {other} » de l’autre."
            )
        else:
            sentence = ngettext(
                "« {ahead} » passe devant « {behind} » : une fois ôtée {n} voix du milieu de chacun, "
                "on trouve « {grade} » d’un côté et « {other} » de l’autre.",
                "« {ahead} » passe devant « {behind} » : une fois ôtées {n} voix du milieu de chacun, "
                "on trouve « {grade} » d’un côté et « {other} » de l’autre.",
                each.removed,
            )
        sentences.append(sentence.format(n=number(each.removed or 0), **names))
    return sentences


def _the(position: int) -> str:
    return _("la {ordinal}").format(ordinal=ordinal(position))


def _names(options: Sequence[str]) -> str:
    return ", ".join(map(in_quotes, options))
