"""What the stories of amendments begin with: Lina's proposal, and the round of amendments open."""

from typing import Any

from sqlmodel import select

from convention.amendments import queries
from convention.amendments.models import Amendment
from convention.programme.models import Activity
from convention.proposals.models import Proposal
from tests.proposals import scene
from tests.world import Page, World

SECOND = scene.CARD["mesure-n2"]  # « Noter cette fiche pour 20 % au moins de la note totale. »
TEN = SECOND.replace("20", "10")
REASON = "Un poids trop fort peut exclure des petites entreprises."


def set_up(world: World, *more: Activity) -> Proposal:
    """Lina writes the proposal, Omar and Nadia are members, Claire facilitates."""
    scene.set_up(world, Activity.PROPOSE, Activity.EDIT, Activity.AMEND, *more)
    for name in ("Omar", "Nadia"):
        world.member(name)
    world.facilitator("Claire")
    return scene.proposal(world, world.member("Lina"))


def submit(world: World, name: str = "Omar", *, paragraph: Any = 2, **over: str) -> Page:
    """Fill the form on the page and send it."""
    page = world.browser(world.people[name]).open(f"/propositions/1/amendements/deposer/{paragraph}")
    asked = {"text": TEN, "rationale": REASON, **over}
    return page.press("Déposer l’amendement", **asked)


def amendment(world: World, number: int = 1) -> Amendment:
    with world.reading() as db:
        return db.exec(select(Amendment).where(Amendment.number == number)).one()


def page_of(world: World, name: str, number: int = 1) -> Page:
    return world.browser(world.people[name]).open(f"/amendements/{number}")


def accept(world: World, number: int = 1, name: str = "Lina") -> Page:
    return page_of(world, name, number).press("Accepter l’amendement")


def waiting(world: World, proposal: Proposal) -> int:
    with world.reading() as db:
        return len(queries.waiting_on(db, proposal.id))
