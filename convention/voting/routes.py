"""Where one votes, where one reads what was voted, and the facilitators' desk."""

import csv
import datetime as dt
import hmac
import io
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from convention.algorithms import words
from convention.algorithms.decision import Base, Method, NoOpinion, QuorumBase, Rule
from convention.kit import clock, qr, spreadsheets
from convention.kit.errors import Refused
from convention.kit.forms import Filled
from convention.kit.i18n import SOURCE, lazy, speaking
from convention.kit.i18n import gettext as _
from convention.kit.web import get, kept, post, see
from convention.people import actions as people
from convention.people import entrance
from convention.people import queries as people_queries
from convention.people.audiences import everyone, facilitators, guarantors, members
from convention.people.forms import CodeForm
from convention.people.models import SECOND_FACTOR, RoleKind
from convention.people.visits import Visit, found
from convention.voting import actions, choices, counts, envelopes, forms, kits, queries, rules
from convention.voting.forms import CancelForm, ChoiceForm, PlanForm
from convention.voting.models import RULE, Mode, Outcome, Poll, PollQuestion, Question, State, Subject

NOTICES = {
    "regle": lazy("La règle est enregistrée. Relisez-la plus bas, puis ouvrez le vote."),
    "vote-ouvert": lazy("Le vote est ouvert. La règle, les textes et la liste des membres ne changent plus."),
    "vote-ferme": lazy("Le vote est fermé et dépouillé."),
    "vote-annule": lazy("Le vote est annulé. Sa page dit pourquoi."),
    "choix-prepare": lazy("Le vote est préparé. Relisez sa règle et ses options, puis ouvrez-le."),
    "depouillement": lazy("Le vote est fermé. Son dépouillement est en cours : rechargez la page dans un instant."),
    "regle-au-vote": lazy("Le vote sur la règle est préparé. Choisissez quand il ferme, puis ouvrez-le."),
    "presents": lazy("Le nombre de présents est à jour."),
    "dit": lazy("Votre vote est enregistré, avec votre nom. Vous pouvez le changer jusqu’à la fermeture."),
    "totaux": lazy("Les totaux sont enregistrés : le résultat est définitif."),
}

PER_PAGE = 20

