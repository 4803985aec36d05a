from starlette.responses import Response

from convention.kit.i18n import Lazy, lazy
from convention.kit.web import Door, get
from convention.people.audiences import everyone
from convention.people.visits import Visit
from convention.search import excerpts, queries

NOTICES: dict[str, Lazy] = {}
PER_PAGE = 20

# What the kinds of texts are called here: a slice that puts a new kind in adds its words.
KINDS = {
    "proposal": (lazy("Proposition"), lazy("Propositions")),
    "argument": (lazy("Argument"), lazy("Arguments")),
    "saying": (lazy("Remarque d’ailleurs"), lazy("Remarques d’ailleurs")),
    "debate": (lazy("Débat d’ailleurs"), lazy("Débats d’ailleurs")),
    "amendment": (lazy("Amendement"), lazy("Amendements")),
    "recommendation": (lazy("Recommandation"), lazy("Recommandations")),
    "poll": (lazy("Vote"), lazy("Votes")),
    "sitting": (lazy("Séance"), lazy("Séances")),
    "document": (lazy("Document"), lazy("Documents")),
    "minutes": (lazy("Compte rendu"), lazy("Comptes rendus")),
    "text": (lazy("Texte de la convention"), lazy("Textes de la convention")),
}
_OTHER = (lazy("Page"), lazy("Pages"))


def search(visit: Visit) -> Response:
    question, kind, page = visit.query("q"), visit.query("genre"), visit.page_number()
    entries, counts = queries.found(visit.db, visit.convention, question, kind=kind, page=page, per_page=PER_PAGE)
    if kind and kind not in counts:  # nothing of that kind: what there is
        kind = ""
        entries, counts = queries.found(visit.db, visit.convention, question, page=page, per_page=PER_PAGE)
    total = counts[kind] if kind else sum(counts.values())

    def address(number: int) -> str:
        return visit.url("portal.search", query={"q": question, "genre": kind, "page": number if number > 1 else ""})

    return visit.page(
        "search/index.html",
        block="resultats",
        question=question,
        kind=kind,
        kinds=[(name, str(KINDS.get(name, _OTHER)[1]), count) for name, count in counts.items()],
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        address=address,
        hint=_hint(visit, question) if question and not counts else "",
        results=[
            (
                entry,
                str(KINDS.get(entry.kind, _OTHER)[0]),
                excerpts.marked(entry.title, question),
                excerpts.excerpt(entry.body, question),
            )
            for entry in entries
        ],
    )


def _hint(visit: Visit, question: str) -> str:
    """The same question with its misspelt words mended, if that finds something."""
    tries = queries.mended(visit.db, visit.convention, question)
    return next((one for one in tries if queries.found(visit.db, visit.convention, one)[0]), "")


routes: list[Door] = [get("/recherche", search, audience=everyone, name="portal.search")]
