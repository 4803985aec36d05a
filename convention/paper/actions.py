from collections.abc import Mapping
from uuid import UUID

from convention.kit import clock
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.paper import queries, rules
from convention.paper.events import PaperExpected, PaperGivenUp, PaperPutIn
from convention.paper.models import DECIDED, FIRST, SECOND, Ballot, PaperEntry, Pile
from convention.people.models import Person
from convention.voting import actions as voting
from convention.voting import queries as polls
from convention.voting.models import Poll


def expect(db: Session, poll: Poll, *, by: Person) -> None:
    """Say that this poll has ballots on paper too. Everybody reads it, and its result waits for them."""
    if poll.awaits_paper:
        return
    voting.expect_paper(db, poll)
    db.emit(PaperExpected(poll.convention_id, poll.id, by.id))


def give_up(db: Session, poll: Poll, *, by: Person) -> None:
    voting.give_up_paper(db, poll)
    db.emit(PaperGivenUp(poll.convention_id, poll.id, by.id))


def start(db: Session, poll: Poll, number: int | None, by: Person) -> PaperEntry:
    """Begin to key a pile: a new one, or one that another person has keyed. Who has begun it goes on."""
    poll = polls.locked(db, poll.id)
    piles = queries.piles(db, poll)
    pile = next((one for one in piles if one.number == number), None)
    if pile and (mine := pile.of(by)) and not mine.finished:
        return mine
    if number is None and (mine := next((own for one in piles if (own := one.of(by)) and not own.finished), None)):
        return mine  # two tabs, one pile
    refuse(rules.why_not_start(poll, pile, by, clock.now()))
    if pile is None:
        number = max((one.number for one in piles), default=0) + 1
    place = SECOND if pile and FIRST in pile.entries else FIRST
    assert number is not None, "an old pile has a number, a new one has just received it"
    voting.open_paper_box(db, poll)
    entry = PaperEntry(poll_id=poll.id, convention_id=poll.convention_id, pile=number, place=place, person_id=by.id)
    db.add(entry)
    return entry


def key(db: Session, poll: Poll, number: int, by: Person, at: int, ballot: Ballot) -> None:
    """The ballot that stands at this place of the pile, from zero. Sent again, it is there once."""
    entry = _being_keyed(db, poll, number, by)
    keyed = entry.keyed
    refuse(rules.why_not_answer_so(poll.the_rule, ballot, len(polls.questions(db, poll))))
    if at == len(keyed) < rules.MOST:
        entry.keyed = [*keyed, ballot]
    elif not 0 <= at < len(keyed):
        raise Refused(_("Une pile compte {n} bulletins au plus : commencez-en une autre.").format(n=rules.MOST))
    elif keyed[at] != ballot:
        raise Refused(
            _("Le bulletin {n} est déjà saisi autrement, peut-être dans un autre onglet. Relisez votre saisie.").format(
                n=at + 1
            )
        )
    db.add(entry)


def correct(db: Session, poll: Poll, number: int, by: Person, at: int, ballot: Ballot) -> None:
    """Key again a ballot that was misread."""
    entry = _being_keyed(db, poll, number, by)
    refuse(rules.why_not_answer_so(poll.the_rule, ballot, len(polls.questions(db, poll))))
    keyed = entry.keyed
    if not 0 <= at < len(keyed):
        raise Refused(_("Il n’y a pas de bulletin à cette place."))
    entry.keyed = [*keyed[:at], ballot, *keyed[at + 1 :]]
    db.add(entry)


def take_back(db: Session, poll: Poll, number: int, by: Person, keyed: int) -> None:
    """Take away the last ballot keyed; `keyed` is how many there were, so that it is done once."""
    entry = _being_keyed(db, poll, number, by)
    if len(entry.keyed) == keyed > 0:
        entry.keyed = entry.keyed[:-1]
        db.add(entry)


def finish(db: Session, poll: Poll, number: int, by: Person, counted: int | None) -> None:
    entry = _being_keyed(db, poll, number, by)
    refuse(rules.why_not_finish(len(entry.keyed), counted))
    entry.finished = True
    db.add(entry)


def redo(db: Session, poll: Poll, number: int, by: Person) -> None:
    """Destroy one's own entry of a pile that does not agree, to key it afresh."""
    poll = polls.locked(db, poll.id)
    refuse(rules.why_not_key(poll, clock.now()))
    pile = queries.pile(db, poll, number)
    if pile is None or pile.agreed is not None:
        raise Refused(_("Cette pile est déjà d’accord, ou n’existe pas."))
    if mine := pile.of(by):
        db.delete(mine)


def decide(db: Session, poll: Poll, number: int, by: Person, read: Mapping[int, Ballot], *, together: bool) -> None:
    """What the paper says where the two entries differ, looked at by a third person, or by both if they are alone."""
    poll, pile = _to_decide(db, poll, number)
    refuse(rules.why_not_decide(pile, by, queries.team(db, poll), together=together))
    ballots, questions = list(pile.both[0]), len(polls.questions(db, poll))
    for place in pile.differing:
        if place not in read:
            raise Refused(_("Tranchez chaque bulletin lu différemment."))
        refuse(rules.why_not_answer_so(poll.the_rule, read[place], questions))
        ballots[place] = read[place]
    decided = PaperEntry(
        poll_id=poll.id, convention_id=poll.convention_id, pile=number, place=DECIDED, person_id=by.id, finished=True
    )
    decided.keyed = ballots
    db.add(decided)


def put_in(db: Session, poll: Poll, gap: str, *, by: Person) -> None:
    """All the ballots on paper enter the box, what was keyed is destroyed, the poll is sealed: one transaction."""
    poll = polls.locked(db, poll.id)
    if not poll.awaits_paper and poll.sealed_at is not None:
        return  # somebody else has just done it
    piles = queries.piles(db, poll)
    refuse(rules.why_not_key(poll, clock.now()) or rules.why_not_put_in(piles))
    ballots = [ballot for pile in piles for ballot in pile.agreed or ()]
    forget(db, poll.id)
    marked = voting.put_paper(db, poll, ballots, gap)
    db.emit(PaperPutIn(poll.convention_id, poll.id, len(ballots), marked, by.id))


def forget(db: Session, poll_id: UUID) -> None:
    """Destroy what was keyed of a poll."""
    for entry in queries.entries_of_poll(db, poll_id):
        db.delete(entry)
    db.flush()


def forget_entries_by(db: Session, convention_id: UUID, person_id: UUID) -> None:
    """A person's data are erased: what she was keying is keyed again by another."""
    for entry in queries.entries_by(db, convention_id, person_id):
        db.delete(entry)
    db.flush()


def _being_keyed(db: Session, poll: Poll, number: int, by: Person) -> PaperEntry:
    poll = polls.locked(db, poll.id)
    refuse(rules.why_not_key(poll, clock.now()))
    pile = queries.pile(db, poll, number)
    entry = pile.of(by) if pile else None
    if entry is None:
        raise Refused(_("Vous n’avez pas commencé cette pile."))
    if entry.finished:
        raise Refused(_("Votre saisie de cette pile est terminée."))
    return entry


def _to_decide(db: Session, poll: Poll, number: int) -> tuple[Poll, Pile]:
    poll = polls.locked(db, poll.id)
    refuse(rules.why_not_key(poll, clock.now()))
    pile = queries.pile(db, poll, number)
    if pile is None:
        raise Refused(_("Il n’y a pas de pile {n}.").format(n=number))
    return poll, pile
