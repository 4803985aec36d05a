"""The desk of a vote on paper: printing, marking the roll, keying twice, deciding, putting into the box."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from convention.algorithms.decision import Rule
from convention.kit import clock
from convention.kit.errors import NotFound, Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, post, see
from convention.paper import actions, forms, prints, queries, rules
from convention.paper.forms import DecideForm, GapForm
from convention.paper.models import Ballot, Pile
from convention.people import queries as people
from convention.people.audiences import everyone, facilitators, guarantors
from convention.people.visits import Visit, found
from convention.voting import actions as voting
from convention.voting import choices, counts
from convention.voting import queries as polls
from convention.voting import rules as voting_rules
from convention.voting.forms import number
from convention.voting.models import Mode, Poll, PollQuestion, State

NOTICES = {
    "papier-attendu": lazy("C’est dit sur la page du vote : son résultat attendra les bulletins papier."),
    "papier-renonce": lazy("Ce vote n’attend plus de bulletin papier."),
    "papier-marque": lazy("La liste est à jour."),
    "papier-saisi": lazy("Bulletin saisi. Prenez le suivant de la pile."),
    "papier-retire": lazy("Le dernier bulletin saisi est retiré."),
    "papier-fini": lazy("Votre saisie de cette pile est terminée."),
    "papier-tranche": lazy("Les écarts de cette pile sont tranchés."),
    "papier-urne": lazy("Les bulletins papier sont dans l’urne avec les autres, et les saisies sont détruites."),
}

# Guarantors look on: they read the desk and its papers, and neither key nor see what is keyed.
readers = facilitators | guarantors


def _poll(visit: Visit) -> Poll:
    return found(polls.of_number(visit.db, visit.convention, visit.path("number")))


# -- the desk ------------------------------------------------------------------------------------------------------


def desk(visit: Visit) -> Response:
    return _desk(visit, _poll(visit))


def _desk(visit: Visit, poll: Poll, *, gap: Filled | None = None, status: int = 200) -> Response:
    state = poll.state(visit.at)
    marked = polls.marked_on_paper(visit.db, poll)
    piles = queries.piles(visit.db, poll)
    agreed = sum(len(pile.agreed or ()) for pile in piles)
    questions = polls.shown(visit.db, poll)
    team = queries.team(visit.db, poll)
    return visit.page(
        "paper/desk.html",
        status=status,
        poll=poll,
        state=state,
        sizes=prints.sizes(len(questions)),
        why_not_print=rules.why_not_print(poll, visit.at),
        why_not_expect=voting_rules.why_not_expect_paper(poll, visit.at),
        why_not_mark=voting_rules.why_not_mark(poll, visit.at),
        why_not_hand_out=voting_rules.why_not_hand_out(poll, visit.at),
        why_not_key=rules.why_not_key(poll, visit.at),
        why_not_put_in=rules.why_not_put_in(piles),
        electors=polls.electors_on_paper(visit.db, poll) if not voting_rules.why_not_mark(poll, visit.at) else (),
        marked=marked,
        few=marked > 0 and not voting_rules.may_show((marked,), visit.settings.least_shown),
        least=visit.settings.least_shown,
        piles=piles,
        why_not_decide={
            pile.number: rules.why_not_decide(pile, visit.me, team, together=True) for pile in piles if pile.to_decide
        },
        agreed=agreed,
        gap_said=voting_rules.paper_gap(agreed, marked) if agreed != marked else "",
        gap=Filled() if gap is None else gap,
    )


def expect(visit: Visit) -> Response:
    poll = _poll(visit)
    actions.expect(visit.db, poll, by=visit.me)
    return see(visit.url("paper.desk", number=poll.number, query={"fait": "papier-attendu"}))


def give_up(visit: Visit) -> Response:
    poll = _poll(visit)
    actions.give_up(visit.db, poll, by=visit.me)
    return see(visit.url("paper.desk", number=poll.number, query={"fait": "papier-renonce"}))


# -- what is printed -----------------------------------------------------------------------------------------------


def print_ballot(visit: Visit) -> Response:
    poll = _poll(visit)
    if reason := rules.why_not_print(poll, visit.at):
        raise Refused(reason)
    questions = polls.shown(visit.db, poll)
    size = next((size for size in prints.sizes(len(questions)) if size.value == visit.path("size")), None)
    pdf = prints.ballot(poll, questions, visit.convention.title, found(size), poll.prepared_at)
    return _pdf(pdf, f"scrutin-{poll.number}-bulletin-{visit.path('size')}.pdf")


def print_counting_sheet(visit: Visit) -> Response:
    poll = _poll(visit)
    found(poll if poll.rule else None)
    questions = polls.shown(visit.db, poll)
    pdf = prints.counting_sheet(poll, questions, visit.convention.title, poll.prepared_at)
    return _pdf(pdf, f"scrutin-{poll.number}-comptage.pdf")


def _pdf(pdf: bytes, name: str) -> Response:
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "private, no-cache"}
    return Response(pdf, media_type="application/pdf", headers=headers)


# -- who votes on paper --------------------------------------------------------------------------------------------


def mark(visit: Visit) -> Response:
    poll = _poll(visit)
    person = found(people.in_convention(visit.db, visit.convention.id, visit.path("person")))
    if "retirer" in visit.form:
        voting.unmark_on_paper(visit.db, poll, person)
    else:
        voting.mark_on_paper(visit.db, poll, person)
    return see(visit.url("paper.desk", number=poll.number, query={"fait": "papier-marque"}) + f"#membre-{person.id}")


# -- keying --------------------------------------------------------------------------------------------------------


def start(visit: Visit) -> Response:
    poll = _poll(visit)
    entry = actions.start(visit.db, poll, number(visit.form, "pile") or None, visit.me)
    return see(visit.url("paper.keying", number=poll.number, pile=entry.pile))


def keying(visit: Visit) -> Response:
    return _keying(visit, _poll(visit))


def _keying(
    visit: Visit, poll: Poll, *, form: Filled | None = None, sum_: Filled | None = None, status: int = 200
) -> Response:
    if reason := rules.why_not_key(poll, visit.at):
        raise Refused(reason)
    pile = found(queries.pile(visit.db, poll, visit.path("pile")))
    entry = found(pile.of(visit.me))
    if entry.finished:
        raise Refused(_("Votre saisie de cette pile est terminée."))
    keyed, questions, rule = entry.keyed, polls.shown(visit.db, poll), poll.the_rule
    asked = str(visit.form.get("place", "")) or visit.query("bulletin")
    at = (
        int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 and int(asked) < len(keyed) else len(keyed)
    )
    again = at < len(keyed) and "bulletin" in visit.request.query_params or "corrige" in visit.form
    if form is None:
        given = keyed[at] if again and at < len(keyed) else ()
        form = Filled({question.field: answer for question, answer in zip(questions, given, strict=False)})
    return visit.page(
        "paper/keying.html",
        status=status,
        poll=poll,
        pile=pile,
        entry=entry,
        keyed=[_said(rule, questions, ballot) for ballot in keyed],
        at=at if again else len(keyed),
        again=again,
        form=form,
        sum=Filled() if sum_ is None else sum_,
        **_ballot(rule, questions),
    )


def _ballot(rule: Rule, questions: Sequence[PollQuestion]) -> dict[str, Any]:
    """What draws the answers of a ballot."""
    choosing = choices.is_choice(rule)
    offered = choices.offered(rule, len(questions)) if choosing else []
    return {
        "questions": questions,
        "choosing": choosing,
        "options": [(value, words) for value, words, _m in counts.options(rule)]
        if not choosing
        else [(value, choices.said(rule, value) if value else "–") for value in offered],
        "labels": {"counted": _("Feuilles comptées"), "together": _("À deux")},
    }


def _said(rule: Rule, questions: Sequence[PollQuestion], ballot: Sequence[str]) -> list[tuple[str, str]]:
    """A ballot in words: (question, answer)."""
    if choices.is_choice(rule):
        return [(q.title, choices.said(rule, one) if one else "–") for q, one in zip(questions, ballot, strict=True)]
    return [(q.title, counts.label(rule, one)) for q, one in zip(questions, ballot, strict=True)]


def key(visit: Visit) -> Response:
    poll = _poll(visit)
    questions = polls.questions(visit.db, poll)
    form = forms.ballot(visit.form, found(poll if poll.rule else None).the_rule, questions)
    if form:
        return _keying(visit, poll, form=form, status=422)
    place, ballot = number(visit.form, "place"), forms.answers(form, questions)
    if place is None:
        raise NotFound
    do = actions.correct if "corrige" in visit.form else actions.key
    do(visit.db, poll, visit.path("pile"), visit.me, place, ballot)
    return see(visit.url("paper.keying", number=poll.number, pile=visit.path("pile"), query={"fait": "papier-saisi"}))


def take_back(visit: Visit) -> Response:
    poll = _poll(visit)
    actions.take_back(visit.db, poll, visit.path("pile"), visit.me, number(visit.form, "saisis") or 0)
    return see(visit.url("paper.keying", number=poll.number, pile=visit.path("pile"), query={"fait": "papier-retire"}))


def finish(visit: Visit) -> Response:
    poll = _poll(visit)
    counted = number(visit.form, "counted")
    try:
        actions.finish(visit.db, poll, visit.path("pile"), visit.me, counted)
    except Refused as refusal:
        if rules.why_not_key(poll, clock.now()):
            raise
        typed = Filled({"counted": str(visit.form.get("counted", ""))[:6]}, {"counted": refusal.reason})
        return _keying(visit, poll, sum_=typed, status=422)
    return see(visit.url("paper.desk", number=poll.number, query={"fait": "papier-fini"}))


def redo(visit: Visit) -> Response:
    poll = _poll(visit)
    actions.redo(visit.db, poll, visit.path("pile"), visit.me)
    return see(visit.url("paper.desk", number=poll.number))


# -- the third look ------------------------------------------------------------------------------------------------


def deciding(visit: Visit) -> Response:
    return _deciding(visit, _poll(visit))


def _pile_to_decide(visit: Visit, poll: Poll) -> Pile:
    if reason := rules.why_not_key(poll, visit.at):
        raise Refused(reason)
    pile = found(queries.pile(visit.db, poll, visit.path("pile")))
    if reason := rules.why_not_decide(pile, visit.me, queries.team(visit.db, poll), together=True):
        raise Refused(reason)
    return pile


def _deciding(visit: Visit, poll: Poll, *, form: Filled | None = None, status: int = 200) -> Response:
    pile = _pile_to_decide(visit, poll)
    questions, rule = polls.shown(visit.db, poll), poll.the_rule
    first, second = pile.both
    return visit.page(
        "paper/deciding.html",
        status=status,
        poll=poll,
        pile=pile,
        # Who looks with her at what they both keyed: only where the team has nobody else.
        with_whom=[name for id, name in pile.keyers.items() if pile.of(visit.me) and id != visit.me.id],
        # What both read alike is not asked again; what differs is asked of the paper, and nothing is ticked ahead.
        differing=[
            (place, list(zip(questions, _said(rule, questions, first[place]), _said(rule, questions, second[place]),
                             [a == b for a, b in zip(first[place], second[place], strict=True)], first[place],
                             strict=True)))
            for place in pile.differing
        ],
        form=Filled() if form is None else form,
        **_ballot(rule, questions),
    )  # fmt: skip


def decide(visit: Visit) -> Response:
    poll = _poll(visit)
    pile = _pile_to_decide(visit, poll)
    questions, rule = polls.questions(visit.db, poll), poll.the_rule
    read: dict[int, Ballot] = {}
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for place in pile.differing:
        one = forms.ballot(visit.form, rule, questions, prefix=f"b{place}-")
        values |= {f"b{place}-{question.field}": one[question.field] for question in questions}
        if one.errors:
            errors[""] = _("Bulletin {n} : {reason}").format(n=place + 1, reason=one.errors[""])
        read[place] = forms.answers(one, questions)
    together = DecideForm.read(visit.form)
    ticked = isinstance(together, DecideForm) and together.together
    if reason := rules.why_not_decide(pile, visit.me, queries.team(visit.db, poll), together=ticked):
        errors["together"] = reason
    if errors:
        return _deciding(visit, poll, form=Filled({**values, "together": "oui" if ticked else ""}, errors), status=422)
    actions.decide(visit.db, poll, pile.number, visit.me, read, together=ticked)
    return see(visit.url("paper.desk", number=poll.number, query={"fait": "papier-tranche"}))


def put_in(visit: Visit) -> Response:
    poll = _poll(visit)
    form = GapForm.read(visit.form)
    if isinstance(form, Filled):
        return _desk(visit, poll, gap=form, status=422)
    try:
        actions.put_in(visit.db, poll, form.gap, by=visit.me)
    except Refused as refusal:
        return _desk(visit, poll, gap=Filled({"gap": form.gap}, {"gap": refusal.reason}), status=422)
    sealed = polls.of_id(visit.db, poll.id).sealed_at is not None
    page = "voting.show" if sealed else "voting.plan"
    return see(visit.url(page, number=poll.number, query={"fait": "papier-urne"}))


# -- beside someone who votes --------------------------------------------------------------------------------------


def helping(visit: Visit) -> Response:
    """Read by who helps, before the tablet changes hands: the choice is the voter's alone."""
    poll = found(polls.of_number(visit.db, visit.convention, visit.path("number")))
    found(poll if poll.rule and poll.mode != Mode.TOTALS else None)
    return visit.page("paper/helping.html", poll=poll, is_open=poll.state(visit.at) == State.OPEN)


