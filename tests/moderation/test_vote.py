"""What was voted, then hidden: the pages and files of polls cover it, and suspended members still vote."""

import hashlib
import json
from typing import Any

from tests.moderation import scene
from tests.moderation.scene import INSULT
from tests.proposals import scene as proposals

HIDDEN = "un crétin fini"
ADDRESSES = ("/", "/scrutins", "/scrutins/1", "/scrutins/1/resultat.json", "/api/v1/polls/1", "/propositions/1")


def voted(world: Any) -> None:
    """The insulting paragraph was kept by a vote."""
    scene.set_up(world)
    world.facilitator()
    world.member("Omar")
    poll = proposals.prepare(world, 1, 2)
    proposals.count(world, poll, [proposals.WELL])


def read(world, person=None):
    answers = [world.browser(person).client.get(address) for address in ADDRESSES]
    assert all(answer.status_code == 200 for answer in answers), [(one.url, one.status_code) for one in answers]
    return "\n".join(answer.text for answer in answers)


def test_what_was_voted_then_hidden_is_covered_in_the_result(world):
    voted(world)
    assert HIDDEN in read(world)
    scene.flag(world, scene.paragraph(world))
    assert scene.decide(world, world.people["Claire"], "hidden").has("La décision est prise")
    everything = read(world)
    assert HIDDEN not in everything and "[Texte masqué par la modération]" in everything

    # The public file says so; the guarantor's is the original, and its fingerprint is the one announced
    public = json.loads(world.browser().client.get("/scrutins/1/resultat.json").text)
    assert public["masked"] == [1]
    original = world.browser(world.guarantor()).client.get("/scrutins/1/resultat.json").text
    assert INSULT in original
    shown = world.browser().open("/scrutins/1").text.replace(" ", "")
    assert hashlib.sha256(original.encode()).hexdigest() in shown


def test_a_title_hidden_with_its_proposal_is_covered_in_its_votes(world):
    voted(world)
    title = "Mesurer le coût écologique"
    assert title in read(world)
    scene.flag(world, scene.card(world), reason="off_topic")
    scene.decide(world, world.people["Claire"], "hidden", rule="off_topic")
    everything = read(world)
    assert title not in everything and HIDDEN not in everything


def test_a_hidden_paragraph_is_not_put_to_the_vote(world):
    scene.set_up(world)
    claire = world.facilitator()
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, claire, "hidden")
    page = world.browser(claire).open("/propositions/1/mettre-au-vote")
    assert page.has("Masqué par la modération : à réécrire, ou à contester, d’abord.")
    assert HIDDEN not in page.response.text


def test_who_decides_is_told_that_a_vote_is_going_on(world):
    scene.set_up(world)
    claire = world.facilitator()
    world.member("Omar")
    proposals.prepare(world, 1, 2)
    scene.flag(world, scene.paragraph(world))
    page = scene.case(world, claire)
    assert page.has("Ce texte est dans le scrutin n° 1 : s’il est masqué, les membres votent sans le lire.")
    scene.decide(world, claire, "hidden")
    assert HIDDEN not in read_ballot(world)
    page = world.browser(world.people["Lina"]).open("/moderation").follow("Décision n° 1")
    assert page.has("vous pourrez le réécrire quand il sera fermé") and not page.has("Vous pouvez le réécrire")


def read_ballot(world):
    page = world.browser(world.people["Omar"]).open("/scrutins/1")
    return page.response.text
