import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.people.models import Person

FIRST, SECOND, DECIDED = 1, 2, 3

Ballot = tuple[str, ...]  # one answer per question, in their order


class PaperEntry(SQLModel, table=True):
    """What one person keyed of a pile of ballots, in the order of the pile; `place` 3 is what the paper says.

    Destroyed when the poll is sealed or cancelled. Ballots are bytes: a backup leaves them out, as it does boxes.
    No date: who voted on paper is on the roll, and nothing here says whose ballot is whose.
    """

    __tablename__ = "paper_entry"

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)
    pile: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    convention_id: UUID = Field(foreign_key="convention.id")
    person_id: UUID = Field(foreign_key="person.id")
    ballots: bytes = Field(default=b"", sa_type=sa.LargeBinary)
    finished: bool = False

    @property
    def keyed(self) -> list[Ballot]:
        return [tuple(one) for one in json.loads(self.ballots)] if self.ballots else []

    @keyed.setter
    def keyed(self, ballots: Sequence[Ballot]) -> None:
        self.ballots = json.dumps(ballots).encode()


class Pile(NamedTuple):
    """A pile of ballots, with who keyed it. What they keyed is compared once both have finished, not before."""

    number: int
    entries: dict[int, tuple[PaperEntry, Person]]

    def of(self, person: Person) -> PaperEntry | None:
        """What this person is keying of it, or has keyed."""
        mine = (entry for place, (entry, by) in self.entries.items() if place != DECIDED and by.id == person.id)
        return next(mine, None)

    @property
    def keyers(self) -> dict[UUID, str]:
        """Who is keying it, or has keyed it, by name."""
        return {by.id: by.name for place, (_entry, by) in self.entries.items() if place != DECIDED}

    @property
    def is_keyed(self) -> bool:
        return all(place in self.entries and self.entries[place][0].finished for place in (FIRST, SECOND))

    @property
    def both(self) -> tuple[list[Ballot], list[Ballot]]:
        assert self.is_keyed, "nobody compares what is still being keyed"
        return self.entries[FIRST][0].keyed, self.entries[SECOND][0].keyed

    @property
    def differing(self) -> list[int]:
        """The places, from zero, of the ballots that the two entries read differently."""
        first, second = self.both
        return [place for place, (one, other) in enumerate(zip(first, second, strict=True)) if one != other]

    @property
    def agreed(self) -> list[Ballot] | None:
        """Its ballots, once nobody doubts them."""
        if DECIDED in self.entries:
            return self.entries[DECIDED][0].keyed
        if self.is_keyed:
            first, second = self.both
            return first if first == second else None
        return None

    @property
    def another_number(self) -> bool:
        """Both have finished, and not with as many ballots: one of them skipped a sheet, or keyed one twice."""
        return self.is_keyed and len(self.both[0]) != len(self.both[1])

    @property
    def to_decide(self) -> bool:
        return self.is_keyed and self.agreed is None and not self.another_number
