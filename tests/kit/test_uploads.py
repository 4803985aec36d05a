"""What is sent is given back to those it is for, as a file to keep, and never as a page that runs."""

import re

import pytest

from convention.conventions import actions as conventions
from tests.programme.people import a_sitting
from tests.programme.test_document import DESK, PDF, send
from tests.world import World, a_convention


def sent(world: World, content: bytes = PDF, name: str = "loi.pdf") -> str:
    """The address of a document of the first sitting."""
    a_sitting(world, "Ouverture")
    page = world.browser(world.facilitator()).open(f"{DESK}/seances/1/documents")
    assert send(page, name, content).has("Le document est ajouté")
    return str(world.browser().open("/seances/1").all("#documents a[download]")[0].get("href"))


TABLE = b"nom;age\nNadia;40\nOmar;50\n"


@pytest.mark.parametrize(
    ("content", "name", "kind"), [(PDF, "loi.pdf", "application/pdf"), (TABLE, "ages.csv", "text/csv")]
)
def test_a_file_is_served_as_a_download_that_runs_nothing(world: World, content: bytes, name: str, kind: str) -> None:
    address = sent(world, content, name)
    response = world.browser().open(address).response
    assert response.content == content
    assert response.headers["content-type"] == kind
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["x-content-type-options"] == "nosniff"
    policy = response.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} == set(policy), policy
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert re.fullmatch(r"/documents/[0-9a-f-]{36}", address), "an address that could be guessed"


def test_a_file_is_for_those_who_may_read_it(world: World) -> None:
    # Given a document of this convention
    address = sent(world)
    # When it is asked for at the host of another one, or under the address of its folder
    with world.writing() as db:
        conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
    kept = next((world.settings.folder / "fichiers").iterdir()).name
    browser = world.browser().client
    # Then there is nothing there
    assert browser.get(address, headers={"host": "autre.exemple.fr"}).status_code == 404
    for path in (f"/fichiers/{kept}", f"/static/{kept}", f"/static/../var/fichiers/{kept}", f"/documents/{kept}"):
        assert browser.get(path).status_code == 404, path


def test_what_is_withdrawn_is_given_no_more_whole_nor_in_part(world: World) -> None:
    address = sent(world)
    asks = [("GET", {}), ("HEAD", {}), ("GET", {"range": "bytes=0-3"})]
    client = world.browser().client
    answers = [client.request(method, address, headers=headers) for method, headers in asks]
    assert [(one.status_code, one.content) for one in answers] == [(200, PDF), (200, b""), (206, PDF[:4])]
    assert all(one.headers["content-disposition"].startswith("attachment") for one in answers)
    page = world.browser(world.people["Claire"]).open(f"{DESK}/seances/1")
    assert page.press("Retirer ce document").has("C’est retiré")
    asked = [client.request(method, address, headers=headers).status_code for method, headers in asks]
    assert asked == [404, 404, 404]


def test_only_the_desk_sends_files(world: World) -> None:
    sent(world)
    for person in (None, world.member("Nadia"), world.official(), world.guarantor()):
        browser = world.browser(person)
        answer = browser.client.post(
            f"{DESK}/seances/1/documents",
            data={"title": "Autre"}, files={"file": ("a.pdf", PDF, "application/pdf")}, follow_redirects=False,
        )  # fmt: skip
        assert answer.status_code in (401, 403)
    assert len(list((world.settings.folder / "fichiers").iterdir())) == 1
