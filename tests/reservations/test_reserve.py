"""C10: a member writes what she fears on a paragraph, chooses to be counted but not named; others sign."""

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from convention.journal.models import JournalLine
from convention.kit import clock
from convention.recommendations import compose
from convention.recommendations.files import machine
from convention.reservations import queries
from convention.reservations.models import Signature
from tests.proposals import scene
from tests.reservations.scene import FEAR, set_up, sign, write

READERS = ("/propositions/1", "/propositions/1/reserves")


def test_she_is_counted_and_not_named(world):
    set_up(world)
    page = write(world)
    assert page.has("Votre réserve est publiée")
    assert page.has("1 signataire, non nommé·e à sa demande")
    assert page.has("Porte sur le paragraphe 1.2, version 1.")
    for name in ("Nadia", "Zoé"):
        sign(world, name)
    for address in READERS:
        page = world.browser().open(address)
        assert page.has(FEAR)
        assert page.has("3 signataires, non nommés à leur demande")


def test_nobody_reads_the_names_of_those_who_are_only_counted(world):
    set_up(world)
    write(world)
    sign(world, "Nadia")
    sign(world, "Zoé", naming="nom")
    for who in (None, "Lina", "Claire", "Nadia"):
        browser = world.browser(world.people[who] if who else None)
        for address in READERS:
            words = " ".join(
                one.text_content() for one in browser.open(address).all("blockquote + p, #ecrites, #reserves")
            )
            assert "Omar" not in words, f"{address} as {who}"
            assert "Nadia" not in words, f"{address} as {who}"
    page = world.browser().open("/propositions/1")
    assert page.has("3 signataires : Zoé et 2 personnes non nommées")
    # Nor does the journal hold anything of them
    with world.reading() as db:
        facts = [line.facts for line in db.exec(select(JournalLine)) if line.kind.startswith("reservations.")]
    assert len(facts) == 3
    for name in ("Omar", "Nadia", "Zoé"):
        assert str(world.people[name].id) not in " ".join(facts)


def test_it_is_in_the_report_and_its_files_without_the_names(world):
    proposal = set_up(world)
    world.member("Paule")
    write(world)
    sign(world, "Nadia")
    sign(world, "Zoé", naming="nom")
    write(world, "Paule", kind="minority", about="ensemble", text="Je m’oppose à tout.", naming="nom")
    scene.count(world, scene.prepare(world, 1, 2), [scene.WELL])
    with world.reading() as db:
        edition = compose.compose(db, world.convention, number=1, at=clock.now(), site="https://exemple.fr")
        (one,) = edition.recommendations[0].reservations
        assert one.text == FEAR
        assert one.about == "Paragraphe 1.2, version 1"
        assert (one.signatories, one.named) == (3, ("Zoé",))
        (minority,) = edition.minority_positions
        assert (minority.text, minority.named) == ("Je m’oppose à tout.", ("Paule",))
        assert queries.of_proposals(db, [proposal])[proposal.id][0].signatories == 3
    written = edition.model_dump_json()
    assert "Nadia" not in written
    assert "Omar" not in written


def test_each_signs_once_whoever_hurries(world):
    set_up(world)
    write(world)
    browsers = [world.browser(world.people["Nadia"]) for _ in range(20)]

    def hurry(browser):
        return browser.post("/propositions/1/reserves/1/signer", {"naming": "nombre"}).status

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(hurry, browsers))
    assert sorted(statuses) == [200] + [403] * 19
    with world.reading() as db:
        assert len(db.exec(select(Signature)).all()) == 2
    again = sign(world, "Nadia")
    assert again.has("Vous avez déjà signé cette réserve.")
    # Its author is its first signatory: she does not sign twice either
    assert sign(world, "Omar").status == 403


def test_a_signatory_says_how_she_signs(world):
    set_up(world)
    write(world)
    page = sign(world, "Nadia", naming="")
    assert page.status == 422
    assert page.has("Choisissez si votre nom est affiché")
    assert page.press("Signer", naming="nom").has("2 signataires : Nadia et 1 personne non nommée")


