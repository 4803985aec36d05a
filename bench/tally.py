"""How long a tally takes, beside a bare count of the same bytes: `python bench/tally.py [ballots …]`.

CPU seconds, best of three, after loading. The bare count is what numpy needs to look once at every byte, a
`count_nonzero` per option: nobody can count without it.
"""

import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from convention.algorithms.ballots import LEFT_OUT, Box
from convention.algorithms.count import count
from convention.algorithms.decision import Method, Rule

OPTIONS = 10


def box_for(method: Method, ballots: int) -> Box:
    """Made-up ballots with a little structure, so that orders are not mere noise."""
    rng = np.random.default_rng(2026)
    names = tuple(f"option {place}" for place in range(1, OPTIONS + 1))
    if method is Method.YES_NO:
        return Box(("",), rng.choice(4, size=(1, ballots), p=[0.5, 0.35, 0.1, 0.05]).astype(np.uint8))
    if method in (Method.APPROVAL, Method.MULTI_VOTE, Method.EQUAL_SHARES):
        liked = np.linspace(0.6, 0.2, OPTIONS)[:, None]
        return Box(names, (rng.random((OPTIONS, ballots)) < liked).astype(np.uint8))
    if method in (Method.MAJORITY_JUDGMENT, Method.SCORE):
        highest = 5 if method is Method.MAJORITY_JUDGMENT else 11
        columns = rng.integers(0, highest, size=(OPTIONS, ballots), dtype=np.uint8)
        columns[rng.random((OPTIONS, ballots)) < 0.05] = LEFT_OUT
        return Box(names, columns)
    taste = rng.random((OPTIONS, ballots), dtype=np.float32) + np.linspace(0, 0.3, OPTIONS, dtype=np.float32)[:, None]
    columns = np.argsort(np.argsort(taste, axis=0), axis=0).astype(np.uint8)
    columns[columns >= 6] = LEFT_OUT
    return Box(names, columns)


def cpu(work: Callable[[], object]) -> float:
    best = float("inf")
    for _attempt in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main(sizes: list[int]) -> None:
    print(f"{'method':<20}{'ballots':>12}{'tally (s)':>12}{'numpy (s)':>12}{'ratio':>8}")
    for size in sizes:
        for method in Method:
            box, rule = box_for(method, size), Rule(method=method)
            costs = {option: Fraction(10_000 * place) for place, option in enumerate(box.options, start=1)}
            tally = cpu(lambda box=box, rule=rule, costs=costs: count(rule, box, costs=costs, budget=200_000))
            bare = cpu(lambda box=box: [int(np.count_nonzero(column == 1)) for column in box.columns])
            print(f"{method:<20}{size:>12,}{tally:>12.4f}{bare:>12.5f}{tally / max(bare, 1e-6):>8.1f}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
