"""The server works in several threads: what one looks for must not change what another finds."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from convention.search import words

WORDS = [f"{stem}{end}" for stem in ("surveill", "anim", "égal", "transport", "décid") for end in (
    "ance", "er", "ité", "ement", "ation", "ées", "eraient", "ions", "issaient", "euse",
)] * 6  # fmt: skip


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that interrupt each other as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_two_threads_do_not_mix_their_words(hurried: None) -> None:
    # Given what each word is kept as, when nobody else asks
    alone = [words.stems.__wrapped__(word) for word in WORDS]

    # When eight threads ask at once, then each is told the same
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(words.stems.__wrapped__, WORDS))
    assert together == alone
