"""The API says what the pages say, to everyone, and nothing else."""

import datetime as dt

import jsonschema
import pytest
from lxml import etree

from convention.api.routes import BASE, ENDPOINTS
from convention.guarantors import actions as guarantors
from convention.guarantors.forms import RemarkForm
from convention.guarantors.models import Kind
from convention.kit import clock
from convention.proposals import actions as proposals
from convention.proposals import queries
from convention.responses import actions as answers
from convention.responses.forms import AnswerForm
from convention.responses.models import Decision
from convention.voting import actions as voting
from convention.voting.envelopes import new_key
from convention.voting.models import Mode, Poll
from tests.moderation import scene as moderation
from tests.recommendations.seeds import JUDGMENT, a_convention_that_voted, begin, freeze, submit
from tests.responses import scene as responses


@pytest.fixture
def voted(world):
    a_convention_that_voted(world)
    freeze(world)
    an_alert(world)
    return world


def an_alert(world):
    with world.writing() as db:
        solange = world.guarantor()
        form = RemarkForm(kind=Kind.ALERT, title="Un retard", text="Le compte rendu n’a pas paru à temps.")
        remark = guarantors.begin(db, world.convention, solange, form)
        guarantors.publish(db, world.convention, remark, solange, site="")


def ask(world, path, status=200, **params):
    response = world.browser().client.get(BASE + path, params=params)
    assert response.status_code == status, response.text
    return response.json()