# -- reading -------------------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    page = visit.page_number()
    over, total = queries.over(visit.db, visit.convention, page=page, per_page=PER_PAGE)
    going_on = queries.going_on(visit.db, visit.convention) if page == 1 else ()
    if page > 1 and not over:
        return found(None)
    return visit.page(
        "voting/index.html",
        block="list",
        going_on=going_on,
        over=over,
        questions=queries.questions_of(visit.db, [*going_on, *over]),
        outcomes=queries.outcomes_of(visit.db, over),
        choices=queries.choices_of(visit.db, over),
        page=page,
        pages=-(-total // PER_PAGE),
    )


def show(visit: Visit) -> Response:
    poll = _announced(visit)
    state = poll.state(visit.at)
    if state == State.SEALED:
        return _result(visit, poll)
    if state != State.OPEN or poll.mode == Mode.TOTALS or not visit.is_a(RoleKind.MEMBER):
        return visit.page("voting/notice.html", **_notice(visit, poll))
    elector = queries.elector(visit.db, poll.id, visit.me.id)
    if reason := rules.why_not_vote(poll, visit.at, elector=elector is not None):
        return visit.page("voting/notice.html", **{**_notice(visit, poll), "why_not": reason})
    assert elector is not None, "the rule has just said so"
    if poll.mode == Mode.NAMED:
        said = queries.said_by(visit.db, poll, visit.me)
        return _ballot(visit, poll, Filled({f"q{n}": one for n, one in enumerate(said.answers if said else (), 1)}), "")
    if queries.has_voted(visit.db, elector):
        return _already(visit, poll)
    return _ballot(visit, poll, Filled(), envelopes.new_key())


def _announced(visit: Visit) -> Poll:
    """The poll of this address. Those in preparation are seen by facilitators, on their own page."""
    poll = found(queries.of_number(visit.db, visit.convention, visit.path("number")))
    return found(poll if poll.rule else None)


def _on_rule(visit: Visit, poll: Poll) -> dict[str, Any] | None:
    """What members said of this rule, if they were asked: the poll, and whether it was about the rule as it is now."""
    asked = queries.vote_on_rule(visit.db, poll)
    if asked is None:
        return None
    about, question = asked
    outcomes = queries.outcomes_of(visit.db, [about]).get(about.id, ())
    return {
        "poll": about,
        "state": about.state(visit.at),
        "outcome": outcomes[0] if outcomes else None,
        "same": poll.rule_sha256 in question.text,
    }


def _notice(visit: Visit, poll: Poll) -> dict[str, Any]:
    return {
        "on_rule": _on_rule(visit, poll),
        "poll": poll,
        "state": poll.state(visit.at),
        "questions": queries.shown(visit.db, poll),
        "sentences": words.rule_sentences(poll.the_rule),
        "why_not": "",
        "chosen": (),
        "public_key": kits.public_key(visit.settings.secret),
    }


def _result(visit: Visit, poll: Poll) -> Response:
    if choices.is_choice(poll.the_rule):
        return visit.page(
            "voting/choice.html",
            poll=poll,
            notes=_paper_notes(visit, poll, queries.choices_of(visit.db, [poll])[poll.id].counted["cast"]),
            choice=queries.choices_of(visit.db, [poll])[poll.id],
            sentences=words.rule_sentences(poll.the_rule),
            receipts=queries.receipts(visit.db, poll),
            result=found(queries.result(visit.db, poll)),
            public_key=kits.public_key(visit.settings.secret),
        )
    outcomes = queries.outcomes_of(visit.db, [poll])[poll.id]
    result = found(queries.result(visit.db, poll))
    rule = poll.the_rule
    return visit.page(
        "voting/result.html",
        poll=poll,
        rule=rule,
        outcomes=outcomes,
        sentences=words.rule_sentences(rule),
        notes=[_notes(outcome) + _paper_notes(visit, poll, outcome.cast) for outcome in outcomes],
        receipts=queries.receipts(visit.db, poll) if poll.mode == Mode.BALLOTS else (),
        named=[
            (person.name, [counts.label(rule, answer) for answer in said.answers])
            for person, said in queries.named(visit.db, poll)
        ],
        result=result,
        graded=rule.method is Method.MAJORITY_JUDGMENT,
        public_key=kits.public_key(visit.settings.secret),
    )


def _notes(outcome: Outcome) -> list[tuple[str, str]]:
    """What stands beside a result so that it is not a bare winner: (name, sentence)."""
    decision, rule = outcome.decision, outcome.rule
    notes = []
    if decision.quorum_needed is not None:
        sentence = (
            _("Atteint : {cast} voix, il en fallait {needed}.")
            if decision.quorum_reached
            else _("Non atteint : {cast} voix, il en fallait {needed}.")
        )
        notes.append((_("Quorum"), sentence.format(cast=decision.cast, needed=decision.quorum_needed)))
    if rule.method is Method.YES_NO:
        sentence = _("{size} {base} ; il fallait {needed} voix pour.")
        notes.append(
            (_("Base"), sentence.format(size=decision.base_size, base=rule.base.label, needed=decision.needed))
        )
    else:
        notes.append((_("Sans avis"), _no_opinion(outcome)))
        if decision.expressed:
            low = sum(row.count for row in outcome.rows if int(row.value) <= 2)
            notes.append((_("Désaccord"), _disagreement(low, decision.expressed, rule)))
    turnout = _("{cast} voix, {present} présents, {entitled} inscrits.")
    if outcome.mode != Mode.TOTALS:
        turnout = _("{cast} bulletins, {entitled} inscrits.")
    numbers = {"cast": decision.cast, "present": decision.present, "entitled": decision.entitled}
    notes.append((_("Participation"), turnout.format(**numbers)))
    if outcome.explanation:
        notes.append((_("Écart expliqué"), outcome.explanation))
    return notes


def _paper_notes(visit: Visit, poll: Poll, cast: int) -> list[tuple[str, str]]:
    """That some voted on paper. How many, when neither side is so small that one would look for whom."""
    if not poll.paper_ballots and not poll.paper_gap:
        return []
    screen = cast - poll.paper_ballots
    sentence = _("Une partie des bulletins était sur papier, saisis deux fois et mêlés aux autres.")
    if rules.may_show((poll.paper_ballots, screen), visit.settings.least_shown):
        sentence = _("{paper} bulletins papier, saisis deux fois et mêlés aux autres ; {screen} à l’écran.").format(
            paper=poll.paper_ballots, screen=screen
        )
    notes = [(_("Sur papier"), sentence)]
    if poll.paper_gap:
        gap = rules.paper_gap(poll.paper_ballots, poll.paper_marked)
        notes.append((_("Écart expliqué"), f"{gap} {poll.paper_gap}"))
    return notes


def _no_opinion(outcome: Outcome) -> str:
    n, rule = outcome.no_opinion, outcome.rule
    treated = rule.no_opinion.label
    if n == 0:
        return _("Aucune voix sans avis. {treated}.").format(treated=treated)
    # What the other usual treatment would have given: the choice is declared, its weight is shown.
    other_rule = {NoOpinion.EXCLUDED: NoOpinion.REJECTS}.get(rule.no_opinion, NoOpinion.EXCLUDED)
    counted = {**{str(row.value): row.count for row in outcome.rows}, counts.NO_OPINION: n}
    other = counts.judge(
        Rule.from_json(_with(rule, other_rule)), counted, present=outcome.present, entitled=outcome.entitled
    )
    same = other.grade == outcome.grade
    if other_rule is NoOpinion.REJECTS:
        sentence = (
            _("{n} sans avis. {treated}. Comptées comme « {lowest} », elles ne changeraient rien : « {grade} ».")
            if same
            else _("{n} sans avis. {treated}. Comptées comme « {lowest} », elles donneraient « {grade} ».")
        )
    else:
        sentence = (
            _("{n} sans avis. {treated}. Laissées de côté, elles ne changeraient rien : « {grade} ».")
            if same
            else _("{n} sans avis. {treated}. Laissées de côté, elles donneraient « {grade} ».")
        )
    return sentence.format(n=n, treated=treated, lowest=rule.grades[0], grade=other.grade_label or "–")


def _with(rule: Rule, no_opinion: NoOpinion) -> str:
    return json.dumps({**json.loads(rule.to_json()), "no_opinion": no_opinion.value, "no_opinion_grade": None})


def _disagreement(low: int, expressed: int, rule: Rule) -> str:
    # Montpellier's facilitators looked at the low grades beside the middle voice; one in five calls for a second look.
    if low == 0:
        return _("Aucune voix ne dit « {second} » ni « {lowest} ».").format(
            second=rule.grades[1], lowest=rule.grades[0]
        )
    sentence = (
        _("Attention : {low} voix sur {n} disent « {second} » ou « {lowest} », une sur cinq ou plus.")
        if 5 * low >= expressed
        else _("{low} voix sur {n} disent « {second} » ou « {lowest} » (moins d’une sur cinq).")
    )
    return sentence.format(low=low, n=expressed, second=rule.grades[1], lowest=rule.grades[0])


# -- voting --------------------------------------------------------------------------------------------------------


def _ballot(
    visit: Visit, poll: Poll, form: Filled, key: str, *, template: str = "voting/ballot.html", status: int = 200
) -> Response:
    questions, rule = queries.shown(visit.db, poll), poll.the_rule
    choosing = choices.is_choice(rule)
    order = _order(visit, len(questions)) if choosing else []
    response = visit.page(
        template,
        status=status,
        poll=poll,
        rule=rule,
        choosing=choosing,
        # No place on the page favours an option: the order is drawn for this form, and kept nowhere else.
        questions=[questions[place] for place in order] if choosing else questions,
        order=",".join(map(str, order)),
        blank="blanc" in visit.form,
        moved=_moved(visit),
        offered=choices.offered(rule, len(questions)) if choosing else (),
        most=choices.most(rule, len(questions)) if choosing else None,
        options=() if choosing else counts.options(rule),
        sentences=words.rule_sentences(poll.the_rule),
        form=form,
        ballot_key=key,
        seal=envelopes.seal(visit.settings.secret, poll.id, visit.me.id, key) if visit.person else "",
        chosen=_chosen(poll.the_rule, questions, form),
        labels={question.field: question.title for question in questions},
    )
    return _unkept(response)


def _unkept(response: Response) -> Response:
    # A key is in this page: no browser, no proxy keeps a copy of it.
    response.headers["cache-control"] = "no-store"
    return response


def _order(visit: Visit, options: int) -> list[int]:
    """The order of the options in this form: the one it came with, or a new one."""
    sent = [int(place) for place in str(visit.form.get("ordre", "")).split(",") if place.isascii() and place.isdigit()]
    if sorted(sent) == list(range(options)):
        return sent
    drawn = list(range(options))
    secrets.SystemRandom().shuffle(drawn)
    return drawn


def _sent(visit: Visit, questions: Sequence[PollQuestion], rule: Rule) -> Filled:
    """The answers as they were sent, with a sentence for each question that has none."""
    if choices.is_choice(rule):
        return _sent_choice(visit, questions, rule)
    offered = [value for value, _words, _meaning in counts.options(rule)]
    values = {question.field: str(visit.form.get(question.field, "")) for question in questions}
    none = _("Choisissez une réponse. Vous n’en avez pas ? Il y a une ligne pour cela.")
    return Filled(values, {name: none for name, value in values.items() if value not in offered})


def _sent_choice(visit: Visit, options: Sequence[PollQuestion], rule: Rule) -> Filled:
    """One answer for each option, nothing being one; with what is wrong with the whole. « Monter » moves a rank."""
    values = {option.field: str(visit.form.get(option.field, ""))[:4] for option in options}
    for name, up in (("monter", True), ("descendre", False)):
        if (field := str(visit.form.get(name, ""))) in values and rule.method in choices.RANKINGS:
            return Filled(choices.moved(values, field, up))
    reason = choices.why_not(rule, list(values.values()), blank="blanc" in visit.form)
    return Filled(values, {"": reason} if reason else {})


def _moving(visit: Visit) -> bool:
    """A rank is being moved: the ballot is drawn again, nothing is cast."""
    return "monter" in visit.form or "descendre" in visit.form


def _moved(visit: Visit) -> tuple[str, str] | None:
    """The button that was pressed to move a rank: who presses it with a keyboard finds herself on it again."""
    pressed = next((name for name in ("monter", "descendre") if name in visit.form), None)
    return (pressed, str(visit.form[pressed])) if pressed else None


def _chosen(rule: Rule, questions: Sequence[PollQuestion], form: Filled) -> list[tuple[PollQuestion, str]]:
    if choices.is_choice(rule):
        given = [question for question in questions if form[question.field]]
        if rule.method in choices.RANKINGS and not form.errors:
            given.sort(key=lambda question: int(form[question.field]))
        return [(question, choices.said(rule, form[question.field])) for question in given]
    return [
        (question, counts.label(rule, form[question.field]))
        for question in questions
        if form[question.field] and question.field not in form.errors
    ]


def say(visit: Visit, poll: Poll) -> Response:
    """An open roll call: the choice is kept with the name, and the page said so."""
    questions = queries.shown(visit.db, poll)
    form = _sent(visit, questions, poll.the_rule)
    if reason := rules.why_not_vote(
        poll, visit.at, elector=queries.elector(visit.db, poll.id, visit.me.id) is not None
    ):
        return _too_late(visit, poll, form, reason)
    if form or "corriger" in visit.form:
        return _ballot(visit, poll, form, "", status=422 if form else 200)
    if len(questions) > 1 and "depot" not in visit.form:
        return _ballot(visit, poll, form, "", template="voting/reread.html")
    try:
        actions.say(visit.db, poll, visit.me, [form[question.field] for question in questions])
    except Refused as refusal:
        return _too_late(visit, poll, form, refusal.reason)
    return see(visit.url("voting.show", number=poll.number, query={"fait": "dit"}))


def cast(visit: Visit) -> Response:
    poll = _announced(visit)
    if poll.mode == Mode.NAMED:
        return say(visit, poll)
    questions, rule = queries.shown(visit.db, poll), poll.the_rule
    form = _sent(visit, questions, rule)
    key = envelopes.read(str(visit.form.get("bulletin", ""))) or ""
    drawn_for_her = envelopes.seal(visit.settings.secret, poll.id, visit.me.id, key)
    elector = queries.elector(visit.db, poll.id, visit.me.id)
    if reason := rules.why_not_vote(poll, visit.at, elector=elector is not None):
        return _too_late(visit, poll, form, reason)
    if not key or not hmac.compare_digest(str(visit.form.get("sceau", "")).encode(), drawn_for_her.encode()):
        form.errors[""] = _(
            "Ce bulletin n’a pas été ouvert pour vous. En voici un autre, avec vos réponses : relisez-le."
        )
        key = envelopes.new_key()
    if form or "corriger" in visit.form or _moving(visit):
        return _ballot(visit, poll, form, key, status=422 if form else 200)
    if len(questions) > 1 and "depot" not in visit.form:
        return _ballot(visit, poll, form, key, template="voting/reread.html")
    try:
        done = actions.cast(visit.db, poll, visit.me, key, [form[question.field] for question in questions])
    except Refused as refusal:
        return _too_late(visit, poll, form, refusal.reason)
    if done.receipt is None:
        return _already(visit, poll)
    return _receipt(visit, poll, questions, key, done.receipt)


def _already(visit: Visit, poll: Poll) -> Response:
    elector = queries.elector(visit.db, poll.id, visit.me.id)
    on_paper = elector is not None and queries.is_on_paper(visit.db, elector)
    return visit.page("voting/already.html", poll=poll, questions=queries.shown(visit.db, poll), on_paper=on_paper)


# -- a session that ended while she was choosing -------------------------------------------------------------------

_HELD = re.compile(r"bulletin|sceau|ordre|blanc|q\d{1,3}")


def door_for_voters(visit: Visit, *, code: Filled | None = None, status: int = 401) -> Response | None:
    """The way back to a ballot that was sent without a session, with her choices in the page; None if it was no ballot.

    They are in the form that she sends again, kept nowhere: there would be no way to keep them without keeping whose.
    """
    found = re.fullmatch(r"/scrutins/(\d{1,9})/bulletin(?:/entrer)?", visit.request.url.path)
    poll = queries.of_number(visit.db, visit.convention, int(found[1])) if found else None
    held = [(name, value) for name, value in visit.form.multi_items() if isinstance(value, str)]
    held = [(name, value[:200]) for name, value in held if _HELD.fullmatch(name)][: 2 * rules.MOST_QUESTIONS]
    if poll is None or not poll.rule or not held:
        return None
    return _unkept(
        visit.page(
            "voting/come_back.html", status=status, poll=poll, held=held, code=Filled() if code is None else code
        )
    )


def come_back(visit: Visit) -> Response:
    """Come in with the letter's code, and find the ballot as it was. Nothing is cast by coming in."""
    poll = _announced(visit)
    form = CodeForm.read(visit.form)
    keys = entrance.keys(visit)
    if isinstance(form, Filled):
        return found(door_for_voters(visit, code=form, status=422))
    if reason := entrance.why_not_try(visit, keys):
        return found(door_for_voters(visit, code=Filled({"code": form.code}, {"code": reason}), status=429))
    person = people.of_code(visit.db, visit.convention, form.code, visit.settings.secret, visit.at)
    if person is None:
        people.note_failure(visit.db, keys, visit.at)
        reason = _("Ce code n’est pas reconnu. Vérifiez les dix caractères, ou appelez la ligne d’aide.")
        return kept(found(door_for_voters(visit, code=Filled({"code": form.code}, {"code": reason}), status=422)))
    response = entrance.come_in(visit, person, visit.url("voting.show", number=poll.number), shared=form.shared)
    key = envelopes.read(str(visit.form.get("bulletin", ""))) or ""
    hers = envelopes.seal(visit.settings.secret, poll.id, person.id, key)
    roles = people_queries.roles(visit.db, visit.convention.id, person.id)
    waits = visit.settings.second_factor and roles & SECOND_FACTOR
    if waits or RoleKind.MEMBER not in roles or not hmac.compare_digest(
        str(visit.form.get("sceau", "")).encode(), hers.encode()
    ):  # fmt: skip
        return response  # she is in, and what another was choosing is not shown to her
    visit.person, visit.roles = person, roles
    questions = queries.shown(visit.db, poll)
    form = _sent(visit, questions, poll.the_rule)
    elector = queries.elector(visit.db, poll.id, person.id)
    if reason := rules.why_not_vote(poll, visit.at, elector=elector is not None):
        drawn = _too_late(visit, poll, form, reason)
    elif elector and queries.has_voted(visit.db, elector):
        drawn = _unkept(_already(visit, poll))
    else:
        drawn = _ballot(visit, poll, Filled(form.values), key)
    drawn.raw_headers.extend(header for header in response.raw_headers if header[0] == b"set-cookie")
    return kept(drawn)


def _too_late(visit: Visit, poll: Poll, form: Filled, reason: str) -> Response:
    """The refusal, with what was chosen: her ballot, if she had cast one, has not moved."""
    notice = _notice(visit, poll)
    chosen = _chosen(poll.the_rule, notice["questions"], form)
    return _unkept(visit.page("voting/notice.html", status=403, **{**notice, "why_not": reason, "chosen": chosen}))


def _receipt(visit: Visit, poll: Poll, questions: Sequence[PollQuestion], key: str, receipt: str) -> Response:
    signature, said = kits.signed_receipt(visit.settings.secret, poll.id, receipt)
    return _unkept(
        visit.page(
            "voting/receipt.html",
            poll=poll,
            questions=questions,
            receipt=receipt,
            key=envelopes.shown(key),
            signature=envelopes.shown(signature),
            drawing=qr.drawing(said),
        )
    )


def change_form(visit: Visit) -> Response:
    poll = _announced(visit)
    if poll.mode == Mode.NAMED:
        return see(visit.url("voting.show", number=poll.number))
    if reason := rules.why_not_answer(poll, visit.at):
        return visit.page("voting/notice.html", **{**_notice(visit, poll), "why_not": reason})
    return _ballot(visit, poll, Filled(), "", template="voting/change.html")


def change(visit: Visit) -> Response:
    """Change a ballot: whoever has its key may. Who asks is neither needed nor looked at."""
    poll = _announced(visit)
    if poll.mode == Mode.NAMED:
        return found(None)  # no key opens what is said by name
    questions, rule = queries.shown(visit.db, poll), poll.the_rule
    form = _sent(visit, questions, rule)
    form.values["cle_bulletin"] = str(visit.form.get("cle_bulletin", ""))[:60]
    if reason := rules.why_not_answer(poll, visit.at):
        return _too_late(visit, poll, form, reason)
    if _moving(visit):
        return _ballot(visit, poll, form, "", template="voting/change.html")
    if "depot" not in visit.form:
        return _ballot(visit, poll, Filled({"cle_bulletin": form["cle_bulletin"]}), "", template="voting/change.html")
    key = envelopes.read(form["cle_bulletin"])
    if key is None:
        form.errors["cle_bulletin"] = _("Écrivez les seize signes de la clé qui était sur votre reçu.")
    if key is None or form:
        return _ballot(visit, poll, form, "", template="voting/change.html", status=422)
    try:
        receipt = actions.change(visit.db, poll, key, [form[question.field] for question in questions])
    except Refused as refusal:
        if reason := rules.why_not_answer(poll, clock.now()):  # it closed while this ballot waited for its turn
            return _too_late(visit, poll, form, reason)
        form.errors["cle_bulletin"] = refusal.reason
        return _ballot(visit, poll, form, "", template="voting/change.html", status=422)
    return _receipt(visit, poll, questions, key, receipt)


# -- what anyone may recount ---------------------------------------------------------------------------------------


def _sealed(visit: Visit) -> tuple[Poll, Sequence[Outcome]]:
    poll = _announced(visit)
    if poll.state(visit.at) != State.SEALED:
        return found(None)
    return poll, queries.outcomes_of(visit.db, [poll])[poll.id]


def _asked(visit: Visit) -> tuple[Poll, Outcome]:
    """The question of `?question=`, the first if none is named. Voices counted in the room have no ballots."""
    poll, outcomes = _sealed(visit)
    wanted = visit.query("question") or "1"
    outcome = next((one for one in outcomes if str(one.position) == wanted and one.mode != Mode.TOTALS), None)
    return poll, found(outcome)


def ballots_csv(visit: Visit) -> Response:
    poll = _announced(visit)
    if poll.state(visit.at) == State.SEALED and choices.is_choice(poll.the_rule):
        return _file(_whole_ballots(visit, poll), f"scrutin-{poll.number}.csv", "text/csv; charset=utf-8")
    poll, outcome = _asked(visit)
    return _file(_ballots(outcome), f"scrutin-{poll.number}-question-{outcome.position}.csv", "text/csv; charset=utf-8")


def _whole_ballots(visit: Visit, poll: Poll) -> str:
    titles = [option.title for option in queries.shown(visit.db, poll)]
    return choices.csv_of(poll.the_rule, titles, queries.ballots(visit.db, poll, len(titles)))


def _ballots(outcome: Outcome) -> str:
    """One line for each ballot, the most favourable first: neither order of arrival nor ballots that hang together."""
    graded = outcome.method is Method.MAJORITY_JUDGMENT
    lines: list[tuple[str | int, ...]] = [("texte" if graded else "choix", "nombre")]
    for row in outcome.rows:
        lines += [(row.label if graded else row.value, 1)] * row.count
    lines += [("", 1)] * (outcome.no_opinion if graded else 0)
    return _csv(lines)


def kit(visit: Visit) -> Response:
    """All that recounting needs, signed by the server: the same octets for everyone, whenever asked."""
    with speaking(SOURCE):  # one archive for all: a kit does not change with its reader's language
        poll, said = _sealed(visit)
        result = found(queries.result(visit.db, poll))
        ballots = {one.position: _ballots(one) for one in said} if poll.mode != Mode.TOTALS else {}
        choice = queries.choices_of(visit.db, [poll]).get(poll.id)
        if choice is not None:
            ballots = {1: _whole_ballots(visit, poll)}
        archive = kits.kit(
            visit.settings.secret,
            poll,
            convention=visit.convention.title,
            outcomes=said,
            choice=choice,
            ballots=ballots,
            result=queries.published(visit.db, poll, result),
            result_sha256=result.sha256,
            receipts=queries.receipts(visit.db, poll) if poll.mode == Mode.BALLOTS else (),
        )
    headers = {
        "content-disposition": f'attachment; filename="scrutin-{poll.number}.zip"',
        "cache-control": "private, no-cache",
    }
    return Response(archive, media_type="application/zip", headers=headers)


def public_key(visit: Visit) -> Response:
    """What checks the signatures of kits and receipts, to be noted down before the vote."""
    return _file(kits.public_key(visit.settings.secret), "cle-publique.txt", "text/plain")


def ballots_json(visit: Visit) -> Response:
    """The same, as `convention tally` reads it, with the rule beside."""
    poll, outcome = _asked(visit)
    graded = outcome.method is Method.MAJORITY_JUDGMENT
    ballots: list[dict[str, Any]] = [
        {"count": row.count, "choice": {"texte": row.label} if graded else row.value}
        for row in outcome.rows
        if row.count
    ]
    if graded and outcome.no_opinion:
        ballots.append({"count": outcome.no_opinion, "choice": {}})
    written: dict[str, Any] = {
        "options": ["texte"] if graded else [row.value for row in outcome.rows],
        "present": outcome.present,
        "entitled": outcome.entitled,
        "ballots": ballots,
    }
    if graded:
        written["grades"] = list(outcome.rule.grades)
    text = json.dumps(written, ensure_ascii=False, indent=1)
    return _file(text, f"scrutin-{poll.number}-question-{outcome.position}.json", "application/json")


def rule_json(visit: Visit) -> Response:
    """The rule in its canonical writing: its SHA-256 is the one announced before the vote."""
    poll = _announced(visit)
    return _file(poll.the_rule.to_json(), f"scrutin-{poll.number}-regle.json", "application/json")


def result_json(visit: Visit) -> Response:
    """The result in its canonical writing: its SHA-256 is the one on the page and in the journal.

    Where moderation hides words, they are covered; guarantors read the original, and check its fingerprint.
    """
    poll, _outcomes = _sealed(visit)
    result = found(queries.result(visit.db, poll))
    written = result.content if visit.is_a(RoleKind.GUARANTOR) else queries.published(visit.db, poll, result)
    return _file(written, f"scrutin-{poll.number}-resultat.json", "application/json")


def receipts(visit: Visit) -> Response:
    poll, _outcomes = _sealed(visit)
    return _file("\n".join(queries.receipts(visit.db, poll)), f"scrutin-{poll.number}-recus.txt", "text/plain")


def voters(visit: Visit) -> Response:
    """Who voted, by name: for the guarantor, after the end, and apart from the ballots."""
    poll, _outcomes = _sealed(visit)
    lines = [("nom",), *((name,) for name in queries.voters(visit.db, poll))]
    return _unkept(_file(_csv(lines), f"scrutin-{poll.number}-emargement.csv", "text/csv; charset=utf-8"))


def call_csv(visit: Visit) -> Response:
    """Who voted what in an open roll call, as the result page shows it."""
    poll, outcomes = _sealed(visit)
    if poll.mode != Mode.NAMED:
        return found(None)
    lines: list[Sequence[str]] = [("nom", *(outcome.title for outcome in outcomes))]
    for person, said in queries.named(visit.db, poll):
        lines.append((person.name, *(counts.label(poll.the_rule, answer) for answer in said.answers)))
    return _file(_csv(lines), f"scrutin-{poll.number}-appel.csv", "text/csv; charset=utf-8")


def _csv(lines: Sequence[Sequence[str | int]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(
        # A name that begins like a formula stays a name in a spreadsheet.
        [spreadsheets.harmless(cell) if isinstance(cell, str) else cell for cell in line]
        for line in lines
    )
    return written.getvalue()


def _file(text: str, name: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-cache"}
    return Response(text, media_type=media_type, headers=headers)


# -- the facilitators' desk ----------------------------------------------------------------------------------------


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
        on_rule=_on_rule(visit, poll) if rule else None,
        typed=all(question.subject_kind == choices.KIND for question in questions),
        about_rule=any(question.subject_kind == RULE for question in questions),
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
        check=check,
        reason=reason,
        turnout=turnout,
        least=visit.settings.least_shown,
        asks_present=rule is not None and rules.asks_present(rule),
        choices=_CHOICES,
        completions=[(value, one.label) for value, one in forms.COMPLETIONS.items()],
    )


_CHOICES: Mapping[str, Any] = {
    "modes": [(mode, mode) for mode in Mode],
    "methods": list(forms.METHODS.items()),
    "among": [(method.value, *forms.CHOICES[method]) for method in forms.AMONG],
    "no_opinions": forms.NO_OPINIONS,
    "majorities": [(value, words) for value, (_share, _strict, words) in forms.MAJORITIES.items()],
    "bases": list(Base),
    "quorums": list(forms.QUORUMS.items()),
    "quorum_bases": list(QuorumBase),
    "ties": [(tie.value, words) for tie, words in forms.TIES.items()],
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
    if reason := rules.why_not_plan(poll, visit.at):
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
        missing = form.missing(visit.at, len(texts)) | (unread if form.method == Method.EQUAL_SHARES else {})
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
        costs={text.position: costs[text.field] for text in texts} if form.method == Method.EQUAL_SHARES else {},
        by=visit.me,
    )
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "regle"}))


