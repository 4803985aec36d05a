from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from convention.algorithms import schulze
from convention.algorithms.ballots import count_pairs
from convention.algorithms.decision import Method
from tests.algorithms.boxes import OPTIONS, box, cast, rankings
from tests.world import plain

# The example of Schulze's article and of Wikipedia: 45 voters, 5 candidates.
FORTY_FIVE = [
    (5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"), (7, "DCEBA"), (8, "EBADC"),
]  # fmt: skip

# Wikipedia, "Condorcet method": where is the capital of Tennessee?
TENNESSEE = [
    (42, ["Memphis", "Nashville", "Chattanooga", "Knoxville"]),
    (26, ["Nashville", "Chattanooga", "Knoxville", "Memphis"]),
    (15, ["Chattanooga", "Knoxville", "Nashville", "Memphis"]),
    (17, ["Knoxville", "Chattanooga", "Nashville", "Memphis"]),
]


def tally(votes, options=OPTIONS):
    return schulze.tally(options, count_pairs(box(Method.SCHULZE, options, *votes)))


def each_alone(votes):
    return [(number, [[option] for option in ranking]) for number, ranking in votes]


def smith(options, pairs):
    """The smallest set whose members beat everyone outside it, looked for among all sets, by size."""
    ordered = sorted(options, key=lambda a: -sum(pairs[a, b] > pairs[b, a] for b in options if b != a))
    sets = (
        set(chosen)
        for size in range(1, len(options) + 1)
        for chosen in permutations(ordered, size)
        if list(chosen) == sorted(chosen)
    )
    return next(s for s in sets if all(pairs[a, b] > pairs[b, a] for a in s for b in options if b not in s))


def test_schulze_own_example():
    result = tally(each_alone(FORTY_FIVE), tuple("ABCDE"))
    assert result.levels == (("E",), ("A",), ("C",), ("B",), ("D",))
    assert result.pairs["A", "C"] == 26
    assert result.paths["A", "B"][0] == 28
    assert result.paths["E", "D"][0] == 31
    assert result.condorcet is None


def test_nashville_beats_all_others():
    result = tally(each_alone(TENNESSEE), ("Memphis", "Nashville", "Chattanooga", "Knoxville"))
    assert result.levels == (("Nashville",), ("Chattanooga",), ("Knoxville",), ("Memphis",))
    assert result.condorcet == "Nashville"
    assert any("bat toutes les autres" in step for step in schulze.explain(result))


def test_one_ballot_is_said_in_the_singular():
    def said(*votes):
        return [plain(step) for step in schulze.explain(tally(each_alone(votes), ("a", "b")))][0]

    assert said((1, "ab")) == "Duel : « a » bat « b », par 1 bulletin contre 0."
    assert said((2, "ab"), (1, "ba")) == "Duel : « a » bat « b », par 2 bulletins contre 1."
    even = "Duel : « a » et « b » sont préférées l’une à l’autre par {} chacune."
    assert said((1, "ab"), (1, "ba")) == even.format("1 bulletin")
    assert said((2, "ab"), (2, "ba")) == even.format("2 bulletins")


def test_a_perfect_circle_is_a_tie():
    result = tally(each_alone([(1, "abc"), (1, "bca"), (1, "cab")]), tuple("abc"))
    assert result.levels == (("a", "b", "c"),)


def test_options_left_out_are_tied_last():
    result = tally([(2, [["arbres"]]), (1, [["bancs"]])])
    assert result.levels == (("arbres",), ("bancs",), ("crèche", "dojo", "école"))


@given(cast(rankings()))
def test_the_first_level_is_in_the_smith_set(votes):
    result = tally(votes)
    assert set(result.levels[0]) <= smith(OPTIONS, result.pairs)


@given(cast(rankings()))
def test_a_condorcet_winner_is_alone_in_front(votes):
    result = tally(votes)
    if result.condorcet is not None:
        assert result.levels[0] == (result.condorcet,)


@given(cast(rankings()), rankings(OPTIONS[1:]), st.integers(1, 5))
def test_a_supporter_more_does_not_harm_a_condorcet_winner(votes, rest, number):
    winner = tally(votes).condorcet
    if winner is not None:
        new = dict(zip(OPTIONS[1:], [option for option in OPTIONS if option != winner], strict=True))
        supporter = [[winner], *[[new[option] for option in rank] for rank in rest]]
        assert tally([*votes, (number, supporter)]).condorcet == winner


@given(cast(rankings(OPTIONS)))
def test_turning_every_ballot_around_turns_the_order_around(votes):
    full = [
        (n, [*c, left] if (left := [o for o in OPTIONS if not any(o in rank for rank in c)]) else c) for n, c in votes
    ]
    result = tally(full)
    if len(result.levels) == len(OPTIONS):
        turned = tally([(number, choice[::-1]) for number, choice in full])
        assert turned.levels[0] != result.levels[0]
