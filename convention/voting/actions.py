import datetime as dt
import enum
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from convention.algorithms.decision import Method, Rule, Secrecy, Tie
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.people import queries as people
from convention.people.models import Person, RoleKind
from convention.voting import choices, counts, envelopes, queries, rules, tokens
from convention.voting.events import (
    ClosingAsked,
    PollCancelled,
    PollClosed,
    PollOpened,
    PollPlanned,
    PollPrepared,
    PresentCounted,
    TotalsEntered,
)
from convention.voting.models import (
    RULE,
    BallotBox,
    Elector,
    HandCount,
    Mode,
    NamedVote,
    OpenCall,
    Paper,
    Poll,
    PollQuestion,
    Question,
    Roll,
    State,
    Subject,
)

PART = 200  # electors per roll and box, at least: fewer would narrow down whose ballot it is


class Deposit(enum.Enum):
    """What became of a ballot that was sent."""

    DONE = "done"
    ALREADY = "already"


class Cast(NamedTuple):
    """`receipt` is the number to keep, None when the ballot was already there under a key that was not shown again."""

    deposit: Deposit
    receipt: str | None


class Totals(NamedTuple):
    """Voices counted in the room for one question, by the values of the ballot's answers."""

    counts: Mapping[str, int]
    present: int
    explanation: str = ""
    casting: str = ""  # how the president voted, kept only where it settles a tie


# -- before --------------------------------------------------------------------------------------------------------


def prepare(db: Session, convention: Convention, by: Person | None, title: str, questions: Sequence[Question]) -> Poll:
    """A poll on these questions, whose words are copied now; a facilitator will choose its rule and its dates."""
    if not 0 < len(questions) <= rules.MOST_QUESTIONS:
        raise Refused(_("Choisissez entre 1 et {n} textes à mettre au vote.").format(n=rules.MOST_QUESTIONS))
    number = queries.next_number(db, convention)
    for subject, other in queries.open_on(db, [question.subject for question in questions]).items():
        named = next(question.title for question in questions if question.subject == subject)
        raise Refused(
            _("« {title} » est déjà dans le scrutin n° {n}, qui n’est pas terminé.").format(title=named, n=other.number)
        )
    poll = Poll(convention_id=convention.id, number=number, title=title[:200], prepared_at=clock.now())
    db.add(poll)
    db.flush()
    db.add_all(_asked(poll, position, question) for position, question in enumerate(questions, start=1))
    db.emit(PollPrepared(convention.id, poll.id, by.id if by else None))
    return poll


def _asked(poll: Poll, position: int, question: Question) -> PollQuestion:
    return PollQuestion(
        poll_id=poll.id,
        position=position,
        subject_kind=question.subject.kind,
        subject_id=question.subject.id,
        title=question.title,
        text=question.text,
        address=question.address,
        cost=question.cost,
    )


def why_not_plan(db: Session, poll: Poll, at: dt.datetime) -> str | None:
    """Why the rule and the dates may not be changed: for the page that would ask for them, and for the act."""
    if reason := rules.why_not_plan(poll, at):
        return reason
    about = queries.vote_on_rule(db, poll)
    return rules.why_not_change_rule(about[0]) if about is not None else None


def plan(
    db: Session,
    poll: Poll,
    rule: Rule,
    *,
    mode: Mode,
    opens_at: dt.datetime | None = None,
    closes_at: dt.datetime | None = None,
    present: int | None = None,
    entitled: int | None = None,
    title: str = "",
    costs: Mapping[int, int] | None = None,
    by_two: bool = False,
    president: UUID | None = None,
    by: Person | None = None,
) -> None:
    """Choose the rule and the dates. Without `opens_at`, somebody will open it by hand.

    `costs` are those of the texts among which a budget chooses, by position.

    `entitled` is how many people are called to vote when they are not the members (a public meeting, a vote held
    elsewhere): only for totals, since the platform holds no list of them.
    """
    poll = queries.locked(db, poll.id)
    refuse(why_not_plan(db, poll, clock.now()))
    assert rule.method in counts.METHODS or choices.is_choice(rule), f"no ballot is drawn for {rule.method}"
    options = queries.questions(db, poll)
    for option in options if costs is not None else ():
        option.cost = costs.get(option.position, 0) if costs else 0
        db.add(option)
    refuse(rules.why_not_choose(rule, mode, options))
    poll.draw_seed = (poll.draw_seed or secrets.token_hex(16)) if rule.tie is Tie.DRAW else ""
    poll.title = title[:200] or poll.title
    poll.mode, poll.rule, poll.rule_sha256 = mode, rule.to_json(), rule.fingerprint()
    poll.opens_at, poll.closes_at, poll.present = opens_at, closes_at, present
    assert entitled is None or mode == Mode.TOTALS, "ballots are for those on the list"
    assert (mode == Mode.NAMED) == (rule.secrecy is Secrecy.OPEN), "names are published where the rule says so"
    poll.entitled = entitled or 0
    poll.by_two = by_two and mode == Mode.TOTALS
    poll.president_id = president if rules.is_presided(rule, mode) else None
    if mode != Mode.BALLOTS:
        poll.paper = Paper.NONE
    db.add(poll)
    db.emit(PollPlanned(poll.convention_id, poll.id, poll.rule_sha256, by.id if by else None))


