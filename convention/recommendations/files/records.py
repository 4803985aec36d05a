"""The edition as rows, for whoever counts, sorts and compares: the CSV, the sheets, and the dictionary of both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from convention.kit.i18n import Lazy, lazy
from convention.kit.i18n import gettext as _
from convention.kit.spreadsheets import harmless, written
from convention.recommendations.files import cards, text, votes
from convention.recommendations.snapshot import (
    Choice,
    Edition,
    Expert,
    JournalEntry,
    Option,
    QuestionAnswer,
    Recommendation,
    Share,
    Term,
    Theme,
    Vote,
    fingerprint,
)

Value = str | int | None


@dataclass(frozen=True)
class Line:
    """What a row of recommendations knows: the edition, the theme, the recommendation."""

    edition: Edition
    digest: str
    theme: Theme
    one: Recommendation


@dataclass(frozen=True)
class VoteLine:
    """What a row of votes knows."""

    edition: Edition
    vote: Vote


Item = TypeVar("Item")


@dataclass(frozen=True)
class Column(Generic[Item]):
    """One column: its name for machines, its meaning for people, and what it holds."""

    name: str
    meaning: Lazy
    value: Callable[[Item], Value]


def _texts(one: Recommendation, section: str) -> str:
    return "\n\n".join(f"{each.number} {each.text}" for each in one.paragraphs if each.section == section)


def _count(key: str) -> Callable[[Line], Value]:
    return lambda line: votes.voices_of(line.one.vote, key) if line.one.vote else None


def _of_vote(read: Callable[[Vote], Value]) -> Callable[[Line], Value]:
    return lambda line: read(line.one.vote) if line.one.vote else None


def _reservations(line: Line) -> str:
    return "\n\n".join(f"{each.text} ({cards.signatories(each)})" for each in line.one.reservations)


def _origin(line: Line) -> str:
    return "\n".join(cards.step_in_words(step) for step in line.one.origin)


RECOMMENDATIONS: tuple[Column[Line], ...] = (
    Column("edition", lazy("Numéro de l’édition"), lambda line: line.edition.number),
    Column("edition_date", lazy("Jour où l’édition a été figée, AAAA-MM-JJ"), lambda line: text.iso_day(line.edition)),
    Column("recommandation_id", lazy("Identifiant stable, le même d’une édition à l’autre"), lambda line: line.one.id),
    Column("numero", lazy("Numéro de la recommandation"), lambda line: line.one.number),
    Column("titre", lazy("Titre, 90 caractères au plus"), lambda line: line.one.title),
    Column("theme", lazy("Thème"), lambda line: line.theme.name),
    Column("constat", lazy("Ce que la convention constate"), lambda line: line.one.finding),
    Column("objectif", lazy("Ce que la convention veut obtenir"), lambda line: line.one.objective),
    Column("mesure", lazy("Paragraphes numérotés de la mesure"), lambda line: _texts(line.one, "measure")),
    Column("garde_fous", lazy("Paragraphes numérotés des garde-fous"), lambda line: _texts(line.one, "safeguard")),
    Column("concernes", lazy("Qui y gagne, qui est concerné"), lambda line: line.one.concerned),
    Column("effets", lazy("Effets attendus, dits ensemble"), lambda line: line.one.effects.general),
    Column("effets_sociaux", lazy("Effets sociaux attendus"), lambda line: line.one.effects.social),
    Column("effets_ecologiques", lazy("Effets écologiques attendus"), lambda line: line.one.effects.ecological),
    Column("budget", lazy("Ordre de grandeur du budget, en mots"), lambda line: line.one.effects.budget),
    Column("indicateur", lazy("À quoi l’on verra que c’est fait"), lambda line: line.one.indicator),
    Column("competence", lazy("Métropole, communes, État, autre"), lambda line: line.one.competence),
    Column("delai", lazy("Délai souhaité, en mots"), lambda line: line.one.deadline),
    Column("paragraphes", lazy("Nombre de paragraphes"), lambda line: len(line.one.paragraphs)),
    Column("notes_experts", lazy("Nombre de notes d’experts"), lambda line: len(line.one.expert_notes)),
    Column("scrutin", lazy("Numéro du vote d’ensemble ; vide s’il n’a pas eu lieu"), _of_vote(lambda v: v.poll)),
    Column("resultat", lazy("Résultat du vote d’ensemble"), _of_vote(votes.result)),
    Column("mention", lazy("Mention majoritaire, de 1 (à rejeter) à 5 (très bien)"), _of_vote(lambda v: v.grade)),
    Column("voix_5", lazy("Voix « Très bien »"), _count("5")),
    Column("voix_4", lazy("Voix « Bien »"), _count("4")),
    Column("voix_3", lazy("Voix « Passable »"), _count("3")),
    Column("voix_2", lazy("Voix « Insuffisant »"), _count("2")),
    Column("voix_1", lazy("Voix « À rejeter »"), _count("1")),
    Column("pour", lazy("Voix pour"), _count("yes")),
    Column("contre", lazy("Voix contre"), _count("no")),
    Column("abstention", lazy("Abstentions"), _count("abstain")),
    Column("blanc", lazy("Bulletins blancs, quand le vote en offrait"), _count("blank")),
    Column("sans_avis", lazy("« Sans avis », hors du calcul de la mention"), _of_vote(lambda v: v.no_opinion)),
    Column("exprimees", lazy("Voix qui entrent dans le calcul"), _of_vote(lambda v: v.expressed)),
    Column("appelees", lazy("Personnes appelées à voter"), _of_vote(lambda v: v.entitled)),
    Column("regle", lazy("Règle du vote, en toutes lettres"), _of_vote(lambda v: v.rule)),
    Column("reserves", lazy("Réserves, avec leurs signataires"), _reservations),
    Column(
        "signataires",
        lazy("Nombre de signatures au bas des réserves"),
        lambda line: sum(each.signatories for each in line.one.reservations),
    ),
    Column(
        "origine", lazy("D’où elle vient : une étape par ligne, la plus ancienne d’abord"), lambda line: _origin(line)
    ),
    Column("adresse", lazy("Page de la recommandation"), lambda line: line.one.address),
    Column("licence", lazy("Licence de réutilisation"), lambda line: line.edition.licence),
    Column("empreinte", lazy("SHA-256 de l’édition, le même dans tous ses fichiers"), lambda line: line.digest),
)

VOTES: tuple[Column[VoteLine], ...] = (
    Column("scrutin", lazy("Numéro du scrutin"), lambda line: line.vote.poll),
    Column("objet", lazy("Ce sur quoi on a voté"), lambda line: line.vote.subject),
    Column("methode", lazy("Façon de voter"), lambda line: votes.method_name(line.vote.method)),
    Column("indicatif", lazy("« oui » si le vote éclaire sans décider"), lambda line: _yes(line.vote.indicative)),
    Column("maniere", lazy("Bulletins secrets ou main levée"), lambda line: line.vote.manner),
    Column("voix_5", lazy("Voix « Très bien »"), lambda line: votes.voices_of(line.vote, "5")),
    Column("voix_4", lazy("Voix « Bien »"), lambda line: votes.voices_of(line.vote, "4")),
    Column("voix_3", lazy("Voix « Passable »"), lambda line: votes.voices_of(line.vote, "3")),
    Column("voix_2", lazy("Voix « Insuffisant »"), lambda line: votes.voices_of(line.vote, "2")),
    Column("voix_1", lazy("Voix « À rejeter »"), lambda line: votes.voices_of(line.vote, "1")),
    Column("pour", lazy("Voix pour"), lambda line: votes.voices_of(line.vote, "yes")),
    Column("contre", lazy("Voix contre"), lambda line: votes.voices_of(line.vote, "no")),
    Column("abstention", lazy("Abstentions"), lambda line: votes.voices_of(line.vote, "abstain")),
    Column(
        "blanc", lazy("Bulletins blancs, quand le vote en offrait"), lambda line: votes.voices_of(line.vote, "blank")
    ),
    Column("sans_avis", lazy("« Sans avis », hors du calcul de la mention"), lambda line: line.vote.no_opinion),
    Column("exprimees", lazy("Voix qui entrent dans le calcul"), lambda line: line.vote.expressed),
    Column("presentes", lazy("Personnes présentes ; vide si on ne le sait pas"), lambda line: line.vote.present),
    Column("appelees", lazy("Personnes appelées à voter"), lambda line: line.vote.entitled),
    Column("mention", lazy("Mention majoritaire, de 1 (à rejeter) à 5 (très bien)"), lambda line: line.vote.grade),
    Column("resultat", lazy("Résultat"), lambda line: votes.result(line.vote)),
    Column("avertissement", lazy("Désaccord fort, s’il y en a"), lambda line: line.vote.warning),
    Column("regle", lazy("Règle du vote, en toutes lettres"), lambda line: line.vote.rule),
    Column("base", lazy("Sur quoi la majorité est calculée"), lambda line: line.vote.base),
    Column("ferme_le", lazy("Fermeture, ISO 8601, temps universel"), lambda line: text.iso_moment(line.vote.closed_at)),
    Column("adresse", lazy("Page du résultat"), lambda line: line.vote.address),
    Column("empreinte", lazy("SHA-256 du résultat scellé"), lambda line: line.vote.fingerprint),
)


CHOICES: tuple[Column[tuple[Choice, Option]], ...] = (
    Column("scrutin", lazy("Numéro du scrutin"), lambda line: line[0].poll),
    Column("question", lazy("Ce que l’on choisissait"), lambda line: line[0].question),
    Column("methode", lazy("Façon de voter"), lambda line: line[0].method_label),
    Column("option", lazy("L’option"), lambda line: line[1].title),
    Column("rang", lazy("Rang dans le résultat"), lambda line: line[1].place),
    Column("voix", lazy("Voix, points ou duels gagnés, selon la façon de compter"), lambda line: line[1].voices),
    Column("resultat", lazy("« Retenue », « À égalité », ou vide"), lambda line: line[1].outcome_label),
    Column("bulletins", lazy("Bulletins"), lambda line: line[0].cast),
    Column("blancs", lazy("Bulletins blancs"), lambda line: line[0].blank),
    Column("appelees", lazy("Personnes appelées à voter"), lambda line: line[0].entitled),
    Column("regle", lazy("Règle du vote, en toutes lettres"), lambda line: line[0].rule),
    Column("ferme_le", lazy("Fermeture, ISO 8601, temps universel"), lambda line: text.iso_moment(line[0].closed_at)),
    Column("adresse", lazy("Page du résultat"), lambda line: line[0].address),
    Column("empreinte", lazy("SHA-256 du résultat scellé"), lambda line: line[0].fingerprint),
)


JOURNAL: tuple[Column[JournalEntry], ...] = (
    Column("numero", lazy("Numéro dans le journal des garants"), lambda one: one.number),
    Column("nature", lazy("Observation ou alerte"), lambda one: one.kind_label),
    Column("titre", lazy("Titre donné par les garants"), lambda one: one.title),
    Column("texte", lazy("Texte des garants"), lambda one: one.text),
    Column("publie_le", lazy("Publication, ISO 8601, temps universel"), lambda one: text.iso_moment(one.published_at)),
    Column("corrige", lazy("Numéro du texte que celui-ci corrige"), lambda one: one.corrects),
    Column("corrige_par", lazy("Numéro du texte qui corrige celui-ci"), lambda one: one.corrected_by),
    Column("reponses", lazy("Réponses de l’organisation, chacune avec sa date"), lambda one: _replies(one)),
    Column("adresse", lazy("Page du journal, avec sa signature"), lambda one: one.address),
)


COMPOSITION: tuple[Column[Share], ...] = (
    Column("critere", lazy("Critère"), lambda one: one.criterion),
    Column("categorie", lazy("Catégorie"), lambda one: one.category),
    Column("membres", lazy("Nombre de membres"), lambda one: one.members),
    Column(
        "population", lazy("Part dans la population ; vide si on ne la sait pas"), lambda one: one.population_percent
    ),
    Column("source", lazy("D’où vient la part dans la population"), lambda one: one.source),
)

EXPERTS: tuple[Column[Expert], ...] = (
    Column("personne", lazy("Personne entendue"), lambda one: one.name),
    Column("qualite", lazy("Qualité"), lambda one: one.quality),
    Column("entendue", lazy("Séance, ou propositions sur lesquelles elle a écrit"), lambda one: one.heard),
    Column("liens_d_interet", lazy("Liens d’intérêt déclarés"), lambda one: one.interests),
)

QUESTIONS: tuple[Column[QuestionAnswer], ...] = (
    Column("question", lazy("Question"), lambda one: one.question),
    Column("posee_par", lazy("Qui l’a posée"), lambda one: one.asked_by),
    Column("sur", lazy("Ce dont elle parle"), lambda one: one.about),
    Column("reponse", lazy("Réponse ; vide si elle n’en a pas eu"), lambda one: one.answer),
    Column("repondu_par", lazy("Qui a répondu"), lambda one: one.answered_by),
    Column("adresse", lazy("Page de la question"), lambda one: one.address),
)

GLOSSARY: tuple[Column[Term], ...] = (
    Column("mot", lazy("Mot"), lambda one: one.term),
    Column("definition", lazy("Définition"), lambda one: one.definition),
)


Listed = tuple[str, Sequence[Column[Any]], list[list[Value]]]


def lists(edition: Edition) -> list[Listed]:
    """The lists of the report that have something: name, columns, rows."""
    several: tuple[tuple[str, Sequence[Column[Any]], Sequence[Any]], ...] = (
        (_("Composition"), COMPOSITION, edition.composition),
        (_("Personnes entendues"), EXPERTS, edition.experts),
        (_("Questions"), QUESTIONS, edition.questions),
        (_("Glossaire"), GLOSSARY, edition.glossary),
    )
    return [
        (name, columns, [[column.value(one) for column in columns] for one in found])
        for name, columns, found in several
        if found
    ]


def _replies(entry: JournalEntry) -> str:
    return "\n\n".join(f"{text.answered_on(reply)} : {reply.text}" for reply in entry.replies)


def _yes(value: bool) -> str:
    return _("oui") if value else _("non")


# What makes rows is given an edition that is clean already: cleaning it for each sheet would take most of the time.


def recommendations(edition: Edition, digest: str) -> list[list[Value]]:
    """One row a recommendation, in the order of every file; the fingerprint is that of the edition as it was frozen."""
    lines = [Line(edition, digest, theme, one) for theme, one in cards.in_order(edition)]
    return [[column.value(line) for column in RECOMMENDATIONS] for line in lines]


def solemn_votes(edition: Edition) -> list[list[Value]]:
    lines = [VoteLine(edition, vote) for vote in edition.votes]
    return [[column.value(line) for column in VOTES] for line in lines]


def choices(edition: Edition) -> list[list[Value]]:
    """One row an option."""
    lines = [(choice, option) for choice in edition.choices for option in choice.options]
    return [[column.value(line) for column in CHOICES] for line in lines]


def journal(edition: Edition) -> list[list[Value]]:
    """One row an entry of the guarantors' journal."""
    return [[column.value(one) for column in JOURNAL] for one in edition.guarantors_journal]


def dictionary() -> list[tuple[str, str]]:
    """Each column of the CSV and what it means, in the language being spoken."""
    return [(column.name, str(column.meaning)) for column in RECOMMENDATIONS]


def comma_separated(edition: Edition, assets: Path) -> bytes:
    """One line a recommendation: UTF-8 with its mark, « ; », every field between quotes. An extract says so."""
    rows = recommendations(text.rewritten(edition, text.clean), fingerprint(edition))
    head = [column.name for column in RECOMMENDATIONS]
    if edition.extract is None:
        return _written([head, *rows])
    said = text.of_how_many(edition)
    return _written([[*head, "extrait"], *([*row, said] for row in rows)])


def dictionary_file() -> bytes:
    return _written([[_("colonne"), _("description")], *dictionary()])


def _written(rows: Sequence[Sequence[Value]]) -> bytes:
    return written([[harmless(value) if isinstance(value, str) else value for value in row] for row in rows])
