from concurrent.futures import ThreadPoolExecutor

from sqlmodel import col, select

from convention.journal.models import JournalLine
from convention.moderation.models import APPEAL_WITHIN
from convention.people import actions as people_actions
from convention.people.models import RoleKind
from tests.moderation import scene

HOSTILE = "<script>alert(1)</script> ' OR 1=1 -- {{ 7*7 }} \u202eà l’envers \x00 " + "é" * 200


def test_twenty_flags_on_a_text_make_one_case(world):
    scene.set_up(world)
    subject = scene.paragraph(world)
    people = [world.member(f"Membre {n}") for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda person: scene.flag(world, subject, person), people))
    assert all(page.has("Merci") for page in pages)
    assert scene.counts(world) == (1, 20)
    page = world.browser(world.facilitator()).open("/animation/moderation")
    assert page.has("1 texte à examiner") and page.has("Signalé par 20 personnes")


def test_one_person_counts_once(world):
    scene.set_up(world)
    omar = world.member("Omar")
    for _again in range(3):
        assert scene.flag(world, scene.paragraph(world), omar).has("Merci")
    assert scene.counts(world) == (1, 1)


def test_many_flags_from_one_place_wait(world):
    scene.set_up(world)
    subject = scene.paragraph(world)
    for _again in range(5):
        assert scene.flag(world, subject).has("Merci")
    page = scene.flag(world, subject, words="Et ceci, que je ne veux pas perdre.")
    assert page.status == 429 and page.has("Plusieurs signalements sont partis d’ici")
    assert "Et ceci, que je ne veux pas perdre." in page.response.text
    with world.later(hours=2):
        assert scene.flag(world, subject).has("Merci")


def test_a_flag_needs_a_reason(world):
    scene.set_up(world)
    page = world.browser().open(f"/signaler?sujet={scene.paragraph(world)}")
    page = page.press("Envoyer le signalement", words="C’est mal.")
    assert page.status == 422 and page.has("Choisissez la règle qui vous semble enfreinte.")
    assert "C’est mal." in page.response.text


def test_any_page_can_be_flagged_by_its_address(world):
    scene.set_up(world)
    page = world.browser().open("/signaler").press("Envoyer le signalement", reason="privacy", adresse="//ailleurs.fr")
    assert page.status == 422 and page.has("Copiez l’adresse de la page")
    page = world.browser().open("/signaler")
    page.press("Envoyer le signalement", reason="privacy", adresse="http://127.0.0.1:8000/mandat")
    page = scene.case(world, world.facilitator())
    assert page.has("Page /mandat") and not page.has("Masquer le texte")
    page = page.press("Envoyer la décision", kind="keep", statement="L’adresse d’une personne a été ôtée de la page.")
    assert page.has("La décision est prise")


def test_what_does_not_exist_is_not_flagged(world):
    scene.set_up(world)
    unknown = scene.paragraph(world)[:-4] + "0000"
    for subject in (unknown, "paragraph:rien", "personne:0190", "person:" + unknown[-36:]):
        world.browser().open(f"/signaler?sujet={subject}", status=404)


def test_hostile_words_are_words(world):
    scene.set_up(world)
    claire = world.facilitator()
    scene.flag(world, scene.paragraph(world), words=HOSTILE)
    page = scene.case(world, claire)
    assert "<script>alert" not in page.response.text and page.has("<script>alert(1)</script>")
    page = page.press("Envoyer la décision", kind="hidden", rule="insult", statement=HOSTILE)
    assert page.has("La décision est prise")
    page = scene.decision(world, world.guarantor())
    assert "<script>alert" not in page.response.text and page.has("{{ 7*7 }}")


def test_the_journal_knows_no_reporter_and_no_words(world):
    scene.set_up(world)
    omar = world.member("Omar")
    scene.flag(world, scene.paragraph(world), omar, words="Des mots d’Omar.")
    scene.decide(world, world.facilitator(), "hidden")
    with world.reading() as db:
        every = db.exec(select(JournalLine).order_by(col(JournalLine.number)))
        lines = [one for one in every if one.kind.startswith("moderation.")]
    assert [line.kind for line in lines] == ["moderation.ContentFlagged", "moderation.ModerationDecided"]
    for line in lines:
        assert "Omar" not in line.facts and str(omar.id) not in line.facts and "crétin" not in line.facts


def test_who_flagged_is_told_what_was_decided(world):
    scene.set_up(world)
    omar = world.person("Omar", RoleKind.MEMBER, email="omar@exemple.fr")
    scene.flag(world, scene.paragraph(world), omar)
    scene.decide(
        world, world.facilitator(), "keep", rule="", statement="La phrase décrit un fait, sans viser personne."
    )
    (mail,) = [one for one in scene.mails(world) if one.to == "omar@exemple.fr"]
    assert "Laissé en ligne" in " ".join(mail.lines)
    assert not [one for one in scene.mails(world) if one.to == "lina@exemple.fr"], "nothing came of it"


def test_a_decision_is_taken_once(world):
    scene.set_up(world)
    claire = world.facilitator()
    scene.flag(world, scene.paragraph(world))
    first, second = scene.case(world, claire), scene.case(world, world.facilitator("Denis"))
    given = {"kind": "hidden", "rule": "insult", "statement": scene.WHY}
    assert first.press("Envoyer la décision", **given).has("La décision est prise")
    late = second.press("Envoyer la décision", **given)
    assert late.status == 403 and late.has("Une autre personne vient de décider")


def test_a_decision_needs_its_rule_and_its_reasons(world):
    scene.set_up(world)
    scene.flag(world, scene.paragraph(world))
    page = scene.decide(world, world.facilitator(), "hidden", rule="", statement="Non.")
    assert page.status == 422 and page.has("Écrivez au moins 40 caractères.")
    page = scene.decide(world, world.facilitator(), "hidden", rule="")
    assert page.status == 422 and page.has("Choisissez la règle qui est enfreinte.")


def test_nobody_decides_of_her_own_text(world):
    scene.set_up(world)
    lina = world.people["Lina"]
    with world.writing() as db:
        people_actions.give_role(db, world.convention, lina, RoleKind.FACILITATOR)
    scene.flag(world, scene.paragraph(world))
    assert scene.case(world, lina).has("Vous avez écrit ce texte : une autre personne doit décider.")


def test_contesting_has_a_deadline(world):
    scene.set_up(world)
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, world.facilitator(), "hidden")
    lina = world.people["Lina"]
    address = world.browser(lina).open("/moderation").follow("Décision n° 1").address
    with world.later(days=APPEAL_WITHIN.days + 1):
        page = world.browser(lina).open(address)
        assert page.has("Le délai pour contester est passé") and not page.all("form[action*='recours']")
        late = page.browser.post(f"{address}/recours", {"words": "Cette phrase citait un journal, je le redis ici."})
        assert late.status == 403


def test_the_lists_ask_a_constant_number_of_questions(world):
    scene.set_up(world)
    claire = world.browser(world.facilitator())
    scene.flag(world, scene.paragraph(world, 1))
    addresses = ("/animation/moderation", "/moderation", "/propositions/1")
    few = [world.queries(lambda address=address: claire.open(address)) for address in addresses]
    for number in (2, 3):
        scene.flag(world, scene.paragraph(world, number), world.member("Omar"))
    scene.flag(world, scene.card(world), world.member("Omar"))
    for _case in range(3):
        scene.decide(world, world.people["Claire"], "hidden")
    many = [world.queries(lambda address=address: claire.open(address)) for address in addresses]
    assert many == few
