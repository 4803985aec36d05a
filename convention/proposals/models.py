import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _
from convention.voting.models import Subject

# What polls are held on, and what the search finds; with `CARD` and `PLAIN`, what moderation may hide.
KIND = "paragraph"
FOUND_AS = "proposal"
CARD = "card"
PLAIN = "plain"
ADDRESS = "/propositions/{number}"
TITLE_LENGTH = 90
FOR_LENGTH = 80

# A paragraph that somebody writes is hers until she gives it back, or has not typed for so long.
HELD_FOR = dt.timedelta(minutes=15)


class State(enum.StrEnum):
    """Where a proposal is: the sum of its paragraphs, its withdrawal, or what took its place."""

    SUBMITTED = "submitted"
    TO_REWRITE = "to_rewrite"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SPLIT = "split"

    @property
    def label(self) -> str:
        return str(_STATES[self])

    @property
    def plural(self) -> str:
        return str(_STATES_PLURAL[self])

    @property
    def tone(self) -> str:
        """How `ui.tag` shows it."""
        return {"submitted": "info", "to_rewrite": "warn", "kept": "ok"}.get(self, "")

    @property
    def icon(self) -> str:
        icons = {"submitted": "file-text", "to_rewrite": "pencil-line", "kept": "check", "withdrawn": "x"}
        return icons.get(self, "arrow-right")

    @property
    def is_over(self) -> bool:
        """Whether its text does not change any more: withdrawn, or read elsewhere now."""
        return self in GONE


# Those whose words live on in others, and all those that are neither amended nor voted nor counted any more.
REPLACED = (State.MERGED, State.SPLIT)
GONE = (State.WITHDRAWN, *REPLACED)

_STATES = {
    State.SUBMITTED: _("Déposée"),
    State.TO_REWRITE: _("À réécrire"),
    State.KEPT: _("Gardée"),
    State.WITHDRAWN: _("Retirée"),
    State.MERGED: _("Réunie"),
    State.SPLIT: _("Partagée"),
}
_STATES_PLURAL = {
    State.SUBMITTED: _("Déposées"),
    State.TO_REWRITE: _("À réécrire"),
    State.KEPT: _("Gardées"),
    State.WITHDRAWN: _("Retirées"),
    State.MERGED: _("Réunies"),
    State.SPLIT: _("Partagées"),
}


class ParagraphState(enum.StrEnum):
    """Where a paragraph is: not decided, kept by a poll, or sent back by one."""

    PROPOSED = "proposed"
    TO_REWRITE = "to_rewrite"
    KEPT = "kept"

    @property
    def label(self) -> str:
        return str(_PARAGRAPHS[self])

    @property
    def tone(self) -> str:
        return {"proposed": "dash", "to_rewrite": "warn", "kept": "ok"}[self]


_PARAGRAPHS = {
    ParagraphState.PROPOSED: _("À voter"),
    ParagraphState.TO_REWRITE: _("À réécrire"),
    ParagraphState.KEPT: _("Gardé"),
}


class Section(enum.StrEnum):
    """The two parts of a card whose paragraphs are voted."""

    MEASURE = "measure"
    SAFEGUARD = "safeguard"

    @property
    def label(self) -> str:
        return str(_SECTIONS[self])


_SECTIONS = {Section.MEASURE: _("Mesure"), Section.SAFEGUARD: _("Garde-fous")}


class Competence(enum.StrEnum):
    """Who has the power to do it (PROCESS 4.2)."""

    METROPOLIS = "metropole"
    COMMUNES = "communes"
    STATE = "etat"
    SHARED = "partagee"
    OTHER = "autre"
    UNKNOWN = "a-preciser"

    @property
    def label(self) -> str:
        return str(_COMPETENCES[self])


_COMPETENCES = {
    Competence.METROPOLIS: _("La Métropole"),
    Competence.COMMUNES: _("Les communes"),
    Competence.STATE: _("L’État"),
    Competence.SHARED: _("Partagée entre plusieurs"),
    Competence.OTHER: _("Une autre institution"),
    Competence.UNKNOWN: _("Nous ne savons pas encore"),
}


