"""From the report to a published answer, point by point."""

import pytest

from convention.recommendations import actions as closing
from convention.recommendations import queries as editions
from convention.responses import queries
from tests.recommendations import seeds
from tests.responses import scene
from tests.responses.scene import DESK, PLAIN, REFUSAL
from tests.responses.scene import REFUSAL as LONG


def test_a_published_report_waits_for_its_answers(world):
    # Given a report that has just been published
    scene.a_report(world)

    # Then each recommendation has its sheet on the officials' desk, and is awaited in public
    page = world.browser(world.official()).open(DESK)
    assert page.has("3 recommandations, 3 points à décider")
    public = world.browser().open("/reponses")
    assert public.has("Un comité d’éthique avec des citoyens")
    assert public.has("Réponse attendue")


def test_a_newer_edition_asks_nothing_of_what_is_begun(world):
    # Given three answers, of which one is published, and a second edition of the report
    scene.a_report(world)
    scene.publish(world, 1)
    seeds.freeze(world)

    # Then those not begun took its words when it was published: nobody is asked to prepare anything
    page = world.browser(world.official()).open(DESK)
    assert not page.has("Préparer les fiches")
    with world.reading() as db:
        assert [answer.edition for answer in queries.answers(db, world.convention)] == [1, 2, 2]


def test_words_of_a_closed_edition_are_not_read_beside_their_answer(world):
    # Given three answers, of which one is published, and their edition closed to the public since
    scene.a_report(world)
    scene.publish(world, 1)
    with world.writing() as db:
        edition = editions.edition(db, world.convention, 1)
        closing.close(db, world.convention, edition, "Décision de justice du 12 mars 2027.", page="")

    # Then the answer is read alone, and its desk says nothing of them either
    words = "Créer un comité composé de citoyens tirés au sort."
    for browser, address in ((world.browser(), "/reponses/1"), (world.browser(world.official()), f"{DESK}/1")):
        page = browser.open(address)
        assert not page.has(words), address
        assert not [one for one in page.links().values() if one.startswith("/rapport/1")]
    assert world.browser().open("/reponses/1").has(PLAIN)

    # When another edition is published, all three are answers to it, the one begun too
    seeds.freeze(world)
    with world.reading() as db:
        assert [answer.edition for answer in queries.answers(db, world.convention)] == [2, 2, 2]
    page = world.browser().open("/reponses/1")
    assert page.has(words) and page.has(PLAIN)


def test_a_recommendation_is_split_without_touching_its_words(world):
    # Given Hélène, before recommendation 3
    scene.a_report(world)
    roads = scene.department(world, "Direction générale")
    hélène = world.browser(world.official())
    before = hélène.open("/rapport/1/3").text

    # When she makes two decisions of it
    page = hélène.open(f"{DESK}/3").press(
        "Ajouter ce point", title="Sans élus", paragraphs=["3.2"], department=str(roads.id), referent="Mme Roux"
    )

    # Then both are there, in public too, and the citizens' text is what it was
    assert page.has("Le point est ajouté")
    public = world.browser().open("/reponses/3")
    assert public.has("2 points")
    assert public.has("Créer un comité composé de citoyens tirés au sort.")
    assert hélène.open("/rapport/1/3").text == before


def test_a_point_can_be_taken_back_but_not_the_last(world):
    scene.a_report(world)
    hélène = world.browser(world.official())
    hélène.open(f"{DESK}/3").press("Ajouter ce point", title="Sans élus")
    page = hélène.open(f"{DESK}/3").press("Retirer ce point")
    assert page.has("Le point est retiré")
    assert page.has("1 point")
    assert hélène.post(f"{DESK}/3/1/retrait").status == 403


def test_a_refusal_too_brief_is_not_sent_to_the_check(world):
    # Given Hélène, who refuses in five words
    scene.a_report(world)
    page = scene.sheet(world, 3).press("Demander le visa", decision="non-retenue", text="Ce n’est pas possible.")

    # Then she is told what is missing, and nothing is lost
    assert page.status == 422
    assert page.has("Choisissez le motif : un refus en a toujours un.")
    assert page.has("Expliquez ce refus en 200 caractères au moins : il en manque 178.")
    assert page.has("Ce n’est pas possible.")

    # And the draft itself can be kept as it is
    kept = page.press("Enregistrer le brouillon")
    assert kept.has("Le brouillon est enregistré")
    assert kept.has("Avant le visa, il reste")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"decision": "deja-engagee"}, "Donnez la preuve"),
        ({"decision": "deja-engagee"}, "ce que la convention ajoute"),
        ({"decision": "a-l-etude"}, "Donnez la date à laquelle la décision sera connue."),
        ({"decision": "a-l-etude", "deadline": "2020-01-01"}, "Donnez une date à venir"),
        ({"decision": "hors-competence"}, "Écrivez à qui la recommandation est transmise."),
        ({"decision": "retenue", "text": "Oui."}, "en une phrase au moins"),
        ({"decision": "retenue", "deadline": "demain"}, "Écrivez une date : jour, mois, année."),
        ({}, "Choisissez la décision."),
    ],
)
def test_each_decision_asks_for_its_proofs(world, given, told):
    scene.a_report(world)
    page = scene.sheet(world, 1).press("Demander le visa", **{"text": PLAIN, **given})
    assert page.status == 422
    assert page.has(told)


