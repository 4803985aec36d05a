"""A choice between options: what its ballot may say, how it is packed, what its sealed result says. Pure.

The options are the questions of the poll, in their positions; one ballot answers all of them together and is counted
whole (a ranking cannot be taken apart).
"""

import csv
import dataclasses
import io
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from convention.algorithms import ballots
from convention.algorithms.ballots import LEFT_OUT, MARKS, RANKINGS, Box
from convention.algorithms.count import count
from convention.algorithms.decision import Method, Outcome, Rule
from convention.algorithms.multi_vote import votes_each
from convention.algorithms.plain import as_data
from convention.kit import i18n
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.voting.models import Poll, PollQuestion

METHODS = (
    Method.APPROVAL,
    Method.SCORE,
    Method.SCHULZE,
    Method.IRV,
    Method.MULTI_VOTE,
    Method.EQUAL_SHARES,
)
KIND = "option"  # the subject of an option that was typed: it is nowhere else


def is_choice(rule: Rule | None) -> bool:
    return rule is not None and rule.method in METHODS


def offered(rule: Rule, options: int) -> list[str]:
    """What may be said of one option; nothing is always possible."""
    if rule.method in MARKS:
        return ["", "1"]
    if rule.method is Method.SCORE:
        return ["", *map(str, range(rule.score_from, rule.score_to + 1))]
    return ["", *map(str, range(1, options + 1))]


def most(rule: Rule, options: int) -> int | None:
    """How many options one may tick."""
    return votes_each(options) if rule.method is Method.MULTI_VOTE else None


def why_not(rule: Rule, answers: Sequence[str], *, blank: bool) -> str | None:
    """What is wrong with a whole ballot."""
    if any(answer not in offered(rule, len(answers)) for answer in answers):
        return _("Une des réponses n’est pas proposée : choisissez parmi celles du bulletin.")
    given = sum(1 for answer in answers if answer)
    if blank and given:
        return _("Vous avez coché « bulletin blanc » et répondu : gardez l’un ou l’autre.")
    if not blank and not given:
        return _("Votre bulletin est vide. Répondez, ou cochez « bulletin blanc » si c’est ce que vous voulez.")
    limit = most(rule, len(answers))
    if limit is not None and given > limit:
        return ngettext(
            "Vous avez {n} voix au plus : retirez {over} option.",
            "Vous avez {n} voix au plus : retirez {over} options.",
            given - limit,
        ).format(n=limit, over=given - limit)
    return None


def pack(rule: Rule, answers: Sequence[str]) -> bytes:
    """One ballot, a byte per option; `ValueError` if the ballot does not offer it."""
    names = [str(place) for place in range(len(answers))]
    given = {name: answer for name, answer in zip(names, answers, strict=True) if answer}
    if any(answer not in offered(rule, len(answers)) for answer in answers):
        raise ValueError(_("Une des réponses n’est pas proposée : choisissez parmi celles du bulletin."))
    if rule.method in MARKS:
        return ballots.pack(rule.method, names, list(given))
    if rule.method is Method.SCORE:
        scale = range(rule.score_from, rule.score_to + 1)
        return ballots.pack(rule.method, names, {name: int(answer) for name, answer in given.items()}, scale)
    ranks = sorted({int(answer) for answer in given.values()})
    tied = [[name for name, answer in given.items() if int(answer) == rank] for rank in ranks]
    return ballots.pack(rule.method, names, tied)


def moved(answers: Mapping[str, str], field: str, up: bool) -> dict[str, str]:
    """The ranks with this option one place higher or lower; one that was not ranked comes last."""
    ranks = {name: int(answer) for name, answer in answers.items() if answer.isascii() and answer.isdigit()}
    order = sorted(set(ranks.values()))
    ranks = {name: order.index(rank) + 1 for name, rank in ranks.items()}
    here = ranks.get(field)
    last = max(ranks.values(), default=0)
    if here is None:
        ranks[field] = last + 1
    else:
        there = here - 1 if up else here + 1
        for name in [name for name, rank in ranks.items() if rank == there]:
            ranks[name] = here
        ranks[field] = min(max(there, 1), last + 1 if list(ranks.values()).count(here) > 1 else last)
    return {name: str(ranks[name]) if name in ranks else "" for name in answers}


