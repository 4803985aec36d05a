import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convention.kit import strokes

grades = st.lists(st.integers(0, 60), min_size=5, max_size=5)


def test_the_fifth_stroke_crosses():
    assert strokes.tally(0) == ()
    assert strokes.tally(5) == (5,)
    assert strokes.tally(38) == (5, 5, 5, 5, 5, 5, 5, 3)


@given(st.integers(0, 500))
def test_nobody_is_lost_in_a_tally(n):
    assert sum(strokes.tally(n)) == n


@pytest.mark.parametrize(("n", "rank"), [(1, 1), (2, 2), (3, 2), (37, 19), (38, 20)])
def test_the_middle_voice_is_the_less_favourable_of_two(n, rank):
    assert strokes.middle(n) == rank


def test_no_voice_has_no_middle():
    chart = strokes.staircase([0, 0, 0, 0, 0])
    assert chart.middle is None
    assert chart.middle_row is None
    assert [row.path for row in chart.rows] == [""] * 5


def test_strokes_run_on_from_row_to_row():
    # Given the 38 voices of the second vote on paragraph 9.2
    chart = strokes.staircase([13, 18, 5, 2, 0])

    # Then each row starts right after the one above, and the 20th voice says « Bien »
    assert [len(row.xs) for row in chart.rows] == [13, 18, 5, 2, 0]
    every = [x for row in chart.rows for x in row.xs]
    assert every == sorted(every)
    assert chart.middle == every[19]
    assert chart.middle_row == 1


@given(grades.filter(lambda counts: 0 < sum(counts) <= strokes.MOST_STROKES))
def test_one_person_one_stroke(counts):
    chart = strokes.staircase(counts)
    every = [x for row in chart.rows for x in row.xs]
    assert [row.path.count("M") for row in chart.rows] == counts
    assert len(set(every)) == sum(counts)
    assert all(row.thick / 2 <= x <= chart.width for row in chart.rows for x in row.xs)
    assert every[-1] + chart.rows[0].thick / 2 <= chart.width + 0.01
    assert chart.middle == every[strokes.middle(sum(counts)) - 1]


@given(grades.filter(lambda counts: sum(counts) > strokes.MOST_STROKES))
def test_a_crowd_is_bars_in_the_same_order_and_proportion(counts):
    chart = strokes.staircase(counts)
    total, end = sum(counts), 0.0
    for count, row in zip(counts, chart.rows, strict=True):
        assert row.xs == ()
        if count:
            left, length = map(float, re.fullmatch(r"M([\d.]+) [\d.]+h([\d.]+)", row.path).groups())
            assert left == pytest.approx(end, abs=0.02)
            assert length == pytest.approx(count * chart.width / total, abs=0.02)
            end = left + length
    assert end == pytest.approx(chart.width, abs=0.05)


@given(grades.filter(any))
def test_the_middle_line_stands_on_its_row(counts):
    chart = strokes.staircase(counts)
    rank = strokes.middle(sum(counts))
    assert sum(counts[: chart.middle_row]) < rank <= sum(counts[: chart.middle_row + 1])


def test_another_middle_may_be_declared():
    assert strokes.staircase([1, 1], rank=1).middle_row == 0
    assert strokes.staircase([1, 1]).middle_row == 1
    with pytest.raises(ValueError, match="no voice"):
        strokes.row_of([1, 1], 3)


def test_a_small_chart_has_one_level_a_row():
    chart = strokes.mini([2, 0, 1, 0, 1])
    tops = [float(re.match(r"M[\d.]+ ([\d.]+)", row.path).group(1)) for row in chart.rows if row.count]
    assert tops == sorted(set(tops))
    assert strokes.levels(5).count("M") == 5


def test_a_small_chart_of_a_crowd_keeps_its_levels():
    chart = strokes.mini([61, 48, 22, 11, 4])
    heights = [float(re.search(r" ([\d.]+)h", row.path).group(1)) for row in chart.rows]
    assert heights == sorted(set(heights))
    assert heights[0] > 0
    assert heights[-1] < strokes.MINI_HEIGHT


@given(st.lists(st.integers(0, 300), min_size=1, max_size=4), st.none() | st.integers(1, 300))
def test_independent_rows_start_at_the_edge_and_fit(counts, mark):
    chart = strokes.rows(counts, mark=mark)
    assert len(chart.rows) == len(counts)
    for count, row in zip(counts, chart.rows, strict=True):
        assert bool(row.path) == bool(count)
        assert all(x <= chart.width for x in row.xs)
    assert (chart.middle is None) == (mark is None)
    assert mark is None or 0 < chart.middle <= chart.width


def test_a_threshold_falls_on_the_stroke_that_reaches_it():
    chart = strokes.rows([26, 9, 3], mark=18)
    assert chart.middle == chart.rows[0].xs[17]


def test_a_stratum_inside_its_quota():
    drawn = strokes.quota(8, 8, 10, 1.8, 28)
    assert str(drawn["strokes"]).count("M") == 8
    left, right = map(float, re.fullmatch(r"M([\d.]+) 25v11H([\d.]+)v-11", str(drawn["bracket"])).groups())
    assert left < right <= 560


@given(st.integers(0, 12), st.none() | st.integers(0, 11))
def test_one_seat_one_stroke(places, you):
    others, own = strokes.seats(places, you)
    assert others.count("M") + own.count("M") == places
