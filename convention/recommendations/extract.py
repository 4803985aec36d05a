"""A part of an edition, for a service that answers some of its recommendations: the same words, and no others. Pure.

An extract is a tree of the same shape that says what it was taken from. It carries the fingerprint of the whole
edition: there is nothing else to compare it with.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from convention.recommendations.files import cards
from convention.recommendations.snapshot import Edition, Extract, Recommendation, Reservation, Vote, fingerprint

SUFFIXES = ("pdf", "docx", "odt", "csv", "json")


def chosen(edition: Edition, themes: Collection[str], numbers: Collection[int]) -> tuple[int, ...]:
    """The recommendations of these themes and those of these numbers, in the order of the edition, each once."""
    return tuple(
        one.number for theme, one in cards.in_order(edition) if theme.slug in themes or one.number in numbers
    )  # fmt: skip


def part(edition: Edition, numbers: Collection[int]) -> Edition:
    """The edition with these recommendations alone, their votes, and what was said of them."""
    kept = tuple(one for one in edition.recommendations if one.number in numbers)
    beside = tuple(one for one in edition.unsettled if one.number in numbers)
    votes = {(vote.poll, vote.subject) for one in (*kept, *beside) for vote in _votes(one)}
    slugs = {one.theme for one in (*kept, *beside)}
    ordered = [str(number) for number in chosen(edition, (), numbers)]
    return edition.model_copy(
        update={
            "extract": Extract(
                sha256=fingerprint(edition),
                numbers=tuple(map(int, ordered)),
                recommendations=len(edition.recommendations),
                address=f"{edition.address}/extrait?{'&'.join(f'reco={number}' for number in ordered)}",
            ),
            "recommendations": kept,
            "unsettled": beside,
            "votes": tuple(vote for vote in edition.votes if (vote.poll, vote.subject) in votes),
            "themes": tuple(theme for theme in edition.themes if theme.slug in slugs),
            "minority_positions": tuple(one for one in edition.minority_positions if _concerns(one, numbers)),
            **dict.fromkeys(
                ("summary", "letter", "preamble", "method", "working_rules", "draw", "guarantors_report", "changes"), ""
            ),
            **dict.fromkeys(
                ("composition", "experts", "sittings", "choices", "questions", "guarantors_journal", "glossary"), ()
            ),
        }
    )


def _votes(one: Recommendation) -> Iterable[Vote]:
    said = (one.vote, *(paragraph.vote for paragraph in one.paragraphs))
    yield from (vote for vote in said if vote is not None)
    yield from (vote for paragraph in one.paragraphs for version in paragraph.versions for vote in version.votes)


def _concerns(position: Reservation, numbers: Collection[int]) -> bool:
    """Whether a minority speaks of these; one that names no proposal speaks of all, and is never left out."""
    named = re.findall(r"\d+", position.about)
    return not named or any(int(one) in numbers for one in named[:1])


def key(numbers: Sequence[int]) -> str:
    """« 3-9-12 »: these numbers, whatever the order in which they were asked for."""
    return "-".join(str(number) for number in sorted(numbers))
