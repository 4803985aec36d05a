"""A page asks the database no more for five thousand proposals than for twenty-four."""

import random
import re

from bench.seed import propose
from convention.conventions import queries as conventions
from convention.demo import load as demo
from convention.kit.db import Database
from convention.people import queries as people
from convention.people.models import RoleKind
from convention.settings import Settings
from tests.world import World

MANY = 5000
PAGES = (
    "/",
    "/propositions",
    "/propositions?theme=sante&tri=recentes",
    "/propositions?q=personnes",
    "/propositions?page=2",
    "/propositions/9",
    "/themes/sante",
    "/recherche?q=personnes",
    "/scrutins",
    "/rapport/2",
    "/reponses",
    "/api/v1/proposals?limit=20",
)


def test_pages_ask_as_much_for_few_as_for_many(database: Database, settings: Settings) -> None:
    # Given the demo's convention
    demo.load(database, settings.secret, settings.base_url)
    with database.reading() as db:
        world = World(database, settings, conventions.everywhere(db)[0])
    browser = world.browser()
    few = {page: world.queries(lambda page=page: browser.open(page)) for page in PAGES}

    # When it has five thousand proposals
    with database.writing() as db:
        members = people.holding(db, world.convention.id, RoleKind.MEMBER)
        propose(db, world.convention, members, MANY, random.Random(1))
    many = {page: world.queries(lambda page=page: browser.open(page)) for page in PAGES}

    # Then no page asks more (it may ask less: the newest twenty have no vote to look for)
    assert {page: count for page, count in many.items() if count > few[page]} == {}
    # All of them but those that became another, which are not counted twice.
    listed = re.search(r"(\d+) propositions", browser.open("/propositions").text)
    assert listed is not None and MANY - 10 < int(listed[1]) <= MANY
