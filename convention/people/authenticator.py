"""The second factor: six digits that change every thirty seconds (TOTP, RFC 6238), from an application on a phone.

What is kept is encrypted under the server's key (AES, by passlib), so that the table alone makes no code.
"""

import datetime as dt
import functools
from typing import Any

from passlib import totp

# One step of thirty seconds on each side: a phone's clock drifts.
WINDOW = 30


@functools.cache
def _maker(secret: str) -> Any:
    return totp.TOTP.using(secrets={"1": secret})


def new(secret: str) -> str:
    """A fresh secret, as it is kept."""
    return str(_maker(secret).new().to_json())


def address(kept: str, secret: str, *, label: str, issuer: str) -> str:
    """What the application reads in the drawing: « otpauth://… ». A colon separates the two names: neither has one."""
    return str(_maker(secret).from_json(kept).to_uri(label.replace(":", " "), issuer=issuer.replace(":", " ")))


def key(kept: str, secret: str) -> str:
    """The same for whoever types instead: groups of four letters."""
    return str(_maker(secret).from_json(kept).pretty_key(sep=" "))


def code(kept: str, secret: str, at: dt.datetime) -> str:
    """What the application shows at this moment: for tests, and for whoever rehearses."""
    return str(_maker(secret).from_json(kept).generate(time=int(at.timestamp())).token)


def match(kept: str, secret: str, typed: str, *, at: dt.datetime, last_counter: int | None) -> int | None:
    """The counter of the code that was typed, or None if it is wrong, too old, or has already opened."""
    try:
        found = _maker(secret).from_json(kept).match(
            typed, time=int(at.timestamp()), window=WINDOW, last_counter=last_counter
        )  # fmt: skip
    except totp.TokenError:
        return None
    return int(found.counter)
