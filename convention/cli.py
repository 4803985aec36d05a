"""convention: the operator's and the guarantor's commands. Each answers in a sentence, and with the right exit code."""

import json
import logging
import shutil
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import sqlalchemy as sa
import typer
import typer.core
import typer.rich_utils
import uvicorn

from convention import __version__, app, archive, backup, checker, tally, verify, worker
from convention.algorithms.decision import Method
from convention.conventions import actions as conventions_actions
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.demo import load as demo_load
from convention.discussion import actions as comment_actions
from convention.discussion import imports as comment_imports
from convention.journal import chain
from convention.journal import queries as journal
from convention.kit import clock, migrations, room, spreadsheets
from convention.kit.db import Database, Session
from convention.kit.errors import Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import moment
from convention.people import actions as people
from convention.people import codes
from convention.people import queries as people_queries
from convention.people.forms import PersonForm
from convention.people.models import Person, RoleKind
from convention.people.visits import base_address
from convention.programme import queries as programme
from convention.proposals import actions as proposal_actions
from convention.proposals import imports as proposal_imports
from convention.proposals import queries as proposal_queries
from convention.recommendations import actions as edition_actions
from convention.recommendations import queries as edition_queries
from convention.recommendations.forms import ClosingForm
from convention.recommendations.models import EditionRow
from convention.settings import Misconfigured, Settings, load, resource

typer.rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
typer.rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"


class OneCommand(typer.core.TyperCommand):
    """A command whose help speaks French to its last line."""

    def get_help_option(self, ctx: Any) -> Any:
        return _in_french(super().get_help_option(ctx))


