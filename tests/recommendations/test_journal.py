"""The guarantors' journal is an annex of the report: as it was when the edition was frozen, and by role alone."""

from convention.recommendations.snapshot import Edition
from tests.recommendations import seeds

TITLE = "Un expert sans déclaration d’intérêts"
TEXT = "L’expert invité samedi a travaillé pour un fournisseur. Sa fiche n’en dit rien."
ANSWER = "La fiche est complétée depuis ce matin, et les membres prévenus."


def write(world, title, text, *, publish=True):
    page = world.browser(world.guarantor()).open("/garants/journal/ecrire")
    page = page.press("Enregistrer le brouillon", kind="alert", title=title, text=text)
    if publish:
        page.press("Publier, signé de mon nom")


def test_what_guarantors_published_is_in_the_edition_and_stays_as_it_was(world):
    seeds.a_convention_that_voted(world)
    # Given an alert with its answer, another without, and a draft that nobody else reads
    write(world, TITLE, TEXT)
    claire = world.browser(world.facilitator())
    claire.open("/journal-des-garants/1").press("Publier la réponse", text=ANSWER)
    write(world, "Le micro manque à la table 4", "Deux personnes n’ont pas pu être entendues samedi.")
    write(world, "Rien n’est sûr", "Ceci n’est encore qu’un brouillon de travail.", publish=False)

    # When the edition is frozen, and more is said afterwards
    seeds.freeze(world)
    write(world, "Après coup", "Ceci a été publié après la première édition.")

    # Then the edition holds what there was, in order, and nobody's name
    read = Edition.model_validate_json(world.browser().open("/rapport/1.json").response.content)
    assert [(one.number, one.title) for one in read.guarantors_journal] == [
        (1, TITLE),
        (2, "Le micro manque à la table 4"),
    ]
    first, second = read.guarantors_journal
    assert ([reply.text for reply in first.replies], second.replies) == ([ANSWER], ())
    assert first.address.endswith("/journal-des-garants/1")
    assert "Solange" not in read.model_dump_json()

    # And the page says the same, the unanswered alert as such
    page = world.browser().open("/rapport/1")
    annex = page.one("#journal-des-garants").text_content()
    assert TITLE in annex
    assert ANSWER in annex
    assert "Sans réponse de l’organisation quand l’édition a été figée." in annex
    assert "Après coup" not in annex
    assert "brouillon" not in annex

    # And the next edition says what changed
    seeds.freeze(world)
    changes = world.browser().open("/rapport/2/differences/1")
    assert changes.has("Journal des garants")
    assert changes.has("Ceci a été publié après la première édition.")
