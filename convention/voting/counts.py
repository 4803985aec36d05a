"""From a box to a result, and from a stored result to what is shown. Pure: the counting itself is in `algorithms`."""

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from convention.algorithms import ballots, words
from convention.algorithms.ballots import Box
from convention.algorithms.decision import Decision, Method, NoOpinion, Rule, Secrecy, decide
from convention.kit import i18n
from convention.kit.i18n import gettext as _
from convention.voting.models import Mode, Outcome, Poll, PollQuestion, Result, Row, Subject

NO_OPINION = "sans-avis"
BLANK = "blanc"
CHOICES = {"pour": "yes", "contre": "no", "abstention": "abstention", BLANK: "blank"}
METHODS = (Method.MAJORITY_JUDGMENT, Method.YES_NO)


def options(rule: Rule) -> list[tuple[str, str, str]]:
    """The answers that a ballot offers, as (value, words, meaning), the most favourable first."""
    if rule.method is Method.YES_NO:
        return [
            ("pour", _("Pour"), ""),
            ("contre", _("Contre"), ""),
            ("abstention", _("Abstention"), _abstention(rule)),
            # A hand is not raised blank, and a name is not called to say nothing.
            *([(BLANK, _("Blanc"), _blank(rule))] if rule.secrecy is Secrecy.SECRET else []),
        ]
    meanings = (
        _("Je n’en veux pas."),
        _("Il manque quelque chose d’important."),
        _("Je suis partagé·e : à retravailler."),
        _("Je le garde, à un détail près."),
        _("Je le garde tel quel."),
    )
    grades = list(enumerate(rule.grades, start=1))
    said = meanings if len(grades) == len(meanings) else ("",) * len(grades)
    return [
        *((str(value), label, said[value - 1]) for value, label in reversed(grades)),
        (NO_OPINION, _("Sans avis"), _no_opinion(rule)),
    ]


def _abstention(rule: Rule) -> str:
    return (
        _("Comptée dans le total.")
        if rule.base not in ("expressed",)
        else _("Comptée à part : elle ne pèse ni d’un côté ni de l’autre.")
    )


def _blank(rule: Rule) -> str:
    if rule.base in ("expressed", "expressed_and_abstentions"):
        return _("Compté à part : aucune réponse ne vous convient.")
    return _("Compté dans le total : aucune réponse ne vous convient.")


def _no_opinion(rule: Rule) -> str:
    return {
        NoOpinion.EXCLUDED: _("Compté dans les votants, pas dans la mention."),
        NoOpinion.REJECTS: _("Compte comme « {grade} ».").format(grade=rule.grades[0]),
        NoOpinion.STATIC: _("Compte comme « {grade} ».").format(grade=rule.grades[(rule.no_opinion_grade or 1) - 1]),
        NoOpinion.MEDIAN: _("Compte comme la mention du milieu des autres."),
    }[rule.no_opinion]


def label(rule: Rule, value: str) -> str:
    return next(words for known, words, _meaning in options(rule) if known == value)


def pack(rule: Rule, answer: str) -> bytes:
    """One answer as one byte; `ValueError` if the ballot does not offer it."""
    if rule.method is Method.YES_NO:
        return ballots.pack(rule.method, ("q",), CHOICES.get(answer, answer))
    if answer == NO_OPINION:
        return ballots.pack(rule.method, ("q",), {"q": None}, rule.grades)
    values = [str(value) for value in range(1, len(rule.grades) + 1)]
    if answer not in values:
        raise ValueError(_("« {grade} » n’est pas une mention de l’échelle.").format(grade=answer))
    return ballots.pack(rule.method, ("q",), {"q": rule.grades[int(answer) - 1]}, rule.grades)


def count(rule: Rule, column: bytes) -> dict[str, int]:
    """How many gave each answer, by the values of `options`."""
    box = Box.of(("q",), column)
    if rule.method is Method.YES_NO:
        counted = ballots.count_choices(box)
        return {value: counted[CHOICES[value]] for value, _words, _meaning in options(rule)}
    given, missing = ballots.count_grades(box, len(rule.grades))
    return {**{str(value): n for value, n in enumerate(given["q"], start=1)}, NO_OPINION: missing["q"]}


