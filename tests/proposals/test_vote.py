from convention.programme.models import Activity
from tests.proposals.scene import BADLY, CARD, WELL, count, prepare, proposal, set_phase, set_up, versions
from tests.world import World

NEW = "Noter cette fiche pour 10 % au moins."


def test_what_is_not_kept_is_rewritten_then_voted_again(world: World) -> None:
    # Given a proposal whose three paragraphs were voted, the second not being kept
    set_up(world)
    nadia = world.member("Nadia")
    omar, claire = world.member("Omar"), world.facilitator()
    proposal(world, nadia)
    poll = prepare(world, 1)
    assert world.browser().open("/propositions/1").has("Vote ouvert")
    count(world, poll, [WELL, BADLY, WELL])
    page = world.browser().open("/propositions/1")
    assert page.has("À réécrire")
    assert "gardé" in page.one("#p-1").text_content()
    assert "À réécrire" in page.one("#p-2").text_content()
    assert "2 voix" in page.one("#p-2").text_content().replace("\xa0", " ")
    assert world.browser().open("/propositions?statut=to_rewrite").has("1 proposition")

    # When the phase of changes is over, its author may still rewrite that paragraph, and that one only
    set_phase(world, Activity.VOTE)
    assert world.browser(omar).open("/propositions/1/modifier", status=403)
    page = world.browser(nadia).open("/propositions/1").follow("Réécrire")
    assert not page.all("[name=mesure-1], [name=title]")
    assert page.has("Ce paragraphe est gardé par un vote")
    assert page.press("Publier la nouvelle version", **{"mesure-2": ""}).has("écrivez votre nouvelle version")
    page = page.press("Publier la nouvelle version", **{"mesure-2": NEW})
    assert page.has("La nouvelle version est publiée")

    # Then the second version can be voted, and kept
    assert world.browser().open("/propositions/1").has("Pas encore de vote")
    count(world, prepare(world, 1, 2), [WELL])
    page = world.browser().open("/propositions/1")
    assert page.has("Gardée")
    assert page.all(".vers .vmini")
    assert world.browser().open("/propositions?statut=kept").has("1 proposition")
    assert world.browser(nadia).open("/propositions/1/modifier", status=403)
    assert world.browser(nadia).open("/propositions/1/retirer").has("ne peut plus être retirée")
    assert claire is not None


def test_the_facilitators_rewrite_for_the_authors_and_it_is_said(world: World) -> None:
    set_up(world)
    proposal(world, world.member("Nadia"))
    world.member("Omar")
    claire = world.browser(world.facilitator())
    count(world, prepare(world, 1, 2), [BADLY])
    page = claire.open("/propositions/1/modifier")
    assert page.has("Vous écrivez pour les auteurs")
    page.press("Publier la nouvelle version", **{"mesure-2": NEW})
    assert world.browser().open("/propositions/1").has("écrite par l’animation")
    assert versions(world, 1)[2] == (2, 2, NEW)


def test_a_paragraph_under_a_poll_does_not_change(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    world.member("Omar"), world.facilitator()
    proposal(world, nadia)
    page = world.browser(nadia).open("/propositions/1/modifier")
    prepare(world, 1, 2)
    answer = page.press("Publier la nouvelle version", **{"mesure-2": NEW})
    assert answer.status == 422
    assert answer.has("dans le scrutin n° 1")
    assert answer.has(NEW)
    edit = world.browser(nadia).open("/propositions/1/modifier")
    assert not edit.all("[name=mesure-2], [name=title]")
    assert edit.press("Publier la nouvelle version", **{"mesure-1": "Exiger une fiche."}).status == 200


def test_facilitators_choose_paragraphs_of_several_proposals(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    proposal(world, nadia, title="Une autre", theme="sante")
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/propositions")
    assert len(page.all("input[name=paragraphe]")) == 6
    assert len(page.follow("Une autre").all(".clause")) == 3
    assert page.press("Préparer le vote", titre="").status == 422
    chosen = [one.get("value") for one in page.all("input[name=paragraphe]")][2:4]
    planned = page.press("Préparer le vote", titre="Premier vote", paragraphe=chosen)
    assert planned.address == "/animation/scrutins/1", planned.address
    page = claire.open("/animation/propositions")
    assert len(page.all("input[name=paragraphe]")) == 4
    assert page.has("Déjà dans le scrutin n° 1.")
    again = claire.post("/animation/propositions", {"titre": "Encore", "paragraphe": chosen})
    assert again.status == 403
    assert again.has("Déjà dans le scrutin n° 1.")
    assert claire.post("/animation/propositions", {"titre": "x", "paragraphe": "42"}).status == 403
    world.browser(nadia).open("/animation/propositions", status=403)


def test_one_proposal_is_put_to_the_vote_whole(world: World) -> None:
    set_up(world)
    proposal(world, world.member("Nadia"))
    claire = world.browser(world.facilitator())
    page = claire.open("/propositions/1").follow("Mettre au vote")
    assert page.one("[name=titre]").get("value") == CARD["title"]
    assert page.press("Préparer le vote").address == "/animation/scrutins/1"

    # And once it is, the page has nothing more to choose and says so
    again = claire.open("/propositions/1/mettre-au-vote")
    assert again.has("Aucun de ces paragraphes ne peut être mis au vote")
    assert not again.all("[name=paragraphe], [name=titre]")


def test_words_changed_meanwhile_are_not_voted_by_mistake(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    claire = world.browser(world.facilitator())
    page = claire.open("/propositions/1/mettre-au-vote")
    world.browser(nadia).open("/propositions/1/modifier").press("Publier la nouvelle version", **{"mesure-1": "Autre."})
    answer = page.press("Préparer le vote")
    assert answer.status == 403
    assert answer.has("vient de changer")
