"""What the stories of arguments begin with: Lina's proposal, the discussion open, Omar and Nadia who read it."""

from typing import Any

from sqlmodel import select

from convention.discussion.models import Argument
from convention.programme.models import Activity
from tests.proposals import scene
from tests.world import Page, World

WORDS = "Une fiche publiée permet de comparer avant d’acheter."


def set_up(world: World) -> None:
    scene.set_up(world, Activity.PROPOSE, Activity.EDIT, Activity.DISCUSS)
    for name in ("Lina", "Omar", "Nadia"):
        world.member(name)
    world.facilitator("Claire")
    scene.proposal(world, world.people["Lina"])


def argue(world: World, name: str = "Omar", **typed: Any) -> Page:
    page = world.browser(world.people[name]).open("/propositions/1/arguments")
    return page.press("Publier l’argument", **{"side": "for", "text": WORDS, **typed})


def reply(world: World, number: int = 1, name: str = "Nadia", text: str = "Qui la vérifie ?") -> Page:
    page = world.browser(world.people[name]).open(f"/arguments/{number}")
    return page.press("Publier la réponse", text=text)


def argument(world: World, number: int = 1) -> Argument:
    with world.reading() as db:
        return db.exec(select(Argument).where(Argument.number == number)).one()
