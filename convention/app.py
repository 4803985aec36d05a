"""The table of contents: every slice's doors, who reacts to what, what stands around all of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette_compress import CompressMiddleware, remove_compress_type

from convention import __version__
from convention.amendments import queries as amendment_queries
from convention.amendments import reactions as amendment_reactions
from convention.amendments import routes as amendments
from convention.api import routes as api
from convention.care import queries as care_queries
from convention.care import reactions as care_reactions
from convention.care import routes as care
from convention.discussion import queries as discussion_queries
from convention.discussion import reactions as discussion_reactions
from convention.discussion import routes as discussion
from convention.drafts import queries as draft_queries
from convention.drafts import reactions as draft_reactions
from convention.drafts import routes as drafts
from convention.guarantors import queries as guarantor_queries
from convention.guarantors import reactions as guarantor_reactions
from convention.guarantors import routes as guarantor_routes
from convention.journal import reactions as journal
from convention.journal import routes as journal_routes
from convention.kit.assets import Assets
from convention.kit.db import Database
from convention.kit.i18n import Lazy
from convention.kit.i18n import lazy as _
from convention.kit.pages import Pages
from convention.kit.safety import SafeHeaders, Weighed
from convention.kit.web import Audience, Door, House
from convention.lineage import queries as lineage_queries
from convention.lineage import routes as lineage
from convention.moderation import queries as moderation_queries
from convention.moderation import routes as moderation
from convention.paper import queries as paper_queries
from convention.paper import reactions as paper_reactions
from convention.paper import routes as paper
from convention.people import queries as people_queries
from convention.people import routes as people
from convention.people.audiences import administrators, everyone, facilitators, guarantors, hosts, officials
from convention.people.visits import Visit, unknown, welcome
from convention.portal import awaiting
from convention.portal import routes as portal
from convention.programme import routes as programme
from convention.proposals import queries as proposal_queries
from convention.proposals import reactions as proposal_reactions
from convention.proposals import routes as proposals
from convention.recommendations import queries as recommendation_queries
from convention.recommendations import routes as recommendations
from convention.reservations import queries as reservation_queries
from convention.reservations import routes as reservations
from convention.responses import queries as response_queries
from convention.responses import reactions as response_reactions
from convention.responses import routes as responses
from convention.search import routes as search
from convention.settings import Settings, resource
from convention.voting import booth
from convention.voting import queries as voting_queries
from convention.voting import reactions as voting_reactions
from convention.voting import routes as voting
from convention.webhooks import queries as webhook_queries
from convention.webhooks import reactions as webhook_reactions
from convention.webhooks import routes as webhook_routes

SLICES: Sequence[Any] = (
    portal, people, care, moderation, programme, drafts, proposals, amendments, reservations, discussion, lineage,
    voting, paper, recommendations, responses, search, guarantor_routes, webhook_routes, journal_routes, api,
)  # fmt: skip

# What follows at once, in the same transaction.
REACTIONS = (
    journal.record,  # everything is written down
    care_reactions.forget,  # a person leaves: what she confided goes
    draft_reactions.forget,  # a person leaves: so do her drafts
    guarantor_reactions.forget,  # a person leaves: so does what a guarantor had not published
    proposal_reactions.forget,  # a person leaves: no invitation nor paragraph waits for her
    paper_reactions.forget,  # a person leaves, a poll is over: what was keyed of its ballots on paper is destroyed
    voting_reactions.forget,  # a person leaves: hands that she had counted alone are counted by another
    proposal_reactions.apply_votes,  # a poll was closed: its paragraphs are kept, or to be rewritten
    proposal_reactions.follow_moderation,  # words were hidden, or shown again: the search follows
    discussion_reactions.follow_moderation,  # so it does for arguments
    amendment_reactions.follow,  # a poll was closed, a text is settled: what becomes of the amendments
    webhook_reactions.tell,  # an edition or an answer is published: the sites that asked will hear of it
    response_reactions.open_answers,  # the report is published: its recommendations are waiting for their answers
)

# What other slices show at the end of a proposal's page: (visit, proposal) -> (anchor, title, template, its context).
PANELS = (discussion.panel, amendments.panel, reservations.panel, lineage.panel)

# What may be flagged and hidden, and who says what it is.
SUBJECTS = {
    "proposal": proposal_queries.proposal_facts,
    "paragraph": proposal_queries.paragraph_facts,
    "plain": proposal_queries.plain_facts,
    "amendment": amendment_queries.facts,
    "amendment-answer": amendment_queries.answer_facts,
    "recasting": lineage_queries.facts,
    "argument": discussion_queries.facts,
    "saying": discussion_queries.saying_facts,
    "reservation": reservation_queries.reservation_facts,
    "review": reservation_queries.review_facts,
    "comment": response_queries.comment_facts,
    "contest": response_queries.contest_facts,
}

# What else to know before hiding it: (db, convention, its facts) -> sentences.
CAUTIONS = (recommendation_queries.cautions,)

# What is kept about a person, for herself: (db, convention, person, secret) -> (title, its rows).
ABOUT = (
    people_queries.about, care_queries.about, draft_queries.about, proposal_queries.about, amendment_queries.about,
    discussion_queries.about, lineage_queries.about,
    reservation_queries.about, voting_queries.about, moderation_queries.about, guarantor_queries.about,
    paper_queries.about, response_queries.about, webhook_queries.about,
)  # fmt: skip


class Link(NamedTuple):
    """An entry of the menu: its words, its page, the addresses under it, who sees it."""

    label: Lazy
    name: str
    under: tuple[str, ...] = ()
    audience: Audience = everyone


MENU = (
    Link(
        _("La convention"),
        "portal.home",
        ("/mandat", "/regles", "/tirage", "/informations", "/suites", "/journal-des-garants"),
    ),
    Link(
        _("Propositions"),
        "proposals.index",
        ("/propositions", "/themes", "/amendements", "/arguments", "/ailleurs", "/reunions"),
    ),
    Link(_("Séances"), "programme.sittings", ("/seances", "/calendrier", "/documents")),
    Link(_("Votes"), "voting.index", ("/scrutins",)),
    Link(_("Rapport"), "recommendations.latest", ("/rapport",)),
    Link(_("Réponses"), "responses.index", ("/reponses",)),
)
# In the order of the day's use, for each role.
DESK = (
    Link(_("Votes"), "voting.desk", ("/animation/scrutins",), facilitators),
    Link(_("Propositions"), "proposals.desk", ("/animation/propositions",), facilitators),
    Link(_("Réponses"), "responses.desk", ("/collectivite/",), officials),
    Link(_("Vue des garants"), "journal.overview", ("/garants/faits",), guarantors),
    Link(_("Personnes"), "people.register", ("/administration/personnes",), administrators),
    Link(_("Accueil des membres"), "care.desk", ("/accueil/",), hosts | administrators),
    Link(_("Modération"), "moderation.desk", ("/animation/moderation",), facilitators | administrators),
    Link(_("Modération"), "moderation.watch", ("/garants/moderation",), guarantors),
    Link(_("Alertes"), "guarantors.desk", ("/garants/journal",), guarantors),
    Link(_("Programme"), "programme.desk", ("/animation/programme",), facilitators | administrators),
    Link(_("Rapport"), "recommendations.desk", ("/animation/rapport",), facilitators | guarantors),
    Link(_("Données personnelles"), "people.watch", ("/garants/donnees",), guarantors),
    Link(_("Garants"), "guarantors.index", ("/journal-des-garants",), facilitators | administrators),
    Link(_("Sites à prévenir"), "webhooks.index", ("/administration/webhooks",), administrators),
    Link(_("Journal"), "journal.index", (), guarantors | administrators | facilitators),
)

# What opens doors is typed again: no page gives it back.
SECRET = {"password", "code", "proof"}
# What forms carry besides what was typed in them.
NOT_WORDS = {*SECRET, *drafts.OURS, "suite", "bulletin", "sceau", "jeton", "aveugle", "lu"}

# What a form may weigh besides its files: forty pages of text.
WORDS = 1_000_000

# An open stream must not wait for a compressor to have enough to say.
remove_compress_type("text/event-stream")


def doors() -> list[Door]:
    """Every door of the application."""
    return [door for slice_ in SLICES for door in slice_.routes]


def create_app(settings: Settings, database: Database | None = None) -> Starlette:
    """The application, ready to serve. The database is met at the first visit, not here."""
    assets = Assets(resource("static"))
    pages = make_pages(assets)
    heaviest = settings.upload_bytes + WORDS
    house = House(
        database or open_database(settings),
        doors(),
        welcome=welcome,
        unknown=unknown,
        error_page=error_page,
        done=drafts.sent,  # what was sent is no draft any more
        heaviest=heaviest,
    )
    middleware = (
        Middleware(SafeHeaders, secure=settings.secure),
        Middleware(CompressMiddleware, minimum_size=500),
        Middleware(assets.serve),
        # What says nothing of its weight is stopped on the way; what says it is refused with a page, by the house.
        Middleware(Weighed, most=4 * heaviest),
    )
    notices = {code: words for slice_ in SLICES for code, words in slice_.NOTICES.items()}
    return house.application(
        middleware,
        {
            "settings": settings,
            "database": house.database,
            "pages": pages,
            "menu": MENU,
            "desk": DESK,
            "subjects": SUBJECTS,
            "cautions": CAUTIONS,
            "panels": PANELS,
            "about": ABOUT,
            "awaiting": awaiting.of_account,
            "notices": notices,
        },
    )


def open_database(settings: Settings) -> Database:
    """The database that the settings name, with those who react."""
    return Database(settings.database, REACTIONS)


def make_pages(assets: Assets | None = None) -> Pages:
    """The templates: for pages, and for the mails that the worker draws."""
    return Pages(resource("templates"), assets or Assets(resource("static")), {"version": __version__})


def error_page(visit: Visit, status: int, reason: str | None) -> Response:
    """What happened, what to do, who helps. A visitor at a reserved page is led to the door, and back afterwards."""
    asked = visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
    if status == 401 and visit.request.method in ("GET", "HEAD") and not visit.request.headers.get("hx-request"):
        return RedirectResponse(visit.url("people.enter", query={"suite": asked}), status_code=303)
    if status == 401 and (way_back := booth.door_for_voters(visit)):
        return way_back
    if visit.request.url.path.startswith(f"{api.BASE}/"):
        return api.problem(status, reason or "")
    sent = visit.form.multi_items()
    words = [(name, value) for name, value in sent if isinstance(value, str)]
    # The form again, as it was and with its key, when nothing of it was wrong. A file is not given back, nor a secret.
    whole = status == 503 and len(words) == len(sent) and not SECRET & visit.form.keys()
    kept = [value for name, value in words if len(value) > 20 and name not in NOT_WORDS]
    return visit.page(
        "layout/error.html",
        status=status,
        reason=reason,
        kept=kept,
        again=words if whole else [],
        address=asked,
        file=len(words) < len(sent),
    )