def reword(db: Session, poll: Poll, questions: Sequence[Question]) -> None:
    """Other options, typed again, in a choice that is not open."""
    poll = queries.locked(db, poll.id)
    refuse(rules.why_not_plan(poll, clock.now()))
    for question in queries.questions(db, poll):
        assert question.subject_kind == choices.KIND, "words that live elsewhere are not typed here"
        db.delete(question)
    db.flush()
    db.add_all(_asked(poll, place, question) for place, question in enumerate(questions, start=1))
    db.flush()


def ask_about_rule(db: Session, poll: Poll, convention: Convention, words: str, address: str, by: Person) -> Poll:
    """Prepare a vote of the members on the rule of this poll: more than half of those who say yes or no."""
    poll = queries.locked(db, poll.id)
    last = queries.vote_on_rule(db, poll)
    refuse(rules.why_not_ask_about_rule(poll, queries.questions(db, poll), last, clock.now()))
    title = _("La règle du scrutin n° {n}, « {title} »").format(n=poll.number, title=poll.title)
    text = f"{words}\n\n" + _("Empreinte de cette règle : {sha256}").format(sha256=poll.rule_sha256)
    asked = prepare(db, convention, by, title, [Question(Subject(RULE, poll.id), title, text, address)])
    plan(db, asked, Rule(method=Method.YES_NO), mode=Mode.BALLOTS, closes_at=None, by=by)
    return asked


# -- while it is open ----------------------------------------------------------------------------------------------


def why_not_open(db: Session, poll: Poll, at: dt.datetime) -> str | None:
    """Why this poll does not open: for the page that asks twice, and for the act."""
    members = people.holding(db, poll.convention_id, RoleKind.MEMBER)
    called = poll.entitled if _is_elsewhere(poll) else len(members)
    presided = poll.president_id in {person.id for person in members}
    if reason := rules.why_not_open(poll, at, called, presided=presided):
        return reason
    about = queries.vote_on_rule(db, poll)
    if about is None:
        return None
    said = [one.kept for one in queries.outcomes_of(db, [about[0]]).get(about[0].id, ())]
    return rules.why_not_with_rule_voted(poll, about[0], about[1].text, kept=all(said))


def _is_elsewhere(poll: Poll) -> bool:
    """Those called to vote are not the members: a public meeting, a vote held elsewhere."""
    return poll.mode == Mode.TOTALS and poll.entitled > 0


