"""What a test waits for in another thread, with an end: a sentence says what never came, and no suite hangs."""

import threading
import time
from collections.abc import Callable

LONGEST = 120  # seconds: far beyond what a slow machine needs; no test says how long anything takes


def until(done: Callable[[], bool], what: str) -> None:
    """Wait until this is so."""
    end = time.monotonic() + LONGEST
    while not done():
        assert time.monotonic() < end, f"after {LONGEST} seconds, still waiting for {what}"
        time.sleep(0.01)


def together(ready: threading.Barrier) -> None:
    """Wait for all those who start at the same instant."""
    try:
        ready.wait(LONGEST)
    except threading.BrokenBarrierError:
        raise AssertionError(
            f"after {LONGEST} seconds, fewer than {ready.parties} had come to start together"
        ) from None


def ended(thread: threading.Thread) -> None:
    """Wait for the end of this thread."""
    thread.join(LONGEST)
    assert not thread.is_alive(), f"after {LONGEST} seconds, {thread.name} has not ended"
