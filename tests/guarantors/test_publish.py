"""Guarantors publish alone; the organisers answer beside it; nobody changes either (G2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree
from sqlmodel import select

from convention.conventions import actions as conventions
from convention.guarantors import actions, queries
from convention.guarantors.forms import RemarkForm
from convention.guarantors.models import Kind, Remark
from convention.journal.models import JournalLine
from convention.kit.errors import Refused
from convention.kit.mail import OutgoingMail
from convention.people import actions as people
from convention.people.models import RoleKind
from tests.world import a_convention

PUBLIC = "/journal-des-garants"
DESK = "/garants/journal"
TITLE = "Un expert sans déclaration d’intérêts"
TEXT = "L’expert invité samedi a travaillé pour un fournisseur. Sa fiche n’en dit rien."


def draft(world, kind="alert", title=TITLE, text=TEXT, who=None):
    page = world.browser(who or world.guarantor()).open(f"{DESK}/ecrire")
    return page.press("Enregistrer le brouillon", kind=kind, title=title, text=text)


def published(world, **over):
    return draft(world, **over).press("Publier, signé de mon nom")


def test_an_alert_is_read_by_all_with_the_answer_beside_it(world):
    # Given organisers with an address, and a draft that only guarantors read
    world.person("Claire", RoleKind.FACILITATOR, email="claire@exemple.fr")
    page = draft(world)
    assert page.has("Votre brouillon est enregistré")
    assert not world.browser().open(PUBLIC).has(TITLE)
    world.browser().open(f"{PUBLIC}/1", status=404)

    # When the guarantor publishes it
    page = page.press("Publier, signé de mon nom")

    # Then everyone reads it at an address that stays, signed, dated, waiting for its answer
    assert page.address.startswith(f"{PUBLIC}/1")
    public = world.browser().open(f"{PUBLIC}/1")
    assert public.title == TITLE
    assert public.has("Solange, garant·e, le")
    assert public.has("Réponse attendue, publiée aujourd’hui")
    assert world.browser().open(PUBLIC).has("Une alerte attend une réponse")
    with world.reading() as db:
        mail = db.exec(select(OutgoingMail).where(OutgoingMail.to == "claire@exemple.fr")).one()
        assert mail.title == "Alerte des garants, n° 1"
        assert mail.button[1].endswith(f"{PUBLIC}/1")

    # When nobody answers for nine days, the delay is shown to all
    with world.later(days=9):
        assert world.browser().open(f"{PUBLIC}/1").has("Sans réponse depuis 9 jours")
        # And when the facilitator answers, her answer is beside it with how long it took
        page = world.browser(world.facilitator()).open(f"{PUBLIC}/1")
        done = page.press("Publier la réponse", text="La fiche est complétée depuis ce matin, et les membres prévenus.")
        assert done.has("Votre réponse est publiée")
        public = world.browser().open(f"{PUBLIC}/1")
        assert public.has("Réponse donnée en 9 jours")
        assert public.has("Claire, pour l’organisation")
    with world.reading() as db:
        kinds = [line.kind for line in db.exec(select(JournalLine).order_by(JournalLine.number))]
    assert kinds[-2:] == ["guarantors.RemarkPublished", "guarantors.RemarkAnswered"]


def test_what_is_published_never_changes(world):
    page = draft(world)
    edit = page.address.partition("?")[0]
    page.press("Publier, signé de mon nom")
    solange = world.browser(world.guarantor())
    assert solange.open(edit).has("il ne change plus")
    for verb in ("", "/jeter", "/publication"):
        refused = solange.post(edit + verb, {"kind": "alert", "title": "Autre chose", "text": "Tout autre chose, ici."})
        assert refused.status == 403, verb
    assert world.browser().open(f"{PUBLIC}/1").has(TEXT)


def test_a_correction_is_another_entry_linked_both_ways(world):
    published(world)
    solange = world.browser(world.guarantor())
    page = solange.open(f"{PUBLIC}/1").follow("Écrire une correction")
    page = page.press("Enregistrer le brouillon", text="C’était vendredi, et non samedi. Le reste est exact.")
    page.press("Publier, signé de mon nom")
    assert world.browser().open(f"{PUBLIC}/1").has("Corrigé par le n° 2")
    assert world.browser().open(f"{PUBLIC}/1").has(TEXT)
    assert world.browser().open(f"{PUBLIC}/2").has("Corrige le n° 1")
    # One correction for each text: the next one corrects the correction
    assert solange.open(f"{PUBLIC}/1").has("corrigez celui-là")
    refused = solange.post(f"{DESK}/corriger/1", {"kind": "alert", "title": TITLE, "text": TEXT})
    assert refused.status == 403


def test_guarantors_do_not_answer_themselves(world):
    both = world.person("Deux", RoleKind.GUARANTOR, RoleKind.FACILITATOR)
    published(world)
    page = world.browser(both).open(f"{PUBLIC}/1")
    assert page.has("Les garants ne répondent pas à la place de l’organisation")
    refused = world.browser(both).post(f"{PUBLIC}/1/reponse", {"text": "Tout va très bien, merci beaucoup."})
    assert refused.status == 403


@pytest.mark.parametrize("who", ["facilitator", "administrator", "official", "member"])
def test_nobody_else_writes_there(world, who):
    person = world.member("Omar") if who == "member" else getattr(world, who)()
    for address in (DESK, f"{DESK}/ecrire"):
        world.browser(person).open(address, status=403)
    assert world.browser(person).post(f"{DESK}/ecrire", {"kind": "alert", "title": "x", "text": TEXT}).status == 403


def test_a_draft_is_changed_by_its_author_alone(world):
    page = draft(world)
    other = world.browser(world.guarantor("Bruno"))
    assert other.open(DESK).has(TITLE)
    edit = page.address.partition("?")[0]
    assert other.open(edit).has("Seule la personne qui a commencé ce brouillon")
    assert other.post(f"{edit}/publication").status == 403
    assert not world.browser().open(PUBLIC).has(TITLE)


def test_errors_lose_nothing(world):
    page = draft(world, kind="alert", title="", text=TEXT)
    assert page.status == 422
    assert page.has("Dites en une ligne de quoi il s’agit")
    assert TEXT in page.one("#f-text").text_content()
    published(world)
    page = world.browser(world.facilitator()).open(f"{PUBLIC}/1").press("Publier la réponse", text="Non.")
    assert page.status == 422
    assert page.one("#f-text").text_content().strip() == "Non."


def test_numbers_have_no_hole_when_two_publish_at_once(world):
    people_ = [world.guarantor("Solange"), world.guarantor("Bruno")]
    with world.writing() as db:
        form = RemarkForm(kind=Kind.OBSERVATION, title="Vu", text="Tout s’est passé comme prévu.")
        drafts = [actions.begin(db, world.convention, who, form) for who in people_ for _n in range(4)]

    def go(one):
        with world.database.writing() as db:
            author = next(who for who in people_ if who.id == one.author_id)
            actions.publish(db, world.convention, one, author, site="")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(go, drafts))
    with world.reading() as db:
        assert sorted(db.exec(select(Remark.number))) == list(range(1, 9))


def test_it_is_published_once(world):
    with world.writing() as db:
        form = RemarkForm(kind=Kind.ALERT, title="Vu", text="Quelque chose doit changer.")
        one = actions.begin(db, world.convention, world.guarantor(), form)
    with world.writing() as db:
        assert actions.publish(db, world.convention, one, world.guarantor(), site="") == 1
    with world.writing() as db, pytest.raises(Refused):
        actions.publish(db, world.convention, one, world.guarantor(), site="")


def test_the_list_asks_the_same_number_of_questions(world):
    published(world)
    few = world.queries(lambda: world.browser().open(PUBLIC))
    for n in range(6):
        published(world, title=f"Observation {n}", kind="observation")
    world.browser(world.facilitator()).open(f"{PUBLIC}/2").press("Publier la réponse", text="Merci de cette remarque.")
    assert world.queries(lambda: world.browser().open(PUBLIC)) == few


def test_the_feed_tells_of_alerts_and_of_answers(world):
    published(world)
    world.browser(world.facilitator()).open(f"{PUBLIC}/1").press("Publier la réponse", text="La fiche est complétée.")
    feed = etree.fromstring(world.browser().client.get("/flux.xml").content)
    titles = [one.text for one in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert f"Alerte des garants : {TITLE}" in titles
    assert "Réponse de l’organisation aux garants, n° 1" in titles


def test_a_person_finds_what_she_wrote_and_leaves_with_her_drafts(world):
    published(world)
    draft(world, title="Un brouillon à moi")
    page = world.browser(world.guarantor()).open("/moi/donnees")
    assert page.has(TITLE)
    with world.writing() as db:
        people.erase(db, db.merge(world.guarantor()), by=None)
    with world.reading() as db:
        assert queries.drafts(db, world.convention) == []
        assert queries.entry(db, world.convention, 1) is not None
    assert not world.browser().open(f"{PUBLIC}/1").has("Solange")


def test_another_convention_has_its_own_journal(world):
    published(world)
    with world.writing() as db:
        conventions.start(db, a_convention(host="autre.exemple.fr"))
    there = world.browser().client.get(PUBLIC, headers={"host": "autre.exemple.fr"})
    assert there.status_code == 200
    assert TITLE not in there.text
    assert world.browser().client.get(f"{PUBLIC}/1", headers={"host": "autre.exemple.fr"}).status_code == 404
