"""The code of a paper letter: ten characters that survive being read aloud, copied by hand and typed on a phone.

The alphabet has no pair of look-alikes; the one of a pair that it lacks is read as the one it has (O is zero, S is
five…). 28 symbols and 10 places: 2.9 × 10¹⁴ codes, behind a rate limit.
"""

import secrets

ALPHABET = "0123456789ACDEFGHJKMNPRTVWXY"
LENGTH = 10
_READ_AS = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8", "U": "V"})


def new() -> str:
    """A code as it is kept: ten characters, no space."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """As it is printed: « K7MP 4T 9XWA »."""
    return f"{code[:4]} {code[4:6]} {code[6:]}"


def read(typed: str) -> str | None:
    """The code meant by what was typed: any case, any spaces or dashes, look-alikes forgiven. None if it cannot be one.

    >>> read("k7mp 4t-9xwa"), read("O1ab")
    ('K7MP4T9XWA', None)
    """
    kept = "".join(sign for sign in typed.upper().translate(_READ_AS) if sign.isalnum())
    return kept if len(kept) == LENGTH and all(sign in ALPHABET for sign in kept) else None