def said(rule: Rule, answer: str) -> str:
    """One answer in words, for reading a ballot again."""
    if rule.method in MARKS:
        return _("Choisie")
    if rule.method is Method.SCORE:
        return _("Note : {n} sur {most}").format(n=answer, most=rule.score_to)
    return _("Rang {n}").format(n=answer)


def result(
    rule: Rule,
    options: Sequence[PollQuestion],
    run: bytes,
    *,
    present: int,
    entitled: int,
    seed: str = "",
    language: str = i18n.SOURCE,
) -> dict[str, Any]:
    """The whole count as plain data, in French where it is sealed: once, for everyone."""
    with i18n.speaking(language):
        box = Box.of([option.title for option in options], run)
        costs = {option.title: Fraction(option.cost) for option in options if option.cost}
        return as_data(count(rule, box, present=present, entitled=entitled, costs=costs, seed=seed or None))


def csv_of(rule: Rule, titles: Sequence[str], run: bytes) -> str:
    """The ballots as a table: a line each, sorted, a column per option, as `convention tally` reads it."""
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\r\n")
    out.writerow([*(f"{n}. {re.sub(_UNWELCOME, ' ', title)}" for n, title in enumerate(titles, start=1)), "nombre"])
    width = len(titles)
    for start in range(0, len(run), width):
        out.writerow([*(cell(rule, octet) for octet in run[start : start + width]), 1])
    return written.getvalue()


_UNWELCOME = r'[;,\t\r\n"]+'


def cell(rule: Rule, octet: int) -> str | int:
    if rule.method in MARKS:
        return octet
    if octet == LEFT_OUT:
        return ""
    return octet + rule.score_from if rule.method is Method.SCORE else octet + 1


@dataclasses.dataclass(frozen=True)
class Choice:
    """What a sealed poll says of the options it was a choice between."""

    poll_id: UUID
    rule: Rule
    options: tuple[Mapping[str, Any], ...]
    entitled: int
    present: int
    counted: Mapping[str, Any]
    draw: Mapping[str, str] | None = None  # the seed of its public draw, with the fingerprint told before it opened

    @property
    def verdict(self) -> Outcome:
        return Outcome(self.counted["outcome"])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The options in the order of the result: place, title, number, whether chosen."""
        rows = []
        place = 1
        for equals in self.counted["ranking"]:
            for title in sorted(equals, key=lambda one: one not in self.counted["winners"]):  # those drawn stand first
                rows.append(
                    {
                        "place": place,
                        "title": title,
                        "count": self.counted["counts"].get(title, 0),
                        "mean": self.counted.get("means", {}).get(title),
                        "chosen": title in self.counted["winners"],
                        "tied": title in self.counted["tied"],
                        "cost": next((one["cost"] for one in self.options if one["title"] == title), 0),
                    }
                )
            place += len(equals)
        return rows

    @property
    def duels(self) -> dict[tuple[str, str], int]:
        return {(a, b): n for a, b, n in self.counted.get("duels", ())}


def renamed(told: Any, names: Mapping[str, str]) -> Any:
    """What a sealed choice tells, with other names for some options: the one name or inside a sentence, keys too.

    Whole names go first: « Fontaine » is not looked for in « Fontaine du marché ».
    """
    every = {option["title"]: option["title"] for option in told.get("options", ())} | dict(names)
    longest = sorted(filter(None, every), key=len, reverse=True)
    known = re.compile("|".join(rf"(?<!\w){re.escape(title)}(?!\w)" for title in longest))
    plain = ("kind", "id", "address", "seed", "sha256", "outcome")

    def written(value: Any) -> Any:
        if isinstance(value, str):
            return known.sub(lambda match: every[match[0]], value)
        if isinstance(value, Mapping):
            return {written(key): one if key in plain else written(one) for key, one in value.items()}
        return [written(one) for one in value] if isinstance(value, list | tuple) else value

    return written(told)


def read(poll: Poll, content: Mapping[str, Any]) -> Choice | None:
    """The choice that this sealed result tells; None if it is no choice."""
    told = content.get("choice")
    if told is None:
        return None
    return Choice(
        poll_id=poll.id,
        rule=poll.the_rule,
        options=tuple(told["options"]),
        entitled=content["entitled"],
        present=told["present"],
        counted=told["count"],
        draw=told.get("draw"),
    )


__all__ = [
    "KIND", "MARKS", "METHODS", "RANKINGS", "Choice", "cell", "csv_of", "is_choice", "moved", "offered", "pack", "read",
    "result",
]  # fmt: skip
