"""The facilitators’ desk: a poll prepared, its rule chosen, opened, closed, cancelled, counted in the room."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from convention.algorithms import words
from convention.algorithms.decision import Base, Method, NoOpinion, QuorumBase, Rule
from convention.kit import clock
from convention.kit.errors import Refused, refuse
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.web import see
from convention.people import queries as people_queries
from convention.people.models import Person, RoleKind
from convention.people.visits import Visit, found
from convention.voting import actions, choices, counts, forms, notices, queries, rules
from convention.voting.forms import CancelForm, ChoiceForm, PlanForm
from convention.voting.models import Mode, Poll, PollQuestion, Question, State, Subject

PER_PAGE = 20


def desk(visit: Visit) -> Response:
    page = visit.page_number()
    over, total = queries.over(visit.db, visit.convention, page=page, per_page=PER_PAGE)
    going_on = queries.going_on(visit.db, visit.convention, announced_only=False)
    return visit.page(
        "voting/desk.html",
        going_on=going_on,
        over=over,
        questions=queries.questions_of(visit.db, [*going_on, *over]),
        page=page,
        pages=-(-total // PER_PAGE),
    )


def _here(visit: Visit) -> Poll:
    return found(queries.of_number(visit.db, visit.convention, visit.path("number")))


def plan(visit: Visit) -> Response:
    return _plan(visit, _here(visit))


def _plan(
    visit: Visit,
    poll: Poll,
    *,
    form: Filled | None = None,
    totals: Filled | None = None,
    cancelling: Filled | None = None,
    counting: Filled | None = None,
    check: bool = False,
    reason: str = "",
    status: int = 200,
) -> Response:
    state = poll.state(visit.at)
    opened = poll.opened_at is not None
    turnout = queries.turnout(visit.db, poll) if opened and poll.mode != Mode.TOTALS else 0
    rule = poll.the_rule if poll.rule else None
    questions = queries.shown(visit.db, poll)
    return visit.page(
        "voting/plan.html",
        block="turnout",
        status=status,
        poll=poll,
        state=state,
        rule=rule,
        sentences=words.rule_sentences(rule) if rule else (),
        president=queries.president(visit.db, poll),
        members=[(person.id, person.name) for person in _members(visit)] if not opened else (),
        on_rule=notices.on_rule(visit, poll) if rule else None,
        typed=all(question.subject_kind == choices.KIND for question in questions),
        why_not_plan=actions.why_not_plan(visit.db, poll, visit.at) or "",
        why_not_ask=rules.why_not_ask_about_rule(poll, questions, queries.vote_on_rule(visit.db, poll), visit.at),
        questions=questions,
        choosing=choices.is_choice(rule),
        options=counts.options(rule) if rule and not choices.is_choice(rule) else (),
        # A form without errors is false: it must not be taken for one that is missing.
        form=Filled(_planned(poll, rule, visit) | {f"cost-{one.field}": one.cost or "" for one in questions})
        if form is None
        else form,
        totals=Filled({f"{question.field}-present": poll.present or "" for question in questions})
        if totals is None
        else totals,
        cancelling=Filled() if cancelling is None else cancelling,
        counting=Filled({"present": poll.present or ""}) if counting is None else counting,
        check=check,
        reason=reason,
        turnout=turnout,
        least=visit.settings.least_shown,
        keyed=_keyed(visit, poll, questions) if poll.by_two and state == State.OPEN else None,
        choices=_CHOICES,
        completions=[(value, one.label) for value, one in forms.COMPLETIONS.items()],
    )


def _keyed(visit: Visit, poll: Poll, questions: Sequence[PollQuestion]) -> dict[str, Any]:
    """Who has keyed the voices counted in the room; the numbers once there are two that differ, not before."""
    kept = queries.hand_counts(visit.db, poll.id)
    if len(kept) < 2:
        first = kept[0][1] if kept else None
        return {"first": first, "mine": first is not None and first.id == visit.me.id, "differ": ()}
    (one, by), (other, also_by) = kept
    said = {value: words for value, words, _m in counts.options(poll.the_rule)}
    said |= {"present": _("Présents"), "casting": _("Vote de la présidence")}
    differ = [
        (question.title, words, _keyed_words(said, name, a), _keyed_words(said, name, b))
        for question, a, b in zip(questions, one.totals, other.totals, strict=True)
        for name, words in said.items()
        if a[name] != b[name]
    ]
    return {"first": by, "second": also_by, "mine": visit.me.id in (by.id, also_by.id), "differ": differ}


def _keyed_words(said: Mapping[str, str], name: str, one: Mapping[str, int | str]) -> int | str:
    return said.get(str(one[name]), "") if name == "casting" else one[name]


_CHOICES: Mapping[str, Any] = {
    "modes": [(mode, mode) for mode in Mode],
    "methods": list(forms.METHODS.items()),
    "among": [(method.value, *forms.CHOICES[method]) for method in forms.AMONG],
    "no_opinions": forms.NO_OPINIONS,
    "majorities": [(value, words) for value, (_share, _strict, words) in forms.MAJORITIES.items()],
    "bases": list(Base),
    "quorums": list(forms.QUORUMS.items()),
    "quorum_bases": list(QuorumBase),
    "ties": [(tie.value, words) for tie, words in forms.PLAN_TIES.items()],
}


def _planned(poll: Poll, rule: Rule | None, visit: Visit) -> dict[str, Any]:
    """The form as the poll stands; a poll without a rule gets Montpellier's, closing in an hour."""
    in_an_hour = visit.at.replace(minute=visit.at.minute // 5 * 5) + dt.timedelta(hours=1)
    closes_at = poll.closes_at or (None if rule and poll.mode == Mode.TOTALS else in_an_hour)
    rule = rule or Rule(method=Method.MAJORITY_JUDGMENT, no_opinion=NoOpinion.EXCLUDED)
    majority = f"{rule.majority.numerator}/{rule.majority.denominator}"
    opens = clock.local(poll.opens_at) if poll.opens_at else None
    closes = clock.local(closes_at) if closes_at else None
    return {
        "title": poll.title,
        "indicative": rule.indicative,
        "tracked": rule.tracked,
        "mode": poll.mode,
        "method": rule.method,
        "seats": rule.seats,
        "no_opinion": rule.no_opinion,
        "majority": majority,
        "base": rule.base,
        "quorum": f"{rule.quorum.numerator}/{rule.quorum.denominator}" if rule.quorum else "",
        "quorum_base": rule.quorum_base,
        "tie": rule.tie.value,
        "budget": rule.budget,
        "completion": rule.completion.value,
        "by_two": poll.by_two,
        "president": poll.president_id,
        "present": poll.present,
        "electorate": (poll.entitled or None) if poll.opened_at is None else None,
        "opens_on": opens.date() if opens else None,
        "opens_hour": opens.time() if opens else None,
        "closes_on": closes.date() if closes else None,
        "closes_hour": closes.time() if closes else None,
    }


def new_choice(visit: Visit) -> Response:
    closes = clock.local(visit.at.replace(minute=visit.at.minute // 5 * 5) + dt.timedelta(hours=1))
    return _choice_form(visit, Filled({"closes_on": closes.date(), "closes_hour": closes.time()}))


def _choice_form(visit: Visit, form: Filled, status: int = 200, poll: Poll | None = None) -> Response:
    return visit.page(
        "voting/new.html",
        status=status,
        poll=poll,
        form=form,
        methods=[(method.value, name, hint) for method, (name, hint) in forms.CHOICES.items()],
        completions=[(value, one.label) for value, one in forms.COMPLETIONS.items()],
        quorums=list(forms.QUORUMS.items()),
        quorum_bases=[(base.value, base.label) for base in QuorumBase],
        ties=list(forms.TIES.items()),
    )


def create_choice(visit: Visit) -> Response:
    form = ChoiceForm.read(visit.form)
    if isinstance(form, ChoiceForm) and (missing := form.missing(visit.at)):
        form = Filled(ChoiceForm.values(visit.form), missing)
    if isinstance(form, Filled):
        return _choice_form(visit, form, status=422)
    return _planned_choice(visit, form, actions.prepare(visit.db, visit.convention, visit.me, form.title, _typed(form)))


def _typed(form: ChoiceForm) -> list[Question]:
    return [Question(Subject(choices.KIND, uuid4()), name, "", cost=cost) for name, cost in form.options]


def _planned_choice(visit: Visit, form: ChoiceForm, poll: Poll) -> Response:
    actions.plan(
        visit.db,
        poll,
        form.rule,
        mode=Mode.BALLOTS,
        opens_at=form.opens_at,
        closes_at=form.closes_at,
        title=form.title,
        by=visit.me,
    )
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "choix-prepare"}))


