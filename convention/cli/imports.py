"""Texts written elsewhere: proposals, comments."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from convention.cli.common import Host, fail, ready, say, settings_or_fail, the_convention
from convention.cli.french import Group
from convention.cli.people import the_person
from convention.conventions.models import Convention
from convention.discussion import actions as comment_actions
from convention.discussion import imports as comment_imports
from convention.kit import room, spreadsheets
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.people import queries as people_queries
from convention.people.models import Person, RoleKind
from convention.programme import queries as programme
from convention.proposals import actions as proposal_actions
from convention.proposals import imports as proposal_imports
from convention.proposals import queries as proposal_queries

commands = Group(help="Des textes écrits ailleurs.")


@commands.command("proposals")
def import_proposals(
    path: Annotated[Path, typer.Argument(help="Le fichier CSV : le nôtre, ou un export de Decidim.")],
    by: Annotated[str, typer.Option(help="Nom ou adresse de la personne de l’animation qui importe.")],
    theme: Annotated[str, typer.Option(help="Thème des lignes qui n’en ont pas : son adresse, comme « sante ».")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Lit et dit tout, n’écrit rien.")] = False,
    host_name: Host = "",
) -> None:
    """Importe des propositions. Rien n’est écrit tant qu’une ligne est à corriger."""
    with ready(settings_or_fail()).writing() as db:
        here = the_convention(db, host_name)
        themes = programme.themes(db, here)
        default = programme.theme(db, here, theme) if theme else None
        if theme and default is None:
            names = ", ".join(one.slug for one in themes)
            fail(_("Ce thème n’existe pas. Ceux de la convention : {names}.").format(names=names))
        author = _the_facilitator(db, here, by)
        reading = proposal_imports.read(_content(path), themes, default)
        _say_wrong(reading.wrong)
        n = len(reading.lines)
        said = ngettext("{n} proposition lue, {wrong} à corriger.", "{n} propositions lues, {wrong} à corriger.", n)
        say(said.format(n=n, wrong=len(reading.wrong)))
        if reading.wrong:
            fail(_("Rien n’est importé : corrigez ces lignes, puis recommencez."))
        if not dry_run:
            n = proposal_actions.import_all(db, here, reading.lines, author)
            say(ngettext("{n} proposition importée.", "{n} propositions importées.", n).format(n=n))


@commands.command("comments")
def import_comments(
    path: Annotated[Path, typer.Argument(help="Le fichier CSV des commentaires, comme Decidim l’exporte.")],
    by: Annotated[str, typer.Option(help="Nom ou adresse de la personne de l’animation qui importe.")],
    debates: Annotated[
        Path | None, typer.Option(help="Le fichier CSV des débats (id, question, theme), qui les nomme.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Lit et dit tout, n’écrit rien.")] = False,
    host_name: Host = "",
) -> None:
    """Importe des commentaires : en arguments (pour, contre) ou en remarques, sous ce qu’ils commentent."""
    with ready(settings_or_fail()).writing() as db:
        here = the_convention(db, host_name)
        author = _the_facilitator(db, here, by)
        reading = comment_imports.read(_content(path), proposal_queries.from_elsewhere(db, here))
        named = comment_imports.read_debates(_content(debates)) if debates else comment_imports.DebateReading()
        _say_wrong([*reading.wrong, *named.wrong])
        wrong = len(reading.wrong) + len(named.wrong)
        n = len(reading.lines)
        said = ngettext("{n} commentaire lu, {wrong} à corriger.", "{n} commentaires lus, {wrong} à corriger.", n)
        say(said.format(n=n, wrong=wrong))
        for lines, why in spreadsheets.by_mistake(reading.left):
            say(_("Laissé de côté, {lines} : {why}").format(lines=lines, why=why))
        if wrong:
            fail(_("Rien n’est importé : corrigez ces lignes, puis recommencez."))
        read: Mapping[str, int] = reading.total
        if not dry_run:
            read = comment_actions.import_all(db, here, reading.lines, author, named.lines)
        say((_("À importer : {what}.") if dry_run else _("Importés : {what}.")).format(
            what=comment_imports.counted(read) or _("rien de nouveau")
        ))  # fmt: skip


def _say_wrong(wrong: Sequence[tuple[int, str]]) -> None:
    for lines, said in spreadsheets.by_mistake(wrong):
        typer.echo(_("{lines} : {said}").format(lines=lines, said=said), err=True)


def _the_facilitator(db: Session, here: Convention, by: str) -> Person:
    author = the_person(db, here, by)
    if RoleKind.FACILITATOR not in people_queries.roles(db, here.id, author.id):
        fail(_("Cette personne n’est pas de l’animation : elle ne peut pas importer."))
    return author


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(_("Ce fichier n’a pas pu être lu : {why}.").format(why=room.why(error)))
