"""The trace of a text is walked both ways, and each version of a paragraph has an address that stays."""

from convention.programme.models import Activity
from tests.amendments import scene as amendments
from tests.lineage.scene import merge, set_up
from tests.proposals import scene
from tests.proposals import test_plain as plain
from tests.reservations import scene as reservations
from tests.reservations.test_review import NOTE, review


def test_the_trace_is_walked_both_ways(world):
    set_up(world)
    merge(world)
    trace = world.browser().open("/propositions/1/parcours")
    assert trace.has("Proposition n° 1 déposée")
    assert trace.has("Les propositions 1 et 2 sont réunies dans la proposition 3")
    new = trace.follow("Parcours de la 3")
    assert new.address == "/propositions/3/parcours"
    assert new.follow("Parcours de la 2").address == "/propositions/2/parcours"


def test_an_amendment_and_a_vote_are_in_the_trace_and_lead_back(world):
    amendments.set_up(world)
    amendments.submit(world)
    amendments.accept(world)
    poll = scene.prepare(world, 1, 2)
    scene.count(world, poll, [scene.WELL])
    trace = world.browser().open("/propositions/1/parcours")
    for words in ("Amendement n° 1 déposé", "Amendement n° 1 : accepté", "Vote n° 1", "1.2 : gardé"):
        assert trace.has(words), words
    version = trace.follow("Version 2")
    assert version.address == "/propositions/1/paragraphes/2/versions/2"
    assert version.has("a écrit cette version")
    assert version.has("En vigueur")
    former = version.follow("Version 1")
    assert former.has(amendments.SECOND)
    assert former.has("Une version plus récente existe")
    assert version.follow("Parcours de la proposition").address == "/propositions/1/parcours"


def test_what_others_added_to_a_text_is_in_its_trace(world):
    reservations.set_up(world)
    lina = world.browser(world.people["Lina"])
    review(world)
    lina.open("/propositions/1/relecture").press("Publier la réponse", text="Les services.")
    review(world, "Paul", kind="expert_note", text=NOTE, standing="juriste, commande publique")
    scene.set_phase(world, Activity.PROPOSE, Activity.EDIT, Activity.AMEND)
    amendments.submit(world, paragraph="nouveau", text="Former les acheteurs.", section="safeguard")
    amendments.accept(world)
    plain.write(lina)
    # Plain words that nobody has approved are told to nobody
    assert not world.browser().open("/propositions/1/parcours").has("Texte simple")
    plain.approve(world.browser(world.people["Claire"]))
    trace = world.browser().open("/propositions/1/parcours")
    for words in ("Relecture : question", "groupe 6", "Réponse à une relecture", "Relecture : note d’expert·e",
                  "juriste, commande publique", "Paragraphe 1.4 ajouté", "Texte simple approuvé"):  # fmt: skip
        assert trace.has(words), words
    assert not trace.has("Paragraphe 1.1 ajouté")


def test_what_is_not_there_is_not_found(world):
    set_up(world)
    for address in ("/propositions/1/paragraphes/9/versions/1", "/propositions/1/paragraphes/1/versions/2",
                    "/propositions/9/parcours", "/reunions/1"):  # fmt: skip
        world.browser().open(address, status=404)


def test_the_list_asks_as_much_whatever_its_length(world):
    set_up(world)
    merge(world)
    browser = world.browser()
    few = world.queries(lambda: browser.open("/reunions"))
    for n in range(3):
        scene.proposal(world, world.people["Nadia"], title=f"Une {n}")
        merge(world, "Claire", *((3, 4) if n == 0 else (5, 6) if n == 1 else (7, 8)))
    assert browser.open("/reunions").has("4 réunions et partages")
    assert world.queries(lambda: browser.open("/reunions")) == few
