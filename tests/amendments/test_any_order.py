"""Accepted in any order that the rules allow, amendments on one version give the same text, or a said conflict."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from convention.algorithms.merging import Clash, merge

WORDS = ("la", "fiche", "est", "publiée", "chaque", "année", "par", "la", "Métropole", "et", "notée", "au", "moins")


@st.composite
def asked(draw, words):
    """The text as an amendment wants it: some words replaced, taken out, or added."""
    start = draw(st.integers(0, len(words)))
    end = draw(st.integers(start, min(len(words), start + 4)))
    new = draw(st.lists(st.sampled_from(("toujours", "deux", "communes", "jamais", "la", "publiée")), max_size=3))
    return " ".join([*words[:start], *new, *words[end:]])


@st.composite
def several(draw):
    words = WORDS[: draw(st.integers(6, len(WORDS)))]
    return " ".join(words), draw(st.lists(asked(words), min_size=2, max_size=4))


def accepted(base, amendments):
    """What the paragraph becomes when these are accepted one after the other; None when a conflict is said."""
    text = base
    for wanted in amendments:
        fit = merge(base, wanted, text)
        if isinstance(fit, Clash):
            assert fit.words, "a conflict names the words"
            return None
        text = fit
    return text


@given(several())
def test_any_order_gives_the_same_text_or_a_said_conflict(case):
    base, amendments = case
    texts = {accepted(base, order) for order in itertools.permutations(amendments)}
    assert len(texts - {None}) <= 1
