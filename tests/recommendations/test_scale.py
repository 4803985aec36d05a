"""Long reports, and many readers at once."""

import fcntl
import gzip
import os
import subprocess
import sys
import threading
import zipfile

import pytest

from convention.recommendations import jobs, queries, shelf
from convention.recommendations.compose import compose
from convention.recommendations.files import FORMATS
from convention.recommendations.models import EditionRow
from convention.recommendations.snapshot import canonical, fingerprint
from tests.recommendations import seeds
from tests.recommendations.files.editions import large, small
from tests.waiting import ended, together
from tests.world import World


def put(world: World, edition) -> EditionRow:
    """An edition as if it had been frozen and published."""
    row = EditionRow(
        convention_id=world.convention.id,
        number=edition.number,
        title=edition.title,
        recommendations=len(edition.recommendations),
        votes=len(edition.votes),
        content=canonical(edition).decode(),
        sha256=fingerprint(edition),
        frozen_at=edition.frozen_at,
        published_at=edition.frozen_at,
    )
    with world.writing() as db:
        db.add(row)
    return row


def test_a_page_and_its_style_weigh_little(world):
    put(world, large(24, 60, 48))
    page = world.browser().open("/rapport/2")
    assert len(page.all("article h3")) == 24
    styles = [world.browser().open(one.get("href")).response.content for one in page.all("link[rel=stylesheet]")]
    scripts = [world.browser().open(one.get("src")).response.content for one in page.all("script[src]")]
    weight = sum(len(gzip.compress(one)) for one in (page.response.content, *styles, *scripts))
    assert weight < 60_000, weight


def test_a_very_long_report_is_read_in_one_page(world):
    put(world, large(146, 600, 292))
    page = world.browser().open("/rapport/2")
    assert len(page.all("article h3")) == 146
    assert len(gzip.compress(page.response.content)) < 120_000
    assert world.browser().open("/rapport/2/146").has("Mesurer le coût écologique avant d’acheter une IA, cas 146")


def test_a_hostile_text_is_shown_as_text(world):
    words = "<script>alert(1)</script>{{ 7 * 7 }}"
    first, *others = small().recommendations
    edition = small().model_copy(
        update={"recommendations": (first.model_copy(update={"title": words, "finding": words}), *others)}
    )
    put(world, edition)
    for address in ("/rapport/2", "/rapport/2/9"):
        page = world.browser().open(address)
        assert page.has(words)
        assert not page.all("script:not([src])")


def test_reading_and_composing_ask_as_much_for_one_as_for_many(world):
    seeds.begin(world, members=5)
    seeds.submit(world, "Une proposition", "Un paragraphe.")
    seeds.decide(world, {(1, 1): (3, 1, 0, 0, 0)})
    seeds.freeze(world)

    def asked() -> tuple[int, int, int]:
        claire, reader = world.browser(world.facilitator()), world.browser()
        latest = reader.open("/rapport").address
        return (
            world.queries(lambda: claire.open("/animation/rapport")),
            world.queries(lambda: reader.open(latest)),
            world.queries(lambda: reader.open(f"{latest}/1")),
        )

    few = asked()
    for number in range(2, 9):
        seeds.submit(world, f"Proposition {number}", "Un paragraphe.", "Un autre.", safeguards=["Un garde-fou."])
    for number in range(2, 9):
        seeds.decide(world, {(number, 1): (3, 1, 0, 0, 0), (number, 2): (0, 0, 1, 2, 1)})
    seeds.freeze(world)
    assert asked() == few


def test_composing_twice_gives_the_same_tree(world):
    seeds.a_convention_that_voted(world)
    with world.reading() as db:
        at = world.convention.created_at
        trees = [
            canonical(compose(db, world.convention, number=1, at=at, site="https://convention.example"))
            for _again in range(2)
        ]
        assert trees[0] == trees[1]


