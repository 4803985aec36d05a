"""Where the rule gives tracking codes: every ballot of a sealed poll, whole, for its voter to find and read. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

from convention.algorithms.decision import Method, Rule
from convention.kit.i18n import SOURCE, speaking
from convention.voting import choices, counts, envelopes

MOST_SHOWN = 1_000  # lines of a page; of more ballots, the file alone is offered


def lines(rule: Rule, questions: int, runs: Iterable[bytes]) -> list[tuple[str, list[str]]]:
    """(code, what the ballot says of each question or option), by code: no names, no dates, no order of arrival."""
    records = sorted(record for run in runs for record in envelopes.split(run, envelopes.TRACKING + questions))
    said = _said(rule)
    return [
        (
            envelopes.tracking_code(record[: envelopes.TRACKING]),
            [said[octet] if said else str(choices.cell(rule, octet)) for octet in record[envelopes.TRACKING :]],
        )
        for record in records
    ]


def _said(rule: Rule) -> dict[int, str]:
    """What each octet says of a text or of a motion. Nothing for a choice: its marks, scores and ranks are numbers."""
    if choices.is_choice(rule):
        return {}
    return {counts.pack(rule, value)[0]: words for value, words, _meaning in counts.options(rule)}


def file(rule: Rule, questions: int, runs: Iterable[bytes]) -> str:
    """The same, as a spreadsheet reads it: a column has the number of its question, or of its option.

    Cells are those of the other files of ballots: a grade in the words of the rule, nothing without opinion, « pour ».
    """
    with speaking(SOURCE):  # one file for all, and one fingerprint
        written_as = {words: _written(rule, value, words) for value, words, _meaning in counts.options(rule)}
        all_lines = lines(rule, questions, runs)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(["code", *range(1, questions + 1)])
    writer.writerows([code, *(written_as.get(cell, cell) for cell in cells)] for code, cells in all_lines)
    return written.getvalue()


def _written(rule: Rule, value: str, words: str) -> str:
    if rule.method is Method.MAJORITY_JUDGMENT:
        return "" if value == counts.NO_OPINION else words
    return value


def shown(rule: Rule, all_lines: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """What a page shows of them, in words: all, or none."""
    if len(all_lines) > MOST_SHOWN:
        return []
    return [(code, [_in_words(rule, cell) for cell in cells]) for code, cells in all_lines]


def _in_words(rule: Rule, cell: str) -> str:
    if not choices.is_choice(rule):
        return cell
    left_out = "0" if rule.method in choices.MARKS else ""
    return "–" if cell == left_out else choices.said(rule, cell)
