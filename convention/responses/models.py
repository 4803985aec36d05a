import dataclasses
import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import Lazy
from convention.kit.i18n import lazy as _
from convention.moderation.models import Subject

# -- the words of the answer sheet (PROCESS 4.4) -------------------------------------------------------------------


class Decision(enum.StrEnum):
    """What the authority decides on one item."""

    ACCEPTED = "retenue"
    PARTLY = "retenue-en-partie"
    UNDER_WAY = "deja-engagee"
    STUDIED = "a-l-etude"
    OUTSIDE = "hors-competence"
    REFUSED = "non-retenue"

    @property
    def label(self) -> str:
        return str(_DECISIONS[self][0])

    @property
    def hint(self) -> str:
        return str(_DECISIONS[self][1])

    @property
    def tone(self) -> str:
        return _DECISIONS[self][2]

    @property
    def icon(self) -> str:
        return _DECISIONS[self][3]


_DECISIONS: Mapping[Decision, tuple[Lazy, Lazy, str, str]] = {
    Decision.ACCEPTED: (_("Retenue"), _("Dire quand et comment"), "ok", "check"),
    Decision.PARTLY: (_("Retenue en partie"), _("Dire ce qui n’est pas retenu"), "warn", "circle-dot-dashed"),
    Decision.UNDER_WAY: (_("Déjà engagée"), _("Preuve obligatoire"), "info", "history"),
    Decision.STUDIED: (_("À l’étude"), _("Date obligatoire"), "info", "hourglass"),
    Decision.OUTSIDE: (_("Hors compétence, transmise"), _("Destinataire obligatoire"), "info", "forward"),
    Decision.REFUSED: (_("Non retenue"), _("Motif obligatoire"), "bad", "x"),
}


class Reason(enum.StrEnum):
    """Why it is not, or not wholly, accepted: the codes of Barcelona and Grenoble."""

    COMPETENCE = "competence"
    LAW = "droit"
    MEANS = "moyens"
    POLITICAL = "choix-politique"
    DONE = "deja-fait"
    VAGUE = "a-preciser"
    DUPLICATE = "doublon"
    OFF_TOPIC = "hors-sujet"

    @property
    def label(self) -> str:
        return str(_REASONS[self])


_REASONS = {
    Reason.COMPETENCE: _("Compétence : la décision revient à d’autres"),
    Reason.LAW: _("Droit : la loi ne le permet pas"),
    Reason.MEANS: _("Moyens : argent, temps ou personnes manquent"),
    Reason.POLITICAL: _("Choix politique"),
    Reason.DONE: _("Déjà fait"),
    Reason.VAGUE: _("À préciser : trop général pour décider"),
    Reason.DUPLICATE: _("Doublon d’une autre recommandation"),
    Reason.OFF_TOPIC: _("Hors sujet : en dehors de la question posée"),
}


class Progress(enum.StrEnum):
    """Where the work is, once decided (the life-cycle of Paris)."""

    NOT_STARTED = "non-demarre"
    STUDIES = "etudes"
    PROCEDURES = "procedures"
    WORKS = "mise-en-oeuvre"
    IN_SERVICE = "en-service"
    FINISHED = "termine"
    ABANDONED = "abandonne"

    @property
    def label(self) -> str:
        return str(_PROGRESS[self])

    @property
    def is_over(self) -> bool:
        """No news is expected any more."""
        return self in (Progress.FINISHED, Progress.ABANDONED)

    @property
    def tone(self) -> str:
        if self == Progress.ABANDONED:
            return "bad"
        if self in (Progress.IN_SERVICE, Progress.FINISHED):
            return "ok"
        return "dash" if self == Progress.NOT_STARTED else "info"


_PROGRESS = {
    Progress.NOT_STARTED: _("Non démarré"),
    Progress.STUDIES: _("Études"),
    Progress.PROCEDURES: _("Procédures"),
    Progress.WORKS: _("Travaux, mise en œuvre"),
    Progress.IN_SERVICE: _("Livré, en service"),
    Progress.FINISHED: _("Terminé"),
    Progress.ABANDONED: _("Abandonné"),
}