def test_every_answer_is_as_the_document_says(voted):
    document = ask(voted, "/openapi.json")
    assert document["openapi"] == "3.1.0"
    for endpoint in ENDPOINTS:
        said = document["paths"][endpoint.path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = ask(voted, endpoint.path.replace("{number}", "1"))
        jsonschema.validate(answer, {**said, "components": document["components"]})


def test_pages_of_a_list_hold_everything_once(voted):
    seen, path = [], f"{BASE}/proposals?limit=2"
    while path:
        page = voted.browser().client.get(path).json()
        seen += [one["number"] for one in page["items"]]
        path = page["next"] and page["next"].removeprefix("http://127.0.0.1:8000")
    assert seen == sorted(set(seen))
    assert len(seen) == page["total"]


def test_what_is_known_is_not_sent_again(voted):
    first = voted.browser().client.get(f"{BASE}/proposals/1")
    again = voted.browser().client.get(f"{BASE}/proposals/1", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/proposals?limit=0", 422),
        ("/proposals?limit=101", 422),
        ("/proposals?after=-1", 422),
        ("/proposals?state=anything", 422),
        ("/proposals/999", 404),
        ("/rien", 404),
        ("/polls/999999999999", 404),
    ],
)
def test_refusals_are_problems(voted, path, status):
    response = voted.browser().client.get(BASE + path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


@pytest.mark.parametrize(
    ("language", "path", "title", "detail"),
    [
        ("fr", "/proposals/999", "Introuvable", "Il n’y a rien à cette adresse."),
        ("en", "/proposals/999", "Not found", "There is nothing at this address."),
        ("fr", "/proposals?limit=0", "Paramètre illisible", "« limit » est un nombre entier de 1 à 100."),
        ("en", "/proposals?limit=0", "Unreadable parameter", "“limit” is a whole number from 1 to 100."),
    ],
)
def test_a_refusal_is_said_in_the_language_of_who_asks(world, language, path, title, detail):
    response = world.browser().client.get(BASE + path, headers={"accept-language": language})
    said = response.json()
    assert (said["title"], said["detail"]) == (title, detail)
    assert response.headers["content-language"] == language
    assert "Accept-Language" in response.headers["vary"]


def test_an_open_poll_gives_no_count(world):
    # Given an open poll, in which two members have voted
    begin(world, members=3)
    proposal = submit(world, "Une proposition", "Un paragraphe.")
    claire = world.facilitator()
    with world.writing() as db:
        version = queries.passages(db, proposal)[0].version.id
        poll = proposals.put_to_vote(db, world.convention, claire, "Un vote", [version])
        closes_at = clock.now() + dt.timedelta(hours=1)
        voting.plan(db, poll, JUDGMENT, mode=Mode.BALLOTS, closes_at=closes_at, by=claire)
        voting.open_poll(db, poll)
        for name in ("Membre 1", "Membre 2"):
            voting.cast(db, poll, world.people[name], new_key(), ["5"])

    # Then the API says its rule, and no voice
    answer = ask(world, "/polls/1")
    assert answer["state"] == "open"
    assert answer["rule"]
    assert answer["answers"] == []

    # Until it is sealed
    with world.writing() as db:
        voting.close(db, db.get(Poll, poll.id))
    assert ask(world, "/polls/1")["answers"][0]["cast"] == 2


def test_the_feed_is_atom(voted):
    response = voted.browser().client.get("/flux.xml")
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(response.content)
    space = "{http://www.w3.org/2005/Atom}"
    titles = [one.text for one in feed.iter(f"{space}title")]
    assert any("Résultat" in title for title in titles)
    assert any("édition n° 1" in title for title in titles)
    ids = [one.text for one in feed.iter(f"{space}id")]
    assert len(ids) == len(set(ids))


def test_a_feed_in_english_says_which_of_its_words_are_french(voted):
    asked = [voted.browser().client.get("/flux.xml", headers={"accept-language": code}) for code in ("fr", "en")]
    french, english = (etree.fromstring(one.content) for one in asked)
    lang, space = "{http://www.w3.org/XML/1998/namespace}lang", "{http://www.w3.org/2005/Atom}"
    assert (french.get(lang), english.get(lang)) == ("fr", "en")
    assert not french.xpath("*[@xml:lang] | */*[@xml:lang]")
    assert english.find(f"{space}title").get(lang) == english.find(f"{space}subtitle").get(lang) == "fr"
    edition = next(one for one in english.iter(f"{space}entry") if "/rapport/" in one.findtext(f"{space}id"))
    assert edition.find(f"{space}summary").get(lang) == "fr"
    assert edition.find(f"{space}title").get(lang) is None


def test_a_draft_answer_is_nowhere_in_the_api(world):
    # Given an answer written, and not published
    responses.a_report(world)
    general = responses.department(world, "Direction générale")
    responses.assigned(world, 1, general)
    with world.writing() as db:
        _answer, point = responses.of_number(world, db, 1)
        form = AnswerForm(decision=Decision.REFUSED, text="Un brouillon que personne ne doit lire.", budget="12 345 €")
        answers.write(db, point, form, by=world.official())

    # Then the API says that it is awaited, and no more
    said = ask(world, "/answers/1")
    assert said["status"] == "attendue"
    assert said["points"][0]["decision"] is None
    assert "brouillon" not in str(said)
    assert "12 345" not in str(said)
    assert "Mme Roux" not in str(said)

    # Until it is published: then it says what the page says
    responses.publish(world, 1)
    said = ask(world, "/answers/1")
    assert said["points"][0]["decision"] == "retenue"
    assert said["points"][0]["text"] == responses.PLAIN
    assert world.browser().open("/reponses/1").has(said["points"][0]["text"])
    assert ask(world, "/departments")["items"][0]["answered"] == 1
    assert [one["recommendation"] for one in ask(world, "/answers", department="Direction générale")["items"]] == [1]


@pytest.mark.parametrize("path", ["/answers", "/recommendations", "/sittings", "/editions", "/alerts"])
def test_every_list_is_read_page_by_page(voted, path):
    whole = ask(voted, path, limit=100)
    seen, address = [], f"{BASE}{path}?limit=1"
    while address:
        page = voted.browser().client.get(address).json()
        assert len(page["items"]) <= 1
        seen += page["items"]
        address = page["next"] and page["next"].removeprefix("http://127.0.0.1:8000")
    assert seen == whole["items"]
    assert len(seen) == whole["total"]


@pytest.mark.parametrize("subject", ["seances", "resultats", "rapport", "reponses", "contestations", "garants"])
def test_each_subject_has_its_feed(voted, subject):
    response = voted.browser().client.get(f"/flux/{subject}.xml")
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(response.content)
    whole = etree.fromstring(voted.browser().client.get("/flux.xml").content)
    space = "{http://www.w3.org/2005/Atom}"
    ids = {one.text for one in feed.iterfind(f"{space}entry/{space}id")}
    assert ids <= {one.text for one in whole.iterfind(f"{space}entry/{space}id")}
    # Each feed is one of its own: a reader that follows two does not take them for one
    assert feed.findtext(f"{space}id") == feed.find(f"{space}link[@rel='self']").get("href")
    assert feed.findtext(f"{space}id") != whole.findtext(f"{space}id")
    again = voted.browser().client.get(f"/flux/{subject}.xml", headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304


def test_a_contested_answer_and_the_reply_are_in_the_feeds(world):
    # Given Omar, who contests an answer
    responses.a_report(world)
    responses.publish(world, 1)
    world.browser(world.member("Omar")).open("/reponses/1").press(
        "Envoyer ma contestation", text="Rien ne dit qui tiendra la fiche d’impact."
    )

    # Then who follows contests reads it, without his name
    ((title, summary, page),) = entries(world, "contestations")
    assert title == "Réponse à la recommandation 1 contestée"
    assert summary == "Rien ne dit qui tiendra la fiche d’impact."
    assert page.endswith("/reponses/1#contestations")
    assert "Omar" not in world.browser().client.get("/flux/contestations.xml").text

    # And the reply that comes, first; who follows everything reads both
    sheet = responses.sheet(world, 1)
    sheet.press("Publier cette réponse au membre", reply="La direction des achats la tiendra.")
    found = entries(world, "contestations")
    assert [one[:2] for one in found] == [
        ("Réponse de la collectivité à une contestation, recommandation 1", "La direction des achats la tiendra."),
        (title, summary),
    ]
    assert set(found) <= set(entries(world))


def test_a_contest_that_is_hidden_is_hidden_in_the_feed(world):
    responses.a_report(world)
    responses.publish(world, 1)
    omar = world.browser(world.member("Omar"))
    omar.open("/reponses/1").press("Envoyer ma contestation", text="Gérard Quidam est un crétin fini.")
    page = world.browser().open("/reponses/1").follow("Signaler cette contestation")
    page.press("Envoyer le signalement", reason="insult", words="Il l’insulte.")
    moderation.decide(world, world.facilitator(), "hidden")
    assert not world.browser().open("/reponses/1").has("crétin")
    ((_title, summary, _page),) = entries(world, "contestations")
    assert summary == "[Texte masqué par la modération]"


def entries(world, subject=""):
    """(title, summary, page) of each entry of a feed, as it is ordered."""
    response = world.browser().client.get(f"/flux/{subject}.xml" if subject else "/flux.xml")
    space = "{http://www.w3.org/2005/Atom}"
    found = etree.fromstring(response.content).iter(f"{space}entry")
    return [
        (one.findtext(f"{space}title"), one.findtext(f"{space}summary"), one.find(f"{space}link").get("href"))
        for one in found
    ]


def test_there_is_no_feed_of_anything_else(voted):
    assert voted.browser().client.get("/flux/brouillons.xml").status_code == 404


def test_a_list_asks_the_same_number_of_questions(world):
    responses.a_report(world)
    few = world.queries(lambda: ask(world, "/answers"))
    responses.publish(world, 1)
    responses.publish(world, 2)
    assert world.queries(lambda: ask(world, "/answers")) == few
