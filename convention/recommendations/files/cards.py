"""The card of one recommendation: always the same fields, in the same order; an empty one says that it is empty."""

from collections.abc import Sequence

from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import series
from convention.recommendations.files import text, votes
from convention.recommendations.files.book import (
    Block,
    Cell,
    Clause,
    Clauses,
    Column,
    Fact,
    Facts,
    Note,
    Part,
    Prose,
    Quote,
    Result,
    Row,
    Step,
    Steps,
    Table,
)
from convention.recommendations.snapshot import (
    Count,
    Edition,
    Effects,
    ExpertNote,
    Recommendation,
    Reservation,
    Theme,
    Vote,
)
from convention.recommendations.snapshot import Step as Origin

# Ink of each theme on white paper: 5 against 1 or more. A theme is always written beside its colour.
THEME_INKS = {
    "sante": "9B2A5A",
    "mob": "1B5C90",
    "eco": "38691F",
    "just": "8A4E00",
    "rel": "0D6668",
    "trans": "4C4858",
}
INK = "1E2033"


def by_theme(edition: Edition) -> tuple[tuple[Theme, tuple[Recommendation, ...]], ...]:
    """The recommendations in the order of the themes, then of the edition: the one order of every file."""
    known = {theme.slug for theme in edition.themes}
    others = Theme(slug="", name=_("Autres sujets"), icon="", colour="")
    groups = [(theme, tuple(r for r in edition.recommendations if r.theme == theme.slug)) for theme in edition.themes]
    groups.append((others, tuple(r for r in edition.recommendations if r.theme not in known)))
    return tuple((theme, recommendations) for theme, recommendations in groups if recommendations)


def in_order(edition: Edition) -> tuple[tuple[Theme, Recommendation], ...]:
    """Each recommendation with its theme, in the order of every file."""
    return tuple((theme, one) for theme, recommendations in by_theme(edition) for one in recommendations)


def theme_of(edition: Edition, recommendation: Recommendation) -> Theme:
    found = (theme for theme in edition.themes if theme.slug == recommendation.theme)
    return next(found, Theme(slug="", name=_("Autres sujets"), icon="", colour=""))


def card(recommendation: Recommendation, theme: Theme, level: int, rules: Sequence[str] = ()) -> Part:
    """The card; the voting rules that the report says elsewhere, once, are named by their number."""
    return Part(
        kind="card",
        anchor=f"recommandation-{recommendation.number}",
        title=text.titled(recommendation.title),
        level=level,
        rows=(
            Row(_("Constat"), (prose(recommendation.finding),)),
            Row(_("Objectif"), (prose(recommendation.objective),)),
            Row(_("Mesure"), (_clauses(recommendation, "measure"),)),
            Row(_("Garde-fous"), (_clauses(recommendation, "safeguard"),)),
            Row(_("Pour vérifier"), (_to_verify(recommendation),)),
            *_notes_and_votes(recommendation, rules),
            Row(_("Réserves"), _reservations(recommendation.reservations)),
            Row(_("Origine"), (_origin(recommendation),)),
        ),
        number=str(recommendation.number),
        theme=theme.name,
        icon=theme.icon,
        colour=THEME_INKS.get(theme.colour, INK),
        address=recommendation.address,
    )


def prose(words: str) -> Prose:
    """Citizens' words, or the institution saying that there are none."""
    said = text.paragraphs(words)
    return Prose(said, "citizens") if said else Prose((text.missing(),), "house")


def _clauses(recommendation: Recommendation, section: str) -> Block:
    items = tuple(
        Clause(paragraph.number, text.paragraphs(paragraph.text))
        for paragraph in recommendation.paragraphs
        if paragraph.section == section
    )
    return Clauses(items) if items else prose("")


