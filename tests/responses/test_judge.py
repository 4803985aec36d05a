"""Members judge the answers: in secret, all at once, only if they are enough."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from convention.kit import clock, ids
from convention.kit.mail import OutgoingMail
from convention.people.models import RoleKind
from convention.responses import jobs, rules
from convention.responses.models import Answer, Item, RatingBox, RatingRoll
from tests.moderation import scene as moderation
from tests.responses import scene

OPEN = rules.RATED_AFTER.days + 1
OVER = rules.RATED_AFTER.days + rules.RATED_FOR.days + 1


def rate(world, name, mark, number=1):
    page = world.browser(world.member(name)).open(f"/reponses/{number}")
    return page.press("Mettre ma note dans l’urne", mark=str(mark))


def test_members_rate_thirty_days_after(world):
    # Given an answer that was published today
    scene.a_report(world)
    scene.publish(world, 1)
    lina = world.browser(world.member("Membre 1"))
    page = lina.open("/reponses/1")
    assert page.has("30 jours après la publication")
    assert lina.post("/reponses/1/note", {"mark": "5"}).status == 403

    # When thirty days have passed, and five members rate it
    with world.later(days=OPEN):
        for name, mark in (("Membre 1", 2), ("Membre 2", 4), ("Membre 3", 4), ("Membre 4", 10), ("Membre 5", 0)):
            page = rate(world, name, mark)
            assert page.has("Votre note est dans l’urne")
        # Then nothing is shown while others may still rate
        assert not page.has("sur 10 en moyenne")
        again = world.browser(world.member("Membre 1")).post("/reponses/1/note", {"mark": "9"})
        assert again.has("Votre note était déjà dans l’urne")

    # And all is shown at once afterwards
    with world.later(days=OVER):
        page = world.browser().open("/reponses/1")
        assert page.has("4 sur 10 en moyenne. La moitié des membres donnent 4 ou moins.")
        assert len(page.all(".dist li")) == 11
        assert world.browser(world.member("Membre 6")).post("/reponses/1/note", {"mark": "5"}).status == 403
        data = json.loads(world.browser().client.get("/reponses.json").content)
        assert [point["note_moyenne"] for point in data["points"]] == [4.0, None, None]


def test_fewer_than_five_marks_are_hidden(world):
    scene.a_report(world)
    scene.publish(world, 1)
    with world.later(days=OPEN):
        for name in ("Membre 1", "Membre 2", "Membre 3", "Membre 4"):
            rate(world, name, 0)
    with world.later(days=OVER):
        page = world.browser().open("/reponses/1")
        assert page.has("Moins de 5 membres ont noté")
        assert not page.all(".dist")
        csv = world.browser().client.get("/reponses.csv").content.decode("utf-8-sig")
        assert '"0.0"' not in csv


def test_a_mark_is_from_zero_to_ten(world):
    scene.a_report(world)
    scene.publish(world, 1)
    with world.later(days=OPEN):
        omar = world.browser(world.member("Membre 1"))
        for wrong in ("", "11", "-1", "cinq"):
            assert omar.post("/reponses/1/note", {"mark": wrong}).status == 422
        assert world.browser(world.official()).post("/reponses/1/note", {"mark": "10"}).status == 403


def test_one_missing_point_does_not_postpone_the_judgement(world):
    # Given a recommendation of two points, of which one is answered, and a promised date that has passed
    scene.a_report(world, due_in=10)
    world.browser(world.official()).open(f"{scene.DESK}/1").press("Ajouter ce point", title="Sans élus")
    scene.publish(world, 1, item=1)
    with world.later(days=11):
        assert not world.browser(world.member("Membre 1")).open("/reponses/1").has("Mettre ma note")
    with world.later(days=10 + OPEN):
        assert rate(world, "Membre 1", 3).has("Votre note est dans l’urne")
        # And the second point, published now, does not close the box nor open it again later
        scene.publish(world, 1, item=2)
    with world.later(days=10 + OVER):
        assert world.browser(world.member("Membre 2")).post("/reponses/1/note", {"mark": "3"}).status == 403


def test_nothing_joins_a_member_to_her_mark(world):
    # Given three members who rated
    scene.a_report(world)
    scene.publish(world, 1)
    with world.later(days=OPEN):
        before = everything(world)
        for name, mark in (("Membre 3", 9), ("Membre 1", 1), ("Membre 2", 5)):
            rate(world, name, mark)
        after = everything(world)

    # Then the only rows that changed are one roll and one box, sorted, and no line of the journal nor key of a form
    changed = {name for name in after if after[name] != before[name]} - {"sign_in"}
    assert changed == {"rating_roll", "rating_box"}
    with world.reading() as db:
        box, roll = db.exec(select(RatingBox)).one(), db.exec(select(RatingRoll)).one()
        assert box.marks == bytes([1, 5, 9])
        people = [roll.rated[at : at + 16] for at in range(0, len(roll.rated), 16)]
        assert people == sorted(world.member(f"Membre {n}").id.bytes for n in (1, 2, 3))
    assert set(RatingBox.model_fields) == {"answer_id", "marks"}

    # And once it is over, who rated is forgotten
    with world.later(days=OVER):
        jobs.forget(world.database)
        with world.reading() as db:
            assert db.exec(select(RatingRoll)).one().rated == b""
            assert len(db.exec(select(RatingBox)).one().marks) == 3


def everything(world):
    with world.database.engine.connect() as connection:
        return {
            table.name: ids.fingerprint(repr(sorted(map(repr, connection.execute(sa.select(table))))))
            for table in SQLModel.metadata.sorted_tables
        }


def test_a_comment_stands_apart_from_the_mark(world):
    # Given Omar, who rates, then comments without signing, and Lina, who signs
    scene.a_report(world)
    scene.publish(world, 1)
    with world.later(days=OPEN):
        omar = world.browser(world.member("Membre 1"))
        page = omar.open("/reponses/1").press("Publier mon commentaire", text="Sans élus était le cœur.")
        assert page.has("Votre commentaire est enregistré")
        signed = world.browser(world.member("Membre 2")).open("/reponses/1")
        signed.press("Publier mon commentaire", text="C’est plus que je n’espérais.", signed="oui")

        # Then one is nameless, the other is not
        quotes = [one.text_content() for one in world.browser().open("/reponses/1").all("blockquote")]
        assert len(quotes) == 2
        assert any("Sans élus" in one and "Membre de la convention" in one for one in quotes)
        assert any("Membre 2" in one for one in quotes)

        # And it can be written again, or withdrawn
        omar.open("/reponses/1").press("Publier mon commentaire", text="Sans élus, c’était le cœur.")
        page = omar.open("/reponses/1").press("Retirer mon commentaire")
        assert len(page.all("blockquote")) == 1


def test_a_hidden_comment_that_is_written_again_is_read_again(world):
    scene.a_report(world)
    scene.publish(world, 1)
    claire = world.facilitator()
    with world.later(days=OPEN):
        omar = world.browser(world.member("Membre 1"))
        omar.open("/reponses/1").press("Publier mon commentaire", text="Gérard Quidam est un crétin fini.")
        page = world.browser().open("/reponses/1").follow("Signaler le commentaire 1")
        page.press("Envoyer le signalement", reason="insult", words="Il l’insulte.")
        moderation.decide(world, claire, "change_asked")
        page = omar.open("/reponses/1").press("Publier mon commentaire", text="La réponse ne dit rien des élus.")
        assert page.has("Le texte est réécrit depuis : une personne le relit avant de le remettre en ligne")
        assert not world.browser().open("/reponses/1").has("La réponse ne dit rien des élus.")
        assert world.browser(claire).open("/animation/moderation").has("Réécrit, à relire")
        moderation.decide(world, claire, "keep", rule="", statement="Le nouveau commentaire ne vise personne : merci.")
        assert world.browser().open("/reponses/1").has("La réponse ne dit rien des élus.")


def test_contesting_reaches_the_official_and_the_guarantors(world):
    # Given an answer by the general direction, an official there, another elsewhere, and a guarantor
    scene.a_report(world)
    general = scene.department(world, "Direction générale")
    scene.official(world, "Rachid", of=general, email="rachid@ville.fr")
    scene.official(world, "Inès", of=scene.department(world, "Mobilités"), email="ines@ville.fr")
    world.person("Solange", RoleKind.GUARANTOR, email="solange@garants.fr")
    scene.publish(world, 1, decision="non-retenue")

    # When Omar contests it
    omar = world.browser(world.member("Membre 1"))
    page = omar.open("/reponses/1").press("Envoyer ma contestation", text="Le code permet une clause de suspension.")

    # Then both receive it, without his name, and it is public
    assert page.has("Votre contestation est partie")
    with world.reading() as db:
        mails = db.exec(select(OutgoingMail)).all()
    assert {mail.to for mail in mails} == {"rachid@ville.fr", "solange@garants.fr"}
    assert all("Le code permet une clause de suspension." in mail.lines for mail in mails)
    assert not any("Membre 1" in " ".join(mail.lines) for mail in mails)
    assert page.has("Le code permet une clause de suspension.")
    assert (
        omar.post("/reponses/1/points/1/contestation", {"text": "Encore une fois, je ne suis pas d’accord."}).status
        == 403
    )

    # And the officials reply
    rachid = world.browser(world.people["Rachid"])
    assert rachid.open(scene.DESK).has("Contestations à lire")
    sheet = rachid.open(f"{scene.DESK}/1/1")
    sheet.press(
        "Publier cette réponse au membre", reply="La clause existe : elle est de deux mois, et nous l’écrirons."
    )
    assert world.browser().open("/reponses/1").has("elle est de deux mois")


def test_who_contested_is_told_of_the_reply(world):
    # Given Lina, who has an address, and contests an answer
    scene.a_report(world)
    scene.official(world, "Rachid", of=scene.department(world, "Direction générale"))
    scene.publish(world, 1, decision="non-retenue")
    lina = world.browser(world.person("Lina", RoleKind.MEMBER, email="lina@exemple.fr"))
    lina.open("/reponses/1").press("Envoyer ma contestation", text="Le code permet une clause de suspension.")

    # When an official replies, then corrects her reply
    rachid = world.browser(world.people["Rachid"])
    for words in ("La clause existe : elle est de deux mois.", "La clause existe : elle est de trois mois."):
        rachid.open(f"{scene.DESK}/1/1").press("Publier cette réponse au membre", reply=words)

    # Then Lina is told once, with the reply and where to read it
    with world.reading() as db:
        (mail,) = [mail for mail in db.exec(select(OutgoingMail)).all() if mail.to == "lina@exemple.fr"]
    assert "La clause existe : elle est de deux mois." in mail.lines
    assert mail.button and mail.button[1].endswith("/reponses/1#contestations")

    # And both texts are open data, without her name
    said = world.browser().client.get("/api/v1/answers/1").json()
    (one,) = said["contested"]
    assert (said["contests"], one["point"], one["reply"]) == (1, 1, "La clause existe : elle est de trois mois.")
    assert one["text"] == "Le code permet une clause de suspension." and "Lina" not in str(said)


@pytest.mark.parametrize(
    ("button", "typed", "place"),
    [
        ("Mettre ma note dans l’urne", {}, "#f-mark"),
        ("Publier mon commentaire", {"text": ""}, "#f-text"),
        ("Envoyer ma contestation", {"text": "Trop court"}, "#f-contest-1"),
    ],
)
def test_what_a_member_has_to_correct_is_said_at_the_top(world, button, typed, place):
    # Given an answer that members judge, on a page longer than any phone
    scene.a_report(world)
    scene.publish(world, 1)
    with world.later(days=OPEN):
        # When Omar forgets something
        page = world.browser(world.member("Membre 1")).open("/reponses/1").press(button, **typed)

        # Then the first thing he meets says so, and leads to the place
        assert page.status == 422
        assert page.one(".sumup a").get("href") == place
        assert "À corriger" in page.one(f".has-err:has({place}), {place}.has-err").text_content()


def test_a_point_without_answer_is_not_contested(world):
    scene.a_report(world)
    omar = world.browser(world.member("Membre 1"))
    page = omar.post("/reponses/1/points/1/contestation", {"text": "Je conteste ce silence, vraiment."})
    assert page.status == 403
    scene.publish(world, 1)
    assert omar.post("/reponses/1/points/1/contestation", {"text": "Non."}).status == 422


def test_hidden_words_leave_their_place(world):
    scene.a_report(world)
    scene.publish(world, 1)
    omar = world.browser(world.member("Membre 1"))
    omar.open("/reponses/1").press("Envoyer ma contestation", text="Des mots qui visent quelqu’un par son nom.")
    page = world.browser().open("/reponses/1").follow("Signaler cette contestation")
    assert page.has("Contestation de la réponse n° 1")


def test_when_the_rating_opens():
    at = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    answer = Answer(number=1, edition=1, convention_id=ids.uuid4(), handed_over_at=at)
    done = Item(
        answer_id=answer.id, convention_id=answer.convention_id, number=1, title="", changed_at=at, answered_at=at
    )
    waiting = Item(answer_id=answer.id, convention_id=answer.convention_id, number=2, title="", changed_at=at)
    due = dt.date(2026, 2, 1)
    assert rules.rating_opens(answer, [], due, at) is None
    assert rules.rating_opens(answer, [waiting], due, at) is None
    assert rules.rating_opens(answer, [done], None, at) == at + rules.RATED_AFTER
    assert rules.rating_opens(answer, [done, waiting], None, at) is None
    assert rules.rating_opens(answer, [done, waiting], due, at) == at + rules.RATED_AFTER
    assert rules.rating_opens(answer, [done, waiting], dt.date(2026, 5, 1), at) is None
    assert clock.local(at).date() > due
