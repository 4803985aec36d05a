"""Flagging, the queue, the decisions and their appeals, and what everyone may know of them."""

import datetime as dt
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.drafts.routes import Begun
from convention.kit import clock, ids, safety
from convention.kit.errors import Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.text import series, typeset
from convention.kit.web import get, post, see
from convention.moderation import actions, letters, queries, rules
from convention.moderation.forms import (
    STATEMENT_LENGTH,
    WORDS_LENGTH,
    AnswerForm,
    AppealForm,
    DecisionForm,
    FlagForm,
)
from convention.moderation.models import (
    APPEAL_WITHIN,
    LOOKED_AT_WITHIN,
    PAGE,
    Case,
    Describe,
    Facts,
    Kind,
    Outcome,
    Reason,
    Subject,
)
from convention.moderation.queries import PER_PAGE, Decided
from convention.people import actions as people_actions
from convention.people import queries as people
from convention.people.audiences import administrators, everyone, facilitators, guarantors, signed_in
from convention.people.visits import Visit, found

NOTICES = {
    "moderation-decidee": lazy("La décision est prise. Les personnes concernées sont prévenues."),
    "moderation-recours": lazy("Votre recours est enregistré. Une autre personne vous répondra."),
    "moderation-reponse": lazy("La réponse est enregistrée. Les personnes concernées sont prévenues."),
}
_REVERSED = {
    Kind.KEEP: lazy("Le dossier revient dans la file : une personne dira la règle enfreinte et ce qui est masqué."),
    Kind.SUSPENDED: lazy("La suspension est levée."),
}
SITE = UUID("6f4b7f0e-52a4-5f0e-9a44-6f0c1c0b7d11")  # the space of names of this site's pages

# -- flagging: everyone ----------------------------------------------------------------------------------------------


def flag(visit: Visit) -> Response:
    asked = {"sujet": visit.query("sujet"), "adresse": visit.query("adresse", most=300)}
    return _flag(visit, drafts.begun(visit, _flag_of(asked["sujet"])).over(asked))


def _flag_of(subject: str) -> str:
    """The name of the draft."""
    return f"signaler-{re.sub('[^a-z0-9]+', '-', subject)[:60] or 'page'}"


def _flag(visit: Visit, form: Filled, status: int = 200) -> Response:
    facts = found(_facts_named(visit, form["sujet"])) if form["sujet"] else None
    return visit.page(
        "moderation/flag.html",
        status=status,
        begun=drafts.begun(visit, _flag_of(str(form["sujet"]))),
        form=form,
        facts=facts,
        reasons=[(reason, reason.label, typeset(reason.meaning)) for reason in Reason],
        most=WORDS_LENGTH,
    )


def send_flag(visit: Visit) -> Response:
    form = FlagForm.read(visit.form)
    if isinstance(form, Filled):
        return _flag(visit, form, 422)
    facts = found(_facts_named(visit, form.sujet)) if form.sujet else _page(visit, form.adresse)
    if facts is None:
        sentence = _("Copiez l’adresse de la page, telle qu’elle est en haut de votre navigateur.")
        return _flag(visit, Filled(form.model_dump(), {"adresse": sentence}), 422)
    keys = _keys(visit)
    # A whole room may flag at once from one network: each waits her turn, so that none is lost in the count.
    queries.hold(visit.db, visit.convention.id)
    known = people.attempts(visit.db, tuple(keys.values()))
    if reason := rules.why_not_flag(tuple(known.values()), visit.at):
        return _flag(visit, Filled(form.model_dump(), {"reason": reason}), 429)
    people_actions.note_failure(visit.db, keys, visit.at)
    actions.flag(visit.db, visit.convention, facts, form, visit.person)
    return see(visit.url("moderation.thanks"))


def thanks(visit: Visit) -> Response:
    return visit.page("moderation/thanks.html", hours=round(LOOKED_AT_WITHIN.total_seconds() / 3600))


def _keys(visit: Visit) -> Mapping[str, str]:
    """Where a flag comes from, as keyed hashes: counted, never known."""
    network = safety.network(visit.request)
    browser = visit.request.headers.get("user-agent", "")
    keys = {"network": ids.keyed(visit.settings.secret, "flag-network", network)}
    if visit.person is not None:
        return {**keys, "account": ids.keyed(visit.settings.secret, "flag-account", str(visit.person.id))}
    return {**keys, "place": ids.keyed(visit.settings.secret, "flag-place", f"{network}\n{browser}")}


