"""Words, dates and numbers as every file of an edition writes them, so that no two files can disagree.

Citizens' words are never edited. Two things only are done to them on the way to a page: what a page cannot carry is
taken out (`clean`), and the spaces that French typography keeps unbroken are marked as such (`typeset`).
"""

import datetime as dt
import operator
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from babel.dates import format_date
from pydantic import BaseModel

from convention.kit.clock import local
from convention.kit.i18n import gettext as _
from convention.kit.i18n import language, ngettext
from convention.kit.text import moment as moment  # as pages write them
from convention.kit.text import number as number
from convention.kit.text import percent as percent
from convention.kit.text import series
from convention.recommendations.snapshot import Edition, JournalEntry, JournalReply

NARROW = "\u202f"
NO_BREAK = "\u00a0"

# Forbidden in XML, invisible in a page, or able to make a reader see the words in another order than they stand.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters, less tab and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks that turn the direction of writing
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"  # marks of encodings, annotations, hidden tags
    "\ufdd0-\ufdef"
    "\ud800-\udfff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SPACE_BEFORE = re.compile(r"(?<=\S) (?=[;!?](?:\W|$))")
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_SPACE_INSIDE = re.compile(
    rf"(?<=«) | (?=[»:%€](?:\W|$))|(?<=\bn°) |(?<=\d) (?=\d{{3}}\b)|(?:(?<=\d)|(?<=\b1er)) (?=(?:{_MONTHS})\b)"
)


def clean(text: str) -> str:
    """The same words, without what a page cannot carry.

    >>> clean("avant\\x00après\\u202e, fin\\r\\nde ligne")
    'avantaprès, fin\\nde ligne'
    """
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)))


def typeset(text: str) -> str:
    """The same words, with the spaces that must not end a line made unbreakable, as French wants them.

    >>> typeset("Est-ce « utile » ?").replace(NARROW, "_").replace(NO_BREAK, "~")
    'Est-ce «~utile~»_?'
    >>> typeset("Le 1er mars 2024").replace(NO_BREAK, "~")
    'Le 1er~mars 2024'
    """
    if language() == "en":
        return text
    return _SPACE_INSIDE.sub(NO_BREAK, _SPACE_BEFORE.sub(NARROW, text))


def rewritten(edition: Edition, rewrite: Callable[[str], str]) -> Edition:
    """The edition with `rewrite` applied to each of its strings; numbers, dates and order stay."""

    def walk(branch: Any) -> Any:
        # What nothing changes is kept as it is: most branches of a long report, which would take seconds to copy.
        if isinstance(branch, str):
            return rewrite(branch)
        if isinstance(branch, tuple):
            walked = tuple(map(walk, branch))
            return walked if any(map(operator.is_not, walked, branch)) else branch
        if isinstance(branch, BaseModel):
            changed = {name: new for name, value in branch if (new := walk(value)) is not value}
            return branch.model_copy(update=changed) if changed else branch
        return branch

    copy = walk(edition)
    assert isinstance(copy, Edition)
    return copy


def paragraphs(text: str) -> tuple[str, ...]:
    """A blank line separates two paragraphs; a single line end stays inside its own.

    >>> paragraphs("Un.\\n\\n\\nDeux,\\net demi.")
    ('Un.', 'Deux,\\net demi.')
    """
    return tuple(part.strip() for part in re.split(r"\n[ \t]*\n", text.strip()) if part.strip())


def excerpt(text: str, length: int) -> str:
    """The beginning of a text, cut between two words, with an ellipsis when it is cut."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(maxsplit=1)[0].rstrip(" ,;:.") + "…"


def first_clause(text: str) -> str:
    """What a sentence says before its first full stop or colon, for a place where all of it has no room.

    >>> first_clause("Texte fictif, écrit pour l’essai : il ne reproduit rien.")
    'Texte fictif, écrit pour l’essai'
    """
    return excerpt(re.split(r"\s*[:.;!](?:\s|$)", text, maxsplit=1)[0], 90)


def day(date: dt.date) -> str:
    """« 1er février 2024 »"""
    words = format_date(date, "long", locale=language())
    return "1er" + words[1:] if language() == "fr" and date.day == 1 else words


def date_of(at: dt.datetime) -> str:
    return day(local(at).date())


def iso_day(edition: Edition) -> str:
    """The day of the edition, for machines: « 2024-03-14 »."""
    return local(edition.frozen_at).date().isoformat()


def iso_moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def share(part: int, whole: int) -> str:
    """« 52,5 % », to the tenth: 21 and 19 of 40 add up to a hundred, beside a population that has its tenth too."""
    if not whole:
        return "–"
    tenths = number((2000 * part + whole) // (2 * whole) / 10)
    return f"{tenths}%" if language() == "en" else f"{tenths}{NO_BREAK}%"


def ordinal(rank: int) -> str:
    """« 20e »"""
    if language() == "en":
        suffix = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
        return f"{number(rank)}{suffix}"
    return f"{number(rank)}{'re' if rank == 1 else 'e'}"


def missing() -> str:
    """What an empty field of the card says."""
    return _("Non renseigné")


def or_missing(text: str) -> str:
    return text if text.strip() else missing()


def titled(words: str) -> str:
    """A title that has something to read, or what an empty field says: a page without titles cannot be crossed.

    >>> titled(" \u200b ")
    'Non renseigné'
    """
    return words if any(unicodedata.category(one)[0] not in "CZM" for one in words) else missing()


def edition_name(edition: Edition) -> str:
    """« Avis citoyen, édition n° 2, 14 mars 2024 »: the running head of every page."""
    if edition.extract is not None:
        return _("Extrait de l’avis citoyen, édition n° {number}, {date}").format(
            number=edition.number, date=date_of(edition.frozen_at)
        )
    return _("Avis citoyen, édition n° {number}, {date}").format(number=edition.number, date=date_of(edition.frozen_at))


def of_how_many(edition: Edition) -> str:
    """« 3 recommandations sur 24 : les n° 3, 9 et 12. »; nothing for a whole edition."""
    if edition.extract is None:
        return ""
    n = len(edition.extract.numbers)
    return ngettext(
        "{n} recommandation sur {whole} : la n° {which}.", "{n} recommandations sur {whole} : les n° {which}.", n
    ).format(
        n=number(n), whole=number(edition.extract.recommendations), which=series(map(str, edition.extract.numbers))
    )


def beside(entry: JournalEntry) -> str:
    """What is to be known beside an entry of the guarantors' journal: what it corrects, that an answer is awaited."""
    said = []
    if entry.corrects:
        said.append(_("Corrige le n° {n}.").format(n=entry.corrects))
    if entry.corrected_by:
        said.append(_("Corrigé par le n° {n}.").format(n=entry.corrected_by))
    if entry.kind == "alert" and not entry.replies:
        said.append(_("Sans réponse de l’organisation quand l’édition a été figée."))
    return " ".join(said)


def answered_on(reply: JournalReply) -> str:
    return _("Réponse de l’organisation, {date}").format(date=date_of(reply.answered_at))


def spaced(digest: str) -> str:
    """The characters of a fingerprint in groups of eight, that the eye can compare."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