def test_the_road_from_draft_to_publication(world):
    # Given a refusal that says enough, and who answers
    scene.a_report(world)
    scene.assigned(world, 3, scene.department(world, "Juridique"))
    rachid = scene.official(world, "Rachid")
    page = scene.sheet(world, 3).press("Demander le visa", decision="non-retenue", reason="droit", text=REFUSAL)
    assert page.has("Le visa juridique est demandé")
    assert not world.browser().open("/reponses/3").has("La suspension automatique")

    # When Rachid checks it, twice (two windows), and somebody else records the elected person's agreement
    browser = world.browser(rachid)
    twice = browser.open(f"{DESK}/3/1")
    assert twice.press("Donner le visa juridique").has("Le visa juridique est donné")
    again = browser.post(f"{DESK}/3/1/visa")
    assert again.status == 403
    assert "Le visa a déjà été donné." in again.text
    assert browser.open(f"{DESK}/3/1").has("Vous avez donné le visa : l’accord est enregistré par quelqu’un d’autre.")
    assert browser.post(f"{DESK}/3/1/accord").status == 403
    page = scene.sheet(world, 3).press("Enregistrer l’accord de Mme Roux")
    assert world.browser(world.official()).post(f"{DESK}/3/1/accord").status == 403
    page = page.press("Publier cette réponse")

    # Then everybody reads it, with who answered, and the sheet says who did what
    assert page.has("La réponse est publiée")
    public = world.browser().open("/reponses/3")
    assert public.has("Non retenue")
    assert public.has("La suspension automatique d’un marché")
    assert public.has("Droit : la loi ne le permet pas")
    assert public.has("Mme Roux")
    assert not public.has("Rachid")
    assert page.has("Visa juridique donné, Rachid")


def test_nothing_is_published_before_its_time(world):
    scene.a_report(world)
    hélène = world.browser(world.official())
    for step, told in (
        ("visa", "Le visa n’est pas encore demandé"),
        ("accord", "L’accord se donne après le visa juridique."),
        ("publication", "Une réponse se publie après le visa"),
    ):
        page = hélène.post(f"{DESK}/1/1/{step}")
        assert page.status == 403
        assert told in page.text


def test_without_department_or_elected_person_no_check(world):
    scene.a_report(world)
    # The sheet says so before anything is asked
    aside = " ".join(scene.sheet(world, 1).one("aside").itertext())
    assert "Attribuez d’abord ce point à une direction." in aside
    assert "Nommez d’abord l’élu·e référent·e" in aside
    page = scene.sheet(world, 1).press("Demander le visa", decision="retenue", text=PLAIN)
    assert page.status == 422
    assert page.has("Attribuez d’abord ce point à une direction.")
    assert page.one("[name=referent]").get("aria-invalid") == "true"

    # The sheet is there again, the words with it
    assert page.one("[name=text]").text.strip() == PLAIN
    assert page.one("[name=department]").get("aria-invalid") == "true"

    # And giving the department at once, in its own form, loses none of them
    law = scene.department(world, "Juridique")
    page = scene.sheet(world, 2).press("Demander le visa", decision="retenue", text=PLAIN)
    page = page.press("Enregistrer l’attribution", department=str(law.id), referent="Mme Roux")
    assert page.one("[name=text]").text.strip() == PLAIN
    assert page.press("Demander le visa").has("Le visa juridique est demandé.")


def test_changed_words_are_checked_again(world):
    scene.a_report(world)
    scene.assigned(world, 1, scene.department(world, "Achats"))
    page = scene.sheet(world, 1).press("Demander le visa", decision="retenue", text=PLAIN)
    scene.sheet(world, 1, person=world.official("Karim")).press("Donner le visa juridique")
    page = page.browser.open(f"{DESK}/1/1").press("Enregistrer le brouillon", text=PLAIN + " Dès janvier.")
    assert page.has("Brouillon")
    assert world.browser(world.official()).post(f"{DESK}/1/1/accord").status == 403


