"""Backups: everything in one file, from either database, to be put back into either.

A backup is a ZIP: `manifest.json`, one `tables/<name>.jsonl` for each table (a row on each line), `fichiers/<name>` for
each file that people sent. The rows are those of one instant. The manifest says the revision of the database, the type
of each column, how many rows there are, and the SHA-256 of every entry: a backup is read without this program.

A ballot box that is not sealed is never copied: two copies on either side of a vote would tell whose ballot is whose
(docs/security.md).
"""

import base64
import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.sqltypes import AutoString

from convention import __version__, checker, erasures
from convention.conventions.models import Convention
from convention.kit import clock, db, files, migrations
from convention.kit.db import Database, Session
from convention.kit.errors import Refused
from convention.kit.i18n import gettext as _
from convention.paper.models import PaperEntry
from convention.settings import Settings, resource
from convention.voting import actions as voting
from convention.voting.models import BallotBox, Mode, Poll, Roll

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
ROWS = 500

# What is secret until a poll is sealed.
SECRET = frozenset((Roll.__tablename__, BallotBox.__tablename__, PaperEntry.__tablename__))


class Kind(NamedTuple):
    """How a type of column is written: the same on both databases."""

    type: Callable[[bool], Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


KINDS: Mapping[str, Kind] = {
    "text": Kind(lambda _nullable: sa.Text(), str, _as_it_is),
    "integer": Kind(lambda _nullable: sa.Integer(), int, _as_it_is),
    "boolean": Kind(lambda _nullable: sa.Boolean(), bool, _as_it_is),
    "identifier": Kind(lambda _nullable: sa.Uuid(), str, UUID),
    "moment": Kind(lambda _nullable: db.UTC(), dt.datetime.isoformat, dt.datetime.fromisoformat),
    "day": Kind(lambda _nullable: sa.Date(), dt.date.isoformat, dt.date.fromisoformat),
    "octets": Kind(
        lambda _nullable: sa.LargeBinary(), lambda octets: base64.b64encode(octets).decode(), base64.b64decode
    ),
    "tree": Kind(lambda nullable: sa.JSON(none_as_null=nullable), _as_it_is, _as_it_is),
}
# The first that fits: a boolean is drawn as a number on one of the databases, a choice is words on both.
FITS: Sequence[tuple[type, str]] = (
    (sa.Uuid, "identifier"), (db.UTC, "moment"), (db.Choice, "text"), (sa.JSON, "tree"), (sa.LargeBinary, "octets"),
    (sa.Boolean, "boolean"), (sa.Integer, "integer"), (sa.Date, "day"), (sa.String, "text"), (AutoString, "text"),
)  # fmt: skip


class Kept(NamedTuple):
    """What a backup holds."""

    tables: int
    rows: int
    files: int
    left_out: list[str]  # polls whose ballots are not in it
    missing: list[str]  # names of files that are no longer there


# -- saving --------------------------------------------------------------------------------------------------------


def save(database: Database, settings: Settings, to: Path, *, during_a_vote: bool = False) -> Kept:
    """Write a backup. It is written beside, looked at, then renamed: a file with this name is a whole backup."""
    if to.exists():
        raise Refused(_("{where} existe déjà : il n’a pas été touché.").format(where=to))
    beside = to.with_name(f"{to.name}.part")
    try:
        # It holds names, addresses and unpublished words: for its owner only.
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            # What is read is one instant: the site stays open meanwhile.
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, database.reading() as session:
                kept = _write(session.connection(), settings.folder, archive, during_a_vote, _revision(database))
            file.flush()
            os.fsync(file.fileno())
        with zipfile.ZipFile(beside) as archive:
            _verified(archive)
        beside.replace(to)
        erasures.write(database, to.absolute().parent)
    finally:
        beside.unlink(missing_ok=True)
    return kept


def _revision(database: Database) -> str:
    current = migrations.state(database, resource("migrations")).current
    assert current is not None, "a database that is in use has been migrated"
    return current


def _write(
    connection: Connection, folder: Path, archive: zipfile.ZipFile, during_a_vote: bool, revision: str
) -> Kept:  # fmt: skip
    open_polls = _open_polls(connection)
    if open_polls and not during_a_vote:
        raise Refused(
            _(
                "Un vote secret est ouvert : {polls}. Deux sauvegardes, prises de part et d’autre d’un bulletin, "
                "diraient de qui il est. Attendez le résultat, ou ajoutez --even-during-a-vote : les bulletins de ce "
                "vote ne seront pas dans la sauvegarde, et il faudrait le recommencer."
            ).format(polls=", ".join(open_polls.values()))
        )
    tables: list[dict[str, Any]] = []
    sums: dict[str, str] = {}
    for table in SQLModel.metadata.sorted_tables:
        name = f"tables/{table.name}.jsonl"
        columns = {column.name: (_kind(column.type), bool(column.nullable)) for column in table.columns}
        with _entry(archive, name, sums) as write:
            rows = 0
            for row in _rows(connection, table, columns):
                if table.name in SECRET and row["poll_id"] in open_polls:
                    row = {key: b"" if isinstance(value, bytes) else value for key, value in row.items()}
                written = {
                    key: None if value is None else KINDS[columns[key][0]].write(value) for key, value in row.items()
                }
                write(json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
                rows += 1
        tables.append({
            "name": table.name,
            "rows": rows,
            "columns": {key: {"kind": kind, "nullable": nullable} for key, (kind, nullable) in columns.items()},
            "key": [column.name for column in table.primary_key],
            # Rows of the same table that it names: written last, once all are there.
            "later": [key.parent.name for key in table.foreign_keys if key.column.table is table],
        })  # fmt: skip
    kept = _write_files(archive, folder, sums)
    manifest = {
        "format": FORMAT,
        "program": __version__,
        "revision": revision,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "conventions": [title for (title,) in connection.execute(sa.select(col(Convention.title)))],
        "tables": tables,
        "without_ballots": {str(id): said for id, said in open_polls.items()},
        "sha256": sums,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return Kept(
        len(tables), sum(one["rows"] for one in tables), len(kept), list(open_polls.values()),
        sorted(_named(connection) - kept),
    )  # fmt: skip


def _open_polls(connection: Connection) -> dict[UUID, str]:
    """The secret polls that are open, or closed and not counted yet, with their names."""
    poll = Poll.__table__.c  # type: ignore[attr-defined] # tables have it, their types do not say so
    rows = connection.execute(
        sa.select(poll.id, poll.number, poll.title).where(
            poll.mode == Mode.BALLOTS,
            poll.opened_at.is_not(None),
            poll.sealed_at.is_(None),
            poll.cancelled_at.is_(None),
        ).order_by(poll.number)
    )  # fmt: skip
    return {id: _("scrutin n° {n}, « {title} »").format(n=number, title=title) for id, number, title in rows}


def _kind(type: Any) -> str:
    for fits, kind in FITS:
        if isinstance(type, fits):
            return kind
    raise AssertionError(f"no way to write a column of {type!r} is known")


def _light(name: str, columns: Mapping[str, tuple[str, bool]]) -> sa.TableClause:
    """A table as a backup knows it: names and kinds, of this version of the program or of an older one."""
    return sa.table(name, *(sa.column(key, KINDS[kind].type(nullable)) for key, (kind, nullable) in columns.items()))


def _rows(connection: Connection, table: sa.Table, columns: Mapping[str, tuple[str, bool]]) -> Iterator[dict[str, Any]]:
    light = _light(table.name, columns)
    in_order = sa.select(light).order_by(*(light.c[column.name] for column in table.primary_key))
    with connection.execution_options(yield_per=ROWS).execute(in_order) as found:
        for row in found.mappings():
            yield dict(row)


def _named(connection: Connection) -> set[str]:
    document = sa.table("document", sa.column("stored", sa.Text()))
    return {name for (name,) in connection.execute(sa.select(document.c.stored)) if name}


def _write_files(archive: zipfile.ZipFile, folder: Path, sums: dict[str, str]) -> set[str]:
    place = folder / "fichiers"
    kept = set()
    for file in sorted(place.iterdir()) if place.is_dir() else ():
        if files.path(folder, file.name) is None:
            continue
        try:
            with file.open("rb") as read, _entry(archive, f"fichiers/{file.name}", sums) as write:
                while chunk := read.read(CHUNK):
                    write(chunk)
        except FileNotFoundError:
            continue  # the worker ended it meanwhile: no row names it
        kept.add(file.name)
    return kept


@contextlib.contextmanager
def _entry(archive: zipfile.ZipFile, name: str, sums: dict[str, str]) -> Iterator[Callable[[bytes], None]]:
    mark = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as entry:

        def write(octets: bytes) -> None:
            mark.update(octets)
            entry.write(octets)

        yield write
    sums[name] = mark.hexdigest()


# -- putting back --------------------------------------------------------------------------------------------------


class Restored(NamedTuple):
    """What was put back, the polls that had to be cancelled, what does not hold, how many were erased again.

    `erased` is None when no list says who had been: those who have left since the backup are back.
    """

    kept: Kept
    made_at: dt.datetime
    troubles: list[str]
    erased: int | None


def restore(database: Database, settings: Settings, source: Path, erased: Path | None = None) -> Restored:
    """Put a backup back in an empty place. All of it, or nothing: a place that is not empty is not touched.

    Those erased since it was made are erased again, from the lists kept beside it, in the folder, and in `erased`.
    """
    lists = [source.absolute().parent / erasures.NAME, settings.folder / erasures.NAME]
    if erased is not None and not erased.exists():
        raise Refused(_("{where} n’existe pas.").format(where=erased))
    known = [place for place in ([*lists, erased] if erased else lists) if place.exists()]
    gone = erasures.gather(known)
    try:
        archive = zipfile.ZipFile(source)
    except FileNotFoundError as error:
        raise Refused(_("{where} n’existe pas.").format(where=source)) from error
    except PermissionError:
        raise
    except files.DAMAGED as error:
        raise Refused(
            _(
                "{where} n’est pas une sauvegarde de ce programme, ou sa copie est incomplète : comparez son poids à "
                "celui de l’original."
            ).format(where=source)
        ) from error
    with archive:
        manifest = _verified(archive)
        _refuse_what_is_full(database, settings)
        _prepare(database, manifest["revision"])
        put = _put_files(archive, manifest, settings.folder)
        try:
            with database.engine.execution_options(purpose="write").begin() as connection:
                for table in manifest["tables"]:
                    _put_rows(connection, archive, table)
        except BaseException:
            for file in put:
                file.unlink(missing_ok=True)
            raise
    migrations.upgrade(database, resource("migrations"))
    _cancel_without_ballots(database, manifest)
    again = erasures.replay(database, gone)
    erasures.write(database, settings.folder)
    with database.reading() as session:
        troubles = checker.look(session, settings.folder).troubles
    rows = sum(table["rows"] for table in manifest["tables"])
    kept = Kept(len(manifest["tables"]), rows, len(put), list(manifest["without_ballots"].values()), [])
    return Restored(kept, dt.datetime.fromisoformat(manifest["made_at"]), troubles, again if known else None)


def _verified(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, once every entry has been read and found as it was written."""
    damaged = _("Cette sauvegarde est abîmée : {what}. Prenez-en une autre : rien n’a été écrit.")
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        known, revision = manifest["format"], manifest["revision"]
        sums: dict[str, str] = manifest["sha256"]
    except (KeyError, TypeError, *files.DAMAGED) as error:
        raise Refused(_("Ce fichier n’est pas une sauvegarde de ce programme, ou il est abîmé.")) from error
    if known != FORMAT:
        raise Refused(_("Cette sauvegarde vient d’une version plus récente du programme : installez-la d’abord."))
    names = archive.namelist()
    if sorted(names) != sorted({*sums, MANIFEST}):
        raise Refused(damaged.format(what=_("il y manque quelque chose, ou il y a quelque chose de trop")))
    for name, expected in sums.items():
        if not re.fullmatch(r"tables/[a-z_]+\.jsonl|fichiers/[0-9a-f]{32}\.[a-z]+", name):
            raise Refused(damaged.format(what=name))
        mark = hashlib.sha256()
        try:
            with archive.open(name) as entry:
                while chunk := entry.read(CHUNK):
                    mark.update(chunk)
        except files.DAMAGED as error:
            raise Refused(damaged.format(what=name)) from error
        if mark.hexdigest() != expected:
            raise Refused(damaged.format(what=name))
    if revision not in migrations.revisions(resource("migrations")):
        raise Refused(
            _(
                "Cette sauvegarde vient d’une version plus récente du programme ({revision}) : installez cette "
                "version, puis recommencez. Rien n’a été écrit."
            ).format(revision=revision)
        )
    return manifest


def _refuse_what_is_full(database: Database, settings: Settings) -> None:
    with database.engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            if name == "alembic_version":
                continue
            if connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first():
                raise Refused(
                    _(
                        "Cette base n’est pas vide : rien n’a été touché. Restaurez dans une base neuve (DATABASE_URL, "
                        "CONVENTION_FOLDER), vérifiez, puis servez celle-là."
                    )
                )
    place = settings.folder / "fichiers"
    if place.is_dir() and any(place.iterdir()):
        raise Refused(_("Le dossier {where} n’est pas vide : rien n’a été touché.").format(where=place.absolute()))


def _prepare(database: Database, revision: str) -> None:
    """The tables as they were when the backup was made."""
    current = migrations.state(database, resource("migrations")).current
    if current is None:
        migrations.upgrade(database, resource("migrations"), revision)
    elif current != revision:
        raise Refused(
            _(
                "Les tables de cette base sont d’une autre version ({current}) que la sauvegarde ({revision}). "
                "Restaurez dans une base sans aucune table : la commande les fera, puis les mettra à jour."
            ).format(current=current, revision=revision)
        )


def _put_files(archive: zipfile.ZipFile, manifest: Mapping[str, Any], folder: Path) -> list[Path]:
    place = folder / "fichiers"
    put: list[Path] = []
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in manifest["sha256"]:
            if not name.startswith("fichiers/"):
                continue
            path = place / name.removeprefix("fichiers/")
            put.append(path)
            with archive.open(name) as entry, path.open("xb") as written:
                while chunk := entry.read(CHUNK):
                    written.write(chunk)
                written.flush()
                os.fsync(written.fileno())
    except BaseException:
        for path in put:
            path.unlink(missing_ok=True)
        raise
    return put


def _put_rows(connection: Connection, archive: zipfile.ZipFile, table: Mapping[str, Any]) -> None:
    columns = {key: (one["kind"], one["nullable"]) for key, one in table["columns"].items()}
    light = _light(table["name"], columns)
    later: list[dict[str, Any]] = []
    count = 0
    with archive.open(f"tables/{table['name']}.jsonl") as entry:
        for batch in _batches(entry, columns):
            for row in batch:
                names = {key: row[key] for key in table["later"] if row[key] is not None}
                if names:
                    later.append(dict(row))
                    row |= dict.fromkeys(names)
            connection.execute(sa.insert(light), batch)
            count += len(batch)
    assert count == table["rows"], f"{table['name']}: {count} rows instead of {table['rows']}"
    if later:
        its_row = sa.and_(*(light.c[key] == sa.bindparam(f"key_{key}") for key in table["key"]))
        names_them = {key: sa.bindparam(f"new_{key}", type_=light.c[key].type) for key in table["later"]}
        connection.execute(
            sa.update(light).where(its_row).values(names_them),
            [
                {
                    **{f"key_{key}": row[key] for key in table["key"]},
                    **{f"new_{key}": row[key] for key in table["later"]},
                }
                for row in later
            ],
        )


def _batches(entry: IO[bytes], columns: Mapping[str, tuple[str, bool]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in entry:
        row = json.loads(line)
        batch.append({
            key: None if row[key] is None else KINDS[kind].read(row[key]) for key, (kind, _nullable) in columns.items()
        })  # fmt: skip
        if len(batch) == ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _cancel_without_ballots(database: Database, manifest: Mapping[str, Any]) -> None:
    """A poll that was open has lost its ballots: counting what is left would be a lie."""
    reason = _("Ce vote était ouvert quand la sauvegarde a été faite : ses bulletins, secrets, n’y sont pas.")
    for id in manifest["without_ballots"]:
        with database.writing() as session:
            _cancel(session, UUID(id), reason)


def _cancel(session: Session, poll_id: UUID, reason: str) -> None:
    poll = session.exec(select(Poll).where(Poll.id == poll_id)).one()
    voting.cancel(session, poll, reason, by=None)
