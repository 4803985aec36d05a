"""The ballot: choosing, casting, coming back to it, changing it until the end. No cache keeps these pages."""

import dataclasses
import hmac
import re
import secrets
from collections.abc import Sequence

from starlette.responses import JSONResponse, Response

from convention.algorithms import words
from convention.algorithms.decision import Rule
from convention.kit import clock, qr
from convention.kit.errors import Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.web import Afterwards, kept, see
from convention.people import actions as people
from convention.people import entrance
from convention.people import queries as people_queries
from convention.people.forms import CodeForm
from convention.people.models import GUARDED, RoleKind
from convention.people.visits import Visit, found
from convention.voting import actions, choices, counts, envelopes, kits, notices, queries, rules, tokens
from convention.voting.models import Mode, Poll, PollQuestion


def ballot(
    visit: Visit,
    poll: Poll,
    form: Filled,
    key: str,
    *,
    template: str = "voting/ballot.html",
    status: int = 200,
    changing: bool = False,
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
        president=queries.president(visit.db, poll),
        form=form,
        changing=changing,
        ballot_key=key,
        seal=envelopes.seal(visit.settings.secret, poll.id, visit.me.id, key) if visit.person else "",
        token_key=tokens.public_key(visit.settings.secret, poll.id) if poll.mode == Mode.BALLOTS else "",
        chosen=_chosen(poll.the_rule, questions, form),
        labels={question.field: question.title for question in questions},
    )
    return unkept(response)


def unkept(response: Response) -> Response:
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
        return ballot(visit, poll, form, "", status=422 if form else 200)
    if len(questions) > 1 and "depot" not in visit.form:
        return ballot(visit, poll, form, "", template="voting/reread.html")
    try:
        actions.say(visit.db, poll, visit.me, [form[question.field] for question in questions])
    except Refused as refusal:
        return _too_late(visit, poll, form, refusal.reason)
    return see(visit.url("voting.show", number=poll.number, query={"fait": "dit"}))


def cast(visit: Visit) -> Response:
    poll = notices.announced(visit)
    if poll.mode == Mode.NAMED:
        return say(visit, poll)
    questions, rule = queries.questions(visit.db, poll), poll.the_rule
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
        return ballot(visit, poll, form, key, status=422 if form else 200)
    if len(questions) > 1 and "depot" not in visit.form:
        return ballot(visit, poll, form, key, template="voting/reread.html")
    try:
        done = actions.cast(visit.db, poll, visit.me, key, [form[question.field] for question in questions])
    except Refused as refusal:
        return _too_late(visit, poll, form, refusal.reason)
    if done.receipt is None:
        return already(visit, poll)
    return _receipt(visit, poll, key, done.receipt)


def already(visit: Visit, poll: Poll) -> Response:
    elector = queries.elector(visit.db, poll.id, visit.me.id)
    return unkept(
        visit.page(
            "voting/already.html",
            poll=poll,
            questions=queries.shown(visit.db, poll),
            on_paper=elector is not None and queries.is_on_paper(visit.db, elector),
            has_token=elector is not None and queries.has_token(visit.db, elector),
            token_key=tokens.public_key(visit.settings.secret, poll.id),
        )
    )


# -- without a name: one request says who votes and takes a token, the others bring the ballot ----------------------


def give_token(visit: Visit) -> Response:
    poll = notices.announced(visit)
    if poll.mode == Mode.NAMED:
        return found(None)
    blinded = tokens.read(str(visit.form.get("aveugle", "")), tokens.ELEMENT)
    given = actions.give_token(visit.db, poll, visit.me, visit.settings.secret, blinded)
    return unkept(JSONResponse({"element": given.element.hex(), "proof": given.proof.hex()}))


def cast_alone(visit: Visit) -> Response:
    """A ballot, at each of its steps, from a script that sends no cookie. Were there one, it is not looked at."""
    visit = dataclasses.replace(visit, person=None, sign_in=None, roles=frozenset())
    poll = notices.announced(visit)
    if poll.mode == Mode.NAMED:
        return found(None)
    questions, rule = queries.questions(visit.db, poll), poll.the_rule
    form = _sent(visit, questions, rule)
    if reason := rules.why_not_answer(poll, visit.at):
        return _too_late(visit, poll, form, reason)
    if "corriger" in visit.form:
        return ballot(visit, poll, Filled(form.values), "")
    if form or _moving(visit):
        return ballot(visit, poll, form, "", status=422 if form else 200)
    key = envelopes.read(str(visit.form.get("bulletin", "")))
    token = tokens.read(str(visit.form.get("jeton", "")), tokens.TOKEN)
    if key is None or "depot" not in visit.form:
        return ballot(visit, poll, form, "", template="voting/reread.html")
    try:
        answers = [form[question.field] for question in questions]
        receipt = actions.cast_with_token(visit.db, poll, visit.settings.secret, key, token, answers)
    except Refused:
        if reason := rules.why_not_answer(poll, clock.now()):  # it closed while this ballot waited for its turn
            return _too_late(visit, poll, form, reason)
        raise
    return _receipt(visit, poll, key, receipt)


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
    key = envelopes.read(str(visit.form.get("bulletin", "")))
    if key is not None and queries.is_cast(visit.db, poll, key):
        # « Back », on a tablet that was passed on, sends it again: it is in the box, and nobody is shown what it says.
        why_not = _("Ce bulletin est déjà dans l’urne : il y est une fois, et il compte.")
        notice = {**notices.notice(visit, poll), "why_not": why_not}
        return unkept(visit.page("voting/notice.html", status=403, **notice))
    return unkept(
        visit.page("voting/come_back.html", status=status, poll=poll, held=held, code=code or entrance.arriving(visit))
    )