def test_a_sheet_is_sent_back_with_what_to_change(world):
    scene.a_report(world)
    scene.assigned(world, 1, scene.department(world, "Achats"))
    page = scene.sheet(world, 1).press("Demander le visa", decision="retenue", text=PLAIN)
    page = page.press("Renvoyer", note="Citez l’article du code.")
    assert page.has("Renvoyée en rédaction")
    assert page.has("Citez l’article du code.")


def test_two_officials_on_one_sheet_do_not_erase_each_other(world):
    # Given Hélène and Rachid, who opened the same sheet
    scene.a_report(world)
    hélène, rachid = scene.sheet(world, 1), scene.sheet(world, 1, person=scene.official(world, "Rachid"))

    # When both write
    rachid.press("Enregistrer le brouillon", decision="retenue", text="Oui, dès le prochain marché, sans attendre.")
    page = hélène.press("Enregistrer le brouillon", decision="non-retenue", text=LONG)

    # Then the second sees what the first wrote, keeps her words, and decides
    assert page.status == 409
    assert page.has("Oui, dès le prochain marché, sans attendre.")
    assert page.has("La suspension automatique")
    assert page.press("Enregistrer le brouillon").has("Le brouillon est enregistré")


def test_no_line_of_an_answer_begins_with_what_ends_a_sentence(world):
    # Hélène types as everybody does, a plain space before « : » and « ; »; the guarantors too
    scene.a_report(world)
    said = "Trois moyens : une fiche ; un avis ; un bilan. Et la suite ? Elle est écrite."
    scene.publish(world, 1, text=said)
    draft = world.browser(world.guarantor()).open("/garants/journal/ecrire")
    draft = draft.press("Enregistrer le brouillon", kind="observation", title="Le vote", text=said)
    draft.press("Publier, signé de mon nom")
    for page in (
        world.browser().open("/reponses/1"),
        scene.sheet(world, 1),
        world.browser().open("/journal-des-garants"),
    ):
        words = page.html.text_content()
        assert "moyens\u00a0: une fiche\u202f; un avis\u202f; un bilan. Et la suite\u202f? Elle" in words, page.address


def test_who_assigns_a_point_is_not_said_to_write_in_it(world):
    # Given Hélène, who began to write, and who assigns the point from another tab before she sends
    scene.a_report(world)
    scene.department(world, "Achats")
    writing = scene.sheet(world, 1)
    assigning = scene.sheet(world, 1)
    achats = next(one.get("value") for one in assigning.all("#f-department option") if one.text == "Achats")
    assigning.press("Enregistrer l’attribution", department=achats, referent="Mme Roux")

    # When she sends what she wrote
    page = writing.press("Enregistrer le brouillon", decision="retenue", text="Oui, dès le prochain marché.")

    # Then nobody wrote there meanwhile: her words are kept, and the assignment with them
    assert page.has("Le brouillon est enregistré"), page.text
    assert page.has("Direction : Achats.")

    # Nor is a table that left before another assignment said to be late
    with world.reading() as db:
        _answer, item = scene.of_number(world, db, 1)
        left = item.version
    scene.assigned(world, 1, scene.department(world, "Mobilités"))
    with world.reading() as db:
        assert scene.of_number(world, db, 1)[1].version == left


def test_a_correction_leaves_the_former_answer_to_read(world):
    scene.a_report(world)
    scene.publish(world, 1)
    page = scene.sheet(world, 1).press("Reprendre pour corriger")
    page = page.press("Demander le visa", text="Chaque marché de plus de 40 000 euros portera une fiche d’impact.")
    assert world.browser().open("/reponses/1").has(PLAIN)
    scene.sheet(world, 1, person=world.official("Karim")).press("Donner le visa juridique")
    scene.sheet(world, 1).press("Enregistrer l’accord").press("Publier cette réponse")
    public = world.browser().open("/reponses/1")
    assert public.has("40 000 euros")
    assert public.has("Corrigée : lire les versions précédentes")
    assert public.has(PLAIN)


