"""What was promised for a date: answers, news, transmissions, reviews, reminders."""

import csv
import datetime as dt
import io
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import httpx2
import pytest
from sqlmodel import select

from convention import worker
from convention.kit import clock
from convention.kit.mail import OutgoingMail
from convention.people.visits import COOKIE
from convention.responses import jobs, rules
from convention.responses.models import Answer, Item
from tests.faults.scene import cookie_of
from tests.responses import scene
from tests.voting.test_storm import serving
from tests.waiting import together
from tests.world import PLAIN


def mails(world):
    with world.reading() as db:
        return db.exec(select(OutgoingMail).order_by(OutgoingMail.written_at)).all()


def remind(world):
    return jobs.remind(world.database, lambda _convention: "https://convention.exemple.fr")


def test_a_missed_date_is_shown_to_everybody(world):
    # Given an answer that was promised for tomorrow
    scene.a_report(world, due_in=1)
    assert not world.browser().open("/reponses/1").has("attendue depuis")
    assert world.browser().open("/").has("Réponse promise avant le")

    # When twenty-three days have passed since then
    with world.later(days=24):
        for address in ("/", "/reponses", "/reponses/1", "/reponses/echeances"):
            assert "attendue depuis 23 jours" in world.browser().open(address).text, address
        assert world.browser(world.official()).open(scene.DESK).has("En retard")
        rows = list(csv.DictReader(io.StringIO(the_csv(world)), delimiter=";"))
        assert {row["jours_de_retard"] for row in rows} == {"23"}

        # Then answering ends it
        scene.publish(world, 1)
        assert not world.browser().open("/reponses/1").has("attendue depuis")


def the_csv(world):
    return world.browser().client.get("/reponses.csv").content.decode("utf-8-sig")


def test_each_reminder_is_sent_once(world):
    # Given an answer due in twenty days, and two officials, one of whom has nothing left to write
    scene.a_report(world, due_in=20)
    done = scene.department(world, "Achats")
    scene.official(world, "Rachid", email="rachid@ville.fr")
    scene.official(world, "Inès", of=done, email="ines@ville.fr")

    # Then the reminder of thirty days before is written once, whatever the number of looks
    assert remind(world) == 1
    assert remind(world) == 0
    assert [mail.to for mail in mails(world)] == ["rachid@ville.fr"]
    assert "3 points attendent encore leur réponse." in mails(world)[0].lines

    # And others come in their time, one at a time, before and after the date
    with world.later(days=14):
        assert remind(world) == 1
    with world.later(days=36):
        assert remind(world) == 1
        assert remind(world) == 0
    last = mails(world)[-1]
    assert last.title == "Réponse attendue depuis 16\u00a0jours" or "16" in last.title
    assert "https://convention.exemple.fr/collectivite/reponses" in str(last.button)


def test_nobody_is_reminded_of_what_is_answered(world):
    scene.a_report(world, ("Une seule",), due_in=3)
    scene.official(world, "Rachid", email="rachid@ville.fr")
    scene.publish(world, 1)
    assert remind(world) == 0


def test_follow_up_is_dated_and_proved(world):
    # Given an accepted point
    scene.a_report(world)
    scene.publish(world, 1)
    today = clock.local(clock.now()).date()

    # When Hélène forgets the proof, or writes a date to come
    page = scene.sheet(world, 1)
    given = {"progress": "etudes", "happened_on": today.isoformat(), "text": "L’étude est lancée."}
    assert page.press("Publier cette nouvelle", **given).has("Donnez la preuve")
    ahead = {**given, "happened_on": (today + dt.timedelta(days=3)).isoformat(), "evidence": "Délib. 12"}
    assert page.press("Publier cette nouvelle", **ahead).has("Écrivez une date passée")

    # Then nothing is published, until all is there
    assert not world.browser().open("/reponses/1").has("L’étude est lancée.")
    assert page.press("Publier cette nouvelle", **{**given, "evidence": "https://ville.fr/d12"}).has("publié")
    public = world.browser().open("/reponses/1")
    assert public.has("L’étude est lancée.")
    assert public.links()["https://ville.fr/d12"] == "https://ville.fr/d12"


