"""The page of a sealed poll."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from convention.algorithms import words
from convention.algorithms.decision import Method, NoOpinion, Rule
from convention.kit import i18n
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.pages import naming, quoted
from convention.people.visits import Visit, found
from convention.voting import choices, counts, kits, queries, rules
from convention.voting.choices import Choice
from convention.voting.models import Mode, Outcome, Poll

MOST_RETOLD = 2000  # ballots counted again for a page: of more, equal shares may take seconds


def result(visit: Visit, poll: Poll) -> Response:
    result = found(queries.result(visit.db, poll))
    if choices.is_choice(poll.the_rule):
        choice = queries.choices_of(visit.db, [poll])[poll.id]
        retold = visit.language != i18n.SOURCE and choice.counted["cast"] <= MOST_RETOLD
        if retold:
            choice = _retold(visit, poll, choice, queries.content(result)["choice"]["options"])
        return visit.page(
            "voting/choice.html",
            poll=poll,
            notes=[
                *_quorum(choice.counted["cast"], choice.counted["quorum_needed"], choice.counted["quorum_reached"]),
                *_paper_notes(visit, poll, choice.counted["cast"]),
            ],
            tokens=_tokens(poll, queries.content(result), choice.counted["cast"]),
            choice=choice,
            told_in=visit.language if retold else i18n.SOURCE,
            sentences=words.rule_sentences(poll.the_rule),
            receipts=queries.receipts(visit.db, poll),
            result=result,
            public_key=kits.public_key(visit.settings.secret),
        )
    outcomes = queries.outcomes_of(visit.db, [poll])[poll.id]
    rule = poll.the_rule
    return visit.page(
        "voting/result.html",
        poll=poll,
        rule=rule,
        outcomes=outcomes,
        president=queries.president(visit.db, poll),
        sentences=words.rule_sentences(rule),
        notes=[_notes(outcome) + _paper_notes(visit, poll, outcome.cast) for outcome in outcomes],
        tokens=_tokens(poll, queries.content(result), outcomes[0].cast),
        receipts=queries.receipts(visit.db, poll) if poll.mode == Mode.BALLOTS else (),
        named=[
            (person.name, [counts.label(rule, answer) for answer in said.answers])
            for person, said in queries.named(visit.db, poll)
        ],
        result=result,
        graded=rule.method is Method.MAJORITY_JUDGMENT,
        public_key=kits.public_key(visit.settings.secret),
    )


def _retold(visit: Visit, poll: Poll, choice: Choice, sealed: Sequence[Mapping[str, Any]]) -> Choice:
    """The same count, explained in the reader's language: what was sealed is in French, and stays in its files."""
    options = queries.questions(visit.db, poll)
    again = choices.result(
        poll.the_rule,
        options,
        queries.ballots(visit.db, poll, len(options)),
        present=choice.present,
        entitled=choice.entitled,
        seed=poll.draw_seed,
        language=visit.language,
    )
    shown = {one["title"]: here["title"] for one, here in zip(sealed, choice.options, strict=True)}
    words = choices.renamed({"options": sealed, "sentence": again["sentence"], "steps": again["steps"]}, shown)
    return replace(choice, counted={**choice.counted, "sentence": words["sentence"], "steps": words["steps"]})


def _notes(outcome: Outcome) -> list[tuple[str, str]]:
    """What stands beside a result so that it is not a bare winner: (name, sentence)."""
    decision, rule = outcome.decision, outcome.rule
    notes = _quorum(decision.cast, decision.quorum_needed, decision.quorum_reached)
    if rule.method is Method.YES_NO:
        sentence = _("{size} {base} ; il fallait {needed} voix pour.")
        notes.append(
            (_("Base"), sentence.format(size=decision.base_size, base=rule.base.label, needed=decision.needed))
        )
    else:
        notes.append((_("Sans avis"), naming(_no_opinion(outcome), rule.grades)))
        if decision.expressed:
            low = sum(row.count for row in outcome.rows if int(row.value) <= 2)
            notes.append((_("Désaccord"), naming(_disagreement(low, decision.expressed, rule), rule.grades)))
    turnout = _("{cast} voix, {present} présents, {entitled} inscrits.")
    if outcome.mode != Mode.TOTALS:
        turnout = _("{cast} bulletins, {entitled} inscrits.")
    numbers = {"cast": decision.cast, "present": decision.present, "entitled": decision.entitled}
    notes.append((_("Participation"), turnout.format(**numbers)))
    if outcome.explanation:
        notes.append((_("Écart expliqué"), outcome.explanation))
    return notes


def _quorum(cast: int, needed: int | None, reached: bool) -> list[tuple[str, str]]:
    """Whether enough have voted; nothing where the rule asks for no quorum."""
    if needed is None:
        return []
    sentence = (
        _("Atteint : {cast} voix, il en fallait {needed}.")
        if reached
        else _("Non atteint : {cast} voix, il en fallait {needed}.")
    )
    return [(_("Quorum"), sentence.format(cast=cast, needed=needed))]