def confirm_opening(visit: Visit) -> Response:
    """A second look before opening: what will be frozen, for whom, until when."""
    poll = _here(visit)
    members = len(people_queries.holding(visit.db, visit.convention.id, RoleKind.MEMBER))
    electors = poll.entitled if poll.mode == Mode.TOTALS and poll.entitled else members
    reason = rules.why_not_open(poll, visit.at, electors)
    return _confirm(visit, poll, closing=False, electors=electors, reason=reason or "")


def confirm_closing(visit: Visit) -> Response:
    """A second look before closing: who may still vote, and that it is for good."""
    poll = _here(visit)
    if poll.sealed_at is not None:  # the clock was quicker
        return see(visit.url("voting.show", number=poll.number))
    return _confirm(visit, poll, closing=True, electors=poll.entitled, reason=rules.why_not_close(poll, visit.at) or "")


def _confirm(visit: Visit, poll: Poll, *, closing: bool, electors: int, reason: str) -> Response:
    rule = poll.the_rule if poll.rule else None
    return visit.page(
        "voting/confirm.html",
        poll=poll,
        closing=closing,
        electors=electors,
        reason=reason,
        rule=rule,
        sentences=words.rule_sentences(rule) if rule else (),
        questions=queries.shown(visit.db, poll),
        turnout=queries.turnout(visit.db, poll) if closing and poll.mode != Mode.TOTALS else 0,
        least=visit.settings.least_shown,
    )


