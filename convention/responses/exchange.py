"""The spreadsheet of a department: it goes out, is filled elsewhere, comes back, is looked at, then written."""

from collections.abc import Callable, Sequence

from starlette.responses import Response

from convention.kit.errors import Refused
from convention.kit.forms import Filled, upload
from convention.kit.i18n import gettext as _
from convention.kit.web import Door, get, post, see
from convention.people import queries as people
from convention.people.audiences import officials
from convention.people.visits import Visit, found
from convention.recommendations import queries as recommendations
from convention.recommendations.snapshot import Edition
from convention.responses import actions, queries, rules, sheets
from convention.responses.desk import LABELS, department_options, mine, shown_value, today
from convention.responses.models import Import, Item, State


def export(visit: Visit) -> Response:
    """Her department's points that are still to be answered, with the columns of the answer to fill in."""
    department_id = mine(visit)
    items = [
        item
        for item in queries.items(visit.db, visit.convention, department_id=department_id)
        if item.state != State.PUBLISHED
    ]
    answers = {one.id: one for one in queries.answers(visit.db, visit.convention)}
    names = dict(department_options(visit))
    words = _words(visit, {answers[item.answer_id].edition for item in items})
    exported = [
        sheets.Exported(
            item,
            answers[item.answer_id].number,
            answers[item.answer_id].title,
            "\n".join(
                f"{number} {text}"
                for number, text in words.get((answers[item.answer_id].edition, answers[item.answer_id].number), ())
                if number in item.paragraphs
            ),
            names.get(item.department_id, "") if item.department_id else "",
        )
        for item in items
    ]
    suffix = visit.path("suffix")
    draw, kind = found(EXPORTS.get(suffix))
    headers = {"content-disposition": f'attachment; filename="reponses-a-ecrire.{suffix}"', "cache-control": "no-store"}
    return Response(draw(exported), media_type=kind, headers={**headers, "x-content-type-options": "nosniff"})


EXPORTS: dict[str, tuple[Callable[[Sequence[sheets.Exported]], bytes], str]] = {
    "xlsx": (sheets.workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (sheets.comma_separated, "text/csv; charset=utf-8"),
}


def _words(visit: Visit, editions: set[int]) -> dict[tuple[int, int], list[tuple[str, str]]]:
    """{(edition, recommendation): its paragraphs}; a convention answers one edition, sometimes two."""
    found: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for number in editions:
        row = recommendations.edition(visit.db, visit.convention, number, all=True)
        for card in Edition.model_validate_json(row.content).recommendations if row else ():
            found[number, card.number] = [(one.number, one.text) for one in card.paragraphs]
    return found


def choose_file(visit: Visit) -> Response:
    return visit.page("responses/import.html", form=Filled(), dictionary=sheets.dictionary())


def send_file(visit: Visit) -> Response:
    """Read the file and show what it would change: nothing is written of it yet."""
    file = upload(visit.form, "file")
    problem = "" if file else _("Choisissez le tableau que vous avez rempli.")
    rows: list[sheets.Row] = []
    if file is not None:
        try:
            rows = sheets.read(file.file)
        except sheets.Unreadable as unreadable:
            problem = str(unreadable)
    if problem:
        form = Filled({}, {"file": problem})
        return visit.page("responses/import.html", status=422, form=form, dictionary=sheets.dictionary())
    assert file is not None, "a file without a problem is a file"
    kept = actions.keep_import(visit.db, visit.convention, file.filename or "", rows, by=visit.me)
    return see(visit.url("responses.preview", id=kept.id))


def preview(visit: Visit) -> Response:
    return _preview(visit, _import(visit))


def _preview(visit: Visit, kept: Import, status: int = 200, reason: str = "") -> Response:
    items = queries.items(visit.db, visit.convention)
    examination = sheets.examine(sheets.rows_of(kept), queries.numbered(visit.db, items), mine(visit), today(visit))
    late = [*(one.item for one in examination.changes if one.is_asked), *(one.item for one in examination.kept)]
    writers = [item.changed_by for item in late if item.changed_by]
    return visit.page(
        "responses/preview.html",
        status=status,
        kept=kept,
        found=examination,
        reason=reason,
        pasted=_pasted(items, examination.changes),
        names=people.names(visit.db, writers),
        labels=LABELS,
        said=shown_value,
    )


def _pasted(items: Sequence[Item], changes: Sequence[sheets.Change]) -> list[tuple[list[int], int]]:
    """(lines of the table, how many points) that would give one and the same answer."""
    lines = {change.item.id: change.line for change in changes}
    written = {item.id: item.text for item in items} | {change.item.id: change.form.text for change in changes}
    found = [([lines[id] for id in same if id in lines], len(same)) for same in rules.pasted(written)]
    return [(sorted(ours), points) for ours, points in found if ours]


def apply_file(visit: Visit) -> Response:
    kept = _import(visit)
    replace = [one for one in visit.form.getlist("remplacer") if isinstance(one, str)]
    here = mine(visit)
    try:
        left = actions.apply_import(visit.db, visit.convention, kept, replace=replace, department_id=here, by=visit.me)
    except Refused as refusal:
        return _preview(visit, kept, 422, refusal.reason)
    late = [f"{one.recommendation}.{one.item.number}" for one in left if one.is_late]
    unsure = [f"{one.recommendation}.{one.item.number}" for one in left if one.is_unsure]
    done = {"fait": "tableau-importe", "laisse": late, "intact": unsure}
    return see(visit.url("responses.desk", query=done))


def _import(visit: Visit) -> Import:
    return found(queries.an_import(visit.db, visit.convention, visit.path("id"), visit.me.id))


routes: list[Door] = [
    get("/collectivite/reponses/export.{suffix}", export, audience=officials),
    get("/collectivite/reponses/import", choose_file, audience=officials),
    post("/collectivite/reponses/import", send_file, audience=officials),
    get("/collectivite/reponses/import/{id:uuid}", preview, audience=officials),
    post("/collectivite/reponses/import/{id:uuid}", apply_file, audience=officials),
]
