import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _
from convention.proposals.models import Section
from convention.voting.models import Subject

# What polls are held on.
KIND = "amendment"
ANSWER = "amendment-answer"
ADDRESS = "/amendements/{number}"
TEXT_LENGTH = 1200
REASON_LENGTH = 600


class Kind(enum.StrEnum):
    """What an amendment asks."""

    REPLACE = "replace"
    ADD = "add"
    DELETE = "delete"
    REMOVE = "remove"
    NEW = "new"

    @property
    def label(self) -> str:
        return str(_KINDS[self])

    @property
    def hint(self) -> str:
        return str(_HINTS[self])


_KINDS = {
    Kind.REPLACE: _("Remplacer"),
    Kind.ADD: _("Ajouter après"),
    Kind.DELETE: _("Supprimer des mots"),
    Kind.REMOVE: _("Supprimer le paragraphe"),
    Kind.NEW: _("Nouveau paragraphe"),
}
_HINTS = {
    Kind.REPLACE: _("Changez le texte du paragraphe dans la case : il est déjà recopié."),
    Kind.ADD: _("Écrivez seulement ce qui vient à la fin du paragraphe."),
    Kind.DELETE: _("Recopiez seulement les mots à retirer, comme ils sont écrits."),
    Kind.REMOVE: _("Tout le paragraphe serait retiré, quoi que dise la case."),
    Kind.NEW: _("Écrivez un paragraphe de plus, qui sera voté séparément."),
}


class State(enum.StrEnum):
    """Where an amendment is. Only those submitted can still be decided."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    MERGED = "merged"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        return str(_STATES[self])

    @property
    def tone(self) -> str:
        """How `ui.tag` shows it."""
        return {"submitted": "info", "accepted": "ok", "merged": "ok"}.get(self, "")

    @property
    def icon(self) -> str:
        icons = {"submitted": "hourglass", "accepted": "check", "merged": "check", "superseded": "arrow-right"}
        return icons.get(self, "x")


_STATES = {
    State.SUBMITTED: _("À examiner"),
    State.ACCEPTED: _("Accepté"),
    State.MERGED: _("Réuni au texte"),
    State.REJECTED: _("Rejeté"),
    State.WITHDRAWN: _("Retiré"),
    State.SUPERSEDED: _("Sans objet"),
}


class Amendment(SQLModel, table=True):
    """A change asked for. `text` is what its author wrote, for ever; what was made of it is in `final_text`."""

    __table_args__ = (
        sa.UniqueConstraint("convention_id", "number"),
        sa.Index("ix_amendment_proposal_id_state", "proposal_id", "state"),
    )

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    proposal_id: UUID = Field(foreign_key="proposal.id")
    # The paragraph, and the words it had; none for a new paragraph.
    paragraph_id: UUID | None = Field(default=None, foreign_key="paragraph.id", index=True)
    base_version_id: UUID | None = Field(default=None, foreign_key="paragraph_version.id")
    section: Section = db.choice(Section, default=Section.MEASURE)
    kind: Kind = db.choice(Kind)
    text: str = db.text()
    rationale: str = db.text()
    author_id: UUID = Field(foreign_key="person.id", index=True)
    submitted_at: dt.datetime = db.moment()
    state: State = db.choice(State, default=State.SUBMITTED)
    # The one this takes the place of, written again on a newer version.
    follows_id: UUID | None = Field(default=None, foreign_key="amendment.id")
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    # Decided by the facilitators for those who write the proposal: it is said.
    on_behalf: bool = False
    # Written on paper by its author, typed by this person of the facilitators: it is said.
    typed_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: dt.datetime | None = db.moment(nullable=True)
    decision_reason: str = db.text()
    # The poll that decided. While the state is « submitted », it has adopted words that do not fit any more.
    poll_number: int | None = None
    final_text: str = db.text()
    version_id: UUID | None = Field(default=None, foreign_key="paragraph_version.id")

    @property
    def subject(self) -> Subject:
        """How the polls know it."""
        return Subject(KIND, self.id)

    @property
    def answer(self) -> Subject:
        """What was answered to it, as moderation knows it: other words, and other people's."""
        return Subject(ANSWER, self.id)

    @property
    def address(self) -> str:
        return ADDRESS.format(number=self.number)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state == State.SUBMITTED
