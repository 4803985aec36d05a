"""The disk is full: a sentence, what was sent given back, nothing half-done; and it is done once there is room."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import lxml.html
import sqlalchemy as sa

from convention.programme.models import Activity
from tests.discussion.test_elsewhere import read
from tests.faults.scene import Servers, holds, no_file_beyond, no_room, rows, run_there, stamped, tell
from tests.faults.test_interrupted import Client, submitting, voting
from tests.proposals.scene import set_up
from tests.proposals.test_import import DECIDIM
from tests.world import World, filled

SAID = "Le disque du site n’a plus de place\u00a0: rien n’a été enregistré."


@contextlib.contextmanager
def full(world: World) -> Iterator[None]:
    """The database may not take one page more, and says so with the words that it has for a full disk."""
    with _no_page_more(world) if world.database.embedded else _a_full_device(world):
        yield


@contextlib.contextmanager
def _no_page_more(world: World) -> Iterator[None]:
    def stop(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # never less than there are

    def go_on(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=4294967294")

    with world.database.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE ballast (words TEXT)"))
    sa.event.listen(world.database.engine, "begin", stop)
    try:
        # What is left of the last pages is used up too.
        while True:
            with world.database.engine.begin() as connection:
                connection.execute(sa.text("INSERT INTO ballast VALUES (:words)"), {"words": "x" * 3000})
    except sa.exc.OperationalError:
        pass
    try:
        yield
    finally:
        sa.event.remove(world.database.engine, "begin", stop)
        sa.event.listen(world.database.engine, "begin", go_on)
        with world.database.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE ballast"))
        sa.event.remove(world.database.engine, "begin", go_on)


@contextlib.contextmanager
def _a_full_device(world: World) -> Iterator[None]:
    """The table of paragraphs, where there is none yet, is on the disk that Linux keeps full for tests."""

    def change(command: str) -> None:
        run_there(world.database, command)
        # Whoever has opened the file that was there goes on in it.
        world.database.dispose()

    # After the checkpoint, nothing is left to write to the file that goes.
    where = "SELECT pg_relation_filepath('paragraph')"
    file = tell(world.database, "VACUUM FULL paragraph", "CHECKPOINT", where)
    change(f"ln -sf /dev/full {file}")
    try:
        yield
    finally:
        change(f"rm {file} && touch {file}")


def large(values: dict[str, Any]) -> dict[str, Any]:
    """More than what is left free in the pages of these tables."""
    more = {f"mesure-n{n}": f"Mesure {n} : " + "réparer la fontaine. " * 50 for n in range(1, 13)}
    return {**values, **more}


def test_what_was_written_is_given_back(world: World) -> None:
    # Given Omar, who has written a proposal, and a disk without room
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    browser, path, values = submitting(world)
    client = Client(world, browser, path, large(values))
    before = rows(world)
    with full(world):
        answer = client.send()

        # Then a page says so, with his words, and nothing is half-done
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "60"
        assert answer.headers["cache-control"] == "no-store"
        page = lxml.html.fromstring(answer.text)
        assert page.xpath("string(//*[@data-reason])").replace("\u202f", "\u00a0") == SAID
        assert client.values["constat"].strip() in [area.text.strip() for area in page.xpath("//textarea")]
    assert rows(world) == before

    # When there is room again, the button of that page does it, once
    form = page.xpath("//form[@data-again]")[0]
    again = Client(world, browser, form.get("action"), filled(form))
    assert again.values["cle"] == client.values["cle"]
    assert again.send().status_code == 303
    after = rows(world)
    assert client.send().status_code == 303
    assert rows(world) == after != before
    holds(world)


def test_a_ballot_is_sent_once_more(world: World) -> None:
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    browser, path, values = voting(world)
    client = Client(world, browser, path, values)
    # A disk that refuses without saying why: the page is the same, less the name of the reader.
    with no_room(world):
        answer = client.send()
    assert answer.status_code == 503
    form = lxml.html.fromstring(answer.text).xpath("//form[@data-again]")[0]
    assert "Votre bulletin est déposé" in Client(world, browser, form.get("action"), filled(form)).send().text
    holds(world)


def test_an_import_is_asked_for_once_more(world: World) -> None:
    # Given Claire, who has read what her file holds, and a disk without room
    set_up(world)
    claire = world.browser(world.facilitator())
    page = read(world, DECIDIM)
    form = page.form("Importer")
    client = Client(world, claire, form.get("action"), {**filled(form), "faire": "importer"})
    before = rows(world)
    with no_room(world):
        answer = client.send()

        # Then the page says so, and shows her nothing that is for machines
        assert answer.status_code == 503
        page = lxml.html.fromstring(answer.text)
        assert page.xpath("//textarea") == []
    assert rows(world) == before

    # When there is room again, its button imports what she had read, once
    form = page.xpath("//form[@data-again]")[0]
    assert Client(world, claire, form.get("action"), filled(form)).send().status_code == 303
    after = rows(world)
    assert client.send().status_code == 303
    assert rows(world) == after != before
    holds(world)


def test_a_file_that_finds_no_room_leaves_nothing(world: World) -> None:
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/programme/documents")
    form = page.form("Ajouter le document")
    client = Client(world, claire, form.get("action"), {**filled(form), "title": "Les fontaines de la Métropole"})
    before = rows(world)
    for octets in (300_000, 3_000_000):  # written where documents are; and, heavier, where it waits while it arrives
        with no_file_beyond(200_000):
            answer = client.client.post(
                client.path,
                data=client.values,
                files={"file": ("note.pdf", b"%PDF-1.4\n" + bytes(octets))},
                headers={"sec-fetch-site": "same-origin"},
            )
        assert answer.status_code == 503
        assert "n’a plus de place" in answer.text
        assert "choisissez-le de nouveau" in answer.text or octets > 1_000_000
        assert [*(world.settings.folder / "fichiers").iterdir()] == []
    assert rows(world) == before


def test_a_code_is_never_given_back(world: World) -> None:
    nadia = world.member("Nadia")
    client = Client(world, world.browser(nadia), "/entrer", {"code": "ABCD EFGH JK", "suite": "/"})
    with no_room(world):
        answer = client.send()
    assert answer.status_code == 503
    assert "ABCD EFGH JK" not in answer.text


def test_the_operator_is_told_in_words(world: World) -> None:
    # The embedded database is not even read, for want of the index of its log.
    words = ["check"] if world.database.embedded else ["person", "add", "Nadia", "--role", "member"]
    command = [sys.executable, "-m", "convention", *words]
    with stamped(world), no_room(world):
        said = subprocess.run(command, env=Servers(world).environment, capture_output=True, text=True)
    assert said.returncode == 1
    assert "le disque est plein" in said.stderr.lower()
    assert "Traceback" not in said.stderr
