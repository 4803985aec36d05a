"""Everything is saved, and put back in an empty place, on either database; what does not hold is said."""

import hashlib
import json
import random
import shutil
import zipfile
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select
from typer.testing import CliRunner

from convention import app, archive, backup, checker
from convention.cli import main
from convention.conventions import queries as conventions
from convention.demo import load as demo_load
from convention.drafts.models import Draft
from convention.kit import clock, files, migrations
from convention.kit.db import Database
from convention.kit.errors import Refused
from convention.kit.web import WriteKey
from convention.people.models import Person
from convention.programme.models import Document, DocumentKind
from convention.proposals.models import Paragraph, ParagraphState, ParagraphVersion, Proposal
from convention.recommendations.models import EditionRow
from convention.settings import Settings, resource
from convention.voting import actions as voting
from convention.voting import envelopes
from convention.voting import queries as polls
from convention.voting.models import BallotBox, Poll, Roll

SECRET = "s" * 32


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A folder with the demo's convention in its embedded database, a document with its file, a poll still open."""
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(folder=folder, secret=SECRET)
    database = Database(settings.database, app.REACTIONS)
    migrations.upgrade(database, resource("migrations"))
    demo_load.load(database, SECRET, settings.base_url)
    (folder / "note.pdf").write_bytes(b"%PDF-1.7 une note")
    with (folder / "note.pdf").open("rb") as file:
        kept = files.keep(folder, file)
    with database.writing() as db:
        poll = db.exec(select(Poll).where(Poll.sealed_at.is_(None))).one()
        db.add(
            Document(
                convention_id=poll.convention_id, title="=Une note", author="Le service", kind=DocumentKind.REPORT,
                stored=kept.name, octets=kept.octets, added_at=clock.now(),
            )
        )  # fmt: skip
        questions = len(poll_questions(db, poll))
        someone = db.exec(select(Person).where(Person.name == "Nadia")).one()
        voting.cast(db, poll, someone, envelopes.new_key(), ["5"] * questions)
    database.dispose()
    return folder


def poll_questions(db, poll):
    return polls.questions(db, poll)


@pytest.fixture
def here(told, tmp_path):
    """A copy of it, to do anything with."""
    shutil.copytree(told, tmp_path / "ici")
    settings = Settings(folder=tmp_path / "ici", secret=SECRET)
    database = Database(settings.database, app.REACTIONS)
    yield database, settings
    database.dispose()


@pytest.fixture(params=("sqlite", "postgresql"))
def elsewhere(request, tmp_path):
    """An empty place, without a table."""
    settings = Settings(folder=tmp_path / "ailleurs", secret=SECRET)
    if request.param == "sqlite":
        database = Database(settings.database, app.REACTIONS)
        yield database, settings
        database.dispose()
        return
    address = request.getfixturevalue("server")
    cluster = Database(address)
    with cluster.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS restored WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE restored"))
    cluster.dispose()
    restored = sa.make_url(address).set(database="restored").render_as_string(hide_password=False)
    database = Database(restored, app.REACTIONS)
    yield database, settings
    database.dispose()


