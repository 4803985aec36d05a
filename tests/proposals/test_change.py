from convention.programme.models import Activity
from tests.proposals.scene import CARD, proposal, set_phase, set_up, versions, write_together
from tests.world import World


def test_changed_paragraphs_have_one_more_version(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    page = world.browser(nadia).open("/propositions/1").follow("Modifier")
    page = page.press(
        "Publier la nouvelle version",
        reason="Un poids trop fort écarte les petites entreprises.",
        **{"mesure-2": "Noter cette fiche pour 10 % au moins de la note totale du marché."},
    )
    assert page.has("La nouvelle version est publiée")
    assert [(p, v) for p, v, _text in versions(world, 1)] == [(1, 1), (2, 1), (2, 2), (3, 1)]

    page = world.browser().open("/propositions/1")
    assert page.has("Noter cette fiche pour 10 % au moins de la note totale du marché.")
    assert page.has("de la version 1 à la version 2")
    # The difference is said in words, and marked
    assert page.one(".diff del").text_content().split() == ["supprimé", "20"]
    assert [ins.text_content().split()[0] for ins in page.all(".diff ins")] == ["ajouté", "ajouté"]
    assert page.has("Un poids trop fort écarte les petites entreprises.")

    page = page.follow("Historique")
    assert page.has("Noter cette fiche pour 20 % au moins de la note totale.")
    assert world.browser().open("/recherche?q=20").has("Aucun texte")


def test_the_rest_of_the_card_keeps_its_history_too(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    page = world.browser(nadia).open("/propositions/1/modifier")
    page.press("Publier la nouvelle version", title="Connaître le coût écologique avant l’achat", theme="sante")
    page = world.browser().open("/propositions/1/versions")
    assert page.has("Version 2")
    assert len(page.all("#fiche del")) >= 2
    assert page.has("Santé")
    assert not page.all("#p-1 del")


def test_publishing_without_a_change_makes_no_version(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    world.browser(nadia).open("/propositions/1/modifier").press("Publier la nouvelle version")
    assert len(versions(world, 1)) == 3
    assert world.browser().open("/propositions/1/versions").has("n’a pas changé")


def test_a_paragraph_is_added_after_the_others_and_taken_out_with_its_number(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    page = world.browser(nadia).open("/propositions/1/modifier")
    page.press("Publier la nouvelle version", **{"mesure-2": "", "mesure-n1": "Former les acheteurs."})
    page = world.browser().open("/propositions/1")
    assert not page.all("#p-2")
    assert page.one("#p-4").text_content().split()[1] == "1.4"
    assert world.browser().open("/propositions/1/versions").has("Enlevé le")
    page = world.browser(nadia).open("/propositions/1/modifier")
    page = page.press("Publier la nouvelle version", **{"mesure-1": "", "mesure-4": ""})
    assert page.status == 422
    assert page.has("Écrivez au moins un paragraphe")


def test_others_may_not_change_it(world: World) -> None:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    proposal(world, nadia)
    said = "Seules les personnes qui ont écrit cette proposition"
    assert world.browser(omar).open("/propositions/1/modifier", status=403).has(said)
    assert world.browser(world.facilitator()).open("/propositions/1/modifier", status=403).has(said)
    page = world.browser(nadia).open("/propositions/1/modifier")
    page.browser = world.browser(omar)
    assert page.press("Publier la nouvelle version", **{"mesure-1": "Autre chose."}).status == 403
    assert len(versions(world, 1)) == 3


def test_two_write_together_and_do_not_erase_each_other(world: World) -> None:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    proposal(world, nadia)
    write_together(world, nadia, omar)

    hers, his = (
        world.browser(nadia).open("/propositions/1/modifier"),
        world.browser(omar).open("/propositions/1/modifier"),
    )
    hers.press("Publier la nouvelle version", **{"mesure-1": "La version de Nadia."})
    late = his.press("Publier la nouvelle version", **{"mesure-1": "La version d’Omar."})
    assert late.status == 422
    assert late.has("Ce texte a changé depuis que vous l’avez ouvert")
    assert late.one("[name=mesure-1]").text.strip() == "La version d’Omar."
    assert late.press("Publier la nouvelle version").has("La nouvelle version est publiée")
    assert [text for p, _v, text in versions(world, 1) if p == 1] == [
        CARD["mesure-n1"], "La version de Nadia.", "La version d’Omar.",
    ]  # fmt: skip


def test_outside_its_phase_nothing_changes(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    page = world.browser(nadia).open("/propositions/1/modifier")
    set_phase(world, Activity.EDIT, opens=-2, closes=-1)
    said = "La modification des propositions est close depuis le"
    assert page.press("Publier la nouvelle version", **{"mesure-1": "Trop tard."}).has(said)
    assert world.browser(nadia).open("/propositions/1").has(said)
    assert len(versions(world, 1)) == 3


def test_a_draft_of_a_change_is_kept_and_remembers_its_text(world: World) -> None:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    proposal(world, nadia)
    browser = world.browser(nadia)
    write_together(world, nadia, omar)
    page = browser.open("/propositions/1/modifier")
    page = page.press("Enregistrer le brouillon", **{"mesure-1": "En chemin."})
    assert page.one("[name=mesure-1]").text.strip() == "En chemin."
    assert world.browser(omar).open("/propositions/1/modifier").one("[name=mesure-1]").text.strip() != "En chemin."
    world.browser(omar).open("/propositions/1/modifier").press("Publier la nouvelle version", constat="Autre constat.")
    # The draft was begun on the text before Omar's: it is said before it could undo his change
    assert browser.open("/propositions/1/modifier").press("Publier la nouvelle version").status == 422