class State(enum.StrEnum):
    """Where an item's sheet is: read from its moments."""

    EMPTY = "vide"
    DRAFT = "brouillon"
    CHECKING = "visa-demande"
    CHECKED = "vise"
    SIGNED = "signe"
    PUBLISHED = "publie"

    @property
    def label(self) -> str:
        return str(_STATES[self])

    @property
    def tone(self) -> str:
        return {"visa-demande": "warn", "vise": "warn", "signe": "info", "publie": "ok"}.get(self, "dash")

    @property
    def icon(self) -> str:
        return {
            State.EMPTY: "clock",
            State.DRAFT: "pencil-line",
            State.CHECKING: "stamp",
            State.CHECKED: "stamp",
            State.SIGNED: "shield-check",
            State.PUBLISHED: "check",
        }[self]


_STATES = {
    State.EMPTY: _("À rédiger"),
    State.DRAFT: _("Brouillon"),
    State.CHECKING: _("Visa demandé"),
    State.CHECKED: _("Visa donné, accord attendu"),
    State.SIGNED: _("Accord donné, à publier"),
    State.PUBLISHED: _("Publiée"),
}

# -- who answers ---------------------------------------------------------------------------------------------------


class Department(SQLModel, table=True):
    """A service of the authority that answers for some items."""

    __table_args__ = (sa.UniqueConstraint("convention_id", "name"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    name: str = Field(max_length=120)


class Attachment(SQLModel, table=True):
    """An official answers for one department. Without a row, she sees them all."""

    __tablename__ = "department_attachment"

    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    department_id: UUID = Field(foreign_key="department.id", index=True)


# -- answers and their items ---------------------------------------------------------------------------------------


class Answer(SQLModel, table=True):
    """The answer to one recommendation of one edition. Title and theme are copies: lists read no report.

    `rating_opens_at` is written once, when it can no longer move.
    """

    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    edition: int
    recommendation_id: str = Field(default="", max_length=64)
    title: str = db.text()
    theme: str = Field(default="", max_length=60)
    theme_name: str = Field(default="", max_length=80)
    theme_colour: str = Field(default="", max_length=20)
    theme_icon: str = Field(default="", max_length=40)
    competence: str = db.text()
    handed_over_at: dt.datetime = db.moment()
    rating_opens_at: dt.datetime | None = db.moment(nullable=True)

    def theme_tag(self) -> dict[str, str]:
        """As `ui.theme` draws it."""
        return {"name": self.theme_name, "colour": self.theme_colour, "icon": self.theme_icon}


class Item(SQLModel, table=True):
    """One decision to take. `version` grows with each step of the answer: a table or a page that is late is told so."""

    __tablename__ = "answer_item"
    __table_args__ = (sa.UniqueConstraint("answer_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    answer_id: UUID = Field(foreign_key="answer.id")
    number: int
    title: str = Field(max_length=200)
    paragraphs: list[str] = db.tree(list)
    department_id: UUID | None = Field(default=None, foreign_key="department.id", index=True)
    referent: str = Field(default="", max_length=160)

    decision: Decision | None = Field(default=None, sa_type=db.Choice(Decision), nullable=True)
    reason: Reason | None = Field(default=None, sa_type=db.Choice(Reason), nullable=True)
    text: str = db.text()
    adds: str = db.text()
    deadline: dt.date | None = None
    budget: str = Field(default="", max_length=200)
    evidence: str = db.text()
    addressee: str = Field(default="", max_length=200)

    version: int = 1
    changed_at: dt.datetime = db.moment()
    changed_by: UUID | None = Field(default=None, foreign_key="person.id")
    check_asked_at: dt.datetime | None = db.moment(nullable=True)
    checked_at: dt.datetime | None = db.moment(nullable=True)
    signed_at: dt.datetime | None = db.moment(nullable=True)
    published_at: dt.datetime | None = db.moment(nullable=True)

    # After publication, whatever becomes of the sheet: first publication, what became of the transmission, the news.
    answered_at: dt.datetime | None = db.moment(nullable=True)
    sent_on: dt.date | None = None
    reply: str = db.text()
    replied_on: dt.date | None = None
    progress: Progress | None = Field(default=None, sa_type=db.Choice(Progress), nullable=True)
    news_on: dt.date | None = None

    @property
    def state(self) -> State:
        """Of the sheet being worked on; `answered_at` says whether citizens already read an answer."""
        if self.published_at is not None:
            return State.PUBLISHED
        if self.signed_at is not None:
            return State.SIGNED
        if self.checked_at is not None:
            return State.CHECKED
        if self.check_asked_at is not None:
            return State.CHECKING
        return State.DRAFT if self.decision is not None or self.text else State.EMPTY


class Act(enum.StrEnum):
    """What was done to an item's sheet, for its history."""

    SPLIT = "decoupage"
    ASSIGNED = "attribution"
    WRITTEN = "redaction"
    IMPORTED = "import"
    CHECK_ASKED = "demande-de-visa"
    RETURNED = "renvoi"
    CHECKED = "visa"
    SIGNED = "accord"
    PUBLISHED = "publication"
    REOPENED = "reprise"

    @property
    def label(self) -> str:
        return str(_ACTS[self])


_ACTS = {
    Act.SPLIT: _("Point créé"),
    Act.ASSIGNED: _("Attribuée"),
    Act.WRITTEN: _("Rédigée"),
    Act.IMPORTED: _("Rédigée dans un tableau"),
    Act.CHECK_ASKED: _("Visa demandé"),
    Act.RETURNED: _("Renvoyée en rédaction"),
    Act.CHECKED: _("Visa juridique donné"),
    Act.SIGNED: _("Accord de l’élu·e référent·e"),
    Act.PUBLISHED: _("Publiée"),
    Act.REOPENED: _("Reprise pour correction"),
}


class Step(SQLModel, table=True):
    """Who did what to a sheet, when. The history of an item: never rewritten."""

    __tablename__ = "answer_step"

    id: UUID = db.key()
    item_id: UUID = Field(foreign_key="answer_item.id", index=True)
    act: Act = db.choice(Act)
    by: UUID | None = Field(default=None, foreign_key="person.id")
    at: dt.datetime = db.moment()
    note: str = db.text()


class Publication(SQLModel, table=True):
    """What citizens read of an item: a copy made when it was published. A correction is the next number."""

    __tablename__ = "answer_publication"

    item_id: UUID = Field(foreign_key="answer_item.id", primary_key=True)
    number: int = Field(primary_key=True)
    content: dict[str, Any] = db.tree(dict)
    published_at: dt.datetime = db.moment()


@dataclasses.dataclass(frozen=True)
class Published:
    """What a publication says, read back from its copy."""

    title: str
    paragraphs: tuple[str, ...]
    department: str
    referent: str
    decision: Decision
    reason: Reason | None
    text: str
    adds: str
    deadline: dt.date | None
    budget: str
    evidence: str
    addressee: str
    number: int
    published_at: dt.datetime

    @classmethod
    def read(cls, one: Publication) -> "Published":
        kept = one.content
        return cls(
            title=kept["title"],
            paragraphs=tuple(kept["paragraphs"]),
            department=kept["department"],
            referent=kept["referent"],
            decision=Decision(kept["decision"]),
            reason=Reason(kept["reason"]) if kept["reason"] else None,
            text=kept["text"],
            adds=kept["adds"],
            deadline=dt.date.fromisoformat(kept["deadline"]) if kept["deadline"] else None,
            budget=kept["budget"],
            evidence=kept["evidence"],
            addressee=kept["addressee"],
            number=one.number,
            published_at=one.published_at,
        )

    @property
    def link(self) -> str | None:
        """The evidence, when it is an address on the web."""
        return self.evidence if self.evidence.startswith(("https://", "http://")) else None


class News(SQLModel, table=True):
    """One dated fact of the follow-up, with its evidence."""

    __tablename__ = "answer_news"

    id: UUID = db.key()
    item_id: UUID = Field(foreign_key="answer_item.id", index=True)
    progress: Progress = db.choice(Progress)
    happened_on: dt.date
    text: str = db.text()
    evidence: str = db.text()
    by: UUID = Field(foreign_key="person.id")
    at: dt.datetime = db.moment()


class Review(SQLModel, table=True):
    """The session where all the commitments are looked at again, six or twelve months after."""

    __tablename__ = "answer_review"

    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    months: int = Field(primary_key=True)
    held_on: dt.date
    text: str = db.text()
    by: UUID = Field(foreign_key="person.id")
    at: dt.datetime = db.moment()


# -- what members think of it --------------------------------------------------------------------------------------


class RatingRoll(SQLModel, table=True):
    """Who has rated an answer: identifiers, sorted. Forgotten when the rating is over."""

    __tablename__ = "rating_roll"

    answer_id: UUID = Field(foreign_key="answer.id", primary_key=True)
    rated: bytes = Field(default=b"", sa_type=sa.LargeBinary)


class RatingBox(SQLModel, table=True):
    """The marks, one byte each, sorted. No person, no date, no order, no row for each: nobody may join the two."""

    __tablename__ = "rating_box"

    answer_id: UUID = Field(foreign_key="answer.id", primary_key=True)
    marks: bytes = Field(default=b"", sa_type=sa.LargeBinary)


class Comment(SQLModel, table=True):
    """What a member writes of an answer, apart from her mark. The identifier is random, the date is a day."""

    __tablename__ = "answer_comment"
    __table_args__ = (sa.UniqueConstraint("answer_id", "author_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    answer_id: UUID = Field(foreign_key="answer.id")
    author_id: UUID = Field(foreign_key="person.id")
    text: str = db.text()
    signed: bool = False
    written_on: dt.date

    @property
    def subject(self) -> Subject:
        return Subject("comment", self.id)


class Contest(SQLModel, table=True):
    """A member does not accept an item's answer, and says why. The officials reply; the guarantors see both."""

    __tablename__ = "answer_contest"
    __table_args__ = (sa.UniqueConstraint("item_id", "author_id"),)

    id: UUID = db.key()
    item_id: UUID = Field(foreign_key="answer_item.id")
    author_id: UUID = Field(foreign_key="person.id")
    text: str = db.text()
    at: dt.datetime = db.moment()
    reply: str = db.text()
    replied_at: dt.datetime | None = db.moment(nullable=True)
    replied_by: UUID | None = Field(default=None, foreign_key="person.id")

    @property
    def subject(self) -> Subject:
        return Subject("contest", self.id)


# -- passing things ------------------------------------------------------------------------------------------------


class Import(SQLModel, table=True):
    """A spreadsheet as it was read, waiting for its sender to look at what it would change. Kept two days."""

    __tablename__ = "answer_import"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    convention_id: UUID = Field(foreign_key="convention.id")
    by: UUID = Field(foreign_key="person.id")
    name: str = Field(default="", max_length=200)
    rows: list[dict[str, Any]] = db.tree(list)
    read_at: dt.datetime = db.moment(index=True)


class Reminder(SQLModel, table=True):
    """A reminder written to somebody, each once. `days` counts from the promised date; before it, it is negative."""

    __tablename__ = "answer_reminder"

    convention_id: UUID = Field(foreign_key="convention.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    due: dt.date = Field(primary_key=True)
    days: int = Field(primary_key=True)
    written_at: dt.datetime = db.moment()
