"""What is confided, sealed: authenticated encryption (Fernet) under a key made from the server's own."""

import base64
import functools
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken

from convention.kit import ids


@functools.cache
def _lock(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(ids.keyed(secret, "care", "vault"))))


def seal(secret: str, said: Mapping[str, str]) -> str:
    """As it is kept. Never twice the same, and padded: its length does not say who needs a lot."""
    words = json.dumps(dict(said), ensure_ascii=False)
    size = len(words.encode())
    return _lock(secret).encrypt((words + " " * (-size % 1024)).encode()).decode()


def unseal(secret: str, sealed: str) -> dict[str, str] | None:
    """What was said, or None when the server's key is no longer the one that sealed it."""
    try:
        said: dict[str, str] = json.loads(_lock(secret).decrypt(sealed.encode()))
    except InvalidToken:
        return None
    return said
