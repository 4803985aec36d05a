"""Answers in a spreadsheet: what leaves, what comes back, and what each line would change. Pure: no page, no database.

A line is one item, known by its identifier. The first columns say what it is and are never read back; the others are
the answer. A cell left empty changes nothing; a line that nobody touched does not either, and what others wrote on its
item meanwhile is shown. A line that is wrong is listed with its column and the reason, and then nothing at all is
imported; but one that only what others wrote makes wrong is left out, and does not stop the rest.
"""

import csv
import dataclasses
import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO
from uuid import UUID

import python_calamine
import xlsxwriter

from convention.kit import files, ids
from convention.kit.forms import clean
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy, ngettext
from convention.kit.spreadsheets import harmless, written
from convention.responses import rules
from convention.responses.forms import FIELDS, AnswerForm
from convention.responses.models import Decision, Import, Item, Reason

MOST_ROWS = 2_000
MOST_OCTETS = 5_000_000
MOST_UNPACKED = 60_000_000
MOST_IN_A_CELL = 8_000

# Read back: the field of the answer, the column's name, what to write there.
ANSWER_COLUMNS = {
    "decision": ("décision", lazy("une décision de la liste")),
    "reason": ("motif", lazy("un motif de la liste ; obligatoire pour un refus")),
    "text": ("réponse", lazy("la réponse aux membres ; 200 caractères au moins pour un refus")),
    "adds": ("apport", lazy("ce que la convention ajoute ; obligatoire si c’est déjà engagé")),
    "deadline": ("échéance", lazy("jour/mois/année ; obligatoire si c’est à l’étude")),
    "budget": ("budget", lazy("un montant ou une phrase")),
    "evidence": ("preuve", lazy("un lien ou une référence ; obligatoire si c’est déjà engagé")),
    "addressee": ("transmis_à", lazy("le destinataire ; obligatoire si c’est hors compétence")),
}
KNOWN_BY = "identifiant"
VERSION = "version"
CONTEXT = ("recommandation", "titre", "point", "intitulé", "texte des membres", "direction")
HEAD = (KNOWN_BY, VERSION, *CONTEXT, *(name for name, _meaning in ANSWER_COLUMNS.values()))


class Unreadable(Exception):
    """The file cannot be read at all, and here is the sentence that says why."""


@dataclasses.dataclass(frozen=True)
class Exported:
    """An item on its way out, with what its line says around it."""

    item: Item
    recommendation: int
    title: str
    words: str
    department: str