def open_poll(visit: Visit) -> Response:
    poll = _here(visit)
    actions.open_poll(visit.db, poll, by=visit.me)
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "vote-ouvert"}))


def close(visit: Visit) -> Response:
    poll = _here(visit)
    if poll.sealed_at is None:  # the clock may have been quicker than the hand
        actions.close(visit.db, poll, by=visit.me)
    if queries.of_id(visit.db, poll.id).sealed_at is None:
        return see(visit.url("voting.plan", number=poll.number, query={"fait": "depouillement"}))
    return see(visit.url("voting.show", number=poll.number, query={"fait": "vote-ferme"}))


def cancel(visit: Visit) -> Response:
    poll = _here(visit)
    form = CancelForm.read(visit.form)
    if isinstance(form, Filled):
        return _plan(visit, poll, cancelling=form, status=422)
    actions.cancel(visit.db, poll, form.reason, by=visit.me)
    return see(visit.url("voting.plan", number=poll.number, query={"fait": "vote-annule"}))


def present(visit: Visit) -> Response:
    poll = _here(visit)
    actions.count_present(visit.db, poll, forms.number(visit.form, "present") or 0)
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
        values[why] = " ".join(str(visit.form.get(why, "")).split())[:400]
        known = {value: numbers[name] or 0 for value, name in names.items()}
        one = actions.Totals(known, numbers[here] or 0, values[why])
        if not any(name in errors for name in (*names.values(), here)):
            counted = sum(known.values())
            if wrong := rules.why_not_these_totals(counted, one.present, poll.entitled, one.explanation):
                errors[why if 0 < one.present <= poll.entitled and counted < one.present else here] = wrong
        read.append(one)
    return Filled(values, errors), read


