"""What comes from another platform: the files, read whole and shown before anything is written; and its pages."""

import base64
import binascii
import dataclasses
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from convention.discussion import actions, imports, queries
from convention.discussion.models import DEBATE_ADDRESS, SAYING_ADDRESS, Debate, Saying, untitled
from convention.discussion.queries import PER_PAGE
from convention.kit import spreadsheets
from convention.kit.forms import Filled, upload
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import Door, get, post, see
from convention.people.audiences import everyone, facilitators
from convention.people.visits import Visit, found
from convention.programme import queries as programme
from convention.programme.models import Theme
from convention.proposals import actions as proposal_actions
from convention.proposals import imports as proposal_imports
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal

NOTICES = {
    "propositions-importees": lazy(
        "Les propositions sont importées. Celles qui étaient déjà là n’ont pas été doublées."
    ),
    "commentaires-importes": lazy("Les commentaires sont importés : ceux qui étaient déjà ici ne sont pas doublés."),
}
LABELS = {
    "fichier": lazy("Propositions"),
    "commentaires": lazy("Commentaires"),
    "debats": lazy("Débats"),
    "theme": lazy("Thème"),
}
# What a page may carry of the files that were read, packed, from one form to the next: three megabytes of CSV, or so.
CARRIED = 900_000

# -- the files -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Sent:
    """The files, as they were sent; nothing is kept of them between two pages but what the page itself carries."""

    proposals: tuple[str, bytes] | None
    comments: Sequence[tuple[str, bytes]]
    debates: tuple[str, bytes] | None

    @classmethod
    def read(cls, form: FormData, most: int) -> "Sent":
        """What this form sends: files, or what an earlier page read of them (`lu`), `most` octets of it."""
        if (packed := form.get("lu")) and isinstance(packed, str):
            return cls._unpacked(packed, most)
        several = [one for one in form.getlist("commentaires") if isinstance(one, UploadFile) and one.filename]
        single = [_file(upload(form, name)) for name in ("fichier", "debats")]
        return cls(single[0], [_content(one) for one in several], single[1])

    @classmethod
    def _unpacked(cls, packed: str, most: int) -> "Sent":
        try:
            content = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), most)
            tree = json.loads(content)
            files = [(str(kind), str(name), str(text).encode()) for kind, name, text in tree]
        except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError):
            return cls(None, (), None)
        several = {
            kind: [(name, text) for one, name, text in files if one == kind]
            for kind in ("fichier", "commentaires", "debats")
        }
        return cls(next(iter(several["fichier"]), None), several["commentaires"], next(iter(several["debats"]), None))

    def packed(self) -> str:
        files = [
            *([("fichier", *self.proposals)] if self.proposals else []),
            *(("commentaires", *one) for one in self.comments),
            *([("debats", *self.debates)] if self.debates else []),
        ]
        tree = [(kind, name, content.decode("utf-8-sig")) for kind, name, content in files]
        return base64.b64encode(zlib.compress(json.dumps(tree).encode(), 9)).decode()


def _file(file: UploadFile | None) -> tuple[str, bytes] | None:
    return _content(file) if file else None


def _content(file: UploadFile) -> tuple[str, bytes]:
    return (file.filename or "", file.file.read())


@dataclasses.dataclass(frozen=True)
class Read:
    """All that the files hold, before anything is written: what is new, what is here already, what is wrong."""

    sent: Sent
    proposals: Sequence[proposal_imports.Line]
    proposals_known: int
    comments: imports.Reading
    new: imports.Reading  # of these comments, those that are not here yet
    debates: Sequence[imports.DebateLine]
    # (file, its mistakes, each once with its lines)
    wrong: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    left: Sequence[tuple[str, Sequence[tuple[str, str]]]]

    @property
    def themed(self) -> int:
        return sum(one.is_themed for one in self.proposals)

    @property
    def comments_known(self) -> int:
        return len(self.comments.lines) - len(self.new.lines)

    @property
    def surplus(self) -> int:
        """How many proposals receive more comments than their own platform said they had: the files may not match."""
        said = Counter(line.target.there for line in self.comments.lines if line.target.is_here)
        return sum(one.comments is not None and said[one.there] > one.comments for one in self.proposals)

    @property
    def is_empty(self) -> bool:
        return not (self.sent.proposals or self.sent.comments or self.sent.debates)


