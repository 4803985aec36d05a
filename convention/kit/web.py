"""From an address to an answer: doors, transactions, refusals. The only place that knows HTTP methods.

A door says its address, its handler and its audience. For each request the kit reads the form, opens one session
(reading for GET, writing for POST), asks `welcome` who comes, asks the audience whether she may enter, calls the
handler, and commits if the answer is a success. Handlers are plain functions of a visit.
"""

import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from sqlalchemy import exc as sa_exc
from sqlmodel import Field, SQLModel, col, delete
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, compile_path, replace_params

from convention.kit import clock, db, i18n, ids, room, safety
from convention.kit.errors import Gone, NotFound, Refused
from convention.kit.i18n import speaking

log = logging.getLogger("convention")


class Number(Convertor[int]):
    """A number in an address: one that a database can hold. Anything longer is an address that does not exist."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("int", Number())

FORM_LIMITS = {"max_files": 4, "max_fields": 400, "max_part_size": 1_000_000}


class Audience(Protocol):
    """Who may enter a page."""

    @property
    def name(self) -> str: ...

    def why_not_enter(self, visit: Any) -> str | None: ...


Handler = Callable[[Any], Response]


@dataclasses.dataclass(frozen=True)
class Door:
    """One method at one address."""

    method: str
    path: str
    handler: Handler
    audience: Audience
    name: str
    keyed: bool = True


def get(path: str, handler: Handler, *, audience: Audience, name: str | None = None) -> Door:
    return Door("GET", path, handler, audience, name or _name(handler))


def post(path: str, handler: Handler, *, audience: Audience, name: str | None = None, keyed: bool = True) -> Door:
    """A door that writes. `keyed`: a form sent twice with the same key is done once.

    Ballots are not keyed: a kept key would say that this person wrote at that moment. The roll makes them happen once.
    """
    return Door("POST", path, handler, audience, name or _name(handler), keyed=keyed)


def _name(handler: Handler) -> str:
    # "convention.proposals.routes" + "show" → "proposals.show"
    return f"{handler.__module__.split('.')[1]}.{handler.__name__}"


class Visit(Protocol):
    """What the kit needs to know of a visit; `convention.people.visits` makes them."""

    request: Request
    session: db.Session
    form: FormData
    language: str

    @property
    def author_key(self) -> str: ...


class Welcome(Protocol):
    """Who comes, and where: makes the visit that handlers receive."""

    def __call__(self, request: Request, session: db.Session, form: FormData) -> Any: ...


class ErrorPage(Protocol):
    """Draws a refusal: `status`, one sentence, and what was typed when there is something to keep."""

    def __call__(self, visit: Any, status: int, reason: str | None) -> Response: ...


class WriteKey(SQLModel, table=True):
    """A form that has been done: the same key gets the same answer, and nothing happens twice."""

    __tablename__ = "write_key"

    key: str = Field(primary_key=True, max_length=64)
    location: str = db.text()
    done_at: dt.datetime = db.moment(index=True)


class House:
    """The doors of the application, and what they share."""

    def __init__(
        self,
        database: db.Database,
        doors: Sequence[Door],
        *,
        welcome: Welcome,
        unknown: Welcome,
        error_page: ErrorPage,
        done: Callable[[Any], None] = lambda visit: None,
        heaviest: int = 0,
    ) -> None:
        self.database = database
        self.doors = tuple(doors)
        self.welcome = welcome
        self.unknown = unknown  # who comes when the database cannot be asked
        self.error_page = error_page
        self.done = done  # what follows any form that was done, in its transaction
        self.heaviest = heaviest  # octets a form may weigh when it says so itself; 0 for no limit
        # One for each event loop: tests have several, and a limiter belongs to the loop that made it.
        self.limiter: RunVar[anyio.CapacityLimiter] = RunVar("limiter")
        paths: dict[str, str] = {}
        for door in self.doors:
            assert paths.setdefault(door.name, door.path) == door.path, f"two addresses are named {door.name}"
        self.addresses = {name: compile_path(path)[1:] for name, path in paths.items()}

    def url(self, name: str, parts: Mapping[str, Any]) -> str:
        """The address of a page, from its door's name (a look-up: Starlette's own tries every route in turn)."""
        path, convertors = self.addresses[name]
        filled, left = replace_params(path, dict(convertors), dict(parts))
        assert not left and "{" not in filled, f"{name} is at {path}, not with {parts}"
        return filled

    def application(self, middleware: Sequence[Middleware], state: Mapping[str, Any]) -> Starlette:
        by_path: dict[str, dict[str, Door]] = {}
        for door in self.doors:
            methods = by_path.setdefault(door.path, {})
            assert door.method not in methods, f"two doors at {door.method} {door.path}"
            methods[door.method] = door
        routes: list[BaseRoute] = []
        for path, methods in by_path.items():
            # One route for each name, so that addresses can be made from either.
            for door in methods.values():
                routes.append(Route(path, self._endpoint(methods), methods=sorted(methods), name=door.name))
        application = Starlette(
            routes=routes,
            middleware=list(middleware),
            exception_handlers={HTTPException: self._astray, 500: self._broken},
        )
        for name, value in state.items():
            setattr(application.state, name, value)
        application.state.house = self
        return application

    def _endpoint(self, methods: Mapping[str, Door]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            door = methods["GET" if request.method == "HEAD" else request.method]
            form = FormData()
            if door.method == "POST":
                if safety.from_elsewhere(request.headers):
                    sentence = i18n.lazy("Ce formulaire vient d’un autre site : rien n’a été enregistré.")
                    return await self._in_thread(self._sorry, request, form, 403, sentence)
                if self.heaviest and int(request.headers.get("content-length") or 0) > self.heaviest:
                    return await self._in_thread(self._sorry, request, form, 413, None)
                try:
                    form = await request.form(**FORM_LIMITS)
                except ClientDisconnect:
                    return Response(status_code=400)
                except OSError as error:
                    # What is heavy waits on a disk while it arrives.
                    if not room.is_lacking(error):
                        raise
                    return await self._in_thread(self._interrupted, request, form, error)
            try:
                return await self._in_thread(self._answer, request, door, form)
            finally:
                await form.close()

        return endpoint

    async def _in_thread(self, function: Callable[..., Response], *arguments: Any) -> Response:
        limiter = self.limiter.get(None)
        if limiter is None:
            limiter = anyio.CapacityLimiter(self.database.threads)
            self.limiter.set(limiter)
        return await anyio.to_thread.run_sync(function, *arguments, limiter=limiter)

    def _answer(self, request: Request, door: Door, form: FormData) -> Response:
        try:
            if door.method == "GET":
                with self.database.reading() as session:
                    return self._enter(request, door, session, form)
            return self._write(request, door, form)
        except Refused as refusal:
            return self._sorry(request, form, 403, refusal.reason)
        except Gone as gone:
            return self._sorry(request, form, 410, gone.reason)
        except NotFound:
            return self._sorry(request, form, 404, None)
        except (sa_exc.DBAPIError, OSError) as error:
            if not isinstance(error, sa_exc.OperationalError) and not room.is_lacking(error):
                raise
            return self._interrupted(request, form, error)

    def _write(self, request: Request, door: Door, form: FormData) -> Response:
        with self.database.writing() as session:
            response = self._enter(request, door, session, form)
            if response.status_code >= 400 and not getattr(response, "keep", False):
                db.undo(session)
        if isinstance(response, Afterwards):
            with speaking(response.language):
                return response.draw()
        return response

    def _enter(self, request: Request, door: Door, session: db.Session, form: FormData) -> Response:
        visit = self.welcome(request, session, form)
        with speaking(visit.language):
            if reason := door.audience.why_not_enter(visit):
                status = 401 if visit.person is None else 403
                return self.error_page(visit, status, reason)
            key = _write_key(visit, door, form)
            if key and (done := _claim(session, key)):
                return RedirectResponse(done, status_code=303)
            response = door.handler(visit)
            if door.method == "POST" and door.keyed and response.status_code < 400:
                self.done(visit)
                if key:
                    _remember(session, key, response)
            elif key and (claimed := session.get(WriteKey, key)):
                # Some writes of a refused form are kept, but it is not done: sent again, it is examined again.
                session.delete(claimed)
            return response

    def _sorry(
        self,
        request: Request,
        form: FormData,
        status: int,
        reason: str | i18n.Lazy | None,
        *,
        welcome: Welcome | None = None,
    ) -> Response:
        with self.database.reading() as session:
            visit = (welcome or self.welcome)(request, session, form)
            with speaking(visit.language):
                return self.error_page(visit, status, None if reason is None else str(reason))

    def _interrupted(self, request: Request, form: FormData, error: Exception) -> Response:
        """Nothing was done, nothing is lost: a page that gives back what was sent."""
        # The door, not the address: an address may hold a token.
        door = getattr(request.scope.get("route"), "path", "?")
        if not room.is_lacking(error):
            # The database is what failed: do not ask it for the error page.
            log.exception("broken page: %s %s", request.method, door, exc_info=error)
            return self._apologize(self.unknown, request, form, None)
        # In few words: a log that swells on a full disk is of no help.
        log.error("no room left on the disk: %s %s", request.method, door)
        sentence = i18n.lazy("Le disque du site n’a plus de place : rien n’a été enregistré.")
        try:
            return self._apologize(self.welcome, request, form, sentence)
        except sa_exc.SQLAlchemyError:
            return self._apologize(self.unknown, request, form, sentence)

    def _apologize(
        self, welcome: Welcome, request: Request, form: FormData, sentence: i18n.Lazy | None
    ) -> Response:  # fmt: skip
        response = self._sorry(request, form, 503, sentence, welcome=welcome)
        response.headers.update({"retry-after": "60", "cache-control": "no-store"})
        return response

    async def _astray(self, request: Request, error: Exception) -> Response:
        # No such address, no such method, a form too large: Starlette's own refusals, in our words.
        assert isinstance(error, HTTPException)
        response = await self._in_thread(self._sorry, request, FormData(), error.status_code, None)
        response.headers.update(error.headers or {})
        return response

    async def _broken(self, request: Request, error: Exception) -> Response:
        # The door, not the address: an address may hold a token.
        door = getattr(request.scope.get("route"), "path", "?")
        log.exception("broken page: %s %s", request.method, door, exc_info=error)
        try:
            return await self._in_thread(self._sorry, request, FormData(), 500, None)
        except sa_exc.SQLAlchemyError:
            return await self._in_thread(self._apologize, self.unknown, request, FormData(), None)


def see(location: Any) -> Response:
    """Answer a POST: done, now look at that page (303)."""
    return RedirectResponse(str(location), status_code=303)


class Afterwards(Response):
    """An answer drawn once what was written is committed: a page that takes long to draw holds nobody else's turn.

    It must ask the database nothing: there is no transaction left.
    """

    def __init__(self, language: str, draw: Callable[[], Response]) -> None:
        super().__init__()
        self.language, self.draw = language, draw


def kept(response: Response) -> Response:
    """An error answer whose writes are kept all the same (a wrong code is counted)."""
    response.keep = True  # type: ignore[attr-defined]
    return response


# -- a form sent twice is done once ------------------------------------------------------------------------------


def _write_key(visit: Any, door: Door, form: FormData) -> str | None:
    sent = form.get("cle")
    if door.method != "POST" or not door.keyed or not isinstance(sent, str):
        return None
    try:
        key = UUID(sent)
    except ValueError:
        return None
    # The key belongs to its sender and its door: nobody can take another's answer by guessing a key.
    return ids.fingerprint(f"{visit.author_key}:{door.name}:{key.hex}")


def _claim(session: db.Session, key: str) -> str | None:
    """Where the first sending led, or None if this is the first. A second at the same instant waits for the first."""
    if done := session.get(WriteKey, key):
        return done.location
    if not db.added(session, WriteKey(key=key, location="", done_at=clock.now())):
        done = session.get(WriteKey, key, populate_existing=True)
        assert done is not None, "the key that stood in the way has vanished"
        return done.location
    return None


def _remember(session: db.Session, key: str, response: Response) -> None:
    done = session.get(WriteKey, key)
    assert done is not None
    done.location = response.headers.get("location", "/")


KEYS_LAST = dt.timedelta(days=2)


def forget_keys(database: db.Database) -> int:
    """Keys of forms done long ago: no browser sends them again after two days. How many."""
    with database.writing() as session:
        return session.exec(delete(WriteKey).where(col(WriteKey.done_at) < clock.now() - KEYS_LAST)).rowcount
