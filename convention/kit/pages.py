"""Templates: one environment, whole pages for browsers and one block for htmx.

A part that htmx replaces is a block whose name is the id of the element it draws; `page(…, block="list")` sends the
whole page to a browser and that block alone to htmx. Macros are the global `ui`, known even inside a lone block.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from convention.kit import i18n, markdown, strokes, text
from convention.kit.assets import Assets


def typeset(said: object) -> str:
    """French spaces in what Python says; a template's own sentences (Markup) are set already."""
    return said if isinstance(said, Markup) else text.typeset(str(said))


def quoted(said: object, as_typed: bool = False) -> str:
    """Words that somebody of the convention wrote, in a page that may be read in another language: a voice must know.

    Every title, name of a theme or sentence that comes from the database goes through this one filter, or through
    `paragraphs` or `markdown`, which do the same for whole texts. Its spaces are set, except `as_typed`, for what is
    compared letter by letter.
    """
    words = said if isinstance(said, Markup) else str(said) if as_typed else text.in_french(str(said))
    lang = i18n.elsewhere()
    return Markup('<span lang="{}">{}</span>').format(lang, words) if lang and words else words


def quoting(sentence: str, **words: str) -> Markup:
    """A sentence of ours made outside of a template, around words that somebody wrote."""
    return escape(text.typeset(sentence)).format(**{name: quoted(said) for name, said in words.items()})


def naming(sentence: str, names: Iterable[str]) -> str:
    """A sentence of ours that quotes names said in the convention's language, as grades are: a voice must know."""
    lang = i18n.elsewhere()
    if not lang:
        return sentence
    said = escape(typeset(sentence))
    before, after = typeset(text.in_quotes("\0")).split("\0")
    for name in {*names, *map(text.in_french, names)}:
        heard = Markup('{}<span lang="{}">{}</span>{}').format(before, lang, name, after)
        said = said.replace(escape(before + name + after), heard)
    return said


def paragraphs(words: str) -> Markup:
    return text.paragraphs(words, i18n.elsewhere())


def date(day: dt.date | dt.datetime, pattern: str = "long") -> str:
    return text.unbroken(text.date(day, pattern))


def moment(at: dt.datetime) -> str:
    return text.unbroken(text.moment(at))


FILTERS = {
    "date": date,
    "hour": text.hour,
    "moment": moment,
    "length_of_time": text.length,
    "number": text.number,
    "percent": text.percent,
    "size": text.size,
    "days": text.days,
    "ordinal": text.ordinal,
    "series": text.series,
    "paragraphs": paragraphs,
    "whole": text.whole,
    "groups": text.groups,
    "typeset": typeset,
    "quoted": quoted,
    "naming": naming,
    "in_french": text.in_french,
    "unbroken": text.unbroken,
    "markdown": markdown.html,
}


@functools.cache
def _ready(language: str, said: str, marked: bool, filled: bool) -> str:
    # A template's sentence, its spaces set so that no « ? » begins a line; what nothing fills has its « %% » read.
    ready = Markup(text.typeset(said)) if marked else text.typeset(said)  # noqa: S704 - a template's own words
    return ready if filled else ready % {}


@jinja2.pass_eval_context
def _said(context: EvalContext, message: str, /, **variables: Any) -> str:
    """A template's sentence in the reader's language. Jinja's own does the same, and asks again each time."""
    ready = _ready(i18n.language(), i18n.gettext(message), context.autoescape, bool(variables))
    return ready % variables if variables else ready


@jinja2.pass_eval_context
def _said_of(context: EvalContext, singular: str, plural: str, n: int, /, **variables: Any) -> str:
    ready = _ready(i18n.language(), i18n.ngettext(singular, plural, n), context.autoescape, True)
    return ready % {"num": n, **variables}


# Parts drawn from their arguments alone, again and again in a list: each is drawn once in each language.
KEPT = ("grade", "line", "tag", "vmini")


def _kept(macro: Callable[..., str]) -> Callable[..., str]:
    # `typed`: words that are markup and the same words that are not are two different things.
    @functools.lru_cache(maxsize=2000, typed=True)
    def drawn(language: str, *arguments: Any, **named: Any) -> str:
        return macro(*arguments, **named)

    def draw(*arguments: Any, **named: Any) -> str:
        try:
            hash((arguments, *named.values()))
        except TypeError:  # lists, which may change
            return macro(*arguments, **named)
        return drawn(i18n.language(), *arguments, **named)

    return draw


class _Compiled(jinja2.BytecodeCache):
    """Templates already compiled by this process: a second application (each test makes one) compiles none again."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = (bucket.checksum, bucket.bytecode_to_string())


COMPILED = _Compiled()


class Pages:
    """The templates of one application."""

    def __init__(self, folder: Path, assets: Assets, shared: Mapping[str, Any]) -> None:
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            autoescape=jinja2.select_autoescape(("html", "xml")),
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=COMPILED,
        )
        environment: Any = self.environment
        environment.newstyle_gettext = True
        self.environment.globals.update(_=_said, gettext=_said, ngettext=_said_of)
        self.environment.filters.update(FILTERS)
        self.environment.tests["ours"] = i18n.ours
        self.environment.globals.update(static=assets.address, icon=assets.icon, strokes=strokes, **shared)
        self.environment.globals["elsewhere"] = i18n.elsewhere
        self.environment.globals["ui"] = self._macros

    @functools.cached_property
    def _macros(self) -> Any:
        macros: Any = self.environment.get_template("layout/parts.html").module
        for name in KEPT:
            setattr(macros, name, _kept(getattr(macros, name)))
        return macros

    def render(self, template: str, block: str | None, context: Mapping[str, Any]) -> str:
        """A page, or one of its blocks."""
        found = self.environment.get_template(template)
        if block is None:
            return found.render(context)
        return "".join(found.blocks[block](found.new_context(dict(context))))


def wants_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page: it says so itself."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") == "partial"


def respond(body: str, status: int, *, private: bool) -> HTMLResponse:
    # « private » also for visitors: the same address shows more to who is signed in.
    cache = "no-store" if private else "private, no-cache"
    return HTMLResponse(body, status, {"cache-control": cache, "vary": "Cookie, Accept-Language, HX-Request"})
