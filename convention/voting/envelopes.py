"""Keys, receipts, and the runs of bytes in which rolls and boxes are kept. Pure; docs/security.md says why.

key        sixteen signs, 80 random bits, made by the server with each form, kept nowhere but by the voter
tag        SHA-256("tag" | poll | key), 16 bytes: where her ballot stands in the box while the poll is open
receipt    SHA-256("receipt" | poll | key), 5 bytes: published after closing, says that she voted, never what
tracking   SHA-256("tracking" | tag), 60 bits: where the rule says so, published after closing beside her ballot, whole
seal       HMAC(server's secret, poll | person | key): this form was drawn for this person; kept nowhere
"""

import hashlib
import secrets
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from uuid import UUID

from convention.kit import ids

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
KEY = 16
TAG = 16
RECEIPT = 5
TRACKING = 8  # of which the last four bits are not used: twelve signs, which no one takes for a receipt's eight
PERSON = 16
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_key() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY))


def shown(code: str) -> str:
    """As it is printed: « 7F3K 92QD … »."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def read(typed: str) -> str | None:
    """The key meant by what was typed: any case, any spaces or dashes, look-alikes forgiven.

    >>> read("7f3k-92qd 7f3k-92qo"), read("7F3K")
    ('7F3K92QD7F3K92Q0', None)
    """
    kept = "".join(sign for sign in typed.upper().translate(_READ_AS) if sign.isalnum())
    return kept if len(kept) == KEY and all(sign in ALPHABET for sign in kept) else None


def tag(poll_id: UUID, key: str) -> bytes:
    return _sha256("tag", poll_id, key)[:TAG]


def part(tag: bytes, parts: int) -> int:
    """Which box a ballot goes to: chance says it, for both ways of voting, so that no box tells how a ballot came.

    Whoever brings a token is not known, hence not her roll; and the few who vote without a script would otherwise be
    alone to stand in the box of their roll.
    """
    return int.from_bytes(tag, "big") % parts


def receipt(poll_id: UUID, key: str) -> bytes:
    return _sha256("receipt", poll_id, key)[:RECEIPT]


def receipt_number(receipt: bytes) -> str:
    """« 7F3K 92QD »."""
    return _in_signs(receipt)


def tracking(tag: bytes) -> bytes:
    """Under what a ballot that stood behind this tag is published. Whoever does not have the key cannot tell."""
    return hashlib.sha256(b"tracking|" + tag).digest()[:TRACKING]


def tracking_code(tracking: bytes) -> str:
    """« 7F3K 92QD 05WX »."""
    return _in_signs(tracking)


def _in_signs(octets: bytes) -> str:
    signs, spare = divmod(8 * len(octets), 5)
    number = int.from_bytes(octets, "big") >> spare
    return shown("".join(ALPHABET[number >> 5 * place & 31] for place in range(signs - 1, -1, -1)))


def seal(secret: str, poll_id: UUID, person_id: UUID, key: str) -> str:
    return ids.keyed(secret, "ballot form", f"{poll_id}|{person_id}|{key}")[:20]


def _sha256(purpose: str, poll_id: UUID, key: str) -> bytes:
    return hashlib.sha256(f"{purpose}|{poll_id}|{key}".encode()).digest()


# -- runs of records of one length, sorted -------------------------------------------------------------------------


def split(run: bytes, length: int) -> list[bytes]:
    assert len(run) % length == 0, "a run of bytes that was cut"
    return [run[i : i + length] for i in range(0, len(run), length)]


def holds(run: bytes, beginning: bytes, length: int) -> bool:
    """Whether one of the records begins so."""
    return _place(split(run, length), beginning)[1]


def add(run: bytes, record: bytes) -> bytes:
    """The run with one record more, in its sorted place: arrival leaves no trace."""
    records = split(run, len(record))
    records.insert(bisect_left(records, record), record)
    return b"".join(records)


def remove(run: bytes, record: bytes) -> bytes:
    """The run without this record, which it holds."""
    records = split(run, len(record))
    records.remove(record)
    return b"".join(records)


def replace(run: bytes, beginning: bytes, record: bytes) -> bytes:
    """The run where the record that begins so is now this one."""
    records = split(run, len(record))
    place, found = _place(records, beginning)
    assert found, "nothing to replace"
    records[place] = record
    return b"".join(records)


def _place(records: Sequence[bytes], beginning: bytes) -> tuple[int, bool]:
    place = bisect_left(records, beginning)
    return place, place < len(records) and records[place].startswith(beginning)


def columns(run: bytes, questions: int, width: int = 1) -> list[bytes]:
    """For each question, what all the ballots say, sorted: which answers stood on one ballot is lost.

    A choice between options is one question as wide as there are options: its ballots are kept whole, sorted.
    """
    bodies = [record[TAG:] for record in split(run, TAG + questions * width)]
    return [
        b"".join(sorted(body[start : start + width] for body in bodies)) for start in range(0, questions * width, width)
    ]


def tracked(run: bytes, octets: int) -> bytes:
    """The ballots, whole, each behind its tracking code instead of its tag, sorted by code."""
    records = split(run, TAG + octets)
    return b"".join(sorted(tracking(record[:TAG]) + record[TAG:] for record in records))


def unseal(sealed: Iterable[bytes], questions: int, width: int = 1) -> list[bytes]:
    """The columns of a sealed box, all parts together."""
    joined = [b""] * questions
    for part in sealed:
        length = len(part) // questions
        for question in range(questions):
            joined[question] += part[question * length : (question + 1) * length]
    return [b"".join(sorted(split(column, width))) for column in joined]