def come_back(visit: Visit) -> Response:
    """Come in with the letter's code, and find the ballot as it was. Nothing is cast by coming in."""
    poll = notices.announced(visit)
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
    waits = visit.settings.second_factor and roles & GUARDED
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
        drawn = unkept(already(visit, poll))
    else:
        drawn = ballot(visit, poll, Filled(form.values), key)
    drawn.raw_headers.extend(header for header in response.raw_headers if header[0] == b"set-cookie")
    return kept(drawn)


def _too_late(visit: Visit, poll: Poll, form: Filled, reason: str) -> Response:
    """The refusal, with what was chosen: her ballot, if she had cast one, has not moved."""
    notice = notices.notice(visit, poll)
    chosen = _chosen(poll.the_rule, notice["questions"], form)
    return unkept(visit.page("voting/notice.html", status=403, **{**notice, "why_not": reason, "chosen": chosen}))


def _receipt(visit: Visit, poll: Poll, key: str, receipt: str) -> Response:
    """Signed and drawn once the ballot is committed: meanwhile the poll is free for who comes next."""

    def draw() -> Response:
        signature, said = kits.signed_receipt(visit.settings.secret, poll.id, receipt)
        return unkept(
            visit.page(
                "voting/receipt.html",
                poll=poll,
                receipt=receipt,
                key=envelopes.shown(key),
                signature=envelopes.shown(signature),
                drawing=qr.drawing(said),
                code=envelopes.tracking_code(envelopes.tracking(envelopes.tag(poll.id, key)))
                if poll.the_rule.tracked
                else "",
            )
        )

    return Afterwards(visit.language, draw)


def change_form(visit: Visit) -> Response:
    poll = notices.announced(visit)
    if poll.mode == Mode.NAMED:
        return see(visit.url("voting.show", number=poll.number))
    if reason := rules.why_not_answer(poll, visit.at):
        return visit.page("voting/notice.html", **{**notices.notice(visit, poll), "why_not": reason})
    return ballot(visit, poll, Filled(), "", template="voting/change.html")


def change(visit: Visit) -> Response:
    """Change a ballot: whoever has its key may. Who asks is neither needed nor looked at."""
    poll = notices.announced(visit)
    if poll.mode == Mode.NAMED:
        return found(None)  # no key opens what is said by name
    questions, rule = queries.questions(visit.db, poll), poll.the_rule
    form = _sent(visit, questions, rule)
    form.values["cle_bulletin"] = str(visit.form.get("cle_bulletin", ""))[:60]
    if reason := rules.why_not_answer(poll, visit.at):
        return _too_late(visit, poll, form, reason)
    if _moving(visit):
        return ballot(visit, poll, form, "", template="voting/change.html")
    if "corriger" in visit.form:
        return ballot(visit, poll, Filled(form.values), "", template="voting/change.html")
    if "depot" not in visit.form and "relire" not in visit.form:
        return ballot(visit, poll, Filled({"cle_bulletin": form["cle_bulletin"]}), "", template="voting/change.html")
    key = envelopes.read(form["cle_bulletin"])
    if key is None:
        form.errors["cle_bulletin"] = _("Écrivez les seize signes de la clé qui était sur votre reçu.")
    if key is None or form:
        return ballot(visit, poll, form, "", template="voting/change.html", status=422)
    if "depot" not in visit.form:
        return ballot(visit, poll, form, "", template="voting/reread.html", changing=True)
    try:
        receipt = actions.change(visit.db, poll, key, [form[question.field] for question in questions])
    except Refused as refusal:
        if reason := rules.why_not_answer(poll, clock.now()):  # it closed while this ballot waited for its turn
            return _too_late(visit, poll, form, reason)
        form.errors["cle_bulletin"] = refusal.reason
        return ballot(visit, poll, form, "", template="voting/change.html", status=422)
    return _receipt(visit, poll, key, receipt)