def test_readers_who_ask_for_the_same_file_at_once_get_the_same(world):
    row = put(world, small())
    got, ready = [], threading.Barrier(6)

    def ask() -> None:
        together(ready)
        got.append(shelf.draw(world.settings.folder, row.sha256, row.content, FORMATS["docx"]).read_bytes())

    readers = [threading.Thread(target=ask) for _one in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        ended(reader)
    assert len(got) == 6
    assert len(set(got)) == 1
    assert [one.name for one in (world.settings.folder / "rapports").iterdir()] == [
        shelf.place(world.settings.folder, row.sha256, FORMATS["docx"]).name
    ]


def test_what_another_process_is_drawing_is_waited_for(world):
    # Given the worker, a process of its own, that is drawing the files
    row, format = put(world, small()), FORMATS["csv"]
    path = shelf.place(world.settings.folder, row.sha256, format)
    path.parent.mkdir(parents=True)
    shelf_of_all = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(shelf_of_all, fcntl.LOCK_EX)
    got = []

    # When somebody asks the server for one of them
    def ask() -> None:
        got.append(shelf.draw(world.settings.folder, row.sha256, row.content, format).read_bytes())

    reader = threading.Thread(target=ask)
    reader.start()
    reader.join(3)

    # Then it is not drawn a second time: the server waits, and gives the one that was
    assert reader.is_alive() and not list(path.parent.iterdir())
    path.write_bytes(b"drawn by the worker")
    os.close(shelf_of_all)
    ended(reader)
    assert got == [b"drawn by the worker"]


def test_the_worker_draws_the_files_before_they_are_asked_for(world):
    row = put(world, small())
    assert jobs.draw_published(world.database, world.settings.folder) == len(FORMATS)
    assert jobs.draw_published(world.database, world.settings.folder) == 0
    page = world.browser().open("/rapport/2")
    assert len([one for one in page.all(".file-size") if one.text_content().strip()]) == len(FORMATS)
    with world.reading() as db:
        assert queries.content(db, row.id) == row.content


def test_a_file_that_cannot_be_drawn_leaves_nothing_behind_and_says_when_to_come_back(world):
    # Given an edition whose tree no writer can read
    row = put(world, small())
    with world.writing() as db:
        db.get(EditionRow, row.id).content = "{}"

    # When somebody asks for a file
    answer = world.browser().open("/rapport/2.csv", status=503).response

    # Then she is told, and there is no half file on the shelf
    assert answer.headers["retry-after"] == "60"
    assert "etag" not in answer.headers
    assert not list((world.settings.folder / "rapports").iterdir())


def test_a_drawing_that_never_ends_is_stopped(world, monkeypatch):
    row = put(world, small())
    monkeypatch.setattr(shelf, "LONGEST", 0.01)
    with pytest.raises(shelf.NotDrawn):
        shelf.draw(world.settings.folder, row.sha256, row.content, FORMATS["pdf"])
    assert not list((world.settings.folder / "rapports").iterdir())


def test_an_archive_ordered_by_an_older_program_packs_the_files_of_that_program(world):
    """An update laid under a server that still runs: what it drew is found under its own name, not the newcomer's."""
    row, older = put(world, small()), "0.0.9-00000000"
    folder = world.settings.folder
    (folder / "rapports").mkdir(parents=True)
    for suffix, format in FORMATS.items():
        if suffix != "zip":
            shelf.place(folder, row.sha256, format, older).write_bytes(b"drawn by the older program")
    whole = folder / "whole.zip"
    asked = [sys.executable, "-m", shelf.DRAWER, "zip", str(folder), row.sha256, str(whole), older]
    subprocess.run(asked, input=row.content.encode(), capture_output=True, check=True)
    with zipfile.ZipFile(whole) as archive:
        assert archive.read("avis-citoyen-edition-2.pdf") == b"drawn by the older program"


def test_the_server_loads_nothing_that_draws():
    said = "import sys, convention.app; print([one for one in ('typst', 'docx', 'odfdo') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