def _typed_choice(visit: Visit) -> tuple[Poll, Sequence[PollQuestion]]:
    """A choice whose options were typed: only those are typed again."""
    poll = _here(visit)
    options = queries.questions(visit.db, poll)
    if not poll.rule or not all(option.subject_kind == choices.KIND for option in options):
        return found(None)
    return poll, options


def edit_choice(visit: Visit) -> Response:
    poll, options = _typed_choice(visit)
    if reason := actions.why_not_plan(visit.db, poll, visit.at):
        raise Refused(reason)
    rule = poll.the_rule
    lines = [f"{option.title} : {option.cost}" if option.cost else option.title for option in options]
    values = {**_planned(poll, rule, visit), "lines": "\n".join(lines), "budget": rule.budget}
    return _choice_form(visit, Filled(values), poll=poll)


def save_choice(visit: Visit) -> Response:
    poll, _options = _typed_choice(visit)
    form = ChoiceForm.read(visit.form)
    if isinstance(form, ChoiceForm) and (missing := form.missing(visit.at)):
        form = Filled(ChoiceForm.values(visit.form), missing)
    if isinstance(form, Filled):
        return _choice_form(visit, form, status=422, poll=poll)
    actions.reword(visit.db, poll, _typed(form))
    return _planned_choice(visit, form, poll)


