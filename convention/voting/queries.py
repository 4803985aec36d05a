import dataclasses
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from convention.algorithms.decision import Rule
from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.text import alphabetical
from convention.moderation import queries as moderation
from convention.people.models import Person
from convention.voting import choices, counts, envelopes, tokens, tracking
from convention.voting.models import (
    RULE,
    BallotBox,
    Elector,
    HandCount,
    Mode,
    NamedVote,
    Outcome,
    Paper,
    Poll,
    PollQuestion,
    Result,
    Roll,
    Subject,
)

# -- polls ---------------------------------------------------------------------------------------------------------

_NOT_OVER = (col(Poll.sealed_at).is_(None), col(Poll.cancelled_at).is_(None))
_ANNOUNCED = col(Poll.rule) != ""


def of_number(db: Session, convention: Convention, number: int) -> Poll | None:
    return db.exec(select(Poll).where(Poll.convention_id == convention.id, Poll.number == number)).first()


def of_id(db: Session, poll_id: UUID) -> Poll:
    return db.exec(select(Poll).where(Poll.id == poll_id)).one()


def locked(db: Session, poll_id: UUID) -> Poll:
    """The poll as it is now, held until the transaction ends: casting, changing and closing queue here."""
    return db.exec(
        select(Poll).where(Poll.id == poll_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def next_number(db: Session, convention: Convention) -> int:
    """The number of the next poll; those who ask wait for each other."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update()).one()
    last = db.exec(select(sa.func.max(Poll.number)).where(Poll.convention_id == convention.id)).one()
    return (last or 0) + 1


def going_on(db: Session, convention: Convention, *, announced_only: bool = True) -> Sequence[Poll]:
    """The polls that are not over, those opened first; with `announced_only`, those without a rule are left out."""
    query = select(Poll).where(Poll.convention_id == convention.id, *_NOT_OVER)
    if announced_only:
        query = query.where(_ANNOUNCED)
    return db.exec(
        query.order_by(col(Poll.opened_at).is_(None), col(Poll.closes_at), col(Poll.opens_at), col(Poll.number))
    ).all()


def open_polls(db: Session, convention: Convention, at: dt.datetime) -> Sequence[Poll]:
    """The polls where one may vote now, soonest closing first."""
    return [poll for poll in going_on(db, convention) if poll.is_open(at)]


def over(db: Session, convention: Convention, *, page: int, per_page: int) -> tuple[Sequence[Poll], int]:
    """One page of the announced polls that are over, newest first, and how many there are."""
    mine = (
        Poll.convention_id == convention.id,
        _ANNOUNCED,
        sa.or_(col(Poll.sealed_at).is_not(None), col(Poll.cancelled_at).is_not(None)),
    )
    newest = sa.func.coalesce(col(Poll.sealed_at), col(Poll.cancelled_at)).desc()
    rows = db.exec(
        select(Poll, sa.func.count().over())
        .where(*mine)
        .order_by(newest, col(Poll.number).desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    ).all()
    if not rows and page > 1:  # a page that does not exist
        return [], db.exec(select(sa.func.count()).select_from(Poll).where(*mine)).one()
    return [poll for poll, _all in rows], rows[0][1] if rows else 0


def recent(db: Session, convention: Convention, limit: int) -> Sequence[Poll]:
    """The last polls whose result is sealed, newest first."""
    return db.exec(
        select(Poll)
        .where(Poll.convention_id == convention.id, col(Poll.sealed_at).is_not(None), col(Poll.cancelled_at).is_(None))
        .order_by(col(Poll.sealed_at).desc(), col(Poll.number).desc())
        .limit(limit)
    ).all()


def to_open(db: Session, at: dt.datetime) -> Sequence[UUID]:
    """Polls of all conventions whose opening time has come."""
    return db.exec(
        select(Poll.id).where(*_NOT_OVER, _ANNOUNCED, col(Poll.opened_at).is_(None), col(Poll.opens_at) <= at)
    ).all()


def to_seal(db: Session, at: dt.datetime) -> Sequence[UUID]:
    """Polls by ballots or by names, of all conventions, whose closing time has passed, not sealed yet."""
    return db.exec(
        select(Poll.id).where(
            *_NOT_OVER,
            Poll.mode != Mode.TOTALS,
            col(Poll.paper).not_in((Paper.AWAITED, Paper.COUNTING)),
            col(Poll.opened_at).is_not(None),
            col(Poll.closes_at) <= at,
        )
    ).all()


def sealed_since(db: Session, at: dt.datetime) -> bool:
    """Whether a poll has been sealed since then."""
    return db.exec(select(Poll.id).where(col(Poll.sealed_at) >= at).limit(1)).first() is not None


# -- questions -----------------------------------------------------------------------------------------------------


def vote_on_rule(db: Session, poll: Poll) -> tuple[Poll, PollQuestion] | None:
    """The last vote about the rule of this poll, that was not called off; its question holds the words asked about."""
    return db.exec(
        select(Poll, PollQuestion)
        .join(PollQuestion, col(PollQuestion.poll_id) == col(Poll.id))
        .where(
            PollQuestion.subject_kind == RULE,
            PollQuestion.subject_id == poll.id,
            col(Poll.cancelled_at).is_(None),
        )
        .order_by(col(Poll.number).desc())
        .limit(1)
    ).first()


def questions(db: Session, poll: Poll) -> Sequence[PollQuestion]:
    return questions_of(db, [poll])[poll.id]


def questions_of(db: Session, polls: Iterable[Poll]) -> Mapping[UUID, Sequence[PollQuestion]]:
    """The questions of each poll, in their order."""
    found: dict[UUID, list[PollQuestion]] = defaultdict(list)
    wanted = [poll.id for poll in polls]
    if wanted:
        for question in db.exec(
            select(PollQuestion).where(col(PollQuestion.poll_id).in_(wanted)).order_by(col(PollQuestion.position))
        ):
            found[question.poll_id].append(question)
    return found


def shown(db: Session, poll: Poll) -> Sequence[PollQuestion]:
    """The questions of a poll as everyone may read them: what moderation hides is covered."""
    asked = questions(db, poll)
    masks = moderation.masks(db, poll.convention_id, [question.subject for question in asked])
    # Copies: what is covered for readers must never be written.
    return [
        PollQuestion(
            **{
                **question.model_dump(),
                "title": mask.cover_title(question.title),
                "text": mask.cover(question.text),
            }
        )
        if (mask := masks.get(question.subject))
        else question
        for question in asked
    ]


def published(db: Session, poll: Poll, result: Result) -> str:
    """The sealed result for everyone. Its fingerprint is that of the original, which guarantors hold, where words
    are covered: `masked` says in which questions.
    """
    told = content(result)
    if "choice" in told:
        covered = _covered_choice(db, poll, told)
        return result.content if covered is told else _canonical(covered)
    subjects = {one["position"]: _subject(one) for one in told["questions"]}
    masks = moderation.masks(db, poll.convention_id, subjects.values())
    if not masks:
        return result.content
    for question in told["questions"]:
        if mask := masks.get(subjects[question["position"]]):
            question["title"], question["text"] = mask.cover_title(question["title"]), mask.cover(question["text"])
    told["masked"] = [position for position, subject in subjects.items() if subject in masks]
    return _canonical(told)


def _canonical(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _subject(told: Mapping[str, Any]) -> tuple[str, UUID]:
    return str(told["subject"]["kind"]), UUID(told["subject"]["id"])


def _covered_choice(db: Session, poll: Poll, told: dict[str, Any]) -> dict[str, Any]:
    """A sealed choice as everyone may read it: the names that moderation hides are covered wherever it tells them.

    Covered names stay different, with the position of the option: the ballots are counted by name.
    """
    options = told["choice"]["options"]
    masks = moderation.masks(db, poll.convention_id, [_subject(option) for option in options])
    hidden = [(option, mask) for option in options if (mask := masks.get(_subject(option)))]
    if not hidden:
        return told
    names = {}
    for option, mask in hidden:
        option["text"] = mask.cover(option["text"])
        if (cover := mask.cover_title(option["title"])) != option["title"]:
            names[option["title"]] = f"{cover} ({option['position']})"
    choice = choices.renamed(told["choice"], names)
    return {**told, "choice": choice, "masked": [option["position"] for option, _mask in hidden]}


def hand_counts(db: Session, poll_id: UUID) -> Sequence[tuple[HandCount, Person]]:
    """What was keyed of the voices counted in the room, and by whom: the first, then the second."""
    return db.exec(
        select(HandCount, Person)
        .join(Person, col(Person.id) == col(HandCount.person_id))
        .where(HandCount.poll_id == poll_id)
        .order_by(col(HandCount.place))
    ).all()


def hand_counts_by(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[HandCount]:
    return db.exec(
        select(HandCount)
        .join(Poll, col(Poll.id) == col(HandCount.poll_id))
        .where(Poll.convention_id == convention_id, HandCount.person_id == person_id)
    ).all()


def subjects_of(db: Session, poll_id: UUID) -> Sequence[Subject]:
    """What the questions of a poll are about, in their order."""
    return [
        question.subject
        for question in db.exec(
            select(PollQuestion).where(PollQuestion.poll_id == poll_id).order_by(col(PollQuestion.position))
        )
    ]


# What lists and texts ask, built once.
_OPEN_ON = (
    select(col(PollQuestion.subject_kind), col(PollQuestion.subject_id), Poll)
    .join(Poll, col(Poll.id) == col(PollQuestion.poll_id))
    .where(col(PollQuestion.subject_id).in_(sa.bindparam("subjects", expanding=True)), *_NOT_OVER)
    .order_by(col(Poll.number))
)
_SEALED = (
    select(Poll, Result)
    .join(Result, col(Result.poll_id) == col(Poll.id))
    .where(col(Poll.sealed_at).is_not(None), col(Poll.cancelled_at).is_(None))
)
_SEALED_ON = _SEALED.where(
    col(Poll.id).in_(
        select(PollQuestion.poll_id).where(col(PollQuestion.subject_id).in_(sa.bindparam("subjects", expanding=True)))
    )
)


def open_on(db: Session, subjects: Iterable[Subject]) -> Mapping[Subject, Poll]:
    """The poll prepared, planned or open on each of these subjects, where there is one."""
    wanted = set(subjects)
    if not wanted:
        return {}
    rows = db.exec(_OPEN_ON, params={"subjects": [subject.id for subject in wanted]})
    asked = ((Subject(kind, id), poll) for kind, id, poll in rows)
    return {subject: poll for subject, poll in asked if subject in wanted}


# -- results -------------------------------------------------------------------------------------------------------


def outcomes(db: Session, subjects: Iterable[Subject]) -> Mapping[Subject, Outcome]:
    """What was last decided of each of these subjects, where something was."""
    wanted = set(subjects)
    if not wanted:
        return {}
    rows = db.exec(_SEALED_ON, params={"subjects": [subject.id for subject in wanted]})
    found: dict[Subject, Outcome] = {}
    convention_id = None
    for poll, result in sorted(rows, key=lambda row: row[0].number):
        convention_id = poll.convention_id
        found.update((one.subject, one) for one in counts.outcomes(poll, result) if one.subject in wanted)
    return {one.subject: one for one in covered(db, convention_id, list(found.values()))}


def outcomes_of(db: Session, polls: Iterable[Poll]) -> Mapping[UUID, Sequence[Outcome]]:
    """What each of these sealed polls decided, question by question."""
    sealed = [poll for poll in polls if poll.sealed_at is not None]
    if not sealed:
        return {}
    wanted = [poll.id for poll in sealed]
    rows = db.exec(_SEALED.where(col(Poll.id).in_(wanted)))
    found = {poll.id: counts.outcomes(poll, result) for poll, result in rows}
    every = covered(db, sealed[0].convention_id, [one for several in found.values() for one in several])
    return {id: [one for one in every if one.poll_id == id] for id in found}


def choices_of(db: Session, polls: Iterable[Poll]) -> Mapping[UUID, choices.Choice]:
    """What was chosen in each of these sealed polls that is a choice between options."""
    wanted = [poll.id for poll in polls if poll.sealed_at is not None and choices.is_choice(poll.the_rule)]
    if not wanted:
        return {}
    rows = db.exec(_SEALED.where(col(Poll.id).in_(wanted)))
    found = {poll.id: choices.read(poll, _covered_choice(db, poll, content(result))) for poll, result in rows}
    return {id: choice for id, choice in found.items() if choice is not None}


def ballots(db: Session, poll: Poll, options: int) -> bytes:
    """The whole ballots of a sealed choice, sorted."""
    return envelopes.unseal((box.ballots for box in boxes(db, poll)), 1, options)[0]


def tracked(db: Session, poll: Poll) -> tuple[Rule, int, list[bytes]]:
    """What `tracking` reads: the rule, how many answers a ballot has, the ballots behind their codes."""
    return poll.the_rule, len(questions(db, poll)), [box.tracked for box in boxes(db, poll)]


def tracked_file(db: Session, poll: Poll) -> str:
    return tracking.file(*tracked(db, poll))


def covered(db: Session, convention_id: UUID | None, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """These outcomes as everyone may read them: what moderation hides is covered."""
    if convention_id is None:
        return outcomes
    masks = moderation.masks(db, convention_id, [one.subject for one in outcomes])
    return [
        dataclasses.replace(one, title=mask.cover_title(one.title), text=mask.cover(one.text))
        if (mask := masks.get(one.subject))
        else one
        for one in outcomes
    ]


def result(db: Session, poll: Poll) -> Result | None:
    return db.get(Result, poll.id)


# -- rolls and boxes: never read together, except to write both ----------------------------------------------------


def elector(db: Session, poll_id: UUID, person_id: UUID) -> Elector | None:
    return db.get(Elector, (poll_id, person_id))


def has_voted(db: Session, elector: Elector) -> bool:
    """Whether she is on the roll: she voted, or was given the token to."""
    roll = roll_of(db, elector.poll_id, elector.part)
    return envelopes.holds(roll.voted, elector.person_id.bytes, envelopes.PERSON)


def has_token(db: Session, elector: Elector) -> bool:
    """Whether she is on the roll because a token was given to her: what became of it, nobody knows."""
    roll = roll_of(db, elector.poll_id, elector.part)
    return envelopes.holds(roll.tokens, elector.person_id.bytes, envelopes.PERSON + tokens.MARK)


def awaiting(db: Session, polls: Iterable[Poll], person_id: UUID) -> Sequence[Poll]:
    """Those of these polls where she may vote and has not: one query, however many polls."""
    open_to_her = {poll.id: poll for poll in polls if poll.mode != Mode.TOTALS}
    if not open_to_her:
        return ()
    rows = db.execute(
        sa.select(Elector.poll_id, Roll.voted, NamedVote.person_id)  # type: ignore[call-overload]
        .outerjoin(Roll, (col(Roll.poll_id) == col(Elector.poll_id)) & (col(Roll.part) == col(Elector.part)))
        .outerjoin(
            NamedVote,
            (col(NamedVote.poll_id) == col(Elector.poll_id)) & (col(NamedVote.person_id) == col(Elector.person_id)),
        )
        .where(col(Elector.poll_id).in_(open_to_her), Elector.person_id == person_id)
    )
    to_do = {
        poll_id
        for poll_id, voted, named in rows
        if named is None and not envelopes.holds(voted or b"", person_id.bytes, envelopes.PERSON)
    }
    return [poll for id, poll in open_to_her.items() if id in to_do]


def roll_of(db: Session, poll_id: UUID, part: int) -> Roll:
    return db.exec(
        select(Roll).where(Roll.poll_id == poll_id, Roll.part == part).execution_options(populate_existing=True)
    ).one()


def box_of(db: Session, poll_id: UUID, part: int) -> BallotBox:
    return db.exec(
        select(BallotBox)
        .where(BallotBox.poll_id == poll_id, BallotBox.part == part)
        .execution_options(populate_existing=True)
    ).one()


def roll_and_box(db: Session, elector: Elector, part: int) -> tuple[Roll, BallotBox]:
    """Her roll, and the box of this part, to write both: the only two that are read together."""
    return db.exec(
        select(Roll, BallotBox)
        .join(BallotBox, col(BallotBox.poll_id) == col(Roll.poll_id))
        .where(Roll.poll_id == elector.poll_id, Roll.part == elector.part, BallotBox.part == part)
        .execution_options(populate_existing=True)
    ).one()


def boxes(db: Session, poll: Poll) -> Sequence[BallotBox]:
    return db.exec(_boxes(poll)).all()


def _boxes(poll: Poll) -> SelectOfScalar[BallotBox]:
    return (
        select(BallotBox)
        .where(BallotBox.poll_id == poll.id)
        .order_by(col(BallotBox.part))
        .execution_options(populate_existing=True)
    )


def turnout(db: Session, poll: Poll) -> int:
    """How many have voted. The only number that exists while the poll is open."""
    if poll.mode == Mode.NAMED:
        return db.exec(select(sa.func.count()).select_from(NamedVote).where(NamedVote.poll_id == poll.id)).one()
    # Read now: the poll at hand may be older than its box.
    on_paper = db.exec(select(Poll.paper_ballots).where(Poll.id == poll.id)).one()
    return receipts_given(db, poll) + (on_paper or marked_on_paper(db, poll))


def on_roll(db: Session, poll: Poll) -> int:
    """How many names are on the roll: those who voted, or were given the token to; on paper, those who were marked."""
    octets = db.exec(select(sa.func.sum(sa.func.length(col(Roll.voted)))).where(Roll.poll_id == poll.id)).one()
    return int(octets or 0) // envelopes.PERSON


def receipts_given(db: Session, poll: Poll) -> int:
    """How many ballots came from a screen: each has its receipt."""
    run = sa.func.length(col(BallotBox.receipts))
    octets = db.exec(select(sa.func.sum(run)).where(BallotBox.poll_id == poll.id)).one()
    return int(octets or 0) // envelopes.RECEIPT


def rolls(db: Session, poll: Poll) -> Sequence[Roll]:
    return db.exec(
        select(Roll).where(Roll.poll_id == poll.id).order_by(col(Roll.part)).execution_options(populate_existing=True)
    ).all()


def marked_on_paper(db: Session, poll: Poll) -> int:
    """How many are marked by hand as having voted on paper."""
    if poll.paper is Paper.COUNTING:
        return poll.paper_marked
    octets = db.exec(select(sa.func.sum(sa.func.length(col(Roll.on_paper)))).where(Roll.poll_id == poll.id)).one()
    return int(octets or 0) // envelopes.PERSON


def electors_on_paper(db: Session, poll: Poll) -> Sequence[tuple[Person, bool]]:
    """Those called to vote, by name, and whether each is marked as having voted on paper. Not who voted on a screen."""
    marked = {one for roll in rolls(db, poll) for one in envelopes.split(roll.on_paper, envelopes.PERSON)}
    people = db.exec(
        select(Person)
        .join(Elector, col(Elector.person_id) == col(Person.id))
        .where(Elector.poll_id == poll.id)
        .order_by(col(Person.id))
    )
    by_name = sorted(people, key=lambda person: alphabetical(person.name))
    return [(person, person.id.bytes in marked) for person in by_name]


def is_on_paper(db: Session, elector: Elector) -> bool:
    roll = roll_of(db, elector.poll_id, elector.part)
    return envelopes.holds(roll.on_paper, elector.person_id.bytes, envelopes.PERSON)


def voters(db: Session, poll: Poll) -> Sequence[str]:
    """The names of those who voted, in alphabetical order."""
    if poll.mode == Mode.NAMED:
        return [person.name for person, _said in named(db, poll)]
    rolls = db.exec(select(Roll).where(Roll.poll_id == poll.id)).all()
    ids = {UUID(bytes=one) for roll in rolls for one in envelopes.split(roll.voted, envelopes.PERSON)}
    names = db.exec(
        select(Person).join(Elector, col(Elector.person_id) == col(Person.id)).where(Elector.poll_id == poll.id)
    )
    return sorted((person.name for person in names if person.id in ids), key=alphabetical)


def president(db: Session, poll: Poll) -> Person | None:
    """Who presides over this open roll call, where her vote settles a tie."""
    return db.get(Person, poll.president_id) if poll.president_id else None


def said_by(db: Session, poll: Poll, person: Person) -> NamedVote | None:
    """What she said in an open roll call."""
    return db.get(NamedVote, (poll.id, person.id))


def named(db: Session, poll: Poll) -> Sequence[tuple[Person, NamedVote]]:
    """Who said what in an open roll call, in alphabetical order. Nobody is shown it before the end."""
    if poll.mode != Mode.NAMED:
        return ()
    said = db.exec(
        select(Person, NamedVote)
        .join(NamedVote, col(NamedVote.person_id) == col(Person.id))
        .where(NamedVote.poll_id == poll.id)
        .order_by(col(Person.id))
    )
    return sorted(said, key=lambda one: alphabetical(one[0].name))


def receipts(db: Session, poll: Poll) -> Sequence[str]:
    """The numbers of all receipts, in order; published after closing only."""
    joined = [one for box in boxes(db, poll) for one in envelopes.split(box.receipts, envelopes.RECEIPT)]
    return sorted(envelopes.receipt_number(one) for one in joined)


def is_cast(db: Session, poll: Poll, key: str) -> bool:
    """Whether a ballot came with this key: asked of whoever has it, who is not asked who she is."""
    receipt = envelopes.receipt(poll.id, key)
    return any(envelopes.holds(box.receipts, receipt, envelopes.RECEIPT) for box in boxes(db, poll))


def content(result: Result) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(result.content)
    return read


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """The polls where a person could vote, and whether she is on the roll: never what, which nobody can find."""
    mine = db.exec(
        select(Poll, Roll)
        .join(Elector, col(Elector.poll_id) == col(Poll.id))
        .join(Roll, sa.and_(col(Roll.poll_id) == col(Poll.id), col(Roll.part) == col(Elector.part)))
        .where(Poll.convention_id == convention.id, Elector.person_id == person.id, Poll.mode != Mode.NAMED)
        .order_by(col(Poll.number))
    )
    rows = [
        {
            _("Vote"): poll.number,
            _("Titre"): poll.title,
            _("Émargement"): _("fait")
            if envelopes.holds(roll.voted, person.id.bytes, envelopes.PERSON)
            else _("pas fait"),
        }
        for poll, roll in mine
    ]
    called = db.exec(
        select(Poll, NamedVote)
        .join(NamedVote, col(NamedVote.poll_id) == col(Poll.id))
        .where(Poll.convention_id == convention.id, NamedVote.person_id == person.id)
        .order_by(col(Poll.number))
    ).all()
    asked = questions_of(db, [poll for poll, _said in called])
    by_name = [
        {
            _("Vote"): poll.number,
            _("Titre"): question.title,
            _("Votre réponse, publiée avec votre nom"): counts.label(poll.the_rule, answer),
        }
        for poll, said in called
        for question, answer in zip(asked[poll.id], said.answers, strict=True)
    ]
    counting = db.exec(
        select(Poll, HandCount)
        .join(HandCount, col(HandCount.poll_id) == col(Poll.id))
        .where(Poll.convention_id == convention.id, HandCount.person_id == person.id)
        .order_by(col(Poll.number))
    )
    counted = [
        {
            _("Vote"): poll.number,
            _("Titre"): poll.title,
            _("Votre comptage"): " ; ".join(_counted(poll.the_rule, one) for one in kept.totals),
        }
        for poll, kept in counting
    ]
    return [
        (_("Vos votes"), rows),
        (_("Vos votes par appel nominal"), by_name),
        (_("Vos comptages dans la salle, jusqu’à la fin du vote"), counted),
    ]


def _counted(rule: Rule, totals: Mapping[str, int | str]) -> str:
    """« Pour 12, Contre 3, Abstention 0, Présents 15 »."""
    said = [(words, totals[value]) for value, words, _meaning in counts.options(rule)]
    return ", ".join(f"{words} {n}" for words, n in [*said, (_("Présents"), totals["present"])])
