"""What an edition of the report is made of: one frozen tree, from which every file is drawn.

Nothing in here knows a database or a page. The renderers (`convention.recommendations.files`) read this tree and
nothing else, which is why the PDF, the spreadsheet and the web page of one edition cannot disagree.

The tree is also the published JSON: its schema is `Edition.model_json_schema()`, and `fingerprint` is the SHA-256 of
its canonical form (UTF-8, sorted keys, no spaces), printed in every file.
"""

import datetime as dt
import hashlib
import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

Text = Annotated[str, Field(description="Texte brut. Une ligne vide sépare deux alinéas.")]
Method = Literal["majority-judgment", "yes-no"]
Outcome = Literal["kept", "rewrite", "adopted", "rejected", "no-quorum"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Count(Frozen):
    """How many voices one choice received."""

    key: str = Field(description="« 5 » à « 1 » pour une mention ; « yes », « no », « abstain » ou « blank »")
    label: str = Field(description="« Très bien », « Pour »…")
    voices: int = Field(ge=0)


class Vote(Frozen):
    """The sealed result of one poll, with the rule that decided."""

    poll: int = Field(description="Numéro du scrutin")
    subject: str = Field(description="« Paragraphe 9.2, version 2 » ou « Proposition 9, l’ensemble »")
    question: str
    method: Method
    indicative: bool = Field(description="Vote indicatif : il éclaire, il ne décide pas")
    manner: str = Field(description="« Bulletins secrets » ou « Comptage à main levée »")
    rule: str = Field(description="La règle, en toutes lettres")
    base: str = Field(description="Sur quoi la majorité est calculée, en toutes lettres")
    counts: tuple[Count, ...] = Field(description="Du plus favorable au moins favorable")
    no_opinion: int = Field(ge=0, description="« Sans avis » (jugement majoritaire)")
    expressed: int = Field(ge=0, description="Voix qui entrent dans le calcul")
    present: int | None = Field(default=None, ge=0)
    entitled: int = Field(ge=0, description="Personnes appelées à voter")
    quorum: str | None = Field(default=None, description="Le quorum et s’il est atteint, en toutes lettres")
    grade: int | None = Field(default=None, ge=1, le=5, description="Mention majoritaire, de 1 à 5")
    grade_label: str | None = None
    outcome: Outcome
    outcome_label: str = Field(description="« Gardé », « À réécrire », « Adopté »…")
    sentence: str = Field(description="Le résultat en une phrase")
    warning: str | None = Field(default=None, description="Désaccord fort : 20 % ou plus en 1 ou 2")
    closed_at: dt.datetime
    address: str
    fingerprint: str = Field(description="SHA-256 du résultat scellé")


class Option(Frozen):
    """What one option of a choice received."""

    place: int = Field(ge=1, description="Rang dans le résultat ; deux options à égalité ont le même")
    title: str
    voices: str = Field(description="Voix, points ou duels gagnés, selon la façon de compter")
    outcome: Literal["chosen", "tied", "left"]
    outcome_label: str = Field(description="« Retenue », « À égalité », ou vide")


class Choice(Frozen):
    """The sealed result of a poll between options."""

    poll: int = Field(description="Numéro du scrutin")
    question: str
    method: str = Field(description="La façon de voter et de compter : « approval », « schulze »…")
    method_label: str
    rule: str = Field(description="La règle, en toutes lettres")
    options: tuple[Option, ...] = Field(description="Dans l’ordre du résultat")
    cast: int = Field(ge=0, description="Bulletins")
    blank: int = Field(ge=0)
    entitled: int = Field(ge=0, description="Personnes appelées à voter")
    outcome_label: str
    sentence: str = Field(description="Le résultat en une phrase")
    closed_at: dt.datetime
    address: str
    fingerprint: str = Field(description="SHA-256 du résultat scellé")


class Version(Frozen):
    """One wording of a paragraph."""

    number: int
    text: Text
    by: str = Field(description="Le rôle de qui a écrit : « membre », « animation »…")
    written_at: dt.datetime
    changes: str | None = Field(default=None, description="Ce qui change depuis la version précédente, en mots")
    votes: tuple[Vote, ...] = ()
    address: str


class Paragraph(Frozen):
    """A numbered paragraph of a recommendation: the unit a convention votes on."""

    number: str = Field(description="« 9.2 »")
    section: Literal["measure", "safeguard"]
    text: Text
    version: int
    versions: tuple[Version, ...] = Field(description="Toutes les versions, de la première à celle qui est publiée")
    vote: Vote | None = Field(default=None, description="Le vote qui a décidé de la version publiée")


class Reservation(Frozen):
    """A minority's own words, attached to a text; signatories are counted, and named only if they wish."""

    text: Text
    about: str = Field(description="« Paragraphe 9.2, version 2 » ou « L’ensemble »")
    signatories: int = Field(ge=1)
    named: tuple[str, ...] = ()


class ExpertNote(Frozen):
    author: str
    quality: str = ""
    written_on: dt.date
    about: str
    text: Text


class Step(Frozen):
    """One step of where a text comes from, oldest first."""

    when: str = Field(description="Date ou moment, en toutes lettres")
    what: str
    detail: str = ""
    address: str | None = None


class Effects(Frozen):
    social: Text = ""
    ecological: Text = ""
    budget: Text = ""
    general: Text = Field(default="", description="Effets attendus, quand la fiche les dit ensemble")


class Recommendation(Frozen):
    """One recommendation, always with the same fields in the same order (PROCESS 4.2, the card)."""

    id: str = Field(description="Identifiant stable")
    number: int
    title: str = Field(max_length=90)
    theme: str = Field(description="Adresse courte du thème, dans « themes »")
    finding: Text = Field(default="", description="Constat")
    objective: Text = Field(default="", description="Objectif")
    paragraphs: tuple[Paragraph, ...] = Field(description="Mesure puis garde-fous")
    concerned: Text = Field(default="", description="Qui y gagne, qui est concerné")
    effects: Effects = Effects()
    indicator: str = ""
    competence: str = Field(default="", description="Métropole, communes, État, autre")
    deadline: str = Field(default="", description="Délai souhaité")
    expert_notes: tuple[ExpertNote, ...] = ()
    vote: Vote | None = Field(default=None, description="Vote sur l’ensemble, s’il a eu lieu")
    reservations: tuple[Reservation, ...] = ()
    origin: tuple[Step, ...] = ()
    address: str


class Theme(Frozen):
    slug: str
    name: str
    icon: str = Field(description="Nom de l’icône Lucide")
    colour: str = Field(description="Clé de couleur : sante, mob, eco, just, rel, trans")
    introduction: Text = ""


class Document(Frozen):
    title: str
    author: str = ""
    interests: str = ""
    address: str | None = None


class Sitting(Frozen):
    number: int
    title: str
    held_on: dt.date
    hours: str = Field(description="« 9 h à 17 h »")
    place: str
    minutes: int | None = Field(default=None, ge=0, description="Durée prévue par l’ordre du jour, en minutes")
    present: int | None = None
    agenda: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    address: str


class Share(Frozen):
    """One line of the composition: members beside the population."""

    criterion: str
    category: str
    members: int
    population_percent: str = Field(description="Part dans la population, « 52,1 % » ; vide si on ne la sait pas")
    source: str = Field(default="", description="D’où vient la part dans la population")


class Expert(Frozen):
    name: str
    quality: str = ""
    interests: str = Field(default="", description="Liens d’intérêt déclarés")
    heard: str = Field(default="", description="Séance ou rôle")


class QuestionAnswer(Frozen):
    question: str
    asked_by: str = ""
    about: str = Field(default="", description="« Proposition 9, paragraphe 9.2 », ou rien")
    answer: Text = Field(description="Vide : restée sans réponse quand l’édition a été figée")
    answered_by: str = ""
    address: str | None = None


class JournalReply(Frozen):
    text: Text
    answered_at: dt.datetime


class JournalEntry(Frozen):
    """What the guarantors published before the freeze, and what the organisers answered. Signed on its own page."""

    number: int = Field(ge=1)
    kind: Literal["observation", "alert"]
    kind_label: str = Field(description="« Observation » ou « Alerte »")
    title: str
    text: Text
    published_at: dt.datetime
    corrects: int | None = Field(default=None, description="Numéro du texte que celui-ci corrige")
    corrected_by: int | None = Field(default=None, description="Numéro du texte qui corrige celui-ci")
    replies: tuple[JournalReply, ...] = Field(default=(), description="Les réponses de l’organisation, dans l’ordre")
    address: str


class Term(Frozen):
    term: str
    definition: str


class Convention(Frozen):
    title: str
    question: str
    city: str
    commissioner: str = Field(description="La collectivité qui a saisi la convention")
    mandate: Text
    commitment: Text = Field(description="L’engagement de réponse")
    answer_due: dt.date | None = None
    seats: int
    address: str


class Extract(Frozen):
    """Says that this tree is a part of an edition, and of which."""

    sha256: str = Field(description="Empreinte SHA-256 de l’édition entière")
    numbers: tuple[int, ...] = Field(description="Les recommandations qui y sont, dans l’ordre")
    recommendations: int = Field(ge=0, description="Combien l’édition entière en a")
    address: str


class Edition(Frozen):
    """A frozen edition of the report. Once published it is never replaced."""

    schema_version: int = SCHEMA_VERSION
    number: int = Field(ge=1)
    title: str
    subtitle: str = ""
    frozen_at: dt.datetime
    language: str = "fr"
    licence: str = "Licence Ouverte 2.0"
    fictional: str | None = Field(default=None, description="Avertissement à montrer partout si le texte est fictif")
    convention: Convention
    summary: Text = ""
    letter: Text = Field(default="", description="Lettre des membres")
    preamble: Text = ""
    method: Text = Field(default="", description="Comment nous avons travaillé")
    voting_rules: tuple[str, ...] = Field(default=(), description="Les règles de vote employées, en toutes lettres")
    working_rules: Text = Field(default="", description="Les règles que la convention s’est données")
    draw: Text = Field(default="", description="Le tirage au sort")
    composition: tuple[Share, ...] = ()
    experts: tuple[Expert, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    themes: tuple[Theme, ...] = ()
    recommendations: tuple[Recommendation, ...]
    minority_positions: tuple[Reservation, ...] = ()
    unsettled: tuple[Recommendation, ...] = Field(default=(), description="Ce que la convention n’a pas tranché")
    votes: tuple[Vote, ...] = Field(default=(), description="Tous les votes solennels, dans l’ordre de fermeture")
    choices: tuple[Choice, ...] = Field(default=(), description="Les choix entre options, dans l’ordre de fermeture")
    questions: tuple[QuestionAnswer, ...] = ()
    guarantors_report: Text = Field(default="", description="Texte des garants, qui en sont seuls auteurs")
    guarantors_journal: tuple[JournalEntry, ...] = Field(
        default=(), description="Observations et alertes que les garants avaient publiées, dans l’ordre"
    )
    glossary: tuple[Term, ...] = ()
    changes: Text = Field(default="", description="Ce qui change depuis l’édition précédente")
    extract: Extract | None = Field(default=None, description="Rien pour une édition entière")
    address: str


# Fields of branches that came after the first editions.
_LATER = {"composition": ("source",), "questions": ("about", "address"), "sittings": ("minutes",)}


def canonical(edition: Edition) -> bytes:
    """The edition as bytes that depend on its content alone: UTF-8 JSON, sorted keys, no spaces."""
    tree = edition.model_dump(mode="json")
    # Fields that came after the first editions are written when they say something: what was frozen keeps its print.
    for field in ("choices", "guarantors_journal", "extract", "working_rules"):
        if not tree[field]:
            del tree[field]
    for card in (*tree["recommendations"], *tree["unsettled"]):
        if not card["effects"]["general"]:
            del card["effects"]["general"]
    for several, fields in _LATER.items():
        for branch in tree[several]:
            for field in fields:
                if not branch[field]:
                    del branch[field]
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(edition: Edition) -> str:
    """SHA-256 of the canonical form, in hexadecimal (64 characters); an extract says that of the whole edition."""
    if edition.extract is not None:
        return edition.extract.sha256
    return hashlib.sha256(canonical(edition)).hexdigest()
