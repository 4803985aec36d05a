"""Dates, numbers and quotes as people write them, in the language being spoken."""

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterable

from babel.dates import format_date as babel_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from convention.kit import clock, i18n
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext

NARROW = "\u202f"  # before ? ! ;
NO_BREAK = "\u00a0"  # before : » % and after «


def in_quotes(words: str) -> str:
    """« the park », with the quotation marks of the language being spoken."""
    return in_french(_("« {words} »")).format(words=words)


def date(day: dt.date | dt.datetime, pattern: str = "long") -> str:
    """« 20 janvier 2024 »; pattern "full" adds the day, or any CLDR pattern."""
    if isinstance(day, dt.datetime):
        day = clock.local(day).date()
    return _date(day, pattern, i18n.language())


# A page says the same few days again and again.
@functools.lru_cache(maxsize=2000)
def _date(day: dt.date, pattern: str, language: str) -> str:
    shown = str(babel_date(day, pattern, locale=language))
    return re.sub(r"^1 (?=\D)", "1er ", shown) if language == "fr" else shown


def hour(moment: dt.datetime | dt.time) -> str:
    """« 9 h 05 », « 14 h »."""
    if isinstance(moment, dt.datetime):
        moment = clock.local(moment).time()
    if i18n.language() == "en":
        return f"{moment.hour}:{moment.minute:02}"
    minutes = f"{NO_BREAK}{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour}{NO_BREAK}h{minutes}"


def moment(at: dt.datetime) -> str:
    """« 20 janvier 2024 à 15 h 42 »."""
    return _("{day} à {hour}").format(day=date(at), hour=hour(at))


def length(minutes: int) -> str:
    """« 20 min », « 1 h 30 »."""
    hours, left = divmod(minutes, 60)
    if not hours:
        return f"{left}{NO_BREAK}min"
    return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{left:02}" if left else "")


def number(n: int | float) -> str:
    if isinstance(n, int) and 0 <= n < 1000:
        return str(n)  # the same in all our languages
    return str(format_decimal(n, locale=i18n.language()))


def percent(part: int, whole: int) -> str:
    """« 34 % », rounded to the nearest, half up; « – » when there is no whole."""
    if whole == 0:
        return "–"
    rounded = (200 * part + whole) // (2 * whole)
    return f"{rounded}%" if i18n.language() == "en" else f"{rounded}{NO_BREAK}%"


def size(octets: int) -> str:
    """« 38 Ko », « 1,2 Mo »."""
    if octets < 1000:
        return f"{octets}{NO_BREAK}" + _("o")
    if octets < 1_000_000:
        return f"{round(octets / 1000)}{NO_BREAK}" + _("Ko")
    return number(round(octets / 1_000_000, 1)) + NO_BREAK + _("Mo")


def days(n: int) -> str:
    return ngettext("{n} jour", "{n} jours", n).format(n=n)


def alphabetical(words: str) -> str:
    """The key that puts « Aïcha » before « Alain », whatever the database thinks of accents."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign))
    return f"{plain.casefold()}\0{words}"


def ordinal(n: int) -> str:
    """« 1re », « 20e »: feminine, for a voice or a meeting."""
    if i18n.language() == "en":
        ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
        return f"{n}{ending}"
    return _("1re") if n == 1 else _("{n}e").format(n=n)


def series(words: Iterable[str]) -> str:
    """« santé, mobilité et justice »."""
    *first, last = list(words) or [""]
    return _("{first} et {last}").format(first=", ".join(first), last=last) if first else last


def paragraphs(text: str, lang: str | None = None) -> Markup:
    """Plain words as they were typed: a blank line starts a paragraph, a line end stays one."""
    start = Markup('<p lang="{}">').format(lang) if lang else Markup("<p>")
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block]
    return Markup("").join(
        start + Markup("<br>").join(escape(line) for line in block.split("\n")) + Markup("</p>") for block in blocks
    )


def whole(name: str) -> Markup:
    """« La recommandation 12 », « Édition n° 2 »: the number that ends a name stays beside its word."""
    return Markup(re.sub(r" (?=\d[\d.]*$)", NO_BREAK, str(escape(name))))  # noqa: S704 - escaped


def groups(hexadecimal: str, every: int = 8) -> str:
    """A fingerprint that the eye can compare: « 9f2c41aa 07be5d13 … »."""
    return " ".join(hexadecimal[i : i + every] for i in range(0, len(hexadecimal), every))


# Each begins where the spaces do: asked at every one of a long row of spaces, it would take their square.
_before = re.compile(r"(?<![ \u00a0\u202f])[ \u00a0\u202f]*([?!;])(?=\s|$)")
_punctuated = re.compile(r"[?!;:%€«»°]")
_percent = re.compile(r" (%(?![(\w])|€)")  # not the beginning of « %(name)s »
_colon = re.compile(r"(?<![ \u00a0\u202f])[ \u00a0\u202f]+(:)(?=\s|$)")


_obeyed = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(line: str) -> str:
    """For a terminal: a forged name could else move its cursor, and write that all is well over what is not."""
    return _obeyed.sub("\ufffd", line)


def typeset(text: str) -> str:
    """A sentence of ours, its spaces set as the language being spoken wants them."""
    return text if i18n.language() == "en" else in_french(text)


_months = "janv|févr|mars|avril|avr\\.|mai|juin|juil|août|sept|oct|nov|déc"
_day = re.compile(rf" (?:(?<=\d )|(?<=\der ))(?={_months})")
_english_day = re.compile(r"(?<=[a-z]) (?=\d{1,2}(?:,|$))")


def unbroken(shown: str) -> str:
    """« 12 décembre 2026 », « December 12, 2026 » as a page shows it: a day never ends a line without its month."""
    return (_english_day if i18n.language() == "en" else _day).sub(NO_BREAK, shown)


def in_french(text: str) -> str:
    """French spaces around double punctuation and after « n° », for words that citizens typed with plain ones."""
    if not _punctuated.search(text):  # most titles, most labels
        return text
    text = _before.sub(NARROW + r"\1", text)
    text = _percent.sub(NO_BREAK + r"\1", _colon.sub(NO_BREAK + r"\1", text))
    text = text.replace("« ", "«" + NO_BREAK).replace(" »", NO_BREAK + "»")
    return text.replace("n° ", "n°" + NO_BREAK)
