"""A choice between options is in the edition, with all its options and its rule, in every file."""

import datetime as dt

import jsonschema
import pytest
from lxml import etree

from convention.recommendations.files import FORMATS, records, schema
from convention.recommendations.snapshot import Choice, Edition, Option, canonical
from tests.recommendations import seeds
from tests.recommendations.files import editions, reading
from tests.recommendations.files.conftest import STATIC
from tests.voting.test_choice import ANSWERS, cast, end, fields, prepare

SAID = ("pdf", "gros.pdf", "docx", "odt", "xlsx", "json")


@pytest.mark.parametrize("method", ["approval", "schulze"])
def test_a_choice_that_closed_is_in_the_next_edition(world, method):
    # Given a choice between three options, voted and closed, and a proposal kept
    names = [f"Membre {n}" for n in range(5)]
    for name in names:
        world.member(name)
    poll = prepare(world, method)
    for name, answer in zip(names, ANSWERS[method], strict=True):
        cast(world, name, poll, fields(answer, method))
    end(world, poll)
    seeds.begin(world)
    seeds.submit(world, "Mesurer le coût écologique", "Exiger une fiche.", effects="Moins d’achats inutiles.")
    seeds.decide(world, {(1, 1): seeds.KEPT})

    # When the edition is frozen
    seeds.freeze(world)

    # Then anyone reads the options in their order, on the page and in the tree
    page = world.browser().open("/rapport/1")
    read = Edition.model_validate_json(world.browser().open("/rapport/1.json").response.content)
    (choice,) = read.choices
    assert choice.question == "Que construire ?" and choice.cast == 5
    shown = [one.text_content() for one in page.all("#choix tbody th")]
    assert shown == [option.title for option in choice.options] and len(shown) == 3
    assert "chosen" in [option.outcome for option in choice.options]
    assert page.has(choice.sentence)
    # and whoever follows the results reads what was chosen without opening the page
    feed = etree.fromstring(world.browser().client.get("/flux/resultats.xml").content)
    told = {one.findtext("{*}title"): one.findtext("{*}summary") for one in feed.iterfind("{*}entry")}
    assert told["Résultat : Que construire ?"] == choice.sentence
    # and the effects of the card are effects, not somebody concerned
    assert read.recommendations[0].effects.general == "Moins d’achats inutiles."
    assert "Effets" not in read.recommendations[0].concerned
    assert world.browser().open("/rapport/1/1").has("Effets attendus")


def with_a_choice(title: str = "Un parc") -> Edition:
    options = (
        Option(place=1, title=title, voices="14", outcome="chosen", outcome_label="Retenue"),
        Option(place=2, title="Une piscine", voices="9", outcome="left", outcome_label=""),
    )
    choice = Choice(
        poll=31,
        question="Que construire à la place du parking ?",
        method="approval",
        method_label="Approbation",
        rule="Chaque personne coche les options qui lui conviennent.",
        options=options,
        cast=20,
        blank=1,
        entitled=40,
        outcome_label="Choisi",
        sentence="Un parc est retenu, avec 14 voix.",
        closed_at=dt.datetime(2024, 2, 3, 15, tzinfo=dt.UTC),
        address="https://convention.example/scrutins/31",
        fingerprint="0" * 64,
    )
    return editions.small().model_copy(update={"choices": (choice,)})


@pytest.mark.parametrize("suffix", SAID)
def test_every_file_says_the_choice(suffix):
    said = reading.words(suffix, FORMATS[suffix].write(with_a_choice(), STATIC))
    for words in ("Que construire à la place du parking ?", "Une piscine", "14", "Chaque personne coche les options"):
        assert words in said, words


def test_an_option_is_never_a_formula():
    edition = with_a_choice('=HYPERLINK("https://x")')
    sheet = reading.sheets(FORMATS["xlsx"].write(edition, STATIC))["Choix"]
    assert sheet[0] == [column.name for column in records.CHOICES]
    assert '=HYPERLINK("https://x")' in sheet[1] and "FORMULA" not in sheet[1]


def test_what_was_frozen_before_keeps_its_fingerprint_and_the_schema_knows_both():
    without, having = editions.small(), with_a_choice()
    assert b'"choices"' not in canonical(without) and b'"choices"' in canonical(having)
    assert b'"general"' not in canonical(without)
    for edition in (without, having):
        jsonschema.validate(edition.model_validate_json(canonical(edition)).model_dump(mode="json"), schema())
        assert canonical(Edition.model_validate_json(canonical(edition))) == canonical(edition)
