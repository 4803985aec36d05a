"""Templates: one environment, whole pages for browsers and one block for htmx.

A part that htmx replaces is a block whose name is the id of the element it draws; `page(…, block="list")` sends the
whole page to a browser and that block alone to htmx. Macros are the global `ui`, known even inside a lone block.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from convention.kit import i18n, markdown, strokes, text
from convention.kit.assets import Assets


def typeset(said: object) -> str:
    """French spaces in what Python says; a template's own sentences (Markup) are set already."""
    return said if isinstance(said, Markup) else text.typeset(str(said))


FILTERS = {
    "date": text.date,
    "hour": text.hour,
    "moment": text.moment,
    "length_of_time": text.length,
    "number": text.number,
    "percent": text.percent,
    "size": text.size,
    "days": text.days,
    "ordinal": text.ordinal,
    "series": text.series,
    "paragraphs": text.paragraphs,
    "groups": text.groups,
    "typeset": typeset,
    "markdown": markdown.html,
}


@functools.cache
def _typeset(language: str, sentence: str) -> str:
    return text.typeset(sentence)


def _said(message: str) -> str:
    """A template's sentence, its spaces set so that no « ? » begins a line."""
    return _typeset(i18n.language(), i18n.gettext(message))


def _said_of(singular: str, plural: str, n: int) -> str:
    return _typeset(i18n.language(), i18n.ngettext(singular, plural, n))


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
        environment.install_gettext_callables(_said, _said_of, newstyle=True)
        self.environment.filters.update(FILTERS)
        self.environment.globals.update(static=assets.address, icon=assets.icon, strokes=strokes, **shared)
        self.environment.globals["ui"] = self._macros

    @functools.cached_property
    def _macros(self) -> Any:
        return self.environment.get_template("layout/parts.html").module

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