class Commands(typer.core.TyperGroup):
    """The same, of several commands."""

    def get_help_option(self, ctx: Any) -> Any:
        return _in_french(super().get_help_option(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(_("La commande « {name} » n’existe pas.").format(name=args[0]))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (OSError, sa.exc.OperationalError) as error:
            if not room.is_lacking(error):
                raise
            fail(_("Le disque est plein : rien n’a été enregistré. Faites de la place, puis recommencez."))


def _in_french(option: Any) -> Any:
    if option is not None:
        option.help = "Affiche cette aide."
    return option


def _why_not_fit(asked: Any, said: str) -> str:
    """What was expected of this value; for a file, why it is not used."""
    wanted = getattr(asked, "type_descriptor", None)
    kind, choices = getattr(wanted, "annotation", None), getattr(wanted, "choices", None)
    if choices:
        return _("Choisissez entre : {words}.").format(
            words=", ".join(str(getattr(one, "value", one)) for one in choices)
        )
    if kind is int:
        return _("Écrivez un nombre entier.")
    if kind is Path and "is not readable" in said:
        return _("Ce compte n’a pas le droit de lire ce fichier.")
    return ""


def _refuse(error: Any) -> None:
    """What the command line does not understand, said as the rest is: the library's own words are English."""
    kind, asked = type(error).__name__, getattr(error, "param", None)
    if kind == "NoArgsIsHelpError":  # its help has been shown
        return
    name = asked.opts[0] if asked is not None else getattr(error, "option_name", "")
    known = {
        "NoSuchOption": _("L’option {name} n’existe pas."),
        "BadOptionUsage": _("L’option {name} attend une valeur."),
        "MissingParameter": _("Il manque « {name} »."),
        "BadParameter": _("La valeur donnée à « {name} » ne convient pas."),
    }
    sentence = known[kind].format(name=name) if kind in known else error.message
    if kind == "BadParameter" and (why := _why_not_fit(asked, error.message)):
        sentence = f"{sentence} {why}"
    if kind == "UsageError" and isinstance(error.cmd, OneCommand):
        sentence = _("Il y a des mots de trop.")
    typer.echo(sentence, err=True)
    if error.ctx is not None:
        typer.echo(_("Ce qui se fait : {command} -h").format(command=error.ctx.command_path), err=True)


typer.rich_utils.rich_format_error = _refuse  # type: ignore[assignment]  # it names its argument `self`

main = typer.Typer(
    cls=Commands,
    help="Une convention citoyenne, du mandat aux suites données.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
person = typer.Typer(cls=Commands, help="Les personnes et leurs rôles.", no_args_is_help=True)
convention = typer.Typer(cls=Commands, help="Les conventions de cette installation.", no_args_is_help=True)
record = typer.Typer(cls=Commands, help="Le journal.", no_args_is_help=True)
report = typer.Typer(cls=Commands, help="Les éditions du rapport.", no_args_is_help=True)
imports = typer.Typer(cls=Commands, help="Des textes écrits ailleurs.", no_args_is_help=True)
main.add_typer(person, name="person")
main.add_typer(convention, name="convention")
main.add_typer(record, name="journal")
main.add_typer(report, name="edition")
main.add_typer(imports, name="import")

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


@main.callback(invoke_without_command=True)
def version(
    asked: Annotated[bool, typer.Option("--version", help="Affiche la version.", is_eager=True)] = False,
) -> None:
    if asked:
        say(__version__)
        raise typer.Exit


# -- running -------------------------------------------------------------------------------------------------------


@main.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Adresse d’écoute.")] = None,
    port: Annotated[int | None, typer.Option(help="Port d’écoute.")] = None,
) -> None:
    """Sert le site. Sur la base embarquée, fait aussi le travail de fond."""
    settings = settings_or_fail(
        **{name: value for name, value in (("host", host), ("port", port)) if value is not None}
    )
    database = ready(settings)
    run(settings, database)


def run(settings: Settings, database: Database) -> None:
    """Serve until told to stop; the embedded database has its worker here, PostgreSQL has `convention work`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "proxy_headers": bool(settings.proxy),
        "forwarded_allow_ips": settings.proxy or None,
        "server_header": False,
        # No access log: who read what at which second is nobody's business, least of all next to a ballot box.
        "access_log": False,
        "log_config": None,
        "timeout_graceful_shutdown": 10,
    }
    if settings.workers > 1 and not database.embedded:
        database.dispose()
        uvicorn.run("convention.cli:application", factory=True, workers=settings.workers, **options)
        return
    stop = threading.Event()
    background = None
    if database.embedded:
        background = threading.Thread(target=worker.run, args=(database, settings, stop), name="worker", daemon=True)
        background.start()
    try:
        uvicorn.run(app.create_app(settings, database), **options)
    finally:
        stop.set()
        if background is not None:
            background.join(timeout=10)
        database.dispose()


def application() -> object:
    """One of several server processes."""
    return app.create_app(load())


@main.command()
def work(
    once: Annotated[bool, typer.Option("--once", help="Fait ce qui est dû, puis s’arrête.")] = False,
) -> None:
    """Fait le travail de fond : courrier, clôture des votes, ménage."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = settings_or_fail()
    database = ready(settings)
    if once:
        worker.once(database, settings)
        return
    stop = threading.Event()
    try:
        worker.run(database, settings, stop)
    except KeyboardInterrupt:
        stop.set()


@main.command()
def migrate() -> None:
    """Met la base à la version du programme."""
    database = open_or_fail(settings_or_fail())
    state = migrations.state(database, resource("migrations"))
    if state.unknown:
        fail(why_not_use(state) or "")
    if state.up_to_date:
        say(_("La base est déjà à jour ({at}).").format(at=state.newest))
        return
    migrations.upgrade(database, resource("migrations"))
    say(_("La base est à jour ({at}).").format(at=state.newest))


@main.command()
def check(
    data: Annotated[
        bool, typer.Option("--data", help="Vérifie aussi que les données s’accordent entre elles.")
    ] = False,
) -> None:
    """Vérifie la configuration, la base, les migrations et les dossiers. Code 1 si quelque chose manque."""
    settings = settings_or_fail()
    say(_("Configuration : lue."))
    wrong = [*_folder_troubles(settings)]
    if not wrong:
        say(_("Dossiers : accessibles en écriture ({where}).").format(where=settings.folder.absolute()))
    database = open_or_fail(settings)
    say(_("Base : {kind} répond.").format(kind="SQLite" if database.embedded else "PostgreSQL"))
    if reason := why_not_use(migrations.state(database, resource("migrations"))):
        wrong.append(reason)
    else:
        say(_("Migrations : à jour."))
        with database.reading() as db:
            for one in conventions.everywhere(db):
                say(_("Convention : {title} ({host}).").format(title=one.title, host=one.host or settings.base_url))
            if data:
                found = checker.look(db, settings.folder)
                say(_("Données : {n} vérifications.").format(n=found.checks))
                wrong += found.troubles
    if not settings.smtp_url:
        say(_("Courrier : rangé dans {where}, rien n’est envoyé.").format(where=settings.mail_folder.absolute()))
    for sentence in wrong:
        typer.echo(sentence, err=True)
    if wrong:
        raise typer.Exit(1)


def _folder_troubles(settings: Settings) -> list[str]:
    troubles = []
    for folder in (settings.folder, settings.mail_folder, settings.folder / "fichiers"):
        try:
            # Mails and files are for this account only; the folder itself is the operator's to open.
            folder.mkdir(mode=0o777 if folder == settings.folder else 0o700, parents=True, exist_ok=True)
            trial = folder / ".essai"
            trial.write_bytes(b"essai")
            trial.unlink()
        except OSError as error:
            where = folder.absolute()
            troubles.append(
                _("Le dossier {where} n’est pas accessible en écriture : {why}.").format(
                    where=where, why=room.why(error)
                )
            )
    return troubles


@main.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port d’écoute.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Recommence : efface la démonstration d’avant.")] = False,
    only_load: Annotated[bool, typer.Option("--only-load", help="Prépare la base, sans servir.")] = False,
) -> None:
    """Prépare la convention de démonstration et la sert. Textes, votes et personnes y sont fictifs."""
    settings = settings_or_fail(demo=True, **({} if port is None else {"port": port}))
    if settings.folder == Path("var"):
        settings = settings_or_fail(demo=True, folder=Path("var/demo"), port=settings.port)
    settings = settings.model_copy(update={"base_url": f"http://{settings.host}:{settings.port}"})
    for sentence in _folder_troubles(settings):
        fail(sentence)
    if not only_load and _taken(settings):
        fail(
            _("Le port {port} est déjà pris. Choisissez-en un autre : PORT=8001 python3 run.py demo").format(
                port=settings.port
            )
        )
    database = open_or_fail(settings)
    state = migrations.state(database, resource("migrations"))
    if state.unknown and not reset:
        fail(why_not_use(state) or "")
    if reset:
        _empty(database, settings)
    migrations.upgrade(database, resource("migrations"))
    kept = settings.folder / "codes.json"
    with database.reading() as db:
        loaded = bool(conventions.everywhere(db))
    if not loaded:
        say(_("Chargement de la démonstration…"))
        given = demo_load.load(database, settings.secret, settings.base_url)
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(dict(given), ensure_ascii=False))
    if not kept.exists():
        fail(_("Cette base contient une convention qui n’est pas la démonstration : elle n’a pas été touchée."))
    _announce(settings, json.loads(kept.read_text()))
    if not only_load:
        run(settings, database)


