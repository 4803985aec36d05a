"""What an operator types, and what she is told."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select
from typer.testing import CliRunner

from convention.cli import main
from convention.conventions.models import Convention
from convention.kit import clock, room
from convention.kit.db import Database
from convention.people import actions as people
from convention.people.models import Person

SECRET = "s" * 32


@pytest.fixture
def type_in(tmp_path, monkeypatch):
    """Type a command in an empty folder of one's own: (exit code, what is said)."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "CONVENTION_DATABASE_URL", "CONVENTION_SECRET", "CONVENTION_FOLDER"):
        monkeypatch.delenv(name, raising=False)

    def typed(*words, **env):
        given = {"CONVENTION_SECRET": SECRET, "CONVENTION_FOLDER": str(tmp_path / "var"), **env}
        done = CliRunner().invoke(main, words, env=given)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return typed


def ready(type_in):
    assert type_in("migrate")[0] == 0
    code, said = type_in("convention", "new", "--title", "Eau", "--question", "Quelle eau ?", "--city", "Montpellier")
    assert code == 0, said


def test_help_reads_well(type_in):
    code, said = type_in("--help")
    assert code == 0
    for command in ("serve", "work", "migrate", "demo", "check", "person", "journal", "tally"):
        assert command in said


def test_check_says_that_all_is_well(type_in):
    ready(type_in)
    code, said = type_in("check")
    assert code == 0
    for words in ("Configuration : lue", "SQLite répond", "Migrations : à jour", "Eau"):
        assert words in said


def test_every_help_is_in_french_to_its_last_line(type_in):
    commands = [[one.name or one.callback.__name__] for one in main.registered_commands]
    commands += [
        [group.name, one.name or one.callback.__name__]
        for group in main.registered_groups
        for one in group.typer_instance.registered_commands
    ]
    assert len(commands) > 12
    for words in ([], *commands):
        code, said = type_in(*(word.replace("_", "-") for word in words), "--help")
        assert code == 0, words
        assert "Affiche cette aide." in said and "Show this" not in said, words


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("zzz", "La commande « zzz » n’existe pas."),
        ("{x}", "La commande « {x} » n’existe pas."),
        ("journal zzz", "La commande « zzz » n’existe pas."),
        ("backup --zzz", "L’option --zzz n’existe pas."),
        ("demo --port", "L’option --port attend une valeur."),
        ("demo --port zzz", "La valeur donnée à « --port » ne convient pas."),
        ("demo --port zzz", "La valeur donnée à « --port » ne convient pas. Écrivez un nombre entier."),
        ("edition reopen un", "La valeur donnée à « number » ne convient pas. Écrivez un nombre entier."),
        ("person add Nadia --role roi", "La valeur donnée à « --role » ne convient pas. Choisissez entre : member, "),
        ("restore", "Il manque « source »."),
        ("person add", "Il manque « name »."),
        ("check zzz yyy", "Il y a des mots de trop."),
    ],
)
def test_what_is_not_understood_is_said_in_french(type_in, typed, told):
    code, said = type_in(*typed.split())
    assert code == 2
    assert said.startswith(told)
    assert all(line.startswith("Ce qui se fait : ") for line in said.splitlines()[1:])


def one_sentence(said):
    assert "Traceback" not in said
    assert 0 < len(said.strip().splitlines()) <= 3, said


def test_a_missing_secret_is_said(type_in):
    code, said = type_in("check", CONVENTION_SECRET="")
    assert code == 1
    assert "CONVENTION_SECRET" in said
    one_sentence(said)


