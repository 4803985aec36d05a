import dataclasses
import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from convention.conventions.models import Convention
from convention.kit import db
from convention.kit.db import Session
from convention.kit.i18n import gettext
from convention.kit.i18n import lazy as _
from convention.kit.text import date

# One may contest for six months (DSA, article 20); the answer comes within a week.
APPEAL_WITHIN = dt.timedelta(days=183)
ANSWER_WITHIN = dt.timedelta(days=7)
# What the facilitators aim at for a flag.
LOOKED_AT_WITHIN = dt.timedelta(hours=24)

# A page of the site that is no text of a member: it is flagged by its address.
PAGE = "page"


# Any such pair, whoever made it: the polls have their own name for what they are held on.
Named = tuple[str, UUID]


class Subject(NamedTuple):
    """What is flagged or hidden, for the slice that knows: ("paragraph", its version's id). Equal to any such pair."""

    kind: str
    id: UUID


class Reason(enum.StrEnum):
    """The rules of publication: what a flag says is broken, and what a decision says was."""

    ILLEGAL = "illegal"
    DISCRIMINATION = "discrimination"
    INSULT = "insult"
    PRIVACY = "privacy"
    MISLEADING = "misleading"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"

    @property
    def number(self) -> int:
        return list(Reason).index(self) + 1

    @property
    def label(self) -> str:
        """What the rule asks."""
        return str(_REASONS[self][0])

    @property
    def meaning(self) -> str:
        """What it is about, for who flags."""
        return str(_REASONS[self][1])

    @property
    def rule(self) -> str:
        """« Règle 3 : pas d’attaque contre une personne »."""
        label = self.label
        return gettext("Règle {n} : {label}").format(n=self.number, label=label[:1].lower() + label[1:])


_REASONS = {
    Reason.ILLEGAL: (_("Rien d’illégal"), _("Menace, incitation à la violence, apologie d’un crime, diffamation.")),
    Reason.DISCRIMINATION: (
        _("Pas de discrimination"),
        _("Propos contre des personnes pour leur origine, leur religion, leur sexe, leur handicap…"),
    ),
    Reason.INSULT: (_("Pas d’attaque contre une personne"), _("Insulte, moquerie, mise en cause d’une personne.")),
    Reason.PRIVACY: (
        _("Pas d’information sur la vie privée"),
        _("Nom, adresse, santé ou situation d’une personne qui ne l’a pas voulu."),
    ),
    Reason.MISLEADING: (
        _("Pas d’information trompeuse"),
        _("Un fait présenté comme vrai, que l’on sait faux, ou une fausse identité."),
    ),
    Reason.ADVERTISING: (_("Pas de publicité"), _("Vente, démarchage, lien sans rapport, envoi répété.")),
    Reason.OFF_TOPIC: (_("Pas de hors-sujet"), _("Sans aucun rapport avec la question posée à la convention.")),
}


class Kind(enum.StrEnum):
    """What a decision does."""

    KEEP = "keep"
    CHANGE_ASKED = "change_asked"
    HIDDEN_PART = "hidden_part"
    HIDDEN = "hidden"
    SUSPENDED = "suspended"

    @property
    def label(self) -> str:
        """What is done, said to who decides."""
        return str(_KINDS[self][0])

    @property
    def meaning(self) -> str:
        return str(_KINDS[self][1])

    @property
    def done(self) -> str:
        """What was done, in a log."""
        return str(_KINDS[self][2])

    @property
    def told(self) -> str:
        """What was done, for who flagged: of a suspension, nothing that says it, since she may know who wrote."""
        return gettext("Une mesure a été prise, qui ne change pas le texte") if self == Kind.SUSPENDED else self.done

    @property
    def hides(self) -> bool:
        return self in (Kind.CHANGE_ASKED, Kind.HIDDEN_PART, Kind.HIDDEN)


_KINDS = {
    Kind.KEEP: (
        _("Laisser en ligne"),
        _("Le texte se lit en entier. S’il était masqué, il est remis en ligne."),
        _("Laissé en ligne"),
    ),
    Kind.CHANGE_ASKED: (
        _("Demander une modification"),
        _("Le texte est masqué en attendant ; son auteur le réécrit, puis vous le relisez."),
        _("Modification demandée"),
    ),
    Kind.HIDDEN_PART: (
        _("Masquer un passage"),
        _("Le reste du texte se lit. La page dit « passage masqué » à l’endroit du passage."),
        _("Masqué en partie"),
    ),
    Kind.HIDDEN: (
        _("Masquer le texte"),
        _("La page publique dit « masqué » et le motif. Rien n’est effacé."),
        _("Masqué"),
    ),
    Kind.SUSPENDED: (
        _("Suspendre une personne"),
        _("Elle ne peut plus écrire jusqu’à une date. Elle lit, elle vote : ce sont ses droits."),
        _("Personne suspendue d’écriture"),
    ),
}