def test_what_was_not_promised_is_not_said_to_be_followed(world):
    def said():
        return world.browser().open("/reponses/echeances")

    # Given no report yet
    assert said().has("Le rapport n’est pas encore remis.") and said().has("Aucun engagement n’est pris à ce jour.")

    # When one is, and a first answer refuses
    scene.a_report(world, due_in=200)
    scene.publish(world, 2, decision="non-retenue")

    # Then nothing is promised yet
    assert said().has("Aucun engagement n’est pris à ce jour.")
    assert not said().has("Le rapport n’est pas encore remis.")

    # And what is accepted is
    scene.publish(world, 1)
    assert said().has("Tous les engagements ont donné des nouvelles depuis moins de trois mois.")


def test_silence_is_counted(world):
    scene.a_report(world, due_in=200)
    scene.publish(world, 1)
    scene.publish(world, 2, decision="non-retenue")
    with world.later(days=89):
        assert not world.browser().open("/reponses/1").has("Sans nouvelle")
    with world.later(days=120):
        assert world.browser().open("/reponses/1").has("Sans nouvelle depuis 120 jours")
        assert not world.browser().open("/reponses/2").has("Sans nouvelle")
        assert world.browser().open("/reponses/echeances").has("Sans nouvelle depuis 120 jours")
        # A work that is over owes no more news
        today = clock.local(clock.now()).date().isoformat()
        scene.sheet(world, 1).press(
            "Publier cette nouvelle",
            progress="termine",
            happened_on=today,
            text="La fiche existe.",
            evidence="Marché 3",
        )
    with world.later(days=300):
        assert not world.browser().open("/reponses/1").has("Sans nouvelle")


def test_what_belongs_to_others_is_sent_to_them(world):
    scene.a_report(world)
    scene.publish(world, 1, decision="hors-competence", addressee="Préfecture de l’Hérault")
    assert world.browser().open("/reponses/1").has("Pas encore envoyée.")
    today = clock.local(clock.now()).date().isoformat()
    page = scene.sheet(world, 1)
    assert page.has("Préfecture de l’Hérault")  # to whom, on the page where the sending is noted
    page = page.press("Noter la transmission", sent_on=today)
    assert page.has("La transmission est notée")
    assert world.browser().open("/reponses/echeances").has("Réponse du destinataire attendue")
    scene.sheet(world, 1).press("Noter la transmission", reply="Nous étudions la demande.", replied_on=today)
    assert world.browser().open("/reponses/1").has("Nous étudions la demande.")


def test_a_reply_has_a_day_words_and_a_sending(world):
    # Given a recommendation that belongs to others, and what the city is about to tell of it
    scene.a_report(world)
    scene.publish(world, 1, decision="hors-competence", addressee="Préfecture de l’Hérault")
    today = clock.local(clock.now()).date()
    day, eve = today.isoformat(), (today - dt.timedelta(days=1)).isoformat()
    for given, told in (
        ({"replied_on": day, "reply": "Oui."}, "Écrivez la date à laquelle la recommandation a été envoyée."),
        ({"sent_on": day, "reply": "Oui."}, "Écrivez la date à laquelle cette réponse est arrivée."),
        ({"sent_on": day, "replied_on": day}, "Écrivez ce que répond le destinataire"),
        ({"sent_on": day, "replied_on": eve, "reply": "Oui."}, "ne peut pas être arrivée avant l’envoi"),
    ):
        # Then a reply that nothing was sent for, without a day or without words, is not published
        page = scene.sheet(world, 1).press("Noter la transmission", **given)
        assert page.status == 422, given
        assert page.has(told)
        assert world.browser().open("/reponses/1").has("Pas encore envoyée.")


def test_what_the_organisers_mistype_is_asked_again_in_its_place(world):
    # A review dated of tomorrow, a department that is already in the list: the page is there again, the words with it
    scene.a_report(world, due_in=0)
    scene.department(world, "Mobilités")
    tomorrow = (clock.local(clock.now()).date() + dt.timedelta(days=1)).isoformat()
    hélène = world.browser(world.official())
    page = hélène.open("/collectivite/directions").press(
        "Publier le bilan à 6 mois", held_on=tomorrow, text="Tenu avec douze membres."
    )
    assert page.status == 422
    assert page.has("Écrivez une date passée : celle où le bilan s’est tenu.")
    assert page.one("#f-bilan-6-texte").text.strip() == "Tenu avec douze membres."
    page = hélène.open("/collectivite/directions").press("Ajouter cette direction", name="mobilités")
    assert page.status == 422
    assert page.has("Cette direction est déjà dans la liste.")
    assert page.one("#f-name").get("value") == "mobilités"