def test_a_mistyped_setting_is_said(type_in):
    code, said = type_in("check", CONVENTION_PORT="abc")
    assert code == 1
    assert "CONVENTION_PORT ne peut pas valoir « abc » : écrivez un nombre entier." in said


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("CONVENTION_PORT", "99999", "65535 au plus"),
        ("CONVENTION_WORKERS", "0", "1 au moins"),
        ("CONVENTION_LEAST_SHOWN", "2", "5 au moins"),
        ("CONVENTION_UPLOAD_BYTES", "-1", "0 au moins"),
        ("CONVENTION_DEMO", "peut-être", "écrivez 1 ou 0"),
    ],
)
def test_a_setting_out_of_bounds_says_which(type_in, name, value, why):
    code, said = type_in("check", **{name: value})
    assert code == 1
    assert f"{name} ne peut pas valoir « {value} » : {why}." in said
    assert "should" not in said


def test_a_file_that_may_not_be_read_says_so(type_in, tmp_path, monkeypatch):
    # Given a backup that belongs to another account (tests may run as root, to whom everything is open)
    (tmp_path / "une.zip").touch()
    monkeypatch.setattr(os, "access", lambda *_asked, **_rest: False)
    for words in (("restore", "une.zip"), ("verify", "une.zip"), ("tally", "une.zip")):
        # When the operator names it, Then she is told why it is not used
        code, said = type_in(*words)
        assert code != 0
        assert "ne convient pas. Ce compte n’a pas le droit de lire ce fichier." in said, said


@pytest.mark.parametrize("command", ["serve", "work", "migrate", "check"])
def test_a_broken_database_address_is_said(type_in, command):
    code, said = type_in(command, DATABASE_URL="mysql://ailleurs")
    assert code == 1
    assert "DATABASE_URL doit commencer par" in said
    one_sentence(said)


@pytest.mark.parametrize("command", ["serve", "work", "migrate", "check"])
def test_a_silent_database_is_said(type_in, command):
    code, said = type_in(command, DATABASE_URL="postgresql://127.0.0.1:9/rien")
    assert code == 1
    assert "La base de données ne répond pas" in said


@pytest.mark.parametrize("command", ["serve", "work", "check"])
def test_an_empty_database_is_said(type_in, command):
    code, said = type_in(command)
    assert code == 1
    assert "convention migrate" in said


def stamp(tmp_path, revision):
    database = Database(f"sqlite:///{tmp_path / 'var' / 'convention.sqlite3'}")
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    database.dispose()


@pytest.mark.parametrize("command", ["serve", "work", "check", "migrate"])
def test_a_database_ahead_of_the_code_is_said(type_in, tmp_path, command):
    ready(type_in)
    stamp(tmp_path, "9999")
    code, said = type_in(command)
    assert code == 1
    assert "plus récente" in said


def test_an_unwritable_folder_is_said(type_in, tmp_path):
    (tmp_path / "plein").write_text("un fichier, pas un dossier")
    code, said = type_in("check", CONVENTION_FOLDER=str(tmp_path / "plein"))
    assert code == 1
    assert "accessible" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "typed", [("archive", "{to}"), ("backup", "{to}"), ("verify", "{to}")], ids=lambda words: words[0]
)
def test_why_a_file_cannot_be_used_is_said_in_french(type_in, tmp_path, monkeypatch, typed):
    ready(type_in)
    # Given a folder that is not there, then a file in the place of a folder
    (tmp_path / "fichier").write_text("")
    for place, told in (("absent", "n’existe pas"), ("fichier", "à la place d’un dossier")):
        code, said = type_in(*(word.format(to=tmp_path / place / "a.zip") for word in typed))
        assert code != 0 and told in said, said
        assert "directory" not in said and "Errno" not in said


def test_a_refused_access_is_said_in_french():
    for number in (errno.EACCES, errno.EPERM):
        assert room.why(OSError(number, os.strerror(number))) == "l’accès est refusé à ce compte"
    assert room.why(OSError(errno.ENOSPC, "No space left")) == "le disque est plein"


def test_a_person_is_added_with_her_code(type_in):
    ready(type_in)
    code, said = type_in("person", "add", "Adama", "--role", "administrator")
    assert code == 0
    assert re.search(r"Code : [0-9A-Z]{4} [0-9A-Z]{2} [0-9A-Z]{4}", said)