class Outcome(enum.StrEnum):
    """What an appeal says of a decision."""

    CONFIRMED = "confirmed"
    REVERSED = "reversed"

    @property
    def label(self) -> str:
        return str(_OUTCOMES[self])


_OUTCOMES = {Outcome.CONFIRMED: _("Décision confirmée"), Outcome.REVERSED: _("Décision annulée")}


class Case(SQLModel, table=True):
    """All that is said and decided of one subject. It waits, since then, while somebody must look at it."""

    __tablename__ = "moderation_case"
    __table_args__ = (
        sa.UniqueConstraint("convention_id", "subject_kind", "subject_id"),
        sa.Index("ix_moderation_case_convention_id_waiting_since", "convention_id", "waiting_since"),
    )

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    subject_kind: str = Field(max_length=40)
    subject_id: UUID
    # What it is (« Proposition n° 12 »), never its words.
    title: str = Field(max_length=200)
    address: str = Field(max_length=300)
    waiting_since: dt.datetime | None = db.moment(nullable=True)
    # Its author wrote it again after a decision: it waits to be read again, flagged or not.
    rewritten: bool = False

    @property
    def subject(self) -> Subject:
        return Subject(self.subject_kind, self.subject_id)


class Flag(SQLModel, table=True):
    """Somebody says that a text breaks a rule. `excerpt` is what she had before her eyes."""

    __tablename__ = "moderation_flag"

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    case_id: UUID = Field(foreign_key="moderation_case.id", index=True)
    reason: Reason = db.choice(Reason)
    words: str = db.text()
    excerpt: str = db.text()
    reporter_id: UUID | None = Field(default=None, foreign_key="person.id")
    flagged_at: dt.datetime = db.moment()
    # None while nobody has looked.
    decision_id: UUID | None = Field(default=None, foreign_key="moderation_decision.id")


class Decision(SQLModel, table=True):
    """What a person decided, the rule, the facts in plain words. `original` is what was written then, for ever."""

    __tablename__ = "moderation_decision"
    __table_args__ = (sa.UniqueConstraint("convention_id", "number"),)

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    number: int
    case_id: UUID = Field(foreign_key="moderation_case.id", index=True)
    kind: Kind = db.choice(Kind)
    rule: Reason | None = Field(default=None, sa_type=db.Choice(Reason), nullable=True)
    statement: str = db.text()
    passages: list[str] = db.tree(list)
    original: list[list[str]] = db.tree(list)
    decided_by: UUID = Field(foreign_key="person.id")
    decided_at: dt.datetime = db.moment()
    # Since when it was waiting, for the statistics of delays.
    waited_since: dt.datetime | None = db.moment(nullable=True)
    lifted_at: dt.datetime | None = db.moment(nullable=True)


