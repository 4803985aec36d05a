"""The rules of the house that a machine can check (docs/architecture.md)."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from convention import app
from convention.demo import load as demo
from convention.kit import migrations
from convention.kit.db import Database, WouldWrite
from convention.people.models import Person
from convention.settings import resource

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "convention").rglob("*.py"))
TEMPLATES = ROOT / "templates"


def _run(tool, *arguments):
    command = [Path(sys.executable).parent / tool, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{tool} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"


# -- tools ---------------------------------------------------------------------------------------------------------


def test_lint():
    _run("ruff", "check", "--no-cache", ".")


def test_format():
    _run("ruff", "format", "--check", "--no-cache", ".")


def test_types(tmp_path):
    _run("mypy", f"--cache-dir={tmp_path}")


def test_contracts():
    _run("lint-imports", "--no-cache")


def test_templates_are_well_formed():
    _run("djlint", str(TEMPLATES), "--lint", "--profile=jinja", "--configuration", str(ROOT / "pyproject.toml"))


# -- doors ---------------------------------------------------------------------------------------------------------

# What people print, quote and link to. An address may be added; none may vanish.
PUBLIC = [
    "/", "/accessibilite", "/aide",
    "/ailleurs/{number:int}", "/ailleurs/remarques/{number:int}",
    "/amendements/{number:int}", "/arguments/{number:int}", "/reunions/{number:int}",
    "/propositions/{number:int}/paragraphes/{paragraph:int}/versions/{version:int}",
    "/propositions/{number:int}/parcours", "/api/v1/openapi.json", "/calendrier",
    "/calendrier.ics", "/code-source", "/confort", "/couleurs.css", "/documents/{document:uuid}", "/donnees",
    "/entrer", "/flux.xml", "/informations", "/mandat", "/mentions-legales", "/moderation", "/propositions",
    "/propositions/{number:int}", "/propositions/{number:int}.{suffix}",
    "/rapport", "/rapport/{number:int}", "/rapport/{number:int}.{suffix}",
    "/rapport/{number:int}/differences/{other:int}", "/rapport/{number:int}/differences/{other:int}.json",
    "/rapport/{number:int}/{recommendation:int}", "/recherche", "/regles", "/reponses", "/reponses.csv",
    "/reponses.json", "/reponses/{number:int}", "/robots.txt", "/sante", "/scrutins", "/scrutins/{number:int}",
    "/seances", "/seances/{number:int}", "/seances/{number:int}.ics", "/suites", "/themes/{slug}", "/tirage",
    "/vos-donnees",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_does_not_vanish(address):
    paths = {door.path for door in app.doors() if door.method == "GET" and door.audience.name == "everyone"}
    assert address in paths


def test_names_of_doors_are_unique():
    named = {}
    for door in app.doors():
        named.setdefault(door.name, set()).add(door.path)
    assert not {name: paths for name, paths in named.items() if len(paths) > 1}


def test_every_door_says_who_may_enter():
    for door in app.doors():
        assert door.audience.name, door


def test_codes_of_notices_are_unique():
    codes = [code for slice_ in app.SLICES for code in slice_.NOTICES]
    assert len(codes) == len(set(codes)), sorted(code for code in codes if codes.count(code) > 1)


# -- transactions --------------------------------------------------------------------------------------------------


def test_one_place_commits():
    committers = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"\.(commit|rollback)\(", path.read_text()) and path.name != "db.py"
    ]
    assert committers == []


def test_reading_cannot_write(world):
    nadia = world.member("Nadia")

    def on_purpose():
        with world.reading() as db:
            db.execute(Person.__table__.update().values(name="Personne"))

    def by_mistake():
        with world.reading() as db:
            db.get(Person, nadia.id).name = "Personne"
            db.flush()

    with pytest.raises(WouldWrite):
        by_mistake()
    with pytest.raises(Exception, match="read"):
        on_purpose()


def test_selects_are_in_queries():
    """A query has one place. Jobs and actions ask `queries`."""
    allowed = {"queries.py", "jobs.py"}
    for path in SOURCES:
        if path.parent.parent.name != "convention" or path.name in allowed or path.parent.name in ("kit", "algorithms"):
            continue
        if path.parent.name == "search":
            continue  # search is a query from one end to the other
        calls = [
            node.lineno
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "select"
        ]
        assert not calls, f"select() in {path.relative_to(ROOT)}, line {calls}"


# -- templates -----------------------------------------------------------------------------------------------------


def test_no_template_is_orphaned():
    code = "\n".join(path.read_text() for path in (*SOURCES, *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.typ")))
    orphans = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.*")
        if str(path.relative_to(TEMPLATES)) not in code and path.name not in code
    ]
    assert not orphans


# -- the database --------------------------------------------------------------------------------------------------


@pytest.fixture
def bare(request, database):
    """A database without any table."""
    SQLModel.metadata.drop_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    yield database
    SQLModel.metadata.drop_all(database.engine)
    SQLModel.metadata.create_all(database.engine)


def test_migrations_go_up_and_down_and_match_the_models(bare: Database):
    folder = resource("migrations")
    migrations.upgrade(bare, folder)
    assert migrations.state(bare, folder).up_to_date
    with bare.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True, "compare_type": True})
        differences = [
            one
            for one in compare_metadata(context, SQLModel.metadata)
            if not (one[0] == "remove_table" and "_fts" in one[1].name)
        ]
    assert not differences
    migrations.downgrade(bare, folder)
    assert migrations.state(bare, folder).current is None
    migrations.upgrade(bare, folder)


def test_migrations_keep_every_row(bare: Database):
    """What the first version wrote is all there after the way down to it and up again."""
    folder = resource("migrations")
    migrations.upgrade(bare, folder)
    demo.load(bare, "s" * 32, "http://localhost")

    def rows() -> dict[str, int | None]:
        with bare.engine.connect() as connection:
            return {
                name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
                for name in sa.inspect(connection).get_table_names()
                if "_fts" not in name
            }

    before = rows()
    migrations.downgrade(bare, folder, "0001")
    kept = rows()
    migrations.upgrade(bare, folder)
    after = rows()
    assert all(kept[name] == before[name] for name in kept if name in before)
    assert all(after[name] == before[name] for name in kept if name in before)
    assert before["poll_question"] and before["proposal"]