def test_a_wrong_address_is_said(type_in):
    ready(type_in)
    code, said = type_in("person", "add", "Adama", "--role", "administrator", "--email", "adama")
    assert code == 1
    assert "Cette adresse ne semble pas complète" in said


def test_a_second_convention_needs_its_own_name(type_in):
    ready(type_in)
    code, said = type_in("convention", "new", "--title", "Air", "--question", "Quel air ?", "--city", "Montpellier")
    assert code == 1
    assert "--host-name" in said


def test_the_journal_is_verified(type_in, tmp_path):
    ready(type_in)
    type_in("person", "add", "Adama", "--role", "administrator")
    code, said = type_in("journal", "verify")
    assert code == 0
    assert "journal entier" in said
    database = Database(f"sqlite:///{tmp_path / 'var' / 'convention.sqlite3'}")
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE journal_line SET facts = '{}' WHERE number = 2"))
    database.dispose()
    code, said = type_in("journal", "verify")
    assert code == 1
    assert "Ligne 2 : son contenu a changé" in said


def test_ballots_are_counted_from_a_file(type_in, tmp_path):
    ballots = tmp_path / "bulletins.json"
    ballots.write_text(
        json.dumps({"options": ["a", "b"], "ballots": [{"count": 3, "choice": ["a"]}, {"choice": ["b"]}]})
    )
    code, said = type_in("tally", "--method", "approval", str(ballots))
    assert code == 0, said
    assert json.loads(said)["winners"] == ["a"]
    ballots.write_text('{"options": ["a"], "ballots": [{"count": -1, "choice": ["z"]}]}')
    code, said = type_in("tally", "--method", "approval", str(ballots))
    assert code == 2
    assert "Traceback" not in said


def test_the_demo_is_loaded_once_and_again_on_demand(type_in, tmp_path):
    code, first = type_in("demo", "--only-load")
    assert code == 0, first
    assert "Nadia (membre)" in first
    code, again = type_in("demo", "--only-load")
    assert code == 0
    codes = [line for line in first.splitlines() if line.startswith("  ")]
    assert codes == [line for line in again.splitlines() if line.startswith("  ")]
    code, reset = type_in("demo", "--only-load", "--reset")
    assert code == 0
    assert codes != [line for line in reset.splitlines() if line.startswith("  ")]
    assert type_in("journal", "verify")[0] == 0


def test_run_py_says_what_it_does():
    done = subprocess.run(
        [sys.executable, Path(__file__).parents[2] / "run.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "run.py demo" in done.stderr


def test_the_only_administrator_who_lost_her_phone_is_let_in_again(type_in):
    ready(type_in)
    type_in("person", "add", "Adama", "--role", "administrator")
    code, said = type_in("person", "reset-second-factor", "Personne")
    assert code == 1
    assert "adresse e-mail" in said
    code, said = type_in("person", "reset-second-factor", "Adama")
    assert code == 0
    assert "un autre sera choisi" in said


def test_the_operator_closes_the_devices_of_a_stolen_phone(type_in, tmp_path):
    ready(type_in)
    type_in("person", "add", "Omar", "--role", "member")
    code, said = type_in("person", "end-sessions", "Omar")
    assert code == 1 and "Aucun appareil n’est connecté" in said
    with Database(f"sqlite:///{tmp_path}/var/convention.sqlite3").writing() as db:
        [here] = db.exec(select(Convention)).all()
        omar = db.exec(select(Person).where(Person.name == "Omar")).one()
        people.sign_in(db, here, omar, device="Téléphone", shared=False, at=clock.now())
    code, said = type_in("person", "end-sessions", "Omar")
    assert code == 0 and "Omar : tous ses appareils sont déconnectés" in said
    assert type_in("person", "end-sessions", "Omar")[0] == 1
    assert type_in("journal", "verify")[0] == 0
