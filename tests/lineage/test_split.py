"""One proposal becomes two: word for word, each paragraph somewhere, or left out with a reason."""

from convention.proposals.models import State
from tests.lineage.scene import OTHER, proposal, set_up, undo
from tests.proposals import scene


def split(world, number=2, name="Omar", **typed):
    given = {
        "titre-1": "Publier", "titre-2": "Plafonner", f"place-{number}-2": "2", f"place-{number}-3": "2",
        "reason": "Elle dit deux choses.",
    }  # fmt: skip
    page = world.browser(world.people[name]).open(f"/propositions/{number}/partager")
    return page.press("Partager la proposition", **{**given, **typed})


def test_a_split_gives_each_paragraph_its_place(world):
    set_up(world)
    page = split(world)
    assert page.has("La proposition 2 est partagée entre les propositions 3 et 4")
    assert [row[2] for row in scene.versions(world, 3)] == [OTHER["mesure-n1"]]
    assert [row[2] for row in scene.versions(world, 4)] == [OTHER["mesure-n2"], OTHER["garde-fou-n1"]]
    assert world.browser().open("/propositions/2").has("Partagée entre les propositions 3 et 4")
    assert world.browser(world.people["Omar"]).open("/propositions/4/modifier").status == 200
    undo(world, name="Omar")
    assert proposal(world, 2).state == State.SUBMITTED


def test_a_split_leaves_no_proposal_empty(world):
    set_up(world)
    page = split(world, **{"place-2-2": "1"})
    assert page.status == 422
    assert page.has("Donnez à cette proposition au moins un paragraphe de la mesure")
    assert split(world, **{"titre-2": ""}).has("Donnez un titre à cette proposition")
    assert split(world, **{"place-2-3": "non"}).has("Dites pourquoi ce paragraphe est laissé de côté")
    assert proposal(world, 2).state == State.SUBMITTED


def test_nobody_splits_what_others_wrote(world):
    set_up(world)
    page = world.browser(world.people["Lina"]).open("/propositions/2/partager")
    assert page.has("Seules les personnes qui ont écrit la proposition, ou l’animation")
    assert not page.all("form[action$=partager]")
