"""What the commands share: how they speak and stop, the settings, the database, the convention."""

from typing import Annotated, NoReturn

import sqlalchemy as sa
import typer

from convention import app
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.kit import migrations, room
from convention.kit.db import Database, Session
from convention.kit.i18n import gettext as _
from convention.settings import Misconfigured, Settings, load, resource

Host = Annotated[str, typer.Option("--host-name", help="Nom de domaine de la convention, s’il y en a plusieurs.")]


def fail(sentence: str, code: int = 1) -> NoReturn:
    """Stop here, with the reason."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def say(sentence: str) -> None:
    typer.echo(sentence)


def settings_or_fail(**over: object) -> Settings:
    try:
        return load(**over)
    except Misconfigured as error:
        # Settings stand below everything and have no words for what the system refuses.
        cause = error.__cause__
        fail(f"{str(error).rstrip('.')} : {room.why(cause)}." if isinstance(cause, OSError) else str(error))


def open_or_fail(settings: Settings, *, later: bool = False) -> Database:
    """The database, if it answers; `later` when nothing may be made in its place before what follows is checked."""
    try:
        database = app.open_database(settings)
        if later:
            return database
        with database.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except OSError as error:
        fail(_("Le dossier de la base n’est pas accessible : {why}.").format(why=room.why(error)))
    except sa.exc.ArgumentError:
        fail(_("DATABASE_URL n’est pas une adresse de base de données."))
    except sa.exc.SQLAlchemyError as error:
        why = str(getattr(error, "orig", error)).strip().splitlines()[0]
        if room.is_lacking(error):
            why = _("le disque est plein. Faites de la place, puis recommencez.")
        elif "unable to open" in why:
            why = _("son fichier ne s’ouvre pas. Vérifiez que le dossier existe et que ce compte y écrit.")
        fail(_("La base de données ne répond pas : {why}").format(why=why))
    return database


def why_not_use(state: migrations.State) -> str | None:
    """Why this database cannot be used by this program as it is."""
    if state.unknown:
        return _(
            "La base vient d’une version plus récente du programme ({at}). Installez cette version, ou restaurez "
            "une sauvegarde."
        ).format(at=state.current)
    if state.current is None:
        return _("La base est vide. Lancez : convention migrate")
    if not state.up_to_date:
        return _("La base est en retard ({at} au lieu de {newest}). Lancez : convention migrate").format(
            at=state.current, newest=state.newest
        )
    return None


def ready(settings: Settings) -> Database:
    """A database that is up to date."""
    database = open_or_fail(settings)
    if reason := why_not_use(migrations.state(database, resource("migrations"))):
        fail(reason)
    return database


def the_convention(db: Session, host: str) -> Convention:
    found = conventions.of_host(db, host)
    if found is None:
        fail(_("Il n’y a pas encore de convention ici. Lancez : convention convention new"))
    return found
