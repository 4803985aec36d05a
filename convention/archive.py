"""A convention as everyone may read it, in open formats, for the day when this program is gone.

What has an address in an open format (the API, results of polls, files of the report, answers, documents) is asked of
the application itself, as a visitor would: what is reserved, or hidden by moderation, cannot be in it. The rest (texts,
minutes, amendments, reservations) is written here, from what pages show. Two archives of the same things are the same.
"""

import asyncio
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from starlette.applications import Starlette
from starlette.types import Message

from convention.amendments import queries as amendments
from convention.conventions import queries as conventions
from convention.conventions.models import Convention, TextKind
from convention.discussion import queries as discussion
from convention.discussion.models import FromElsewhere
from convention.kit import clock, files, spreadsheets
from convention.kit.db import Session
from convention.kit.errors import Refused
from convention.kit.i18n import gettext as _
from convention.kit.text import date
from convention.lineage import queries as lineage
from convention.moderation.models import Mask
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.reservations import queries as reservations

API = "/api/v1"
POLL_FILES = ("regle.json", "resultat.json", "bulletins.csv", "bulletins.json", "recus.txt")


class Broken(Exception):
    """An address did not answer."""


def write(application: Starlette, db: Session, convention: Convention, to: Path) -> int:
    """Write the archive, and answer how many files it holds."""
    if to.exists():
        raise Refused(_("{where} existe déjà : il n’a pas été touché.").format(where=to))
    beside = to.with_name(f"{to.name}.part")
    sums: dict[str, str] = {}
    try:
        with (
            zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive,
            tempfile.TemporaryDirectory(prefix=".archive-", dir=to.parent) as folder,
        ):
            for name, content in _everything(Visitor(application, convention), db, convention, Path(folder)):
                if isinstance(content, Path):
                    archive.write(content, name)
                    with content.open("rb") as file:
                        sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
                    continue
                archive.writestr(name, content)
                sums[name] = hashlib.sha256(content).hexdigest()
            readme = _readme(convention, sums)
            archive.writestr("LISEZ-MOI.md", readme)
            sums["LISEZ-MOI.md"] = hashlib.sha256(readme.encode()).hexdigest()
            archive.writestr("SHA256SUMS", "".join(f"{mark}  {name}\n" for name, mark in sums.items()))
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)
    return len(sums) + 1


class Visitor:
    """Somebody who is not signed in, asking the application without a network."""

    def __init__(self, application: Starlette, convention: Convention) -> None:
        self.application = application
        self.host = convention.host or "localhost"

    def get(self, address: str) -> bytes | None:
        """What is at this address; None where there is nothing for a visitor."""
        status, body = asyncio.run(self._ask(address))
        if status in (303, 403, 404):
            return None
        if status != 200:
            raise Broken(f"{address}: {status}")
        return body

    def tree(self, address: str) -> Any:
        content = self.get(address)
        if content is None:
            raise Broken(address)
        return json.loads(content)

    def listed(self, address: str) -> Iterator[Any]:
        """Every item of a list of the API, page after page."""
        after: str | None = f"{address}?limit=100" if address.endswith(("proposals", "polls")) else address
        while after:
            page = self.tree(after)
            yield from page["items"]
            after = API + page["next"].partition(API)[2] if page["next"] else None

    async def _ask(self, address: str) -> tuple[int, bytes]:
        path, _mark, query = address.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "https",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(b"host", self.host.encode()), (b"accept-language", b"fr")],
            "client": ("127.0.0.1", 0), "server": (self.host, 443),
        }  # fmt: skip
        answer: dict[str, Any] = {"status": 0, "body": b""}
        asked: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            # Once the question is said, she waits for the whole answer: streams listen for her leaving.
            return asked.pop() if asked else await asyncio.Future()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
            elif message["type"] == "http.response.body":
                answer["body"] += message.get("body", b"")

        await self.application(scope, receive, send)
        return answer["status"], answer["body"]


# -- what is in it -------------------------------------------------------------------------------------------------


Files = Iterator[tuple[str, bytes | Path]]


def _everything(visitor: Visitor, db: Session, convention: Convention, folder: Path) -> Files:
    yield "convention.json", _json(visitor.tree(f"{API}/convention"))
    for name in ("themes", "sittings"):
        yield from _both(folder, {"themes": "themes", "sittings": "seances"}[name], visitor.listed(f"{API}/{name}"))
    yield from _texts(db, convention)
    yield from _minutes(db, convention)
    yield from _documents(visitor, db, convention, folder)
    yield from _proposals(visitor, folder)
    yield from _both(folder, "amendements", _amendments(db, convention))
    yield from _both(folder, "reserves", _reservations(db, convention))
    yield from _both(folder, "arguments", _arguments(db, convention))
    yield from _both(folder, "ailleurs", _sayings(db, convention))
    yield from _both(folder, "reunions-et-partages", _lineage(db, convention))
    yield from _polls(visitor, folder)
    for edition in visitor.listed(f"{API}/editions"):
        for file in edition["files"]:
            yield from _as_it_is(visitor, f"/rapport/{file['address'].rpartition('/')[2]}", "rapport")
    yield "journal-des-garants.json", _json(list(visitor.listed(f"{API}/alerts")))
    for address in ("/reponses.csv", "/reponses.json", "/calendrier.ics", "/flux.xml"):
        yield from _as_it_is(visitor, address, "")


