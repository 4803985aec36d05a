"""An edition closed to the public: what a judge takes away from everybody, asked by one and confirmed by another."""

import pytest
from lxml import etree
from sqlmodel import select

from convention.journal.models import JournalLine
from convention.kit.mail import OutgoingMail
from convention.people.models import RoleKind
from convention.recommendations import extract, jobs, shelf
from convention.recommendations.files import FORMATS
from convention.recommendations.models import EditionRow
from convention.recommendations.snapshot import Edition
from tests.recommendations import seeds

REASON = "Jugement du tribunal judiciaire de Montpellier du 12 mars 2027."
WORDS = "Personne ne connaît la consommation des outils."


def doors(numbers=(1, 2)):
    """All the addresses where the words of the first edition are read."""
    first, second = numbers
    return [
        f"/rapport/{first}",
        f"/rapport/{first}/1",
        f"/rapport/{first}/differences/{second}",
        f"/rapport/{second}/differences/{first}.json",
        f"/rapport/{first}/extrait",
        f"/rapport/{first}/extrait.json?reco=1",
        *(f"/rapport/{first}.{suffix}" for suffix in FORMATS),
    ]


@pytest.fixture
def closed(world):
    """Two editions; the first was asked to be closed by Claire, and Adama closed it."""
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world)
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@ville.fr")
    world.person("Solange", RoleKind.GUARANTOR, email="solange@ville.fr")
    page = world.browser(world.facilitator()).open("/rapport/1").follow("Fermer au public l’édition n° 1")
    page.press("Demander la fermeture", reason=REASON)
    world.browser(adama).open("/rapport/1/fermeture").press("Fermer cette édition au public")
    return world


def mails(world):
    with world.reading() as db:
        return {mail.to: mail for mail in db.exec(select(OutgoingMail).order_by(OutgoingMail.written_at))}


def told(world):
    """What the journal tells of this edition."""
    with world.reading() as db:
        lines = db.exec(select(JournalLine).order_by(JournalLine.number)).all()
    return [one.kind.rpartition(".")[2] for one in lines if "EditionClos" in one.kind]


def test_one_asks_and_another_confirms(world):
    # Given a published edition that names somebody, and a judge who forbids it
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    adama = world.person("Adama", RoleKind.ADMINISTRATOR, email="adama@ville.fr")
    world.person("Solange", RoleKind.GUARANTOR, email="solange@ville.fr")

    # When Claire asks that it be closed, without a reason, then with one
    page = world.browser(world.facilitator()).open("/animation/rapport").follow("Fermer au public l’édition n° 1")
    page = page.press("Demander la fermeture", reason="Un juge")
    assert page.status == 422 and page.one("textarea[name=reason]").text.strip() == "Un juge"
    assert page.one(".sumup a").get("href") == "#f-reason"
    page = page.press("Demander la fermeture", reason=REASON)
    assert page.has("La fermeture est demandée.") and page.has("une autre personne de l’administration doit")
    assert "Fermer cette édition au public" not in page.text

    # Then everybody still reads it, Adama has received a mail and finds it among what waits for her
    assert world.browser().open("/rapport/1/1").has(WORDS)
    assert not world.browser().open("/rapport/1").has("tribunal")
    assert mails(world)["adama@ville.fr"].button[1].endswith("/rapport/1/fermeture")
    home = world.browser(adama).open("/moi")
    assert home.has("Fermeture de l’édition n° 1 à confirmer")

    # When she confirms
    page = world.browser(adama).open("/rapport/1/fermeture").press("Fermer cette édition au public")
    assert page.has("L’édition n° 1 est fermée au public") and page.has(REASON)

    # Then the guarantors are told, and the journal says what happened
    assert mails(world)["solange@ville.fr"].button[1].endswith("/rapport/1")
    assert told(world) == ["EditionClosingAsked", "EditionClosed"]


