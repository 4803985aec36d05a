"""Where a recommendation comes from: every step has its moment and its address, in every file."""

import csv
import io

import pytest

from convention.people.models import RoleKind
from convention.recommendations.files import FORMATS
from convention.recommendations.snapshot import Edition
from tests.amendments import scene as amendments
from tests.recommendations import seeds
from tests.recommendations.files import editions, reading
from tests.recommendations.files.conftest import STATIC
from tests.reservations.scene import write as reserved


def test_its_steps_run_from_its_submission_to_who_stands_apart(world):
    # Given a proposal that Fatou’s table read, Paul annotated, its authors rewrote; twice voted, once reserved
    seeds.begin(world)
    seeds.submit(world, "Mesurer le coût écologique", "Exiger une fiche.", "Noter fortement cette fiche.")
    fatou = world.browser(world.member("Fatou"))
    fatou.open("/propositions/1/relecture").press(
        "Publier", kind="question", about="ensemble", text="Qui la remplit ?", standing="table 3"
    )
    paul = world.browser(world.person("Paul", RoleKind.EXPERT)).open("/propositions/1/relecture")
    paul.press("Publier", kind="expert_note", about="ensemble", text="Le droit le permet.", standing="juriste")
    seeds.decide(world, {(1, 1): seeds.KEPT, (1, 2): seeds.NOT_KEPT})
    seeds.rewrite(world, 1, 2, "Noter cette fiche pour 10 % au moins.")
    seeds.decide(world, {(1, 2): seeds.KEPT})
    page = reserved(world, "Fatou", text="Dix pour cent ne changeront rien aux achats.")
    assert page.has("Votre réserve est publiée")

    # When the edition is frozen
    seeds.freeze(world)

    # Then its origin says it all, in order
    read = Edition.model_validate_json(world.browser().open("/rapport/1.json").response.content)
    origin = read.recommendations[0].origin
    assert [step.what for step in origin] == [
        "Proposition n° 1 déposée",
        "Question\u00a0: table 3",
        "Note d’expert·e\u00a0: Paul, juriste",
        "Scrutin n° 1",
        "Paragraphe 1.2, version 2",
        "Scrutin n° 2",
        "1 réserve",
    ]
    assert all(step.address and step.address.startswith(read.convention.address) for step in origin)
    assert origin[3].detail == (
        "1.1 : Bien, gardé ; 1.2 : Passable, à réécrire (jugement majoritaire, comptage à main levée)"
    )
    assert origin[-1].detail == "1 signataire"
    page = world.browser().open("/rapport/1/1")
    steps = [reading.plain(one.text_content()) for one in page.all("#origine li p:not(.meta)")]
    assert steps == [reading.plain(step.what) for step in origin], "but for the spaces that a line must not break"
    for step in origin:
        path = step.address.removeprefix(read.convention.address).partition("#")[0]
        assert world.browser().open(path).status == 200


def test_an_amendment_that_was_accepted_is_named_by_the_version_that_took_it_in(world):
    seeds.begin(world)
    seeds.submit(world, "Mesurer le coût écologique", "Exiger une fiche.")
    world.member("Omar")
    amendments.submit(world, "Omar", paragraph=1, text="Exiger une fiche publiée.", rationale="Chacun doit la lire.")
    assert amendments.accept(world, name="Membre 1").has("L’amendement est accepté")
    seeds.decide(world, {(1, 1): seeds.KEPT})
    seeds.freeze(world)
    read = Edition.model_validate_json(world.browser().open("/rapport/1.json").response.content)
    (step,) = [one for one in read.recommendations[0].origin if one.what == "Paragraphe 1.1, version 2"]
    assert step.detail == "membre, amendement n° 1 accepté"


@pytest.mark.parametrize("suffix", ["pdf", "gros.pdf", "docx", "odt", "txt", "csv", "xlsx", "json"])
def test_every_file_says_the_steps(suffix):
    small = editions.small()
    said = reading.words(suffix, FORMATS[suffix].write(small, STATIC))
    for step in small.recommendations[0].origin:
        for words in (step.when, step.what, step.detail):
            assert reading.plain(words) in said, words


def test_the_csv_gives_one_line_a_step():
    content = FORMATS["csv"].write(editions.small(), STATIC).decode("utf-8-sig")
    first = next(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert first["origine"].splitlines() == [
        "2 décembre 2023, Idées n° 14, 31 et 52 : Tables 3 et 5, une contribution papier",
        f"20 janvier 2024, Version 2 gardée <{editions.SITE}/paragraphes/9.2>",
    ]