def _as_it_is(visitor: Visitor, address: str, folder: str) -> Iterator[tuple[str, bytes]]:
    content = visitor.get(address)
    if content is not None:
        name = address.rpartition("/")[2]
        yield (f"{folder}/{name}" if folder else name), content


def _texts(db: Session, convention: Convention) -> Iterator[tuple[str, bytes]]:
    for kind in TextKind:
        for version in conventions.versions(db, convention, kind):
            yield f"textes/{kind.value}-v{version.version}.md", version.body.encode()


def _minutes(db: Session, convention: Convention) -> Iterator[tuple[str, bytes]]:
    for sitting in programme.sittings(db, convention):
        for version in programme.minutes(db, sitting):
            title = f"# {sitting.title}\n\n{date(sitting.held_on)}\n\n"
            yield f"comptes-rendus/seance-{sitting.number}-v{version.version}.md", (title + version.body).encode()


def _documents(visitor: Visitor, db: Session, convention: Convention, folder: Path) -> Files:
    with _Table(folder, "documents") as listed:
        for document in programme.documents(db, convention):
            name = ""
            if document.stored and (content := visitor.get(f"/documents/{document.id}")) is not None:
                name = f"documents/{document.id.hex[-8:]} {files.download_name(document.title, document.stored)}"
                yield name, content
            listed.add({
                "title": document.title, "author": document.author, "kind": document.kind.value, "link": document.link,
                "file": name, "added_at": document.added_at.isoformat(),
            })  # fmt: skip
    yield from listed.files()


def _proposals(visitor: Visitor, folder: Path) -> Files:
    with _Table(folder, "propositions") as lines, _Table(folder, "paragraphes") as paragraphs:
        for line in visitor.listed(f"{API}/proposals"):
            lines.add(line)
            one = visitor.tree(f"{API}/proposals/{line['number']}")
            yield f"propositions/{line['number']:04}.json", _json(one)
            for paragraph in one["paragraphs"]:
                for version in paragraph["versions"]:
                    paragraphs.add({
                        "proposal": line["number"], "paragraph": paragraph["number"], "section": paragraph["section"],
                        "state": paragraph["state"], "version": version["number"], "written_at": version["written_at"],
                        "text": version["text"],
                    })  # fmt: skip
    yield from lines.files()
    yield from paragraphs.files()


def _amendments(db: Session, convention: Convention) -> Iterator[Mapping[str, Any]]:
    for one, proposal, mask in amendments.everything(db, convention):
        words = {"text": one.text, "rationale": one.rationale, "final_text": one.final_text}
        yield {
            "number": one.number, "proposal": proposal, "kind": one.kind.value, "state": one.state.value,
            "submitted_at": one.submitted_at.isoformat(),
            "decided_at": one.decided_at.isoformat() if one.decided_at else None,
            "decision_reason": one.decision_reason,
            **{key: mask.cover(text) if mask else text for key, text in words.items()},
        }  # fmt: skip


def _reservations(db: Session, convention: Convention) -> Sequence[Mapping[str, Any]]:
    every = proposals.everything(db, convention, replaced=True)
    numbers = {one.id: one.number for one in every}
    listed = [
        {
            "number": voice.reservation.number, "proposal": numbers[id], "paragraph": voice.paragraph,
            "version": voice.version, "kind": voice.kind.value, "text": voice.text,
            "signatories": voice.signatories, "named": ", ".join(voice.named),
        }
        for id, voices in reservations.of_proposals(db, every).items()
        for voice in voices
    ]  # fmt: skip
    return sorted(listed, key=lambda one: one["number"])


def _arguments(db: Session, convention: Convention) -> Iterator[Mapping[str, Any]]:
    for one, proposal, answered, mask in discussion.everything(db, convention):
        yield {
            "number": one.number, "proposal": proposal, "side": one.side.value, "replies_to": answered,
            "written_at": one.written_at.isoformat(), "withdrawn": one.withdrawn_at is not None,
            "text": "" if one.withdrawn_at else mask.cover(one.text) if mask else one.text,
            "source": "" if one.withdrawn_at or mask else one.link, **_origin(one, mask),
        }  # fmt: skip


