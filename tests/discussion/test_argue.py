"""Arguments for and against: a reason, its source, one level of replies, each endorsed once."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from convention.conventions import actions as conventions
from convention.discussion import rules
from convention.discussion.models import Argument, Endorsement, Side
from convention.kit import clock
from convention.people import actions as people
from convention.programme.models import Activity
from tests.discussion.scene import WORDS, argue, argument, reply, set_up
from tests.moderation import scene as moderation
from tests.proposals import scene
from tests.world import a_convention


def test_an_argument_is_read_by_all_with_its_source(world):
    set_up(world)
    page = argue(world, link="https://www.exemple.fr/etude")
    assert page.has("Votre argument est publié")
    seen = world.browser().open("/propositions/1/arguments")
    assert seen.has(WORDS)
    assert not seen.has("Omar")  # members are not named to the world
    assert seen.one("article a[rel~=nofollow]").get("href") == "https://www.exemple.fr/etude"
    assert world.browser(world.people["Nadia"]).open("/propositions/1/arguments").has("Omar")
    assert world.browser().open("/propositions/1").has(WORDS)
    assert "/arguments/1" in world.browser().open("/recherche?q=comparer+acheter").links().values()


@pytest.mark.parametrize(
    "link",
    [
        "http://exemple.fr", "javascript:alert(1)", "data:text/html,x", "//exemple.fr", "https://", "exemple.fr",
        "https://nom:secret@exemple.fr", "https://exemple.fr/\"onclick=\"x", "https://localhost/", "https://a b.fr",
        "HTTPS:exemple.fr", "https://exemple.fr:99999/",
    ],
)  # fmt: skip
def test_a_source_is_a_page_of_the_web(world, link):
    set_up(world)
    page = argue(world, link=link)
    assert page.status == 422
    assert page.has("Copiez l’adresse entière de la source")
    assert page.one("#f-text").text_content().strip() == WORDS
    assert not rules.is_a_page(link)


def test_what_is_missing_or_too_long_is_said_and_nothing_is_lost(world):
    set_up(world)
    page = argue(world, text="x" * 601)
    assert page.status == 422
    assert page.has("Raccourcissez de 1 caractère")
    page = world.browser(world.people["Omar"]).post("/propositions/1/arguments", {"text": WORDS})
    assert page.has("Choisissez : pour, ou contre.")


def test_a_reply_is_one_level_deep(world):
    set_up(world)
    argue(world)
    page = reply(world)
    assert page.has("Qui la vérifie ?")
    assert argument(world, 2).replies_to_id == argument(world, 1).id
    wrong = world.browser(world.people["Omar"]).post("/arguments/2/repondre", {"text": "Moi."})
    assert wrong.status == 403
    assert wrong.has("On répond à un argument, pas à une réponse")
    # A reply has its own address, where it is read under what it answers
    assert world.browser().open("/arguments/2").has(WORDS)


def test_twenty_presses_count_once(world):
    set_up(world)
    argue(world)
    browsers = [world.browser(world.people["Nadia"]) for _n in range(20)]

    def press(browser):
        return browser.client.post("/arguments/1/appuyer", data={}, follow_redirects=False).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(press, browsers)) == {303}
    with world.reading() as db:
        assert len(db.exec(select(Endorsement)).all()) == 1
    page = world.browser(world.people["Nadia"]).open("/arguments/1")
    assert page.has("1 membre le trouve juste")
    assert not page.press("Ne plus appuyer").has("1 membre le trouve juste")


def test_nobody_endorses_her_own(world):
    set_up(world)
    argue(world)
    page = world.browser(world.people["Omar"]).post("/arguments/1/appuyer", {})
    assert page.status == 403
    assert page.has("C’est votre argument")


def test_only_members_argue_and_only_while_it_is_open(world):
    set_up(world)
    assert world.browser(world.people["Claire"]).post("/propositions/1/arguments", {"side": "for"}).status == 403
    scene.set_phase(world, Activity.EDIT)
    page = world.browser(world.people["Omar"]).open("/propositions/1/arguments")
    assert page.has("La discussion des propositions n’est pas encore inscrite au calendrier")
    refused = world.browser(world.people["Omar"]).post("/propositions/1/arguments", {"side": "for", "text": "x"})
    assert refused.status == 403
    scene.set_phase(world, Activity.DISCUSS, opens=-3, closes=-1)
    page = world.browser(world.people["Omar"]).open("/propositions/1/arguments")
    assert page.has("La discussion des propositions est close depuis")


def test_what_is_taken_back_keeps_its_place_and_its_replies(world):
    set_up(world)
    argue(world)
    reply(world)
    assert world.browser(world.people["Nadia"]).post("/arguments/1/retirer", {}).status == 403
    world.browser(world.people["Omar"]).open("/arguments/1").press("Retirer mon argument")
    seen = world.browser().open("/propositions/1/arguments")
    assert not seen.has(WORDS)
    assert seen.has("Retiré par la personne qui l’a écrit")
    assert seen.has("Qui la vérifie ?")
    assert "/arguments/1" not in world.browser().open("/recherche?q=comparer").links().values()
    assert world.browser(world.people["Nadia"]).post("/arguments/1/repondre", {"text": "Et ?"}).status == 403


def test_what_moderation_hides_keeps_its_place_and_its_replies(world):
    set_up(world)
    argue(world)
    reply(world)
    flag = world.browser(world.people["Lina"]).open("/arguments/1").follow("Signaler l’argument n° 1")
    flag.press("Envoyer le signalement", reason="insult", words="Il insulte.")
    moderation.decide(world, world.people["Claire"], "hidden")
    seen = world.browser().open("/propositions/1/arguments")
    assert not seen.has(WORDS)
    assert seen.has("Qui la vérifie ?")
    assert not world.browser().open("/propositions/1").has(WORDS)
    assert "/arguments/1" not in world.browser().open("/recherche?q=comparer").links().values()
    # Whoever wrote it is led from its place to what is explained to her, and contests it there; nobody else is
    why = "Lire la décision et l’original"
    assert not world.browser(world.people["Nadia"]).open("/arguments/1").has(why)
    mine = world.browser(world.people["Omar"]).open("/arguments/1")
    assert mine.has("Vous pouvez contester la décision.")
    assert mine.browser.open(next(one for words, one in mine.links().items() if why in words)).has(WORDS)


def test_the_draft_comes_back_and_is_cleared_when_it_is_sent(world):
    set_up(world)
    omar = world.browser(world.people["Omar"])
    omar.open("/propositions/1/arguments").press("Enregistrer le brouillon", side="against", text="Cela coûte")
    again = world.browser(world.people["Omar"]).open("/propositions/1/arguments")
    assert again.one("#f-text").text_content().strip() == "Cela coûte"
    assert not world.browser(world.people["Nadia"]).open("/propositions/1/arguments").has("Cela coûte")
    again.press("Publier l’argument", text="Cela coûte cher.")
    assert (
        not world.browser(world.people["Omar"]).open("/propositions/1/arguments").one("#f-text").text_content().strip()
    )


def test_the_words_of_who_leaves_stay_a_members(world):
    set_up(world)
    argue(world)
    world.browser(world.people["Nadia"]).open("/arguments/1").press("Je trouve juste")
    with world.writing() as db:
        people.erase(db, db.merge(world.people["Omar"]), by=None)
    seen = world.browser(world.people["Nadia"]).open("/arguments/1")
    assert seen.has(WORDS)
    assert seen.has("membre")
    assert not seen.has("Omar")


def test_another_convention_has_no_such_argument(world):
    set_up(world)
    argue(world)
    with world.writing() as db:
        conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
    headers = {"host": "autre.exemple.fr"}
    assert world.browser().client.get("/arguments/1", headers=headers).status_code == 404


# -- the order -----------------------------------------------------------------------------------------------------


def fill(world, many, side=Side.FOR):
    with world.writing() as db:
        proposal = db.exec(select(Argument)).first()
        for n in range(many):
            db.add(
                Argument(
                    convention_id=world.convention.id, number=100 + n, proposal_id=proposal.proposal_id, side=side,
                    text=f"Raison {n}", author_id=world.people["Omar"].id, written_at=clock.now(),
                )
            )  # fmt: skip


def shown(page):
    return [one.get("id") for one in page.all("article[id^=argument]")]


def test_a_list_asks_as_much_whatever_its_length(world):
    set_up(world)
    argue(world)
    reply(world)
    browser = world.browser(world.people["Nadia"])
    few = world.queries(lambda: browser.open("/propositions/1/arguments"))
    fill(world, 45)
    assert world.queries(lambda: browser.open("/propositions/1/arguments")) == few
    pages = [shown(browser.open(f"/propositions/1/arguments?page={n}")) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 6]
    assert len({one for page in pages for one in page}) == 46


def test_sorts_and_filters_have_addresses(world):
    set_up(world)
    argue(world)
    argue(world, "Nadia", side="against", text="Cela coûte cher.")
    argue(world, "Omar", text="Une autre raison.")
    world.browser(world.people["Lina"]).open("/arguments/1").press("Je trouve juste")
    page = world.browser().open("/propositions/1/arguments?tri=appuyes")
    assert shown(page)[0] == "argument-1"
    assert shown(world.browser().open("/propositions/1/arguments?tri=recents"))[0] == "argument-3"
    assert shown(world.browser().open("/propositions/1/arguments?cote=contre")) == ["argument-2"]


class One:
    def __init__(self, id):
        self.id = id


DAYS = st.integers(0, 4000).map(lambda n: dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=n))


@given(st.lists(st.uuids(), unique=True, max_size=30), DAYS, st.none() | st.uuids(), st.randoms())
def test_the_turn_is_the_same_all_day_whatever_came_first(ids, day, reader, random):
    several = [One(id) for id in ids]
    turned = [one.id for one in rules.in_turn(several, day, reader)]
    random.shuffle(several)
    assert [one.id for one in rules.in_turn(several, day + dt.timedelta(hours=3), reader)] == turned
    assert sorted(turned) == sorted(ids)


def test_each_has_its_turn_first():
    several = [One(uuid.UUID(int=n)) for n in range(5)]
    start = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    first = [rules.in_turn(several, start + dt.timedelta(days=n), None)[0].id for n in range(400)]
    assert all(50 <= first.count(one.id) <= 120 for one in several)
