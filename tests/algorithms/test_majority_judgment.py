import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convention.algorithms.decision import GRADES, Method, NoOpinion, Rule, decide
from convention.algorithms.majority_judgment import compare, explain, gauge, literal_value, median, tally

# Nine cases published by Mieux Voter with its libraries (MIT licence), worst grade first.
MIEUX_VOTER = json.loads(Path(__file__).with_name("mieux_voter.json").read_text())
MODES = {
    None: NoOpinion.EXCLUDED,
    "StaticDefault": NoOpinion.STATIC,
    "MedianDefault": NoOpinion.MEDIAN,
    "Normalized": NoOpinion.EXCLUDED,
}

# Convention citoyenne pour le climat, public counts of Mieux Voter, 2020 (MIT): counts from « À rejeter » to
# « Excellent », « Pas d’avis », the grade without them, the grade when they reject, the grade then published.
CLIMATE = [
    ([144, 62, 182, 1554, 8246], 275, 5, 5, 5),
    ([239, 142, 325, 1450, 8198], 146, 5, 5, 5),
    ([191, 95, 517, 2935, 5094], 1725, 5, 4, 4),
    ([222, 97, 521, 3426, 5264], 1204, 5, 4, 4),
    ([374, 226, 906, 4915, 7352], 1272, 5, 4, 4),
    ([284, 149, 740, 3742, 5866], 2091, 5, 4, 4),
    ([337, 241, 689, 3441, 5747], 1360, 5, 4, 4),
    ([659, 285, 885, 2988, 5458], 954, 5, 4, 4),
    ([449, 333, 1134, 3423, 5864], 603, 5, 4, 4),
    ([710, 430, 1350, 3410, 5956], 452, 5, 4, 4),
    ([378, 210, 956, 3639, 5210], 837, 5, 4, 4),
    ([389, 179, 824, 3256, 4798], 1169, 5, 4, 4),
]

profiles = st.lists(st.integers(0, 6), min_size=5, max_size=5)


@pytest.mark.parametrize("case", MIEUX_VOTER, ids=lambda case: case["title"])
def test_mieux_voter_ranks_are_found_again(case):
    counts = {str(place): profile for place, profile in enumerate(case["tallies"])}
    missing = {option: case["participants"] - sum(profile) for option, profile in counts.items()}
    result = tally(counts, missing, no_opinion=MODES[case.get("mode")], static=case.get("default", 0))
    ranks = {
        option: 1 + sum(map(len, result.levels[:place]))
        for place, level in enumerate(result.levels)
        for option in level
    }
    assert [ranks[option] for option in counts] == case["ranks"]


@pytest.mark.parametrize(("counts", "no_opinion", "excluded", "rejects", "published"), CLIMATE)
def test_the_climate_convention_grades_under_both_rules(counts, no_opinion, excluded, rejects, published):
    by_value = {str(value): number for value, number in enumerate(counts, start=1)}
    cast = sum(counts) + no_opinion
    for declared, expected in ((NoOpinion.EXCLUDED, excluded), (NoOpinion.REJECTS, rejects)):
        rule = Rule(method=Method.MAJORITY_JUDGMENT, no_opinion=declared)
        assert decide(rule, by_value, cast=cast, blank=0, present=cast, entitled=cast).grade == expected
    assert published == rejects


@given(profiles, profiles)
def test_comparing_is_removing_middle_voices(one, other):
    if sum(one) != sum(other):
        return
    first, second = literal_value(one), literal_value(other)
    assert compare(one, other) == (first > second) - (first < second)


@given(st.lists(st.integers(0, 4), min_size=9, max_size=9), st.lists(st.integers(0, 4), min_size=9, max_size=9))
def test_comparing_is_removing_middle_voices_with_as_many(one, other):
    one, other = ([grades.count(grade) for grade in range(5)] for grades in (one, other))
    first, second = literal_value(one), literal_value(other)
    assert compare(one, other) == (first > second) - (first < second)


@given(profiles, profiles, st.integers(1, 5), st.integers(1, 5))
def test_only_proportions_matter(one, other, times, again):
    assert compare(one, other) == compare([n * times for n in one], [n * again for n in other])


@given(profiles, profiles, profiles)
def test_the_order_does_not_go_in_circles(a, b, c):
    if compare(a, b) >= 0 and compare(b, c) >= 0:
        assert compare(a, c) >= 0


@given(profiles.filter(any))
def test_the_majority_grade_has_a_majority_on_each_side(profile):
    grade, voices = median(profile), sum(profile)
    assert 2 * sum(profile[grade:]) > voices
    assert 2 * sum(profile[: grade + 1]) >= voices


@given(profiles.filter(any), st.integers(0, 3))
def test_a_better_voice_never_harms(profile, grade):
    if profile[grade]:
        better = list(profile)
        better[grade] -= 1
        better[grade + 1] += 1
        assert compare(better, profile) == 1


def test_equal_profiles_stay_tied():
    result = tally({"a": [0, 1, 2, 0, 0], "b": [0, 1, 2, 0, 0], "c": [0, 0, 3, 0, 0]}, {})
    assert result.levels == (("c",), ("a", "b"))


def test_each_separation_is_explained():
    result = tally({"parc": [0, 0, 1, 3, 5], "place": [0, 0, 2, 2, 5], "rue": [5, 0, 0, 0, 4]}, {})
    steps = [step.replace("\u00a0", " ") for step in explain(result, GRADES)]
    assert steps[0] == "« parc » : la voix du milieu (la 5e sur 9) dit « Très bien »."
    assert steps[-1] == (
        "« parc » passe devant « place » : une fois ôtées 5 voix du milieu de chacun, "
        "on trouve « Bien » d’un côté et « Passable » de l’autre."
    )


def test_a_gauge_is_whole():
    standing = tally({"a": [1, 2, 3, 4, 2]}, {}).standings["a"]
    assert sum(gauge(standing)) == 1
    assert gauge(standing) == (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    assert gauge(tally({"a": [0, 0]}, {}).standings["a"]) == (0, 0, 0)


def test_ordering_by_the_share_above_is_not_the_method():
    # More voices stand above the middle in the first, but as many stand below: its middle goes down first.
    split, calm = [3, 1, 3], [0, 5, 2]
    standings = tally({"split": split, "calm": calm}, {}).standings
    assert standings["split"].grade == standings["calm"].grade
    assert gauge(standings["split"])[0] > gauge(standings["calm"])[0]
    assert compare(calm, split) == 1