def test_of_those_who_take_the_same_name_at_once_one_has_it_and_the_others_their_form(world):
    scene.a_report(world)
    cookie = f"{COOKIE}={cookie_of(world.browser(world.official()))}"
    headers = {"cookie": cookie, "sec-fetch-site": "same-origin", "accept-language": "fr"}
    ready = Barrier(8)
    with serving(world) as address, ThreadPoolExecutor(8) as pool:

        def add(key):
            together(ready)
            form = {"name": "Mobilités", "cle": key}
            return httpx2.post(
                f"{address}/collectivite/directions", data=form, headers=headers, verify=PLAIN, timeout=60
            )

        answers = list(pool.map(add, [str(uuid4()) for _n in range(8)]))
    assert sorted(one.status_code for one in answers) == [303] + [422] * 7
    assert all("Cette direction est déjà dans la liste." in one.text for one in answers if one.status_code == 422)


@pytest.mark.parametrize(
    ("typed", "told"),
    [("voirie", "Une autre direction porte déjà ce nom."), ("", "Donnez le nom de la direction.")],
)
def test_a_name_that_a_department_cannot_take_is_asked_again_in_its_place(world, typed, told):
    # Given two departments
    scene.a_report(world)
    scene.department(world, "Mobilités")
    scene.department(world, "Voirie")

    # When Hélène gives the first a name that it cannot have
    page = world.browser(world.official()).open("/collectivite/directions").press("Renommer", name=typed)

    # Then the page is there again, that form open with what she typed and what is wrong, and no other form has it
    assert page.status == 422
    (field,) = page.all("details[open] .has-err")
    assert told in field.text_content()
    assert field.cssselect("input")[0].get("value") == typed
    (link,) = page.all(".sumup a")
    assert link.get("href") == "#" + field.cssselect("input")[0].get("id")
    adding = page.form("Ajouter cette direction").cssselect("input[name=name]")[0]
    assert adding.get("value") == ""


def test_one_official_always_sees_everything(world):
    # Given Hélène alone, who takes a department for herself
    scene.a_report(world)
    scene.department(world, "Mobilités")
    hélène = world.browser(world.official())
    page = hélène.open("/collectivite/directions")
    roads = next(one.get("value") for one in page.all("option") if one.text == "Mobilités")
    page = page.press("Enregistrer pour Hélène", department=roads)

    # Then she is told why not, beside her name: nobody could undo it
    assert page.status == 422
    assert "Gardez au moins un agent qui voit tout" in page.one(".has-err").text_content()
    assert page.one(".has-err option[selected]").text == "Mobilités"
    assert page.one("#f-name").get("value") == ""

    # With Karim to see everything, she may
    world.official("Karim")
    page = hélène.open("/collectivite/directions").press("Enregistrer pour Hélène", department=roads)
    assert page.has("L’attribution est enregistrée.")

    # And see everything again: no browser holds that choice back as a void one
    page = world.browser(world.official("Karim")).open("/collectivite/directions")
    assert not [
        one for one in page.form("Enregistrer pour Hélène").cssselect("select") if one.get("required") is not None
    ]
    page = page.press("Enregistrer pour Hélène", department="")
    assert page.has("L’attribution est enregistrée.") and hélène.open("/collectivite/directions").has("Renommer")


def test_reviews_come_at_six_and_twelve_months(world):
    scene.a_report(world, due_in=0)
    assert world.browser().open("/reponses/echeances").has("Bilan à 6 mois")
    with world.later(days=190):
        assert world.browser().open("/reponses/1").has("Bilan attendu depuis")
        today = clock.local(clock.now()).date().isoformat()
        page = world.browser(world.official()).open("/collectivite/directions")
        page.press("Publier le bilan à 6 mois", held_on=today, text="Douze membres ont relu les réponses.")
        assert world.browser().open("/reponses/1").has("Douze membres ont relu les réponses.")


