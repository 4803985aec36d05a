"""A running site and a browser, shared by the journeys. The clock of the browser's pages is the server's."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from convention.demo import load as demo
from tests.browser import chromium
from tests.journeys.site import Site, served


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

    with served(folder, fill) as site:
        yield Demo(site, codes)


class Demo:
    """The demo, and the code of one person of each role: Nadia, Omar, Claire, Solange, Hélène, Adama."""

    def __init__(self, site: Site, codes: dict[str, str]) -> None:
        self.site = site
        self.codes = codes
