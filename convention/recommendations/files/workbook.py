"""The spreadsheet: recommendations, votes, the dictionary, and which edition this is."""

import datetime as dt
import io
import math
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from convention.kit import containers
from convention.kit.i18n import gettext as _
from convention.recommendations.files import records, text
from convention.recommendations.files.records import Value
from convention.recommendations.snapshot import Edition, fingerprint

HIGHEST = 405.0  # points: what a row of a spreadsheet may be
LONGEST = 32_767  # characters in a cell
A4, A3 = (9, 1047), (8, 1512)  # lying down: (its number in a spreadsheet, what its lines may hold in pixels)
MARGIN = 0.4  # inches, on each side
READABLE = 0.6  # below, what is printed at this scale is no longer read
KNOWN_BY = ("numero", "titre")  # said again on each sheet of paper


def spreadsheet(edition: Edition, assets: Path) -> bytes:
    clean, digest = text.rewritten(edition, text.clean), fingerprint(edition)
    lists = records.lists(clean)
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(
        whole,
        # Citizens' words stay words: never a formula, a link or a number.
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {
            "title": clean.title,
            "subject": text.edition_name(edition),
            "author": clean.convention.title,
            "comments": f"{edition.licence}. SHA-256 {digest}",
            "created": edition.frozen_at.astimezone(dt.UTC).replace(tzinfo=None),
        }
    )
    names = [column.name for column in records.RECOMMENDATIONS]
    _sheet(book, _("Recommandations"), names, records.recommendations(clean, digest))
    _sheet(book, _("Votes"), [column.name for column in records.VOTES], records.solemn_votes(clean))
    if edition.choices:
        _sheet(book, _("Choix"), [column.name for column in records.CHOICES], records.choices(clean))
    if edition.guarantors_journal:
        _sheet(book, _("Journal des garants"), [column.name for column in records.JOURNAL], records.journal(clean))
    for name, columns, rows in lists:
        _sheet(book, name, [column.name for column in columns], rows)
    _sheet(book, _("Dictionnaire"), [_("feuille"), _("colonne"), _("description")], _dictionary(clean, lists))
    _sheet(book, _("Édition"), [_("rubrique"), _("valeur")], _about(clean, digest))
    for sheet in book.worksheets():
        sheet.set_footer(f"&L{text.edition_name(edition).replace('&', '&&')}&C&A&R&P / &N")
    book.close()
    return containers.repacked(whole.getvalue(), edition.frozen_at)


def _dictionary(edition: Edition, lists: Sequence[records.Listed]) -> list[list[Value]]:
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
    for name, columns, _rows in lists:
        rows.extend([name, column.name, str(column.meaning)] for column in columns)
    return rows


def _about(clean: Edition, digest: str) -> list[list[Value]]:
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
        [_("Empreinte SHA-256"), digest],
    ]


def _sheet(book: xlsxwriter.Workbook, name: str, head: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 2, "valign": "top"})
    words = book.add_format({"text_wrap": True, "valign": "top"})
    figure = book.add_format({"valign": "top"})
    sheet.freeze_panes(1, 0)
    widths = []
    for place, title in enumerate(head):
        sheet.write_string(0, place, title, bold)
        longest = max((len(value) for row in rows[:200] if isinstance(value := row[place], str)), default=0)
        widths.append(_width(title, longest))
        sheet.set_column(place, place, widths[place])
    _lay_out(sheet, head, widths)
    for line, row in enumerate(rows, start=1):
        sheet.set_row(line, _height(row, widths))
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, _fitting(value), words)
            elif value is not None:
                sheet.write_number(line, place, value, figure)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(head) - 1)


def _width(title: str, longest: int) -> int:
    """In signs: what lets the longest cell be read in its row; the arrow of the filter hides the end of no title."""
    if longest > 40:
        return 90 if longest > 1_200 else 60 if longest > 400 else 36
    return max(8, len(title) + 4, min(longest + 2, 28))


def _lay_out(sheet: Worksheet, head: Sequence[str], widths: Sequence[int]) -> None:
    """On paper: lying down, the head on each sheet; as few sheets side by side as can be read, most often one."""
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_margins(left=MARGIN, right=MARGIN)
    pixels = [7 * width + 5 for width in widths]
    (number, holds), across = A4, 1
    if sum(pixels) * READABLE > holds:
        number, holds = A3
        again = sum(pixels[head.index(name)] for name in KNOWN_BY if name in head)
        across = math.ceil((sum(pixels) - again) * READABLE / (holds - again * READABLE))
        if across > 1 and again:
            sheet.repeat_columns(head.index(KNOWN_BY[0]), head.index(KNOWN_BY[-1]))
    sheet.set_paper(number)
    sheet.fit_to_pages(across, 0)
    sheet.print_across()  # what belongs to a row follows


def _height(row: Sequence[Value], widths: Sequence[int]) -> float:
    """What its longest cell needs: LibreOffice does not ask, and lays the end of a cell over the next row."""
    lines = 1
    for value, width in zip(row, widths, strict=True):
        if isinstance(value, str):
            # A word does not break: three signs a line are lost.
            lines = max(lines, sum(1 + len(part) // (width - 3) for part in value.split("\n")))
    return min(15.0 * lines, HIGHEST)


def _fitting(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    rest = _("… (suite dans le fichier JSON)")
    return words[: LONGEST - len(rest)] + rest
