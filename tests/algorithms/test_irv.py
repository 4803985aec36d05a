from fractions import Fraction

import pytest
from hypothesis import given

from convention.algorithms import irv
from convention.algorithms.ballots import count_pairs
from convention.algorithms.decision import Method
from tests.algorithms.boxes import OPTIONS, box, cast, rankings
from tests.algorithms.test_schulze import TENNESSEE, each_alone
from tests.algorithms.test_schulze import tally as by_schulze

# Burlington (Vermont), mayor, 2009: ballots reduced to the three last in the race, as published by W. D. Smith from the
# city's ballot file. Kiss wins the run-off although Montroll beats each of the others in a duel.
BURLINGTON = [
    (1332, ["Montroll", "Kiss", "Wright"]), (767, ["Montroll", "Wright", "Kiss"]), (455, ["Montroll"]),
    (2043, ["Kiss", "Montroll", "Wright"]), (371, ["Kiss", "Wright", "Montroll"]), (568, ["Kiss"]),
    (1513, ["Wright", "Montroll", "Kiss"]), (495, ["Wright", "Kiss", "Montroll"]), (1289, ["Wright"]),
]  # fmt: skip


def tally(votes, options=OPTIONS, order=None):
    return irv.tally(box(Method.IRV, options, *votes), order)


def test_knoxville_wins_tennessee():
    result = tally(each_alone(TENNESSEE), ("Memphis", "Nashville", "Chattanooga", "Knoxville"))
    assert result.levels == (("Knoxville",), ("Memphis",), ("Nashville",), ("Chattanooga",))
    assert [each.set_aside for each in result.rounds] == [("Chattanooga",), ("Nashville",), ()]
    assert result.rounds[-1].voices == {"Memphis": 42, "Knoxville": 58}


def test_burlington_chooses_kiss_though_montroll_wins_each_duel():
    names = ("Kiss", "Montroll", "Wright")
    result = tally(each_alone(BURLINGTON), names)
    assert result.levels == (("Kiss",), ("Wright",), ("Montroll",))
    assert result.rounds[1].voices == {"Kiss": 4314, "Wright": 4064}
    assert (result.rounds[1].exhausted, result.rounds[1].needed) == (455, 4190)
    assert by_schulze(each_alone(BURLINGTON), names).condorcet == "Montroll"
    pairs = count_pairs(box(Method.IRV, names, *each_alone(BURLINGTON)))
    assert (pairs["Montroll", "Kiss"], pairs["Kiss", "Montroll"]) == (4067, 3477)


def test_the_majority_is_reckoned_on_ballots_that_still_count():
    result = tally([(4, [["arbres"]]), (3, [["bancs"]]), (2, [["crèche"]])], OPTIONS[:3])
    assert result.levels[0] == ("arbres",)
    assert [each.continuing for each in result.rounds] == [9, 7]


def test_an_unsafe_tie_stops_and_is_announced():
    result = tally(each_alone([(4, ["arbres"]), (3, ["bancs", "arbres"]), (3, ["crèche", "bancs"])]), OPTIONS[:3])
    assert result.stopped
    assert result.levels == (("arbres", "bancs", "crèche"),)
    assert result.rounds[-1].tied == ("bancs", "crèche")
    assert "s’arrête" in irv.explain(result)[-1]


def test_an_order_fixed_before_the_vote_settles_the_tie():
    votes = each_alone([(4, ["arbres"]), (3, ["bancs", "arbres"]), (3, ["crèche", "bancs"])])
    kept = tally(votes, OPTIONS[:3], order=("bancs", "crèche", "arbres"))
    assert kept.rounds[0].set_aside == ("crèche",)
    assert kept.rounds[0].tied == ("bancs", "crèche")
    assert kept.levels[0] == ("bancs",)
    assert tally(votes, OPTIONS[:3], order=("crèche", "bancs", "arbres")).levels[0] == ("arbres",)


def test_several_last_leave_together_only_when_safe():
    votes = each_alone([(9, ["arbres"]), (8, ["bancs"]), (2, ["crèche"]), (2, ["dojo", "bancs"])])
    result = tally(votes, OPTIONS[:4])
    assert result.rounds[0].set_aside == ("crèche", "dojo")
    assert result.levels == (("bancs",), ("arbres",), ("crèche", "dojo"))


def test_two_equal_at_the_end_are_tied():
    result = tally([(2, [["arbres"]]), (2, [["bancs"]])], OPTIONS[:2])
    assert result.stopped
    assert result.levels == (("arbres", "bancs"),)


def test_equal_ranks_share_one_voice():
    result = tally([(1, [["arbres", "bancs", "crèche"]]), (2, [["arbres"]])], OPTIONS[:3])
    assert result.rounds[0].voices["bancs"] == Fraction(1, 3)
    assert result.levels[0] == ("arbres",)
    assert "2 et 1/3" in irv.explain(result)[0]


@pytest.mark.parametrize("order", [None, OPTIONS])
@given(votes=cast(rankings()))
def test_no_voice_appears_or_disappears(order, votes):
    result = tally(votes, order=order)
    for each in result.rounds:
        assert sum(each.voices.values()) == each.continuing
        assert each.continuing + each.exhausted == sum(number for number, _choice in votes)
    assert sorted(option for level in result.levels for option in level) == sorted(OPTIONS)


@given(cast(rankings()))
def test_an_absolute_majority_of_first_ranks_wins(votes):
    votes = [*votes, (1 + sum(number for number, _choice in votes), [["dojo"], ["arbres"]])]
    assert tally(votes).levels[0] == ("dojo",)