def test_no_address_gives_its_words_any_more(closed):
    asked = closed.browser()
    for address in doors():
        answer = asked.client.get(address)
        assert answer.status_code == 410, address
        assert "12 mars 2027" in answer.text and WORDS not in answer.text, address
    # a reader who kept its fingerprint is not told that her copy is still good
    tag = shelf.etag(row(closed).sha256, FORMATS["json"])
    assert asked.client.get("/rapport/1.json", headers={"if-none-match": tag}).status_code == 410
    # nor do members, facilitators and officials read it
    for person in (closed.member("Membre 2"), closed.facilitator(), closed.official()):
        assert closed.browser(person).client.get("/rapport/1").status_code == 410
    # the other edition is there, and leads nowhere else
    page = asked.open("/rapport/2")
    assert page.has("Fermée au public") and page.has(REASON)
    assert not [one for one in page.links().values() if one.startswith("/rapport/1")]
    assert asked.open("/rapport/1", status=410).links()["Les autres éditions du rapport"] == "/rapport"


def row(world):
    with world.reading() as db:
        return db.exec(select(EditionRow).where(EditionRow.number == 1)).one()


def test_those_who_check_still_read_it(closed):
    for person in (closed.guarantor(), closed.administrator()):
        browser = closed.browser(person)
        page = browser.open("/rapport/1")
        assert page.has("seuls les garants et l’administration la lisent") and page.has(REASON)
        file = browser.client.get("/rapport/1.json")
        assert WORDS in file.text and file.headers["cache-control"] == "private, no-store"
        assert browser.client.get("/rapport/1/differences/2").status_code == 200


def test_feeds_and_the_api_say_that_it_is_closed(closed):
    feed = etree.fromstring(closed.browser().client.get("/flux/rapport.xml").content)
    said = {entry.findtext("{*}title"): entry.findtext("{*}summary") for entry in feed.findall("{*}entry")}
    assert said["Rapport, édition n° 1 fermée au public"] == REASON
    assert "Rapport, édition n° 1 retirée" not in said
    one = closed.browser().client.get("/api/v1/editions/1").json()
    assert one["closed_because"] == REASON and one["closed_at"] and one["withdrawn_at"]
    assert one["files"] == [] and one["title"] == ""
    listed = closed.browser().client.get("/api/v1/editions").json()["items"]
    assert [(line["number"], bool(line["files"])) for line in listed] == [(1, False), (2, True)]


def test_the_one_in_force_gives_its_place_to_the_one_before(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world)
    close(world, 2)
    assert world.browser().open("/rapport").address == "/rapport/1"
    # « Publiée, elle ne change plus » no longer speaks of it
    close(world, 1)
    assert world.browser().open("/rapport").title == "Le rapport n’est pas encore paru"


def close(world, number):
    bertille, adama = world.administrator("Bertille"), world.administrator("Adama")
    address = f"/rapport/{number}/fermeture"
    world.browser(bertille).open(address).press("Demander la fermeture", reason=REASON)
    page = world.browser(adama).open(address).press("Fermer cette édition au public")
    assert page.has("est fermée au public"), page.text


