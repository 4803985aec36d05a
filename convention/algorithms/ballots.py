"""Ballots as bytes, and the counts that every method starts from.

One ballot is one short run of bytes: nothing in it tells who, when or in what order, and a million of them are counted
in a fraction of a second.

    yes-no                                one byte: 0 yes, 1 no, 2 abstention, 3 blank
    approval, multi-vote, equal-shares    a byte per option: 1 chosen, 0 not
    majority-judgment, score              a byte per option: place on the scale from the worst, 255 no opinion
    schulze, irv                          a byte per option: 0 for the first rank, 255 left out (tied last)

All counts are whole numbers: numpy counts in 64 bits, and a box that could overflow them is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convention.algorithms.decision import Method as Method
from convention.kit.i18n import gettext as _

Bytes = NDArray[np.uint8]

LEFT_OUT = 255
CHOICES = ("yes", "no", "abstention", "blank")
MARKS = (Method.APPROVAL, Method.MULTI_VOTE, Method.EQUAL_SHARES)
GRADES = (Method.MAJORITY_JUDGMENT, Method.SCORE)
RANKINGS = (Method.SCHULZE, Method.IRV)
MOST_OPTIONS = 254
MOST_BALLOTS = 2**53  # below this, 64-bit sums are exact, and so are the doubles that sort purses in equal shares


def pack(method: Method, options: Sequence[str], choice: Any, scale: Sequence[str | int] = ()) -> bytes:
    """One ballot as bytes. `choice` is one of `CHOICES`, a collection of options, a map option → grade, or a ranking.

    A ballot that says something the poll does not offer is refused with a sentence.
    """
    if method is Method.YES_NO:
        if choice not in CHOICES:
            raise ValueError(_("« {choice} » n’est pas une réponse proposée.").format(choice=choice))
        return bytes([CHOICES.index(choice)])
    places = {option: place for place, option in enumerate(options)}
    cells = bytearray([0 if method in MARKS else LEFT_OUT] * len(options))

    def put(option: str, cell: int, seen: set[str]) -> None:
        if option not in places:
            raise ValueError(_("« {option} » n’est pas une option de ce scrutin.").format(option=option))
        if option in seen:
            raise ValueError(_("« {option} » est citée deux fois.").format(option=option))
        seen.add(option)
        cells[places[option]] = cell

    seen: set[str] = set()
    if method in MARKS:
        for option in choice:
            put(option, 1, seen)
    elif method in GRADES:
        for option, grade in choice.items():
            if grade is not None and grade not in scale:
                raise ValueError(_("« {grade} » n’est pas une mention de l’échelle.").format(grade=grade))
            put(option, LEFT_OUT if grade is None else list(scale).index(grade), seen)
    else:
        for rank, tied in enumerate(choice):
            for option in tied:
                put(option, rank, seen)
    return bytes(cells)


def unpack(method: Method, options: Sequence[str], ballot: bytes, scale: Sequence[str | int] = ()) -> Any:
    """What a packed ballot says, in the words `pack` takes: the way back, for the published box."""
    if method is Method.YES_NO:
        return CHOICES[ballot[0]]
    cells = dict(zip(options, ballot, strict=True))
    if method in MARKS:
        return [option for option in options if cells[option]]
    if method in GRADES:
        return {option: scale[cell] for option, cell in cells.items() if cell != LEFT_OUT}
    ranks = sorted(set(cells.values()) - {LEFT_OUT})
    return [[option for option in options if cells[option] == rank] for rank in ranks]


@dataclass(frozen=True, eq=False)
class Box:
    """A ballot box: `columns[o]` holds what each ballot says of option `o`; `counts` how often each line was cast."""

    options: tuple[str, ...]
    columns: Bytes
    counts: NDArray[np.int64] | None = None

    @classmethod
    def of(cls, options: Sequence[str], ballots: bytes | Iterable[bytes], counts: Sequence[int] | None = None) -> "Box":
        """The box of these packed ballots; for yes-no, `options` is any single name."""
        joined = ballots if isinstance(ballots, bytes) else b"".join(ballots)
        if not options or len(joined) % len(options):
            raise ValueError(_("Un bulletin n’a pas la longueur attendue."))
        lines = np.frombuffer(joined, dtype=np.uint8).reshape(-1, len(options))
        if counts is not None:
            if len(counts) != len(lines) or any(count < 1 for count in counts):
                raise ValueError(_("Chaque bulletin doit être compté au moins une fois."))
            if sum(counts) >= MOST_BALLOTS:
                raise ValueError(_("Il y a plus de bulletins que ce compteur ne peut en compter exactement."))
        return cls(
            options=tuple(options),
            columns=np.ascontiguousarray(lines.T),
            counts=None if counts is None else np.array(counts, dtype=np.int64),
        )

    @property
    def cast(self) -> int:
        """How many ballots were cast, blank ones included."""
        return self.columns.shape[1] if self.counts is None else int(self.counts.sum())

    def number(self, which: NDArray[np.bool_]) -> int:
        """How many ballots are among `which`."""
        return int(np.count_nonzero(which)) if self.counts is None else int(self.counts[which].sum())

    def blank(self, empty: int) -> int:
        """How many ballots say nothing of any option: all their bytes are `empty`."""
        return self.number((self.columns == empty).all(axis=0))


def count_choices(box: Box) -> dict[str, int]:
    """How many said yes, no, abstention, blank."""
    counts = {choice: box.number(box.columns[0] == code) for code, choice in enumerate(CHOICES)}
    _all_read(box, sum(counts.values()))
    return counts


def count_marks(box: Box) -> dict[str, int]:
    """How many ballots chose each option."""
    counts = {}
    for option, column in zip(box.options, box.columns, strict=True):
        counts[option] = box.number(column == 1)
        _all_read(box, counts[option] + box.number(column == 0))
    return counts


def count_grades(box: Box, grades: int) -> tuple[dict[str, tuple[int, ...]], dict[str, int]]:
    """For each option, how many gave each grade from the worst, and how many gave none."""
    counts, missing = {}, {}
    for option, column in zip(box.options, box.columns, strict=True):
        counts[option] = tuple(box.number(column == grade) for grade in range(grades))
        missing[option] = box.number(column == LEFT_OUT)
        _all_read(box, sum(counts[option]) + missing[option])
    return counts, missing


def count_pairs(box: Box) -> dict[tuple[str, str], int]:
    """For each pair (a, b), how many ballots rank a above b. Options left out are tied last."""
    columns = dict(zip(box.options, box.columns, strict=True))
    return {(a, b): box.number(columns[a] < columns[b]) for a in box.options for b in box.options if a != b}


def _all_read(box: Box, read: int) -> None:
    # A byte that means nothing is never dropped in silence: the count stops.
    if read != box.cast:
        raise ValueError(_("Un bulletin de l’urne porte une marque qui n’existe pas dans ce scrutin."))
