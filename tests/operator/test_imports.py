"""Texts written elsewhere, imported by an operator: what is read, what is wrong by line, nothing until clean."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select
from typer.testing import CliRunner

from convention.cli import main
from convention.discussion.models import Argument, Saying
from convention.proposals.models import Proposal
from convention.settings import resource
from tests.proposals.scene import set_phase, set_up
from tests.world import World

PROPOSALS = """id,categorie,titre,texte,votes,commentaires,cree_le
457,Santé,Des communes nouvelles,"Rassembler les petites communes.
Mutualiser leurs moyens.",2,0,2019-01-24 22:29:15 +0100
418,Autre sujet,Non au compteur imposé,L’installer avec le consentement des abonnés.,2,0,2019-01-23 12:07:32 +0100
"""
COMMENTS = """id,cree_le,texte,auteur,alignement,profondeur,cible_id,cible_type
1,2019-01-24 20:46:55 +0100,"Cela coûte moins cher,
et c’est plus simple.",Contributeur 0119,1,0,457,Decidim::Proposals::Proposal
2,2019-01-25 20:46:55 +0100,Les petites communes se connaissent.,Contributeur 0120,-1,0,457,Decidim::Proposals::Proposal
3,2019-01-26 20:46:55 +0100,Qui décide ?,Contributeur 0121,0,0,457,Decidim::Proposals::Proposal
4,2019-01-27 20:46:55 +0100,Ailleurs aussi.,Contributeur 0122,0,1,1,Decidim::Comments::Comment
5,2019-01-28 20:46:55 +0100,Une réponse à la réponse.,Contributeur 0123,0,2,4,Decidim::Comments::Comment
6,2019-01-28 20:46:55 +0100,Hors sujet.,Contributeur 0123,1,0,23,Decidim::Debates::Debate
7,2019-01-28 20:46:55 +0100,Perdue.,Contributeur 0123,1,0,999,Decidim::Proposals::Proposal
"""


@pytest.fixture
def place(world: World) -> Iterator[World]:
    """A convention whose calendar opens nothing to members, and somebody who facilitates."""
    set_up(world)
    set_phase(world)
    world.facilitator()
    # Tests make their tables at once: the command wants a database that says where its migrations are.
    head = sorted(one.name[:4] for one in resource("migrations/versions").glob("0*.py"))[-1]
    with world.database.engine.execution_options(purpose="write").begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
    yield world
    with world.database.engine.execution_options(purpose="write").begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")


def run(world: World, folder: Path, what: str, file: Path, *words: str) -> tuple[int, str]:
    """`convention import …`, as an operator types it."""
    env = {
        "CONVENTION_SECRET": "s" * 32,
        "CONVENTION_FOLDER": str(folder),
        "DATABASE_URL": world.database.engine.url.render_as_string(hide_password=False),
    }
    opened: list[Any] = []  # an operator's process ends with the command, and closes them; this one goes on

    def opens(connection: Any, _record: Any) -> None:
        opened.append(connection)

    sa.event.listen(sa.Pool, "connect", opens)
    try:
        done = CliRunner().invoke(main, ["import", what, str(file), "--by", "Claire", *words], env=env)
    finally:
        sa.event.remove(sa.Pool, "connect", opens)
        for connection in opened:
            connection.close()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def type_in(world: World, folder: Path, content: str | bytes, what: str, *words: str) -> tuple[int, str]:
    file = folder / "fichier.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return run(world, folder, what, file, *words)


def titles(world: World) -> list[str]:
    with world.reading() as db:
        return [one.title for one in db.exec(select(Proposal).order_by(Proposal.number))]  # type: ignore[arg-type]


def arguments(world: World) -> list[Argument]:
    with world.reading() as db:
        return list(db.exec(select(Argument).order_by(Argument.number)))  # type: ignore[arg-type]


def test_a_dry_run_says_all_and_writes_nothing(place: World, tmp_path: Path) -> None:
    code, said = type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "sante", "--dry-run")
    assert (code, titles(place)) == (0, [])
    assert "2 propositions lues, 0 à corriger." in said


def test_nothing_is_imported_until_every_line_is_right(place: World, tmp_path: Path) -> None:
    code, said = type_in(place, tmp_path, PROPOSALS, "proposals")
    assert (code, titles(place)) == (1, [])
    assert "Ligne 4 : Le thème « Autre sujet » n’existe pas ici" in said
    assert "Rien n’est importé" in said
    code, said = type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "inconnu")
    assert code == 1
    assert "Ceux de la convention : transition-ecologique, sante" in said


def test_an_export_of_decidim_is_imported_once(place: World, tmp_path: Path) -> None:
    code, said = type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "sante")
    assert code == 0, said
    assert "2 propositions importées." in said
    code, said = type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "sante")
    assert "0 proposition importée." in said
    assert titles(place) == ["Des communes nouvelles", "Non au compteur imposé"]


def test_only_a_facilitator_imports(place: World, tmp_path: Path) -> None:
    place.member("Nadia")
    code, said = type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "sante", "--by", "Nadia")
    assert (code, titles(place)) == (1, [])
    assert "n’est pas de l’animation" in said


def test_a_file_that_is_not_one_is_said(place: World, tmp_path: Path) -> None:
    for what in ("proposals", "comments"):
        code, said = type_in(place, tmp_path, b"\xff\xfe\x00", what)
        assert code == 1
        assert "encodage UTF-8" in said
    code, said = run(place, tmp_path, "comments", tmp_path / "absent.csv")
    assert (code, "n’a pas pu être lu" in said) == (1, True)


def sayings(world: World) -> list[Saying]:
    with world.reading() as db:
        return list(db.exec(select(Saying).order_by(Saying.number)))  # type: ignore[arg-type]


def test_every_comment_has_a_place(place: World, tmp_path: Path) -> None:
    type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "sante")
    code, said = type_in(place, tmp_path, COMMENTS, "comments", "--dry-run")
    assert (code, arguments(place), sayings(place)) == (0, [], [])
    assert "1 argument pour, 1 argument contre, 2 réponses à un argument, 3 remarques" in said
    debates = tmp_path / "debats.csv"
    debates.write_text("id,question,theme\n23,Faut-il moins de communes ?,Organisation\n")
    code, said = type_in(place, tmp_path, COMMENTS, "comments", "--debates", str(debates))
    assert code == 0, said
    assert "Importés : 1 argument pour, 1 argument contre, 2 réponses à un argument, 3 remarques." in said
    first, against, reply, deeper = arguments(place)
    assert [one.side for one in (first, against)] == ["for", "against"]
    # One level of replies: what answers an answer follows the argument, and says whom it answers
    assert [one.replies_to_id for one in (reply, deeper)] == [first.id, first.id]
    assert [one.said_to for one in (reply, deeper)] == ["", "Contributeur 0122"]
    # Who wrote them elsewhere is said, and when; who imported them is not made to think so
    page = place.browser().open("/propositions/1/arguments")
    assert page.has("Cela coûte moins cher")
    assert page.has("D’une autre plateforme 24 janvier 2019, Contributeur 0119")
    page = place.browser(place.people["Claire"]).open("/propositions/1/arguments")
    assert not page.has("janvier 2019, Claire")
    # What is neither for nor against, or on no proposal of ours, is read where it belongs
    assert place.browser().open("/propositions/1").has("Qui décide ?")
    page = place.browser().open("/ailleurs")
    assert page.has("Faut-il moins de communes ?")
    assert page.has("Proposition n° 999, qui n’est pas ici")
    assert place.browser().open("/ailleurs/1").has("Hors sujet.")
    assert place.browser().open("/ailleurs/2").has("Perdue.")
    # Once
    code, said = type_in(place, tmp_path, COMMENTS, "comments")
    assert "rien de nouveau" in said
    assert (len(arguments(place)), len(sayings(place))) == (4, 3)


def test_an_answer_to_nothing_is_said_by_line(place: World, tmp_path: Path) -> None:
    type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "sante")
    lost = COMMENTS + "8,2019-01-28,À qui ?,Contributeur 0124,0,1,77,Decidim::Comments::Comment\n"
    code, said = type_in(place, tmp_path, lost, "comments")
    assert code == 0
    assert "Laissé de côté, Ligne 10 : Ce commentaire répond à un autre, qui n’est pas dans ce fichier." in said
    # Two that answer each other lead nowhere
    loop = "".join(f"{n},2019-01-28,Moi.,A,0,1,{other},Decidim::Comments::Comment\n" for n, other in ((8, 9), (9, 8)))
    code, said = type_in(place, tmp_path, COMMENTS + loop, "comments")
    assert "Laissé de côté, Lignes 10, 11 :" in said


def test_wrong_comments_are_said_by_line(place: World, tmp_path: Path) -> None:
    type_in(place, tmp_path, PROPOSALS, "proposals", "--theme", "sante")
    wrong = COMMENTS + "7,2019,,Quelqu’un,peut-être,0,457,Decidim::Proposals::Proposal\n"
    code, said = type_in(place, tmp_path, wrong, "comments")
    assert (code, arguments(place)) == (1, [])
    for words in ("Le texte est vide.", "L’alignement est « peut-être »", "L’identifiant manque, ou il est déjà celui"):
        assert f"Ligne 10 : {words}" in said
    code, said = type_in(place, tmp_path, "id,texte\n1,Oui\n", "comments")
    assert (code, "Il manque ces colonnes : alignement, cible_type, cible_id." in said) == (1, True)
