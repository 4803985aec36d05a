"""An afternoon: members who write and vote, somebody who closes, servers in processes that may be killed."""

import contextlib
import os
import re
import resource
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any
from uuid import uuid4

import httpx2
import sqlalchemy as sa
from sqlmodel import SQLModel

from convention import checker, settings
from convention.kit import migrations
from convention.kit.db import Database
from convention.people.visits import COOKIE
from tests.world import PLAIN, World, filled

# Nothing at all for that long, on whatever machine: it hangs.
STUCK = 180


@contextlib.contextmanager
def stamped(world: World) -> Iterator[None]:
    """The tables of tests, said to be those of the last migration: what `convention serve` asks."""
    newest = migrations.state(world.database, settings.resource("migrations")).newest
    with world.database.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})
    try:
        yield
    finally:
        with world.database.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE alembic_version"))


def a_port() -> int:
    """Below those that the system gives to whoever connects: nobody takes it while the servers are down."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with contextlib.suppress(OSError), socket.socket() as free:
            free.bind(("127.0.0.1", port))
            return port


class Servers:
    """`convention serve`, and `convention work` where it is another process: started, killed, started again."""

    def __init__(self, world: World) -> None:
        self.port = a_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.commands = [["serve", "--port", str(self.port)]] + ([] if world.database.embedded else [["work"]])
        self.environment = {
            **os.environ,  # noqa: TID251 - what the processes receive
            "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
            "CONVENTION_SECRET": world.settings.secret,
            "CONVENTION_FOLDER": str(world.settings.folder),
            "CONVENTION_BASE_URL": self.address,
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `kill`
        self.running = [
            subprocess.Popen(
                [sys.executable, "-m", "convention", *words], env=self.environment, stdout=self.said, stderr=self.said
            )
            for words in self.commands
        ]
        began = time.monotonic()
        while True:
            assert all(process.poll() is None for process in self.running), self.read()
            assert time.monotonic() - began < STUCK, self.read()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)

    def read(self) -> str:
        self.said.seek(0)
        return self.said.read().decode()[-3000:]

    def kill(self) -> None:
        for process in self.running:
            process.kill()
        for process in self.running:
            process.wait()
        self.said.close()
        self.running = []


class Told:
    """What clients were told was done, and what they still do not know."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done: list[str] = []
        self.unanswered: list[Any] = []

    def send(self, address: str, path: str, cookie: str, values: dict[str, Any], what: str) -> bool:
        """Send a form; whether an answer came. A refusal is a defect here: it is raised."""
        headers = {"cookie": f"{COOKIE}={cookie}", "sec-fetch-site": "same-origin", "accept-language": "fr"}
        try:
            answer = httpx2.post(address + path, data=values, headers=headers, verify=PLAIN, timeout=STUCK)
        except httpx2.TransportError:
            with self.lock:
                self.unanswered.append((path, cookie, values, what))
            return False
        assert answer.status_code < 400, f"{path}: {answer.status_code} {plain(answer.text)[:2000]}"
        with self.lock:
            self.done.append(what)
        return True

    def wait_for(self, answers: int, clients: Sequence[Future[None]], servers: Servers) -> None:
        """Until so many answers have come, however slowly; a client that raised, or a long silence, is told at once."""
        seen, since = -1, time.monotonic()
        while (now := len(self.done)) < answers:
            for client in clients:
                if client.done():
                    client.result()
            assert not all(client.done() for client in clients), f"all sent, {now} answers\n{servers.read()}"
            if now > seen:
                seen, since = now, time.monotonic()
            assert time.monotonic() - since < STUCK, f"stuck after {now} answers\n{servers.read()}"
            time.sleep(0.01)


def plain(page: str) -> str:
    return " ".join(re.sub(r"(?s)<head>.*?</head>|<[^>]*>", " ", page).split())


def cookie_of(browser: Any) -> str:
    return str(browser.client.cookies[COOKIE])


def keyed(page: Any, button: str, **typed: str) -> tuple[str, dict[str, Any]]:
    """(address, values) of a form of this page, filled, with a key of its own."""
    form = page.form(button)
    return form.get("action"), {**filled(form), **typed, "cle": str(uuid4())}


def holds(world: World) -> None:
    with world.reading() as db:
        assert checker.look(db, world.settings.folder).troubles == []


def rows(world: World) -> dict[str, list[str]]:
    with world.database.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in SQLModel.metadata.sorted_tables
        }


@contextlib.contextmanager
def widened(database: Database) -> Iterator[None]:
    """Each row of PostgreSQL takes a page to itself: whatever is written asks for room on the disk."""
    # The log that a commit would write has none either, and the whole server would stop: it is written by another.
    behind = f'ALTER DATABASE "{database.url.database}" SET synchronous_commit = off'
    # A default that may change is written at once in the rows that are there.
    column = "ballast TEXT STORAGE PLAIN DEFAULT repeat('x', 7000 + (random() * 0)::int)"
    tables = [table.name for table in SQLModel.metadata.sorted_tables]
    with database.engine.begin() as connection:
        connection.exec_driver_sql(";".join([behind, *(f'ALTER TABLE "{name}" ADD {column}' for name in tables)]))
    database.dispose()
    try:
        yield
    finally:
        with database.engine.begin() as connection:
            connection.exec_driver_sql(";".join(f'ALTER TABLE "{name}" DROP ballast' for name in tables))


@contextlib.contextmanager
def no_room(world: World) -> Iterator[None]:
    """Nothing more of the database can be written, as when a quota is reached."""
    if world.database.embedded:
        with no_file_beyond(0):
            yield
        return
    with widened(world.database):
        with_limit(world.database, "0")
        try:
            yield
        finally:
            with_limit(world.database, "unlimited")


def with_limit(database: Database, octets: str) -> None:
    """The processes that PostgreSQL starts from now on for whoever connects have this limit."""
    limit(database, "$(head -n 1 postmaster.pid)", octets)
    database.dispose()


def limit(database: Database, process: str, octets: str) -> None:
    """No file of this process of PostgreSQL grows beyond."""
    run_there(database, f"prlimit --pid {process} --fsize={octets}:")


def run_there(database: Database, command: str) -> None:
    """PostgreSQL runs this in its own folder, as its own user: nothing is asked of the account that runs tests."""
    tell(database, f"COPY (SELECT WHERE false) TO PROGRAM '{command}'")


def tell(database: Database, *statements: str) -> Any:
    """Tell PostgreSQL, beside the connections of the application; what the last one answers."""
    engine = sa.create_engine(database.url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            answer = connection.exec_driver_sql(statement)
        return answer.scalar_one() if answer.returns_rows else None


@contextlib.contextmanager
def no_file_beyond(octets: int) -> Iterator[None]:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