def test_nobody_closes_alone(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world, publish=False)
    adama = world.browser(world.administrator())
    assert adama.open("/rapport/1/fermeture").has("convention edition close")
    assert adama.post("/rapport/1/fermeture", {"reason": REASON}).status == 403

    # With a second one, she may ask, but not confirm; nor may whoever only runs sittings, or checks
    bertille = world.browser(world.administrator("Bertille"))
    page = adama.open("/rapport/1/fermeture").press("Demander la fermeture", reason=REASON)
    assert page.has("C’est vous qui l’avez demandé")
    asked = page.one("form")  # the only form left is to give up
    assert "refuser" in asked.get("action")
    moment = row(world).closing_asked_at.isoformat()
    confirm = "/rapport/1/fermeture/confirmer"
    assert adama.post(confirm, {"asked": moment}).status == 403
    for person in (world.facilitator(), world.guarantor(), world.member("Membre 2"), world.official()):
        assert world.browser(person).post(confirm, {"asked": moment}).status == 403
    # nor does Claire put aside what she did not ask
    assert world.browser(world.facilitator()).post("/rapport/1/fermeture/refuser").status == 403

    # A request that took the place of the one that was read is not confirmed unread
    old = bertille.open("/rapport/1/fermeture")
    adama.open("/rapport/1/fermeture").press("Ne pas la fermer")
    with world.later(minutes=1):
        other = "Une autre raison, que Bertille n’a pas lue."
        adama.open("/rapport/1/fermeture").press("Demander la fermeture", reason=other)
        page = old.press("Fermer cette édition au public")
        assert page.status == 403 and page.has("remplacée par une autre")
        assert world.browser().client.get("/rapport/1").status_code == 200

        # Bertille disagrees: nothing happens, and it may be asked again
        page = bertille.open("/rapport/1/fermeture").press("Ne pas la fermer")
        assert page.has("tout le monde la lit")
        assert bertille.post(confirm, {"asked": moment}).status == 403
    # One that was never public cannot be closed
    assert adama.open("/rapport/2/fermeture").has("n’a jamais été publique")


def test_no_file_of_it_stays_on_the_disk(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world)
    folder = world.settings.folder
    for number in (1, 2):
        world.browser().client.get(f"/rapport/{number}.json")
        world.browser().client.get(f"/rapport/{number}/extrait.json?reco=1")
    close(world, 1)
    jobs.clear_closed(world.database, folder)
    with world.reading() as db:
        one, two = db.exec(select(EditionRow).order_by(EditionRow.number)).all()
    left = [file.name for file in (folder / "rapports").rglob("*") if file.is_file()]
    assert left and all(two.sha256 in name for name in left), left
    assert shelf.place(folder, two.sha256, FORMATS["json"]).exists()
    assert shelf.extract_place(folder, two.sha256, FORMATS["json"], extract.key([1])).exists()
    # what is kept is whole: the same content, the same fingerprint
    assert one.sha256 == row(world).sha256 and Edition.model_validate_json(one.content).number == 1


def test_a_request_falls_with_the_role_of_whoever_made_it(world):
    # Given Claire, who asked that an edition be closed, and whose role has ended since
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    adama, bertille = (world.browser(world.administrator(name)) for name in ("Adama", "Bertille"))
    claire, address = world.facilitator(), "/rapport/1/fermeture"
    world.browser(claire).open(address).press("Demander la fermeture", reason=REASON)
    read = bertille.open(address)
    assert bertille.open("/moi").has("Fermeture de l’édition n° 1 à confirmer")
    adama.open(f"/administration/personnes/{claire.id}").press("Enregistrer les rôles", roles=["member"])

    # When Bertille confirms what she had read, Then it is refused: two people who are there close, not one and a past
    page = read.press("Fermer cette édition au public")
    assert page.status == 403 and page.has("n’est plus de l’équipe")
    assert world.browser().client.get("/rapport/1").status_code == 200
    assert not bertille.open("/moi").has("Fermeture de l’édition n° 1 à confirmer")

    # But she may ask for it herself, and Adama confirm
    page = bertille.open(address)
    assert page.has("sa demande est tombée")
    page.press("Demander la fermeture", reason=REASON)
    assert adama.open(address).press("Fermer cette édition au public").has("est fermée au public")


def test_who_asked_hears_that_it_is_refused_and_not_of_her_own(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    adama = world.browser(world.administrator())
    lise = world.browser(world.person("Lise", RoleKind.FACILITATOR, email="lise@ville.fr"))
    for who in (lise, adama):
        lise.open("/rapport/1/fermeture").press("Demander la fermeture", reason=REASON)
        assert "lise@ville.fr" not in mails(world)
        who.open("/rapport/1/fermeture").press("Ne pas la fermer")
    mail = mails(world)["lise@ville.fr"]
    assert mail.title == "Édition n° 1 : la fermeture est refusée"
    assert "Adama a refusé" in " ".join(mail.lines) and REASON in mail.lines
    assert mail.button[1].endswith("/rapport/1/fermeture")
