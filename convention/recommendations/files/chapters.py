"""The report, composed: every chapter in its order, from the frozen tree. Empty chapters are left out."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from convention.kit.i18n import LANGUAGES, SOURCE, ngettext
from convention.kit.i18n import gettext as _
from convention.kit.text import length
from convention.recommendations.files import cards, text, votes
from convention.recommendations.files.book import (
    Block,
    Book,
    Bullets,
    Cell,
    Column,
    Fact,
    Facts,
    Part,
    Prose,
    Row,
    Step,
    Steps,
    Table,
    Voice,
    reworded,
)
from convention.recommendations.snapshot import (
    Choice,
    Convention,
    Edition,
    JournalEntry,
    Paragraph,
    Recommendation,
    Share,
    Sitting,
    Version,
    Vote,
)
from convention.recommendations.snapshot import fingerprint as fingerprint_of


def compose(edition: Edition) -> Book:
    """The book of an edition, in the language being spoken. The fingerprint is that of the tree as it was frozen."""
    digest = fingerprint_of(edition)
    edition = text.rewritten(edition, text.clean)
    convention = edition.convention
    book = Book(
        language=edition.language if edition.language in LANGUAGES else SOURCE,
        title=text.titled(edition.title),
        subtitle=edition.subtitle,
        kicker=(_("Extrait de l’édition n° {number}") if edition.extract else _("Édition n° {number}")).format(
            number=edition.number
        ),
        head=text.edition_name(edition),
        author=convention.title,
        subject=text.excerpt(convention.question, 250),
        keywords=(_("convention citoyenne"), _("avis citoyen"), convention.city, edition.licence),
        frozen_at=edition.frozen_at.astimezone(dt.UTC).isoformat(),
        date=text.date_of(edition.frozen_at),
        digest=digest,
        licence=edition.licence,
        warning=edition.fictional or "",
        short_warning=text.first_clause(edition.fictional or ""),
        place=_place(convention),
        seats=convention.seats,
        seats_in_words=ngettext("{n} membre", "{n} membres", convention.seats).format(n=text.number(convention.seats)),
        imprint=_imprint(edition, digest),
        figures=_figures(edition),
        parts=_paged(tuple(_chapters(edition))),
        address=edition.address,
        labels={**_labels(), "fingerprint": _fingerprint_of(edition)},
    )
    return reworded(book, text.typeset)


# Two short chapters may share a page: the second, then the first.
_SHARED = {("lettre", "resume"), ("preambule", "methode"), ("non-tranche", "positions-minoritaires")}


def _paged(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Where pages begin: chapters, themes and recommendations, but no title alone on its page."""
    paged, before = [], ""
    for part in parts:
        shares = (part.anchor, before) in _SHARED if part.level == 1 else part.kind == "chapter" or not before
        paged.append(dataclasses.replace(part, parts=_paged(part.parts), opens_page=not shares))
        before = part.anchor
    return tuple(paged)


def _labels() -> dict[str, str]:
    """Words that the page layouts add by themselves."""
    return {
        "contents": _("Sommaire"),
        "goes_on": _("suite"),
        "warning": _("Avertissement"),
        "imprint": _("Cette édition"),
        "address": _("Adresse"),
        "licence": _("Licence"),
        "page": _("Page"),
        "summary": _("Synthèse"),
        "recommendations": _("Les recommandations"),
        "more": _("Le texte complet, les votes et les réserves sont dans l’avis."),
        "table": _("Tableau"),
        "end_of_line": _(
            "Un trait est une voix. La ligne pointillée passe par la voix du milieu ; le filet épais est le seuil."
        ),
        "update": _("Mettez ce sommaire à jour pour afficher les numéros de page : un clic ici, puis la touche F9."),
        "numbers": _("N°"),
    }


def _fingerprint_of(edition: Edition) -> str:
    return _("Empreinte SHA-256 de l’édition entière") if edition.extract else _("Empreinte SHA-256")


def _place(convention: Convention) -> str:
    """Who asked, and where; once when they have one name."""
    return ", ".join(dict.fromkeys(filter(None, (convention.commissioner, convention.city))))


def _imprint(edition: Edition, digest: str) -> tuple[Fact, ...]:
    """Who published what, when, and how to check it."""
    convention = edition.convention

    def line(label: str, *words: str) -> Fact:
        return Fact(label, words, "house")

    facts = [
        line(
            _("Édition"),
            _("N° {number}, figée le {moment}").format(number=edition.number, moment=text.moment(edition.frozen_at)),
        ),
        line(_("Convention"), convention.title, _place(convention)),
        *((line(_("Extrait"), text.of_how_many(edition)),) if edition.extract else ()),
        line(_("Adresse"), edition.extract.address if edition.extract else edition.address),
        line(_("Licence"), edition.licence),
        line(_fingerprint_of(edition), text.spaced(digest)),
    ]
    if convention.answer_due:
        facts.insert(2, line(_("Réponse attendue"), _("avant le {date}").format(date=text.day(convention.answer_due))))
    if changes := text.paragraphs(edition.changes):
        facts.append(line(_("Ce qui change depuis l’édition précédente"), *changes))
    return tuple(facts)