def rows(database):
    """Every row of every table, whatever the database writes."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in SQLModel.metadata.sorted_tables
        }


def close_the_poll(database):
    with database.writing() as db:
        for poll in db.exec(select(Poll).where(Poll.sealed_at.is_(None))).all():
            voting.close(db, poll)


def test_a_backup_is_put_back_on_an_empty_place_of_either_kind_and_again(here, elsewhere, tmp_path):
    # Given a convention whose polls are over
    database, settings = here
    close_the_poll(database)
    # When it is saved, put back elsewhere, saved there and put back on the embedded database
    kept = backup.save(database, settings, tmp_path / "a.zip")
    other, there = elsewhere
    done = backup.restore(other, there, tmp_path / "a.zip")
    backup.save(other, there, tmp_path / "b.zip")
    third = Settings(folder=tmp_path / "retour", secret=SECRET)
    back = Database(third.database, app.REACTIONS)
    again = backup.restore(back, third, tmp_path / "b.zip")
    # Then nothing is missing, nothing has changed, and all of it holds
    assert (kept.files, kept.missing, kept.left_out) == (1, [], [])
    assert done.troubles == again.troubles == []
    assert rows(other) == rows(database) == rows(back)
    names = {path.name: path.read_bytes() for path in (third.folder / "fichiers").iterdir()}
    assert list(names.values()) == [b"%PDF-1.7 une note"]
    back.dispose()


def test_a_backup_waits_for_the_end_of_a_secret_vote(here, tmp_path):
    database, settings = here
    with pytest.raises(Refused, match="Un vote secret est ouvert"):
        backup.save(database, settings, tmp_path / "a.zip")
    assert not list(tmp_path.glob("a.zip*"))


def test_a_backup_during_a_vote_has_none_of_its_ballots(here, elsewhere, tmp_path):
    # Given a ballot in an open box
    database, settings = here
    with database.reading() as db:
        poll = db.exec(select(Poll).where(Poll.sealed_at.is_(None))).one()
        box = db.exec(select(BallotBox).where(BallotBox.poll_id == poll.id)).one()
        roll = db.exec(select(Roll).where(Roll.poll_id == poll.id)).one()
    assert len(box.ballots) > envelopes.TAG and len(roll.voted) == envelopes.PERSON
    # When somebody insists
    kept = backup.save(database, settings, tmp_path / "a.zip", during_a_vote=True)
    # Then neither the box nor the roll is in the backup, and the restored poll is cancelled and says why
    assert len(kept.left_out) == 1
    with zipfile.ZipFile(tmp_path / "a.zip") as saved:
        for name, column in (("ballot_box", "ballots"), ("roll", "voted")):
            lines = [json.loads(line) for line in saved.read(f"tables/{name}.jsonl").splitlines()]
            assert [line[column] for line in lines if UUID(line["poll_id"]) == poll.id] == [""]
    other, there = elsewhere
    done = backup.restore(other, there, tmp_path / "a.zip")
    assert done.troubles == []
    with other.reading() as db:
        restored = db.get(Poll, poll.id)
        assert restored.cancelled_at is not None
        assert "ses bulletins, secrets, n’y sont pas" in restored.cancelled_because


def test_what_is_already_there_is_not_touched(here, tmp_path):
    database, settings = here
    close_the_poll(database)
    backup.save(database, settings, tmp_path / "a.zip")
    before = rows(database)
    with pytest.raises(Refused, match="Cette base n’est pas vide"):
        backup.restore(database, settings, tmp_path / "a.zip")
    assert rows(database) == before
    with pytest.raises(Refused, match="existe déjà"):
        backup.save(database, settings, tmp_path / "a.zip")


def rewritten(source, to, change):
    """A copy of a backup where `change(name, content)` says what is written instead; None leaves it out."""
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(to, "w") as write:
        for name in read.namelist():
            content = change(name, read.read(name))
            if content is not None:
                write.writestr(name, content)


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: content.replace(b"Nadia", b"Nadja") if name == "tables/person.jsonl" else content,
        lambda name, content: None if name == "tables/poll.jsonl" else content,
        lambda name, content: content + b"x" if name.startswith("fichiers/") else content,
        lambda name, content: None if name == "manifest.json" else content,
    ],
)
def test_a_damaged_backup_is_refused_and_nothing_is_written(here, tmp_path, change):
    database, settings = here
    close_the_poll(database)
    backup.save(database, settings, tmp_path / "a.zip")
    rewritten(tmp_path / "a.zip", tmp_path / "b.zip", change)
    there = Settings(folder=tmp_path / "ailleurs", secret=SECRET)
    other = Database(there.database, app.REACTIONS)
    with pytest.raises(Refused):
        backup.restore(other, there, tmp_path / "b.zip")
    assert sa.inspect(other.engine).get_table_names() == []
    assert not (there.folder / "fichiers").exists()
    other.dispose()


def test_a_wrong_octet_anywhere_is_a_sentence(here, tmp_path):
    # Given a backup that a disk gives back with one wrong bit, here or there, or not to its end
    database, settings = here
    close_the_poll(database)
    backup.save(database, settings, tmp_path / "a.zip")
    whole = (tmp_path / "a.zip").read_bytes()
    chance = random.Random(8)
    places = [chance.randrange(len(whole)) for _n in range(150)]
    places += [chance.randrange(len(whole) - 9000, len(whole)) for _n in range(150)]
    copies = [whole[:n] + bytes([whole[n] ^ 1 << chance.randrange(8)]) + whole[n + 1 :] for n in places]
    copies += [whole[:n] for n in places[:20]]

    # Then each is refused in words; a bit that says nothing of what is kept (a date of the archive) may be
    there = Settings(folder=tmp_path / "ailleurs", secret=SECRET)
    other = Database(there.database, app.REACTIONS)
    with other.engine.execution_options(purpose="write").begin() as connection:
        connection.execute(sa.text("CREATE TABLE other (id INTEGER)"))
        connection.execute(sa.text("INSERT INTO other VALUES (1)"))
    said = set()
    for copy in copies:
        (tmp_path / "b.zip").write_bytes(copy)
        with pytest.raises(Refused) as refused:  # that place is full: a copy that is whole goes no further
            backup.restore(other, there, tmp_path / "b.zip")
        said.add(refused.value.reason.partition(" :")[0])
    assert any("abîmée" in one for one in said) and any(
        "incomplète" in one or "sauvegarde de ce" in one for one in said
    )
    other.dispose()


def test_a_backup_from_a_newer_program_is_refused(here, tmp_path):
    database, settings = here
    close_the_poll(database)
    backup.save(database, settings, tmp_path / "a.zip")

    def newer(name, content):
        return json.dumps({**json.loads(content), "revision": "9998"}) if name == "manifest.json" else content

    rewritten(tmp_path / "a.zip", tmp_path / "b.zip", newer)
    there = Settings(folder=tmp_path / "ailleurs", secret=SECRET)
    other = Database(there.database, app.REACTIONS)
    with pytest.raises(Refused, match="version plus récente"):
        backup.restore(other, there, tmp_path / "b.zip")
    other.dispose()


def test_rows_that_cannot_be_put_back_leave_an_empty_place(here, tmp_path):
    # Given a backup whose sums are right and whose rows are not: a role of nobody
    database, settings = here
    close_the_poll(database)
    backup.save(database, settings, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as saved:
        manifest = json.loads(saved.read("manifest.json"))
        roles = saved.read("tables/role.jsonl").splitlines()
    lost = b"\n".join([json.dumps({**json.loads(roles[0]), "person_id": str(UUID(int=7))}).encode(), *roles[1:], b""])
    manifest["sha256"]["tables/role.jsonl"] = hashlib.sha256(lost).hexdigest()
    changed = {"tables/role.jsonl": lost, "manifest.json": json.dumps(manifest).encode()}
    rewritten(tmp_path / "a.zip", tmp_path / "b.zip", lambda name, content: changed.get(name, content))
    # When it is put back, then the place is as empty as before
    there = Settings(folder=tmp_path / "ailleurs", secret=SECRET)
    other = Database(there.database, app.REACTIONS)
    with pytest.raises(sa.exc.IntegrityError):
        backup.restore(other, there, tmp_path / "b.zip")
    assert not any(rows(other).values())
    assert list((there.folder / "fichiers").iterdir()) == []
    other.dispose()


def test_the_commands_speak_clearly(here, tmp_path, monkeypatch):
    database, settings = here
    for name in ("DATABASE_URL", "CONVENTION_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def typed(*words, folder=settings.folder):
        given = {"CONVENTION_SECRET": SECRET, "CONVENTION_FOLDER": str(folder)}
        done = CliRunner().invoke(main, [str(word) for word in words], env=given)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    code, said = typed("backup", tmp_path / "a.zip")
    assert code == 1
    assert "--even-during-a-vote" in said
    code, said = typed("backup", tmp_path / "a.zip", "--even-during-a-vote")
    assert code == 0, said
    assert "Sans les bulletins du scrutin n° 7" in said
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600
    code, said = typed("restore", tmp_path / "a.zip", folder=tmp_path / "ailleurs")
    assert code == 0, said
    assert "Journal entier" in said
    code, said = typed("check", "--data", folder=tmp_path / "ailleurs")
    assert code == 0, said
    code, said = typed("restore", tmp_path / "rien.zip", folder=tmp_path / "nulle-part")
    assert (code, "n’existe pas" in said) == (1, True)
    code, said = typed("restore", settings.folder / "note.pdf", folder=tmp_path / "nulle-part")
    assert (code, "n’est pas une sauvegarde" in said) == (1, True)
    assert not any((tmp_path / "nulle-part").iterdir()), "a refusal made a database"
    code, said = typed("backup", "/proc/sans/a.zip", "--even-during-a-vote")
    assert (code, "n’a pas pu être écrite" in said) == (1, True)
    code, said = typed("archive", tmp_path / "archive.zip")
    assert code == 0, said


# -- what does not hold is said ------------------------------------------------------------------------------------


def _changed_edition(db):
    edition = db.exec(select(EditionRow).where(EditionRow.number == 1)).one()
    edition.content += " "
    db.add(edition)


def _lost_ballot(db):
    poll = db.exec(select(Poll).where(Poll.sealed_at.is_not(None), Poll.mode == "ballots")).first()
    box = db.exec(select(BallotBox).where(BallotBox.poll_id == poll.id)).one()
    box.ballots = box.ballots[: -len(poll_questions(db, poll))]
    db.add(box)


def _voter_without_a_ballot(db):
    poll = db.exec(select(Poll).where(Poll.sealed_at.is_(None))).one()
    roll = db.exec(select(Roll).where(Roll.poll_id == poll.id)).one()
    roll.voted = b""
    db.add(roll)


def _state_that_no_vote_decided(db):
    paragraph = db.exec(select(Paragraph).where(Paragraph.state == ParagraphState.KEPT)).first()
    paragraph.state = ParagraphState.PROPOSED
    db.add(paragraph)


def _half_a_write(db):
    db.add(WriteKey(key="k" * 64, location="", done_at=clock.now()))


def _hole_in_the_numbers(db):
    proposal = db.exec(select(Proposal)).first()
    proposal.number = 900
    db.add(proposal)


def _hole_in_the_versions(db):
    version = db.exec(select(ParagraphVersion)).first()
    version.number = 9
    db.add(version)


def _words_of_a_sent_draft(db):
    person = db.exec(select(Person)).first()
    poll = db.exec(select(Poll)).first()
    db.add(
        Draft(
            person_id=person.id, convention_id=poll.convention_id, subject="s", content={"a": "b"}, done=True,
            changed_at=clock.now(),
        )
    )  # fmt: skip


def _lost_file(db):
    document = db.exec(select(Document)).one()
    document.stored = f"{'0' * 32}.pdf"
    db.add(document)


def _changed_line(db):
    db.exec(sa.text("UPDATE journal_line SET facts = '{}' WHERE number = 5"))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_changed_edition, "Rapport, édition 1 : son contenu n’a plus l’empreinte publiée"),
        (_lost_ballot, "la liste a 38 noms pour 37 bulletins et 38 reçus."),
        (_voter_without_a_ballot, "la liste a 0 nom pour 1 bulletin"),
        (_state_that_no_vote_decided, "et le dernier vote dit « Gardé »"),
        (_half_a_write, "Formulaires : 1"),
        (_hole_in_the_numbers, "Numéros des propositions"),
        (_hole_in_the_versions, "n’a pas toutes ses versions"),
        (_words_of_a_sent_draft, "Brouillons : 1"),
        (_lost_file, "Document « =Une note » : son fichier n’est plus dans"),
        (_changed_line, "Journal, ligne 5 : son contenu a changé"),
    ],
)
def test_the_checker_says_what_does_not_hold(here, harm, said):
    database, settings = here
    with database.reading() as db:
        assert checker.look(db, settings.folder).troubles == []
    with database.writing() as db:
        harm(db)
    with database.reading() as db:
        troubles = checker.look(db, settings.folder).troubles
    assert any(said in trouble for trouble in troubles), troubles


# -- the archive ---------------------------------------------------------------------------------------------------


def test_the_archive_is_what_everyone_may_read_in_open_formats(here, tmp_path):
    database, settings = here
    with database.reading() as db:
        convention = conventions.everywhere(db)[0]
        archive.write(app.create_app(settings, database), db, convention, tmp_path / "archive.zip")
        editions = db.exec(select(EditionRow)).all()
        names = {person.name: person.email for person in db.exec(select(Person))}
    with zipfile.ZipFile(tmp_path / "archive.zip") as read:
        found = {name: read.read(name) for name in read.namelist()}
    # Then everything opens without this program, and its sums are right
    assert len(found) == len(set(read.namelist()))
    sums = dict(reversed(line.split("  ")) for line in found["SHA256SUMS"].decode().splitlines())
    assert {"SHA256SUMS", *sums} == set(found)
    assert all(hashlib.sha256(found[name]).hexdigest() == mark for name, mark in sums.items())
    assert {name.rpartition(".")[2] for name in found} >= {
        "md",
        "json",
        "csv",
        "txt",
        "ics",
        "xml",
        "pdf",
        "odt",
        "xlsx",
    }
    assert len(editions) == 2
    for edition in editions:
        assert found[f"rapport/{edition.number}.json"].decode() == edition.content
    assert any(name.startswith("documents/") and name.endswith("Une note.pdf") for name in found)
    assert b'"\'=Une note"' in found["documents.csv"]
    assert "scrutins/1/bulletins.csv" in found and "scrutins/7/bulletins.csv" not in found
    assert json.loads(found["paragraphes.json"])[0]["text"]
    # And nothing of it is private
    whole = b"".join(content for name, content in found.items() if not name.startswith(("rapport/", "documents/")))
    for email in filter(None, names.values()):
        assert email.encode() not in whole
