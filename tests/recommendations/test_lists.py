"""The lists of the report: who composes the assembly, who was heard, what was asked, what the words mean."""

import jsonschema
import pytest

from convention.conventions import actions as conventions
from convention.conventions.models import TextKind
from convention.recommendations import lists, rules
from convention.recommendations.files import FORMATS, schema
from convention.recommendations.models import Piece
from convention.recommendations.snapshot import Edition, Share, canonical
from tests.recommendations import seeds
from tests.recommendations.files import editions, reading
from tests.recommendations.files.conftest import STATIC

COMPOSITION = "Genre | Femmes | 21 | 52,3 | Insee, 2022\nGenre | Hommes | 19 | 47,7 % | Insee, 2022"


def write(world, piece, body):
    return world.browser(world.facilitator()).open(f"/animation/rapport/textes/{piece}").press("Enregistrer", body=body)


def frozen(world) -> tuple[Edition, object]:
    seeds.freeze(world)
    read = Edition.model_validate_json(world.browser().open("/rapport/1.json").response.content)
    return read, world.browser().open("/rapport/1")


def test_the_composition_stands_beside_the_population(world):
    # Given Claire, who types two lines at the desk
    seeds.a_convention_that_voted(world)
    page = write(world, "composition", COMPOSITION)
    assert page.has("Le texte est enregistré.")

    # When the edition is frozen
    read, page = frozen(world)

    # Then each category has its members, its share and that of the population, with a bar for each
    assert [(one.category, one.members, one.population_percent) for one in read.composition] == [
        ("Femmes", 21, "52,3 %"),
        ("Hommes", 19, "47,7 %"),
    ]
    rows = [[cell.text_content().strip() for cell in row] for row in page.all("table.composition tbody tr")]
    assert [row[:4] for row in rows] == [
        ["Femmes", "21", "52,5\u00a0%", "52,3 %"],
        ["Hommes", "19", "47,5\u00a0%", "47,7 %"],
    ]
    assert len(page.all("table.composition .share")) == 4
    assert page.has("Source : Insee, 2022.")


def test_shares_of_the_assembly_add_up_to_a_hundred():
    # 11, 10, 8, 7 and 4 of 40, rounded to the unit, made 101 % before the council
    members = (11, 10, 8, 7, 4)
    ages = tuple(Share(criterion="Âge", category=f"Tranche {n}", members=n, population_percent="") for n in members)
    edition = editions.small().model_copy(update={"composition": ages})
    said = reading.words("odt", FORMATS["odt"].write(edition, STATIC))
    for share in ("27,5 %", "25 %", "20 %", "17,5 %", "10 %"):
        assert share in said, share


def test_lines_copied_from_a_spreadsheet_are_read_and_shown(world):
    page = write(world, "composition", "Critère\tCatégorie\tMembres\nÂge\t18 à 29 ans\t12")
    assert page.status == 200
    page = world.browser(world.facilitator()).open("/animation/rapport/textes/composition")
    assert page.one("textarea").text.strip() == "Âge | 18 à 29 ans | 12"
    assert [cell.text_content() for cell in page.all("#lu tbody tr > *")] == ["Âge", "18 à 29 ans", "12", "", ""]


