"""Approval, scores, multi-vote, yes or no: the methods that add up."""

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from convention.algorithms import approval, multi_vote, score, yes_no
from convention.algorithms.ballots import count_grades, count_marks
from convention.algorithms.decision import Aggregate, Method, NoOpinion
from tests.algorithms.boxes import OPTIONS, box, cast, marks
from tests.world import plain

CITIES = ("Memphis", "Nashville", "Chattanooga", "Knoxville")


def test_each_approves_the_two_nearest_cities():
    # Wikipedia, "Approval voting": the capital of Tennessee.
    votes = [(42, CITIES[:2]), (26, CITIES[1:3]), (15, CITIES[2:]), (17, CITIES[2:])]
    result = approval.tally(count_marks(box(Method.APPROVAL, CITIES, *votes)))
    assert result.counts == {"Memphis": 42, "Nashville": 68, "Chattanooga": 58, "Knoxville": 32}
    assert result.levels[0] == ("Nashville",)
    assert approval.explain(result)[0].endswith("68 approbations.")


def test_equal_approvals_are_a_tie():
    assert approval.tally({"x": 5, "y": 5, "z": 2}).levels == (("x", "y"), ("z",))


@given(cast(marks()))
def test_approvals_are_counted_one_by_one(votes):
    counts = count_marks(box(Method.APPROVAL, OPTIONS, *votes))
    assert counts == {option: sum(n for n, choice in votes if option in choice) for option in OPTIONS}


def test_tennessee_by_scores():
    scale = range(11)
    scores = {42: (10, 6, 3, 0), 26: (0, 10, 6, 3), 15: (0, 3, 10, 6), 17: (0, 3, 6, 10)}
    votes = [(number, dict(zip(CITIES, given, strict=True))) for number, given in scores.items()]
    result = score.tally(*count_grades(box(Method.SCORE, CITIES, *votes, scale=scale), 11), scale)
    assert result.sums == {"Memphis": 420, "Nashville": 608, "Chattanooga": 534, "Knoxville": 338}
    assert result.levels[0] == ("Nashville",)


def test_a_missing_score_is_what_was_declared():
    counts, missing = {"a": [0, 0, 2], "b": [0, 3, 0]}, {"a": 1, "b": 0}
    means = score.tally(counts, missing, (1, 2, 3), aggregate=Aggregate.MEAN)
    assert means.means == {"a": 3, "b": 2}
    worst = score.tally(counts, missing, (1, 2, 3), aggregate=Aggregate.MEAN, no_opinion=NoOpinion.REJECTS)
    assert worst.means["a"] == Fraction(7, 3)
    assert score.tally({"a": [0], "b": [1]}, {}, (1,)).levels == (("b",), ("a",))
    assert "personne" in score.explain(score.tally({"a": [0]}, {}, (1,)))[0]
    told = score.explain(score.tally({"a": [0, 1], "b": [0, 2], "c": [1, 0]}, {}, (0, 1)))
    assert [re.search(r"\d points? pour \d notes?", one)[0] for one in map(plain, told)] == [
        "2 points pour 2 notes",
        "1 point pour 1 note",
        "0 point pour 1 note",
    ]


def test_half_the_options_make_the_votes_and_the_seats():
    assert [multi_vote.votes_each(n) for n in (1, 2, 7, 8)] == [1, 1, 4, 4]
    result = multi_vote.tally({"a": 9, "b": 7, "c": 7, "d": 2})
    assert (result.kept, result.run_off, result.places_left) == (("a",), ("b", "c"), 1)
    assert "second vote" in multi_vote.explain(result)[-1]
    assert multi_vote.tally({"a": 9, "b": 7, "c": 7, "d": 2}, seats=3).kept == ("a", "b", "c")


@given(st.dictionaries(st.sampled_from(["yes", "no", "abstention", "blank"]), st.integers(0, 99)))
def test_what_nobody_said_is_zero(counts):
    result = yes_no.tally(counts)
    assert result.yes == counts.get("yes", 0)
    assert len(yes_no.explain(result)) == 1