@dataclasses.dataclass(frozen=True)
class Row:
    """A line that came back: its place in the file, and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def kept(self) -> dict[str, Any]:
        return {"line": self.line, "cells": dict(self.cells)}


@dataclasses.dataclass(frozen=True)
class Fault:
    """Why a line is refused."""

    line: int
    column: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Change:
    """What a line would write.

    `is_late`: somebody has written on this item since the file left. `is_unsure`: nobody can say, the cell that would
    tell it was changed. Either way the item stays as it is, unless the sender asks for her words.
    """

    line: int
    recommendation: int
    item: Item
    form: AnswerForm
    fields: tuple[str, ...]
    is_late: bool = False
    is_unsure: bool = False

    @property
    def is_asked(self) -> bool:
        return self.is_late or self.is_unsure


@dataclasses.dataclass(frozen=True)
class Kept:
    """An item that others changed since the file left, and that the file does not change. `reason`: it would have."""

    line: int
    recommendation: int
    item: Item
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Examination:
    """All that a file would do."""

    changes: Sequence[Change]
    kept: Sequence[Kept]
    faults: Sequence[Fault]
    untouched: int

    @property
    def bad_lines(self) -> int:
        return len({fault.line for fault in self.faults})

    @property
    def late(self) -> list[Change]:
        return [change for change in self.changes if change.is_late]

    @property
    def unsure(self) -> list[Change]:
        return [change for change in self.changes if change.is_unsure]


# -- out -----------------------------------------------------------------------------------------------------------


def workbook(items: Sequence[Exported]) -> bytes:
    """The spreadsheet to fill in, with lists of decisions and reasons to choose from."""
    whole = io.BytesIO()
    # Citizens' words stay words: never a formula, a link or a number.
    book = xlsxwriter.Workbook(
        whole,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    grey = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#EEEDEA", "num_format": "@"})
    words = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    head = book.add_format({"bold": True, "bottom": 2, "valign": "top", "text_wrap": True})
    sheet = book.add_worksheet("Réponses")
    help_ = book.add_worksheet("Mode d’emploi")
    lists = book.add_worksheet("Listes")
    sheet.freeze_panes(1, 3)
    # On paper, for those who fill it in by hand first: an A3 lying down, all the columns, their names on each sheet.
    for page in (sheet, help_):
        page.set_landscape()
        page.set_margins(left=0.4, right=0.4)
        page.fit_to_pages(1, 0)
        page.set_footer("&L&A&R&P / &N")
    sheet.set_paper(8)
    sheet.repeat_rows(0)
    help_.set_paper(9)
    first_answer = len(HEAD) - len(ANSWER_COLUMNS)
    for place, name in enumerate(HEAD):
        sheet.write_string(0, place, name, head)
        sheet.set_column(place, place, _WIDTHS.get(name, 24))
    for line, one in enumerate(items, start=1):
        for place, value in enumerate(_cells(one)):
            sheet.write_string(line, place, value[:32_767], grey if place < first_answer else words)
    for letter, field, labels in (
        ("A", "decision", [one.label for one in Decision]),
        ("B", "reason", [one.label for one in Reason]),
    ):
        for line, label in enumerate(labels):
            lists.write_string(f"{letter}{line + 1}", label)
        place = HEAD.index(ANSWER_COLUMNS[field][0])
        source = f"=Listes!${letter}$1:${letter}${len(labels)}"
        sheet.data_validation(1, place, max(len(items), 1), place, {"validate": "list", "source": source})
    help_.set_column(0, 0, 24)
    help_.set_column(1, 1, 90)
    for line, (name, meaning) in enumerate(dictionary()):
        help_.write_string(line, 0, name, head)
        help_.write_string(line, 1, meaning, words)
    book.close()
    return whole.getvalue()


_WIDTHS = {KNOWN_BY: 12, VERSION: 8, "recommandation": 8, "point": 6, "texte des membres": 60, "réponse": 60}


def comma_separated(items: Sequence[Exported]) -> bytes:
    """The same as text: semicolons, UTF-8 with its mark, as spreadsheets in French expect."""
    return written([list(HEAD), *([harmless(cell) for cell in _cells(one)] for one in items)])


def dictionary() -> list[tuple[str, str]]:
    """What each column is."""
    return [
        (KNOWN_BY, _("ne pas changer : c’est ce qui relie la ligne au point")),
        (VERSION, _("ne pas changer : c’est ce qui permet de voir si quelqu’un a écrit entre-temps")),
        *((name, _("pour lire ; ce qui y est changé n’est pas repris")) for name in CONTEXT),
        *((name, str(meaning)) for name, meaning in ANSWER_COLUMNS.values()),
    ]


def _cells(one: Exported) -> list[str]:
    item = one.item
    about = [str(one.recommendation), one.title, str(item.number), item.title, one.words, one.department]
    return [str(item.id), f"{item.version} {_mark(_answer(item))}", *about, *_answer(item).values()]


def _answer(item: Item) -> dict[str, str]:
    """What each column of the answer says of this item."""
    said = {
        "decision": item.decision.label if item.decision else "",
        "reason": item.reason.label if item.reason else "",
        "deadline": item.deadline.strftime("%d/%m/%Y") if item.deadline else "",
    }
    return {field: said[field] if field in said else getattr(item, field) for field in ANSWER_COLUMNS}


def _mark(answer: Mapping[str, str]) -> str:
    """A few letters that are others as soon as one cell of the answer is: a line that nobody touched has them still."""
    plain = [_as_a_day(cell) if field == "deadline" else cell for field, cell in answer.items()]
    found = ids.fingerprint("\0".join(clean(cell) for cell in plain))
    return "".join(chr(ord("a") + int(digit, 16)) for digit in found[:12])


def _as_a_day(typed: str) -> str:
    """« 31/12/2030 » as spreadsheets may give it back: « 2030-12-31 »."""
    day, month, year = (*typed.split("/"), "", "", "")[:3]
    return f"{year}-{month:0>2}-{day:0>2}" if year else typed


# -- back ----------------------------------------------------------------------------------------------------------


def read(file: BinaryIO) -> list[Row]:
    """The lines of a CSV, XLSX or ODS file, by the names of its columns."""
    if reason := files.why_not_keep(file, MOST_OCTETS):
        raise Unreadable(reason)
    kind = files.kind_of(file)
    if kind in (files.XLSX, files.ODS):
        table = _from_workbook(file)
    elif kind in (files.CSV, files.TEXT):
        table = _from_text(file.read())
    else:
        raise Unreadable(_("Envoyez le tableau lui-même : un fichier xlsx, ods ou csv."))
    return _by_column(table)


def _from_workbook(file: BinaryIO) -> list[list[str]]:
    with zipfile.ZipFile(file) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
            raise Unreadable(_("Ce tableau est trop gros une fois ouvert. Gardez seulement la feuille des réponses."))
    file.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        name = "Réponses" if "Réponses" in book.sheet_names else book.sheet_names[0]
        return [
            [_said(cell) for cell in row[: len(HEAD) + 20]]
            for row in book.get_sheet_by_name(name).to_python(nrows=MOST_ROWS + 2)
        ]
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise Unreadable(
            _("Ce tableau ne s’ouvre pas. Enregistrez-le à nouveau en xlsx, ods ou csv, et renvoyez-le.")
        ) from error


def _said(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _from_text(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise Unreadable(_("Ce fichier texte ne se lit pas comme un tableau. Envoyez-le en xlsx.")) from error
    # The apostrophe that kept a spreadsheet from computing our words.
    return [[cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell for cell in row] for row in table]


def _by_column(table: list[list[str]]) -> list[Row]:
    filled = [(line, row) for line, row in enumerate(table, start=1) if any(cell.strip() for cell in row)]
    if not filled:
        raise Unreadable(_("Ce tableau est vide."))
    if len(filled) > MOST_ROWS:
        raise Unreadable(_("Ce tableau a plus de {n} lignes : envoyez-le en plusieurs fois.").format(n=MOST_ROWS))
    names = [_known_as(cell) for cell in filled[0][1]]
    needed = {KNOWN_BY, VERSION, *(name for name, _meaning in ANSWER_COLUMNS.values())}
    if lost := [name for name in HEAD if name in needed and name not in names]:
        raise Unreadable(
            ngettext(
                "Il manque une colonne : {names}. Partez du tableau exporté, et gardez sa première ligne.",
                "Il manque {n} colonnes : {names}. Partez du tableau exporté, et gardez sa première ligne.",
                len(lost),
            ).format(n=len(lost), names=", ".join(lost))
        )
    places = {name: names.index(name) for name in needed}
    return [
        Row(line, {name: clean(row[place]) if place < len(row) else "" for name, place in places.items()})
        for line, row in filled[1:]
    ]


def _known_as(cell: str) -> str:
    plain = _plain(cell)
    return next((name for name in HEAD if _plain(name) == plain), cell)


def _plain(words: str) -> str:
    """Without accents, capitals, apostrophes of one kind or another."""
    letters = unicodedata.normalize("NFD", words.casefold().replace("’", "'").replace("_", " "))
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def rows_of(kept: Import) -> list[Row]:
    return [Row(row["line"], row["cells"]) for row in kept.rows]


def examine(
    rows: Sequence[Row], items: Mapping[UUID, tuple[Item, int]], department_id: UUID | None, today: dt.date
) -> Examination:
    """What each line would change, or why it is refused. `items` are all those of the convention."""
    changes: list[Change] = []
    kept: list[Kept] = []
    faults: list[Fault] = []
    seen: dict[UUID, int] = {}
    for row in rows:
        answered = {field: row.cells[name] for field, (name, _meaning) in ANSWER_COLUMNS.items() if row.cells[name]}
        if not answered or _is_untouched(row):
            if found := _changed_meanwhile(row, items, department_id):
                kept.append(found)
            continue
        whose = _whose(row, items, department_id, seen)
        if isinstance(whose, Fault):
            faults.append(whose)
            continue
        item, number = whose
        # A draft may be incomplete: it is judged when somebody fills it, not when it comes back as it left.
        if _says_the_same(item, answered):
            continue
        version = _version(row, item)
        is_late = version is not None and version != item.version
        form = _form(row, item, answered)
        if not isinstance(form, AnswerForm):
            faults.extend(form)
            continue
        fields = tuple(form.differences(item))
        if not fields:
            continue
        wrong = [_fault(row, field, said) for field, said in rules.missing(form, today).items()]
        if reason := rules.why_not_write(item):
            wrong = [Fault(row.line, KNOWN_BY, reason)]
        if wrong and is_late:
            kept.append(Kept(row.line, number, item, " ".join(fault.reason for fault in wrong)))
        elif wrong:
            faults.extend(wrong)
        else:
            changes.append(Change(row.line, number, item, form, fields, is_late, version is None))
    told = {*(one.line for one in changes), *(one.line for one in faults), *(one.line for one in kept if one.reason)}
    return Examination(changes, kept, faults, untouched=len(rows) - len(told))


def _version(row: Row, item: Item) -> int | None:
    """The version that left, or None when the cell says none that this item ever had."""
    typed = row.cells[VERSION].partition(" ")[0]
    version = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    return version if 1 <= version <= item.version else None


def _is_untouched(row: Row) -> bool:
    answer = {field: row.cells[name] for field, (name, _meaning) in ANSWER_COLUMNS.items()}
    return row.cells[VERSION].partition(" ")[2] == _mark(answer)


def _changed_meanwhile(
    row: Row, items: Mapping[UUID, tuple[Item, int]], department_id: UUID | None
) -> Kept | None:  # fmt: skip
    item, number = items.get(_id(row), (None, 0))
    if item is None or not rules.sees(item, department_id) or _version(row, item) in (None, item.version):
        return None
    return Kept(row.line, number, item)


def _id(row: Row) -> UUID:
    try:
        return UUID(row.cells[KNOWN_BY])
    except ValueError:
        return UUID(int=0)


def _says_the_same(item: Item, answered: Mapping[str, str]) -> bool:
    """Whether these cells are those that left, as a spreadsheet may give them back."""
    said = _answer(item)
    day = item.deadline.isoformat() if item.deadline else ""
    return all(
        typed == clean(said[field]) or (field == "deadline" and typed == day) for field, typed in answered.items()
    )


def _whose(
    row: Row, items: Mapping[UUID, tuple[Item, int]], department_id: UUID | None, seen: dict[UUID, int]
) -> tuple[Item, int] | Fault:
    id = _id(row)
    found = items.get(id)
    if found is None:
        return Fault(row.line, KNOWN_BY, _("Cet identifiant n’est pas celui d’un point : recopiez celui de l’export."))
    if not rules.sees(found[0], department_id):
        return Fault(row.line, KNOWN_BY, _("Ce point est attribué à une autre direction."))
    if id in seen:
        return Fault(row.line, KNOWN_BY, _("Ce point est déjà à la ligne {n}.").format(n=seen[id]))
    seen[id] = row.line
    return found


def _form(row: Row, item: Item, answered: Mapping[str, str]) -> AnswerForm | list[Fault]:
    """What the item would say, or which cells cannot be read."""
    faults: list[Fault] = []
    given: dict[str, Any] = {field: getattr(item, field) for field in FIELDS}
    for field, typed in answered.items():
        if len(typed) > MOST_IN_A_CELL:
            faults.append(_fault(row, field, _("Ce texte est trop long pour une réponse.")))
        elif field in ("decision", "reason"):
            kinds: Sequence[Decision | Reason] = list(Decision) if field == "decision" else list(Reason)
            given[field] = _chosen(kinds, typed)
            if given[field] is None:
                said = _("« {typed} » n’est pas dans la liste : choisissez {words}.")
                words = ", ".join(f"« {_label(kind)} »" for kind in kinds)
                faults.append(_fault(row, field, said.format(typed=typed[:60], words=words)))
        else:
            given[field] = typed
    if faults:
        return faults
    form = AnswerForm.read({**given, "version": str(item.version)})
    if not isinstance(form, AnswerForm):
        return [_fault(row, field, said) for field, said in form.errors.items()]
    return form


def _fault(row: Row, field: str, reason: str) -> Fault:
    return Fault(row.line, ANSWER_COLUMNS.get(field, (field,))[0], reason)


def _label(kind: Decision | Reason) -> str:
    # « Droit : la loi ne le permet pas » is also chosen by its first word.
    return kind.label.split(" :")[0]


def _chosen(kinds: Iterable[Decision | Reason], typed: str) -> Decision | Reason | None:
    plain = _plain(typed)
    for kind in kinds:
        if plain in {_plain(words) for words in (kind.value, kind.value.replace("-", " "), kind.label, _label(kind))}:
            return kind
    return None