class Concerned(SQLModel, table=True):
    """A person whom a decision is about: an author of the text, or who is suspended. She may contest it."""

    __tablename__ = "moderation_concerned"

    decision_id: UUID = Field(foreign_key="moderation_decision.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)


class Hidden(SQLModel, table=True):
    """Words that are hidden, because of this decision, until they are lifted. No passages: all of them."""

    __tablename__ = "moderation_hidden"
    __table_args__ = (
        sa.UniqueConstraint("decision_id", "subject_kind", "subject_id"),
        sa.Index("ix_moderation_hidden_convention_id_lifted_at", "convention_id", "lifted_at"),
    )

    id: UUID = db.key()
    convention_id: UUID = Field(foreign_key="convention.id")
    decision_id: UUID = Field(foreign_key="moderation_decision.id")
    subject_kind: str = Field(max_length=40)
    subject_id: UUID = Field(index=True)
    passages: list[str] = db.tree(list)
    # Whether the title under which it is shown is hidden with it.
    titled: bool = False
    # Written after the decision: it waits to be read again.
    rewritten: bool = False
    lifted_at: dt.datetime | None = db.moment(nullable=True)

    @property
    def subject(self) -> Subject:
        return Subject(self.subject_kind, self.subject_id)


class Suspension(SQLModel, table=True):
    """A person may not write until then. She still reads and votes."""

    __tablename__ = "moderation_suspension"

    decision_id: UUID = Field(foreign_key="moderation_decision.id", primary_key=True)
    convention_id: UUID = Field(foreign_key="convention.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    until: dt.datetime = db.moment()
    lifted_at: dt.datetime | None = db.moment(nullable=True)


class Appeal(SQLModel, table=True):
    """A decision is contested, once. Somebody who did not take it answers before `due_at`."""

    __tablename__ = "moderation_appeal"

    decision_id: UUID = Field(foreign_key="moderation_decision.id", primary_key=True)
    convention_id: UUID = Field(foreign_key="convention.id", index=True)
    words: str = db.text()
    appealed_by: UUID = Field(foreign_key="person.id")
    appealed_at: dt.datetime = db.moment()
    due_at: dt.datetime = db.moment()
    outcome: Outcome | None = Field(default=None, sa_type=db.Choice(Outcome), nullable=True)
    statement: str = db.text()
    answered_by: UUID | None = Field(default=None, foreign_key="person.id")
    answered_at: dt.datetime | None = db.moment(nullable=True)


Describe = Callable[[Session, Convention, UUID], "Facts | None"]


@dataclasses.dataclass(frozen=True)
class Facts:
    """What the slice that knows says of a subject, read from its own tables, hidden words included."""

    subject: Named  # the same whichever of its versions was asked for
    title: str  # « Proposition n° 12 », never its words
    texts: tuple[tuple[str, str], ...]  # (what it is, its words), as they are now
    address: str
    author_ids: tuple[UUID, ...]
    # What is hidden with it: the words in force, and the former ones that a history shows.
    current: tuple[Named, ...]
    former: tuple[Named, ...] = ()
    # The words of each of those that are parts of a whole: a passage is hidden where it is, and nowhere else.
    words: Mapping[Named, str] = dataclasses.field(default_factory=dict)
    titled: bool = False  # whether hiding it hides the title of what it holds
    rewritable: bool = False  # whether its author can write it again, and `actions.follow` is told
    poll: int = 0  # the number of the poll that its words are in, prepared, planned or open

    def holding(self, passages: Sequence[str]) -> list[Named]:
        """What is hidden when these passages are: parts that hold one, and what is no part. Without any, all of it."""
        return [
            one
            for one in dict.fromkeys((*self.current, *self.former))
            if not passages or one not in self.words or any(passage in self.words[one] for passage in passages)
        ]

    @property
    def excerpt(self) -> str:
        words = " · ".join(" ".join(text.split()) for _label, text in self.texts)
        return words if len(words) <= 600 else words[:600].rsplit(" ", 1)[0] + " …"


@dataclasses.dataclass(frozen=True)
class Mask:
    """What hides the words of a subject: pages draw it with `ui.masked(mask.rule, mask.decision, mask.appeal)`."""

    decision_id: UUID
    reason: Reason
    kind: Kind
    decided_at: dt.datetime
    passages: tuple[str, ...]
    titled: bool
    appealed: bool
    rewritten: bool  # by its author since the decision, and not read again yet
    confirmed: bool = False  # contested, and answered by somebody else that it stands

    @property
    def whole(self) -> bool:
        return not self.passages

    @property
    def rule(self) -> str:
        return self.reason.rule

    @property
    def decision(self) -> str:
        said = gettext("Prise par une personne, sans outil automatique, le {day}")
        if self.rewritten:
            said = gettext(
                "Prise par une personne, sans outil automatique, le {day}. Le texte est réécrit depuis : une personne "
                "le relit avant de le remettre en ligne"
            )
        return said.format(day=date(self.decided_at))

    @property
    def appeal(self) -> str:
        """Who was told, and what she may do."""
        if self.appealed:
            return gettext(
                "La décision est contestée : une autre personne la réexamine. Les garants lisent l’original."
            )
        if self.confirmed:
            return gettext("Contestée, puis confirmée par une autre personne. Les garants lisent l’original.")
        return gettext(
            "Qui l’a écrit est prévenu et peut contester jusqu’au {day}. Les garants lisent l’original."
        ).format(day=date(self.decided_at + APPEAL_WITHIN))

    def cover(self, text: str) -> str:
        """The words as everyone may read them."""
        if not text:
            return text
        if self.whole:
            return gettext("[Texte masqué par la modération]")
        for passage in sorted(self.passages, key=len, reverse=True):
            text = text.replace(passage, gettext("[passage masqué par la modération]"))
        return text

    def cover_title(self, title: str) -> str:
        """The title under which the words stand, covered too when it was part of what was hidden."""
        if self.whole:
            return gettext("[Titre masqué par la modération]") if self.titled else title
        return self.cover(title)
