"""What guarantors read of all that was done, and the kit with which they check it on their own machine."""

import dataclasses
import io
import json
import re
import subprocess
import sys
import zipfile

import pytest

from convention import app
from convention.conventions import actions as conventions
from convention.conventions.models import TextKind
from convention.journal import standalone
from convention.journal.topics import WORDS, Topic
from convention.people import actions as people
from convention.people.models import RoleKind
from convention.recommendations import actions as recommendations
from convention.recommendations import queries
from tests.recommendations import seeds
from tests.voting.polls import MOTION, a_poll, close, vote

KIT = "/garants/verification.zip"


def events():
    """Every event that a slice may tell, as the journal names it."""
    assert app.REACTIONS
    modules = [one for name, one in sys.modules.items() if name.startswith("convention.") and name.endswith(".events")]
    return {
        f"{module.__name__.split('.')[1]}.{name}"
        for module in modules
        for name, one in vars(module).items()
        if dataclasses.is_dataclass(one)
    }


def test_every_event_is_told_in_words():
    said = [kind for topic in Topic for kind in WORDS[topic]]
    assert len(events()) > 50
    assert set(said) == events()
    assert len(said) == len(set(said)), "each in one matter"


@pytest.fixture
def story(world):
    """Rules written twice, a vote, an edition, a role asked by one administrator and confirmed by another."""
    omar = world.member("Omar")
    adama, adele = world.administrator("Adama"), world.administrator("Adèle")
    with world.writing() as db:
        for body in ("Une règle.", "Une autre règle : avec l’accent, et\ndeux lignes."):
            conventions.write(db, world.convention, TextKind.RULES, body, by=adama.id)
        people.offer_role(db, world.convention, db.merge(omar), RoleKind.GUARANTOR, by=adama)
    poll = a_poll(world, MOTION)
    vote(world, "Omar", poll, "pour")
    close(world, poll)
    assert adele
    return world