def _read(visit: Visit, sent: Sent, theme: Theme | None) -> Read:
    wrong: list[tuple[str, Sequence[tuple[str, str]]]] = []
    left: list[tuple[str, Sequence[tuple[str, str]]]] = []
    themes = programme.themes(visit.db, visit.convention)
    reading = proposal_imports.Reading((), ())
    if sent.proposals:
        name, content = sent.proposals
        reading = proposal_imports.read(content, themes, theme)
        wrong.append((name, spreadsheets.by_mistake(reading.wrong)))
    there = {*proposals.from_elsewhere(visit.db, visit.convention), *(one.there for one in reading.lines if one.there)}
    lines: list[imports.Line] = []
    for n, (name, content) in enumerate(sent.comments):
        comments = imports.read(content, there, n)
        lines += comments.lines
        wrong.append((name, spreadsheets.by_mistake(comments.wrong)))
        left.append((name, spreadsheets.by_mistake(comments.left)))
    debates = imports.DebateReading()
    if sent.debates:
        debates = imports.read_debates(sent.debates[1])
        wrong.append((sent.debates[0], spreadsheets.by_mistake(debates.wrong)))
    here = proposals.first_words(visit.db, visit.convention)
    said = queries.said_elsewhere(visit.db, visit.convention)
    return Read(
        sent=sent,
        proposals=reading.lines,
        proposals_known=sum(one.is_among(here) for one in reading.lines),
        comments=imports.Reading(lines),
        new=imports.Reading([one for one in lines if (one.id, one.text) not in said]),
        debates=debates.lines,
        wrong=[(name, mistakes) for name, mistakes in wrong if mistakes],
        left=[(name, mistakes) for name, mistakes in left if mistakes],
    )


def import_file(visit: Visit) -> Response:
    """Choose the files: proposals, comments, the debates that comments speak of."""
    return _import(visit, Filled())


def read_file(visit: Visit) -> Response:
    """Read them whole and show what they hold; write it only when asked to, and when no line is to be corrected."""
    form = Filled({"theme": str(visit.form.get("theme", ""))})
    read = _read(visit, Sent.read(visit.form, visit.settings.upload_bytes), _theme(visit))
    if read.is_empty:
        return _import(visit, Filled(form.values, {"fichier": _("Choisissez au moins un fichier CSV.")}), status=422)
    if read.wrong:
        return _import(visit, form, read, status=422)
    if visit.form.get("faire") != "importer":
        packed = read.sent.packed()
        if len(packed) > CARRIED:
            said = _("Ces fichiers sont trop longs pour être importés en une fois : coupez-les en plusieurs.")
            return _import(visit, Filled(form.values, {"fichier": said}), status=422)
        return _import(visit, form, read, packed)
    proposal_actions.import_all(visit.db, visit.convention, read.proposals, visit.me)
    actions.import_all(visit.db, visit.convention, read.comments.lines, visit.me, read.debates)
    if read.proposals:
        return see(visit.url("proposals.index", query={"fait": "propositions-importees", "tri": "recentes"}))
    return see(visit.url("discussion.debates", query={"fait": "commentaires-importes"}))


def _import(visit: Visit, form: Filled, read: Read | None = None, packed: str = "", status: int = 200) -> Response:
    return visit.page(
        "discussion/import.html",
        status=status,
        form=form,
        read=read,
        packed=packed,
        theme=_theme(visit),
        themes=[(theme.slug, theme.name) for theme in programme.themes(visit.db, visit.convention)],
        columns=list(proposal_imports.COLUMNS),
        labels={name: str(label) for name, label in LABELS.items()},
        **_told(visit, read) if read and not read.wrong else {},
    )


def _theme(visit: Visit) -> Theme | None:
    return programme.theme(visit.db, visit.convention, str(visit.form.get("theme", "")))


