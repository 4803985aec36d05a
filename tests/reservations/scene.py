"""What the stories of reservations begin with: Lina's proposal, three members, an expert."""

from typing import Any

from convention.people.models import RoleKind
from convention.programme.models import Activity
from convention.proposals.models import Proposal
from tests.proposals import scene
from tests.world import Page, World

FEAR = "Je crains la fermeture de guichets."


def set_up(world: World) -> Proposal:
    scene.set_up(world, Activity.PROPOSE, Activity.EDIT)
    for name in ("Omar", "Nadia", "Zoé"):
        world.member(name)
    world.facilitator("Claire")
    world.person("Paul", RoleKind.EXPERT)
    return scene.proposal(world, world.member("Lina"))


def write(world: World, name: str = "Omar", **over: Any) -> Page:
    page = world.browser(world.people[name]).open("/propositions/1/reserves")
    asked = {"kind": "reservation", "about": "2-1", "text": FEAR, "naming": "nombre", **over}
    return page.press("Publier la réserve", **asked)


def sign(world: World, name: str, number: int = 1, naming: str = "nombre") -> Page:
    """From the page, or from a forged form when the page has none."""
    return world.browser(world.people[name]).post(
        f"/propositions/1/reserves/{number}/signer", {"naming": naming} if naming else {}
    )
