from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from convention.drafts import routes as drafts
from convention.kit import clock
from convention.kit.errors import Gone, NotFound
from convention.kit.forms import Filled
from convention.kit.i18n import Lazy, lazy
from convention.kit.i18n import gettext as _
from convention.kit.pages import quoting
from convention.kit.text import size
from convention.kit.web import Door, get, post, see
from convention.people import queries as people
from convention.people.audiences import administrators, everyone, facilitators, guarantors
from convention.people.models import Person, RoleKind
from convention.people.visits import Visit, base_address, found
from convention.programme import queries as programme
from convention.recommendations import actions, extract, lists, queries, rules, shelf
from convention.recommendations.comparison import compare, tree
from convention.recommendations.compose import compose
from convention.recommendations.files import FORMATS, Format, cards, chapters, schema, votes
from convention.recommendations.files import text as filed
from convention.recommendations.forms import ClosingForm, ConfirmedForm, FreezeForm, ListForm, PieceForm, WithdrawalForm
from convention.recommendations.models import EditionRow, Piece, State
from convention.recommendations.snapshot import Edition, Vote
from convention.voting import queries as voting
from convention.voting.models import Row

NOTICES: dict[str, Lazy] = {
    "rapport-ecrit": lazy("Le texte est enregistré. Il ira dans la prochaine édition."),
    "rapport-fige": lazy("L’édition est figée. Relisez-la, puis publiez-la."),
    "rapport-publie": lazy("L’édition est publiée : tout le monde peut la lire."),
    "rapport-retire": lazy("L’édition est retirée. Sa page reste, avec la raison."),
    "fermeture-demandee": lazy("La fermeture est demandée. Une autre personne de l’administration doit la confirmer."),
    "fermeture-refusee": lazy("L’édition n’est pas fermée : tout le monde la lit."),
    "rapport-ferme": lazy("L’édition est fermée au public. Les garants en sont prévenus."),
}

INSIDE = (RoleKind.FACILITATOR, RoleKind.OFFICIAL, RoleKind.GUARANTOR, RoleKind.ADMINISTRATOR)

# -- reading ---------------------------------------------------------------------------------------------------------


def latest(visit: Visit) -> Response:
    """The edition in force; until there is one, what exists and when it will come."""
    edition = queries.latest(visit.db, visit.convention)
    if edition is not None:
        return RedirectResponse(visit.url("recommendations.show", number=edition.number), status_code=303)
    return visit.page(
        "recommendations/none.html",
        editions=queries.editions(visit.db, visit.convention, all=visit.is_a(*INSIDE)),
        reads_closed=rules.reads_closed(visit.roles),
        next_sitting=programme.next_sitting(visit.db, visit.convention, visit.at),
    )


def show(visit: Visit) -> Response:
    """The report itself: the page is the reference, the files are its copies."""
    row = _edition(visit)
    edition = Edition.model_validate_json(row.content)
    return visit.page(
        "recommendations/edition.html",
        row=row,
        edition=edition,
        themes=cards.by_theme(edition),
        files=_files(visit, row),
        **_around(visit, row),
    )


def one(visit: Visit) -> Response:
    """One recommendation alone: its card, its votes, its versions; it prints on A4."""
    row = _edition(visit)
    edition = Edition.model_validate_json(row.content)
    number = visit.path("recommendation")
    ordered = [card for _theme, card in cards.in_order(edition)]
    card = found(next((one for one in (*ordered, *edition.unsettled) if one.number == number), None))
    left = next((one for one in edition.unsettled if one.number == number), None)
    place = ordered.index(card) if card in ordered else None
    return visit.page(
        "recommendations/one.html",
        row=row,
        edition=edition,
        card=card,
        theme=cards.theme_of(edition, card),
        kept=place is not None,
        left=left if left is not card else None,
        before=ordered[place - 1] if place else None,
        after=ordered[place + 1] if place is not None and place + 1 < len(ordered) else None,
        **_around(visit, row),
    )


def differences(visit: Visit) -> Response:
    """What changed from one edition to another, whichever is named first."""
    before, after = _two(visit)
    old, new = (Edition.model_validate_json(row.content) for row in (before, after))
    return visit.page(
        "recommendations/differences.html",
        before=before,
        after=after,
        old=old,
        new=new,
        comparison=compare(old, new),
        **_around(visit, after),
    )