def _told(visit: Visit, read: Read) -> dict[str, Any]:
    """What was read, said in words: beside each proposal, and beside each debate, how many comments of each kind."""
    titles = {line.there: line.form.title for line in read.proposals}
    here = proposals.from_elsewhere(visit.db, visit.convention)
    numbers = {one.id: one for one in proposals.of_ids(visit.db, visit.convention, here.values())}
    debates = {line.there: line.title for line in read.debates}
    on_proposals: list[tuple[str, str]] = []
    on_debates: list[tuple[str, str]] = []
    absent: list[tuple[str, str]] = []
    for target, counts in read.comments.by_target.items():
        words = imports.counted(counts)
        if target.is_here:
            known = numbers.get(here[target.there]) if target.there in here else None
            on_proposals.append((titles.get(target.there) or (known.title if known else target.there), words))
            continue
        title = debates.get(target.there, "") if target.kind.casefold() == imports.A_DEBATE else ""
        name = title or untitled(target.kind, target.there)
        (absent if target.kind.casefold() == imports.A_PROPOSAL else on_debates).append((name, words))
    return {"on_proposals": on_proposals, "on_debates": on_debates, "absent": absent,
            "counted": imports.counted(read.new.total)}  # fmt: skip


# -- reading -------------------------------------------------------------------------------------------------------


def debates(visit: Visit) -> Response:
    """What was debated elsewhere, and is no proposal here."""
    several = queries.debates(visit.db, visit.convention)
    absent = [(one, n) for one, n in several if one.kind.casefold() == imports.A_PROPOSAL]
    others = [(one, n) for one, n in several if one.kind.casefold() != imports.A_PROPOSAL]
    return visit.page("discussion/debates.html", debates=others, absent=absent)


def debate(visit: Visit) -> Response:
    return _remarks(visit, found(_numbered(visit, queries.debate_of_number)))


def remarks(visit: Visit) -> Response:
    """What was said elsewhere of a proposal, neither for nor against."""
    return _remarks(visit, found(_numbered(visit, proposals.of_number)))


def _remarks(visit: Visit, about: Proposal | Debate) -> Response:
    page = visit.page_number()
    several, threads, total = queries.sayings_on(visit.db, about, page)
    door = "discussion.remarks" if isinstance(about, Proposal) else "discussion.debate"

    def address(number: int) -> str:
        return visit.url(door, number=about.number, query={"page": number if number > 1 else ""})

    return visit.page(
        "discussion/remarks.html",
        remarks=several,
        total=total,
        page=page,
        pages=-(-threads // PER_PAGE),
        address=address,
        **_about(about),
    )


def remark(visit: Visit) -> Response:
    """A saying at its own address, with all that answers what it stands under."""
    asked: Saying = found(_numbered(visit, queries.saying_of_number))
    first = asked
    if asked.replies_to_id is not None:
        (first,) = queries.sayings_of_ids(visit.db, visit.convention.id, [asked.replies_to_id])
    (thread,) = queries.remarks(visit.db, visit.convention.id, [first])
    about: Proposal | Debate | None
    if first.proposal_id is not None:
        about = proposals.of_id(visit.db, visit.convention, first.proposal_id)
    else:
        assert first.debate_id is not None, "a saying is about a proposal or a debate"
        about = queries.debate_of_id(visit.db, visit.convention, first.debate_id)
    assert about is not None
    return visit.page("discussion/remark.html", asked=asked, remark=thread, **_about(about))


def _about(about: Proposal | Debate) -> dict[str, Any]:
    if isinstance(about, Proposal):
        return {"proposal": about, "debate": None}
    return {"proposal": None, "debate": about}


def _numbered(visit: Visit, query: Any) -> Any:
    number = visit.path("number")
    return query(visit.db, visit.convention, number) if number < 2**31 else None


assert DEBATE_ADDRESS == "/ailleurs/{number}", "the address that searches keep is the route's"
assert SAYING_ADDRESS == "/ailleurs/remarques/{number}", "the address that searches keep is the route's"
routes: list[Door] = [
    get("/ailleurs", debates, audience=everyone),
    get("/ailleurs/{number:int}", debate, audience=everyone),
    get("/ailleurs/remarques/{number:int}", remark, audience=everyone),
    get("/propositions/{number:int}/remarques", remarks, audience=everyone),
    get("/animation/propositions/importer", import_file, audience=facilitators),
    post("/animation/propositions/importer", read_file, audience=facilitators),
]
