"""What the stories of merges begin with: Lina and Omar have each written a proposal, Nadia reads."""

from typing import Any

from sqlmodel import select

from convention.lineage import queries
from convention.lineage.queries import Recast
from convention.programme.models import Activity
from convention.proposals.models import Proposal
from tests.proposals import scene
from tests.world import Page, World

OTHER = {
    "title": "Publier ce que consomme chaque outil",
    "constat": "Les factures d’énergie ne disent rien des logiciels.",
    "mesure-n1": "Publier chaque année la consommation des outils d’IA.",
    "mesure-n2": "Fixer un plafond par service.",
    "garde-fou-n1": "Le plafond est débattu en public.",
}
WHY = "Elles demandent la même chose."


def set_up(world: World) -> None:
    scene.set_up(world, Activity.PROPOSE, Activity.EDIT, Activity.AMEND, Activity.VOTE)
    for name in ("Lina", "Omar", "Nadia"):
        world.member(name)
    world.facilitator("Claire")
    scene.proposal(world, world.people["Lina"])
    scene.proposal(world, world.people["Omar"], **OTHER)


def compose(world: World, name: str = "Claire", *numbers: int) -> Page:
    asked = "&".join(f"p={number}" for number in numbers or (1, 2))
    return world.browser(world.people[name]).open(f"/propositions/reunir/composer?{asked}")


def merge(world: World, name: str = "Claire", *numbers: int, **typed: Any) -> Page:
    """All is kept, in order, unless it is typed otherwise."""
    return compose(world, name, *numbers).press("Réunir en une proposition", **{"reason": WHY, **typed})


def undo(world: World, number: int = 1, name: str = "Claire") -> Page:
    page = world.browser(world.people[name]).open(f"/reunions/{number}")
    return page.press("Annuler", reason="C’était trop tôt.")


def recast(world: World, number: int = 1) -> Recast:
    with world.reading() as db:
        found = queries.of_number(db, world.convention, number)
        assert found is not None
        return found


def proposal(world: World, number: int) -> Proposal:
    with world.reading() as db:
        return db.exec(select(Proposal).where(Proposal.number == number)).one()