def _figures(edition: Edition) -> tuple[tuple[str, str], ...]:
    """The few numbers that open a synthesis."""
    counted = (
        (len(edition.recommendations), ngettext("recommandation", "recommandations", len(edition.recommendations))),
        (len(edition.sittings), ngettext("séance", "séances", len(edition.sittings))),
        (len(edition.votes), ngettext("vote", "votes", len(edition.votes))),
        (
            len(edition.minority_positions),
            ngettext("position minoritaire", "positions minoritaires", len(edition.minority_positions)),
        ),
    )
    return tuple((text.number(n), label) for n, label in counted if n)


def _chapters(edition: Edition) -> Iterable[Part]:
    yield from _chapter("resume", _("Résumé"), _said(edition.summary, "citizens"))
    yield from _chapter("lettre", _("Lettre des membres"), _said(edition.letter, "citizens"))
    yield from _chapter("methode", _("Comment nous avons travaillé"), rows=_how_we_worked(edition))
    yield from _chapter("preambule", _("Préambule"), _said(edition.preamble, "citizens"))
    yield from _recommendations(edition)
    minority = tuple(cards.quote(position) for position in edition.minority_positions)
    yield from _chapter("positions-minoritaires", _("Positions minoritaires"), minority)
    unsettled = tuple(
        cards.card(one, cards.theme_of(edition, one), 2, edition.voting_rules) for one in edition.unsettled
    )
    yield from _chapter("non-tranche", _("Ce que la convention n’a pas tranché"), parts=unsettled)
    yield from _chapter("annexes", _("Annexes"), parts=tuple(_annexes(edition)))


def _chapter(
    anchor: str,
    title: str,
    blocks: tuple[Block, ...] = (),
    rows: tuple[Row, ...] = (),
    parts: tuple[Part, ...] = (),
    level: int = 1,
) -> Iterable[Part]:
    """The chapter, unless it is empty."""
    if blocks or rows or parts:
        yield Part("chapter", anchor, title, level, blocks, rows, parts)


def _said(words: str, voice: Voice) -> tuple[Block, ...]:
    said = text.paragraphs(words)
    return (Prose(said, voice),) if said else ()


def _recommendations(edition: Edition) -> Iterable[Part]:
    themes = tuple(
        Part(
            kind="theme",
            anchor=f"theme-{theme.slug or 'autres'}",
            title=text.titled(theme.name),
            level=2,
            blocks=_said(theme.introduction, "citizens"),
            parts=tuple(cards.card(one, theme, 3, edition.voting_rules) for one in recommendations),
            icon=theme.icon,
            colour=cards.THEME_INKS.get(theme.colour, cards.INK),
        )
        for theme, recommendations in cards.by_theme(edition)
    )
    yield from _chapter("recommandations", _("Recommandations"), parts=themes)


def _how_we_worked(edition: Edition) -> tuple[Row, ...]:
    convention = edition.convention
    rows = [
        *_row(_("La question"), _said(convention.question, "citizens")),
        *_row(_("Le mandat"), _said(convention.mandate, "house")),
        *_row(_("L’engagement de réponse"), _commitment(convention)),
        *_row(_("La méthode"), _said(edition.method, "citizens")),
        *_row(_("Les règles"), _said(edition.working_rules, "house")),
        *_row(_("Les heures"), _said(hours(edition.sittings), "house")),
        *(_sitting(sitting) for sitting in edition.sittings),
        *_row(_("Le tirage au sort"), _said(edition.draw, "house")),
        *_row(_("La composition"), tuple(_composition(edition))),
        *_row(_("Les personnes entendues"), _experts(edition)),
        *_row(_("Les règles de vote"), _rules(edition.voting_rules)),
    ]
    return tuple(rows)


def _rules(rules: Sequence[str]) -> tuple[Block, ...]:
    """Each rule in full, once, under the name that the cards give it."""
    named = tuple(Fact(cards.rule_name(n), (rule,), "house") for n, rule in enumerate(rules, start=1))
    return (Facts(named),) if named else ()


def _row(heading: str, blocks: tuple[Block, ...]) -> Iterable[Row]:
    if blocks:
        yield Row(heading, blocks)


def _commitment(convention: Convention) -> tuple[Block, ...]:
    promise = text.paragraphs(convention.commitment)
    if convention.answer_due:
        promise += (_("Réponse attendue avant le {date}.").format(date=text.day(convention.answer_due)),)
    return (Prose(promise, "house"),) if promise else ()