routes = [
    get("/scrutins", index, audience=everyone),
    get("/scrutins/{number:int}", show, audience=everyone),
    # Not keyed: a kept key would say that this person wrote then. The roll makes it happen once.
    post("/scrutins/{number:int}/bulletin", cast, audience=members, keyed=False),
    post("/scrutins/{number:int}/bulletin/entrer", come_back, audience=everyone, keyed=False),
    get("/scrutins/{number:int}/changer", change_form, audience=everyone, name="voting.change"),
    post("/scrutins/{number:int}/changer", change, audience=everyone, keyed=False),
    get("/scrutins/{number:int}/bulletins.csv", ballots_csv, audience=everyone),
    get("/scrutins/{number:int}/bulletins.json", ballots_json, audience=everyone),
    get("/scrutins/{number:int}/regle.json", rule_json, audience=everyone),
    get("/scrutins/{number:int}/resultat.json", result_json, audience=everyone),
    get("/scrutins/{number:int}/recus.txt", receipts, audience=everyone),
    get("/scrutins/{number:int}/appel.csv", call_csv, audience=everyone),
    get("/scrutins/{number:int}.zip", kit, audience=everyone),
    get("/scrutins/cle-publique.txt", public_key, audience=everyone),
    get("/scrutins/{number:int}/emargement.csv", voters, audience=guarantors),
    get("/animation/scrutins", desk, audience=facilitators),
    get("/animation/scrutins/nouveau", new_choice, audience=facilitators),
    post("/animation/scrutins/nouveau", create_choice, audience=facilitators),
    get("/animation/scrutins/{number:int}", plan, audience=facilitators),
    post("/animation/scrutins/{number:int}", save_plan, audience=facilitators),
    get("/animation/scrutins/{number:int}/options", edit_choice, audience=facilitators),
    post("/animation/scrutins/{number:int}/options", save_choice, audience=facilitators),
    post("/animation/scrutins/{number:int}/regle-au-vote", ask_about_rule, audience=facilitators),
    get("/animation/scrutins/{number:int}/ouvrir", confirm_opening, audience=facilitators),
    get("/animation/scrutins/{number:int}/fermer", confirm_closing, audience=facilitators),
    post("/animation/scrutins/{number:int}/ouvrir", open_poll, audience=facilitators),
    post("/animation/scrutins/{number:int}/fermer", close, audience=facilitators),
    post("/animation/scrutins/{number:int}/annuler", cancel, audience=facilitators),
    post("/animation/scrutins/{number:int}/presents", present, audience=facilitators),
    post("/animation/scrutins/{number:int}/totaux", totals, audience=facilitators),
]