def _empty(database: Database, settings: Settings) -> None:
    if not database.embedded and not (settings.folder / "codes.json").exists():
        fail(_("Cette base PostgreSQL n’a pas été remplie par la démonstration d’ici : elle n’a pas été touchée."))
    if database.embedded:
        database.dispose()
        for name in ("", "-wal", "-shm"):
            Path(f"{database.url.database}{name}").unlink(missing_ok=True)
    else:
        migrations.downgrade(database, resource("migrations"))
    for folder in (settings.mail_folder, settings.folder / "rapports", settings.folder / "fichiers"):
        shutil.rmtree(folder, ignore_errors=True)


def _taken(settings: Settings) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError:
            return True
    return False


def _announce(settings: Settings, codes_by_role: dict[str, str]) -> None:
    address = settings.base_url
    say("")
    say(_("La convention de démonstration : {address}").format(address=address))
    say("")
    say(_("Entrer ({address}/entrer) avec un de ces codes :").format(address=address))
    wide = max(map(len, codes_by_role))
    for who, code in codes_by_role.items():
        say(f"  {who.ljust(wide)}  {code}")
    say("")
    say(_("Le rapport : {address}/rapport   Les votes : {address}/scrutins   Le courrier : {address}/courrier").format(
        address=address
    ))  # fmt: skip
    say(_("Pour arrêter : Ctrl + C. Pour recommencer : python3 run.py demo --reset"))
    say("")


# -- backups ------------------------------------------------------------------------------------------------------


