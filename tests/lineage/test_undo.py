"""As long as nothing happened to the new text, the former ones are given back exactly as they were."""

import pytest
import sqlalchemy as sa
from sqlmodel import select

from convention.proposals.models import Paragraph, ParagraphVersion, Proposal, State
from tests.lineage.scene import merge, proposal, set_up, undo
from tests.proposals import scene


def everything(world, *numbers):
    """The rows of these proposals, as the database has them."""
    with world.reading() as db:
        rows = []
        for one in db.exec(select(Proposal).where(sa.column("number").in_(numbers)).order_by(sa.column("number"))):
            rows.append(one.model_dump())
            paragraphs = db.exec(select(Paragraph).where(Paragraph.proposal_id == one.id).order_by(Paragraph.number))
            for paragraph in paragraphs:
                rows.append(paragraph.model_dump())
                versions = select(ParagraphVersion).where(ParagraphVersion.paragraph_id == paragraph.id)
                rows += [version.model_dump() for version in db.exec(versions.order_by(ParagraphVersion.number))]
        return rows


def test_undoing_gives_back_exactly_what_was_there(world):
    set_up(world)
    before = everything(world, 1, 2)
    merge(world)
    assert everything(world, 1, 2) != before
    page = undo(world)
    assert page.has("les propositions d’avant sont exactement comme elles étaient")
    assert everything(world, 1, 2) == before
    # They are found and counted again, and what was made of them says what happened
    assert "/propositions/2" in world.browser().open("/recherche?q=plafond").links().values()
    new = world.browser().open("/propositions/3")
    assert new.has("Réunion annulée : C’était trop tôt.")
    assert new.has(scene.CARD["mesure-n1"])
    trace = world.browser().open("/propositions/1/parcours")
    assert trace.has("Les propositions 1 et 2 sont réunies dans la proposition 3")
    assert trace.has("Réunion annulée")
    # And they can be merged again
    assert merge(world).has("sont réunies dans la proposition 4")


def test_what_was_to_rewrite_is_to_rewrite_again(world):
    set_up(world)
    poll = scene.prepare(world, 1, 1)
    scene.count(world, poll, [scene.BADLY])
    assert proposal(world, 1).state == State.TO_REWRITE
    merge(world)
    undo(world)
    assert proposal(world, 1).state == State.TO_REWRITE


def test_an_amended_or_voted_text_is_not_undone(world):
    set_up(world)
    merge(world)
    form = world.browser(world.people["Nadia"]).open("/propositions/3/amendements/deposer/2")
    form.press("Déposer l’amendement", text="Noter cette fiche.", rationale="Plus simple.")
    page = world.browser(world.people["Claire"]).open("/reunions/1")
    assert page.has("Le nouveau texte a reçu un amendement")
    assert world.browser(world.people["Claire"]).post("/reunions/1/annuler", {"reason": "x"}).status == 403
    assert proposal(world, 1).state == State.MERGED


def test_a_text_being_voted_is_not_undone(world):
    set_up(world)
    merge(world)
    scene.prepare(world, 3, 1)
    page = world.browser(world.people["Claire"]).open("/reunions/1")
    assert page.has("Le nouveau texte a été mis au vote")


@pytest.mark.parametrize(("name", "status"), [("Nadia", 403), ("Omar", 200), ("Lina", 200)])
def test_only_its_authors_and_the_facilitators_go_back(world, name, status):
    set_up(world)
    merge(world)
    page = world.browser(world.people[name]).post("/reunions/1/annuler", {"reason": "Trop tôt."})
    assert page.status == status
    assert world.browser(world.people[name]).post("/reunions/1/annuler", {"reason": "Trop tôt."}).status == 403


def test_the_journal_and_the_checks_know_it(world):
    from pathlib import Path

    from convention import checker

    set_up(world)
    merge(world)
    with world.reading() as db:
        assert checker.look(db, Path("/nowhere")).troubles == []
    undo(world)
    with world.reading() as db:
        assert checker.look(db, Path("/nowhere")).troubles == []
    page = world.browser(world.people["Claire"]).open("/journal")
    assert page.has("lineage.ProposalsMerged") or page.has("ProposalsMerged")


def test_a_signature_is_asked_and_never_moved(world):
    set_up(world)
    world.member("Karim")
    page = world.browser(world.people["Nadia"]).open("/propositions/1/reserves")
    page.press("Publier la réserve", kind="reservation", about="ensemble", text="C’est trop cher.", naming="nombre")
    merge(world)
    assert not world.browser().open("/propositions/3/reserves").has("C’est trop cher.")
    assert world.browser().open("/propositions/1/reserves").has("C’est trop cher.")
    asked = world.browser(world.people["Nadia"]).open("/reunions/1")
    assert asked.has("Si vous ne faites rien, votre signature reste où elle est.")
    assert not world.browser(world.people["Karim"]).open("/reunions/1").has("Votre signature")
    done = asked.press("Signer aussi le nouveau texte", naming="nombre")
    assert done.has("Votre signature accompagne aussi le nouveau texte")
    assert world.browser().open("/propositions/3/reserves").has("C’est trop cher.")
    assert world.browser().open("/propositions/1/reserves").has("1 signataire")
    # Nobody carries what she did not sign
    again = {"reservation": "1", "naming": "nom"}
    assert world.browser(world.people["Karim"]).post("/reunions/1/signature", again).status == 403
    assert world.browser(world.people["Nadia"]).post("/reunions/1/signature", again).status == 403
