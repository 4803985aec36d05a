import datetime as dt
import enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.kit import db
from convention.kit.i18n import lazy as _


class Piece(enum.StrEnum):
    """The texts that somebody writes for the report; all the rest is gathered from the convention."""

    TITLE = "titre"
    SUBTITLE = "sous-titre"
    SUMMARY = "resume"
    LETTER = "lettre"
    PREAMBLE = "preambule"
    METHOD = "methode"
    COMPOSITION = "composition"
    EXPERTS = "personnes-entendues"
    QUESTIONS = "questions"
    GLOSSARY = "glossaire"
    CHANGES = "changements"
    GUARANTORS = "garants"

    @property
    def label(self) -> str:
        return str(_PIECES[self])

    @property
    def most(self) -> int:
        """How many characters are welcome."""
        return {Piece.TITLE: 160, Piece.SUBTITLE: 200, Piece.CHANGES: 2_000}.get(self, 20_000)


_PIECES = {
    Piece.TITLE: _("Titre du rapport"),
    Piece.SUBTITLE: _("Sous-titre"),
    Piece.SUMMARY: _("Résumé"),
    Piece.LETTER: _("Lettre des membres"),
    Piece.PREAMBLE: _("Préambule"),
    Piece.METHOD: _("Comment nous avons travaillé"),
    Piece.COMPOSITION: _("Composition de l’assemblée"),
    Piece.EXPERTS: _("Personnes entendues et liens d’intérêt"),
    Piece.QUESTIONS: _("Questions et réponses"),
    Piece.GLOSSARY: _("Glossaire"),
    Piece.CHANGES: _("Ce qui change depuis l’édition précédente"),
    Piece.GUARANTORS: _("Texte des garants"),
}


class ReportText(SQLModel, table=True):
    """One version of a text of the report. The last one goes into the next edition; none is rewritten."""

    __tablename__ = "report_text"
    __table_args__ = (sa.UniqueConstraint("convention_id", "piece", "version"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    piece: Piece = db.choice(Piece)
    version: int
    body: str = db.text()
    written_at: dt.datetime = db.moment()
    by: UUID = Field(foreign_key="person.id")


class State(enum.StrEnum):
    """Where an edition is: read from its moments."""

    FROZEN = "frozen"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return str(_STATES[self])

    @property
    def tone(self) -> str:
        return {"frozen": "dash", "published": "ok", "withdrawn": "bad", "closed": "bad"}[self]


_STATES = {
    State.FROZEN: _("Figée, pas encore publiée"),
    State.PUBLISHED: _("Publiée"),
    State.WITHDRAWN: _("Retirée"),
    State.CLOSED: _("Fermée au public"),
}


class EditionRow(SQLModel, table=True):
    """A frozen edition. `content` is the canonical JSON of the snapshot, `sha256` its fingerprint: never rewritten.

    Words that a judge or the law takes away from the public cannot leave it: the whole edition is closed. Somebody asks
    (`closing_asked_at`, `closing_asked_by`, `closed_because`), somebody else closes (`closed_at`).
    """

    __tablename__ = "edition"
    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    title: str = db.text()
    changes: str = db.text()
    recommendations: int
    votes: int
    content: str = db.text()
    sha256: str = Field(max_length=64)
    frozen_at: dt.datetime = db.moment()
    published_at: dt.datetime | None = db.moment(nullable=True)
    withdrawn_at: dt.datetime | None = db.moment(nullable=True)
    withdrawn_because: str = db.text()
    closing_asked_at: dt.datetime | None = db.moment(nullable=True)
    closing_asked_by: UUID | None = Field(default=None, foreign_key="person.id")
    closed_at: dt.datetime | None = db.moment(nullable=True)
    closed_because: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})

    @property
    def state(self) -> State:
        if self.closed_at is not None:
            return State.CLOSED
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        return State.PUBLISHED if self.published_at is not None else State.FROZEN
