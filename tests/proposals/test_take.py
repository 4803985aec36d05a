import datetime as dt
from typing import Any

from sqlmodel import select

from convention.drafts.models import Draft
from convention.proposals.models import Hand
from tests.drafts.test_save import autosave, kept
from tests.proposals.scene import BADLY, CARD, count, prepare, proposal, set_up, versions, write_together
from tests.world import Page, World

ONE = "/propositions/1/paragraphes/1/ecrire"
DRAFT = "proposition-1-mesure-1"


def begin(world: World) -> tuple[Any, Any]:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    proposal(world, nadia)
    write_together(world, nadia, omar)
    return nadia, omar


def a_while_later(world: World, minutes: int = 16) -> None:
    """She has not typed for so long."""
    with world.writing() as db:
        for hand in db.exec(select(Hand)):
            hand.since -= dt.timedelta(minutes=minutes)
            hand.typed_at -= dt.timedelta(minutes=minutes)
            db.add(hand)


def shown_in(page: Page) -> list[str]:
    """The numbers of the paragraphs, in the order of the page."""
    return [one.text_content().split()[-1] for one in page.all(".clause-n")]


def first(world: World) -> list[str]:
    return [text for paragraph, _version, text in versions(world, 1) if paragraph == 1]


def test_one_takes_a_paragraph_and_the_others_see_who(world: World) -> None:
    nadia, omar = begin(world)
    page = world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    assert page.has("Ce paragraphe est à vous pour l’instant")
    his = world.browser(omar).open(ONE)
    assert his.has("Nadia écrit ce paragraphe depuis le")
    assert not his.has("Prendre ce paragraphe")
    assert world.browser(omar).open("/propositions/1").has("Nadia l’écrit depuis le")
    assert not world.browser().open("/propositions/1").has("Nadia")
    assert world.browser(omar).post("/propositions/1/paragraphes/1/prendre", {}).status == 403
    # Published, it is free
    page.press("Publier la nouvelle version", text="La version de Nadia.")
    assert first(world) == [CARD["mesure-n1"], "La version de Nadia."]
    assert world.browser(omar).open(ONE).has("Prendre ce paragraphe")


def test_a_paragraph_is_given_back(world: World) -> None:
    nadia, omar = begin(world)
    page = world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    assert world.browser(omar).post("/propositions/1/paragraphes/1/rendre", {}).status == 403
    # What she had typed goes to her draft with the same press; what she had not changed leaves none
    page.press("Rendre le paragraphe")
    with world.reading() as db:
        assert not db.exec(select(Draft)).all()
    page = world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    taken = page
    for _twice in range(2):
        page = taken.press("Rendre le paragraphe", text="Des mots que Nadia n’a pas finis.")
    assert page.one("[name=text]").text.strip() == "Des mots que Nadia n’a pas finis."
    assert first(world) == [CARD["mesure-n1"]]
    world.browser(omar).open(ONE).press("Prendre ce paragraphe")
    # By a facilitator, when who holds it is gone
    world.browser(world.facilitator()).open(ONE).press("Rendre le paragraphe à sa place")
    assert world.browser(nadia).open(ONE).has("Prendre ce paragraphe")


def test_a_hand_lasts_as_long_as_one_types(world: World) -> None:
    nadia, omar = begin(world)
    page = world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    a_while_later(world, 10)
    assert autosave(page, text="Je réfléchis encore.") == 204
    a_while_later(world, 10)
    assert world.browser(omar).open(ONE).has("Nadia écrit ce paragraphe")
    a_while_later(world, 6)
    assert world.browser(omar).open(ONE).press("Prendre ce paragraphe").has("est à vous")
    # Her words are in her draft, and hers alone
    assert (kept(world, "Nadia", DRAFT) or {})["text"] == "Je réfléchis encore."
    assert world.browser(nadia).open(ONE).has("Je réfléchis encore.")
    assert not world.browser(omar).open(ONE).has("Je réfléchis encore.")


def test_who_publishes_late_sees_both_texts_and_loses_no_word(world: World) -> None:
    # Given Nadia, whose hand has lapsed while she wrote, and Omar, who took the paragraph and published
    nadia, omar = begin(world)
    hers = world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    autosave(hers, text="La version de Nadia.")
    a_while_later(world)
    his = world.browser(omar).open(ONE).press("Prendre ce paragraphe")
    late = hers.press("Publier la nouvelle version", text="La version de Nadia.")
    assert late.status == 422
    assert late.has("Omar écrit ce paragraphe depuis")
    his.press("Publier la nouvelle version", text="La version d’Omar.")
    # When she publishes
    late = hers.press("Publier la nouvelle version", text="La version de Nadia.")
    # Then she reads both, and decides
    assert late.status == 422 and late.has("Version 2, publiée le ")
    assert late.has("Ce paragraphe a changé pendant que vous écriviez")
    assert late.has("La version d’Omar.")
    assert late.one("[name=text]").text.strip() == "La version de Nadia."
    # So does she on another device, from her draft
    assert world.browser(nadia).open(ONE).has("La version d’Omar.")
    late.press("Publier la nouvelle version", text="Les deux ensemble.")
    assert first(world) == [CARD["mesure-n1"], "La version d’Omar.", "Les deux ensemble."]
    assert kept(world, "Nadia", DRAFT) is None


