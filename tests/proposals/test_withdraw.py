from tests.proposals.scene import CARD, prepare, proposal, set_up
from tests.proposals.test_import import DECIDIM, send
from tests.world import World


def test_a_withdrawn_proposal_stays_readable_in_its_place(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia)
    proposal(world, nadia, title="Une autre")
    page = world.browser(nadia).open("/propositions/1").follow("Retirer")
    assert page.press("Retirer la proposition").has("Dites en une phrase pourquoi")
    page = page.press("Retirer la proposition", reason="La proposition 2 dit la même chose.")
    assert page.has("La proposition est retirée")
    page = world.browser().open("/propositions/1")
    assert page.title == CARD["title"]
    assert page.has("La proposition 2 dit la même chose.")
    assert page.has("Exiger une fiche d’impact")
    page = world.browser().open("/propositions")
    assert page.has("2 propositions")
    assert page.has("Retirée")
    assert world.browser().open("/propositions?statut=withdrawn").has("1 proposition")
    assert world.browser().open("/recherche?q=coût écologique avant acheter").has("Aucun texte")
    world.browser(nadia).open("/propositions/1/modifier", status=403).has("son texte ne change plus")
    assert world.browser(nadia).open("/propositions/1/retirer").has("déjà retirée")


def test_only_its_authors_withdraw_it(world: World) -> None:
    set_up(world)
    proposal(world, world.member("Nadia"))
    omar = world.browser(world.member("Omar"))
    assert not omar.open("/propositions/1").all("a[href$=retirer]")
    assert omar.open("/propositions/1/retirer").has("Seules les personnes qui ont écrit")
    assert omar.post("/propositions/1/retirer", {"reason": "Pour voir."}).status == 403


def test_it_is_not_withdrawn_under_a_vote(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    world.member("Omar"), world.facilitator()
    proposal(world, nadia)
    prepare(world, 1)
    assert world.browser(nadia).open("/propositions/1/retirer").has("attendez qu’il soit fermé")


def test_who_facilitates_takes_back_what_she_wrote_for_others(world: World) -> None:
    # Given a proposal that Claire imported, and one of Nadia's
    set_up(world)
    proposal(world, world.member("Nadia"))
    claire = world.facilitator("Claire")
    send(world, DECIDIM)
    # Then she may take back the first, as its page offers
    page = world.browser(claire).open("/propositions/2").follow("Retirer")
    assert page.press("Retirer la proposition", reason="Importée par erreur.").has("La proposition est retirée")
    # And not the other
    assert "Retirer" not in world.browser(claire).open("/propositions/1").links()
    assert world.browser(claire).open("/propositions/1/retirer").has("Seules les personnes qui ont écrit")
    answer = world.browser(claire).client.post("/propositions/1/retirer", data={"reason": "Non."})
    assert answer.status_code == 403
