"""What changed from one edition to the next is read in words, by anyone."""

from convention.recommendations.comparison import compare
from tests.recommendations import seeds
from tests.recommendations.files import editions


def told(page) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.all("del, ins")]


def test_two_editions_are_compared_word_by_word(world):
    # Given an edition, then a paragraph rewritten and kept, another proposition kept, and the letter reworded
    seeds.begin(world)
    seeds.submit(world, "Mesurer le coût écologique", "Exiger une fiche d’impact.", "Noter cette fiche.")
    seeds.submit(world, "Filmer les carrefours", "Compter les vélos sans garder d’image.")
    seeds.decide(world, {(1, 1): seeds.KEPT, (1, 2): seeds.NOT_KEPT, (2, 1): seeds.NOT_KEPT})
    claire = world.browser(world.facilitator())
    claire.open("/animation/rapport/textes/lettre").press("Enregistrer", body="Nous tenons parole.")
    seeds.freeze(world)
    seeds.rewrite(world, 1, 2, "Noter cette fiche pour 10 %.")
    seeds.rewrite(world, 2, 1, "Compter les vélos sans image.")
    seeds.decide(world, {(1, 2): seeds.KEPT, (2, 1): seeds.KEPT})
    claire.open("/animation/rapport/textes/lettre").press("Enregistrer", body="Nous avons tenu parole.")
    seeds.freeze(world)

    # When a visitor asks what changed
    page = world.browser().open("/rapport/2").follow("Ce qui change depuis la n° 1")

    # Then she reads it, recommendation by recommendation
    assert page.address == "/rapport/2/differences/1"
    assert page.has("1 recommandation ajoutée, 0 retirée, 1 changée.")
    first, second = page.all("#recommandations article")
    assert "1. Mesurer le coût écologique" in first.text_content() and "Changée" in first.text_content()
    assert "Noter cette fiche pour 10" in first.text_content()
    assert "pas de vote → Bien, gardé" in " ".join(first.text_content().split())
    assert "Filmer les carrefours" in second.text_content() and "Ajoutée" in second.text_content()
    assert {"supprimé tenons", "ajouté avons tenu"} <= set(told(page))
    assert [one.text_content().count("Retirée") for one in page.all("#non-tranche article")] == [1, 1]
    assert len(page.all("#votes li")) == 2
    # whichever is named first
    assert world.browser().open("/rapport/1/differences/2").title == page.title

    # And the same as data
    said = world.browser().open("/rapport/2/differences/1.json").response.json()
    assert [(one["number"], one["what"]) for one in said["recommendations"]] == [(1, "changed"), (2, "added")]
    (words,) = said["texts"]
    kept = [one["text"] for one in words["segments"] if one["kind"] != "removed"]
    assert "".join(kept) == "Nous avons tenu parole."
    assert said["same"] is False


def test_a_comparison_says_when_nothing_changed(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world)
    page = world.browser().open("/rapport/2/differences/1")
    assert page.has("Rien n’a changé, sinon le numéro et la date.")
    assert not page.all("del, ins")
    assert world.browser().open("/rapport/2/differences/1.json").response.json()["same"] is True


def test_a_long_text_is_read_paragraph_by_paragraph(world):
    # Given a letter of seven paragraphs, of which one is reworded, one taken out and one added
    seeds.a_convention_that_voted(world)
    claire = world.browser(world.facilitator())
    kept = [f"Le paragraphe {name} ne change pas." for name in ("premier", "deuxième", "troisième", "quatrième")]
    letter = [*kept, "Nous tenons parole.", "Ceci partira.", "Merci à tous."]
    claire.open("/animation/rapport/textes/lettre").press("Enregistrer", body="\n\n".join(letter))
    seeds.freeze(world)
    letter = [*kept, "Nous tenons notre parole.", "Merci à tous.", "Ceci est venu."]
    claire.open("/animation/rapport/textes/lettre").press("Enregistrer", body="\n\n".join(letter))
    seeds.freeze(world)

    # When a visitor reads what changed
    page = world.browser().open("/rapport/2/differences/1")

    # Then each paragraph is one, those that did not change are folded between the first and the last
    read = [" ".join(one.text_content().split()) for one in page.all("#textes .diff")]
    assert read == [
        *kept[:1], *kept[1:3], *kept[3:], "Nous tenons ajouté notre parole.", "supprimé Ceci partira.", "Merci à tous.",
        "ajouté Ceci est venu.",
    ]  # fmt: skip
    assert [one.text_content() for one in page.all("#textes summary")] == ["2 paragraphes inchangés"]
    assert [one.text_content() for one in page.all("#textes details .diff")] == kept[1:3]
    # And the way back does not leave its number alone on a line
    assert "Édition n°\u00a02" in page.one(".back").text_content()


def test_an_edition_that_is_not_published_is_compared_inside_only(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world, publish=False)
    for address in ("/rapport/2/differences/1", "/rapport/1/differences/2.json", "/rapport/1/differences/1"):
        world.browser().open(address, status=404)
    assert world.browser(world.guarantor()).open("/rapport/2/differences/1").has("Rien n’a changé")


def test_what_left_comes_last_and_is_named():
    after = editions.small()
    before = after.model_copy(update={"number": 1})
    first, *others = after.recommendations
    comparison = compare(before, after.model_copy(update={"recommendations": tuple(others)}))
    assert [(card.what, card.number) for card in comparison.cards] == [("removed", first.number)]
    assert compare(after, after).is_empty