def open_poll(db: Session, poll: Poll, *, present: int | None = None, by: Person | None = None) -> None:
    """Open: the rule, the texts and the list of electors are frozen from now on. `present`, where it is said now."""
    poll = queries.locked(db, poll.id)
    at = clock.now()
    poll.present = present or poll.present
    refuse(why_not_open(db, poll, at))
    refuse(rules.why_not_open_by_hand(poll) if by is not None else None)
    elsewhere = _is_elsewhere(poll)
    members = [] if elsewhere else people.holding(db, poll.convention_id, RoleKind.MEMBER)
    poll.opened_at, poll.entitled = at, poll.entitled if elsewhere else len(members)
    poll.parts = max(1, len(members) // PART)
    ids = [person.id for person in members]
    secrets.SystemRandom().shuffle(ids)
    db.add(poll)
    db.flush()
    db.add_all(Elector(poll_id=poll.id, person_id=one, part=place % poll.parts) for place, one in enumerate(ids))
    if poll.mode == Mode.NAMED:
        db.add(OpenCall(poll_id=poll.id))
    for part in range(poll.parts):
        db.add(Roll(poll_id=poll.id, part=part))
        db.add(BallotBox(poll_id=poll.id, part=part))
    by_id = by.id if by else None
    db.emit(PollOpened(poll.convention_id, poll.id, poll.rule_sha256, poll.entitled, poll.draw_sha256, by_id))
    if poll.asks_present and poll.present is not None:
        db.emit(PresentCounted(poll.convention_id, poll.id, poll.present))


def cast(db: Session, poll: Poll, person: Person, key: str, answers: Sequence[str]) -> Cast:
    """Put a ballot in the box and its voter on the roll, together, once.

    The same form sent again (same key) leaves one ballot, the last one sent, and the same receipt. Nothing is told, no
    date is kept. The moment is read once the poll is held, as for closing: a ballot that waited is not late by chance.
    """
    poll = queries.locked(db, poll.id)
    assert poll.mode != Mode.NAMED, "nothing secret is written for a vote by names"
    elector = queries.elector(db, poll.id, person.id)
    refuse(rules.why_not_vote(poll, clock.now(), elector=elector is not None))
    assert elector is not None, "the rule has just said so"
    tag = envelopes.tag(poll.id, key)
    roll, box = queries.roll_and_box(db, elector, envelopes.part(tag, poll.parts))
    record = tag + _body(poll, answers)
    has_voted = envelopes.holds(roll.voted, person.id.bytes, envelopes.PERSON)
    in_box = envelopes.holds(box.ballots, tag, len(record))
    if in_box and not has_voted:
        # The form of somebody else, left on a shared device: it must not replace her ballot.
        raise Refused(_("Ce formulaire a déjà servi. Ouvrez à nouveau la page du vote pour en recevoir un autre."))
    if has_voted and not in_box:
        return Cast(Deposit.ALREADY, None)
    receipt = envelopes.receipt(poll.id, key)
    if has_voted:
        box.ballots = envelopes.replace(box.ballots, tag, record)
    else:
        roll.voted = envelopes.add(roll.voted, person.id.bytes)
        box.ballots = envelopes.add(box.ballots, record)
        box.receipts = envelopes.add(box.receipts, receipt)
        db.add(roll)
    db.add(box)
    return Cast(Deposit.DONE, envelopes.receipt_number(receipt))


def give_token(db: Session, poll: Poll, person: Person, secret: str, blinded: bytes) -> tokens.Evaluation:
    """Mark her on the roll and make her token, together, once; her ballot will come without her name.

    The same blinded key sent again (its answer was lost) is answered again: it is the same token.
    """
    try:
        evaluation = tokens.evaluate(secret, poll.id, blinded)
    except ValueError:
        raise Refused(_("Cette demande de jeton ne se lit pas. Rechargez la page du vote.")) from None
    poll = queries.locked(db, poll.id)
    assert poll.mode != Mode.NAMED, "nothing secret is written for a vote by names"
    elector = queries.elector(db, poll.id, person.id)
    refuse(rules.why_not_vote(poll, clock.now(), elector=elector is not None))
    assert elector is not None, "the rule has just said so"
    roll, mark = queries.roll_of(db, poll.id, elector.part), tokens.mark(person.id, blinded)
    if envelopes.holds(roll.tokens, mark, len(mark)):
        return evaluation
    if envelopes.holds(roll.voted, person.id.bytes, envelopes.PERSON):
        raise Refused(
            _(
                "Votre voix est déjà prise : un bulletin déposé, ou un jeton remis à un autre appareil. "
                "Rechargez la page."
            )
        )
    roll.voted, roll.tokens = envelopes.add(roll.voted, person.id.bytes), envelopes.add(roll.tokens, mark)
    db.add(roll)
    return evaluation


def cast_with_token(db: Session, poll: Poll, secret: str, key: str, token: bytes, answers: Sequence[str]) -> str:
    """Put the ballot of whoever has this token in the box; sent again, it takes its own place. Gives the receipt."""
    if not tokens.holds(secret, poll.id, key, token):
        raise Refused(_("Ce jeton n’ouvre pas l’urne de ce vote. Rechargez la page du vote."))
    poll = queries.locked(db, poll.id)
    refuse(rules.why_not_answer(poll, clock.now()))
    record = envelopes.tag(poll.id, key) + _body(poll, answers)
    tag, receipt = record[: envelopes.TAG], envelopes.receipt(poll.id, key)
    box = queries.box_of(db, poll.id, envelopes.part(tag, poll.parts))
    if envelopes.holds(box.ballots, tag, len(record)):
        box.ballots = envelopes.replace(box.ballots, tag, record)
    else:
        box.ballots = envelopes.add(box.ballots, record)
        box.receipts = envelopes.add(box.receipts, receipt)
    db.add(box)
    return envelopes.receipt_number(receipt)


def change(db: Session, poll: Poll, key: str, answers: Sequence[str]) -> str:
    """Replace the ballot that this key opens. Whoever has the key may; who that is, is not asked. Gives the receipt."""
    poll = queries.locked(db, poll.id)
    refuse(rules.why_not_answer(poll, clock.now()))
    record = envelopes.tag(poll.id, key) + _body(poll, answers)
    tag = record[: envelopes.TAG]
    for box in queries.boxes(db, poll):
        if envelopes.holds(box.ballots, tag, len(record)):
            box.ballots = envelopes.replace(box.ballots, tag, record)
            db.add(box)
            return envelopes.receipt_number(envelopes.receipt(poll.id, key))
    raise Refused(_("Cette clé n’ouvre aucun bulletin de ce vote. Vérifiez ses seize signes."))


def say(db: Session, poll: Poll, person: Person, answers: Sequence[str]) -> None:
    """Vote by name, in an open roll call; said again, the last word counts. A secret poll refuses, here and below."""
    poll = queries.locked(db, poll.id)
    assert poll.mode == Mode.NAMED, "a secret vote is never written beside a name"
    refuse(rules.why_not_vote(poll, clock.now(), elector=queries.elector(db, poll.id, person.id) is not None))
    _body(poll, answers)  # refuses an answer that is not offered
    said = queries.said_by(db, poll, person) or NamedVote(poll_id=poll.id, person_id=person.id)
    said.answers = list(answers)
    db.add(said)


def _body(poll: Poll, answers: Sequence[str]) -> bytes:
    rule = poll.the_rule
    if choices.is_choice(rule):
        return choices.pack(rule, answers)
    return b"".join(counts.pack(rule, answer) for answer in answers)


# -- on paper ------------------------------------------------------------------------------------------------------


def expect_paper(db: Session, poll: Poll) -> None:
    """This poll has ballots on paper too: it waits for them before its result is sealed."""
    poll = queries.locked(db, poll.id)
    refuse(rules.why_not_expect_paper(poll, clock.now()))
    poll.paper = Paper.AWAITED
    db.add(poll)


def give_up_paper(db: Session, poll: Poll) -> None:
    poll = queries.locked(db, poll.id)
    refuse(rules.why_not_give_up_paper(poll, clock.now(), queries.marked_on_paper(db, poll)))
    poll.paper = Paper.NONE
    db.add(poll)


def mark_on_paper(db: Session, poll: Poll, person: Person) -> None:
    """This person takes a ballot on paper: on the roll by hand, behind the same lock as casting. Tells nothing."""
    poll = queries.locked(db, poll.id)
    refuse(rules.why_not_hand_out(poll, clock.now()))
    elector = queries.elector(db, poll.id, person.id)
    if elector is None:
        raise Refused(_("{name} n’est pas sur la liste de ce vote.").format(name=person.name))
    roll, mine = queries.roll_of(db, poll.id, elector.part), person.id.bytes
    if envelopes.holds(roll.on_paper, mine, envelopes.PERSON):
        return
    if envelopes.holds(roll.voted, mine, envelopes.PERSON):
        if envelopes.holds(roll.tokens, mine, envelopes.PERSON + tokens.MARK):
            raise Refused(
                _("{name} a reçu son jeton de vote à l’écran : pas de bulletin papier.").format(name=person.name)
            )
        raise Refused(_("{name} a déjà voté à l’écran : ne lui donnez pas de bulletin.").format(name=person.name))
    roll.voted, roll.on_paper = envelopes.add(roll.voted, mine), envelopes.add(roll.on_paper, mine)
    db.add(roll)


def unmark_on_paper(db: Session, poll: Poll, person: Person) -> None:
    """Take back a mark made by mistake. Only one made by hand: who voted on a screen stays on the roll."""
    poll = queries.locked(db, poll.id)
    refuse(rules.why_not_mark(poll, clock.now()))
    elector = queries.elector(db, poll.id, person.id)
    if elector is None or not queries.is_on_paper(db, elector):
        return
    roll, mine = queries.roll_of(db, poll.id, elector.part), person.id.bytes
    roll.voted, roll.on_paper = envelopes.remove(roll.voted, mine), envelopes.remove(roll.on_paper, mine)
    db.add(roll)


def open_paper_box(db: Session, poll: Poll) -> None:
    """The first ballot on paper is about to be read: who voted so becomes how many.

    Names and keyed ballots never stand in the database together: with one ballot on paper, they would be its vote.
    """
    poll = queries.locked(db, poll.id)
    if poll.paper is Paper.COUNTING:
        return
    poll.paper_marked = queries.marked_on_paper(db, poll)
    poll.paper = Paper.COUNTING
    db.add(poll)
    _forget_marks(db, poll)


def put_paper(db: Session, poll: Poll, ballots: Sequence[Sequence[str]], gap: str) -> int:
    """All the ballots on paper enter the box at once, once the poll is closed; then it is counted and sealed.

    Each stands behind random bytes, as the others do behind a fingerprint: no key opens it, nothing tells it apart.
    Gives how many names were marked by hand.
    """
    poll = queries.locked(db, poll.id)
    at = clock.now()
    marked, voted = queries.marked_on_paper(db, poll), queries.on_roll(db, poll)
    refuse(rules.why_not_put_paper(poll, at, ballots=len(ballots), marked=marked, voted=voted, gap=gap))
    boxes = queries.boxes(db, poll)
    for answers in ballots:
        box = secrets.choice(boxes)
        box.ballots = envelopes.add(box.ballots, secrets.token_bytes(envelopes.TAG) + _body(poll, answers))
        db.add(box)
    poll.paper, poll.paper_ballots, poll.paper_marked = Paper.IN, len(ballots), marked
    poll.paper_gap = gap if len(ballots) != marked else ""
    db.add(poll)
    _forget_marks(db, poll)
    _seal_box_at_once(db, poll, at)
    return marked


def _forget_marks(db: Session, poll: Poll) -> None:
    # Who voted on paper was kept so that a mark could be taken back, and who took a token so that its answer could be
    # given again: only the roll remains.
    for roll in queries.rolls(db, poll):
        roll.on_paper = roll.tokens = b""
        db.add(roll)
    db.flush()


def why_not_this_many(db: Session, poll: Poll, present: int | None, at: dt.datetime) -> str | None:
    """What is wrong with this number of people present. Once it is closed, those who voted are known to have been."""
    least = queries.turnout(db, poll) if poll.state(at) == State.CLOSED else 0
    return rules.why_not_this_many(present, poll.entitled, max(1, least))


def count_present(db: Session, poll: Poll, present: int) -> None:
    """Somebody arrived or left: how many are here now. Said once the vote is closed, what waited for it is counted."""
    poll = queries.locked(db, poll.id)
    at = clock.now()
    refuse(rules.why_not_count_present(poll, at))
    refuse(why_not_this_many(db, poll, present, at))
    poll.present = present
    db.add(poll)
    db.emit(PresentCounted(poll.convention_id, poll.id, present))
    if poll.state(at) == State.CLOSED:
        _seal_box_at_once(db, poll, at)


# -- the end -------------------------------------------------------------------------------------------------------


def close(db: Session, poll: Poll, *, by: Person | None = None) -> None:
    """Close now, count, seal. The same lock as casting: no ballot comes in after."""
    poll = queries.locked(db, poll.id)
    at = clock.now()
    refuse(rules.why_not_close(poll, at))
    closed_already = poll.state(at) == State.CLOSED
    poll.closes_at = at if poll.closes_at is None else min(poll.closes_at, at)
    db.add(poll)
    if by is not None:
        db.emit(ClosingAsked(poll.convention_id, poll.id, by.id))
    if closed_already:
        _seal_box(db, poll, at)  # it waits for nothing any more, and the worker has not come yet
    else:
        _seal_box_at_once(db, poll, at)


def seal_if_due(db: Session, poll_id: Any, at: dt.datetime, already: Mapping[str, Any] | None = None) -> bool:
    """Count and seal a poll whose time has passed, if nobody has yet. `already` is a count made ahead."""
    poll = queries.locked(db, poll_id)
    if poll.sealed_at is not None or poll.cancelled_at is not None or poll.closes_at is None or poll.closes_at > at:
        return False
    if _is_awaited(poll):
        return False
    _seal_box(db, poll, at, already)
    return True


def _is_awaited(poll: Poll) -> bool:
    """No ballot comes in from a screen any more, but those on paper are to be keyed, or those present to be counted."""
    return poll.awaits_paper or poll.awaits_present


def _seal_box_at_once(db: Session, poll: Poll, at: dt.datetime) -> None:
    """Count and seal a poll that waits for nothing, but for the worker where the count may take seconds."""
    if not _is_awaited(poll) and poll.the_rule.method is not Method.EQUAL_SHARES:
        _seal_box(db, poll, at)


def _seal_box(db: Session, poll: Poll, at: dt.datetime, already: Mapping[str, Any] | None = None) -> None:
    questions = queries.questions(db, poll)
    if poll.mode == Mode.NAMED:
        _seal(db, poll, questions, _said(db, poll, questions), "", at)
        return
    boxes = queries.boxes(db, poll)
    rule = poll.the_rule
    asked, width = (1, len(questions)) if choices.is_choice(rule) else (len(questions), 1)
    for box in boxes:
        if rule.tracked:
            box.tracked = envelopes.tracked(box.ballots, asked * width)
        # From here on no key opens a ballot. Without a code, no one can show what she voted, nor which answers went
        # together.
        box.ballots = b"".join(envelopes.columns(box.ballots, asked, width))
        db.add(box)
    columns = envelopes.unseal((box.ballots for box in boxes), asked, width)
    cast = len(columns[0]) // width
    issued, on_screen = queries.on_roll(db, poll) - poll.paper_marked, queries.receipts_given(db, poll)
    assert cast == on_screen + poll.paper_ballots, "a receipt for each ballot that came from a screen"
    assert on_screen <= issued, "never more ballots than names on the roll; a token may not have been used"
    _forget_marks(db, poll)
    # Those who voted were there: the number present is never smaller.
    present = max(poll.present or 0, cast)
    receipts = "\n".join(queries.receipts(db, poll))
    if choices.is_choice(rule):
        counted = already or choices.result(
            rule, questions, columns[0], present=present, entitled=poll.entitled, seed=poll.draw_seed
        )
        assert counted["cast"] == cast, "the ballots that were counted are those of the box"
        _seal(db, poll, questions, (), receipts, at, {"present": present, "count": counted}, issued, _tracked(db, poll))
        return
    answers = [{"counts": counts.count(rule, column), "present": present, "explanation": ""} for column in columns]
    _seal(db, poll, questions, answers, receipts, at, issued=issued, tracked=_tracked(db, poll))


def _tracked(db: Session, poll: Poll) -> str | None:
    return queries.tracked_file(db, poll) if poll.the_rule.tracked else None


def _said(db: Session, poll: Poll, questions: Sequence[PollQuestion]) -> list[Mapping[str, Any]]:
    """The voices of an open roll call, question by question; the president's, where they are even and hers settles."""
    rule, said = poll.the_rule, queries.named(db, poll)
    every = [one.answers for _person, one in said]
    presides = next((one.answers for person, one in said if person.id == poll.president_id), None)
    present = max(poll.present or 0, len(every))
    found: list[Mapping[str, Any]] = []
    for place in range(len(questions)):
        counted = counts.count(rule, b"".join(counts.pack(rule, answers[place]) for answers in every))
        casting = {"casting": presides[place] if presides else "abstention"}
        found.append(
            {"counts": counted, "present": present, "explanation": ""}
            | (casting if rules.asks_casting(rule, counted) else {})
        )
    return found


def counted_ahead(db: Session, poll: Poll, at: dt.datetime) -> Mapping[str, Any] | None:
    """The count of a closed choice, without holding anything: equal shares may take seconds, and nobody else waits."""
    if poll.state(at) != State.CLOSED or poll.awaits_present or not choices.is_choice(poll.the_rule):
        return None
    options = queries.questions(db, poll)
    width = len(options)
    run = b"".join(record for box in queries.boxes(db, poll) for record in envelopes.columns(box.ballots, 1, width))
    present = max(poll.present or 0, len(run) // width)
    run = b"".join(sorted(envelopes.split(run, width)))
    return choices.result(poll.the_rule, options, run, present=present, entitled=poll.entitled, seed=poll.draw_seed)


def enter_totals(db: Session, poll: Poll, totals: Sequence[Totals], *, by: Person) -> None:
    """Record the voices counted in the room; the poll is closed and sealed by it.

    Where two people key them: the first is kept, the second must say the same, or a third person decides.
    """
    poll = queries.locked(db, poll.id)
    at = clock.now()
    refuse(rules.why_not_enter_totals(poll, at))
    questions = queries.questions(db, poll)
    values = [value for value, _words, _meaning in counts.options(poll.the_rule)]
    for one in totals:
        assert sorted(one.counts) == sorted(values), "a number for each answer"
        counted = sum(one.counts.values())
        refuse(rules.why_not_these_totals(counted, one.present, poll.entitled, one.explanation))
        refuse(rules.why_not_without_casting(poll.the_rule, one.counts, one.casting))
    if poll.by_two and not _confirmed(db, poll, totals, by):
        return
    poll.closes_at = at if poll.closes_at is None else min(poll.closes_at, at)
    answers = [
        {"counts": dict(one.counts), "present": one.present, "explanation": one.explanation}
        | ({"casting": one.casting} if rules.asks_casting(poll.the_rule, one.counts) else {})
        for one in totals
    ]
    db.emit(
        TotalsEntered(
            poll.convention_id, poll.id, tuple({**one.counts, "present": one.present} for one in totals), by.id
        )
    )
    _seal(db, poll, questions, answers, "", at)


def _confirmed(db: Session, poll: Poll, totals: Sequence[Totals], by: Person) -> bool:
    """Keep what this person keyed, and say whether it may be sealed: two say the same, or a third has looked.

    One of two who differ corrects her own: alone, she never decides against the other.
    """
    keyed = queries.hand_counts(db, poll.id)
    # How the president voted is compared where it settles a tie: elsewhere, one noted it and the other did not.
    written: list[dict[str, int | str]] = [
        {
            **one.counts,
            "present": one.present,
            "casting": one.casting if rules.asks_casting(poll.the_rule, one.counts) else "",
        }
        for one in totals
    ]
    others = [count for count, person in keyed if person.id != by.id]
    if len(others) == 2 or (others and others[0].totals == written):
        return True
    mine = next((count for count, person in keyed if person.id == by.id), None)
    mine = mine or HandCount(poll_id=poll.id, place=len(keyed) + 1, person_id=by.id)
    mine.totals = written
    db.add(mine)
    return False


def forget_counts_by(db: Session, convention_id: UUID, person_id: UUID) -> None:
    """What she keyed goes, and what was keyed beside it: two others count again."""
    for mine in queries.hand_counts_by(db, convention_id, person_id):
        _forget_counts(db, mine.poll_id)


def _forget_counts(db: Session, poll_id: UUID) -> None:
    for keyed, _by in queries.hand_counts(db, poll_id):
        db.delete(keyed)
    db.flush()


def _seal(
    db: Session,
    poll: Poll,
    questions: Sequence[PollQuestion],
    answers: Sequence[Mapping[str, Any]],
    receipts: str,
    at: dt.datetime,
    choice: Mapping[str, Any] | None = None,
    issued: int | None = None,
    tracked: str | None = None,
) -> None:
    receipts_sha256 = hashlib.sha256(receipts.encode()).hexdigest()
    tracked_sha256 = None if tracked is None else hashlib.sha256(tracked.encode()).hexdigest()
    result = counts.written(poll, questions, answers, receipts_sha256, choice, issued, tracked_sha256)
    poll.sealed_at = at
    if poll.by_two:
        _forget_counts(db, poll.id)
    db.add(poll)
    db.add(result)
    db.emit(PollClosed(poll.convention_id, poll.id, result.sha256))


def cancel(db: Session, poll: Poll, reason: str, *, by: Person | None) -> None:
    """Call the poll off, before its result exists. What was in the box is destroyed unread.

    By nobody when a restored backup does not have its ballots.
    """
    poll = queries.locked(db, poll.id)
    if why_not := rules.why_not_cancel(poll, clock.now()):
        raise Refused(why_not)
    poll.cancelled_at, poll.cancelled_because = clock.now(), reason
    for box in queries.boxes(db, poll):
        box.ballots = box.receipts = b""
        db.add(box)
    _forget_marks(db, poll)
    for _person, said in queries.named(db, poll):
        db.delete(said)
    _forget_counts(db, poll.id)
    db.add(poll)
    db.emit(PollCancelled(poll.convention_id, poll.id, by.id if by else None))
