"""A visit: who comes, to which convention, in which language. It is what every handler receives."""

import dataclasses
import datetime as dt
import functools
import hmac
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.kit import clock, i18n, ids, pages
from convention.kit.db import Database, Session
from convention.kit.errors import NotFound
from convention.people import queries
from convention.people.models import GUARDED, Person, RoleKind, SignIn
from convention.settings import Settings

COOKIE = "convention"
DISPLAY_COOKIE = "confort"
# Whether the last person who came in with this browser said that it is hers: what she leaves there depends on it.
DEVICE_COOKIE, HERS, LENT = "appareil", "sien", "prete"
DEVICE_KNOWN = dt.timedelta(days=395)
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Display:
    """How this reader likes her pages (DESIGN, modes). Kept in one small cookie, on this device only."""

    mode: str = ""
    size: str = ""
    font: str = ""
    language: str = ""

    CHOICES = {
        "mode": ("", "clair", "sombre", "contraste"),
        "size": ("", "grande", "tres-grande"),
        "font": ("", "appareil"),
        "language": ("", *i18n.LANGUAGES),
    }

    @classmethod
    def read(cls, kept: str) -> "Display":
        given = {name: values[-1] for name, values in parse_qs(kept).items()}
        return cls(**{name: given[name] for name, known in cls.CHOICES.items() if given.get(name) in known})

    def kept(self) -> str:
        return urlencode({name: value for name, value in dataclasses.asdict(self).items() if value})


