"""The database: one code for SQLite and PostgreSQL, and the only place that commits.

A request, a job or a command opens one session: `reading()` refuses to write, in Python and in the database itself;
`writing()` holds one transaction, committed when the block ends, rolled back if it raises. On SQLite a writing
transaction begins with BEGIN IMMEDIATE, so that two writers queue instead of failing half-way.
"""

import contextlib
import datetime as dt
import enum
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

import psycopg
import sqlalchemy as sa
import sqlmodel
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Field, SQLModel

from convention.kit import ids

# Names that migrations can rely on, whatever the database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

T = TypeVar("T")
AWAITED, TRIES = 1, 5  # seconds that a table is waited for before it is written again, and how many times
BUSY = 15  # seconds that a writer of the embedded database waits for another


class UTC(sa.types.TypeDecorator[dt.datetime]):
    """An aware datetime, in UTC, on both databases (SQLite gives back naive ones)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment without a time zone is a wall clock, not a moment"
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Choice(sa.types.TypeDecorator[Any]):
    """A `StrEnum`, kept by value: readable in the database, and no type to migrate."""

    impl = sa.String(40)
    cache_ok = True

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        # A page reads hundreds of them: making one from its value costs ten look-ups.
        self._read: dict[str | None, enum.StrEnum | None] = {None: None, **{one.value: one for one in kind}}

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return self._read[value]


def key() -> Any:
    """A primary key that follows time, for rows whose order is no secret."""
    return Field(default_factory=ids.uuid7, primary_key=True)


def moment(*, index: bool = False, nullable: bool = False) -> Any:
    """A column holding a moment. Nullable ones default to None: it has not happened."""
    if nullable:
        return Field(default=None, sa_type=UTC, index=index, nullable=True)
    return Field(sa_type=UTC, index=index)


def choice(kind: type[enum.StrEnum], *, default: enum.StrEnum | None = None, index: bool = False) -> Any:
    """A column holding one of the values of `kind`."""
    given: dict[str, Any] = {} if default is None else {"default": default}
    return Field(sa_type=Choice(kind), index=index, **given)


def text(*, default: str = "") -> Any:
    """A column holding words, of any length: forms say how many are welcome, not tables."""
    return Field(default=default, sa_type=sa.Text)


def tree(default: Callable[[], Any]) -> Any:
    """A column holding JSON."""
    return Field(default_factory=default, sa_type=sa.JSON)


class Event(Protocol):
    """What has happened: a frozen dataclass of identifiers, never of personal words."""

    @property
    def convention_id(self) -> UUID: ...


Reaction = Callable[["Session", Any], None]


class WouldWrite(AssertionError):
    """Something tried to write while reading: a bug in the page, never in what was asked."""


class Session(sqlmodel.Session):
    """A conversation with the database that can also tell what happened."""

    @property
    def reactions(self) -> Sequence[Reaction]:
        reactions: Sequence[Reaction] = self.info.get("reactions", ())
        return reactions

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self.get_bind().dialect.name

    def emit(self, happened: Event) -> None:
        """Tell what happened. Those concerned react at once, in this same transaction."""
        self.flush()
        for react in self.reactions:
            react(self, happened)


def attribute(column: Any) -> Any:
    """The column behind a model's attribute, for type checkers that see only its value."""
    return column


def joined(attribute: Any) -> ORMOption:
    """Load this relationship in the same query."""
    assert isinstance(attribute, InstrumentedAttribute)
    return joinedload(attribute)


def also(attribute: Any) -> ORMOption:
    """Load this collection in one more query for all rows."""
    assert isinstance(attribute, InstrumentedAttribute)
    return selectinload(attribute)


class Among(sa.sql.functions.FunctionElement[Any]):
    """Whether a column is one of what a query gives: the query is asked once, then each is looked up by its key.

    PostgreSQL, after thousands of rows were written and before it has counted them, would ask it again for each row.
    """

    inherit_cache = True

    def __init__(self, column: Any, query: Any) -> None:
        super().__init__(column, query.scalar_subquery())


@compiles(Among)
def _in(element: Among, compiler: sa.sql.compiler.SQLCompiler, **given: Any) -> str:
    column, query = (compiler.process(each, **given) for each in element.clauses)
    return f"{column} IN {query}"


@compiles(Among, "postgresql")
def _any(element: Among, compiler: sa.sql.compiler.SQLCompiler, **given: Any) -> str:
    column, query = (compiler.process(each, **given) for each in element.clauses)
    return f"{column} = ANY (ARRAY{query})"


