from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convention.algorithms import equal_shares
from convention.algorithms.decision import Completion, Method
from convention.kit import i18n
from tests.algorithms.boxes import OPTIONS, box, cast, marks
from tests.world import plain

COSTS = dict(zip(OPTIONS, (7, 5, 4, 4, 9), strict=True))


def tally(votes, costs, budget, **options):
    return equal_shares.tally(box(Method.EQUAL_SHARES, tuple(costs), *votes), costs, budget, **options)


def by_the_book(votes, costs, share):
    """One run, voter by voter, straight from the definition: the reference. None when a tie stops it."""
    voters = [choice for number, choice in votes for _each in range(number) if choice]
    purses = [share] * len(voters)
    bought = []
    while True:
        payments = {}
        for project, cost in costs.items():
            held = sorted(purses[i] for i, choice in enumerate(voters) if project in choice)
            if project in dict(bought) or not held or sum(held) < cost:
                continue
            left = Fraction(cost)
            for place, purse in enumerate(held):
                if purse * (len(held) - place) >= left:
                    payments[project] = left / (len(held) - place)
                    break
                left -= purse
        if not payments:
            return bought
        ranks = {
            project: (costs[project] / paid, sum(project in choice for choice in voters), -costs[project])
            for project, paid in payments.items()
        }
        first = [project for project, rank in ranks.items() if rank == max(ranks.values())]
        if len(first) > 1:
            return None
        bought.append((first[0], payments[first[0]]))
        purses = [
            purse - min(purse, payments[first[0]]) if first[0] in choice else purse
            for purse, choice in zip(purses, voters, strict=True)
        ]


@settings(max_examples=300)
@given(cast(marks(), most=8), st.integers(1, 40))
def test_one_run_is_the_run_of_the_definition(votes, budget):
    persons = sum(number for number, choice in votes if choice)
    expected = by_the_book(votes, COSTS, Fraction(budget, persons)) if persons else []
    if expected is not None:
        result = tally(votes, COSTS, budget, completion=Completion.NONE)
        assert [(each.project, each.payment) for each in result.purchases] == expected


@settings(max_examples=150, deadline=None)
@given(cast(marks(), most=8), st.lists(st.integers(1, 900), min_size=5, max_size=5), st.integers(1, 2_000))
def test_jumping_over_equal_runs_is_raising_the_share_euro_by_euro(votes, prices, budget):
    costs = dict(zip(OPTIONS, prices, strict=True))
    persons = sum(number for number, choice in votes if choice)
    result = tally(votes, costs, budget)
    if not persons:
        return

    def one_run(share):
        if not share:
            return [], False
        run = tally(votes, costs, share * persons, completion=Completion.NONE)
        return list(run.purchases), run.stopped

    share = budget // persons
    bought, stopped = one_run(share)
    approved = {project for _number, choice in votes for project in choice}
    while not stopped and {each.project for each in bought} != approved:
        following, would_stop = one_run(share + 1)
        if sum(each.cost for each in following) > budget:
            break
        bought, stopped, share = following, would_stop, share + 1
    assert (list(result.purchases), result.stopped, result.share) == (bought, stopped, share)


@given(cast(marks(), most=8), st.integers(1, 40), st.sampled_from(Completion), st.booleans())
def test_the_budget_is_never_exceeded(votes, budget, completion, stop):
    result = tally(votes, COSTS, budget, completion=completion, stop_when_exhaustive=stop)
    assert result.spent == sum(COSTS[project] for project in result.funded) <= budget
    assert len(set(result.funded)) == len(result.funded)
    assert all(result.counts[project] for project in result.funded)
    assert equal_shares.explain(result)


def test_amounts_are_written_as_the_reader_writes_them():
    result = tally([(3, ("a",))], {"a": 1200}, 1500)
    assert any("1\u202f200\u00a0€ sur 1\u202f500\u00a0€" in step for step in equal_shares.explain(result))
    with i18n.speaking("en"):
        steps = equal_shares.explain(result)
    assert any("€1,200" in step for step in steps)
    assert not any("1200" in step or "00 €" in step or "00\u00a0€" in step for step in steps)


def test_one_effective_vote_is_not_several():
    costs = {"arbres": 21, "bancs": 12}
    votes = [(1, ["arbres"]), (2, ["arbres", "bancs"]), (1, ["bancs"])]
    steps = [plain(step) for step in equal_shares.explain(tally(votes, costs, 40, completion=Completion.NONE))]
    assert any(step.endswith("3 soutiens ; chacun paie 9 € au plus, soit 2,33 voix effectives.") for step in steps)
    alone = equal_shares.explain(tally([(1, ["arbres"])], {"arbres": 9}, 10))
    assert any(plain(step).endswith("1 soutien ; chacun paie 9 € au plus, soit 1 voix effective.") for step in alone)


