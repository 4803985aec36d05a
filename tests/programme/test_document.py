"""Documents: sent, kept, given back; refused when they are not what they should be."""

import datetime as dt

from convention.kit import clock
from convention.programme import jobs
from tests.programme.people import a_sitting
from tests.world import Page, World

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DESK = "/animation/programme"


def send(page: Page, name: str, content: bytes, **typed: str) -> Page:
    files = {"file": (name, content, "application/octet-stream")}
    return page.press("Ajouter le document", files=files, **{"title": "Ce que dit la loi", **typed})


def test_claire_adds_a_pdf_and_everyone_reads_it(world: World) -> None:
    a_sitting(world, "Ouverture")
    claire = world.browser(world.facilitator("Claire"))
    page = claire.open(f"{DESK}/seances/1").follow("Ajouter un document")
    page = send(page, "loi.pdf", PDF, author="CNIL ; aucun intérêt déclaré")
    assert page.has("Le document est ajouté")

    public = world.browser().open("/seances/1")
    assert public.has("CNIL ; aucun intérêt déclaré")
    got = public.follow("PDF, 48 o").response
    assert got.content == PDF
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "Ce%20que%20dit%20la%20loi.pdf" in got.headers["content-disposition"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert world.browser().open("/documents").has("Ce que dit la loi")


def test_a_hostile_file_name_is_never_used(world: World) -> None:
    a_sitting(world, "Ouverture")
    page = world.browser(world.facilitator("Claire")).open(f"{DESK}/seances/1/documents")
    for name in ("../../../etc/passwd.pdf", "C:\\windows\\a.pdf", "a\x00b.pdf", "<script>.pdf", "x" * 500 + ".exe"):
        assert send(page, name, PDF, title='../../"<b>\r\nX: y').has("Le document est ajouté")
        page = page.browser.open(f"{DESK}/seances/1/documents")
    kept = sorted((world.settings.folder / "fichiers").iterdir())
    assert len(kept) == 5
    assert all(len(one.stem) == 32 and one.suffix == ".pdf" for one in kept)
    public = world.browser().open("/seances/1")
    address = public.all("#documents a[download]")[0].get("href")
    got = public.browser.open(address).response
    assert "x" not in got.headers
    assert "/" not in got.headers["content-disposition"].replace("utf-8''", "")


def test_a_wrong_type_is_refused_in_a_sentence(world: World) -> None:
    a_sitting(world, "Ouverture")
    page = world.browser(world.facilitator("Claire")).open(f"{DESK}/seances/1/documents")
    for content in (
        b"MZ\x90\x00\x03\x00",
        b"<!doctype html><script>alert(1)</script>",
        b"<svg onload=alert(1)>",
        b"\x7fELF",
    ):
        refused = send(page, "innocent.pdf", content)
        assert refused.status == 422
        assert refused.has("Ce fichier n’est pas d’un type accepté")
        assert refused.one("#f-title").get("value") == "Ce que dit la loi"
    assert send(page, "vide.pdf", b"").has("Ce fichier est vide")
    assert not (world.settings.folder / "fichiers").exists()


def test_a_document_is_a_file_or_a_link(world: World) -> None:
    a_sitting(world, "Ouverture")
    page = world.browser(world.facilitator("Claire")).open(f"{DESK}/documents")
    assert page.press("Ajouter le document", title="Rien").has("Choisissez un fichier, ou copiez un lien.")
    assert send(page, "a.pdf", PDF, link="https://exemple.fr/a").has("soit le fichier, soit le lien")
    for wrong in (
        "javascript:alert(1)",
        "exemple.fr",
        "https://",
        "ftp://exemple.fr",
        "https://moi:mot@exemple.fr",
        "https://a b.fr",
    ):
        refused = page.press("Ajouter le document", title="Lien", link=wrong)
        assert refused.has("Copiez l’adresse entière"), wrong
        assert refused.one("#f-link").get("value") == wrong
    added = page.press("Ajouter le document", title="Lien", link="https://exemple.fr/rapport")
    assert added.has("Ouvrir sur exemple.fr")
    address = world.browser().open("/documents").links()
    assert "https://exemple.fr/rapport" in address.values()


def test_a_removed_document_can_no_longer_be_read(world: World) -> None:
    a_sitting(world, "Ouverture")
    page = world.browser(world.facilitator("Claire")).open(f"{DESK}/seances/1/documents")
    page = send(page, "a.pdf", PDF)
    address = world.browser().open("/seances/1").all("#documents a[download]")[0].get("href")
    assert page.press("Retirer ce document").has("C’est retiré")
    world.browser().open(address, status=404)
    assert world.browser().open("/seances/1").has("Aucun document pour cette séance")

    # And its file ends, a day later
    folder = world.settings.folder
    with world.reading() as db:
        assert jobs.sweep_files(db, folder, clock.now()) == 0
        assert jobs.sweep_files(db, folder, clock.now() + dt.timedelta(days=2)) == 1


def test_a_lost_file_is_a_page_not_found(world: World) -> None:
    a_sitting(world, "Ouverture")
    page = world.browser(world.facilitator("Claire")).open(f"{DESK}/seances/1/documents")
    send(page, "a.pdf", PDF)
    for one in (world.settings.folder / "fichiers").iterdir():
        one.unlink()
    world.browser().open(world.browser().open("/seances/1").all("#documents a[download]")[0].get("href"), status=404)
