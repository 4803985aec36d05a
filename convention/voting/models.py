import dataclasses
import datetime as dt
import enum
import functools
import hashlib
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.algorithms.decision import Decision, Method, Rule
from convention.algorithms.decision import Outcome as Verdict
from convention.kit import db
from convention.kit.i18n import lazy as _

RULE = "rule"  # the subject of a vote on the rule of another poll, whose id it has


class Subject(NamedTuple):
    """What a question is about, for the slice that knows: ("paragraph-version", its id)."""

    kind: str
    id: UUID


@dataclasses.dataclass(frozen=True)
class Question:
    """A question to put to the vote. `text` is copied: what is voted cannot move. `address` is where it is read."""

    subject: Subject
    title: str
    text: str
    address: str = ""
    cost: int = 0


class Mode(enum.StrEnum):
    """How voices are collected."""

    BALLOTS = "ballots"
    NAMED = "named"
    TOTALS = "totals"

    @property
    def label(self) -> str:
        return str(_MODES[self])


_MODES = {
    Mode.BALLOTS: _("Bulletins secrets, sur téléphone ou ordinateur"),
    Mode.NAMED: _("Appel nominal : le choix de chaque personne est publié avec son nom"),
    Mode.TOTALS: _("Comptage dans la salle, totaux saisis par l’animation"),
}


class Paper(enum.StrEnum):
    """Whether a poll by ballots also has some on paper: then it is not sealed before they are in the box."""

    NONE = "none"
    AWAITED = "awaited"
    COUNTING = "counting"  # being keyed: how many voted so is kept, their names no more
    IN = "in"


class State(enum.StrEnum):
    """Where a poll is: never stored, read from its moments and the clock."""

    PREPARED = "prepared"
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str(_STATES[self])


_STATES = {
    State.PREPARED: _("En préparation"),
    State.PLANNED: _("Annoncé"),
    State.OPEN: _("Vote ouvert"),
    State.CLOSED: _("Fermé, résultat à venir"),
    State.SEALED: _("Résultat définitif"),
    State.CANCELLED: _("Annulé"),
}


# A list of polls reads the same few rules again and again; a rule never changes.
_rule = functools.lru_cache(maxsize=500)(Rule.from_json)


class Poll(SQLModel, table=True):
    """One vote on one or several questions, under one rule, frozen when it opens."""

    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    title: str = Field(max_length=200)
    mode: Mode = db.choice(Mode, default=Mode.BALLOTS)
    rule: str = db.text()
    rule_sha256: str = Field(default="", max_length=64)
    present: int | None = None
    entitled: int = 0
    parts: int = 1
    prepared_at: dt.datetime = db.moment()
    opens_at: dt.datetime | None = db.moment(nullable=True)
    opened_at: dt.datetime | None = db.moment(nullable=True)
    closes_at: dt.datetime | None = Field(default=None, sa_type=db.UTC, index=True, nullable=True)
    sealed_at: dt.datetime | None = db.moment(nullable=True)
    cancelled_at: dt.datetime | None = db.moment(nullable=True)
    cancelled_because: str = db.text()
    paper: Paper = Field(
        default=Paper.NONE, sa_type=db.Choice(Paper), sa_column_kwargs={"server_default": Paper.NONE.value}
    )
    paper_ballots: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    # How many were marked by hand, from the first keying on: their names are dropped then.
    paper_marked: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    paper_gap: str | None = Field(default=None, max_length=400)
    # Drawn when the rule settles ties by a public draw, told once the poll is sealed; its fingerprint is told before.
    draw_seed: str = Field(default="", max_length=64)
    # Voices counted in the room are keyed by two people, the second without seeing the first.
    by_two: bool = False
    # Who presides over an open roll call: what she says, with the others, settles a tie.
    president_id: UUID | None = Field(default=None, foreign_key="person.id")

    @property
    def awaits_paper(self) -> bool:
        return self.paper in (Paper.AWAITED, Paper.COUNTING)

    @property
    def asks_present(self) -> bool:
        """Its rule reads the number of people present; where hands are counted, it is keyed with them."""
        return bool(self.rule) and self.mode != Mode.TOTALS and self.the_rule.reads_present

    @property
    def awaits_present(self) -> bool:
        return self.present is None and self.asks_present

    @property
    def draw_sha256(self) -> str:
        """The fingerprint of the seed of its draw, published before it opens; empty where nothing is drawn."""
        return hashlib.sha256(self.draw_seed.encode()).hexdigest() if self.draw_seed else ""

    @property
    def the_rule(self) -> Rule:
        """The rule as a value; only once the poll is planned."""
        assert self.rule, f"poll {self.number} has no rule yet"
        return _rule(self.rule)

    def state(self, at: dt.datetime) -> State:
        if self.cancelled_at is not None:
            return State.CANCELLED
        if self.sealed_at is not None:
            return State.SEALED
        if self.opened_at is not None:
            return State.CLOSED if self.closes_at is not None and self.closes_at <= at else State.OPEN
        return State.PLANNED if self.rule else State.PREPARED

    def is_open(self, at: dt.datetime) -> bool:
        return self.state(at) == State.OPEN


