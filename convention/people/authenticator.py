"""The second factor: six digits that change every thirty seconds (TOTP, RFC 6238), from an application on a phone.

What is kept is encrypted under the server's key (AES, by passlib), so that the table alone makes no code.
"""

import datetime as dt
import functools
import json
from typing import Any

from passlib import totp

from convention.kit import ids

# One step of thirty seconds on each side: a phone's clock drifts.
WINDOW = 30
FIRST = "1"  # what the first ones kept name, whatever the key


@functools.cache
def _maker(secret: str) -> Any:
    # What is kept names the key that encrypted it: under another, it would be read as noise, and no code ever be right.
    mark = _mark(secret)
    wallet = totp.AppWallet(secrets={FIRST: secret, mark: secret}, default_tag=mark)
    return totp.TOTP.using(wallet=wallet)


def _mark(secret: str) -> str:
    return ids.keyed(secret, "authenticator", "key")[:16]


def is_dead(kept: str, secret: str) -> bool:
    """Whether the server's key has changed since: nothing that her phone shows will open."""
    return json.loads(kept)["enckey"]["t"] not in (FIRST, _mark(secret))


def again(kept: str, secret: str) -> str:
    """The same, naming the key; it is left as it is when it does already."""
    found = _maker(secret).from_json(kept)
    return str(found.to_json()) if found.changed else kept


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
