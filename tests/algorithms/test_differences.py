from hypothesis import given, settings
from hypothesis import strategies as st

from convention.algorithms.differences import Kind, Segment, paragraphs, segments, summary

WORDS = st.lists(
    st.sampled_from(["l’", "arbre", " ", "  ", "\n", ", ", "vert", "et", "\u00a0:", ".", "peut-être", "d'", "à"])
).map("".join)


def side(parts, gone):
    return "".join(part.text for part in parts if part.kind is not gone)


@given(WORDS | st.text(), WORDS | st.text())
def test_nothing_is_lost(old, new):
    parts = segments(old, new)
    assert side(parts, Kind.ADDED) == old
    assert side(parts, Kind.REMOVED) == new
    assert all(part.text for part in parts)
    assert all(one.kind is not other.kind for one, other in zip(parts, parts[1:], strict=False))
    assert summary(parts).endswith(".")


@given(WORDS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(part.kind is Kind.SAME for part in segments(text, text))
    assert summary(segments(text, text)) == "Aucun changement."


@given(WORDS, WORDS)
def test_paragraph_by_paragraph_nothing_is_lost_either(old, new):
    read = paragraphs(old, new)
    for text, gone in ((old, Kind.ADDED), (new, Kind.REMOVED)):
        lines = [side(one, gone) for one in read]
        assert [line for line in lines if line] == [line.strip() for line in text.splitlines() if line.strip()]


def test_each_paragraph_is_read_beside_the_one_it_became():
    # Given a text of four paragraphs: one goes, one is reworded, one comes, one stays; a blank line more is nothing
    old = "Nous sommes quarante.\n\nNous voulons planter des arbres.\n\nUne fontaine est demandée.\nNous signons."
    new = "Nous sommes quarante.\n\n\nNous voulons planter cent arbres.\n\nLe budget vient après.\n\nNous signons."

    # Then no paragraph touches its neighbour
    read = paragraphs(old, new)
    assert [["".join(part.text for part in one if part.kind is kind) for kind in Kind] for one in read] == [
        ["Nous sommes quarante.", "", ""],
        ["Nous voulons planter arbres.", "des ", "cent "],
        ["", "Une fontaine est demandée.", ""],
        ["", "", "Le budget vient après."],
        ["Nous signons.", "", ""],
    ]
    assert paragraphs("", "") == []


def test_words_stay_whole():
    parts = segments("Le conseil plante un arbre.", "Le conseil municipal plante des arbres.")
    assert parts == [
        Segment(Kind.SAME, "Le conseil "),
        Segment(Kind.ADDED, "municipal "),
        Segment(Kind.SAME, "plante "),
        Segment(Kind.REMOVED, "un arbre"),
        Segment(Kind.ADDED, "des arbres"),
        Segment(Kind.SAME, "."),
    ]
    assert summary(parts) == "3 mots ajoutés, 2 supprimés."


def test_small_islands_join_the_changes_around_them():
    parts = segments("planter vingt arbres de haute tige", "installer cent bancs de pierre grise")
    assert [part.kind for part in parts] == [Kind.REMOVED, Kind.ADDED]


def test_only_spaces_or_signs():
    assert summary(segments("Oui: non", "Oui : non")) == "Seuls la ponctuation ou les espaces changent."
    assert summary(segments("", "un")) == "1 mot ajouté."
    assert summary(segments("un deux", "")) == "2 mots supprimés."


def test_a_long_rewriting_stays_quick():
    old = " ".join(f"mot{n} de la" for n in range(1500))
    new = " ".join(f"terme{n} de la" for n in range(1500))
    assert side(segments(old, new), Kind.REMOVED) == new


def test_a_word_changed_in_a_long_text_is_found_alone():
    sentences = [f"Au point {n}, la ville plante des arbres et le conseil le dit à tous." for n in range(300)]
    old, new = " ".join(sentences), " ".join(sentences).replace("Au point 150, la ville", "Au point 150, la métropole")
    assert summary(segments(old, new)) == "1 mot ajouté, 1 supprimé."


@settings(max_examples=10, deadline=None)
@given(WORDS.filter(str.strip), WORDS, WORDS)
def test_long_texts_lose_nothing_either(text, old, new):
    long = (text + ". ") * (1400 // len(text.split()))
    parts = segments(long + old + long, long + new + long)
    assert side(parts, Kind.ADDED) == long + old + long
    assert side(parts, Kind.REMOVED) == long + new + long