@pytest.mark.parametrize(
    ("piece", "body", "said"),
    [
        ("composition", "Âge | 18 à 29 ans | douze", "Ligne 1. « douze » n’est pas un nombre entier."),
        ("composition", "Âge | Tous | 3\n\nÂge | 18 à 29 ans", "Ligne 3. Il manque la colonne « Membres »."),
        ("composition", "Âge | Tous | 3 | 140", "Ligne 1. « 140 » n’est pas un pourcentage"),
        ("glossaire", "IA | a | b", "Ligne 1. Il y a 3 colonnes, au lieu de 2"),
        ("glossaire", "IA", "Ligne 1. Il manque la colonne « Définition »."),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_lost(world, piece, body, said):
    page = write(world, piece, body)
    assert page.status == 422
    assert page.has(said)
    assert page.one("textarea").text.strip() == body
    assert not world.browser(world.facilitator()).open(f"/animation/rapport/textes/{piece}").has("Version 1")


def test_a_table_in_markdown_is_read_and_a_bar_may_be_written():
    body = "| Mot | Définition |\n|---|:---|\n| IA | Un programme |\n| a\\|b | l’un ou l’autre |"
    assert lists.rows(Piece.GLOSSARY, body) == [("IA", "Un programme"), ("a|b", "l’un ou l’autre")]
    tidy = lists.tidy(Piece.GLOSSARY, body)
    assert lists.rows(Piece.GLOSSARY, tidy) == lists.rows(Piece.GLOSSARY, body)
    assert lists.tidy(Piece.GLOSSARY, tidy) == tidy


def test_who_was_heard_says_her_interests_and_a_note_adds_to_her_line(world):
    from convention.people.models import RoleKind

    seeds.begin(world)
    seeds.submit(world, "Mesurer le coût écologique", "Exiger une fiche.")
    paul = world.browser(world.person("Paul", RoleKind.EXPERT)).open("/propositions/1/relecture")
    paul.press("Publier", kind="expert_note", about="ensemble", text="Le droit le permet.", standing="juriste")
    write(world, "personnes-entendues", "Paul | juriste | Séance 1 | Aucun\nAnne | chercheuse | Séance 2")
    seeds.decide(world, {(1, 1): seeds.KEPT})
    desk = world.browser(world.facilitator()).open("/animation/rapport")
    assert desk.has("Personnes entendues sans liens d’intérêt déclarés : Anne.")
    read, page = frozen(world)
    assert [(one.name, one.heard, one.interests) for one in read.experts] == [
        ("Paul", "Séance 1 ; note sur la proposition 1", "Aucun"),
        ("Anne", "Séance 2", ""),
    ]
    assert page.has("Liens d’intérêt : Aucun")


def test_what_tables_asked_is_in_the_annex_with_what_was_typed(world):
    # Given Fatou, of another table, who asks and is answered; and a question of a sitting, never answered
    seeds.begin(world)
    seeds.submit(world, "Mesurer le coût écologique", "Exiger une fiche.")
    fatou = world.browser(world.member("Fatou")).open("/propositions/1/relecture")
    fatou.press("Publier", kind="question", about="ensemble", text="Qui la remplit ?", standing="table 3")
    write(world, "questions", "Où sont les données ? | table 5")
    seeds.decide(world, {(1, 1): seeds.KEPT})
    assert world.browser(world.facilitator()).open("/animation/rapport").has("2 questions sont restées sans réponse")
    read, page = frozen(world)
    assert [(one.question, one.asked_by, one.about) for one in read.questions] == [
        ("Qui la remplit ?", "table 3", "Proposition 1, l’ensemble"),
        ("Où sont les données ?", "table 5", ""),
    ]
    assert page.has("Restée sans réponse.")
    assert world.browser().open("/propositions/1/relecture").has("Qui la remplit ?")


def test_the_hours_are_those_of_the_agendas(world):
    seeds.a_convention_that_voted(world)
    read, page = frozen(world)
    assert [one.minutes for one in read.sittings] == [480]
    assert page.has("8\u00a0h en 1 séance, d’après son ordre du jour.")


def test_terms_are_in_the_order_of_the_alphabet(world):
    seeds.a_convention_that_voted(world)
    write(world, "glossaire", "Zone | Un lieu\nÉthique | Ce que l’on se doit")
    read, page = frozen(world)
    assert [one.term for one in read.glossary] == ["Éthique", "Zone"]
    assert page.one("#glossaire dl").text_content().startswith("Éthique")


def test_the_desk_says_which_lists_are_missing_and_what_does_not_add_up():
    bare = editions.small().model_copy(
        update={
            "glossary": (),
            "composition": (Share(criterion="Âge", category="Tous", members=38, population_percent=""),),
        }
    )
    said = [remark.sentence for remark in rules.coherence(bare)]
    assert "Listes du rapport à remplir : Glossaire." in said
    assert "Composition, « Âge » : 38 membres comptés, sur 40." in said
    assert "Personnes entendues sans liens d’intérêt déclarés : Paul Serres." in said


def with_sources() -> Edition:
    small = editions.small()
    shares = tuple(one.model_copy(update={"source": "Insee, 2022"}) for one in small.composition)
    asked = (*small.questions, small.questions[0].model_copy(update={"question": "Qui paie ?", "answer": ""}))
    timed = tuple(one.model_copy(update={"minutes": 450}) for one in small.sittings)
    return small.model_copy(update={"composition": shares, "questions": asked, "sittings": timed})


@pytest.mark.parametrize("suffix", ["pdf", "docx", "odt"])
def test_every_document_says_them(suffix):
    said = reading.words(suffix, FORMATS[suffix].write(with_sources(), STATIC))
    for words in ("Source : Insee, 2022.", "18 à 29 ans", "Qui paie ?", "Restée sans réponse.", "15 h en 2 séances"):
        assert words in said, words


def test_the_workbook_has_a_sheet_for_each():
    sheets = reading.sheets(FORMATS["xlsx"].write(with_sources(), STATIC))
    assert sheets["Composition"][1][:3] == ["Âge", "18 à 29 ans", "12"]
    assert sheets["Personnes entendues"][1][0] == "Claire Vidal"
    assert [row[0] for row in sheets["Questions"][1:]] == ["Où sont hébergées les données ?", "Qui paie ?"]
    assert sheets["Glossaire"][1][0] == "IA"


def test_an_edition_frozen_before_them_keeps_its_fingerprint():
    tree = editions.small()
    for field in (b'"source"', b'"about":"","answer"', b'"minutes"'):
        assert field not in canonical(tree)
    assert b'"source"' in canonical(with_sources()) and b'"minutes"' in canonical(with_sources())
    jsonschema.validate(with_sources().model_dump(mode="json"), schema())
    assert canonical(Edition.model_validate_json(canonical(with_sources()))) == canonical(with_sources())


def test_the_rules_the_convention_gave_itself_are_told_with_its_method(world):
    # Given rules of work, published before the report
    seeds.a_convention_that_voted(world)
    rules_said = "Chacun parle à son tour, et personne deux fois avant tous."
    with world.writing() as db:
        conventions.write(db, world.convention, TextKind.RULES, rules_said)

    # Then the edition has them, on the page and in the file to print
    read, page = frozen(world)
    assert read.working_rules == rules_said
    assert page.has(rules_said)
    assert rules_said in reading.words("docx", FORMATS["docx"].write(read, STATIC))

    # And one frozen without them keeps its fingerprint
    assert b"working_rules" not in canonical(read.model_copy(update={"working_rules": ""}))
