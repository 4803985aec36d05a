"""A backup made before somebody left does not bring her back (C12, A4), from either database into either."""

import json

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from convention import app, backup, erasures, worker
from convention.care import actions as care
from convention.care.forms import SheetForm
from convention.care.models import CareSheet
from convention.cli import main
from convention.cli.serving import folder_troubles
from convention.kit import migrations
from convention.kit.db import Database
from convention.kit.errors import Refused
from convention.people import actions as people
from convention.people.models import Person, RoleKind, SignIn
from convention.settings import Settings, resource
from tests.operator.test_backup import elsewhere  # noqa: F401 - a fixture
from tests.world import World

PLACES = ("beside", "folder", "named")


@pytest.fixture
def world(tmp_path):
    """A world in a database that migrations have made: what a backup is made of."""
    settings = Settings(folder=tmp_path / "monde", secret="s" * 32)
    database = Database(settings.database, app.REACTIONS)
    migrations.upgrade(database, resource("migrations"))
    yield World(database, settings)
    database.dispose()


def left(world, person):
    with world.writing() as db:
        people.erase(db, db.merge(person), by=None)


@pytest.mark.parametrize("place", PLACES)
def test_who_left_after_the_backup_stays_away(world, elsewhere, tmp_path, place):  # noqa: F811
    # Given a backup that knows Nadia, her sheet and her telephone, and Omar
    nadia = world.person("Nadia", RoleKind.MEMBER, email="nadia@exemple.fr")
    omar = world.member("Omar")
    world.browser(nadia)
    settings = Settings(folder=tmp_path / "ici", secret="s" * 32)
    with world.writing() as db:
        care.fill(db, world.convention, nadia, SheetForm(diet="Sans arachide"), settings.secret)
    saved = tmp_path / "copies" / "une.zip"
    saved.parent.mkdir()
    backup.save(world.database, settings, saved)

    # When she leaves, then the server burns and the backup is put back
    left(world, nadia)
    database, there = elsewhere
    kept = {"beside": saved.parent, "folder": there.folder, "named": tmp_path / "autre"}[place]
    assert erasures.write(world.database, kept) == 1
    done = backup.restore(database, there, saved, kept / erasures.NAME if place == "named" else None)

    # Then she is « membre », Omar is Omar, and the record and the data agree
    assert done.erased == 1 and done.troubles == []
    with database.reading() as db:
        names = {one.id: (one.name, one.email) for one in db.exec(select(Person))}
        assert names[nadia.id] == ("membre", None) and names[omar.id][0] == "Omar"
        assert db.exec(select(CareSheet)).all() == [] and db.exec(select(SignIn)).all() == []
    # and the new place remembers it too
    assert set(erasures.read(there.folder / erasures.NAME)) == {nadia.id}


def test_the_list_says_neither_name_nor_order(world, tmp_path):
    several = [world.person(f"Membre {n}", RoleKind.MEMBER, email=f"m{n}@exemple.fr") for n in range(5)]
    for person in several:
        left(world, person)
        erasures.write(world.database, tmp_path)
    words = (tmp_path / erasures.NAME).read_text()
    assert "Membre" not in words and "@" not in words
    ids = [json.loads(line)["person"] for line in words.splitlines()]
    assert ids == sorted(str(one.id) for one in several)


def test_the_list_and_what_people_send_are_for_their_owner_only(world, tmp_path):
    # Given a machine where others have accounts
    left(world, world.member("Nadia"))
    folder = tmp_path / "site"

    # When the list is written, and the folders are made by whoever starts the site
    erasures.write(world.database, folder)
    assert folder_troubles(Settings(folder=folder, secret="s" * 32)) == []

    # Then the others read neither who has left, nor the mails, nor the files
    for kept in (folder / erasures.NAME, folder / "courrier", folder / "fichiers"):
        assert kept.stat().st_mode & 0o077 == 0, kept


def test_the_worker_keeps_it(world, tmp_path):
    left(world, world.member("Nadia"))
    (job,) = (one for one in worker.jobs(Settings(folder=tmp_path, secret="s" * 32)) if one.name == "erasures")
    job.run(world.database)
    assert len(erasures.read(tmp_path / erasures.NAME)) == 1


def test_a_younger_database_forgets_nobody_on_the_list(world, tmp_path):
    nadia = world.member("Nadia")
    left(world, nadia)
    erasures.write(world.database, tmp_path)
    left(world, world.member("Omar"))
    (tmp_path / erasures.NAME).write_text((tmp_path / erasures.NAME).read_text().replace(str(nadia.id), "0" * 32))
    erasures.write(world.database, tmp_path)
    assert len(erasures.read(tmp_path / erasures.NAME)) == 3


def test_a_damaged_list_stops_before_anything_is_written(world, elsewhere, tmp_path):  # noqa: F811
    settings = Settings(folder=tmp_path / "ici", secret="s" * 32)
    backup.save(world.database, settings, tmp_path / "une.zip")
    (tmp_path / erasures.NAME).write_text("n’importe quoi\n")
    database, there = elsewhere
    with pytest.raises(Refused, match="n’est pas une liste d’effacements"):
        backup.restore(database, there, tmp_path / "une.zip")
    with pytest.raises(Refused, match="n’existe pas"):
        backup.restore(database, there, tmp_path / "une.zip", tmp_path / "absente")


def test_the_command_says_how_many(world, tmp_path, monkeypatch):
    nadia = world.member("Nadia")
    settings = Settings(folder=tmp_path / "ici", secret="s" * 32)
    backup.save(world.database, settings, tmp_path / "une.zip")
    left(world, nadia)
    erasures.write(world.database, tmp_path / "avant")
    for name, value in {"CONVENTION_FOLDER": tmp_path / "neuf", "CONVENTION_SECRET": "s" * 32}.items():
        monkeypatch.setenv(name, str(value))
    given = ["restore", str(tmp_path / "une.zip"), "--erased", str(tmp_path / "avant" / erasures.NAME)]
    answer = CliRunner().invoke(main, given)
    assert answer.exit_code == 0, answer.output
    assert "Effacements refaits, demandés depuis cette sauvegarde : 1." in answer.output
    assert "Aucune liste d’effacements" not in answer.output


def test_without_a_list_the_command_says_that_they_are_back(world, tmp_path, monkeypatch):
    # Given a backup that knows Nadia, who has left since; the list stayed in the folder that burnt
    nadia = world.member("Nadia")
    settings = Settings(folder=tmp_path / "ici", secret="s" * 32)
    backup.save(world.database, settings, tmp_path / "une.zip")
    left(world, nadia)

    # When it is put back, Then she is back, and the operator is told what to do before anybody reads her
    for name, value in {"CONVENTION_FOLDER": tmp_path / "neuf", "CONVENTION_SECRET": "s" * 32}.items():
        monkeypatch.setenv(name, str(value))
    answer = CliRunner().invoke(main, ["restore", str(tmp_path / "une.zip")])
    assert answer.exit_code == 0, answer.output
    assert "Aucune liste d’effacements n’a été trouvée" in answer.output and "--erased" in answer.output
    assert "Effacements refaits" not in answer.output