def test_a_half_does_not_take_all():
    # Peters and Skowron's usual illustration: 51 red voters, 49 blue ones, ten projects of each, money for ten.
    costs = {f"rouge {n}": 10 for n in range(10)} | {f"bleu {n}": 10 for n in range(10)}
    red, blue = list(costs)[:10], list(costs)[10:]
    order = list(costs)
    result = tally([(51, red), (49, blue)], costs, 100, completion=Completion.ADD1, tie_order=order)
    assert sum(project.startswith("rouge") for project in result.funded) == 5
    result = tally([(51, red), (49, blue)], costs, 100, completion=Completion.ADD1_UTILITARIAN, tie_order=order)
    assert len(result.funded) == 10


def test_the_poorer_give_all_they_have_left():
    # Four persons have 10 € each. The benches take 4 € from three; of the trees, two can then pay 6 €, the other 9 €.
    costs = {"arbres": 21, "bancs": 12}
    result = tally([(1, ["arbres"]), (2, ["arbres", "bancs"]), (1, ["bancs"])], costs, 40, completion=Completion.NONE)
    assert [(each.project, each.payment, each.paying_all) for each in result.purchases] == [
        ("bancs", 4, 3),
        ("arbres", 9, 1),
    ]
    assert result.purchases[1].effective_votes == Fraction(7, 3)


def test_payments_are_exact_fractions():
    costs = {"arbres": 10, "bancs": 10}
    result = tally([(1, ["arbres"]), (2, ["arbres", "bancs"])], costs, 30, completion=Completion.NONE)
    assert [(each.project, each.payment, each.effective_votes) for each in result.purchases] == [
        ("arbres", Fraction(10, 3), 3),
        ("bancs", 5, 2),
    ]


def test_raised_shares_spend_what_one_run_leaves():
    costs = {"arbres": 400, "skate": 300}
    votes = [(3, ["arbres"]), (1, ["skate"])]
    assert tally(votes, costs, 1000, completion=Completion.NONE).funded == ("arbres",)
    raised = tally(votes, costs, 1000)
    assert (raised.funded, raised.spent, raised.share, raised.raises) == (("arbres", "skate"), 700, 300, 50)


def test_stopping_when_nothing_more_fits_is_an_option():
    costs = {"arbres": 6, "bancs": 6}
    votes = [(3, ["arbres"]), (2, ["bancs"])]
    stopped = tally(votes, costs, 10, stop_when_exhaustive=True)
    assert (stopped.funded, stopped.share) == (("arbres",), 2)
    assert tally(votes, costs, 10).funded == ("arbres",)


def test_a_tie_that_matters_stops_and_is_announced():
    costs = {"arbres": 10, "bancs": 10}
    votes = [(1, ["arbres"]), (2, ["arbres", "bancs"]), (1, ["bancs"])]
    result = tally(votes, costs, 16, completion=Completion.NONE)
    assert result.stopped
    assert result.tied == ("arbres", "bancs")
    assert any("s’arrête" in step for step in equal_shares.explain(result))
    settled = tally(votes, costs, 16, completion=Completion.NONE, tie_order=("bancs", "arbres"))
    assert settled.funded == ("bancs",)


def test_a_tie_that_changes_nothing_does_not_stop():
    costs = {"arbres": 10, "bancs": 10}
    result = tally([(2, ["arbres"]), (2, ["bancs"])], costs, 40, completion=Completion.NONE)
    assert result.funded == ("arbres", "bancs")


def test_many_projects_are_grouped_as_few_are():
    costs = {f"projet {n}": 3 + n for n in range(20)}
    names = list(costs)
    votes = [(n + 1, names[n % 5 :: 3]) for n in range(12)]
    assert by_the_book(votes, costs, Fraction(60, 78)) == [
        (each.project, each.payment) for each in tally(votes, costs, 60, completion=Completion.NONE).purchases
    ]


def test_a_project_without_a_cost_is_refused():
    with pytest.raises(ValueError, match="coût"):
        tally([(1, ["arbres"])], {"arbres": 0}, 10)
    with pytest.raises(ValueError, match="budget"):
        tally([(1, ["arbres"])], {"arbres": 1}, 0)