@dataclasses.dataclass
class Visit:
    """One request, with what it may read and write and who asks."""

    request: Request
    session: Session
    form: FormData
    convention: Convention
    sign_in: SignIn | None
    person: Person | None
    roles: frozenset[RoleKind]
    display: Display
    language: str
    at: dt.datetime
    # Who has given her code or her password, and not yet the second factor that her roles ask for: nobody, so far.
    waiting: Person | None = None

    # -- who ---------------------------------------------------------------------------------------------------

    @property
    def db(self) -> Session:
        return self.session

    @property
    def me(self) -> Person:
        """The person signed in, on pages that only signed-in people enter."""
        assert self.person is not None, "this door should have asked for a signed-in person"
        return self.person

    def is_a(self, *kinds: RoleKind) -> bool:
        return bool(self.roles.intersection(kinds))

    @property
    def device(self) -> str:
        """What her unsent words are kept under on a device: it says nothing of her, and nobody else's pages know it."""
        who = f"{self.convention.id}:{self.me.id}"
        return f"brouillon:{ids.keyed(self.settings.secret, 'device', who)[:24]}"

    @property
    def device_is(self) -> str:
        """`HERS` or `LENT`, as was said when somebody last came in with it; nothing on a device nobody came in with."""
        said = self.request.cookies.get(DEVICE_COOKIE, "").partition(".")[0]
        return said if said in (HERS, LENT) else HERS if self.person else ""

    def own_device(self, person: Person) -> str:
        """What the cookie says on this person's own device. Who never came in as her cannot write it."""
        return f"{HERS}.{ids.keyed(self.settings.secret, 'own device', f'{self.convention.id}:{person.id}')}"

    def knows_as_hers(self, person: Person) -> bool:
        said = self.request.cookies.get(DEVICE_COOKIE, "")
        return hmac.compare_digest(said.encode(), self.own_device(person).encode())

    @property
    def author_key(self) -> str:
        return f"{self.convention.id}:{self.person.id if self.person else ''}"

    # -- what is asked -----------------------------------------------------------------------------------------

    def path(self, name: str) -> Any:
        """A part of the address, as its convertor reads it."""
        return self.request.path_params[name]

    def query(self, name: str, *, most: int = 200) -> str:
        """A question in the address: one line, cleaned, never longer than `most`."""
        from convention.kit.forms import clean

        return " ".join(clean(self.request.query_params.get(name, "")).split())[:most]

    def page_number(self) -> int:
        """`?page=`: a number from 1 to 10,000, 1 when it is not one."""
        asked = self.request.query_params.get("page", "1")
        return max(1, min(int(asked), 10_000)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1

    @property
    def settings(self) -> Settings:
        settings: Settings = self.request.app.state.settings
        return settings

    @property
    def database(self) -> Database:
        database: Database = self.request.app.state.database
        return database

    # -- where to ----------------------------------------------------------------------------------------------

    def url(self, name: str, **parts: Any) -> str:
        """The address of a page of this site, from its route's name; `query` adds what follows the « ? »."""
        query: Mapping[str, Any] = parts.pop("query", {})
        address = str(self.request.app.state.house.url(name, parts))
        if not query:
            return address
        asked = urlencode({key: value for key, value in query.items() if value not in ("", None, ())}, doseq=True)
        return f"{address}?{asked}" if asked else address

    def address(self, name: str, **parts: Any) -> str:
        """The same, whole: for mails, feeds and files."""
        return base_address(self.convention, self.settings) + self.url(name, **parts)

    @functools.cached_property
    def menu(self) -> list["MenuLink"]:
        return _links(self, self.request.app.state.menu)

    @functools.cached_property
    def desk(self) -> list["MenuLink"]:
        return _links(self, self.request.app.state.desk)

    @property
    def languages(self) -> list["MenuLink"]:
        return [
            MenuLink(name, self.url("portal.speak", language=code), "true" if code == self.language else None, code)
            for code, name in i18n.LANGUAGES.items()
        ]

    @property
    def notice(self) -> tuple[str, str] | None:
        """A message shown once after an action: its code is in the address, its words are ours."""
        said = self.request.app.state.notices.get(self.request.query_params.get("fait", ""))
        return ("ok", str(said)) if said else None

    # -- the answer --------------------------------------------------------------------------------------------

    def draw(self, template: str, *, block: str | None = None, **context: Any) -> str:
        """A template, with what every page knows."""
        pages_of_app: pages.Pages = self.request.app.state.pages
        return pages_of_app.render(template, block, {"visit": self, "url": self.url, "new_key": uuid4, **context})

    def page(self, template: str, *, block: str | None = None, status: int = 200, **context: Any) -> Response:
        """A page; or, when htmx asks for a part, this block of it."""
        part = block if block and pages.wants_part(self.request) else None
        body = self.draw(template, block=part, status=status, **context)
        return pages.respond(body, status, private=self.person is not None)


@dataclasses.dataclass(frozen=True)
class MenuLink:
    name: str
    address: str
    current: str | None
    code: str = ""


def _links(visit: Visit, menu: Any) -> list[MenuLink]:
    here = visit.request.url.path
    links = []
    for label, name, under, audience in menu:
        if audience.why_not_enter(visit):
            continue
        address = visit.url(name)
        inside = here == address or any(here.startswith(prefix) for prefix in under)
        links.append(MenuLink(str(label), address, "page" if here == address else "true" if inside else None))
    return links


def base_address(convention: Convention, settings: Settings) -> str:
    """« https://convention.montpellier.fr ». Never taken from the request: a forged Host must not reach a mail."""
    return f"https://{convention.host}" if convention.host and not settings.demo else settings.base_url.rstrip("/")


NOBODY_YET = Convention(title="Convention", question="", city="", created_at=dt.datetime(2023, 1, 1, tzinfo=dt.UTC))


def welcome(request: Request, session: Session, form: FormData) -> Visit:
    """Who comes, and where. One query for the convention, one for the person, one for her roles."""
    visit = unknown(request, session, form)
    visit.convention = convention = conventions.of_host(session, request.url.hostname or "") or NOBODY_YET
    if token := request.cookies.get(COOKIE):
        found = queries.signed_in(session, convention.id, ids.fingerprint(token), visit.at)
        if found:
            visit.sign_in, person = found
            roles = queries.roles(session, convention.id, person.id)
            if visit.settings.second_factor and roles & GUARDED and visit.sign_in.second_factor_at is None:
                visit.waiting = person
            else:
                visit.person, visit.roles = person, roles
    return visit


def unknown(request: Request, session: Session, form: FormData) -> Visit:
    """Somebody, somewhere: for the page that says that the database does not answer. Nothing is asked of it."""
    display = Display.read(request.cookies.get(DISPLAY_COOKIE, ""))
    language = display.language or i18n.preferred(request.headers.get("accept-language", ""))
    return Visit(request, session, form, NOBODY_YET, None, None, frozenset(), display, language, clock.now())


def found(thing: T | None) -> T:
    """The thing, or the page that says there is nothing here."""
    if thing is None:
        raise NotFound
    return thing


def set_cookie(response: Response, visit: Visit, name: str, value: str, *, seconds: int | None) -> None:
    """The one way a cookie is set: not for scripts, not for other sites, not for plain HTTP outside the demo."""
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="lax", secure=visit.settings.secure, path="/"
    )


def clear_cookie(response: Response, visit: Visit, name: str) -> None:
    response.delete_cookie(name, httponly=True, samesite="lax", secure=visit.settings.secure, path="/")
