from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from convention.drafts.models import Draft
from convention.programme.models import Activity
from convention.proposals.models import Proposal
from tests.proposals.scene import CARD, proposal, set_phase, set_up, submit, versions
from tests.world import World


def test_nadia_writes_a_proposal_and_everyone_reads_it(world: World) -> None:
    set_up(world)
    page = submit(world.browser(world.member("Nadia")))
    assert page.address == "/propositions/1?fait=proposition"
    assert page.has("Votre proposition est déposée")

    page = world.browser().open("/propositions/1")
    assert page.title == CARD["title"]
    for words in ("Personne ne connaît", "1.1", "Exiger une fiche", "1.3", "La fiche est publiée", "La Métropole"):
        assert page.has(words)
    assert page.has("Écrite par 1 membre")
    assert not page.has("l’animation")
    assert not page.has("Nadia")
    assert world.browser().open("/propositions").follow(CARD["title"]).title == CARD["title"]
    assert world.browser().open("/recherche?q=consommations outil").has("1 résultat")


def test_the_same_form_sent_three_times_makes_one_proposal(world: World) -> None:
    set_up(world)
    browser = world.browser(world.member("Nadia"))
    page = browser.open("/propositions/nouvelle")
    sent = [page.press("Déposer la proposition", **CARD) for _time in range(3)]
    assert {one.address for one in sent} == {"/propositions/1?fait=proposition"}
    assert world.browser().open("/propositions").has("1 proposition")


@pytest.mark.parametrize("missing", ["title", "theme", "constat", "objective"])
def test_what_is_missing_is_said_and_nothing_is_lost(world: World, missing: str) -> None:
    set_up(world)
    page = submit(world.browser(world.member("Nadia")), **{missing: ""})
    assert page.status == 422
    assert page.has("Un point à compléter")
    assert page.one("[name=mesure-n1]").text.strip() == CARD["mesure-n1"]
    kept = page.press("Déposer la proposition", **{missing: CARD[missing]})
    assert kept.address.startswith("/propositions/1?")


def test_a_proposal_without_measure_or_too_long_is_sent_back(world: World) -> None:
    set_up(world)
    browser = world.browser(world.member("Nadia"))
    page = submit(browser, **{"mesure-n1": "", "mesure-n2": ""})
    assert page.status == 422
    assert page.has("Écrivez au moins un paragraphe")
    page = submit(browser, **{"title": "x" * 91, "mesure-n2": "y" * 1210})
    assert page.status == 422
    assert page.has("Raccourcissez de 1 caractère.")
    assert page.has("Raccourcissez de 10 caractères, ou faites deux paragraphes.")


def test_forty_members_at_once_get_forty_numbers(world: World) -> None:
    set_up(world)
    members = [world.member(f"Membre {n}") for n in range(40)]
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda person: proposal(world, person).number, members))
    assert sorted(made) == list(range(1, 41))


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [(1, 2, "Le dépôt des propositions ouvre le"), (-2, -1, "Le dépôt des propositions est clos depuis le")],
)
def test_outside_its_phase_nothing_is_submitted(world: World, opens: float, closes: float, said: str) -> None:
    set_up(world)
    browser = world.browser(world.member("Nadia"))
    page = browser.open("/propositions/nouvelle")
    set_phase(world, Activity.PROPOSE, opens=opens, closes=closes)
    answer = page.press("Déposer la proposition", **CARD)
    assert answer.status == 403
    assert answer.has(said)
    assert answer.has(CARD["constat"])
    assert browser.open("/propositions").has(said)
    assert browser.open("/propositions/nouvelle").has(said)


def test_members_write_and_facilitators_for_others(world: World) -> None:
    set_up(world)
    assert (
        world.browser(world.guarantor())
        .open("/propositions/nouvelle", status=403)
        .has("Cette page est réservée aux membres et à l’animation.")
    )
    assert world.browser().open("/propositions/nouvelle").address.startswith("/entrer")


def test_a_draft_is_found_on_another_device_and_ends_with_the_submission(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    phone, library = world.browser(nadia), world.browser(nadia)
    page = phone.open("/propositions/nouvelle")
    page = page.press("Enregistrer le brouillon", title="Moins d’écrans", **{"mesure-n1": "Une heure sans écran."})
    assert page.has("Votre brouillon est enregistré")

    assert library.open("/propositions").has("Moins d’écrans")
    page = library.open("/propositions/nouvelle")
    assert page.one("[name=title]").get("value") == "Moins d’écrans"
    assert page.one("[name=mesure-n1]").text.strip() == "Une heure sans écran."
    page.press("Déposer la proposition", **{**CARD, "title": "Moins d’écrans"})
    assert library.open("/propositions/nouvelle").one("[name=title]").get("value") == ""
    with world.reading() as db:
        assert not [one for one in db.exec(select(Draft)) if one.content or one.others or not one.done]


def test_adding_a_paragraph_keeps_the_others(world: World) -> None:
    set_up(world)
    page = world.browser(world.member("Nadia")).open("/propositions/nouvelle")
    page = page.press("Ajouter un paragraphe", **{"mesure-n1": "Un.", "mesure-n2": "Deux."})
    assert page.one("[name=mesure-n2]").text.strip() == "Deux."
    page.press("Déposer la proposition", **{**CARD, "mesure-n2": "Deux.", "mesure-n3": "Trois."})
    assert [text for _p, _v, text in versions(world, 1)][1:3] == ["Deux.", "Trois."]


HOSTILE = '<script>alert("x")</script>\'"><img src=x onerror=alert(1)>{{ 7*7 }} \u202eenvers\u202c é\u0301 𝄞 😀 %s {0}'


def test_hostile_words_are_only_words(world: World) -> None:
    set_up(world)
    browser = world.browser(world.member("Nadia"))
    # 90 characters for the title, all of it everywhere else
    card = {name: HOSTILE for name in CARD if name not in ("theme", "competence", "title")}
    page = submit(browser, title=HOSTILE[:80], **card)
    assert page.address.startswith("/propositions/1?"), page.text[:500]
    edit = browser.open("/propositions/1/modifier")
    edit.press("Publier la nouvelle version", constat=HOSTILE + " encore", **{"mesure-1": HOSTILE + " encore"})
    for address in (
        "/propositions", "/propositions/1", "/propositions/1/versions", "/propositions/1/modifier",
        "/recherche?q=script", "/recherche?q=%3Cimg+src%3D",
        "/propositions?q=%22%3E%3Cscript%3E&theme=%27&tri=x&statut=y",
    ):  # fmt: skip
        page = browser.open(address)
        assert not page.all("main script, main img"), address
        assert "{{ 7*7 }}" in page.text or "q=%" in address
        assert "49" not in page.text


def test_another_convention_has_its_own_numbers(world: World) -> None:
    set_up(world)
    nadia = world.member("Nadia")
    assert [proposal(world, nadia).number, proposal(world, nadia).number] == [1, 2]
    with world.reading() as db:
        assert {one.convention_id for one in db.exec(select(Proposal))} == {world.convention.id}
    world.browser().open("/propositions/3", status=404)
    world.browser().open(f"/propositions/{2**70}", status=404)