def differences_json(visit: Visit) -> Response:
    old, new = (Edition.model_validate_json(row.content) for row in _two(visit))
    return JSONResponse(tree(compare(old, new), old, new))


def _two(visit: Visit) -> tuple[EditionRow, EditionRow]:
    """Two editions that this person may read, the older first."""
    numbers = sorted({visit.path("number"), visit.path("other")})
    if len(numbers) < 2:
        raise NotFound
    before, after = (_readable(visit, one) for one in numbers)
    return before, after


def file(visit: Visit) -> Response:
    """A file of an edition, drawn when it is first asked for."""
    format = found(FORMATS.get(visit.path("suffix")))
    row = _edition(visit)
    tag = shelf.etag(row.sha256, format)
    headers = {"etag": tag, **_kept_by_readers(row)}
    known = [one.strip().removeprefix("W/") for one in visit.request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return _Drawn(visit, row, format, headers)


def part(visit: Visit) -> Response:
    """Which recommendations somebody needs, and the files of these alone."""
    row, edition, numbers = _part(visit)
    query = {"reco": [str(number) for number in numbers]}
    lines = [
        File(
            _("Extrait en {format}").format(format=_WHAT[suffix][0]),
            visit.url("recommendations.part_file", number=row.number, suffix=suffix),
            *rest,
        )
        for suffix in extract.SUFFIXES
        for rest in [(str(_WHAT[suffix][1]), "", _WHAT[suffix][2])]
    ]
    return visit.page(
        "recommendations/extract.html",
        row=row,
        edition=edition,
        themes=cards.by_theme(edition),
        numbers=numbers,
        asked=bool(visit.request.query_params),
        files=[line._replace(address=f"{line.address}?{urlencode(query, doseq=True)}") for line in lines],
        address=f"{edition.address}/extrait?{urlencode(query, doseq=True)}",
        **_around(visit, row),
    )


def part_file(visit: Visit) -> Response:
    """A file of these recommendations alone."""
    suffix = visit.path("suffix")
    row, _edition_read, numbers = _part(visit)
    if suffix not in extract.SUFFIXES or not numbers:
        raise NotFound
    return _Drawn(visit, row, FORMATS[suffix], _kept_by_readers(row), extract.key(numbers))


def _part(visit: Visit) -> tuple[EditionRow, Edition, Sequence[int]]:
    row = _edition(visit)
    edition = Edition.model_validate_json(row.content)
    asked = visit.request.query_params
    numbers = {int(one) for one in asked.getlist("reco") if one.isascii() and one.isdigit() and len(one) < 7}
    return row, edition, extract.chosen(edition, set(asked.getlist("theme")), numbers)


def _kept_by_readers(row: EditionRow) -> dict[str, str]:
    public = row.state not in (State.FROZEN, State.CLOSED)
    return {"cache-control": "public, max-age=3600" if public else "private, no-store"}


class _Drawn(FileResponse):
    """A file that may still have to be drawn. It is when the answer leaves: the database and its thread are free."""

    def __init__(self, visit: Visit, row: EditionRow, format: Format, headers: dict[str, str], key: str = "") -> None:
        folder = visit.settings.folder
        whole = (folder, row.sha256, row.content, format)
        self.draw = partial(shelf.draw_extract, *whole, key) if key else partial(shelf.draw, *whole)
        place = shelf.extract_place(folder, row.sha256, format, key) if key else shelf.place(folder, row.sha256, format)
        extracted = "-extrait" if key else ""
        # A type with its charset, if it has one, goes as it is.
        super().__init__(
            place,
            headers={**headers, "content-type": format.media_type, "x-content-type-options": "nosniff"},
            filename=f"avis-citoyen-edition-{row.number}{extracted}.{format.suffix}",
            content_disposition_type="inline" if format.suffix.endswith("pdf") else "attachment",
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.to_thread.run_sync(self.draw)
        except shelf.NotDrawn:
            raise HTTPException(503, headers={"retry-after": "60"}) from None
        await super().__call__(scope, receive, send)


def json_schema(visit: Visit) -> Response:
    return JSONResponse(
        schema(), media_type="application/schema+json", headers={"cache-control": "public, max-age=3600"}
    )


def _edition(visit: Visit) -> EditionRow:
    return _readable(visit, visit.path("number"))


def _readable(visit: Visit, number: int) -> EditionRow:
    """This edition, if she may read it; to whom may not, one that is closed says why."""
    closed = rules.reads_closed(visit.roles)
    row = queries.edition(visit.db, visit.convention, number, all=visit.is_a(*INSIDE), closed=closed)
    if row is None and (line := queries.edition_line(visit.db, visit.convention, number)):
        raise Gone(rules.why_closed(line))
    return found(row)


def _around(visit: Visit, row: EditionRow) -> dict[str, Any]:
    """The other editions, and the one in force."""
    editions = queries.editions(visit.db, visit.convention, all=visit.is_a(*INSIDE))
    in_force = next((one for one in editions if one.state == State.PUBLISHED), None)
    site = _site(visit)
    # Addresses are frozen whole, for the files; on this site they are read from its root.
    return {
        "editions": editions,
        "reads_closed": rules.reads_closed(visit.roles),
        "in_force": in_force,
        "said": CHARTS,
        "here": lambda address: _here(address, site),
    }


def voices(vote: Vote) -> Sequence[Row]:
    """The voices of a vote, as the charts of `ui` read them."""
    values = {"yes": "pour", "no": "contre", "abstain": "abstention", "blank": "blanc"}
    return [
        Row(int(one.key) if one.key.isdigit() else values.get(one.key, one.key), one.label, one.voices)
        for one in vote.counts
    ]


def middle(vote: Vote) -> int | None:
    """The rank of the voice that decides, when it is among those drawn."""
    rank = votes.middle_rank(vote)
    return rank if rank and rank <= sum(one.voices for one in vote.counts) else None


def keep_from(vote: Vote) -> int | None:
    """The grade from which a text is kept, when the result agrees with the usual one."""
    if vote.grade is None or vote.outcome not in ("kept", "rewrite"):
        return None
    return votes.KEPT_FROM if (vote.grade >= votes.KEPT_FROM) == (vote.outcome == "kept") else None


def result(vote: Vote) -> str:
    """What the files say of it, for a page that may be read in another language."""
    sentence = _("{result} (vote indicatif)") if vote.indicative else "{result}"
    return quoting(sentence, result=votes.outcome(vote))


CHARTS = {
    "voices": voices,
    "middle": middle,
    "keep_from": keep_from,
    "result": result,
    "turnout": votes.turnout,
    "signatories": cards.signatories,
    "by_criterion": chapters.by_criterion,
    "hours": chapters.hours,
    "share": filed.share,
    "percent": lambda words: lists.percent(words) or 0,
    "beside": filed.beside,
    "answered_on": filed.answered_on,
}


def _here(address: str, site: str) -> str:
    return address.removeprefix(site) if address.startswith(f"{site}/") else address


class File(NamedTuple):
    """A line of `ui.files`."""

    name: str
    address: str
    what: str
    size: str
    icon: str


_WHAT = {
    "pdf": ("PDF", lazy("Lire, archiver, imprimer. Balisé pour les lecteurs d’écran."), "file-text"),
    "synthese.pdf": ("PDF", lazy("L’essentiel en deux pages."), "file-text"),
    "gros.pdf": ("PDF", lazy("Corps 18, une recommandation par page."), "a-large-small"),
    "docx": ("DOCX", lazy("Reprendre dans Word : vrais styles, sommaire."), "file-pen"),
    "odt": ("ODT", lazy("Reprendre dans LibreOffice."), "file-pen"),
    "txt": ("TXT", lazy("Texte seul, visas laissés en blanc."), "file-text"),
    "xlsx": ("XLSX", lazy("Recommandations, votes et dictionnaire des colonnes."), "file-spreadsheet"),
    "csv": ("CSV", lazy("Une ligne par recommandation. Point-virgule, UTF-8."), "file-spreadsheet"),
    "json": ("JSON", lazy("Tout, avec un schéma et des identifiants stables."), "braces"),
    "zip": ("ZIP", lazy("Le dossier complet, pour les archives."), "archive"),
}


def _files(visit: Visit, row: EditionRow) -> Sequence[File]:
    """The files, with what they weigh when they have been drawn."""
    lines = []
    for suffix, format in FORMATS.items():
        short, what, icon = _WHAT[suffix]
        octets = shelf.size(visit.settings.folder, row.sha256, format)
        address = visit.url("recommendations.file", number=row.number, suffix=suffix)
        weight = size(octets) if octets is not None else ""
        lines.append(File(f"{format.label} ({short})", address, str(what), weight, icon))
    return lines


# -- the facilitators' desk ------------------------------------------------------------------------------------------


def desk(visit: Visit) -> Response:
    """What the next edition would be, what it lacks, and the editions there are."""
    return _desk(visit)


def _desk(visit: Visit, *, withdrawing: EditionRow | None = None, form: Filled | None = None) -> Response:
    number = queries.next_number(visit.db, visit.convention)
    edition = compose(visit.db, visit.convention, number=number, at=clock.now(), site=_site(visit))
    polls = voting.going_on(visit.db, visit.convention)
    return visit.page(
        "recommendations/desk.html",
        status=200 if form is None else 422,
        edition=edition,
        remarks=rules.coherence(edition, open_polls=len(polls), published=queries.latest(visit.db, visit.convention)),
        why_not_freeze=rules.why_not_freeze(edition, number),
        pieces=[(piece, rules.why_not_write(piece, visit.roles)) for piece in Piece],
        texts=queries.texts(visit.db, visit.convention),
        editions=queries.editions(visit.db, visit.convention, all=True),
        rules=rules,
        is_facilitator=visit.is_a(RoleKind.FACILITATOR),
        withdrawing=withdrawing,
        form=form if form is not None else Filled(),
        blank=Filled(),
    )


def edit(visit: Visit) -> Response:
    piece = _piece(visit)
    text = queries.texts(visit.db, visit.convention).get(piece)
    return _piece_form(visit, piece, {"body": text.body if text else "", "version": text.version if text else 0})


def write(visit: Visit) -> Response:
    piece = _piece(visit)
    form = (ListForm if piece in lists.COLUMNS else PieceForm).read(visit.form)
    if isinstance(form, Filled):
        return _piece_form(visit, piece, form, 422)
    if said := rules.why_not_this(piece, form.body):
        return _piece_form(visit, piece, Filled(form.model_dump(), {"body": said}), 422)
    text = queries.texts(visit.db, visit.convention).get(piece)
    if text and text.version != form.version and text.body != form.body:
        return _piece_form(visit, piece, Filled({"body": form.body, "version": text.version}), 409, theirs=text.body)
    actions.write(visit.db, visit.convention, piece, form.body, by=visit.me, roles=visit.roles)
    return see(visit.url("recommendations.desk", query={"fait": "rapport-ecrit"}))


def _piece_form(
    visit: Visit, piece: Piece, sent: Filled | Mapping[str, Any], status: int = 200, theirs: str = ""
) -> Response:
    """`sent`: what is to be corrected, or what is written and may be begun again."""
    begun = drafts.begun(visit, f"rapport-{piece.value}")
    form = sent if isinstance(sent, Filled) else begun.over(sent)
    return visit.page(
        "recommendations/text.html",
        status=status,
        piece=piece,
        begun=begun,
        form=form,
        theirs=theirs,
        columns=[column.label for column in lists.COLUMNS.get(piece, ())],
        rows=lists.rows(piece, form["body"] or "") if piece in lists.COLUMNS and not form.errors else [],
        why_not=rules.why_not_write(piece, visit.roles),
        versions=queries.versions(visit.db, visit.convention, piece),
    )


def freeze(visit: Visit) -> Response:
    form = FreezeForm.read(visit.form)
    previewed = 0 if isinstance(form, Filled) else form.number
    row = actions.freeze(visit.db, visit.convention, by=visit.me, site=_site(visit), previewed=previewed)
    return see(visit.url("recommendations.show", number=row.number, query={"fait": "rapport-fige"}))


def publish(visit: Visit) -> Response:
    row = _any_edition(visit)
    actions.publish(visit.db, row, by=visit.me)
    return see(visit.url("recommendations.show", number=row.number, query={"fait": "rapport-publie"}))


def withdraw(visit: Visit) -> Response:
    row = _any_edition(visit)
    form = WithdrawalForm.read(visit.form)
    if isinstance(form, Filled):
        return _desk(visit, withdrawing=row, form=form)
    actions.withdraw(visit.db, row, form.reason, by=visit.me)
    return see(visit.url("recommendations.show", number=row.number, query={"fait": "rapport-retire"}))


# -- closing an edition to the public: asked by one, confirmed by another ---------------------------------------------


def closing(visit: Visit) -> Response:
    """Close an edition whose words nobody may read any more, and what that means."""
    return _closing(visit, Filled())


def _closing(visit: Visit, form: Filled) -> Response:
    row = _any_edition(visit)
    others = [
        one
        for one in people.holding(visit.db, visit.convention.id, RoleKind.ADMINISTRATOR)
        if visit.person is None or one.id != visit.person.id
    ]
    asker = visit.db.get(Person, row.closing_asked_by) if row.closing_asked_by else None
    stands = queries.closing_stands(visit.db, visit.convention, row)
    return visit.page(
        "recommendations/closing.html",
        status=422 if form.errors else 200,
        row=row,
        form=form,
        asker=asker,
        stands=stands,
        why_not_ask=rules.why_not_ask_closing(row, others=len(others), stands=stands),
        why_not_close=rules.why_not_close(row, visit.me, rules.asked(row), stands=stands),
        asked=rules.asked(row),
        may_ask=visit.is_a(RoleKind.FACILITATOR, RoleKind.ADMINISTRATOR),
        may_confirm=visit.is_a(RoleKind.ADMINISTRATOR),
        may_refuse=not rules.why_not_refuse_closing(row, visit.me, visit.roles),
    )


def ask_closing(visit: Visit) -> Response:
    row = _any_edition(visit)
    form = ClosingForm.read(visit.form)
    if isinstance(form, Filled):
        return _closing(visit, form)
    page = visit.address("recommendations.closing", number=row.number)
    actions.ask_closing(visit.db, visit.convention, row, form.reason, by=visit.me, page=page)
    return _closing_said(visit, row, "fermeture-demandee")


def confirm_closing(visit: Visit) -> Response:
    row = _any_edition(visit)
    form = ConfirmedForm.read(visit.form)
    asked = "" if isinstance(form, Filled) else form.asked
    page = visit.address("recommendations.show", number=row.number)
    actions.confirm_closing(visit.db, visit.convention, row, asked, by=visit.me, page=page)
    return _closing_said(visit, row, "rapport-ferme")


def refuse_closing(visit: Visit) -> Response:
    row = _any_edition(visit)
    page = visit.address("recommendations.closing", number=row.number)
    actions.refuse_closing(visit.db, visit.convention, row, by=visit.me, roles=visit.roles, page=page)
    return _closing_said(visit, row, "fermeture-refusee")


def _closing_said(visit: Visit, row: EditionRow, done: str) -> Response:
    return see(visit.url("recommendations.closing", number=row.number, query={"fait": done}))


def _any_edition(visit: Visit) -> EditionRow:
    return found(queries.edition(visit.db, visit.convention, visit.path("number"), all=True, closed=True))


def _piece(visit: Visit) -> Piece:
    return found(next((piece for piece in Piece if piece.value == visit.path("piece")), None))


def _site(visit: Visit) -> str:
    return base_address(visit.convention, visit.settings)


routes: list[Door] = [
    get("/rapport", latest, audience=everyone),
    get("/rapport/schema.json", json_schema, audience=everyone),
    get("/rapport/{number:int}", show, audience=everyone),
    get("/rapport/{number:int}/{recommendation:int}", one, audience=everyone),
    get("/rapport/{number:int}/differences/{other:int}", differences, audience=everyone),
    get("/rapport/{number:int}/differences/{other:int}.json", differences_json, audience=everyone),
    get("/rapport/{number:int}/extrait", part, audience=everyone),
    get("/rapport/{number:int}/extrait.{suffix}", part_file, audience=everyone),
    get("/rapport/{number:int}.{suffix}", file, audience=everyone),
    get("/animation/rapport", desk, audience=facilitators | guarantors),
    get("/animation/rapport/textes/{piece}", edit, audience=facilitators | guarantors),
    post("/animation/rapport/textes/{piece}", write, audience=facilitators | guarantors),
    post("/animation/rapport/editions", freeze, audience=facilitators),
    post("/animation/rapport/editions/{number:int}/publication", publish, audience=facilitators),
    post("/animation/rapport/editions/{number:int}/retrait", withdraw, audience=facilitators),
    get("/rapport/{number:int}/fermeture", closing, audience=facilitators | administrators | guarantors),
    post("/rapport/{number:int}/fermeture", ask_closing, audience=facilitators | administrators),
    post("/rapport/{number:int}/fermeture/confirmer", confirm_closing, audience=administrators),
    post("/rapport/{number:int}/fermeture/refuser", refuse_closing, audience=facilitators | administrators),
]
