"""What holds whatever the method: neither the order of the ballots nor the names of the options decide."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convention.algorithms.ballots import CHOICES, LEFT_OUT, Box, pack, unpack
from convention.algorithms.count import Count, count
from convention.algorithms.decision import GRADES, Method, Outcome, Rule, Tie
from tests.algorithms.boxes import OPTIONS, box, cast, choices_for, scale_for

COSTS = {option: Fraction(cost) for option, cost in zip(OPTIONS, (400, 500, 300, 300, 700), strict=True)}
SEVERAL = [method for method in Method if method is not Method.YES_NO]


def counted(method: Method, votes: list, options: tuple[str, ...] = OPTIONS, costs: dict | None = None) -> Count:
    rule = Rule(method=method)
    return count(rule, box(method, options, *votes, scale=scale_for(method)), costs=costs or COSTS, budget=1000)


def sets(result: Count) -> list[set[str]]:
    return [set(level) for level in result.ranking]


@pytest.mark.parametrize("method", SEVERAL)
@given(st.data())
def test_the_order_of_the_ballots_does_not_matter(method, data):
    votes = data.draw(cast(choices_for(method)))
    shuffled = data.draw(st.permutations(votes))
    one, other = counted(method, votes), counted(method, shuffled)
    assert one == other or (one.ranking, one.counts, one.decision) == (other.ranking, other.counts, other.decision)


@pytest.mark.parametrize("method", SEVERAL)
@given(st.data())
def test_splitting_equal_ballots_does_not_matter(method, data):
    votes = data.draw(cast(choices_for(method), most=6))
    apart = [(1, choice) for number, choice in votes for _each in range(number)]
    one, other = counted(method, votes), counted(method, apart)
    assert (one.ranking, one.counts, one.sentence, one.steps) == (
        other.ranking,
        other.counts,
        other.sentence,
        other.steps,
    )


@pytest.mark.parametrize("method", SEVERAL)
@given(st.data())
def test_the_order_of_the_options_does_not_matter(method, data):
    votes = data.draw(cast(choices_for(method)))
    options = tuple(data.draw(st.permutations(OPTIONS)))
    one, other = counted(method, votes), counted(method, votes, options)
    assert sets(one) == sets(other)
    assert set(one.winners) == set(other.winners)


@pytest.mark.parametrize("method", SEVERAL)
@given(st.data())
def test_the_names_of_the_options_do_not_matter(method, data):
    votes = data.draw(cast(choices_for(method)))
    new = dict(zip(OPTIONS, data.draw(st.permutations(OPTIONS)), strict=True))

    def renamed(choice):
        if isinstance(choice, dict):
            return {new[option]: value for option, value in choice.items()}
        return [new[each] if isinstance(each, str) else [new[option] for option in each] for each in choice]

    one = counted(method, votes)
    costs = {new[option]: cost for option, cost in COSTS.items()}
    other = counted(method, [(n, renamed(c)) for n, c in votes], tuple(new[o] for o in OPTIONS), costs)
    assert [{new[option] for option in level} for level in one.ranking] == sets(other)


@pytest.mark.parametrize("method", list(Method))
@given(st.data())
def test_a_packed_ballot_says_what_was_said(method, data):
    if method is Method.YES_NO:
        choice = data.draw(st.sampled_from(CHOICES))
        assert unpack(method, ("",), pack(method, ("",), choice)) == choice
        return
    choice = data.draw(choices_for(method))
    read = unpack(method, OPTIONS, pack(method, OPTIONS, choice, scale_for(method)), scale_for(method))
    if method in (Method.SCHULZE, Method.IRV):
        assert [set(rank) for rank in read] == [set(rank) for rank in choice]
    else:
        assert (read == choice) if isinstance(choice, dict) else (set(read) == set(choice))


@pytest.mark.parametrize(
    ("method", "choice"),
    [
        (Method.YES_NO, "peut-être"),
        (Method.APPROVAL, ["piscine"]),
        (Method.APPROVAL, ["arbres", "arbres"]),
        (Method.MAJORITY_JUDGMENT, {"arbres": "Génial"}),
        (Method.IRV, [["arbres"], ["arbres"]]),
    ],
)
def test_a_ballot_outside_the_poll_is_refused(method, choice):
    with pytest.raises(ValueError, match="«"):
        pack(method, OPTIONS, choice, GRADES)


def test_a_box_with_a_strange_byte_stops_the_count():
    with pytest.raises(ValueError, match="marque"):
        count(Rule(method=Method.APPROVAL), Box.of(("a", "b"), [bytes([1, 7])]))
    with pytest.raises(ValueError, match="marque"):
        count(Rule(method=Method.MAJORITY_JUDGMENT), Box.of(("a",), [bytes([5])]))


@pytest.mark.parametrize("tie", [Tie.ANNOUNCED, Tie.DRAW, Tie.RUN_OFF])
def test_a_second_vote_is_told_where_the_rule_says_so(tie):
    given = Box.of(("a", "b", "c"), [bytes([1, 1, 0])] * 2 + [bytes([1, 0, 1])] * 2)
    counted = count(Rule(method=Method.MULTI_VOTE, tie=tie, seats=2), given, seed="graine")
    assert counted.decision.tied or counted.decision.drawn
    assert ("second vote" in " ".join(counted.steps)) == (tie is Tie.RUN_OFF)


def test_a_box_cut_short_is_refused():
    with pytest.raises(ValueError, match="longueur"):
        Box.of(("a", "b"), b"\x00\x01\x00")


def test_one_text_is_judged_by_the_whole_count():
    box = Box.of(("Paragraphe 3",), bytes([4] * 13 + [3] * 18 + [2] * 5 + [1] * 2 + [LEFT_OUT]))
    result = count(Rule(method=Method.MAJORITY_JUDGMENT), box, present=39, entitled=40)
    assert result.outcome is Outcome.KEPT
    assert result.sentence == "La voix du milieu (la 20e sur 39) dit «\u00a0Bien\u00a0» (4)\u00a0: gardé."
    assert result.grades == {"Paragraphe 3": "Bien"}


def test_blank_ballots_decide_nothing():
    for method in SEVERAL:
        if method is not Method.MAJORITY_JUDGMENT:
            nothing = {} if method is Method.SCORE else []
            assert counted(method, [(3, nothing)]).outcome is Outcome.NO_VOICE, method