def _sitting(sitting: Sitting) -> Row:
    there = _("{n} membres présents").format(n=text.number(sitting.present)) if sitting.present else ""
    documents = tuple(
        ", ".join(filter(None, (document.title, document.author, document.interests))) for document in sitting.documents
    )
    blocks: list[Block] = [Prose((sitting.title, ", ".join(filter(None, (sitting.place, there)))), "house")]
    if sitting.agenda:
        blocks.append(Bullets(sitting.agenda))
    if documents:
        blocks.append(Facts((Fact(_("Documents"), documents, "house"),)))
    when = "\n".join(filter(None, (text.day(sitting.held_on), sitting.hours)))
    return Row(_("Séance {n}").format(n=sitting.number), tuple(blocks), note=when)


def by_criterion(edition: Edition) -> Sequence[tuple[str, Sequence[Share]]]:
    """The composition, one criterion after the other."""
    criteria = dict.fromkeys(share.criterion for share in edition.composition)
    return [(one, [share for share in edition.composition if share.criterion == one]) for one in criteria]


def _composition(edition: Edition) -> Iterable[Block]:
    """One table a criterion: members, one stroke each, beside the share of the population; then where it is from."""
    for criterion, shares in by_criterion(edition):
        yield Table(
            caption=_("Composition : {criterion}").format(criterion=criterion),
            columns=(
                Column(criterion, weight=1.4),
                Column(_("Membres"), "tally", weight=2.2),
                Column(_("Part"), "figure"),
                Column(_("Population"), "figure"),
            ),
            rows=tuple(
                (
                    Cell(share.category),
                    Cell(text.number(share.members), tally=share.members),
                    Cell(text.share(share.members, sum(one.members for one in shares))),
                    Cell(share.population_percent or "–"),
                )
                for share in shares
            ),
        )
        if sources := list(dict.fromkeys(share.source for share in shares if share.source)):
            yield Prose((_("Source : {sources}.").format(sources=" ; ".join(sources)),), "house")


def hours(sittings: Sequence[Sitting]) -> str:
    """« 11 h 30 en 2 séances, d’après les ordres du jour. »; nothing when no sitting says how long it was."""
    timed = [sitting.minutes for sitting in sittings if sitting.minutes]
    if not timed:
        return ""
    return ngettext(
        "{hours} en {n} séance, d’après son ordre du jour.",
        "{hours} en {n} séances, d’après leurs ordres du jour.",
        len(timed),
    ).format(hours=length(sum(timed)), n=text.number(len(timed)))


def _experts(edition: Edition) -> tuple[Block, ...]:
    if not edition.experts:
        return ()
    rows = tuple(
        (
            Cell(expert.name),
            Cell(text.or_missing(expert.quality)),
            Cell(text.or_missing(expert.heard)),
            Cell(text.or_missing(expert.interests)),
        )
        for expert in edition.experts
    )
    columns = (
        Column(_("Personne")),
        Column(_("Qualité"), weight=1.3),
        Column(_("Entendue")),
        Column(_("Liens d’intérêt déclarés"), weight=1.3),
    )
    return (Table(_("Personnes entendues et liens d’intérêt"), columns, rows),)


def _annexes(edition: Edition) -> Iterable[Part]:
    yield from _chapter("tous-les-votes", _("Tous les votes"), tuple(_all_votes(edition.votes)), level=2)
    yield from _chapter("choix", _("Les choix entre options"), rows=tuple(map(_choice, edition.choices)), level=2)
    yield from _chapter("versions", _("Les versions et ce qui a changé"), rows=tuple(_versions(edition)), level=2)
    yield from _chapter("questions", _("Questions et réponses"), rows=tuple(_questions(edition)), level=2)
    guarantors = _said(edition.guarantors_report, "house")
    yield from _chapter("garants", _("Texte des garants, qui en sont seuls auteurs"), guarantors, level=2)
    journal = tuple(map(_journal_entry, edition.guarantors_journal))
    yield from _chapter("journal-des-garants", _("Journal des garants"), rows=journal, level=2)
    terms = tuple(Row(text.titled(term.term), _said(term.definition, "house")) for term in edition.glossary)
    yield from _chapter("glossaire", _("Glossaire"), rows=terms, level=2)


def _journal_entry(entry: JournalEntry) -> Row:
    """What the guarantors wrote, then each answer of the organisers under its date."""
    told = (
        Fact(entry.title, text.paragraphs(entry.text), "house"),
        *(Fact(text.answered_on(reply), text.paragraphs(reply.text), "house") for reply in entry.replies),
    )
    link = Step("", _("Journal des garants, n° {n}").format(n=entry.number), text.beside(entry), entry.address)
    heading = _("{kind} n° {n}").format(kind=entry.kind_label, n=entry.number)
    return Row(heading, (Facts(told), Steps((link,))), note=text.date_of(entry.published_at))