def test_the_whole_card_waits_for_the_hand_and_keeps_the_words(world: World) -> None:
    nadia, omar = begin(world)
    whole = world.browser(omar).open("/propositions/1/modifier")
    world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    late = whole.press("Publier la nouvelle version", **{"mesure-1": "Les mots d’Omar."})
    assert late.status == 422
    assert late.has("Nadia écrit ce paragraphe")
    assert late.one("[name=mesure-1]").text.strip() == "Les mots d’Omar."
    # The rest of the card can be published meanwhile
    done = late.press("Publier la nouvelle version", **{"mesure-1": CARD["mesure-n1"], "mesure-2": "Autre chose."})
    assert done.has("La nouvelle version est publiée")
    assert first(world) == [CARD["mesure-n1"]]


def test_a_draft_of_a_held_paragraph_stays_on_the_page(world: World) -> None:
    nadia, omar = begin(world)
    autosave(world.browser(omar).open("/propositions/1/modifier"), **{"mesure-1": "Mots d’Omar en chemin."})
    world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    page = world.browser(omar).open("/propositions/1/modifier")
    assert page.one("[name=mesure-1]").text.strip() == "Mots d’Omar en chemin."
    assert page.has("Nadia écrit ce paragraphe")


def test_who_does_not_write_the_proposal_takes_nothing(world: World) -> None:
    begin(world)
    ines = world.browser(world.member("Inès"))
    assert ines.open(ONE, status=403).has("Seules les personnes qui ont écrit cette proposition")
    for verb in ("prendre", "rendre", "poser", "brouillon", "ecrire", "deplacer"):
        answer = ines.post(f"/propositions/1/paragraphes/1/{verb}", {"text": "x", "sens": "monter"})
        assert answer.status == 403, verb
    with world.reading() as db:
        assert db.exec(select(Hand)).all() == []


def test_nobody_holds_for_ever(world: World) -> None:
    nadia, _omar = begin(world)
    world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    a_while_later(world)
    assert world.browser(world.facilitator()).post("/propositions/1/paragraphes/1/rendre", {}).has("Personne n’écrit")


def test_paragraphs_are_put_in_order_with_buttons(world: World) -> None:
    nadia, _omar = begin(world)
    page = world.browser(nadia).open("/propositions/1/ordre")
    assert shown_in(page) == ["1.1", "1.2", "1.3"]
    page = page.press("Descendre")
    assert shown_in(page) == ["1.2", "1.1", "1.3"]
    shown = world.browser().open("/propositions/1")
    assert shown_in(shown) == ["1.2", "1.1", "1.3"]
    assert " ".join(shown.one("#p-1 .words").text_content().split()) == CARD["mesure-n1"]
    # A new paragraph comes last, a former one goes up
    world.browser(nadia).open("/propositions/1/modifier").press("Publier", **{"mesure-n1": "Un de plus."})
    shown = world.browser().open("/propositions/1")
    assert shown_in(shown) == ["1.2", "1.1", "1.4", "1.3"]
    answer = world.browser(nadia).post("/propositions/1/paragraphes/2/deplacer", {"sens": "monter"})
    assert answer.status == 403
    assert answer.has("Ce paragraphe est déjà le premier")


def test_the_facilitator_finds_the_held_paragraph_from_the_text(world: World) -> None:
    nadia, omar = begin(world)
    claire = world.facilitator("Claire")
    world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    # Nothing to type for her: she gives it back, and that is all
    page = world.browser(claire).open("/propositions/1").follow("Rendre 1.1 à la place de Nadia")
    assert not page.has("Publier la nouvelle version")
    page.press("Rendre le paragraphe à sa place")
    assert world.browser(omar).open(ONE).has("Prendre ce paragraphe")


def test_a_co_author_opens_a_held_paragraph_to_prepare_his_words(world: World) -> None:
    nadia, omar = begin(world)
    world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    assert world.browser(omar).open("/propositions/1").follow("Écrire 1.1").has("Nadia écrit ce paragraphe depuis le")


def test_a_paragraph_sent_back_by_a_vote_says_who_writes_it(world: World) -> None:
    nadia, omar = begin(world)
    world.facilitator("Claire")
    count(world, prepare(world, 1, 1), [BADLY])
    world.browser(nadia).open(ONE).press("Prendre ce paragraphe")
    assert world.browser(omar).open("/propositions/1").has("Nadia l’écrit depuis le")