def _to_verify(recommendation: Recommendation) -> Facts:
    """What was filled in, then, on one line, what was not."""
    fields = (
        (_("Indicateur"), recommendation.indicator),
        (_("Compétence"), recommendation.competence),
        (_("Qui est concerné"), recommendation.concerned),
        (_("Effets attendus"), recommendation.effects.general),
        *_effects(recommendation.effects),
        (_("Budget"), recommendation.effects.budget),
        (_("Délai souhaité"), recommendation.deadline),
    )
    filled = tuple(Fact(label, text.paragraphs(words), "citizens") for label, words in fields if words.strip())
    empty = [label for label, words in fields if not words.strip()]
    if not empty:
        return Facts(filled)
    names = ", ".join([empty[0], *(label[:1].lower() + label[1:] for label in empty[1:])])
    return Facts((*filled, Fact(text.missing(), (names,), "house")))


def _effects(effects: Effects) -> tuple[tuple[str, str], ...]:
    """Effects of each kind; those that are said together are not asked for again, one by one."""
    kinds = ((_("Effets sociaux"), effects.social), (_("Effets écologiques"), effects.ecological))
    return tuple(kind for kind in kinds if kind[1].strip()) if effects.general.strip() else kinds


def _expert_notes(notes: Sequence[ExpertNote]) -> tuple[Block, ...]:
    if not notes:
        return (Prose((_("Aucune note."),), "house"),)
    return tuple(
        Note(
            title=", ".join(filter(None, (note.author, note.quality, text.day(note.written_on)))),
            about=_("Porte sur : {about}").format(about=note.about),
            paragraphs=text.paragraphs(note.text),
        )
        for note in notes
    )


def _reservations(reservations: Sequence[Reservation]) -> tuple[Block, ...]:
    if not reservations:
        return (Prose((_("Aucune réserve."),), "house"),)
    return tuple(quote(reservation) for reservation in reservations)


def quote(reservation: Reservation) -> Quote:
    return Quote(text.paragraphs(reservation.text), signatories(reservation))


def signatories(reservation: Reservation) -> str:
    """How many sign, on what; by name only those who wished to be named."""
    count = ngettext("{n} signataire", "{n} signataires", reservation.signatories).format(
        n=text.number(reservation.signatories)
    )
    if reservation.named:
        count = _("{count}, dont {names}").format(count=count, names=", ".join(reservation.named))
    return _("{count}. Porte sur : {about}.").format(count=count, about=reservation.about.rstrip("."))


def step_in_words(step: Origin) -> str:
    """« 20 janvier 2024 à 15 h 42, scrutin n° 4 : 9.1 : bien, gardé », for what has lines and no lists."""
    said = ", ".join(filter(None, (step.when, step.what)))
    where = f" <{step.address}>" if step.address else ""
    return (f"{said} : {step.detail}" if step.detail else said) + where


def _origin(recommendation: Recommendation) -> Block:
    if not recommendation.origin:
        return prose("")
    return Steps(tuple(Step(step.when, step.what, step.detail, step.address) for step in recommendation.origin))


def _notes_and_votes(recommendation: Recommendation, rules: Sequence[str]) -> tuple[Row, ...]:
    decided = [paragraph.vote for paragraph in recommendation.paragraphs if paragraph.vote]
    notes = recommendation.expert_notes
    if not notes and not recommendation.vote:
        # One row says that two are empty: a card keeps to its page.
        nothing = Prose((_("Aucune note d’expert. Pas de vote d’ensemble."),), "house")
        rows = [Row(_("Notes et vote"), (nothing,))]
    else:
        rows = [Row(_("Notes d’experts"), _expert_notes(notes))]
        if recommendation.vote:
            rows.append(Row(_("Vote d’ensemble"), (result(recommendation.vote, rules),)))
        elif not decided:
            rows.append(Row(_("Vote d’ensemble"), (Prose((_("Pas de vote d’ensemble."),), "house"),)))
    if decided:
        alone = notes and not recommendation.vote
        whole = (Prose((_("Pas de vote d’ensemble."),), "house"),) if alone else ()
        rows.append(Row(_("Votes par paragraphe"), (*by_paragraph(decided, rules), *whole)))
    return tuple(rows)


def rule_name(n: int) -> str:
    return _("Règle {n}").format(n=n)