class PollQuestion(SQLModel, table=True):
    """A question as it was put, in the words that were voted."""

    __tablename__ = "poll_question"

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)
    position: int = Field(primary_key=True)
    subject_kind: str = Field(max_length=40)
    subject_id: UUID = Field(index=True)
    title: str = db.text()
    text: str = db.text()
    address: str = db.text()
    cost: int = 0  # of a project, in a vote on a budget

    @property
    def subject(self) -> Subject:
        return Subject(self.subject_kind, self.subject_id)

    @property
    def field(self) -> str:
        """Its name in forms."""
        return f"q{self.position}"


class Elector(SQLModel, table=True):
    """A person entitled to vote. All are written when the poll opens, none later: adding one would reveal her vote.

    `part` says which roll and which box are hers: in an assembly of forty, everyone shares one.
    """

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    part: int = 0


class Roll(SQLModel, table=True):
    """Who has voted, or was given a token to: identifiers of sixteen bytes, sorted. No date, no order, no row each."""

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)
    part: int = Field(primary_key=True)
    voted: bytes = Field(default=b"", sa_type=sa.LargeBinary)
    # Those of them who voted on paper, marked by hand: so that a mark can be taken back. Dropped as keying begins.
    on_paper: bytes = Field(default=b"", sa_type=sa.LargeBinary, sa_column_kwargs={"server_default": sa.text("''")})
    # Those of them who were given a token, each with the fingerprint of her blinded key: so that a lost answer can be
    # given again. Joins nothing to a ballot; dropped when the poll is over.
    tokens: bytes = Field(default=b"", sa_type=sa.LargeBinary, sa_column_kwargs={"server_default": sa.text("''")})


class BallotBox(SQLModel, table=True):
    """What was voted: one run of bytes for all, sorted. No person, no date, no order, no row for each.

    While the poll is open, each ballot stands behind the fingerprint of a key that only its voter has, so that she can
    change it. Sealing drops these fingerprints: from then on nobody, herself included, can show what she voted, unless
    the rule gives tracking codes. `tracked` then holds each ballot whole behind its code.
    """

    __tablename__ = "ballot_box"

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)
    part: int = Field(primary_key=True)
    ballots: bytes = Field(default=b"", sa_type=sa.LargeBinary)
    receipts: bytes = Field(default=b"", sa_type=sa.LargeBinary)
    tracked: bytes = Field(default=b"", sa_type=sa.LargeBinary, sa_column_kwargs={"server_default": sa.text("''")})


class OpenCall(SQLModel, table=True):
    """An open roll call: this poll publishes names. Written when such a poll opens, for no other.

    `NamedVote` hangs on it and not on the poll: the database itself refuses a named vote in a secret poll.
    """

    __tablename__ = "open_call"

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)


class NamedVote(SQLModel, table=True):
    """What a person voted in an open roll call, in the order of its questions: kept with her name, on purpose."""

    __tablename__ = "named_vote"

    poll_id: UUID = Field(foreign_key="open_call.poll_id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    answers: list[str] = db.tree(list)


class HandCount(SQLModel, table=True):
    """What one person keyed of the voices counted in a room, where two must. Gone once the poll is over."""

    __tablename__ = "hand_count"

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)
    place: int = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    # For each question, in their order: the voices by answer, how many were present, the president's vote.
    totals: list[dict[str, int | str]] = db.tree(list)


class Result(SQLModel, table=True):
    """The result, written once when the poll is sealed. `content` is canonical JSON, `sha256` its fingerprint."""

    poll_id: UUID = Field(foreign_key="poll.id", primary_key=True)
    content: str = db.text()
    sha256: str = Field(max_length=64)


@dataclasses.dataclass(frozen=True)
class Row:
    """An answer and how many gave it, for `ui.voices`, `ui.vmini` and `ui.yesno`."""

    value: str | int
    label: str
    count: int


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a sealed poll says of one question."""

    poll_id: UUID
    number: int
    poll_title: str
    position: int
    subject: Subject
    title: str
    text: str
    address: str
    mode: Mode
    rule: Rule
    closed_at: dt.datetime
    rows: tuple[Row, ...]
    decision: Decision
    explanation: str
    sentence: str
    rule_sentences: tuple[str, ...]

    @property
    def method(self) -> Method:
        return self.rule.method

    @property
    def verdict(self) -> Verdict:
        return self.decision.outcome

    @property
    def kept(self) -> bool:
        """Kept, or adopted."""
        return self.verdict in (Verdict.KEPT, Verdict.ADOPTED)

    @property
    def middle(self) -> int | None:
        """The rank of the voice that decides, from the most favourable; None without voices or grades."""
        return self.decision.position or None

    @property
    def grade(self) -> int | None:
        return self.decision.grade

    @property
    def grade_label(self) -> str:
        return self.decision.grade_label or ""

    @property
    def keep_from(self) -> int:
        return self.rule.keep_at

    @property
    def needed(self) -> int | None:
        """Voices in favour that were needed (yes or no)."""
        return self.decision.needed

    @property
    def cast(self) -> int:
        return self.decision.cast

    @property
    def no_opinion(self) -> int:
        return self.decision.no_opinion

    @property
    def present(self) -> int:
        return self.decision.present

    @property
    def entitled(self) -> int:
        return self.decision.entitled
