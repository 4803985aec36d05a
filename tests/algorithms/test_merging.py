"""Two changes in one text are joined when their words do not touch, whatever the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convention.algorithms.merging import Clash, merge

BASE = "Noter cette fiche pour 20 % au moins de la note totale."
WORDS = st.lists(st.sampled_from(["un", "arbre", "dans", "la", "cour", "de", "l’école", ",", "."]), max_size=12)
texts = WORDS.map(" ".join)


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        # The published cases of a three-way merge: one side, the same side twice, two places
        (BASE, BASE, BASE),
        (BASE.replace("20", "10"), BASE, BASE.replace("20", "10")),
        (BASE.replace("20", "10"), BASE.replace("20", "10"), BASE.replace("20", "10")),
        (BASE.replace("20", "10"), BASE.replace("Noter", "Compter"), "Compter" + BASE.replace("20", "10")[5:]),
        (
            BASE.replace(" au moins", ""),
            f"{BASE} Elle est publiée.",
            f"{BASE.replace(' au moins', '')} Elle est publiée.",
        ),
    ],
)
def test_what_does_not_touch_is_joined(mine, theirs, both):
    assert merge(BASE, mine, theirs) == both
    assert merge(BASE, theirs, mine) == both


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        (BASE.replace("20", "10"), BASE.replace("20", "30"), "20"),
        (BASE.replace("20", "10"), "", BASE),
        (f"{BASE} Une.", f"{BASE} Deux.", "la note totale."),
        (BASE.replace("20", "10"), BASE.replace("%", "points"), "20 %"),
    ],
)
def test_what_touches_is_left_to_people_with_the_words(mine, theirs, words):
    found = merge(BASE, mine, theirs)
    assert isinstance(found, Clash)
    assert found.words == words
    assert merge(BASE, theirs, mine) == found


@given(texts, texts)
def test_a_change_and_none_is_that_change(base, mine):
    assert merge(base, mine, base) == mine
    assert merge(base, base, mine) == mine
    assert merge(base, mine, mine) == mine


@given(texts, texts, texts)
def test_the_order_does_not_matter(base, mine, theirs):
    assert merge(base, mine, theirs) == merge(base, theirs, mine)
