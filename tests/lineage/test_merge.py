"""Two proposals become one: nobody's words are lost, nobody's signature is moved."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from convention.kit.mail import OutgoingMail
from convention.proposals import queries as proposals
from convention.proposals.models import State
from tests.lineage.scene import OTHER, WHY, compose, merge, proposal, recast, set_up
from tests.proposals import scene


def authors(world, number):
    with world.reading() as db:
        return {one.name for one in proposals.authors(db, proposal(world, number))}


def test_a_merge_makes_a_new_text_and_the_former_ones_lead_to_it(world):
    set_up(world)
    page = merge(world)
    assert page.status == 200, page.text
    assert page.has("Les propositions 1 et 2 sont réunies dans la proposition 3")
    assert authors(world, 3) == {"Lina", "Omar"}
    assert [row[2] for row in scene.versions(world, 3)] == [
        scene.CARD["mesure-n1"], scene.CARD["mesure-n2"], OTHER["mesure-n1"], OTHER["mesure-n2"],
        scene.CARD["garde-fou-n1"], OTHER["garde-fou-n1"],
    ]  # fmt: skip
    former = world.browser().open("/propositions/1")
    assert former.has("Réunie dans la proposition 3")
    assert former.has(scene.CARD["mesure-n2"])
    assert former.follow("Lire la proposition 3").address == "/propositions/3"
    new = world.browser().open("/propositions/3")
    assert new.has("paragraphe 2 de la proposition 2, version 1")
    assert new.follow("paragraphe 2 de la proposition 2, version 1").has(OTHER["mesure-n2"])


def test_each_author_sees_where_her_words_went(world):
    set_up(world)
    typed = {
        "place-2-1": "2", "text-2-1": "Publier la consommation.", "raison-2-1": "Plus court.",
        "place-2-2": "non", "raison-2-2": "Un plafond se discute à part.",
    }  # fmt: skip
    wrong = merge(world, **{**typed, "raison-2-2": ""})
    assert wrong.status == 422
    assert wrong.has("Dites pourquoi ce paragraphe est laissé de côté")
    assert wrong.one("#f-text-2-1").text_content().strip() == "Publier la consommation."
    merge(world, **typed)
    page = world.browser(world.people["Omar"]).open("/reunions/1")
    assert page.has("Vos mots")
    assert page.has("Un plafond se discute à part.")
    assert {one.fate.became for one in _strands(world)} == {"kept", "changed", "left_out"}
    # Two paragraphs at one place are one
    assert scene.versions(world, 3)[1][2] == f"{scene.CARD['mesure-n2']} Publier la consommation."


def _strands(world):
    from convention.lineage import queries

    with world.reading() as db:
        return queries.strands(db, recast(world))


def test_nothing_is_counted_twice(world):
    set_up(world)
    merge(world)
    page = world.browser().open("/propositions")
    assert page.has("1 proposition")
    assert [one.text_content() for one in page.all(".item .no")] == ["3"]
    assert world.browser().open("/propositions?statut=merged").has("dans la proposition 3")
    found = world.browser().open("/recherche?q=plafond")
    assert "/propositions/3" in found.links().values()
    assert "/propositions/2" not in found.links().values()
    line = world.browser().client.get("/api/v1/proposals/2").json()
    assert (line["state"], line["became"]) == ("merged", [3])


@pytest.mark.parametrize(("name", "status"), [("Lina", 403), ("Nadia", 403), ("Omar", 403)])
def test_nobody_merges_what_she_has_not_written(world, name, status):
    set_up(world)
    assert not compose(world, name).all("form[method=post] textarea")
    page = world.browser(world.people[name]).post("/propositions/reunir/composer", _typed(world))
    assert page.status == status
    assert proposal(world, 1).state == State.SUBMITTED


def _typed(world):
    from tests.world import filled

    return {**filled(compose(world).form("Réunir en une proposition")), "reason": WHY}


def test_those_who_wrote_are_told_and_those_who_signed_are_asked(world):
    set_up(world)
    with world.writing() as db:
        for name in ("Lina", "Omar", "Nadia"):
            person = db.merge(world.people[name])
            person.email = f"{name.lower()}@exemple.fr"
            db.add(person)
    page = world.browser(world.people["Nadia"]).open("/propositions/2/reserves")
    page.press("Publier la réserve", kind="reservation", about="ensemble", text="Trop cher.", naming="nombre")
    merge(world)
    with world.reading() as db:
        mails = {one.to: one for one in db.exec(select(OutgoingMail))}
    assert set(mails) == {"lina@exemple.fr", "omar@exemple.fr", "nadia@exemple.fr"}
    assert mails["lina@exemple.fr"].button[1].endswith("/reunions/1")
    assert any("Votre signature n’a pas bougé" in line for line in mails["nadia@exemple.fr"].lines)


def test_a_table_without_account_stays_an_author(world):
    set_up(world)
    with world.writing() as db:
        one = db.merge(proposal(world, 1))
        one.written_for = "table 3"
        db.add(one)
    merge(world)
    assert proposal(world, 3).written_for == "table 3"


def test_tables_with_long_names_all_stay_authors(world):
    set_up(world)
    names = {1: f"table 3, {'groupe du samedi matin ' * 3}".strip(), 2: f"table 5, {'groupe du soir ' * 4}".strip()}
    with world.writing() as db:
        for number, name in names.items():
            one = proposals.of_number(db, world.convention, number)
            one.written_for = name
            db.add(one)
    merge(world)
    assert proposal(world, 3).written_for == f"{names[1]}, {names[2]}"


def test_who_wrote_them_all_merges_them(world):
    set_up(world)
    scene.proposal(world, world.people["Lina"], title="Une autre de Lina")
    assert merge(world, "Lina", 1, 3).has("par leurs auteurs")
    assert authors(world, 4) == {"Lina"}


def test_a_text_that_changed_meanwhile_is_read_again(world):
    set_up(world)
    page = compose(world)
    edit = world.browser(world.people["Lina"]).open("/propositions/1/modifier")
    edit.press("Publier", **{"mesure-1": "Exiger une fiche."})
    wrong = page.press("Réunir en une proposition", reason=WHY)
    assert wrong.status == 422
    assert wrong.has("La proposition 1 a changé depuis que vous avez ouvert cette page")


def test_one_of_two_merges_wins(world):
    set_up(world)
    scene.proposal(world, world.people["Nadia"], title="Une troisième")
    pages = [compose(world, "Claire", 1, 2), compose(world, "Claire", 1, 3)]

    def press(page):
        return page.press("Réunir en une proposition", reason=WHY)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(press, pages))
    assert sorted(page.status for page in done) == [200, 403]
    assert next(page for page in done if page.status == 403).has("est réunie dans la proposition 4")
    assert proposal(world, 4).number == 4
    with world.reading() as db:
        assert not proposals.of_number(db, world.convention, 5)


def test_a_double_press_merges_once(world):
    set_up(world)
    page = compose(world)
    first, second = (page.press("Réunir en une proposition", reason=WHY) for _time in range(2))
    assert first.title == second.title
    assert recast(world).recasting.number == 1
    world.browser().open("/propositions/4", status=404)


def test_what_is_voted_or_waits_is_not_merged(world):
    set_up(world)
    scene.prepare(world, 1, 1)
    assert compose(world).has("Elle est dans le scrutin n° 1")
    amendment = world.browser(world.people["Nadia"]).open("/propositions/2/amendements/deposer/2")
    amendment.press("Déposer l’amendement", text="Fixer un plafond commun.", rationale="Plus simple.")
    scene.proposal(world, world.people["Nadia"], title="Une troisième")
    page = compose(world, "Claire", 2, 3)
    assert page.has("Un de ses amendements attend une décision")
    assert page.follow("Amendements à la proposition 2").has("Amendement n° 1")
    split = world.browser(world.people["Claire"]).open("/propositions/2/partager")
    assert split.follow("Amendements à la proposition 2").has("Amendement n° 1")
    assert compose(world, "Claire", 3).has("Choisissez au moins deux propositions")


def test_a_merged_text_is_not_changed_any_more(world):
    set_up(world)
    merge(world)
    lina = world.browser(world.people["Lina"])
    assert lina.open("/propositions/1/modifier", status=403).has("est réunie dans la proposition 3")
    assert (
        world.browser(world.people["Nadia"]).open("/propositions/1/amendements").has("est réunie dans la proposition 3")
    )
    assert lina.open("/propositions/3/modifier").status == 200
    assert world.browser(world.people["Omar"]).open("/propositions/3/modifier").status == 200
