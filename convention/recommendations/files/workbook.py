"""The spreadsheet: recommendations, votes, the dictionary, and which edition this is."""

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from convention.kit import containers
from convention.kit.i18n import gettext as _
from convention.recommendations.files import records, text
from convention.recommendations.files.records import Value
from convention.recommendations.snapshot import Edition, fingerprint

LONGEST = 32_767  # characters in a cell


def spreadsheet(edition: Edition, assets: Path) -> bytes:
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(
        whole,
        # Citizens' words stay words: never a formula, a link or a number.
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {
            "title": text.clean(edition.title),
            "subject": text.edition_name(edition),
            "author": text.clean(edition.convention.title),
            "comments": f"{edition.licence}. SHA-256 {fingerprint(edition)}",
            "created": edition.frozen_at.astimezone(dt.UTC).replace(tzinfo=None),
        }
    )
    names = [column.name for column in records.RECOMMENDATIONS]
    _sheet(book, _("Recommandations"), names, records.recommendations(edition))
    _sheet(book, _("Votes"), [column.name for column in records.VOTES], records.solemn_votes(edition))
    if edition.choices:
        _sheet(book, _("Choix"), [column.name for column in records.CHOICES], records.choices(edition))
    if edition.guarantors_journal:
        _sheet(book, _("Journal des garants"), [column.name for column in records.JOURNAL], records.journal(edition))
    for name, columns, rows in records.lists(edition):
        _sheet(book, name, [column.name for column in columns], rows)
    _sheet(book, _("Dictionnaire"), [_("feuille"), _("colonne"), _("description")], _dictionary(edition))
    _sheet(book, _("Édition"), [_("rubrique"), _("valeur")], _about(edition))
    book.close()
    return containers.repacked(whole.getvalue(), edition.frozen_at)


def _dictionary(edition: Edition) -> list[list[Value]]:
    rows: list[list[Value]] = []
    for column in records.RECOMMENDATIONS:
        rows.append([_("Recommandations"), column.name, str(column.meaning)])
    for other in records.VOTES:
        rows.append([_("Votes"), other.name, str(other.meaning)])
    for third in records.CHOICES:
        rows.append([_("Choix"), third.name, str(third.meaning)])
    if edition.guarantors_journal:
        for fourth in records.JOURNAL:
            rows.append([_("Journal des garants"), fourth.name, str(fourth.meaning)])
    for name, columns, _rows in records.lists(edition):
        rows.extend([name, column.name, str(column.meaning)] for column in columns)
    return rows


def _about(edition: Edition) -> list[list[Value]]:
    clean = text.rewritten(edition, text.clean)
    journal = clean.guarantors_journal
    return [
        [_("Titre"), clean.title],
        [_("Convention"), clean.convention.title],
        [_("Collectivité"), clean.convention.commissioner],
        [_("Édition"), clean.number],
        [_("Date"), text.iso_day(clean)],
        [_("Avertissement"), clean.fictional],
        [_("Recommandations"), len(clean.recommendations)],
        [_("Votes"), len(clean.votes)],
        [_("Choix entre options"), len(clean.choices)],
        *([[_("Journal des garants"), len(journal)]] if journal else ()),
        [_("Licence"), clean.licence],
        [_("Adresse"), clean.address],
        [_("Empreinte SHA-256"), fingerprint(edition)],
    ]


def _sheet(book: xlsxwriter.Workbook, name: str, head: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 2, "valign": "top"})
    words = book.add_format({"text_wrap": True, "valign": "top"})
    figure = book.add_format({"valign": "top"})
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    for place, title in enumerate(head):
        sheet.write_string(0, place, title, bold)
        long = any(isinstance(row[place], str) and len(str(row[place])) > 40 for row in rows[:200])
        sheet.set_column(place, place, 45 if long else max(12, min(len(title) + 4, 28)))
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, _fitting(value), words)
            elif value is not None:
                sheet.write_number(line, place, value, figure)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(head) - 1)


def _fitting(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    rest = _("… (suite dans le fichier JSON)")
    return words[: LONGEST - len(rest)] + rest