def test_the_same_words_on_more_than_five_points_are_noticed(world):
    # Given five refusals in the same words
    scene.a_report(world, tuple(f"Recommandation {n}" for n in range(1, 7)))
    for number in range(1, 6):
        page = scene.sheet(world, number).press("Enregistrer le brouillon", decision="non-retenue", text=REFUSAL)
        assert not page.has("Cette réponse ressemble")

    # When Hélène pastes them once more, give or take a name
    page = scene.sheet(world, 6).press(
        "Enregistrer le brouillon", decision="non-retenue", text=REFUSAL.replace("deux mois", "trois mois")
    )

    # Then she is told, and may go on
    assert page.has("Cette réponse ressemble à 5 autres.")


def test_an_official_sees_her_department_only(world):
    # Given two departments, and Rachid attached to one
    scene.a_report(world)
    roads, law = scene.department(world, "Mobilités"), scene.department(world, "Juridique")
    scene.assigned(world, 1, roads)
    scene.assigned(world, 2, law)
    rachid = world.browser(scene.official(world, "Rachid", of=roads))

    # Then his desk shows his points, whatever he filters, and the others do not exist for him
    page = rachid.open(DESK).press("Afficher")
    assert page.has("1 recommandation, 1 point à décider")
    assert not page.has("Filmer sans reconnaître")
    rachid.open(f"{DESK}/2/1", status=404)
    rachid.open(f"{DESK}/2", status=404)
    assert rachid.post(f"{DESK}/2/1", {"text": "Je passe."}).status == 404
    assert rachid.post("/collectivite/directions", {"name": "La mienne"}).status == 403

    # Nor is he offered what would only be refused, or what would show him nothing
    assert [one.get("name") for one in page.all("form.filters select")] == ["competence", "etat"]
    page = rachid.open("/collectivite/directions")
    assert page.has("Les directions se règlent par les agents qui voient tout") and page.has("Mobilités")
    for button in ("Renommer", "Ajouter cette direction", "Enregistrer pour"):
        assert not any(button in one.text_content() for one in page.all("button")), button
    assert page.form("Publier le bilan à 12 mois") is not None


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "=1+1", "{{ 7*7 }}", "a\u202eb", "Ωμέγα 🎉 " * 30])
def test_hostile_words_stay_words(world, words):
    scene.a_report(world)
    scene.publish(world, 1, text=f"{words} {PLAIN}", evidence="javascript:alert(1)", budget=words[:100])
    page = world.browser().open("/reponses/1")
    assert page.has(words.replace("\u202e", ""))
    assert not page.all("main script")
    assert not page.all("a[href^='javascript']")
    csv = world.browser().client.get("/reponses.csv").content.decode("utf-8-sig")
    assert '"=1+1' not in csv


def test_nobody_checks_what_she_wrote(world):
    # Given an answer that Hélène wrote, and Karim completed
    scene.a_report(world)
    scene.assigned(world, 1, scene.department(world, "Achats"))
    karim = world.official("Karim")
    scene.sheet(world, 1).press("Enregistrer le brouillon", decision="retenue", text=PLAIN)
    scene.sheet(world, 1, person=karim).press("Demander le visa", text=PLAIN + " Dès janvier.")

    # Then neither of the two may check it, and each is told why
    for person in (world.official(), karim):
        page = scene.sheet(world, 1, person=person)
        assert page.has("Vous avez écrit cette réponse : son visa est donné par quelqu’un d’autre.")
        assert world.browser(person).post(f"{DESK}/1/1/visa").status == 403
    page = scene.sheet(world, 1, person=world.official("Rachid")).press("Donner le visa juridique")
    assert page.has("Le visa juridique est donné")


def test_a_person_reads_what_she_did_and_never_a_mark(world):
    # Given an answer, rated and contested by Nadia once it is open
    scene.a_report(world)
    scene.publish(world, 1)
    nadia = world.person("Membre 1")
    with world.later(days=31):
        page = world.browser(nadia).open("/reponses/1")
        page = page.press("Mettre ma note dans l’urne", mark="7")
        page = page.press("Publier mon commentaire", text="La réponse est claire, merci.")
        page.press("Envoyer ma contestation", text="Le calendrier annoncé ne dit rien des petites communes.")
        mine = world.browser(nadia).open("/moi/donnees")

    # Then she finds her words, and nobody could say which mark is hers
    assert mine.has("La réponse est claire, merci.")
    assert mine.has("Le calendrier annoncé ne dit rien des petites communes.")
    assert not any("note" in title for title in mine.text.lower().split("vos ")[1:] if title.startswith("note"))
    # And the official finds what she did
    hers = world.browser(world.official()).open("/moi/donnees")
    assert hers.has("Publiée")
    assert hers.has("Accord de l’élu·e référent·e")
