"""Those who write the proposal decide, with a reason: nobody else, and only once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import delete, select

from convention.amendments.models import State
from convention.conventions import actions as conventions
from convention.people.models import RoleKind
from convention.proposals.models import Author, Proposal
from tests.amendments.scene import REASON, SECOND, TEN, accept, amendment, page_of, set_up, submit
from tests.proposals import scene
from tests.world import a_convention


def test_an_accepted_amendment_is_the_next_version(world):
    set_up(world)
    submit(world)
    page = accept(world)
    assert page.has("L’amendement est accepté")
    assert page.has("par les personnes qui ont écrit la proposition")
    assert page.has("ses mots ont été pris tels quels")
    assert [row for row in scene.versions(world, 1) if row[0] == 2] == [(2, 1, SECOND), (2, 2, TEN)]
    # The version says where it comes from
    assert world.browser().open("/propositions/1/versions").has("Amendement n° 1")


def test_the_words_of_an_amendment_are_never_changed_by_a_merge(world):
    set_up(world)
    submit(world)
    page = page_of(world, "Lina")
    wrong = page.press("Publier ce texte", text="Noter cette fiche pour 15 % de la note.", reason="")
    assert wrong.status == 422
    assert wrong.has("Dites en une phrase pourquoi")
    assert "15 %" in wrong.one("#f-text").text_content()
    done = wrong.press("Publier ce texte", reason="Entre les deux.")
    assert done.has("Le texte qui réunit les deux est publié")
    assert amendment(world).text == TEN
    assert amendment(world).state == State.MERGED
    # Then the difference with both is shown: with the text as it was, with what was asked
    before, asked = done.all("#decision .diff")
    assert "20" in before.text_content()
    assert "10" in asked.text_content()
    assert scene.versions(world, 1)[2][2] == "Noter cette fiche pour 15 % de la note."


def test_a_rejection_says_why(world):
    set_up(world)
    submit(world)
    assert page_of(world, "Lina").press("Rejeter l’amendement", reason="").status == 422
    page = page_of(world, "Lina").press("Rejeter l’amendement", reason="Dix ne suffit pas.")
    assert page.has("Rejeté")
    assert world.browser().open("/propositions/1").has("Dix ne suffit pas.")
    assert scene.versions(world, 1)[1] == (2, 1, SECOND)


def test_a_deleted_paragraph_leaves_the_text_and_a_new_one_joins_it(world):
    set_up(world)
    submit(world, kind="remove")
    submit(world, paragraph="nouveau", text="Former les acheteurs.")
    assert accept(world, 1).has("Le paragraphe a été enlevé")
    accept(world, 2)
    page = world.browser().open("/propositions/1")
    assert not page.all("#p-2")
    assert page.has("Former les acheteurs.")
    # But the last demand of all stays
    submit(world, paragraph=1, kind="remove")
    submit(world, paragraph=4, kind="remove")
    accept(world, 3)
    assert page_of(world, "Lina", 4).has("C’est le dernier paragraphe de la mesure")


DECISIONS = {
    "accepter": {"reason": "x", "version": "1"},
    "reunir": {"text": "Autre chose.", "reason": "x", "version": "1"},
    "rejeter": {"reason": "x"},
}


@pytest.mark.parametrize("who", ["Omar", "Nadia", "Claire", "Solange", "Hélène", "Paul", "Adama"])
@pytest.mark.parametrize("decision", DECISIONS)
def test_only_those_who_write_the_proposal_decide(world, who, decision):
    """Decidim, CVE-2026-40869: anybody signed in could accept an amendment, and became an author."""
    set_up(world)
    world.guarantor(), world.official(), world.administrator()
    world.person("Paul", RoleKind.EXPERT)
    submit(world)
    # The page offers her nothing to decide, and a forged form is refused, empty or filled
    assert not page_of(world, who).all(f"form[action$={decision}]")
    for values in (DECISIONS[decision], {}):
        page = world.browser(world.people[who]).post(f"/amendements/1/{decision}", values)
        assert page.status == 403
    assert amendment(world).state == State.SUBMITTED
    assert len(scene.versions(world, 1)) == 3
    assert world.browser(world.people[who]).open("/propositions/1").has("Écrite par Lina")


def test_nobody_decides_without_signing_in(world):
    set_up(world)
    submit(world)
    for decision, values in DECISIONS.items():
        assert world.browser().post(f"/amendements/1/{decision}", values).status == 401


def test_the_author_of_another_proposal_decides_nothing_here(world):
    set_up(world)
    scene.proposal(world, world.people["Nadia"], title="Une autre")
    submit(world)
    for decision, values in DECISIONS.items():
        assert world.browser(world.people["Nadia"]).post(f"/amendements/1/{decision}", values).status == 403
    assert amendment(world).state == State.SUBMITTED


def test_an_author_of_one_convention_decides_nothing_in_another(world):
    set_up(world)
    submit(world)
    with world.writing() as db:
        conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
    response = world.browser(world.people["Lina"]).client.post(
        "/amendements/1/accepter", data=DECISIONS["accepter"], headers={"host": "autre.exemple.fr"}
    )
    assert response.status_code in (401, 403, 404)
    assert amendment(world).state == State.SUBMITTED


def test_two_who_decide_at_once_decide_once(world):
    set_up(world)
    submit(world)
    browsers = [world.browser(world.people["Lina"]) for _ in range(6)]

    def decide(place: int) -> int:
        name = ("accepter", "rejeter", "reunir")[place % 3]
        return browsers[place].post(f"/amendements/1/{name}", DECISIONS[name]).status

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(decide, range(6)))
    # Those who came too late were told: the text had changed, or the amendment was decided
    assert sorted(statuses)[0] == 200
    assert statuses.count(200) == 1, statuses
    assert set(statuses) <= {200, 403, 422}
    assert amendment(world).state != State.SUBMITTED
    assert len(scene.versions(world, 1)) <= 4


def test_what_was_decided_is_not_decided_again(world):
    set_up(world)
    submit(world)
    accept(world)
    for decision, values in DECISIONS.items():
        page = world.browser(world.people["Lina"]).post(f"/amendements/1/{decision}", {**values, "version": "2"})
        assert page.status == 403
        assert page.has("Cet amendement a déjà été examiné")


def test_a_text_that_changed_under_her_eyes_is_read_again(world):
    set_up(world)
    submit(world)
    submit(world, "Nadia", kind="add", text="Cette part est publiée.")
    page = page_of(world, "Lina", 1)
    accept(world, 2)
    late = page.press("Publier ce texte", text="Mon texte.", reason="Voilà.")
    assert late.status == 422
    assert late.has("Le paragraphe a changé depuis que vous avez ouvert cette page")
    assert late.one("#f-text").text_content().strip() == "Mon texte."
    assert late.press("Publier ce texte").has("Le texte qui réunit les deux est publié")


def test_the_journal_tells_who_decided(world):
    set_up(world)
    submit(world)
    accept(world)
    page = world.browser(world.people["Claire"]).open("/journal")
    assert page.has("amendments.AmendmentSubmitted")
    assert page.has("amendments.AmendmentDecided")
    assert not page.has(REASON)


def test_the_facilitators_decide_for_those_who_have_no_account(world):
    # Given a proposal that Claire wrote for a table, and Omar's amendment
    set_up(world)
    with world.writing() as db:
        one = db.exec(select(Proposal)).one()
        one.written_for = "table 4"
        db.add(one)
        db.exec(delete(Author).where(Author.proposal_id == one.id))
    submit(world)
    # Then a member who did not write it decides nothing, and Claire does, for the table
    world.browser(world.people["Nadia"]).open("/amendements/1")
    assert not page_of(world, "Nadia").all("form[action$=accepter]")
    page = accept(world, name="Claire")
    assert page.has("par l’animation")
    assert world.browser().open("/propositions/1").has("Noter cette fiche pour 10 %")


def test_a_table_is_named_where_the_facilitators_decide_for_it(world):
    set_up(world)
    scene.submit(world.browser(world.people["Claire"]), written_for="Table 4")
    page = world.browser(world.people["Omar"]).open("/propositions/2/amendements/deposer/2")
    page.press("Déposer l’amendement", text=TEN, rationale=REASON)
    accept(world, name="Claire")
    assert world.browser().open("/amendements/1").has("par l’animation, pour Table 4")