def ask_about_rule(visit: Visit) -> Response:
    """Members vote on the rule first: another poll, whose text is this rule."""
    poll = _here(visit)
    if not poll.rule:
        raise Refused(_("Choisissez d’abord la règle de ce vote, et enregistrez-la."))
    asked = actions.ask_about_rule(
        visit.db,
        poll,
        visit.convention,
        "\n\n".join(words.rule_sentences(poll.the_rule)),
        visit.url("voting.show", number=poll.number),
        visit.me,
    )
    return see(visit.url("voting.plan", number=asked.number, query={"fait": "regle-au-vote"}))


def save_plan(visit: Visit) -> Response:
    poll = _here(visit)
    texts = queries.questions(visit.db, poll)
    if all(text.subject_kind == choices.KIND for text in texts):
        raise Refused(_("Les options de ce vote ont été écrites ici : changez-les avec sa règle, sur leur page."))
    form = PlanForm.read(visit.form)
    costs, unread = forms.costs(visit.form, [text.field for text in texts])
    if isinstance(form, PlanForm):
        missing = (
            form.missing(visit.at, len(texts))
            | _not_a_member(visit, form)
            | (unread if form.method == Method.EQUAL_SHARES else {})
        )
        if not missing and form.budget is not None and form.method == Method.EQUAL_SHARES:
            missing = {"budget": _("Aucun texte ne tient dans ce budget.")} if min(costs.values()) > form.budget else {}
        if missing:
            form = Filled(PlanForm.values(visit.form), missing)
    if isinstance(form, Filled):
        form.values |= {f"cost-{text.field}": str(visit.form.get(f"cost-{text.field}", ""))[:20] for text in texts}
        return _plan(visit, poll, form=form, status=422)
    actions.plan(
        visit.db,
        poll,
        form.rule,
        mode=form.mode,
        opens_at=form.opens_at,
        closes_at=form.closes_at,
        present=form.present,
        entitled=form.electorate,
        title=form.title,
        by_two=form.by_two,
        president=form.president,
        costs={text.position: costs[text.field] for text in texts} if form.method == Method.EQUAL_SHARES else {},
        by=visit.me,
    )
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "regle"}))


def _members(visit: Visit) -> Sequence[Person]:
    return people_queries.holding(visit.db, visit.convention.id, RoleKind.MEMBER)


def _not_a_member(visit: Visit, form: PlanForm) -> dict[str, str]:
    if form.president is None or form.president in {person.id for person in _members(visit)}:
        return {}
    return {"president": _("Choisissez une personne parmi les membres.")}


def confirm_opening(visit: Visit) -> Response:
    """A second look before opening: what will be frozen, for whom, until when."""
    return _confirm_opening(visit, _here(visit))


def _confirm_opening(visit: Visit, poll: Poll, form: Filled | None = None, status: int = 200) -> Response:
    reason = actions.why_not_open(visit.db, poll, visit.at) or ""
    return _confirm(visit, poll, closing=False, electors=_called(visit, poll), reason=reason, form=form, status=status)


def _called(visit: Visit, poll: Poll) -> int:
    """How many would be called to vote, if it opened now."""
    return poll.entitled if poll.mode == Mode.TOTALS and poll.entitled else len(_members(visit))


def confirm_closing(visit: Visit) -> Response:
    """A second look before closing: who may still vote, and that it is for good."""
    poll = _here(visit)
    if poll.sealed_at is not None:  # the clock was quicker
        return see(visit.url("voting.show", number=poll.number))
    return _confirm(visit, poll, closing=True, electors=poll.entitled, reason=rules.why_not_close(poll, visit.at) or "")


def _confirm(
    visit: Visit,
    poll: Poll,
    *,
    closing: bool,
    electors: int,
    reason: str,
    form: Filled | None = None,
    status: int = 200,
) -> Response:
    rule = poll.the_rule if poll.rule else None
    return visit.page(
        "voting/confirm.html",
        status=status,
        form=Filled({"present": poll.present or ""}) if form is None else form,
        poll=poll,
        closing=closing,
        electors=electors,
        reason=reason,
        rule=rule,
        sentences=words.rule_sentences(rule) if rule else (),
        president=queries.president(visit.db, poll),
        questions=queries.shown(visit.db, poll),
        turnout=queries.turnout(visit.db, poll) if closing and poll.mode != Mode.TOTALS else 0,
        least=visit.settings.least_shown,
    )


