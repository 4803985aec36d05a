"""Tokens: a right to one ballot, given to a person who is named, used by a request that names nobody. Pure.

The browser draws a vote key, and sends it *blinded*: multiplied by a factor that it alone knows. The server, which has
just marked its voter on the roll, evaluates it without reading it (RFC 9497, VOPRF, ristretto255-SHA512), with a proof
that it used the poll's one key. The browser takes its factor away: what is left is the token. Any blinded element may
come from any key, by some factor: nothing that the server has seen leads from a token to a person.

Each poll has its own key, derived from the server's secret: nothing to keep, nothing to drop.
"""

import functools
import hashlib
import hmac
from typing import NamedTuple
from uuid import UUID

from voprf import ristretto

from convention.kit import ids

ELEMENT, TOKEN, MARK = 32, 64, 16


class Evaluation(NamedTuple):
    """What the server answers to a blinded key."""

    element: bytes
    proof: bytes


@functools.lru_cache(maxsize=64)
def _server(secret: str, poll_id: UUID) -> ristretto.Evaluator:
    seed = bytes.fromhex(ids.keyed(secret, "ballot tokens", str(poll_id)))
    return ristretto.Evaluator.from_seed(seed, b"convention ballot tokens 1")


def public_key(secret: str, poll_id: UUID) -> str:
    """With which a browser checks that everyone's token is made with the same key: one of her own would tag her."""
    return _server(secret, poll_id).public_key.serialize().hex()


def evaluate(secret: str, poll_id: UUID, blinded: bytes) -> Evaluation:
    """`ValueError` if these octets are no element of the group."""
    said = _server(secret, poll_id).evaluate(ristretto.BlindedInput.deserialize(blinded)).serialize()
    return Evaluation(said[-ELEMENT:], said[:-ELEMENT])  # as voprf writes them: the proof, then the element


def holds(secret: str, poll_id: UUID, key: str, token: bytes) -> bool:
    """Whether this token was made from this vote key, for this poll."""
    return hmac.compare_digest(_server(secret, poll_id).evaluate_known_input(key.encode()), token)


def mark(person_id: UUID, blinded: bytes) -> bytes:
    """What is kept until closing, so that a lost answer can be given again: to whom, and for which blinded key."""
    return person_id.bytes + hashlib.sha256(blinded).digest()[:MARK]


def read(typed: str, length: int) -> bytes:
    """Octets written in hexadecimal; none if they are not so many."""
    try:
        octets = bytes.fromhex(typed)
    except ValueError:
        return b""
    return octets if len(octets) == length else b""
