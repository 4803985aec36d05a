"""Who was heard is in the edition, with her quality and what she spoke of."""

from convention.people.models import RoleKind
from convention.recommendations.snapshot import Edition
from tests.recommendations import seeds


def test_who_wrote_a_note_is_among_those_heard(world):
    # Given Paul, expert, who left a note beside a proposal that is then kept
    seeds.begin(world)
    seeds.submit(world, "Mesurer le coût écologique", "Exiger une fiche.")
    paul = world.browser(world.person("Paul", RoleKind.EXPERT)).open("/propositions/1/relecture")
    page = paul.press("Publier", kind="expert_note", about="ensemble", text="Le droit le permet.", standing="juriste")
    assert page.status == 200, page.text
    seeds.decide(world, {(1, 1): seeds.KEPT})
    seeds.freeze(world)

    # Then he is named in the tree and on the page
    read = Edition.model_validate_json(world.browser().open("/rapport/1.json").response.content)
    who = [(one.name, one.quality, one.heard) for one in read.experts]
    assert who == [("Paul", "juriste", "note sur la proposition 1")]
    assert world.browser().open("/rapport/1").has("Les personnes entendues")
