"""What the stories of moderation begin with: Lina's proposal, and the people who flag, decide and watch."""

from typing import Any

from sqlmodel import select

from convention.kit.mail import OutgoingMail
from convention.moderation.models import Case, Flag
from convention.people.models import RoleKind
from convention.programme.models import Activity
from convention.proposals import queries as proposals
from tests.proposals import scene
from tests.world import Page, World

INSULT = "Gérard Quidam est un crétin fini"
WHY = "Le passage « est un crétin fini » vise une personne nommée ; la demande peut rester."


def set_up(world: World) -> None:
    """Lina has written a proposal whose second paragraph insults somebody."""
    scene.set_up(world, Activity.PROPOSE, Activity.EDIT)
    lina = world.person("Lina", RoleKind.MEMBER, email="lina@exemple.fr")
    scene.submit(world.browser(lina), **{"mesure-n2": f"{INSULT}. Noter la fiche pour 20 % de la note."})


def paragraph(world: World, number: int = 2) -> str:
    """« paragraph:… », as links name it."""
    with world.reading() as db:
        proposal = proposals.of_number(db, world.convention, 1)
        assert proposal is not None
        passages = proposals.passages(db, proposal)
        id = next(one.version.id for one in passages if one.paragraph.number == number)
    return f"paragraph:{id}"


def card(world: World) -> str:
    with world.reading() as db:
        proposal = proposals.of_number(db, world.convention, 1)
        assert proposal is not None
    return f"proposal:{proposal.id}"


def flag(world: World, subject: str, by: Any = None, **typed: str) -> Page:
    page = world.browser(by).open(f"/signaler?sujet={subject}")
    return page.press("Envoyer le signalement", **{"reason": "insult", "words": "Il l’insulte.", **typed})


def case(world: World, by: Any) -> Page:
    """The first case of the queue, opened."""
    page = world.browser(by).open("/animation/moderation")
    (first, *_others) = page.all("#file ol a")
    return page.browser.open(first.get("href"))


def decide(world: World, by: Any, kind: str, **typed: str) -> Page:
    given = {"kind": kind, "rule": "insult", "statement": WHY, **typed}
    return case(world, by).press("Envoyer la décision", **given)


def decision(world: World, by: Any, number: int = 1) -> Page:
    """The page of a decision, from the log of those who watch."""
    page = world.browser(by).open("/garants/moderation")
    return page.follow(f"Décision n° {number}")


def mails(world: World) -> list[OutgoingMail]:
    with world.reading() as db:
        return list(db.exec(select(OutgoingMail).order_by(OutgoingMail.written_at)))


def counts(world: World) -> tuple[int, int]:
    """How many cases, how many flags."""
    with world.reading() as db:
        return len(db.exec(select(Case)).all()), len(db.exec(select(Flag)).all())
