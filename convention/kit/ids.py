"""Identifiers and secrets."""

import hashlib
import hmac
import secrets
import time
from uuid import UUID, uuid4

__all__ = ["fingerprint", "keyed", "token", "uuid4", "uuid7"]


def uuid7() -> UUID:
    """A time-ordered identifier (RFC 9562 §5.7), for rows whose order is no secret. Never for ballots."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF000 << 64) | (0x7000 << 64)  # version 7
    value = value & ~(0xC000 << 48) | (0x8000 << 48)  # variant
    return UUID(int=value)


def token(octets: int = 32) -> str:
    """An unguessable token, safe in an address."""
    return secrets.token_urlsafe(octets)


def fingerprint(text: str) -> str:
    """SHA-256 in hexadecimal: what we keep of a token, so that a stolen database opens no door."""
    return hashlib.sha256(text.encode()).hexdigest()


def keyed(secret: str, purpose: str, text: str) -> str:
    """HMAC-SHA-256 of a short secret: without the server's key, a stolen database cannot be searched for it."""
    return hmac.new(secret.encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()