def facts(world, topic=""):
    page = world.browser(world.guarantor()).open(f"/garants/faits?sujet={topic}")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./*")] for row in page.all("#faits tbody tr")]


def test_one_page_leads_to_all_of_it(story):
    browser = story.browser(story.guarantor())
    page = browser.open("/garants")
    assert not page.all("main form"), "nothing to edit"
    for topic in Topic:
        assert page.has(topic.label)
    addresses = {one.get("href") for one in page.all("main a") if one.get("href").startswith("/")} - {KIT}
    assert len(addresses) > 14
    for address in addresses:
        browser.open(address)


def test_who_did_what_and_when(story):
    rows = facts(story, "methode")
    assert [row[2] for row in rows[:2]] == ["Texte de la convention écrit"] * 2
    assert rows[0][3:] == ["version 2", "Adama"] and rows[0][1]
    (asked,) = [row for row in facts(story, "personnes") if row[2].startswith("Rôle demandé")]
    assert asked[3:] == ["Omar, garant·e", "Adama"]
    votes = facts(story, "votes")
    assert [row[2] for row in votes] == [
        "Vote dépouillé, résultat scellé",
        "Vote fermé à la main",
        "Vote ouvert, règle figée",
        "Règle et réglages du vote enregistrés",
        "Vote préparé",
    ]
    assert votes[0][3] == "Vote n° 1"
    assert votes[1][4] == "Claire"
    # An unknown matter is all of them
    assert len(facts(story, "rien")) == len(facts(story)) > len(votes)


def test_members_are_not_named(story):
    # What Omar wrote is public with his name where he chose so; the record of facts is of the team
    assert all("Omar" not in row[4] for row in facts(story))


def test_which_edition_and_who_closed_it(world):
    # Given two editions: the first closed by two people, then opened again by the operator; the second never published
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world, publish=False)
    adama = world.administrator()
    page = world.browser(world.facilitator()).open("/animation/rapport").follow("Fermer au public l’édition n° 1")
    page.press("Demander la fermeture", reason="Un jugement du 12 mars 2027 l’interdit au public.")
    page = world.browser(adama).open("/rapport/1/fermeture")
    page.press("Fermer cette édition au public")
    with world.writing() as db:
        recommendations.reopen(db, queries.edition(db, world.convention, 1, closed=True))

    # When Solange reads the facts of the report, Then each says which edition, and who did it
    told = [row[2:] for row in facts(world, "rapport") if "dition" in row[2]]
    assert told == [
        ["Édition rouverte au public", "Édition n° 1", "le serveur"],
        ["Édition fermée au public", "Édition n° 1", "Claire et Adama"],
        ["Fermeture d’une édition demandée", "Édition n° 1", "Claire"],
        ["Édition figée", "Édition n° 2", "Claire"],
        ["Édition publiée", "Édition n° 1", "Claire"],
        ["Édition figée", "Édition n° 1", "Claire"],
    ]

    # And leads to it
    browser = world.browser(world.guarantor())
    page = browser.open("/garants/faits?sujet=rapport")
    for number in (1, 2):
        assert browser.open(page.links()[f"Édition n° {number}"]).status == 200


def test_only_guarantors_enter(story):
    for who in (story.member("Omar"), story.facilitator(), story.administrator("Adama"), story.official()):
        for address in ("/garants", "/garants/faits", KIT):
            assert story.browser(who).client.get(address).status_code == 403, address
    assert story.browser().client.get(KIT, follow_redirects=False).status_code == 303


def test_the_list_asks_a_constant_number_of_questions(story):
    browser = story.browser(story.guarantor())
    few = story.queries(lambda: browser.open("/garants/faits"))
    for number in range(12):
        story.member(f"Membre {number}")
        a_poll(story, MOTION)
    assert story.queries(lambda: browser.open("/garants/faits")) <= few


# -- the kit -----------------------------------------------------------------------------------------------------------


def downloaded(world, folder):
    response = world.browser(world.guarantor()).client.get(KIT)
    assert response.headers["content-type"] == "application/zip"
    folder.mkdir()
    zipfile.ZipFile(io.BytesIO(response.content)).extractall(folder)
    return folder


def checked(folder, *options):
    """As a guarantor would: plain Python, apart from everything, in that folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *options], cwd=folder, capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def mark_of(folder):
    return json.loads((folder / "fin.json").read_text())["fingerprint"]


def test_the_kit_holds_and_says_what_does(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    code, said = checked(folder)
    assert code == 0, said
    for words in ("Tout tient", "Les règles, version 2", "Vote n° 1, sa règle", "Vote n° 1, son résultat"):
        assert words in said, words
    assert mark_of(folder) in said
    # What nobody may read is not there
    everything = "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    assert "Omar" not in everything and "Adama" not in everything


def withdrawn(db, world, edition, by):
    recommendations.withdraw(db, edition, "Une erreur de chiffre.", by=by)


def closed(db, world, edition, by):
    recommendations.close(db, world.convention, edition, "Décision de justice du 12 mars 2027.", page="")


@pytest.mark.parametrize("taken_away", [withdrawn, closed])
def test_a_published_edition_is_vouched_for(world, tmp_path, taken_away):
    # Given an edition that Claire publishes
    seeds.begin(world, members=8)
    seeds.submit(world, "Un comité d’éthique", "Créer un comité composé de citoyens tirés au sort.", "Sans élus.")
    seeds.decide(world, {(1, 1): (3, 3, 1, 0, 0), (1, 2): (3, 3, 1, 0, 0)})
    claire = world.people["Claire"]
    with world.writing() as db:
        row = recommendations.freeze(db, world.convention, by=claire, site="http://127.0.0.1:8000", previewed=1)
        assert row.number == 1
    assert "Édition n° 1" not in checked(downloaded(world, tmp_path / "frozen"))[1]
    with world.writing() as db:
        recommendations.publish(db, queries.edition(db, world.convention, 1, all=True), by=claire)
    code, said = checked(downloaded(world, tmp_path / "published"))
    assert code == 0 and "Édition n° 1" in said

    # When it is withdrawn, or closed to the public, its words leave the kit and the journal still holds
    with world.writing() as db:
        edition = queries.edition(db, world.convention, 1, all=True)
        taken_away(db, world, edition, claire)
    folder = downloaded(world, tmp_path / "after")
    code, said = checked(folder)
    assert code == 0 and "Édition n° 1" not in said


def test_any_single_changed_line_is_caught(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    for place, line in enumerate(lines):
        # Her own kit has the sums put right: the chain alone must catch it
        other = json.loads(line)
        other["facts"] = other["facts"].replace("convention_id", "convention-id")
        for changed in ([json.dumps(other) + "\n"], [], [line, line]):
            (folder / "journal.jsonl").write_text("".join(lines[:place] + changed + lines[place + 1 :]))
            put_right(folder)
            assert broken_by(folder), (place, changed)
    (folder / "journal.jsonl").write_text("".join(lines))
    put_right(folder)
    assert not broken_by(folder)


@pytest.mark.parametrize("wrong", [lambda line: line[1:], lambda line: line.replace('"kind"', '"kimd"')])
def test_a_line_that_cannot_be_read_is_named(story, tmp_path, wrong):
    folder = downloaded(story, tmp_path / "kit")
    lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    lines[2] = wrong(lines[2])
    (folder / "journal.jsonl").write_text("".join(lines))
    put_right(folder)
    code, said = checked(folder)
    assert code == 2 and "la ligne 3 du journal a changé" in said


def test_any_changed_file_is_caught(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        before = path.read_bytes()
        path.write_bytes(before.replace(b"e", b"a", 1) if path.name != "verify.py" else before + b"\n")
        code, said = checked(folder)
        assert code in (1, 2), (path.name, said)
        path.write_bytes(before)
        # And with sums put right, what the journal vouches for still is
        if path.parent != folder:
            path.write_bytes(before + b"!")
            put_right(folder)
            said = checked(folder)[1]
            assert "NE TIENT PAS" in said
            assert re.search(r"^(1 point ne tient pas|\d+ points ne tiennent pas), sur \d+\.$", said, re.MULTILINE), (
                said
            )
            path.write_bytes(before)
            put_right(folder)
    (folder / "de-trop.txt").write_text("ajouté")
    assert "de-trop.txt" in checked(folder)[1]


def test_a_journal_written_again_whole_is_caught_by_what_was_noted(story, tmp_path):
    # Given a fingerprint noted, and a kit kept
    kept = downloaded(story, tmp_path / "kept")
    noted = mark_of(kept)
    story.member("Nadia")
    now = downloaded(story, tmp_path / "now")
    assert checked(now, "--note", noted)[0] == 0
    assert checked(now, "--avant", str(kept))[0] == 0

    # When somebody writes all of it again from the second line on
    lines, previous = standalone.read(now), ""
    for line in lines:
        if line["number"] == 2:
            line["at"] = "2020-01-01T00:00:00Z"
        line["previous"] = previous
        previous = line["fingerprint"] = standalone.mark_of(line)
    (now / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (now / "fin.json").write_text(json.dumps({"number": len(lines), "fingerprint": previous}))
    put_right(now)

    # Then it holds by itself, and neither with the note nor with the older kit
    assert checked(now)[0] == 0
    assert "n’est celle d’aucune ligne" in checked(now, "--note", noted)[1]
    assert checked(now, "--note", noted)[0] == checked(now, "--avant", str(kept))[0] == 1


def test_what_cannot_be_read_says_so(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    (folder / "journal.jsonl").write_text("rien\n")
    code, said = checked(folder)
    assert code == 2 and "ne peut pas être lu" in said


def broken_by(folder):
    """The same program, in this process: hundreds of folders are tried."""
    return [said for holds, said in standalone.check(folder, "", "") if not holds]


def put_right(folder):
    """The sums as whoever changed a file would write them again."""
    there = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    marks = "".join(f"{standalone.sha256(path.read_bytes())}  {path.relative_to(folder)}\n" for path in there)
    (folder / "SHA256SUMS").write_text(marks)


MACHINE = ("Errno", "codec", "indices", "object", "usage", "error", "Traceback", "/")


@pytest.mark.parametrize("name", ["journal.jsonl", "fin.json", "libelles.json", "SHA256SUMS"])
@pytest.mark.parametrize("bent", [None, b"\xff\xfe", b"[]", b"[" * 100_000, b"\x00", b'{"number": 1}'])
def test_a_bent_kit_is_told_in_words_never_in_those_of_the_machine(story, tmp_path, name, bent):
    # Given a kit with one of its files lost on a key, or damaged
    folder = downloaded(story, tmp_path / "kit")
    (folder / name).unlink()
    if bent is not None:
        (folder / name).write_bytes(bent)

    # When Solange checks it, Then it does not hold, in words that name the file, or what is broken
    code, said = checked(folder)
    assert code in (1, 2), said
    [last] = [one for one in said.splitlines() if "lu" in one] if code == 2 else [""]
    assert not [word for word in MACHINE if word in last], last
    if code == 2:
        assert name in last or "la ligne 1 du journal" in last, last
        assert "Téléchargez-le de nouveau" in last


def test_a_line_whose_facts_are_bent_is_named(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    for facts in ("[]", "{", 7):
        bent = {**json.loads(lines[1]), "facts": facts}
        (folder / "journal.jsonl").write_text("".join([lines[0], json.dumps(bent) + "\n", *lines[2:]]))
        code, said = checked(folder)
        assert code == 2 and "la ligne 2 du journal a changé" in said, said


def test_a_fingerprint_that_was_badly_copied_is_not_a_journal_rewritten(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    mark = mark_of(folder)
    # Copied in fours, in capitals, from a sheet: it is found
    in_fours = " ".join(mark[place : place + 4] for place in range(0, 64, 4)).upper()
    assert checked(folder, "--note", in_fours)[0] == 0
    # Cut, or with a sign too many: it is said, and nothing is accused
    for wrong in (mark[:40], mark + "0", "o" + mark[1:]):
        code, said = checked(folder, "--note", wrong)
        assert code == 2 and "64 signes" in said and "n’est plus celui d’alors" not in said
    # Whole and unknown: the journal is another
    code, said = checked(folder, "--note", "0" * 64)
    assert code == 1 and "n’est plus celui d’alors" in said


def test_what_the_kit_does_not_understand_is_said(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    for asked in (["--nothe", "x"], ["dossier"], ["--note"]):
        code, said = checked(folder, *asked)
        assert code == 2 and "python3 -I verify.py --note EMPREINTE" in said
    code, said = checked(folder, "--avant", "nulle-part")
    assert code == 2 and "Errno" not in said and "nulle-part" in said
    code, said = checked(folder, "--help")
    assert code == 0 and "--avant DOSSIER" in said and "usage" not in said


def test_a_name_of_file_writes_nothing_else_on_the_screen(story, tmp_path):
    folder = downloaded(story, tmp_path / "kit")
    (folder / "textes" / "\x1b[2J\nTout tient : 99 points.").write_text("x")
    code, said = checked(folder)
    assert code == 1 and "\x1b" not in said and "\nTout tient" not in said
