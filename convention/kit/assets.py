"""Files served as they are: style sheets, scripts, fonts, icons. Their address changes when their content does."""

import functools
import hashlib
from pathlib import Path
from typing import Any, cast

from markupsafe import Markup
from servestatic import ServeStaticASGI
from starlette.types import ASGIApp


class Assets:
    """The `static/` folder: addresses that can be cached for ever, and icons drawn in the page."""

    def __init__(self, folder: Path, prefix: str = "/static") -> None:
        self.folder = folder
        self.prefix = prefix
        self.address = functools.cache(self._address)
        self.icon = functools.cache(self._icon)

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

    def serve(self, application: ASGIApp) -> ASGIApp:
        """Answer for the files, let the rest pass."""
        served: Any = ServeStaticASGI(
            cast("Any", application),
            root=self.folder,
            prefix=self.prefix,
            # Pages name a file with its fingerprint (`address`), so a browser may keep it as long as it likes.
            immutable_file_test=lambda path, url: True,
            allow_all_origins=False,
        )
        return cast("ASGIApp", served)