class Database:
    """One database, its pool of connections, and who reacts to what happens in it."""

    def __init__(self, url: str, reactions: Sequence[Reaction] = ()) -> None:
        self.url = make_url(url)
        if self.url.drivername in ("postgres", "postgresql"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.reactions = reactions
        self.embedded = self.url.get_backend_name() == "sqlite"
        # The embedded database likes few threads: two readers and writers queue better than forty (docs/operate.md).
        self.threads = 2 if self.embedded else 10
        if self.embedded:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(self.url, self.embedded, self.threads)
        # Both databases then show a reader one instant, whatever is written while a page or a check is drawn from it.
        instant = {} if self.embedded else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = self.engine.execution_options(purpose="read", **instant)
        # SQLite has one writer; who waits for it sleeps and looks again, up to a tenth of a second too long each time.
        # In this process, writers wait for each other here instead, and are woken at once.
        self._turn = threading.RLock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one instant and cannot write: neither by mistake nor on purpose."""
        session = Session(self._reader)
        session.info["reactions"] = (_cannot_happen,)
        session.info["asked"] = {}
        event.listen(session, "before_flush", _refuse_to_flush)
        with contextlib.closing(session):
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back if it raises or if `undo` is called."""
        session = Session(self.engine.execution_options(purpose="write"), expire_on_commit=False)
        session.info["reactions"] = tuple(self.reactions)
        with self._in_turn(), contextlib.closing(session):
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextlib.contextmanager
    def _in_turn(self) -> Iterator[None]:
        # Whoever waits too long goes on all the same: the database itself then says whether it can.
        mine = self.embedded and self._turn.acquire(timeout=BUSY)
        try:
            yield
        finally:
            if mine:
                self._turn.release()

    def sweep(self, *tables: type[SQLModel]) -> None:
        """Ask the database for what it still holds of former states of these tables (docs/security.md).

        PostgreSQL writes them whole again: a mere VACUUM leaves in a page the words that nothing has covered yet.
        """
        connection = self.engine.raw_connection()
        try:
            driver = connection.driver_connection
            assert driver is not None, "a connection that was just made"
            if self.embedded:
                _cut_log(driver)
            else:
                driver.autocommit = True
                try:
                    driver.execute(f"SET lock_timeout = '{AWAITED}s'")
                    for table in tables:
                        _write_again(driver, str(table.__tablename__))
                finally:
                    # The connection goes back to the others: none of them gives up after a second.
                    driver.execute("RESET lock_timeout")
                    driver.autocommit = False
        finally:
            connection.close()

    def dispose(self) -> None:
        self.engine.dispose()


def _cut_log(driver: Any) -> None:
    # While it waits for those who read, nobody writes: a second at a time, and a backup may read for minutes.
    driver.execute(f"PRAGMA busy_timeout = {1000 * AWAITED}")
    try:
        for _try in range(TRIES):
            (is_busy, *_pages) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not is_busy:
                return
            time.sleep(AWAITED)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {1000 * BUSY}")


def _write_again(driver: Any, table: str) -> None:
    # Whoever asks for the table meanwhile waits too, a second at most: we do not stand behind a backup that reads.
    for _try in range(TRIES):
        try:
            driver.execute(f"VACUUM FULL {table}")
            return
        except psycopg.errors.LockNotAvailable:
            time.sleep(AWAITED)
    driver.execute(f"VACUUM {table}")


def once(session: Session, question: Hashable, ask: Callable[[], T]) -> T:
    """The answer, asked once in a session that only reads: parts of a page share it. One that writes asks again."""
    if "asked" not in session.info:
        return ask()
    if question not in session.info["asked"]:
        session.info["asked"][question] = ask()
    return cast("T", session.info["asked"][question])


def added(session: Session, row: SQLModel) -> bool:
    """Add a row that somebody else may be adding at this instant: whether ours is the one that stands."""
    nested = session.begin_nested()
    try:
        session.add(row)
        nested.commit()
    except sa.exc.IntegrityError:
        nested.rollback()
        return False
    return True


def undo(session: Session) -> None:
    """Forget everything done in this transaction so far."""
    session.rollback()


def _cannot_happen(session: Session, happened: Any) -> None:
    raise WouldWrite(f"{happened!r} cannot happen while reading")


def _refuse_to_flush(session: Any, context: Any, instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise WouldWrite(f"a reading session was asked to write {[*session.new, *session.dirty, *session.deleted]!r}")


def _say_no_rows(context: sa.engine.ExceptionContext) -> None:
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])


def _engine(url: sa.URL, embedded: bool, threads: int) -> Engine:
    # Errors go to the log, and the log holds nothing personal: neither parameters nor the rows that PostgreSQL quotes.
    if not embedded:
        engine = sa.create_engine(
            url, pool_size=threads, max_overflow=4, pool_pre_ping=True, pool_timeout=20, hide_parameters=True
        )
        event.listen(engine, "handle_error", _say_no_rows)
        return engine
    engine = sa.create_engine(
        url, pool_size=threads + 2, max_overflow=20, connect_args={"timeout": BUSY}, hide_parameters=True
    )  # fmt: skip

    @event.listens_for(engine, "do_connect")
    def create(_dialect: sa.Dialect, _record: Any, arguments: Any, _named: Any) -> None:
        # It holds names and addresses: for its owner only, and what SQLite writes beside it follows. Never opened when
        # it is there: closing it would take away the locks that this process holds on it.
        with contextlib.suppress(OSError):
            os.close(os.open(arguments[0], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        purpose = connection.get_execution_options().get("purpose", "write")
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if purpose == 'read' else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if purpose == "read" else "BEGIN IMMEDIATE")

    return engine