@pytest.mark.parametrize(
    ("due", "months", "expected"),
    [
        (dt.date(2024, 10, 15), 6, dt.date(2025, 4, 15)),
        (dt.date(2024, 8, 31), 6, dt.date(2025, 2, 28)),
        (dt.date(2023, 8, 31), 6, dt.date(2024, 2, 29)),
        (dt.date(2024, 12, 1), 12, dt.date(2025, 12, 1)),
    ],
)
def test_the_day_of_a_review(due, months, expected):
    assert rules.review_due(due, months) == expected


def test_the_dashboard_filters_and_its_figures_are_those_of_the_files(world):
    # Given one accepted, one refused, one awaited
    scene.a_report(world)
    scene.publish(world, 1)
    scene.publish(world, 2, decision="non-retenue")

    # Then the page, its part and the files say the same
    page = world.browser().open("/reponses")
    assert page.has("3 recommandations")
    assert [one.text_content() for one in page.all("#decisions tbody td.r")][:7][:1] == ["1"]
    refused = world.browser().open("/reponses?decision=non-retenue")
    assert refused.has("Filmer sans reconnaître")
    assert not refused.has("Mesurer le coût écologique")
    assert world.browser().open("/reponses?decision=attendue").has("Un comité d’éthique")
    with world.writing() as db:
        scene.of_number(world, db, 2)[0].competence = "État"
    page = world.browser().open("/reponses").press("Afficher", competence="État")
    assert page.has("Filmer sans reconnaître")
    assert not page.has("Mesurer le coût écologique")
    part = world.browser().part("/reponses", decision="non-retenue")
    assert part.all("#liste")
    rows = list(csv.DictReader(io.StringIO(the_csv(world)), delimiter=";"))
    assert [row["decision"] for row in rows] == ["retenue", "non-retenue", ""]
    assert {row["licence"] for row in rows} == {"Licence Ouverte 2.0"}
    data = json.loads(world.browser().client.get("/reponses.json").content)
    assert set(data["dictionnaire"]) == set(rows[0])
    assert [point["reponse"] for point in data["points"]] == [row["reponse"] or None for row in rows]


def test_a_draft_is_in_no_public_file(world):
    scene.a_report(world)
    scene.sheet(world, 1).press("Enregistrer le brouillon", decision="retenue", text="Un secret de brouillon.")
    for address in ("/reponses", "/reponses/1", "/reponses/echeances"):
        assert not world.browser().open(address).has("Un secret de brouillon.")
    for address in ("/reponses.csv", "/reponses.json"):
        assert "Un secret de brouillon" not in world.browser().client.get(address).content.decode()


def test_lists_ask_as_much_for_many_as_for_few(world):
    scene.a_report(world, tuple(f"Recommandation {n}" for n in range(1, 4)))
    hélène = world.browser(world.official())
    addresses = ("/reponses", "/reponses/echeances", "/reponses.csv", scene.DESK, "/collectivite/directions")
    few = {one: world.queries(lambda one=one: hélène.client.get(one)) for one in addresses}
    with world.writing() as db:
        at = clock.now()
        for number in range(10, 90):
            answer = Answer(convention_id=world.convention.id, number=number, edition=1, title="x", handed_over_at=at)
            db.add(answer)
            db.flush()
            for place in (1, 2, 3):
                db.add(
                    Item(convention_id=world.convention.id, answer_id=answer.id, number=place, title="y", changed_at=at)
                )
    many = {one: world.queries(lambda one=one: hélène.client.get(one)) for one in addresses}
    assert many == few


def test_the_worker_reminds_and_forgets(world):
    scene.a_report(world, due_in=5)
    scene.official(world, "Rachid", email="rachid@ville.fr")
    worker.once(world.database, world.settings)
    worker.once(world.database, world.settings)
    letters = list(world.settings.mail_folder.glob("*.eml"))
    assert len(letters) == 1
    assert "127.0.0.1:8000/collectivite/reponses" in letters[0].read_text()