def test_a_signature_is_taken_back_and_the_last_one_ends_it(world):
    set_up(world)
    write(world)
    sign(world, "Nadia")
    omar = world.browser(world.people["Omar"])
    page = omar.open("/propositions/1/reserves").press("Retirer ma signature")
    assert page.has("1 signataire")
    nadia = world.browser(world.people["Nadia"])
    page = nadia.open("/propositions/1/reserves").press("Retirer ma signature")
    assert page.has("Aucune réserve sur cette proposition.")
    assert not page.has(FEAR)
    assert sign(world, "Zoé").status == 403
    assert nadia.post("/propositions/1/reserves/1/quitter").status == 403


def test_only_members_write_and_sign(world):
    set_up(world)
    write(world)
    for name in ("Claire", "Paul"):
        browser = world.browser(world.people[name])
        assert not browser.open("/propositions/1/reserves").all("form[method=post] textarea")
        assert sign(world, name).status == 403
        assert (
            browser.post("/propositions/1/reserves", {"kind": "minority", "text": "x", "naming": "nom"}).status == 403
        )
    assert world.browser().post("/propositions/1/reserves/1/signer", {"naming": "nom"}).status == 401


def test_a_long_one_is_shortened_by_its_author_and_nothing_is_lost(world):
    set_up(world)
    page = write(world, text="x" * 1001)
    assert page.status == 422
    assert page.has("Raccourcissez de 1 caractère.")
    assert len(page.one("#f-text").text_content().strip()) == 1001
    assert write(world, text="").has("Écrivez votre réserve, dans vos mots.")
    assert write(world, text="x" * 1000).status == 200
    wrong = world.browser(world.people["Omar"]).post(
        "/propositions/1/reserves", {"kind": "minority", "text": "x", "naming": "nom", "about": "99-1"}
    )
    assert wrong.status == 422
    assert wrong.has("Choisissez un paragraphe dans la liste")


def test_it_stays_on_the_version_that_was_read(world):
    set_up(world)
    write(world)
    lina = world.browser(world.people["Lina"])
    lina.open("/propositions/1/modifier").press("Publier la nouvelle version", **{"mesure-2": "Noter cette fiche."})
    assert world.browser().open("/propositions/1").has("Porte sur le paragraphe 1.2, version 1.")


def test_they_are_written_while_the_convention_works(world):
    set_up(world)
    write(world)
    scene.set_phase(world)
    page = world.browser(world.people["Nadia"]).open("/propositions/1/reserves")
    assert page.has("s’écrivent pendant que la convention écrit et vote")
    assert sign(world, "Nadia").status == 403


def test_a_reservation_is_found_on_its_own_proposal_only(world):
    set_up(world)
    scene.proposal(world, world.people["Lina"], title="Une autre")
    write(world)
    page = world.browser(world.people["Nadia"]).post("/propositions/2/reserves/1/signer", {"naming": "nom"})
    assert page.status == 404


HOSTILE = "<script>alert(1)</script>'\"{{7*7}}\u202e"


def test_hostile_words_are_only_words(world):
    set_up(world)
    write(world, text=HOSTILE)
    write(world, kind="minority", about="ensemble", text=HOSTILE, naming="nom")
    for address in READERS:
        text = world.browser().open(address).response.text
        assert "<script>alert" not in text
        assert "{{7*7}}" in text
        assert "\u202e" not in text


def test_a_long_list_asks_no_more_of_the_database(world):
    set_up(world)
    write(world)
    browser = world.browser(world.people["Lina"])
    before = [world.queries(lambda a=address: browser.open(a)) for address in READERS]
    for n in range(6):
        write(world, "Nadia", text=f"Réserve {n}", naming="nom")
        sign(world, "Zoé", n + 2)
    after = [world.queries(lambda a=address: browser.open(a)) for address in READERS]
    assert after == before


def test_the_published_json_has_them(world):
    set_up(world)
    write(world)
    scene.count(world, scene.prepare(world, 1, 2), [scene.WELL])
    with world.reading() as db:
        edition = compose.compose(db, world.convention, number=1, at=clock.now(), site="https://exemple.fr")
    assert FEAR in machine.__doc__ or FEAR in edition.model_dump_json()
