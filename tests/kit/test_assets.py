"""What every first view fetches is small, and the same as what the folder holds."""

import re

import brotli
import pytest

from convention.kit.assets import without_layout
from tests.kit.stub import ROOT
from tests.world import World

# Files do not touch the database.
one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# Made from a value (a grade, the number of steps, a theme), or worn by htmx.
MADE = re.compile(r"g\d|n-\d+|th-\w+|htmx-request")
STYLE = (ROOT / "static" / "css" / "convention.css").read_text("utf-8")


@one_database
def test_a_style_sheet_travels_small_and_whole(world: World) -> None:
    client = world.browser().client
    small = client.get("/static/css/convention.css", headers={"accept-encoding": "gzip, br"})
    assert small.headers["content-encoding"] == "br"
    assert int(small.headers["content-length"]) < 13_000
    assert small.headers["cache-control"].endswith("immutable")
    assert small.headers["x-content-type-options"] == "nosniff"
    assert small.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert small.text == without_layout(STYLE)

    # A browser that does not take it so gets the file as it is, and a script keeps every character
    for taken in ("identity", "gzip, br;q=0"):
        assert client.get("/static/css/convention.css", headers={"accept-encoding": taken}).text == STYLE
    script = (ROOT / "static" / "js" / "form.js").read_text("utf-8")
    assert client.get("/static/js/form.js", headers={"accept-encoding": "br"}).text == script


@one_database
def test_nothing_outside_the_folder_is_served(world: World) -> None:
    client = world.browser().client
    for path in ("/static/../pyproject.toml", "/static/%2e%2e/run.py", "/static/css/absent.css"):
        assert client.get(path, headers={"accept-encoding": "br"}).status_code == 404


def test_taking_the_layout_away_changes_no_rule() -> None:
    small = without_layout(STYLE)
    said = re.sub(r"(?s)/\*.*?\*/", "", STYLE)
    for sign in "{}(),>":
        assert small.count(sign) == said.count(sign), sign
    assert re.findall(r'"[^"]*"', small) == re.findall(r'"[^"]*"', said)
    assert len(brotli.compress(small.encode())) < len(brotli.compress(STYLE.encode()))
    assert without_layout('a > b { color : red ;  content: " ; } " ; } /* x */') == 'a > b{color :red;content:" ; } "}'


def test_every_class_of_the_style_sheet_is_worn() -> None:
    styled = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r'(?s)/\*.*?\*/|"[^"]*"', "", STYLE)))
    sources = [one for name in ("templates", "static/js", "convention") for one in (ROOT / name).rglob("*.*")]
    words: set[str] = set()
    for one in sources:
        if one.suffix in {".html", ".js", ".py"}:
            words.update(re.findall(r"[\w-]+", one.read_text("utf-8")))
    unworn = {one for one in styled - words if not MADE.fullmatch(one)}
    assert not unworn, "a rule that no page needs is fetched by every page: delete it"
