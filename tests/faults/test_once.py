"""What a person may do once, sent twenty times at the same instant with twenty different keys: done once."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from convention.amendments.models import Amendment
from convention.care.models import CareSheet
from convention.drafts.models import Draft
from convention.journal.models import JournalLine
from convention.kit import clock
from convention.moderation.models import Appeal, Decision, Flag
from convention.people import actions as people
from convention.people.models import RoleKind, SignIn
from convention.people.visits import COOKIE
from convention.programme.models import Activity
from convention.proposals.models import Invitation, Proposal
from convention.recommendations import actions as recommendations
from convention.reservations.models import Reservation, Signature
from convention.responses.models import Answer, Comment, RatingBox, RatingRoll
from convention.voting import envelopes
from convention.voting import queries as polls
from convention.voting.models import Poll, Result
from tests.amendments import scene as amendments
from tests.faults.scene import cookie_of, holds, keyed
from tests.moderation import scene as moderation
from tests.proposals.scene import CARD, proposal, set_up
from tests.recommendations import seeds
from tests.reservations import scene as reservations
from tests.voting.polls import a_poll
from tests.voting.test_storm import serving
from tests.waiting import together
from tests.world import PLAIN, World

TIMES = 20
WHY = "Ma phrase parle de son action publique, que tout le monde peut critiquer, et pas de sa personne."


class Once(NamedTuple):
    """Who sends (nobody: None), the twenty forms, and how many times it was done."""

    browser: Any
    forms: list[tuple[str, dict[str, Any]]]
    done: Callable[[Any], int]


def count(what: Any, *where: Any) -> Callable[[Any], int]:
    return lambda db: db.exec(select(sa.func.count()).select_from(what).where(*where)).one()


def told(kind: str) -> Callable[[Any], int]:
    """How many times the journal says so."""
    return count(JournalLine, JournalLine.kind == kind)


def pressed(world: World, name: str, address: str, button: str, **typed: str) -> tuple[Any, list[tuple[str, Any]]]:
    """Twenty times the form of this page, as twenty openings of the page would give it."""
    browser = world.browser(world.people[name])
    page = browser.open(address)
    return browser, [keyed(page, button, **typed) for _ in range(TIMES)]


def vote(world: World) -> Once:
    world.member("Omar")
    poll = a_poll(world)
    browser = world.browser(world.people["Omar"])
    forms = []
    for n in range(TIMES):
        path, values = keyed(browser.open(f"/scrutins/{poll.number}"), "Déposer mon bulletin", q1=str(1 + n % 5))
        forms.append((path, {**values, "depot": "oui"}))

    def ballots(db: Any) -> int:
        box = polls.box_of(db, poll.id, 0)
        assert len(box.receipts) == envelopes.RECEIPT * polls.turnout(db, poll)
        return len(box.ballots) // (envelopes.TAG + 1)

    return Once(browser, forms, ballots)


def close(world: World) -> Once:
    world.member("Omar")
    poll = a_poll(world)
    once = pressed(world, "Claire", f"/animation/scrutins/{poll.number}/fermer", "Oui, fermer le vote")

    def closed(db: Any) -> int:
        assert count(Result)(db) == 1
        return told("voting.PollClosed")(db)

    return Once(*once, closed)


def submit_with_one_key(world: World) -> Once:
    set_up(world, Activity.PROPOSE)
    world.member("Omar")
    browser, forms = pressed(world, "Omar", "/propositions/nouvelle", "Déposer la proposition", **CARD)
    return Once(browser, [forms[0]] * TIMES, count(Proposal))


def withdraw(world: World) -> Once:
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    proposal(world, world.member("Omar"))
    once = pressed(world, "Omar", "/propositions/1/retirer", "Retirer", reason="Réunie à une autre.")
    return Once(*once, told("proposals.ProposalWithdrawn"))


def sign_a_reservation(world: World) -> Once:
    reservations.set_up(world)
    reservations.write(world)
    once = pressed(world, "Nadia", "/propositions/1/reserves", "Signer", naming="nombre")
    nadia = world.people["Nadia"].id

    def signed(db: Any) -> int:
        assert count(Reservation)(db) == 1
        return count(Signature, Signature.person_id == nadia)(db)

    return Once(*once, signed)


def accept_an_amendment(world: World) -> Once:
    amendments.set_up(world)
    amendments.submit(world)
    once = pressed(world, "Lina", "/amendements/1", "Accepter l’amendement")

    def accepted(db: Any) -> int:
        assert db.exec(select(Amendment)).one().version_id is not None
        return told("amendments.AmendmentDecided")(db)

    return Once(*once, accepted)


def flag(world: World) -> Once:
    moderation.set_up(world)
    world.member("Omar")
    address = f"/signaler?sujet={moderation.paragraph(world)}"
    return Once(*pressed(world, "Omar", address, "Envoyer le signalement", reason="insult"), count(Flag))


def appeal(world: World) -> Once:
    moderation.set_up(world)
    moderation.flag(world, moderation.paragraph(world))
    moderation.decide(world, world.facilitator(), "hidden")
    with world.reading() as db:
        decision = db.exec(select(Decision)).one()
    once = pressed(world, "Lina", f"/moderation/decisions/{decision.id}", "Contester", words=WHY)
    return Once(*once, count(Appeal))


def rate_an_answer(world: World) -> Once:
    omar = world.member("Omar")
    at = clock.now()
    with world.writing() as db:
        answer = Answer(
            convention_id=world.convention.id, number=1, edition=1, title="Mesurer", handed_over_at=at,
            rating_opens_at=at - dt.timedelta(days=1),
        )  # fmt: skip
        db.add_all((answer, RatingRoll(answer_id=answer.id), RatingBox(answer_id=answer.id)))
    forms = [("/reponses/1/note", {"mark": str(n % 11)}) for n in range(TIMES)]

    def rated(db: Any) -> int:
        box, roll = db.exec(select(RatingBox)).one(), db.exec(select(RatingRoll)).one()
        assert roll.rated == omar.id.bytes
        return len(box.marks)

    return Once(world.browser(omar), forms, rated)


def use_a_link(world: World) -> Once:
    omar = world.person("Omar", RoleKind.MEMBER, email="omar@exemple.fr")
    with world.writing() as db:
        token = people.new_link(db, world.convention, omar)
    return Once(None, [(f"/entrer/lien/{token}", {"suite": ""})] * TIMES, count(SignIn))


def open_a_poll(world: World) -> Once:
    world.member("Omar")
    a_poll(world, opened=False)
    once = pressed(world, "Claire", "/animation/scrutins/1/ouvrir", "Oui, ouvrir le vote")

    def opened(db: Any) -> int:
        assert db.exec(select(Poll)).one().opened_at is not None
        return told("voting.PollOpened")(db)

    return Once(*once, opened)


def publish_an_edition(world: World) -> Once:
    seeds.begin(world, members=8)
    seeds.submit(world, "Un comité d’éthique", "Créer un comité composé de citoyens tirés au sort.", "Sans élus.")
    seeds.decide(world, {(1, 1): (3, 3, 1, 0, 0), (1, 2): (3, 3, 1, 0, 0)})
    with world.writing() as db:
        claire = world.people["Claire"]
        recommendations.freeze(db, world.convention, by=claire, site="http://127.0.0.1:8000", previewed=1)
    once = pressed(world, "Claire", "/animation/rapport", "Publier l’édition n° 1")
    return Once(*once, told("recommendations.EditionPublished"))


def comment_an_answer(world: World) -> Once:
    once = rate_an_answer(world)
    forms = [("/reponses/1/commentaire", {"text": f"Une phrase, la {n}e.", "cle": str(uuid4())}) for n in range(TIMES)]
    return Once(once.browser, forms, count(Comment))


def fill_a_care_sheet(world: World) -> Once:
    omar = world.browser(world.member("Omar"))
    forms = [("/moi/accueil", {"diet": f"Sans sel, {n} fois.", "cle": str(uuid4())}) for n in range(TIMES)]
    return Once(omar, forms, count(CareSheet))


def save_a_draft(world: World) -> Once:
    set_up(world, Activity.PROPOSE)
    omar = world.browser(world.member("Omar"))
    forms = [
        ("/brouillons/proposition-nouvelle", {**CARD, "title": f"Idée {n}", "cle": str(uuid4())}) for n in range(TIMES)
    ]
    return Once(omar, forms, count(Draft))


def ask_to_write(world: World) -> Once:
    set_up(world, Activity.PROPOSE, Activity.EDIT)
    proposal(world, world.member("Lina"))
    omar = world.browser(world.member("Omar"))
    forms = [("/propositions/1/auteurs/demande", {"cle": str(uuid4())}) for _ in range(TIMES)]
    return Once(omar, forms, count(Invitation))


ACTIONS = [
    vote, close, submit_with_one_key, withdraw, sign_a_reservation, accept_an_amendment, flag, appeal, rate_an_answer,
    use_a_link, open_a_poll, publish_an_edition, comment_an_answer, fill_a_care_sheet, save_a_draft, ask_to_write,
]  # fmt: skip

# What each unique key of the models is fired at by, or why no crowd can meet there.
NUMBERED = "the next number is given by the transaction that holds the convention: twenty numbers are twenty things"
TOKENS = "random, drawn by the server: tests/test_tokens.py"
ONE_ROW = "written with what it belongs to, once, by the transaction that made it"
KEYS: dict[str, Callable[[World], Once] | str] = {
    "answer(convention_id, number)": NUMBERED,
    "answer_comment(answer_id, author_id)": comment_an_answer,
    "answer_contest(item_id, author_id)": "asked under the lock of the item: tests/responses/test_judge.py",
    "answer_item(answer_id, number)": NUMBERED,
    "answer_publication(item_id, number)": "asked under the lock of the item, by one official",
    "answer_reminder(convention_id, person_id, due, days)": "written by the worker alone",
    "answer_review(convention_id, months)": "written again by whoever writes it: the last words stay",
    "amendment(convention_id, number)": NUMBERED,
    "argument(convention_id, number)": NUMBERED,
    "argument_endorsement(argument_id, person_id)": "the second finds the first: kit.db.added, as comment_an_answer",
    "author_invitation(proposal_id, person_id)": ask_to_write,
    "ballot_box(poll_id, part)": vote,
    "card_version(proposal_id, number)": NUMBERED,
    "care_date(convention_id)": "one date, written again by an administrator: the last one stays",
    "care_sheet(person_id, convention_id)": fill_a_care_sheet,
    "convention(host)": "written by the operator",
    "convention_text(convention_id, kind, version)": NUMBERED,
    "debate(convention_id, number)": NUMBERED,
    "department(convention_id, name)": "a name already taken is said: tests/responses",
    "department_attachment(convention_id, person_id)": "written again: the last department stays",
    "draft(person_id, convention_id, subject)": save_a_draft,
    "edition(convention_id, number)": NUMBERED,
    "elector(poll_id, person_id)": open_a_poll,
    "fate(recasting_id, version_id)": ONE_ROW,
    "journal_head(convention_id)": ONE_ROW,
    "journal_line(convention_id, number)": "chained under the lock of the head: tests/journal/test_record.py",
    "hand_count(poll_id, place)": "asked under the lock of the poll, as vote; the second is another person",
    "letter_code(code_hash)": TOKENS,
    "mail_link(token_hash)": use_a_link,
    "minutes(sitting_id, version)": NUMBERED,
    "moderation_appeal(decision_id)": appeal,
    "moderation_case(convention_id, subject_kind, subject_id)": flag,
    "moderation_concerned(decision_id, person_id)": ONE_ROW,
    "moderation_decision(convention_id, number)": NUMBERED,
    "moderation_hidden(decision_id, subject_kind, subject_id)": ONE_ROW,
    "moderation_suspension(decision_id)": ONE_ROW,
    "named_vote(poll_id, person_id)": "asked under the lock of the poll, as vote; the last voice stays",
    "open_call(poll_id)": ONE_ROW,
    "paper_entry(poll_id, pile, place)": "keyed from eight tabs at once: tests/paper/test_at_once.py",
    "paragraph(proposal_id, number)": NUMBERED,
    "paragraph_hand(paragraph_id)": "whoever takes the pen first has it, and the next is told: tests/proposals",
    "paragraph_version(paragraph_id, number)": NUMBERED,
    "person(email)": "an address already taken is said: tests/people/test_account.py",
    "plain_text(proposal_id)": "written again: the last words stay",
    "poll(convention_id, number)": NUMBERED,
    "poll_question(poll_id, position)": ONE_ROW,
    "proposal(convention_id, number)": NUMBERED,
    "proposal_author(proposal_id, person_id)": submit_with_one_key,
    "rating_box(answer_id)": rate_an_answer,
    "rating_roll(answer_id)": rate_an_answer,
    "recasting(convention_id, number)": NUMBERED,
    "recasting_result(recasting_id, proposal_id)": ONE_ROW,
    "recasting_source(recasting_id, proposal_id)": ONE_ROW,
    "recovery_code(code_hash)": TOKENS,
    "remark(convention_id, number)": NUMBERED,
    "remark(corrects_id)": "one guarantor's draft of a correction: tests/guarantors/test_publish.py",
    "report_text(convention_id, piece, version)": NUMBERED,
    "reservation(convention_id, number)": NUMBERED,
    "reservation(proposal_id, carried_from_id)": ONE_ROW,
    "reservation_signature(reservation_id, person_id)": sign_a_reservation,
    "result(poll_id)": close,
    "role(person_id, convention_id, kind)": "asked twice, given once: tests/people/test_two_administrators.py",
    "roll(poll_id, part)": vote,
    "search_entry(convention_id, kind, subject_id)": "made again by what it indexes",
    "search_word(convention_id, word, entry_id)": "made again by what it indexes",
    "second_factor(person_id, convention_id)": "tests/people/test_second_factor.py, two at the same instant",
    "saying(convention_id, number)": NUMBERED,
    "sign_in(token_hash)": TOKENS,
    "sitting(convention_id, number)": NUMBERED,
    "sitting_theme(sitting_id, theme_id)": ONE_ROW,
    "theme(convention_id, slug)": "a name already taken is said: tests/programme",
    "write_key(key)": submit_with_one_key,
    "attempts(key)": "counted together: tests/people/test_elsewhere.py",
}


def unique_keys() -> set[str]:
    """Every unique key of the models, but the identifiers that the server draws."""
    keys = set()
    for table in SQLModel.metadata.sorted_tables:
        groups = [
            [column.name for column in one.columns]
            for one in table.constraints
            if isinstance(one, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
        ]
        groups += [[column.name for column in one.columns] for one in table.indexes if one.unique]
        keys |= {f"{table.name}({', '.join(names)})" for names in groups if names != ["id"]}
    return keys


def test_every_unique_key_is_fired_at_or_excused() -> None:
    """A new unique key says that something is done once: fire at it, or say why no crowd can meet there."""
    assert unique_keys() - set(KEYS) == set()
    assert {one for one in KEYS.values() if callable(one)} <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_twenty_at_once_do_it_once(world: World, action: Callable[[World], Once]) -> None:
    once = action(world)
    cookie = {} if once.browser is None else {"cookie": f"{COOKIE}={cookie_of(once.browser)}"}
    headers = {**cookie, "sec-fetch-site": "same-origin", "accept-language": "fr"}
    ready = Barrier(TIMES)
    with serving(world) as address, ThreadPoolExecutor(TIMES) as pool:

        def send(form: tuple[str, dict[str, Any]]) -> int:
            together(ready)
            return httpx2.post(address + form[0], data=form[1], headers=headers, verify=PLAIN, timeout=60).status_code

        codes = list(pool.map(send, once.forms))
    assert all(code < 500 for code in codes), codes
    assert any(code in (200, 303) for code in codes), codes
    with world.reading() as db:
        assert once.done(db) == 1, codes
    holds(world)
