"""Files served as they are: style sheets, scripts, fonts, icons. Their address changes when their content does."""

import functools
import hashlib
import re
from pathlib import Path
from typing import Any, cast

import brotli
from markupsafe import Markup
from servestatic import ServeStaticASGI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

# Text that every first view fetches: made as small as it can be, once by process, rather than quickly at each request.
SQUEEZED = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
FOR_EVER = "max-age=315360000, public, immutable"
# Stricter than a page's: a file, even a drawing opened alone, fetches nothing. And shorter, on each of a first view.
POLICY = "default-src 'none'; frame-ancestors 'none'"


class Assets:
    """The `static/` folder: addresses that can be cached for ever, and icons drawn in the page."""

    def __init__(self, folder: Path, prefix: str = "/static") -> None:
        self.folder = folder
        self.prefix = prefix
        self.address = functools.cache(self._address)
        self.icon = functools.cache(self._icon)
        self.squeezed = functools.cache(self._squeezed)
        self.texts = functools.cache(self._texts)

    def _address(self, name: str) -> str:
        """The address of a file, with the first characters of its SHA-256, so that it may be kept for a year."""
        digest = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
        return f"{self.prefix}/{name}?v={digest[:12]}"

    def _icon(self, name: str, label: str = "") -> Markup:
        """An icon, inline. Silent beside a word; named when it stands alone."""
        drawing = (self.folder / "vendor" / "icons" / f"{name}.svg").read_text()
        inside = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
        inside = " ".join(inside.split())
        said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg class="ico" viewBox="0 0 24 24" {}>{}</svg>').format(said, Markup(inside))  # noqa: S704 - our own

    def _squeezed(self, name: str) -> bytes:
        text = (self.folder / name).read_text("utf-8")
        small = without_layout(text) if name.endswith(".css") else text
        return bytes(brotli.compress(small.encode(), mode=brotli.MODE_TEXT, quality=11))

    def _can_squeeze(self, scope: Scope) -> str:
        """The name of the file asked for, when the browser takes it squeezed; nothing otherwise."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(f"{self.prefix}/"):
            return ""
        name = scope["path"].removeprefix(f"{self.prefix}/")
        # « br;q=0 » refuses it: with any weight, the file goes the ordinary way.
        taken = [one.strip() for one in Headers(scope=scope).get("accept-encoding", "").split(",")]
        # Only what the folder's own listing holds: a name is never followed outside of it.
        return name if "br" in taken and name in self.texts() else ""

    def _texts(self) -> frozenset[str]:
        files = (one for one in self.folder.rglob("*") if one.suffix in SQUEEZED)
        return frozenset(one.relative_to(self.folder).as_posix() for one in files)

    def serve(self, application: ASGIApp) -> ASGIApp:
        """Answer for the files, let the rest pass."""
        served: Any = ServeStaticASGI(
            cast("Any", application),
            root=self.folder,
            prefix=self.prefix,
            # Pages name a file with its fingerprint (`address`), so a browser may keep it as long as it likes.
            immutable_file_test=lambda path, url: True,
            allow_all_origins=False,
            add_headers_function=lambda headers, path, url: headers.add_header("content-security-policy", POLICY),
        )

        async def serving(scope: Scope, receive: Receive, send: Send) -> None:
            if name := self._can_squeeze(scope):
                kind = SQUEEZED[Path(name).suffix]
                headers = {"cache-control": FOR_EVER, "content-encoding": "br", "vary": "accept-encoding"}
                headers["content-security-policy"] = POLICY
                await Response(self.squeezed(name), media_type=kind, headers=headers)(scope, receive, send)
            else:
                await served(scope, receive, send)

        return serving


def without_layout(css: str) -> str:
    """A style sheet without its comments and its indentation; what stands between quotes is left as it is.

    No library does it better once squeezed: on convention.css, 10,602 octets, against 10,614 with rcssmin 1.3,
    10,613 with csscompressor 0.9 and 10,713 with lightningcss 0.3, whose rewritings repeat themselves less.
    """
    pieces = re.split(r'("[^"]*")', re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    for n in range(0, len(pieces), 2):
        pieces[n] = re.sub(r"\s+", " ", pieces[n])
        pieces[n] = re.sub(r" ?([{};,]) ?", r"\1", pieces[n]).replace(": ", ":").replace(";}", "}")
    return "".join(pieces)
