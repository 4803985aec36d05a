from contextlib import AbstractContextManager

from starlette.responses import PlainTextResponse, Response

from convention.conventions import queries as conventions
from convention.conventions.models import TextKind
from convention.kit import clock, documents, ids
from convention.kit.forms import Filled
from convention.kit.i18n import LANGUAGES, lazy, ngettext, speaking
from convention.kit.web import Door, get, post, see
from convention.people.audiences import everyone
from convention.people.visits import DISPLAY_COOKIE, Display, Visit, found, set_cookie
from convention.portal import accessibility as accessibility_results
from convention.portal import awaiting, copies, mailbox, traces
from convention.programme import queries as programme
from convention.programme import rules
from convention.programme.models import Activity
from convention.proposals import queries as proposals
from convention.proposals.models import State
from convention.proposals.queries import PER_PAGE, Filters
from convention.proposals.reading import proposal_here
from convention.recommendations import queries as recommendations
from convention.responses import queries as responses
from convention.responses import rules as promises
from convention.voting import queries as voting

NOTICES = {"confort": lazy("Vos réglages de lecture sont enregistrés sur cet appareil.")}

A_YEAR = 365 * 24 * 3600


def home(visit: Visit) -> Response:
    steps = rules.steps(programme.phases(visit.db, visit.convention), visit.at)
    recent, polls = voting.over(visit.db, visit.convention, page=1, per_page=3)
    outcomes, chosen = voting.outcomes_of(visit.db, recent), voting.choices_of(visit.db, recent)
    states = proposals.counts_by_state(visit.db, visit.convention)
    written = sum(count for state, count in states.items() if not state.is_over)
    kept = states.get(State.KEPT, 0)
    answered, points = responses.progress(visit.db, visit.convention)
    figures = [
        (written, ngettext("proposition", "propositions", written)),
        (polls, ngettext("vote terminé", "votes terminés", polls)),
        (kept, ngettext("proposition gardée", "propositions gardées", kept), not points),
    ]
    if points:
        figures.append((f"{answered}/{points}", ngettext("point répondu", "points répondus", answered), True))
    sittings = programme.sittings(visit.db, visit.convention)
    open_polls = voting.open_polls(visit.db, visit.convention, visit.at)
    return visit.page(
        "portal/home.html",
        awaiting=awaiting.of(visit, open_polls),
        steps=steps,
        here=next((n for n, step in enumerate(steps, 1) if step.state == "now"), 0),
        next=next((sitting for sitting in sittings if sitting.ends_at > visit.at), None),
        sittings=len(sittings),
        themes=programme.themes(visit.db, visit.convention),
        counts=proposals.counts_by_theme(visit.db, visit.convention),
        figures=figures,
        answers=responses.latest(visit.db, visit.convention, 3),
        late=promises.overdue(visit.convention.answer_due, clock.local(visit.at).date()) if answered < points else 0,
        votes=[(poll, next(iter(outcomes.get(poll.id, ())), None), chosen.get(poll.id)) for poll in recent],
        open_polls=open_polls,
        may_propose=rules.why_not_open([step.phase for step in steps], Activity.PROPOSE, visit.at) is None,
        edition=recommendations.latest(visit.db, visit.convention),
    )


def theme(visit: Visit) -> Response:
    theme = found(programme.theme(visit.db, visit.convention, visit.path("slug")))
    filters, page = Filters(theme=theme.slug), visit.page_number()
    listed, total = proposals.listed(visit.db, visit.convention, filters, page)
    return visit.page(
        "portal/theme.html",
        theme=theme,
        others=[other for other in programme.themes(visit.db, visit.convention) if other.id != theme.id],
        lines=proposals.lines(visit.db, visit.convention, listed),
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        address=lambda n: visit.url("portal.theme", slug=theme.slug, query={"page": n if n > 1 else ""}),
    )


def trace(visit: Visit) -> Response:
    """All that happened to a proposal, from the words it was made of to what the city answered."""
    number = visit.path("number")
    proposal = found(proposals.of_number(visit.db, visit.convention, number) if number < 2**31 else None)
    return visit.page(
        "portal/trace.html",
        proposal=proposal,
        steps=traces.of(visit, proposal),
        passages=proposals.passages(visit.db, proposal, removed=True),
    )


def copy(visit: Visit) -> Response:
    """A proposal as a file, drawn for who asks: it names those whom the page names to her."""
    media = found(documents.MEDIA.get(visit.path("suffix")))
    proposal = proposal_here(visit)
    suffix = visit.path("suffix")
    drawn = documents.write(suffix, copies.of(visit, proposal))
    headers = {
        "content-disposition": f'attachment; filename="proposition-{proposal.number}.{suffix}"',
        "cache-control": "private, no-store" if visit.person else "public, max-age=60",
    }
    return Response(drawn, media_type=media, headers=headers)


def health(visit: Visit) -> Response:
    """For machines: the database answers."""
    conventions.everywhere(visit.db)
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


# -- the convention's own texts -------------------------------------------------------------------------------------


def _text(kind: TextKind, path: str, name: str) -> Door:
    def show(visit: Visit) -> Response:
        return visit.page(
            "portal/text.html",
            kind=kind,
            text=conventions.text(visit.db, visit.convention, kind),
            versions=conventions.versions(visit.db, visit.convention, kind),
        )

    return get(path, show, audience=everyone, name=f"portal.{name}")


