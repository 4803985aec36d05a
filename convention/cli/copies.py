"""What is kept elsewhere: backups, their restoration, the public archive."""

from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from convention import app, archive, backup
from convention.cli.common import Host, fail, open_or_fail, ready, say, settings_or_fail, the_convention
from convention.kit import clock, room
from convention.kit.i18n import gettext as _
from convention.kit.text import moment


def save(
    to: Annotated[Path | None, typer.Argument(help="Où l’écrire ; sinon, ici, avec la date dans son nom.")] = None,
    even_during_a_vote: Annotated[
        bool, typer.Option("--even-during-a-vote", help="Même si un vote est ouvert, sans ses bulletins.")
    ] = False,
) -> None:
    """Sauvegarde la base et les fichiers dans un seul fichier, vérifié. Il contient des données personnelles."""
    settings = settings_or_fail()
    database = ready(settings)
    place = to or Path(f"convention-{clock.local(clock.now()):%Y-%m-%d-%H%M}.zip")
    try:
        kept = backup.save(database, settings, place, during_a_vote=even_during_a_vote)
    except OSError as error:
        fail(_("La sauvegarde n’a pas pu être écrite : {why}. Rien n’a été laissé.").format(why=room.why(error)))
    except sa.exc.SQLAlchemyError as error:
        fail(_("La base n’a pas pu être lue jusqu’au bout : {why}").format(why=str(error).splitlines()[0]))
    say(_("Sauvegarde : {where}. Tables : {tables}. Lignes : {rows}. Fichiers : {files}.").format(
        where=place, rows=kept.rows, tables=kept.tables, files=kept.files
    ))  # fmt: skip
    say(_("Gardez-la ailleurs, chiffrée, avec CONVENTION_SECRET à part : sans lui, les lettres n’ouvrent plus."))
    for poll in kept.left_out:
        typer.echo(
            _("Sans les bulletins du {poll} : il serait annulé par une restauration.").format(poll=poll), err=True
        )
    for name in kept.missing:
        typer.echo(_("Un document n’a plus son fichier : {name}.").format(name=name), err=True)


def restore(
    source: Annotated[Path, typer.Argument(help="La sauvegarde.")],
    erased: Annotated[
        Path | None,
        typer.Option("--erased", help="effacements.jsonl du site d’avant : qui a été effacé depuis le reste."),
    ] = None,
) -> None:
    """Remet une sauvegarde dans une base et un dossier vides, puis vérifie le journal, le rapport et les votes."""
    settings = settings_or_fail()
    database = open_or_fail(settings, later=True)
    try:
        done = backup.restore(database, settings, source, erased)
    except OSError as error:
        fail(_("La sauvegarde n’a pas pu être remise : {why}. La base est restée vide.").format(
            why=room.why(error)
        ))  # fmt: skip
    except sa.exc.SQLAlchemyError as error:
        why = str(getattr(error, "orig", error)).strip().splitlines()[0]
        fail(_("La sauvegarde n’a pas pu être remise : {why}. La base est restée vide.").format(why=why))
    say(_("Sauvegarde du {moment} remise. Lignes : {rows}. Fichiers : {files}.").format(
        moment=moment(done.made_at), rows=done.kept.rows, files=done.kept.files
    ))  # fmt: skip
    for poll in done.kept.left_out:
        say(_("Annulé, ses bulletins n’étaient pas dans la sauvegarde : {poll}.").format(poll=poll))
    if done.erased is not None:
        say(_("Effacements refaits, demandés depuis cette sauvegarde : {n}.").format(n=done.erased))
    else:
        typer.echo(
            _(
                "Aucune liste d’effacements n’a été trouvée (effacements.jsonl) : si quelqu’un a été effacé depuis le "
                "{moment}, cette personne est revenue, avec son nom et ses coordonnées. Avant de servir, cherchez "
                "cette liste dans le dossier du site d’avant ou à côté d’une sauvegarde plus récente, et recommencez "
                "dans un endroit vide, avec --erased."
            ).format(moment=moment(done.made_at)),
            err=True,
        )
    for sentence in done.troubles:
        typer.echo(sentence, err=True)
    if done.troubles:
        fail(_("Tout a été remis, mais ce qui précède ne s’accorde pas : regardez avant de servir."))
    say(_("Journal entier, rapport et votes conformes à leurs empreintes. Lancez : convention check"))


def write_archive(
    to: Annotated[Path | None, typer.Argument(help="Où l’écrire ; sinon, ici, avec la date dans son nom.")] = None,
    host_name: Host = "",
) -> None:
    """Écrit ce que la convention a rendu public, en formats ouverts, dans un seul fichier ZIP."""
    settings = settings_or_fail()
    database = ready(settings)
    place = to or Path(f"archive-{clock.local(clock.now()):%Y-%m-%d}.zip")
    with database.reading() as db:
        try:
            count = archive.write(app.create_app(settings, database), db, the_convention(db, host_name), place)
        except OSError as error:
            fail(_("L’archive n’a pas pu être écrite : {why}.").format(why=room.why(error)))
        except archive.Broken as error:
            fail(_("L’archive n’a pas été faite : une page ne répond pas ({what}).").format(what=error))
    say(_("Archive : {where}. Fichiers : {n}.").format(where=place, n=count))