routes = [
    get("/scrutins/{number:int}/avec-aide", helping, audience=everyone),
    get("/animation/scrutins/{number:int}/papier", desk, audience=readers),
    get("/animation/scrutins/{number:int}/papier/bulletin-{size}.pdf", print_ballot, audience=readers),
    get("/animation/scrutins/{number:int}/papier/comptage.pdf", print_counting_sheet, audience=readers),
    post("/animation/scrutins/{number:int}/papier", expect, audience=facilitators),
    post("/animation/scrutins/{number:int}/papier/renoncer", give_up, audience=facilitators),
    # Not keyed: a kept key would say when this person was marked, hence when she voted. Done twice, it is done once.
    post("/animation/scrutins/{number:int}/papier/liste/{person:uuid}", mark, audience=facilitators, keyed=False),
    post("/animation/scrutins/{number:int}/papier/piles", start, audience=facilitators),
    get("/animation/scrutins/{number:int}/papier/piles/{pile:int}", keying, audience=facilitators),
    # Not keyed either: keys would say in which order and when ballots were keyed. The place in the pile makes it once.
    post("/animation/scrutins/{number:int}/papier/piles/{pile:int}", key, audience=facilitators, keyed=False),
    post(
        "/animation/scrutins/{number:int}/papier/piles/{pile:int}/retirer",
        take_back,
        audience=facilitators,
        keyed=False,
    ),
    post("/animation/scrutins/{number:int}/papier/piles/{pile:int}/finir", finish, audience=facilitators),
    post("/animation/scrutins/{number:int}/papier/piles/{pile:int}/refaire", redo, audience=facilitators),
    get("/animation/scrutins/{number:int}/papier/piles/{pile:int}/trancher", deciding, audience=facilitators),
    post("/animation/scrutins/{number:int}/papier/piles/{pile:int}/trancher", decide, audience=facilitators),
    post("/animation/scrutins/{number:int}/papier/urne", put_in, audience=facilitators),
]
