import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from starlette.responses import Response

from convention.journal import kit, queries
from convention.journal.models import JournalLine
from convention.journal.topics import Topic
from convention.kit import clock
from convention.kit.i18n import Lazy
from convention.kit.i18n import gettext as _
from convention.kit.web import get
from convention.people import queries as people
from convention.people.audiences import administrators, facilitators, guarantors
from convention.people.models import Opening, RoleKind
from convention.people.visits import Visit
from convention.programme.models import Sitting
from convention.proposals.models import Proposal
from convention.recommendations import queries as recommendations
from convention.voting.models import Poll

PER_PAGE = 50
NOTICES: dict[str, Lazy] = {}


def index(visit: Visit) -> Response:
    page = visit.page_number()
    lines, total = queries.latest(visit.db, visit.convention.id, page=page, per_page=PER_PAGE)
    return visit.page(
        "journal/index.html",
        lines=[(line, json.loads(line.facts)) for line in lines],
        total=total,
        head=queries.head(visit.db, visit.convention.id),
        guarantor=visit.is_a(RoleKind.GUARANTOR),
        page=page,
        pages=-(-total // PER_PAGE),
    )


# -- what guarantors check ---------------------------------------------------------------------------------------------


def overview(visit: Visit) -> Response:
    """One page that leads to all that a guarantor may read. Nothing there can be changed."""
    known = queries.by_kind(visit.db, visit.convention.id)
    told = []
    for topic in Topic:
        of_it = [known[kind] for kind in topic.kinds if kind in known]
        told.append((topic, sum(count for count, _at in of_it), max((at for _count, at in of_it), default=None)))
    return visit.page("journal/overview.html", told=told, head=queries.head(visit.db, visit.convention.id))


def facts(visit: Visit) -> Response:
    """The lines of one matter, or of all, in words: when, what, who."""
    asked = visit.query("sujet")
    topic = Topic(asked) if asked in set(Topic) else None
    words = {kind: said for one in ([topic] if topic else Topic) for kind, said in one.kinds.items()}
    page = visit.page_number()
    lines, total = queries.of_kinds(visit.db, visit.convention.id, tuple(words), page=page, per_page=PER_PAGE)
    return visit.page(
        "journal/facts.html",
        topic=topic,
        topics=list(Topic),
        told=_told(visit, lines, words),
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        address=lambda n: visit.url("journal.facts", query={"sujet": topic or "", "page": n if n > 1 else ""}),
    )


class Told(NamedTuple):
    """A line in words. `about` are links: (words, address or None)."""

    line: JournalLine
    what: str
    who: str
    about: Sequence[tuple[str, str | None]]


def _told(visit: Visit, lines: Sequence[JournalLine], words: Mapping[str, Lazy]) -> list[Told]:
    read = [(line, json.loads(line.facts)) for line in lines]

    def ids(*keys: str) -> set[UUID]:
        return {UUID(facts[key]) for _line, facts in read for key in keys if facts.get(key)}

    names = people.names(visit.db, tuple(ids("by", "second", "asked_by", "author_id", "person_id")))
    roles = recommendations.roles(visit.db, visit.convention)
    tables: tuple[tuple[str, Any, str, str], ...] = (
        ("proposal_id", Proposal, _("Proposition n° {n}"), "proposals.show"),
        ("poll_id", Poll, _("Vote n° {n}"), "voting.show"),
        ("sitting_id", Sitting, _("Séance n° {n}"), "programme.sitting"),
    )
    numbers = {key: queries.numbers(visit.db, visit.convention.id, table, ids(key)) for key, table, _l, _n in tables}

    def name(id: str) -> str:
        """The team by name; a member as a member: guarantors watch the team, not those it serves."""
        person = UUID(id)
        kinds = roles.get(person, frozenset())
        return names.get(person, "") if kinds - {RoleKind.MEMBER} else _("un·e membre")

    def who(facts: Mapping[str, Any]) -> str:
        said = [name(facts[key]) for key in ("asked_by", "by", "author_id", "second") if facts.get(key)]
        if said:
            return _(" et ").join(said)
        return _("le serveur") if "by" in facts else ""

    def about(line: JournalLine, facts: Mapping[str, Any]) -> list[tuple[str, str | None]]:
        found: list[tuple[str, str | None]] = []
        for key, _table, label, route in tables:
            if facts.get(key) and (number := numbers[key].get(UUID(facts[key]))):
                found.append((label.format(n=number), visit.url(route, number=number)))
        if line.kind.startswith("people."):
            found += [(names.get(UUID(facts["person_id"]), ""), None)]
            found += [(RoleKind(facts["role"]).label, None)] if facts.get("role") else []
            found += [(Opening(facts["opening"]).label, None)] if facts.get("opening") else []
        if facts.get("edition_id"):
            number = facts["number"]
            found.append((_("Édition n° {n}").format(n=number), visit.url("recommendations.show", number=number)))
        if facts.get("version"):
            found.append((_("version {n}").format(n=facts["version"]), None))
        return found

    return [Told(line, str(words[line.kind]), who(facts), about(line, facts)) for line, facts in read]


def verification(visit: Visit) -> Response:
    """The journal and what it vouches for, with a program that checks them on her own machine."""
    at = clock.local(visit.at)
    name = f"journal-{at.date().isoformat()}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(kit.write(visit.db, visit.convention, at), media_type="application/zip", headers=headers)


routes = [
    get("/journal", index, audience=guarantors | administrators | facilitators),
    get("/garants", overview, audience=guarantors),
    get("/garants/faits", facts, audience=guarantors),
    get("/garants/verification.zip", verification, audience=guarantors),
]