def _rule(vote: Vote, rules: Sequence[str]) -> str:
    """The rule in full, or where the report says it."""
    if vote.rule not in rules:
        return vote.rule
    return _("{rule}, écrite en entier dans « Les règles de vote ».").format(rule=rule_name(rules.index(vote.rule) + 1))


def _rules(decided: Sequence[Vote], rules: Sequence[str]) -> str:
    """Where the report says in full the rules of these votes, all of which it knows."""
    numbers = sorted({rules.index(vote.rule) + 1 for vote in decided})
    if len(numbers) == 1:
        return _rule(decided[0], rules)
    return _("Règles {which}, écrites en entier dans « Les règles de vote ».").format(which=series(map(str, numbers)))


def result(vote: Vote, rules: Sequence[str] = ()) -> Result:
    grades = vote.method == "majority-judgment"
    return Result(
        caption=_("Vote : {subject}").format(subject=vote.subject),
        sentence=vote.sentence,
        grade=str(vote.grade or ""),
        label=votes.result(vote),
        chart=votes.chart(vote),
        columns=(_("Mention") if grades else _("Choix"), _("Un trait, une voix"), _("Voix")),
        lines=(
            votes.turnout(vote),
            " ".join(filter(None, (_rule(vote, rules), vote.base, vote.quorum))),
            _("{manner}. Scrutin n° {poll}.").format(manner=vote.manner.rstrip("."), poll=vote.poll),
        ),
        warning=vote.warning or "",
        address=vote.address,
    )


def by_paragraph(decided: Sequence[Vote], rules: Sequence[str] = ()) -> tuple[Block, ...]:
    """One line a vote, one table a method, and each rule once."""
    blocks: list[Block] = []
    for method in votes.METHODS:
        same = [vote for vote in decided if vote.method == method]
        if same:
            blocks.append(_paragraph_table(same))
    if len({vote.base for vote in decided}) == 1 and all(vote.rule in rules for vote in decided):
        said = [" ".join(filter(None, (_rules(decided, rules), decided[0].base)))]
    else:
        said = list(dict.fromkeys(" ".join(filter(None, (_rule(vote, rules), vote.base))) for vote in decided))
    warnings = [f"{vote.subject} : {vote.warning}" for vote in decided if vote.warning]
    blocks.append(Prose((*said, *warnings), "house"))
    return tuple(blocks)


def heads(choices: Sequence[Count], *, grades: bool) -> list[Column]:
    """A column for each choice; a grade by its digit, which the key explains, with its word where it stands alone."""
    if not grades:
        return [Column(choice.label, "figure") for choice in choices]
    return [Column(choice.key, "figure", alone=f"{choice.label} ({choice.key})") for choice in choices]


def key(choices: Sequence[Count], *, grades: bool) -> str:
    """Which of the digits is the best: no file says it elsewhere."""
    if not grades:
        return ""
    return _("de 5 ({best}) à 1 ({worst})").format(best=choices[0].label, worst=choices[-1].label)


def _paragraph_table(decided: Sequence[Vote]) -> Table:
    choices = votes.columns(decided)
    grades = decided[0].method == "majority-judgment"
    return Table(
        caption=_("Votes par paragraphe"),
        key=key(choices, grades=grades),
        columns=(
            Column(_("Objet"), weight=1.5),
            Column(_("Un trait, une voix"), "chart"),
            *heads(choices, grades=grades),
            *((Column(_("Sans avis"), "figure"),) if grades else ()),
            Column(_("Résultat"), weight=1.3),
        ),
        rows=tuple(
            (
                Cell(vote.subject, vote.address),
                Cell(chart=votes.chart(vote)),
                *(Cell(figure(votes.voices_of(vote, choice.key))) for choice in choices),
                *((Cell(figure(vote.no_opinion)),) if grades else ()),
                Cell(votes.result(vote)),
            )
            for vote in decided
        ),
    )


def figure(value: int | None) -> str:
    return "–" if value is None else text.number(value)
