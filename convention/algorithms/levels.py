"""Levels: an order in which equals stand together. No method here ever separates a tie in silence."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

Levels = tuple[tuple[str, ...], ...]


def by_value(options: Sequence[str], value: Callable[[str], Any]) -> Levels:
    """The options grouped by equal value, highest first; inside a level, in the order given."""
    values = sorted({value(option) for option in options}, reverse=True)
    return tuple(tuple(option for option in options if value(option) == v) for v in values)


def drawn(tied: Sequence[str], seed: str) -> tuple[str, ...]:
    """Tied options in the order of a public draw: by the SHA-256 of the seed and the option's name.

    The seed's own SHA-256 is published before the vote opens and the seed once it has closed: nobody could choose it
    after seeing the result, and everyone can draw again at home.
    """
    return tuple(sorted(tied, key=lambda option: hashlib.sha256(f"{seed}\n{option}".encode()).digest()))