def _tokens(poll: Poll, result: Mapping[str, Any], cast: int) -> str:
    """How many are on the roll for a screen beside how many ballots came; empty for what was counted without tokens.

    A name goes on the roll with a token, or with the ballot itself where the browser asked for no token.
    """
    if "issued" not in result:
        return ""
    unused = result["issued"] + poll.paper_ballots - cast
    # With paper, both together: `_paper_notes` tells the two sides apart when neither is small.
    people = (
        ngettext(
            "{n} personne a émargé à l’écran ou voté sur papier",
            "{n} personnes ont émargé à l’écran ou voté sur papier",
            cast + unused,
        )
        if poll.paper_ballots
        else ngettext("{n} personne a émargé à l’écran", "{n} personnes ont émargé à l’écran", cast + unused)
    ).format(n=cast + unused)
    sentence = people + ", " + ngettext("{n} bulletin", "{n} bulletins", cast).format(n=cast) + "."
    if unused:
        sentence += " " + ngettext(
            "{n} jeton n’a pas servi avant la fermeture : un appareil éteint, un réseau coupé. Il ne compte pas.",
            "{n} jetons n’ont pas servi avant la fermeture : un appareil éteint, un réseau coupé. Ils ne comptent pas.",
            unused,
        ).format(n=unused)
    return sentence


def _paper_notes(visit: Visit, poll: Poll, cast: int) -> list[tuple[str, str]]:
    """That some voted on paper. How many, when neither side is so small that one would look for whom."""
    if not poll.paper_ballots and not poll.paper_gap:
        return []
    screen = cast - poll.paper_ballots
    sentence = _("Une partie des bulletins était sur papier, saisis deux fois et mêlés aux autres.")
    if rules.may_show((poll.paper_ballots, screen), visit.settings.least_shown):
        sentence = _("{paper} bulletins papier, saisis deux fois et mêlés aux autres ; {screen} à l’écran.").format(
            paper=poll.paper_ballots, screen=screen
        )
    notes = [(_("Sur papier"), sentence)]
    if poll.paper_gap:
        gap = rules.paper_gap(poll.paper_ballots, poll.paper_marked)
        notes.append((_("Écart expliqué"), Markup("{} {}").format(gap, quoted(poll.paper_gap))))
    return notes


def _no_opinion(outcome: Outcome) -> str:
    n, rule = outcome.no_opinion, outcome.rule
    treated = rule.no_opinion.label
    if n == 0:
        return _("Aucune voix sans avis. {treated}.").format(treated=treated)
    # What the other usual treatment would have given: the choice is declared, its weight is shown.
    other_rule = {NoOpinion.EXCLUDED: NoOpinion.REJECTS}.get(rule.no_opinion, NoOpinion.EXCLUDED)
    counted = {**{str(row.value): row.count for row in outcome.rows}, counts.NO_OPINION: n}
    other = counts.judge(
        Rule.from_json(_with(rule, other_rule)), counted, present=outcome.present, entitled=outcome.entitled
    )
    same = other.grade == outcome.grade
    if other_rule is NoOpinion.REJECTS:
        sentence = (
            _("{n} sans avis. {treated}. Comptées comme « {lowest} », elles ne changeraient rien : « {grade} ».")
            if same
            else _("{n} sans avis. {treated}. Comptées comme « {lowest} », elles donneraient « {grade} ».")
        )
    else:
        sentence = (
            _("{n} sans avis. {treated}. Laissées de côté, elles ne changeraient rien : « {grade} ».")
            if same
            else _("{n} sans avis. {treated}. Laissées de côté, elles donneraient « {grade} ».")
        )
    return sentence.format(n=n, treated=treated, lowest=rule.grades[0], grade=other.grade_label or "–")


def _with(rule: Rule, no_opinion: NoOpinion) -> str:
    return json.dumps({**json.loads(rule.to_json()), "no_opinion": no_opinion.value, "no_opinion_grade": None})


def _disagreement(low: int, expressed: int, rule: Rule) -> str:
    # Montpellier's facilitators looked at the low grades beside the middle voice; one in five calls for a second look.
    if low == 0:
        return _("Aucune voix ne dit « {second} » ni « {lowest} ».").format(
            second=rule.grades[1], lowest=rule.grades[0]
        )
    sentence = (
        ngettext(
            "Attention : {low} voix sur {n} dit « {second} » ou « {lowest} », une sur cinq ou plus.",
            "Attention : {low} voix sur {n} disent « {second} » ou « {lowest} », une sur cinq ou plus.",
            low,
        )
        if 5 * low >= expressed
        else ngettext(
            "{low} voix sur {n} dit « {second} » ou « {lowest} » (moins d’une sur cinq).",
            "{low} voix sur {n} disent « {second} » ou « {lowest} » (moins d’une sur cinq).",
            low,
        )
    )
    return sentence.format(low=low, n=expressed, second=rule.grades[1], lowest=rule.grades[0])