def _sayings(db: Session, convention: Convention) -> Iterator[Mapping[str, Any]]:
    """What was said on another platform, and is no argument here."""
    for one, proposal, debate, answered, mask in discussion.all_sayings(db, convention):
        yield {
            "number": one.number, "proposal": proposal, "debate": debate.name if debate else None,
            "side": one.side.value if one.side else None, "replies_to": answered,
            "text": mask.cover(one.text) if mask else one.text, **_origin(one, mask),
        }  # fmt: skip


def _origin(one: FromElsewhere, mask: Mask | None) -> dict[str, Any]:
    """Who said it elsewhere, and which day; nobody, of what moderation hides."""
    shown = not (mask and mask.whole)
    return {
        "elsewhere": one.there, "said_by": mask.cover(one.said_by) if shown and mask else one.said_by if shown else "",
        "said_on": one.said_on.isoformat() if one.said_on else None, "said_to": one.said_to if shown else "",
    }  # fmt: skip


def _lineage(db: Session, convention: Convention) -> Sequence[Mapping[str, Any]]:
    """Where each paragraph of the proposals that were merged or split went."""
    listed: list[dict[str, Any]] = []
    page, total = 1, 1
    while (page - 1) * lineage.PER_PAGE < total:
        found, total = lineage.listed(db, convention, page)
        for recast in found:
            one = recast.recasting
            listed += [
                {
                    "recasting": one.number, "kind": one.kind.value, "done_at": one.done_at.isoformat(),
                    "undone_at": one.undone_at.isoformat() if one.undone_at else None, "reason": recast.reason,
                    "from": strand.source.label, "version": strand.source.version.number,
                    "became": strand.became.value, "into": strand.into.label if strand.into else None,
                    "because": strand.reason,
                }
                for strand in lineage.strands(db, recast)
            ]  # fmt: skip
        page += 1
    return sorted(listed, key=lambda row: (row["recasting"], row["from"]))


def _polls(visitor: Visitor, folder: Path) -> Files:
    with _Table(folder, "scrutins") as lines:
        for line in visitor.listed(f"{API}/polls"):
            lines.add(line)
            number = line["number"]
            yield f"scrutins/{number}/scrutin.json", _json(visitor.tree(f"{API}/polls/{number}"))
            for name in POLL_FILES:
                yield from _as_it_is(visitor, f"/scrutins/{number}/{name}", f"scrutins/{number}")
    yield from lines.files()


# -- how it is written ---------------------------------------------------------------------------------------------


class _Table:
    """The same rows for machines and for a spreadsheet, written on disk as they come: they may be many."""

    def __init__(self, folder: Path, name: str) -> None:
        self._tree, self._sheet = folder / f"{name}.json", folder / f"{name}.csv"
        self._head: list[str] = []

    def __enter__(self) -> Self:
        self._json = self._tree.open("w", encoding="utf-8")
        self._csv = self._sheet.open("w", encoding=spreadsheets.ENCODING, newline="")
        self._row = spreadsheets.writer(self._csv).writerow
        return self

    def add(self, row: Mapping[str, Any]) -> None:
        self._json.write(",\n " if self._head else "[\n ")
        self._json.write(_json(row).decode().replace("\n", "\n "))
        if not self._head:
            self._head = list(row)
            self._row(self._head)
        self._row([spreadsheets.harmless("" if row[key] is None else str(row[key])) for key in self._head])

    def __exit__(self, *_raised: object) -> None:
        self._json.write("\n]" if self._head else "[]")
        self._json.close()
        self._csv.close()

    def files(self) -> Iterator[tuple[str, Path]]:
        yield self._tree.name, self._tree
        if self._head:
            yield self._sheet.name, self._sheet


def _both(folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> Files:
    with _Table(folder, name) as table:
        for row in rows:
            table.add(row)
    yield from table.files()


def _json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False, indent=1).encode()


def _readme(convention: Convention, names: Iterable[str]) -> str:
    words = _(
        "# {title}\n\n{question}\n\n{city}. Archive faite le {day}.\n\n"
        "Tout ce que la convention a rendu public, dans des formats ouverts : JSON et CSV (UTF-8, point-virgule) pour "
        "les données, Markdown pour les textes et les comptes rendus, les fichiers du rapport tels qu’ils ont été "
        "publiés, iCalendar pour les séances. Aucune donnée personnelle n’y est, hors les noms que leurs auteurs ont "
        "choisi de montrer. Ce que la modération a masqué y est masqué.\n\n"
        "Pour vérifier les fichiers : `sha256sum -c SHA256SUMS`. Le résultat de chaque vote se recompte avec "
        "`convention tally` à partir de ses bulletins et de sa règle.\n\nLicence Ouverte 2.0 (Etalab).\n\n"
        "## Fichiers\n\n"
    ).format(title=convention.title, question=convention.question, city=convention.city, day=date(clock.now()))
    return words + "".join(f"- {name}\n" for name in names)