def open_poll(visit: Visit) -> Response:
    poll = _here(visit)
    present = None
    if poll.asks_present and poll.opened_at is None:
        present = forms.number(visit.form, "present") or None
        if reason := rules.why_not_this_many(present, _called(visit, poll)):
            typed = Filled({"present": visit.form.get("present", "")}, {"present": reason})
            return _confirm_opening(visit, poll, typed, 422)
    actions.open_poll(visit.db, poll, present=present, by=visit.me)
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "vote-ouvert"}))


def close(visit: Visit) -> Response:
    poll = _here(visit)
    if poll.sealed_at is None:  # the clock may have been quicker than the hand
        actions.close(visit.db, poll, by=visit.me)
    return _closed(visit, poll)


def _closed(visit: Visit, poll: Poll) -> Response:
    """To the result, or to what it still waits for."""
    poll = queries.of_id(visit.db, poll.id)
    if poll.sealed_at is not None:
        return see(visit.url("voting.show", number=poll.number, query={"fait": "vote-ferme"}))
    awaited = "presents-a-dire" if poll.awaits_present else "papier-a-saisir" if poll.awaits_paper else "depouillement"
    return see(visit.url("voting.plan", number=poll.number, query={"fait": awaited}))


def cancel(visit: Visit) -> Response:
    poll = _here(visit)
    form = CancelForm.read(visit.form)
    if isinstance(form, Filled):
        return _plan(visit, poll, cancelling=form, status=422)
    actions.cancel(visit.db, poll, form.reason, by=visit.me)
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "vote-annule"}))


def present(visit: Visit) -> Response:
    poll = _here(visit)
    refuse(rules.why_not_count_present(poll, visit.at))
    closed = not poll.is_open(visit.at)
    said = forms.number(visit.form, "present")
    if reason := actions.why_not_this_many(visit.db, poll, said, visit.at):
        typed = Filled({"present": visit.form.get("present", "")}, {"present": reason})
        return _plan(visit, poll, counting=typed, status=422)
    assert said is not None, "the rule has just said so"
    actions.count_present(visit.db, poll, said)
    if closed:
        return _closed(visit, poll)
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "presents"}))


def totals(visit: Visit) -> Response:
    """Enter the voices counted in the room: a first sending is read back, the second seals."""
    poll = _here(visit)
    if reason := rules.why_not_enter_totals(poll, visit.at):
        raise Refused(reason)
    questions = queries.shown(visit.db, poll)
    form, read = _totals(visit, poll, questions)
    if form or "corriger" in visit.form:
        return _plan(visit, poll, totals=form, status=422 if form else 200)
    if "confirme" not in visit.form:
        return _plan(visit, poll, totals=form, check=True)
    actions.enter_totals(visit.db, poll, read, by=visit.me)
    if queries.of_id(visit.db, poll.id).sealed_at is None:
        return see(visit.url("voting.plan", number=poll.number, query={"fait": "comptage-garde"}))
    return see(visit.url("voting.show", number=poll.number, query={"fait": "totaux"}))


def _totals(visit: Visit, poll: Poll, questions: Sequence[PollQuestion]) -> tuple[Filled, list[actions.Totals]]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    read = []
    for question in questions:
        names = {value: f"{question.field}-{value}" for value, _w, _m in counts.options(poll.the_rule)}
        here, why = f"{question.field}-present", f"{question.field}-why"
        numbers = {}
        for name in (*names.values(), here):
            values[name] = str(visit.form.get(name, ""))[:20]
            numbers[name] = forms.number(visit.form, name)
            if numbers[name] is None:
                errors[name] = _("Écrivez un nombre entier, en chiffres.")
        casting = f"{question.field}-casting"
        values[casting] = said = str(visit.form.get(casting, ""))[:20]
        values[why] = " ".join(str(visit.form.get(why, "")).split())[:400]
        known = {value: numbers[name] or 0 for value, name in names.items()}
        one = actions.Totals(known, numbers[here] or 0, values[why], said)
        if not any(name in errors for name in (*names.values(), here)):
            counted = sum(known.values())
            if wrong := rules.why_not_these_totals(counted, one.present, poll.entitled, one.explanation):
                errors[why if 0 < one.present <= poll.entitled and counted < one.present else here] = wrong
            if wrong := rules.why_not_without_casting(poll.the_rule, known, said):
                errors[casting] = wrong
        read.append(one)
    return Filled(values, errors), read
