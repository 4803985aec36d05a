"""What anybody checks: the journal's chain, the count of a poll."""

from pathlib import Path
from typing import Annotated

import typer

from convention import tally, verify
from convention.algorithms.decision import Method
from convention.cli.common import ready, say, settings_or_fail
from convention.cli.french import Group
from convention.conventions import queries as conventions
from convention.journal import chain
from convention.journal import queries as journal
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext

commands = Group(help="Le journal.")


BREAKS = {
    "missing": "Ligne {n} : elle manque.",
    "previous": "Ligne {n} : elle ne suit pas la ligne d’avant.",
    "changed": "Ligne {n} : son contenu a changé.",
    "end": "Le journal s’arrête à la ligne {n} : la fin a été retirée, ou le registre de fin a changé.",
}


@commands.command("verify")
def verify_journal() -> None:
    """Dit si le journal est entier, ou à quelle ligne il est rompu (code 1)."""
    broken = False
    with ready(settings_or_fail()).reading() as db:
        for one in conventions.everywhere(db):
            head = journal.head(db, one.id)
            end = (head.number, head.fingerprint) if head else (0, "")
            found = chain.verify(journal.lines(db, one.id), end)
            if found:
                broken = True
                typer.echo(f"{one.title} : {_(BREAKS[found.what]).format(n=found.number)}", err=True)
            else:
                said = ngettext(
                    "{title} : {n} ligne, journal entier. Empreinte de fin : {mark}",
                    "{title} : {n} lignes, journal entier. Empreinte de fin : {mark}",
                    end[0],
                )
                say(said.format(title=one.title, n=end[0], mark=end[1]))
    if broken:
        raise typer.Exit(1)


def count(
    ballots: Annotated[Path, typer.Argument(help="Bulletins : .json, .csv, .pb (Pabulib), .soi ou .toi (PrefLib).")],
    method: Annotated[str | None, typer.Option(help=f"Méthode : {', '.join(Method)}.")] = None,
    rule: Annotated[Path | None, typer.Option(help="Règle de décision, en JSON.")] = None,
) -> None:
    """Compte des bulletins et écrit le résultat en JSON, étape par étape. Code 2 si le fichier est mal formé."""
    words, code = tally.run(ballots, method, rule)
    typer.echo(words, err=code != 0)
    raise typer.Exit(code)


def recount(
    kit: Annotated[Path, typer.Argument(help="Kit de recomptage d’un scrutin, scrutin-….zip.")],
    key: Annotated[str | None, typer.Option(help="Clé publique du serveur, notée avant le vote : 64 signes.")] = None,
    receipt: Annotated[str | None, typer.Option(help="Un reçu : son numéro, ou ce que dit son dessin.")] = None,
) -> None:
    """Refait le compte d’un scrutin et dit ce qui tient. Code 1 si un point ne tient pas, 2 si ce n’est pas un kit."""
    words, code = verify.run(kit, key, receipt)
    typer.echo(words, err=code == verify.UNREADABLE)
    raise typer.Exit(code)