@main.command("backup")
def backup_command(
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
    except Refused as refusal:
        fail(refusal.reason)
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


@main.command("restore")
def restore_command(
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
    except Refused as refusal:
        fail(refusal.reason)
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
    say(_("Effacements refaits, demandés depuis cette sauvegarde : {n}.").format(n=done.erased))
    for sentence in done.troubles:
        typer.echo(sentence, err=True)
    if done.troubles:
        fail(_("Tout a été remis, mais ce qui précède ne s’accorde pas : regardez avant de servir."))
    say(_("Journal entier, rapport et votes conformes à leurs empreintes. Lancez : convention check"))


@main.command("archive")
def archive_command(
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
        except Refused as refusal:
            fail(refusal.reason)
        except OSError as error:
            fail(_("L’archive n’a pas pu être écrite : {why}.").format(why=room.why(error)))
        except archive.Broken as error:
            fail(_("L’archive n’a pas été faite : une page ne répond pas ({what}).").format(what=error))
    say(_("Archive : {where}. Fichiers : {n}.").format(where=place, n=count))


# -- conventions and people ----------------------------------------------------------------------------------------


@convention.command("new")
def new_convention(
    title: Annotated[str, typer.Option(help="Titre court.")],
    question: Annotated[str, typer.Option(help="La question posée à la convention.")],
    city: Annotated[str, typer.Option(help="Collectivité.")],
    host_name: Host = "",
) -> None:
    """Ajoute une convention. Ses thèmes, phases et séances s’écrivent ensuite dans le navigateur."""
    with ready(settings_or_fail()).writing() as db:
        if host_name and any(one.host == host_name for one in conventions.everywhere(db)):
            fail(_("Une convention répond déjà à {host}.").format(host=host_name))
        if not host_name and any(one.host is None for one in conventions.everywhere(db)):
            fail(_("Une convention sans nom de domaine existe déjà : donnez --host-name à celle-ci."))
        made = Convention(host=host_name or None, title=title, question=question, city=city, created_at=clock.now())
        conventions_actions.start(db, made)
    say(_("La convention est prête. Ajoutez une administration : convention person add --role administrator …"))


@person.command("add")
def add_person(
    name: Annotated[str, typer.Argument(help="Nom affiché.")],
    role: Annotated[list[RoleKind], typer.Option(help="Rôle ; répétez l’option pour plusieurs.")],
    email: Annotated[str, typer.Option(help="Adresse e-mail, pour recevoir des liens.")] = "",
    host_name: Host = "",
) -> None:
    """Inscrit une personne et affiche le code de sa lettre, une seule fois."""
    settings = settings_or_fail()
    with ready(settings).writing() as db:
        here = the_convention(db, host_name)
        form = PersonForm.read({"name": name, "email": email, "roles": tuple(role)})
        if not isinstance(form, PersonForm):
            fail("\n".join(form.errors.values()))
        added = people.add(db, here, form)
        code = people.new_code(db, here, added, settings.secret)
    say(_("{name} est inscrit·e. Code : {code}").format(name=added.name, code=codes.shown(code)))


@person.command("letter")
def new_letter(
    who: Annotated[str, typer.Argument(help="Adresse e-mail, ou nom affiché.")], host_name: Host = ""
) -> None:
    """Fait un nouveau code de lettre, affiché une seule fois ; le précédent cesse de marcher. Le journal le dit."""
    settings = settings_or_fail()
    with ready(settings).writing() as db:
        here = the_convention(db, host_name)
        one = _the_person(db, here, who)
        code = people.new_code(db, here, one, settings.secret)
    say(_("Nouveau code de {name} : {code}").format(name=one.name, code=codes.shown(code)))


@person.command("reset-second-factor")
def reset_second_factor(
    who: Annotated[str, typer.Argument(help="Adresse e-mail, ou nom affiché.")], host_name: Host = ""
) -> None:
    """Retire le second facteur d’une personne qui a perdu téléphone et codes de secours. Le journal le dit."""
    with ready(settings_or_fail()).writing() as db:
        here = the_convention(db, host_name)
        one = _the_person(db, here, who)
        people.reset_second_factor(db, here, one, by=None)
    say(_("Le second facteur de {name} est retiré : un autre sera choisi en entrant.").format(name=one.name))


def _the_person(db: Session, here: Convention, who: str) -> Person:
    known = [one for one, _roles in people_queries.everyone_in(db, here.id) if who in (one.email, one.name)]
    if len(known) != 1:
        fail(_("{n} personnes sont nommées ainsi : donnez son adresse e-mail.").format(n=len(known)))
    return known[0]


@report.command("close")
def close_edition(
    number: Annotated[int, typer.Argument(help="Le numéro de l’édition.")],
    reason: Annotated[str, typer.Option(help="Pourquoi, en une phrase : elle est publique.")],
    host_name: Host = "",
) -> None:
    """Ferme une édition au public, quand l’administration n’est pas deux pour le faire. Le journal le dit."""
    form = ClosingForm.read({"reason": reason})
    if isinstance(form, Filled):
        fail(form.errors["reason"])
    settings = settings_or_fail()
    with ready(settings).writing() as db:
        here = the_convention(db, host_name)
        edition = _the_edition(db, here, number)
        page = f"{base_address(here, settings)}/rapport/{number}"
        try:
            edition_actions.close(db, here, edition, form.reason, page=page)
        except Refused as refusal:
            fail(refusal.reason)
    say(_("L’édition n° {n} est fermée au public. Les garants en sont prévenus.").format(n=number))


@report.command("reopen")
def reopen_edition(
    number: Annotated[int, typer.Argument(help="Le numéro de l’édition.")], host_name: Host = ""
) -> None:
    """Rouvre au public une édition fermée : elle reste retirée. Le journal le dit."""
    with ready(settings_or_fail()).writing() as db:
        here = the_convention(db, host_name)
        try:
            edition_actions.reopen(db, _the_edition(db, here, number))
        except Refused as refusal:
            fail(refusal.reason)
    say(_("L’édition n° {n} se lit de nouveau.").format(n=number))


def _the_edition(db: Session, here: Convention, number: int) -> EditionRow:
    edition = edition_queries.edition_line(db, here, number)
    if edition is None:
        fail(_("Aucune édition publiée ne porte le numéro {n}.").format(n=number))
    return edition


@imports.command("proposals")
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


@imports.command("comments")
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
    author = _the_person(db, here, by)
    if RoleKind.FACILITATOR not in people_queries.roles(db, here.id, author.id):
        fail(_("Cette personne n’est pas de l’animation : elle ne peut pas importer."))
    return author


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(_("Ce fichier n’a pas pu être lu : {why}.").format(why=room.why(error)))


# -- the record ----------------------------------------------------------------------------------------------------

BREAKS = {
    "missing": "Ligne {n} : elle manque.",
    "previous": "Ligne {n} : elle ne suit pas la ligne d’avant.",
    "changed": "Ligne {n} : son contenu a changé.",
    "end": "Le journal s’arrête à la ligne {n} : la fin a été retirée, ou le registre de fin a changé.",
}


@record.command("verify")
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


# -- recounting ----------------------------------------------------------------------------------------------------


@main.command("tally")
def tally_command(
    ballots: Annotated[Path, typer.Argument(help="Bulletins : .json, .csv, .pb (Pabulib), .soi ou .toi (PrefLib).")],
    method: Annotated[str | None, typer.Option(help=f"Méthode : {', '.join(Method)}.")] = None,
    rule: Annotated[Path | None, typer.Option(help="Règle de décision, en JSON.")] = None,
) -> None:
    """Compte des bulletins et écrit le résultat en JSON, étape par étape. Code 2 si le fichier est mal formé."""
    words, code = tally.run(ballots, method, rule)
    typer.echo(words, err=code != 0)
    raise typer.Exit(code)


@main.command("verify")
def verify_command(
    kit: Annotated[Path, typer.Argument(help="Kit de recomptage d’un scrutin, scrutin-….zip.")],
    key: Annotated[str | None, typer.Option(help="Clé publique du serveur, notée avant le vote : 64 signes.")] = None,
    receipt: Annotated[str | None, typer.Option(help="Un reçu : son numéro, ou ce que dit son dessin.")] = None,
) -> None:
    """Refait le compte d’un scrutin et dit ce qui tient. Code 1 si un point ne tient pas, 2 si ce n’est pas un kit."""
    words, code = verify.run(kit, key, receipt)
    typer.echo(words, err=code == verify.UNREADABLE)
    raise typer.Exit(code)


for group in (main, person, convention, record, report, imports):
    for command in group.registered_commands:
        command.cls = OneCommand


if __name__ == "__main__":
    sys.exit(main())
