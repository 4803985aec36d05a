"""Boxes of made-up ballots for the properties, and the shortest way to write one by hand."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from convention.algorithms.ballots import Box, pack
from convention.algorithms.decision import GRADES, Method

OPTIONS = ("arbres", "bancs", "crèche", "dojo", "école")


def box(method: Method, options: Sequence[str], *cast: tuple[int, Any], scale: Sequence[str | int] = GRADES) -> Box:
    """A box from (how many, choice)."""
    return Box.of(
        options, [pack(method, options, choice, scale) for _count, choice in cast], [count for count, _choice in cast]
    )


def rankings(options: Sequence[str] = OPTIONS) -> st.SearchStrategy[list[list[str]]]:
    """Rankings with ties and options left out."""
    ranks = st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=len(options), max_size=len(options))

    def of(places: list[int | None]) -> list[list[str]]:
        groups = [[o for o, place in zip(options, places, strict=True) if place == rank] for rank in range(4)]
        return [group for group in groups if group]

    return ranks.map(of)


def cast(choices: st.SearchStrategy[Any], most: int = 12) -> st.SearchStrategy[list[tuple[int, Any]]]:
    return st.lists(st.tuples(st.integers(1, 9), choices), min_size=1, max_size=most)


def marks(options: Sequence[str] = OPTIONS) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(options), unique=True)


def grades(options: Sequence[str] = OPTIONS) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(options), st.sampled_from(GRADES))


def choices_for(method: Method) -> st.SearchStrategy[Any]:
    if method in (Method.SCHULZE, Method.IRV):
        return rankings()
    if method is Method.MAJORITY_JUDGMENT:
        return grades()
    if method is Method.SCORE:
        return st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 10))
    return marks()


def scale_for(method: Method) -> Sequence[str | int]:
    return range(11) if method is Method.SCORE else GRADES
