"""A running site and a browser, shared by the journeys. The clock of the browser's pages is the server's."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette

from convention.demo import load as demo
from convention.people import actions as people
from convention.people import codes
from convention.people.visits import COOKIE
from tests.browser import chromium
from tests.journeys.site import Site, served
from tests.journeys.story import MEMBERS, Story
from tests.journeys.walker import Walker
from tests.proposals import scene
from tests.world import World


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def demonstration(browser: Browser, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Demo"]:
    """The demo convention, as `convention demo` shows it. Only looked at: nobody writes in it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(template, folder / "convention.sqlite3")
    codes: dict[str, str] = {}

    def fill(site: Site) -> None:
        given = demo.load(site.database, site.settings.secret, site.address)
        codes.update({who.partition(" ")[0]: code for who, code in given.items()})

    with served(folder, fill, demo=True) as site:
        yield Demo(site, codes)


class Demo:
    """The demo, and the code of one person of each role: Nadia, Omar, Claire, Solange, Hélène, Adama."""

    def __init__(self, site: Site, codes: dict[str, str]) -> None:
        self.site = site
        self.codes = codes
        self._cookies: dict[str, list[Any]] = {}

    def cookies(self, browser: Browser, name: str) -> list[Any]:
        """What a browser keeps once this person has entered, with her code, the first time it is asked for."""
        if name not in self._cookies:
            with Walker.out(browser, self.site) as walker:
                walker.enter(self.codes[name]).sees(name)
                self._cookies[name] = list(walker.context.cookies())
        return self._cookies[name]

    def token(self, browser: Browser, name: str) -> str:
        return str(next(one["value"] for one in self.cookies(browser, name) if one["name"] == COOKIE))


@pytest.fixture
def story(browser: Browser, template: Path, tmp_path: Path) -> Iterator[Story]:
    shutil.copy(template, tmp_path / "convention.sqlite3")
    given: dict[str, str] = {}

    def fill(site: Site) -> Starlette:
        world = World(site.database, site.settings)
        scene.set_up(world)
        staff = [world.facilitator("Claire"), world.guarantor("Solange")]
        for person in [*map(world.member, MEMBERS), *staff]:
            with world.writing() as db:
                code = people.new_code(db, world.convention, person, site.settings.secret)
            given[person.name] = codes.shown(code)
        return world.app

    with served(tmp_path, fill) as site:
        story = Story(browser, site, given)
        yield story
        for walker in story.walkers.values():
            walker.context.close()
        # Told even when the story stops on the way.
        for walker in story.walkers.values():
            walker.clean()