# -- comfort of reading ---------------------------------------------------------------------------------------------


def display(visit: Visit) -> Response:
    form = Filled({"mode": visit.display.mode, "size": visit.display.size, "font": visit.display.font})
    return visit.page("portal/display.html", form=form)


def choose_display(visit: Visit) -> Response:
    given = {name: str(visit.form.get(name, "")) for name in Display.CHOICES}
    chosen = {name: value for name, value in given.items() if value in Display.CHOICES[name]}
    display = Display(**{**chosen, "language": visit.display.language})
    response = see(visit.url("portal.display", query={"fait": "confort"}))
    set_cookie(response, visit, DISPLAY_COOKIE, display.kept(), seconds=A_YEAR)
    return response


def speak(visit: Visit) -> Response:
    """Another language, kept on this device; back to the page one was reading."""
    language = visit.path("language")
    found(language if language in LANGUAGES else None)
    display = Display(visit.display.mode, visit.display.size, visit.display.font, language)
    response = see(_back(visit))
    set_cookie(response, visit, DISPLAY_COOKIE, display.kept(), seconds=A_YEAR)
    return response


def _back(visit: Visit) -> str:
    came_from = visit.request.headers.get("referer", "")
    base = str(visit.request.base_url)
    # « https://convention.fr//elsewhere.fr » is an address of ours; « //elsewhere.fr » alone is not.
    inside = came_from.removeprefix(base).lstrip("/\\")
    return f"/{inside}" if came_from.startswith(base) else visit.url("portal.home")


def colours(visit: Visit) -> Response:
    css = visit.draw("layout/colours.css", convention=visit.convention)
    return Response(css, media_type="text/css", headers={"cache-control": "public, max-age=300"})


def offline(visit: Visit) -> Response:
    with _asked_language(visit):
        return visit.page("portal/offline.html")


def worker(visit: Visit) -> Response:
    """What shows that page when the network is gone: another one when the page, or what it needs, has changed."""
    with _asked_language(visit):
        script = visit.draw("portal/worker.js", kept=ids.fingerprint(visit.draw("portal/offline.html"))[:12])
    # Asked for again at each visit: a browser learns at once that it was changed, or taken away.
    return Response(script, media_type="text/javascript", headers={"cache-control": "no-cache"})


def _asked_language(visit: Visit) -> AbstractContextManager[None]:
    """That of the page she was reading: a worker is fetched without it."""
    asked = visit.query("langue")
    visit.language = asked if asked in LANGUAGES else visit.language
    return speaking(visit.language)


def specimen(visit: Visit) -> Response:
    return visit.page("layout/specimen.html")


def accessibility(visit: Visit) -> Response:
    return visit.page(
        "portal/accessibility.html",
        looked=accessibility_results.read(),
        plan=conventions.text(visit.db, visit.convention, TextKind.ACCESSIBILITY_PLAN),
        address=visit.request.url.netloc,
    )


def source(visit: Visit) -> Response:
    return visit.page("portal/source.html")


def open_data(visit: Visit) -> Response:
    return visit.page("portal/open_data.html")


def mails(visit: Visit) -> Response:
    found(True if visit.settings.demo else None)
    return visit.page("portal/mailbox.html", mails=mailbox.latest(visit.settings.mail_folder))


def robots(visit: Visit) -> Response:
    lines = [
        "User-agent: *",
        "Disallow: /animation",
        "Disallow: /administration",
        "Disallow: /moi",
        "Disallow: /entrer/",
        "Disallow: /signaler",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"cache-control": "public, max-age=86400"})


routes = [
    get("/", home, audience=everyone),
    get("/themes/{slug}", theme, audience=everyone),
    get("/propositions/{number:int}/parcours", trace, audience=everyone),
    get("/propositions/{number:int}.{suffix}", copy, audience=everyone),
    get("/sante", health, audience=everyone),
    _text(TextKind.MANDATE, "/mandat", "mandate"),
    _text(TextKind.RULES, "/regles", "rules"),
    _text(TextKind.INFORMATION, "/informations", "information"),
    _text(TextKind.FOLLOWUP, "/suites", "followup"),
    _text(TextKind.DRAW, "/tirage", "draw"),
    _text(TextKind.LEGAL, "/mentions-legales", "legal"),
    _text(TextKind.PRIVACY, "/vos-donnees", "privacy"),
    _text(TextKind.HELP, "/aide", "help"),
    _text(TextKind.ACCESSIBILITY_PLAN, "/accessibilite/plan", "accessibility_plan"),
    get("/confort", display, audience=everyone),
    post("/confort", choose_display, audience=everyone, keyed=False),
    get("/langue/{language}", speak, audience=everyone),
    get("/couleurs.css", colours, audience=everyone),
    get("/hors-ligne", offline, audience=everyone),
    get("/hors-ligne.js", worker, audience=everyone),
    get("/planche", specimen, audience=everyone),
    get("/accessibilite", accessibility, audience=everyone),
    get("/code-source", source, audience=everyone),
    get("/donnees", open_data, audience=everyone),
    get("/courrier", mails, audience=everyone, name="portal.mailbox"),
    get("/robots.txt", robots, audience=everyone),
]