def _all_votes(all_votes: tuple[Vote, ...]) -> Iterable[Block]:
    for method in votes.METHODS:
        same = [vote for vote in all_votes if vote.method == method]
        if same:
            yield _votes_table(method, same)


def _choice(choice: Choice) -> Row:
    """A choice: its result in a sentence, its options in their order, its rule."""
    turnout = _("{cast} bulletins, {blank} blancs, {entitled} personnes appelées, {date}.").format(
        cast=text.number(choice.cast),
        blank=text.number(choice.blank),
        entitled=text.number(choice.entitled),
        date=text.date_of(choice.closed_at),
    )
    table = Table(
        caption=choice.question,
        columns=(
            Column(_("Rang"), "figure"),
            Column(_("Option"), weight=2),
            Column(_("Voix"), "figure"),
            Column(_("Résultat")),
        ),
        rows=tuple(
            (
                Cell(text.number(option.place)),
                Cell(option.title),
                Cell(option.voices),
                Cell(option.outcome_label or "–"),
            )
            for option in choice.options
        ),
    )
    link = Steps((Step("", _("Scrutin n° {poll}").format(poll=choice.poll), turnout, choice.address),))
    blocks = (Prose((choice.sentence,), "house"), table, Prose((choice.rule,), "house"), link)
    return Row(choice.question, blocks, note=choice.method_label)


def _votes_table(method: str, same: list[Vote]) -> Table:
    choices = votes.columns(same)
    grades = method == "majority-judgment"
    return Table(
        caption=votes.method_name(method),
        key=cards.key(choices, grades=grades),
        columns=(
            Column(_("Scrutin"), weight=1.7),
            Column(_("Objet"), weight=1.9),
            *cards.heads(choices, grades=grades),
            *((Column(_("Sans avis"), "figure"),) if grades else ()),
            Column(_("Exprimées"), "figure"),
            Column(_("Appelées"), "figure"),
            Column(_("Résultat"), weight=1.3),
        ),
        rows=tuple(
            (
                Cell(_("N° {poll}, {date}").format(poll=vote.poll, date=text.date_of(vote.closed_at)), vote.address),
                Cell(vote.subject),
                *(Cell(cards.figure(votes.voices_of(vote, choice.key))) for choice in choices),
                *((Cell(cards.figure(vote.no_opinion)),) if grades else ()),
                Cell(cards.figure(vote.expressed)),
                Cell(cards.figure(vote.entitled)),
                Cell(votes.result(vote)),
            )
            for vote in same
        ),
        in_margin=True,
    )


def rewritten_paragraphs(edition: Edition) -> Iterable[tuple[Recommendation, Paragraph]]:
    """The paragraphs that the convention wrote more than once."""
    for one in (*(one for _theme, one in cards.in_order(edition)), *edition.unsettled):
        for paragraph in one.paragraphs:
            if len(paragraph.versions) > 1:
                yield one, paragraph


def _versions(edition: Edition) -> Iterable[Row]:
    for _one, paragraph in rewritten_paragraphs(edition):
        blocks: list[Block] = []
        for version in paragraph.versions:
            blocks.append(Prose((_version_line(version),), "house"))
            blocks.extend(_said(version.text, "citizens"))
        yield Row(_("Paragraphe {number}").format(number=paragraph.number), tuple(blocks))


def _version_line(version: Version) -> str:
    """« Version 2, membre, 20 janvier 2024 à 15 h 42. Ce qui change : … Vote : Bien, gardé. »"""
    said = [
        _("Version {number}, {by}, {moment}.").format(
            number=version.number, by=version.by, moment=text.moment(version.written_at)
        )
    ]
    if version.changes:
        ended = version.changes.rstrip().endswith((".", "!", "?", "…"))  # « Amendement n° 4 » is no sentence
        said.append(_("Ce qui change : {changes}").format(changes=version.changes) + ("" if ended else "."))
    said.extend(
        _("Scrutin n° {poll} : {result}.").format(poll=vote.poll, result=votes.result(vote)) for vote in version.votes
    )
    return " ".join(said)


def _questions(edition: Edition) -> Iterable[Row]:
    for rank, exchange in enumerate(edition.questions, start=1):
        asked = f"{exchange.question} ({exchange.asked_by})" if exchange.asked_by else exchange.question
        answer = text.paragraphs(exchange.answer) or (_("Restée sans réponse."),)
        by = (_("Répondu par : {who}").format(who=exchange.answered_by),) if exchange.answered_by else ()
        blocks: list[Block] = [Prose((asked,), "citizens"), Prose((*answer, *by), "house")]
        if exchange.address:
            blocks.append(Steps((Step("", exchange.about, "", exchange.address),)))
        yield Row(_("Question {n}").format(n=rank), tuple(blocks))
