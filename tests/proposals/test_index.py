from tests.proposals.scene import proposal, set_up
from tests.world import World


def some(world: World, count: int, first: int = 1) -> None:
    nadia = world.member("Nadia")
    for n in range(first, first + count):
        proposal(
            world, nadia, title=f"Proposition numéro {n:04}", theme="sante" if n % 3 == 0 else "transition-ecologique"
        )


def test_the_list_comes_by_twenty_and_keeps_its_addresses(world: World) -> None:
    set_up(world)
    some(world, 24)
    page = world.browser().open("/propositions")
    assert page.has("24 propositions")
    assert len(page.all(".item")) == 20
    # A filter left alone must not stop the form from leaving
    assert not page.all(".filters [required]")
    page = page.follow("Page suivante")
    assert page.address == "/propositions?page=2"
    assert len(page.all(".item")) == 4
    page = world.browser().open("/propositions?theme=sante&tri=recentes")
    assert page.has("8 propositions")
    assert page.all(".item-t")[0].text_content().endswith("0024")
    assert page.browser.open("/propositions?q=numéros 0012").has("1 proposition")
    assert page.browser.open("/propositions?theme=inconnu").has("Aucune proposition ne correspond")
    assert page.browser.open("/propositions?q=péage").has("Aucune proposition ne contient « péage »")
    assert page.browser.open("/propositions?page=99").has("n’existe pas")
    assert page.browser.open("/propositions?q=numéro&page=99").has("n’existe pas")
    # Words, theme and status together: each is counted with the others
    both = page.browser.open("/propositions?q=numéro&theme=sante&statut=submitted")
    assert both.has("8 propositions")
    assert both.browser.open("/propositions?theme=sante&statut=withdrawn").has("Aucune proposition ne correspond")
    part = page.browser.part("/propositions", theme="sante")
    assert len(part.all(".item")) == 8
    assert part.one("#liste") is not None


def test_an_empty_list_says_when_it_fills(world: World) -> None:
    assert world.browser().open("/propositions").has("Les membres n’ont pas encore écrit.")
    assert world.browser(world.facilitator()).open("/animation/propositions").has("Rien n’attend de vote.")


def test_the_list_asks_as_many_questions_for_few_as_for_many(world: World) -> None:
    set_up(world)
    some(world, 24)
    browser = world.browser(world.facilitator())
    addresses = ("/propositions", "/propositions?q=numéro&theme=sante&tri=titre", "/animation/propositions")
    few = [world.queries(lambda address=address: browser.open(address)) for address in addresses]
    some(world, 476, first=25)
    assert [world.queries(lambda address=address: browser.open(address)) for address in addresses] == few