def judge(
    rule: Rule, counted: Mapping[str, int], *, present: int, entitled: int, casting: str | None = None
) -> Decision:
    """What the rule makes of the answers to one question; `casting` is the president's, where it settled a tie."""
    cast = sum(counted.values())
    if rule.method is Method.YES_NO:
        voices = {choice: counted[value] for value, choice in CHOICES.items() if value != BLANK}
        settles, blank = CHOICES.get(casting or ""), counted.get(BLANK, 0)
        return decide(rule, voices, cast=cast, blank=blank, present=present, entitled=entitled, casting=settles)
    grades = {value: n for value, n in counted.items() if value != NO_OPINION}
    return decide(rule, grades, cast=cast, blank=counted[NO_OPINION], present=present, entitled=entitled)


def written(
    poll: Poll,
    questions: Sequence[PollQuestion],
    answers: Sequence[Mapping[str, Any]],
    receipts_sha256: str,
    choice: Mapping[str, Any] | None = None,
    issued: int | None = None,
    tracked_sha256: str | None = None,
) -> Result:
    """The result, in its one canonical writing. `answers` holds, per question: counts, present, explanation.

    For a `choice` between options (present, count), the questions are the options. `issued` is how many names the roll
    has for ballots on a screen: a token may not have been used.
    """
    assert poll.opened_at is not None and poll.closes_at is not None, "what is sealed was open and has closed"
    content = {
        "poll": str(poll.id),
        "number": poll.number,
        "title": poll.title,
        "mode": poll.mode.value,
        "rule": json.loads(poll.rule),
        "rule_sha256": poll.rule_sha256,
        "opened_at": poll.opened_at.isoformat(timespec="seconds"),
        "closed_at": poll.closes_at.isoformat(timespec="seconds"),
        "entitled": poll.entitled,
        "receipts_sha256": receipts_sha256,
        "questions": [{**_told(question), **answer} for question, answer in zip(questions, answers, strict=True)]
        if choice is None
        else [],
    }
    if issued is not None:
        content["issued"] = issued
    if tracked_sha256 is not None:
        content["tracked_sha256"] = tracked_sha256
    if poll.paper_ballots or poll.paper_marked:
        content["paper"] = {
            "ballots": poll.paper_ballots,
            "marked": poll.paper_marked,
            "explanation": poll.paper_gap or "",
        }
    if choice is not None:
        content["choice"] = {
            **choice,
            "options": [{**_told(option), "cost": option.cost} for option in questions],
        }
        if poll.draw_seed:
            content["choice"]["draw"] = {"seed": poll.draw_seed, "sha256": poll.draw_sha256}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Result(poll_id=poll.id, content=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def _told(question: PollQuestion) -> dict[str, Any]:
    return {
        "position": question.position,
        "subject": {"kind": question.subject_kind, "id": str(question.subject_id)},
        "title": question.title,
        "text": question.text,
        "address": question.address,
    }


def outcomes(poll: Poll, result: Result) -> Sequence[Outcome]:
    """What a stored result says, question by question, in the language being spoken."""
    assert poll.closes_at is not None, "what is sealed has closed"
    return _outcomes(poll.id, poll.number, poll.title, poll.rule, poll.closes_at, result.content, i18n.language())


# A sealed result never changes, and most pages show some: what was read of the last ones is kept.
@functools.lru_cache(maxsize=60)
def _outcomes(
    poll_id: UUID, number: int, title: str, written_rule: str, closed_at: dt.datetime, written: str, language: str
) -> tuple[Outcome, ...]:
    content, rule = json.loads(written), Rule.from_json(written_rule)
    sentences = tuple(words.rule_sentences(rule))
    found = []
    for one in content["questions"]:
        counted = one["counts"]
        decision = judge(
            rule, counted, present=one["present"], entitled=content["entitled"], casting=one.get("casting")
        )
        found.append(
            Outcome(
                poll_id=poll_id,
                number=number,
                poll_title=title,
                position=one["position"],
                subject=Subject(one["subject"]["kind"], UUID(one["subject"]["id"])),
                title=one["title"],
                text=one["text"],
                address=one["address"],
                mode=Mode(content["mode"]),
                rule=rule,
                closed_at=closed_at,
                rows=rows(rule, counted),
                decision=decision,
                explanation=one["explanation"],
                sentence=words.decision_sentence(rule, decision),
                rule_sentences=sentences,
            )
        )
    return tuple(found)


def rows(rule: Rule, counted: Mapping[str, int]) -> tuple[Row, ...]:
    """The voices for a chart, the most favourable first; those without an opinion are said beside it."""
    return tuple(
        Row(int(value) if value.isdigit() else value, said, counted[value])
        for value, said, _meaning in options(rule)
        if value != NO_OPINION and value in counted  # results sealed before blank ballots were offered have none
    )
