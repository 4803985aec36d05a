"""Running the site: serving it, its background work, its database, its demonstration."""

import json
import logging
import shutil
import socket
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from convention import app, checker, worker
from convention.cli.common import fail, open_or_fail, ready, say, settings_or_fail, why_not_use
from convention.conventions import queries as conventions
from convention.demo import load as demo_load
from convention.kit import migrations, room
from convention.kit.db import Database
from convention.kit.i18n import gettext as _
from convention.settings import Settings, load, resource


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
        uvicorn.run("convention.cli.serving:application", factory=True, workers=settings.workers, **options)
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


def check(
    data: Annotated[
        bool, typer.Option("--data", help="Vérifie aussi que les données s’accordent entre elles.")
    ] = False,
) -> None:
    """Vérifie la configuration, la base, les migrations et les dossiers. Code 1 si quelque chose manque."""
    settings = settings_or_fail()
    say(_("Configuration : lue."))
    wrong = [*folder_troubles(settings)]
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


def folder_troubles(settings: Settings) -> list[str]:
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
    for sentence in folder_troubles(settings):
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