# -- what a subject is: the slices above say it ----------------------------------------------------------------------


def _facts(visit: Visit, subject: Subject, case: Case | None = None) -> Facts | None:
    if subject.kind == PAGE:
        return Facts(subject, case.title, (), case.address, (), (subject,)) if case else None
    describers: Mapping[str, Describe] = visit.request.app.state.subjects
    describe = describers.get(subject.kind)
    return describe(visit.db, visit.convention, subject.id) if describe else None


def _facts_named(visit: Visit, name: str) -> Facts | None:
    """« proposal:0190… » from an address."""
    kind, _colon, id = name.partition(":")
    try:
        return _facts(visit, Subject(kind, UUID(id)))
    except ValueError:
        return None


def _page(visit: Visit, address: str) -> Facts | None:
    """A page of this site, known by its address alone."""
    address = address.removeprefix(visit.address("portal.home").rstrip("/"))
    address = address.removeprefix(str(visit.request.base_url).rstrip("/"))
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    subject = Subject(PAGE, uuid5(SITE, f"{visit.convention.id}{address}"))
    return Facts(subject, _("Page {address}").format(address=address)[:200], (), address, (), (subject,))


# -- deciding: facilitators ------------------------------------------------------------------------------------------


def desk(visit: Visit) -> Response:
    waiting = queries.queue(visit.db, visit.convention)
    late = [one for one in waiting if one.case.waiting_since and visit.at - one.case.waiting_since > LOOKED_AT_WITHIN]
    decided, total = queries.decisions(visit.db, visit.convention, visit.page_number())
    return visit.page(
        "moderation/desk.html",
        waiting=waiting,
        late=len(late),
        late_after=LOOKED_AT_WITHIN,
        hours=round(LOOKED_AT_WITHIN.total_seconds() / 3600),
        appeals=queries.appeals_waiting(visit.db, visit.convention),
        decided=decided,
        total=total,
        page=visit.page_number(),
        pages=-(-total // PER_PAGE),
        address=lambda n: visit.url("moderation.desk", query={"page": n if n > 1 else ""}),
        age=lambda moment: _age(visit.at - moment),
    )


def case(visit: Visit) -> Response:
    case = _the_case(visit)
    return _case(visit, case, drafts.begun(visit, drafts.of_row("moderation", case.id)).over({"seen": None}))


def _the_case(visit: Visit) -> Case:
    return found(queries.case(visit.db, visit.convention, visit.path("case")))


def _case(visit: Visit, case: Case, form: Filled, status: int = 200) -> Response:
    facts = _facts(visit, case.subject, case)
    decisions = queries.decisions_of(visit.db, case)
    authors = queries.people(visit.db, facts.author_ids) if facts else []
    waiting = queries.flags(visit.db, case, waiting=True)
    last = decisions[0].decision.number if decisions else 0
    kinds = [kind for kind in Kind if facts and not rules.why_not_decide(facts, kind, visit.me)]
    return visit.page(
        "moderation/case.html",
        status=status,
        begun=drafts.begun(visit, drafts.of_row("moderation", case.id)),
        case=case,
        facts=facts,
        authors=authors,
        flags=waiting,
        decisions=decisions,
        cautions=_cautions(visit, facts) if facts else (),
        why_not=rules.why_not_decide(facts, Kind.KEEP, visit.me) if facts else _("Ce texte n’existe plus."),
        form=Filled({**form.values, "seen": form["seen"] or last}, form.errors),
        kinds=[(kind, kind.label, typeset(kind.meaning)) for kind in kinds],
        hides=any(kind.hides for kind in kinds),
        rules=[("", _("Aucune : le texte reste en ligne")), *((reason, reason.rule) for reason in Reason)],
        people=[(person.id, person.name) for person in authors],
        most=STATEMENT_LENGTH,
        appeal_until=visit.at + APPEAL_WITHIN,
        age=_age(visit.at - case.waiting_since) if case.waiting_since else "",
    )


def _cautions(visit: Visit, facts: Facts) -> list[str]:
    """What to know before hiding this: the poll that it is in, then what the slices that print it say."""
    polled = _("Ce texte est dans le scrutin n° {n} : s’il est masqué, les membres votent sans le lire.")
    others = (say(visit.db, visit.convention, facts) for say in visit.request.app.state.cautions)
    return [*([polled.format(n=facts.poll)] if facts.poll else []), *chain.from_iterable(others)]


def decide(visit: Visit) -> Response:
    case = _the_case(visit)
    facts = found(_facts(visit, case.subject, case))
    form = DecisionForm.read(visit.form)
    if isinstance(form, Filled):
        return _case(visit, case, Filled({**form.values, "seen": form["seen"] or "0"}, form.errors), 422)
    until = clock.utc(form.until, dt.time(23, 59)) if form.until else None
    wrong = {}
    if form.kind != Kind.KEEP and form.rule is None:
        wrong["rule"] = _("Choisissez la règle qui est enfreinte.")
    if reason := rules.why_not_these(facts, form.kind, form.parts):
        wrong["passages"] = reason
    if form.kind == Kind.SUSPENDED and (reason := rules.why_not_suspend(form.person, facts, until, visit.at)):
        wrong["until" if form.person in facts.author_ids else "person"] = reason
    if wrong:
        return _case(visit, case, Filled({**form.model_dump(), "seen": str(form.seen)}, wrong), 422)
    decision = actions.decide(visit.db, visit.convention, case, facts, form, visit.me, until)
    decided = found(queries.decided(visit.db, visit.convention, decision.id))
    letters.tell(visit.db, visit.convention, decided, _link(visit))
    letters.thank(visit.db, visit.convention, decided, _link(visit))
    return see(visit.url("moderation.desk", query={"fait": "moderation-decidee"}))


def _link(visit: Visit) -> letters.Link:
    return lambda decision: visit.address("moderation.decision", decision=decision)


def _age(since: dt.timedelta) -> str:
    """« 20 min », « 5 h », « 3 jours »."""
    minutes = max(1, int(since.total_seconds() // 60))
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    if minutes < 48 * 60:
        return _("{n} h").format(n=minutes // 60)
    return _("{n} jours").format(n=minutes // (24 * 60))


# -- a decision: those concerned, those who hear appeals, guarantors -------------------------------------------------


def decision(visit: Visit) -> Response:
    one = _the_decision(visit)
    begun = _begun(visit, one)
    return _decision(visit, one, begun["appeal"].over({}), begun["reply"].over({}))


def _begun(visit: Visit, one: Decided) -> Mapping[str, Begun]:
    """What she has begun to write of this decision: her appeal, or what is answered to it."""
    names = {
        "appeal": drafts.of_row("recours", one.decision.id),
        "reply": drafts.of_row("reponse-recours", one.decision.id),
    }
    begun = drafts.begun_each(visit, names.values())
    return {name: begun[subject] for name, subject in names.items()}


def _the_decision(visit: Visit) -> Decided:
    one = found(queries.decided(visit.db, visit.convention, visit.path("decision")))
    # Who may not read it learns nothing, not even that it exists.
    return found(None if rules.why_not_read(visit.roles, visit.me, one.concerned, one.reporters) else one)


def _decision(visit: Visit, one: Decided, form: Filled, reply: Filled, status: int = 200) -> Response:
    mine = visit.me.id in one.concerned
    facts = _facts(visit, one.case.subject, one.case)
    # Who flagged reads why, and nothing of who wrote.
    flagged = not mine and visit.me.id in one.reporters
    inside = not rules.why_not_read(visit.roles, visit.me, ())
    names: Mapping[UUID, str] = {}
    if not mine and inside:
        several = {one.decision.decided_by, *one.concerned}
        if one.appeal:
            several |= {one.appeal.appealed_by, *filter(None, (one.appeal.answered_by,))}
        names = people.names(visit.db, tuple(several))
    return visit.page(
        "moderation/decision.html",
        status=status,
        one=one,
        decision=one.decision,
        mine=mine,
        rewritable=bool(facts and facts.rewritable),
        polled=bool(facts and facts.poll),
        flagged=flagged,
        inside=inside and not mine,
        # Who wrote does not read the words of who flagged.
        appeal=None if mine and one.appeal and one.appeal.appealed_by not in one.concerned else one.appeal,
        names=names,
        people=series(sorted(names[id] for id in one.concerned if id in names)),
        begun_each=_begun(visit, one),
        form=form,
        reply=reply,
        why_not_appeal=rules.why_not_appeal(one.decision, one.appeal, visit.me, one.concerned, visit.at, one.reporters),
        why_not_answer=rules.why_not_answer(one.decision, one.appeal, visit.me, visit.roles, one.concerned),
        appeal_until=one.decision.decided_at + APPEAL_WITHIN,
        outcomes=[
            (Outcome.CONFIRMED, _("Confirmer la décision"), _("Elle continue de s’appliquer.")),
            (
                Outcome.REVERSED,
                _("Annuler la décision"),
                _REVERSED.get(one.decision.kind, lazy("Le texte est remis en ligne.")),
            ),
        ],
        most=STATEMENT_LENGTH,
    )


def appeal(visit: Visit) -> Response:
    one = _the_decision(visit)
    form = AppealForm.read(visit.form)
    if isinstance(form, Filled):
        return _decision(visit, one, form, Filled(), 422)
    appeal = actions.appeal(visit.db, visit.convention, one, form, visit.me)
    letters.acknowledge(visit.db, visit.convention, one, appeal, visit.me, _link(visit))
    return see(visit.url("moderation.decision", decision=one.decision.id, query={"fait": "moderation-recours"}))


def answer(visit: Visit) -> Response:
    one = _the_decision(visit)
    if reason := rules.why_not_answer(one.decision, one.appeal, visit.me, visit.roles, one.concerned):
        raise Refused(reason)
    form = AnswerForm.read(visit.form)
    if isinstance(form, Filled):
        return _decision(visit, one, Filled(), form, 422)
    appeal = actions.answer(visit.db, visit.convention, one, form, visit.me, visit.roles)
    letters.reply(visit.db, visit.convention, one, appeal, _link(visit))
    return see(visit.url("moderation.decision", decision=one.decision.id, query={"fait": "moderation-reponse"}))


# -- what everyone may know, what guarantors read --------------------------------------------------------------------


def index(visit: Visit) -> Response:
    return visit.page(
        "moderation/index.html",
        statistics=(statistics := queries.statistics_of(visit.db, visit.convention)),
        reasons=list(Reason),
        kinds=Kind,
        delay=_age(statistics.median_delay) if statistics.median_delay is not None else "",
        mine=queries.decisions_about(visit.db, visit.convention, visit.person) if visit.person else (),
        flagged=queries.flagged_by(visit.db, visit.convention, visit.person) if visit.person else (),
        **_log(visit, "moderation.index"),
    )


def watch(visit: Visit) -> Response:
    log = _log(visit, "moderation.watch")
    deciders = {one.decision.decided_by for one in log["decided"]}
    return visit.page(
        "moderation/watch.html",
        names=people.names(visit.db, tuple(deciders)),
        waiting=queries.queue(visit.db, visit.convention),
        appeals=queries.appeals_waiting(visit.db, visit.convention),
        late_after=LOOKED_AT_WITHIN,
        age=lambda moment: _age(visit.at - moment),
        **log,
    )


def _log(visit: Visit, name: str) -> dict[str, Any]:
    page = visit.page_number()
    decided, total = queries.decisions(visit.db, visit.convention, page)
    return {
        "decided": decided,
        "total": total,
        "page": page,
        "pages": -(-total // PER_PAGE),
        "address": lambda n: visit.url(name, query={"page": n if n > 1 else ""}),
    }


routes = [
    get("/signaler", flag, audience=everyone),
    post("/signaler", send_flag, audience=everyone, name="moderation.flag"),
    get("/signaler/merci", thanks, audience=everyone),
    get("/moderation", index, audience=everyone),
    get("/moderation/decisions/{decision:uuid}", decision, audience=signed_in),
    post("/moderation/decisions/{decision:uuid}/recours", appeal, audience=signed_in),
    post("/moderation/decisions/{decision:uuid}/reponse", answer, audience=facilitators | administrators),
    get("/animation/moderation", desk, audience=facilitators | administrators),
    get("/animation/moderation/{case:uuid}", case, audience=facilitators | administrators),
    post("/animation/moderation/{case:uuid}", decide, audience=facilitators | administrators, name="moderation.case"),
    get("/garants/moderation", watch, audience=guarantors | administrators),
]
