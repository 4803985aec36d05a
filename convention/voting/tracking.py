"""Where the rule gives tracking codes: every ballot of a sealed poll, whole, for its voter to find and read. Pure."""

import csv
import io
from collections.abc import Callable, Iterable

from convention.algorithms.decision import Method, Rule
from convention.kit.i18n import SOURCE, speaking
from convention.voting import choices, counts, envelopes

MOST_SHOWN = 1_000  # lines of a page; of more ballots, the file alone is offered

Lines = list[tuple[str, list[str]]]  # (code, what the ballot says of each question or option)


def shown(rule: Rule, questions: int, runs: Iterable[bytes]) -> tuple[int, Lines]:
    """How many ballots there are; for a page, each in words, or none of them when they are too many."""
    records = _records(questions, runs)
    return len(records), _lines(records, _in_words(rule)) if len(records) <= MOST_SHOWN else []


def file(rule: Rule, questions: int, runs: Iterable[bytes]) -> str:
    """All of them, as a spreadsheet reads it: a column has the number of its question, or of its option.

    Cells are those of the other files of ballots: a grade in the words of the rule, nothing without opinion, « pour ».
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(["code", *range(1, questions + 1)])
    with speaking(SOURCE):  # one file for all, and one fingerprint
        said = _lines(_records(questions, runs), _as_written(rule))
    writer.writerows([code, *answers] for code, answers in said)
    return written.getvalue()


def _records(questions: int, runs: Iterable[bytes]) -> list[bytes]:
    """By code: no names, no dates, no order of arrival."""
    return sorted(record for run in runs for record in envelopes.split(run, envelopes.TRACKING + questions))


def _lines(records: Iterable[bytes], say: Callable[[int], str]) -> Lines:
    start = envelopes.TRACKING
    return [(envelopes.tracking_code(record[:start]), list(map(say, record[start:]))) for record in records]


def _as_written(rule: Rule) -> Callable[[int], str]:
    """What each octet of a ballot is in the files."""
    if choices.is_choice(rule):
        return lambda octet: str(choices.cell(rule, octet))
    graded = rule.method is Method.MAJORITY_JUDGMENT
    return {
        counts.pack(rule, value)[0]: "" if value == counts.NO_OPINION else words if graded else value
        for value, words, _meaning in counts.options(rule)
    }.__getitem__


def _in_words(rule: Rule) -> Callable[[int], str]:
    if not choices.is_choice(rule):
        return {counts.pack(rule, value)[0]: words for value, words, _meaning in counts.options(rule)}.__getitem__
    left_out = "0" if rule.method in choices.MARKS else ""

    def say(octet: int) -> str:
        cell = str(choices.cell(rule, octet))
        return "–" if cell == left_out else choices.said(rule, cell)

    return say
