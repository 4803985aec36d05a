"""Words in the reader's language. French is the source; the catalogues stand beside the package.

Messages are French sentences marked with `gettext` (usually imported as `_`), `ngettext` or, in module-level
constants, `lazy`. The language is that of the request or of the mail being written: `with speaking("en"): …`.
"""

import contextlib
import contextvars
import functools
import gettext as stdlib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

# A language is offered once its catalogue is whole: half a page in each would be read well in neither.
LANGUAGES = {"fr": "Français", "en": "English"}
SOURCE = "fr"  # what our sentences are written in, and what the people of a convention write
LOCALES = Path(__file__).parent.parent / "locales"

_language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default=SOURCE)


class Catalogue(stdlib.NullTranslations):
    """A .po file read as it is: no compiled copy that could be older than its source."""

    def __init__(self, language: str) -> None:
        super().__init__()
        with (LOCALES / f"{language}.po").open("rb") as file:
            catalogue = read_po(file, locale=language)
        self._messages: dict[str, tuple[str, ...]] = {}
        for message in catalogue:
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            key = message.id if isinstance(message.id, str) else message.id[0]
            if key and forms and all(forms) and not message.fuzzy:
                self._messages[key] = forms
        self.said = frozenset(form for forms in self._messages.values() for form in forms)

    def gettext(self, message: str) -> str:
        return self._messages.get(message, (message,))[0]

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        forms = self._messages.get(singular, (singular, plural))
        return forms[1] if n != 1 and len(forms) > 1 else forms[0]


class Source(stdlib.NullTranslations):
    """French: the message is the sentence; the plural starts at two."""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return plural if n >= 2 else singular


@functools.cache
def _translations(language: str) -> stdlib.NullTranslations:
    return Source() if language == SOURCE else Catalogue(language)


def language() -> str:
    """The language being spoken: a key of `LANGUAGES`."""
    return _language.get()


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` until the end of the block."""
    token = _language.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _language.reset(token)


def elsewhere() -> str | None:
    """The language of a convention's own words, for who reads the site in another; None for who reads in that one."""
    return None if _language.get() == SOURCE else SOURCE


def ours(words: object) -> bool:
    """Whether this is a sentence of ours, translated: where nothing else tells it from what people wrote."""
    catalogue = _translations(_language.get())
    return isinstance(catalogue, Catalogue) and str(words) in catalogue.said


def gettext(message: str) -> str:
    return _translations(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for `n`; put the number in with `.format(n=n)`."""
    return _translations(_language.get()).ngettext(singular, plural, n)


class Lazy:
    """A message chosen when it is shown: for labels written once, at the top of a module."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return gettext(self.message)

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))


lazy = Lazy


def preferred(accept_language: str) -> str:
    """The best of our languages for an Accept-Language header, French when in doubt.

    >>> preferred("en-GB,en;q=0.9,fr;q=0.8")
    'en'
    """
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        wishes.append((-quality, position, tag.split("-")[0].lower()))
    return next((tag for quality, _, tag in sorted(wishes) if tag in LANGUAGES and quality < 0), SOURCE)