class Proposal(SQLModel, table=True):
    """A card, as it stands. Its former versions are `CardVersion` and `ParagraphVersion`."""

    __table_args__ = (
        sa.UniqueConstraint("convention_id", "number"),
        sa.Index("ix_proposal_convention_id_theme_id_state", "convention_id", "theme_id", "state"),
        # What tells which proposals a page of the list shows: none of those before it is read.
        sa.Index(
            "ix_proposal_convention_id_number_state_theme_id_id",
            *("convention_id", "number", "state", "theme_id", "id"),
        ),
    )

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    theme_id: UUID = Field(foreign_key="theme.id", index=True)
    title: str = Field(max_length=TITLE_LENGTH)
    constat: str = db.text()
    objective: str = db.text()
    concerned: str = db.text()
    effects: str = db.text()
    indicator: str = db.text()
    competence: Competence = db.choice(Competence, default=Competence.UNKNOWN)
    competence_note: str = Field(default="", max_length=200)
    deadline: str = Field(default="", max_length=200)
    # Its number on the platform it was imported from: comments made there find it.
    there: str = Field(default="", max_length=100)
    # The first words of the measure, for lists: no list reads the paragraphs.
    excerpt: str = Field(default="", max_length=240)
    state: State = db.choice(State, default=State.SUBMITTED)
    submitted_at: dt.datetime = db.moment()
    changed_at: dt.datetime = db.moment()
    withdrawn_at: dt.datetime | None = db.moment(nullable=True)
    withdrawn_reason: str = db.text()
    # How many times its words were changed: an editor who began on an older one is told.
    revision: int = 1
    # The numbers of the proposals that took its place, when it was merged or split.
    became: list[int] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    # Written by the facilitators for a table or for a person without account: it is said wherever authors are.
    written_for: str = db.text()

    @property
    def address(self) -> str:
        """Where it is read: what the search and the polls keep."""
        return ADDRESS.format(number=self.number)

    @property
    def subject(self) -> Subject:
        """How moderation knows it."""
        return Subject(FOUND_AS, self.id)


class Author(SQLModel, table=True):
    """A person who writes a proposal; any of them may change or withdraw it."""

    __tablename__ = "proposal_author"

    proposal_id: UUID = Field(foreign_key="proposal.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    since: dt.datetime = db.moment()


class Paragraph(SQLModel, table=True):
    """A numbered paragraph (« 9.2 »). Its number stays its own, even when the paragraph is taken out."""

    __table_args__ = (sa.UniqueConstraint("proposal_id", "number"),)

    id: UUID = db.key()
    proposal_id: UUID = Field(foreign_key="proposal.id")
    section: Section = db.choice(Section)
    number: int
    state: ParagraphState = db.choice(ParagraphState, default=ParagraphState.PROPOSED, index=True)
    removed_at: dt.datetime | None = db.moment(nullable=True)
    # Where it stands in its section, when its authors moved it: its number, and its address, do not change.
    position: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Hand(SQLModel, table=True):
    """Who writes a paragraph now: one hand at a time. It closes no text: what is typed is in each one's draft."""

    __tablename__ = "paragraph_hand"

    paragraph_id: UUID = Field(foreign_key="paragraph.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    since: dt.datetime = db.moment()
    typed_at: dt.datetime = db.moment()


class Asked(enum.StrEnum):
    """Who waits for whom: a person invited to write, or one who asks to."""

    INVITED = "invited"
    TO_JOIN = "to_join"


class Invitation(SQLModel, table=True):
    """Somebody may become an author, once she accepts, or the authors do. Answered, it is no more here."""

    __tablename__ = "author_invitation"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "person_id"),)

    id: UUID = db.key()
    proposal_id: UUID = Field(foreign_key="proposal.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: Asked = db.choice(Asked)
    made_at: dt.datetime = db.moment()


class PlainText(SQLModel, table=True):
    """The same proposal in plain words (FALC). Read by all once somebody else has approved it, never before."""

    __tablename__ = "plain_text"

    id: UUID = db.key()
    proposal_id: UUID = Field(foreign_key="proposal.id", unique=True)
    text: str = db.text()
    written_by_id: UUID = Field(foreign_key="person.id", index=True)
    written_at: dt.datetime = db.moment()
    # The official text it says again: when that one changes, readers are told.
    revision: int = 1
    approved_by_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    approved_at: dt.datetime | None = db.moment(nullable=True)

    @property
    def subject(self) -> Subject:
        """How moderation knows it."""
        return Subject(PLAIN, self.id)


class ParagraphVersion(SQLModel, table=True):
    """What a paragraph says, and has said. The last one is in force; none is ever rewritten."""

    __tablename__ = "paragraph_version"
    __table_args__ = (sa.UniqueConstraint("paragraph_id", "number"),)

    id: UUID = db.key()
    paragraph_id: UUID = Field(foreign_key="paragraph.id")
    number: int
    text: str = db.text()
    written_at: dt.datetime = db.moment()
    author_id: UUID = Field(foreign_key="person.id")
    # Written by the facilitators for the authors (from paper, from the room): it is said.
    on_behalf: bool = False
    follows: UUID | None = Field(default=None, foreign_key="paragraph_version.id")
    reason: str = db.text()

    @property
    def subject(self) -> Subject:
        """How the polls know it."""
        return Subject(KIND, self.id)


class CardVersion(SQLModel, table=True):
    """What the rest of the card said: title, theme, statement of fact, objective…, at each change."""

    __tablename__ = "card_version"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "number"),)

    id: UUID = db.key()
    proposal_id: UUID = Field(foreign_key="proposal.id")
    number: int
    card: dict[str, str] = db.tree(dict)
    written_at: dt.datetime = db.moment()
    author_id: UUID = Field(foreign_key="person.id")

    @property
    def subject(self) -> Subject:
        """How moderation knows it."""
        return Subject(CARD, self.id)
