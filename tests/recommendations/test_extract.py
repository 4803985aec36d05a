"""A part of an edition: chosen on its page, drawn beside, told as an extract in every file."""

import json

import jsonschema
import pytest

from convention.recommendations import extract, shelf
from convention.recommendations.files import FORMATS, schema
from convention.recommendations.snapshot import canonical, fingerprint
from tests.recommendations.files import editions, reading
from tests.recommendations.files.conftest import STATIC
from tests.recommendations.test_scale import put


def test_who_needs_two_recommendations_takes_them_alone(world):
    # Given an edition of three, and Benoît, who answers for the ecology department
    put(world, editions.small())
    page = world.browser().open("/rapport/2").follow("Prendre une partie seulement")

    # When he ticks a theme and one recommendation more
    page = page.press("Préparer l’extrait", theme="ecologie", reco="12")

    # Then each file holds these two, at an address made of their numbers
    assert page.has("2 recommandations sur 3")
    assert [one.get("value") for one in page.all("input[name=reco]") if one.get("checked") is not None] == ["9", "12"]
    answer = page.follow("Extrait en JSON").response
    assert "extrait.json?reco=9&reco=12" in str(answer.url)
    tree = json.loads(answer.content)
    assert [one["number"] for one in tree["recommendations"]] == [9, 12]
    assert tree["extract"]["sha256"] == fingerprint(editions.small()) and tree["extract"]["recommendations"] == 3
    jsonschema.validate(tree, schema())
    assert "avis-citoyen-edition-2-extrait.json" in answer.headers["content-disposition"]


def test_nothing_chosen_asks_again_and_draws_nothing(world):
    put(world, editions.small())
    assert world.browser().open("/rapport/2/extrait?reco=77").has("Cochez au moins un thème")
    for address in ("extrait.pdf", "extrait.pdf?reco=77", "extrait.zip?reco=9", "extrait.json?reco=-9&reco=x"):
        world.browser().open(f"/rapport/2/{address}", status=404)
    world.browser().open("/rapport/3/extrait?reco=9", status=404)


def test_a_part_says_what_concerns_it_and_no_more():
    whole = editions.small()
    one = extract.part(whole, {9})
    assert [vote.poll for vote in one.votes] == [11, 12, 13]
    assert [theme.slug for theme in one.themes] == ["ecologie"]
    assert one.minority_positions == whole.minority_positions  # it names no proposal: it speaks of all
    assert not (one.summary or one.letter or one.unsettled or one.experts)
    assert one.recommendations == whole.recommendations[:1]
    assert fingerprint(one) == fingerprint(whole)
    assert b'"extract"' not in canonical(whole)
    other = whole.minority_positions[0].model_copy(update={"about": "Proposition 3, l’ensemble"})
    named = whole.model_copy(update={"minority_positions": (other,)})
    assert not extract.part(named, {9}).minority_positions and extract.part(named, {3}).minority_positions


@pytest.mark.parametrize("suffix", ["pdf", "docx", "odt", "csv"])
def test_every_file_says_that_it_is_a_part_and_of_which(suffix):
    whole = editions.small()
    said = reading.words(suffix, FORMATS[suffix].write(extract.part(whole, {9, 12}), STATIC))
    assert "2 recommandations sur 3 : les n° 9 et 12." in said
    assert fingerprint(whole) in said.replace(" ", "")
    assert "Publier la fiche avec le marché" in said
    assert "Garder une personne au bout du fil" not in said
    if suffix != "csv":
        assert "Extrait de l’édition n° 2" in said


def test_few_wait_and_few_are_kept(tmp_path, monkeypatch):
    whole = editions.small()
    content, sha256 = canonical(whole).decode(), fingerprint(whole)
    # Given room for two
    monkeypatch.setattr(shelf, "KEPT", 2)
    paths = [shelf.draw_extract(tmp_path, sha256, content, FORMATS["json"], key) for key in ("3", "9", "12")]

    # Then the first is forgotten, and drawn again the same when it is asked for
    assert [path.exists() for path in paths] == [False, True, True]
    assert shelf.draw_extract(tmp_path, sha256, content, FORMATS["json"], "3") == paths[0]
    assert json.loads(paths[0].read_bytes())["extract"]["numbers"] == [3]

    # and whoever comes while as many wait as may is told to come back
    waiting = [shelf._asking.acquire(blocking=False) for _ in range(4)]
    try:
        assert all(waiting)
        with pytest.raises(shelf.NotDrawn):
            shelf.draw_extract(tmp_path, sha256, content, FORMATS["json"], "9-12")
        assert shelf.draw_extract(tmp_path, sha256, content, FORMATS["json"], "3").exists()
    finally:
        for _ in waiting:
            shelf._asking.release()
