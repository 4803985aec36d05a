"""The demo's moderation, from flags to appeals, and what a member confides to the welcome desk."""

from collections.abc import Mapping
from uuid import UUID

from convention.care import actions as care
from convention.care.forms import SheetForm
from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.moderation import actions as moderation
from convention.moderation import queries as decisions
from convention.moderation.forms import AnswerForm, AppealForm, DecisionForm, FlagForm
from convention.moderation.models import Case, Decision, Facts, Kind, Outcome, Reason
from convention.people import actions as people
from convention.people.models import Matter, Person, Purpose, RoleKind
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal
from convention.reservations import actions as reservations
from convention.reservations import queries as reviews
from convention.reservations.forms import ReviewForm
from convention.reservations.models import ReviewKind

People = Mapping[str, Person]
INSULT = "votre directeur, ce planqué, n’a jamais ouvert un ordinateur"


def flag(db: Session, convention: Convention, who: People, proposal: Proposal) -> None:
    """Omar flags a proposal as off-topic, Nadia a remark that insults somebody; a third flag waits for a decision."""
    facts = _facts(proposals.proposal_facts(db, convention, proposal.id))
    words = "Cette mesure parle de budget, pas d’intelligence artificielle."
    case = _flag(db, convention, facts, Reason.OFF_TOPIC, words, who["Omar"])
    kept = _decide(
        db, convention, case, facts, who["Claire"], Kind.KEEP, None,
        "La mesure parle des outils que la Métropole achète : c’est bien la question posée.",
    )  # fmt: skip
    _appeal(db, convention, kept.id, "Elle parle de tous les achats, pas seulement de ces outils-là.", who["Omar"])

    author = next(one for name, one in sorted(who.items()) if name not in STORY)
    form = ReviewForm(
        kind=ReviewKind.QUESTION, text=f"Qui vérifiera ? Parce que {INSULT}. Il faut quelqu’un du métier."
    )
    review = reservations.review(db, convention, author, {RoleKind.MEMBER}, proposal, None, form)
    facts = _facts(reviews.review_facts(db, convention, review.id))
    case = _flag(db, convention, facts, Reason.INSULT, "Il s’en prend à une personne.", who["Nadia"])
    hidden = _decide(
        db, convention, case, facts, who["Claire"], Kind.HIDDEN_PART, Reason.INSULT,
        "Le passage moque une personne reconnaissable ; la question posée peut rester.", INSULT,
    )  # fmt: skip
    _appeal(db, convention, hidden.id, "C’était de l’humour, et tout le monde le pense dans ce service.", author)
    decided = decisions.decided(db, convention, hidden.id)
    assert decided is not None, "the decision has just been written"
    answer = AnswerForm(
        outcome=Outcome.CONFIRMED, statement="L’humour n’y change rien : une personne est visée. Le reste est en ligne."
    )
    moderation.answer(db, convention, decided, answer, who["Adama"], {RoleKind.ADMINISTRATOR})


def wait(db: Session, convention: Convention, proposal: Proposal) -> None:
    """Somebody who is not signed in flags a text: nobody has looked yet."""
    facts = _facts(proposals.proposal_facts(db, convention, proposal.id))
    _flag(db, convention, facts, Reason.MISLEADING, "Le chiffre du constat n’est pas celui du rapport cité.", None)


def confide(db: Session, convention: Convention, who: People, secret: str) -> None:
    """Nadia says what she needs in order to come; Aurélie reads it for the meals, and Adama finds her telephone."""
    sheet = SheetForm(
        access="Une place au premier rang, près de la boucle magnétique.",
        diet="Sans porc, sans arachide.",
        childcare="Un enfant de 4 ans, le samedi.",
    )
    care.fill(db, convention, who["Nadia"], sheet, secret)
    for name, matter, purpose in (
        ("Aurélie", Matter.CARE, Purpose.MEALS), ("Adama", Matter.ADDRESS, Purpose.CONTACT)
    ):  # fmt: skip
        people.note_access(db, convention, who["Nadia"].id, by=who[name], matter=matter, purpose=purpose)


# Those who have a part of their own: the author of the insult is none of them.
STORY = frozenset({"Nadia", "Omar", "Claire", "Solange", "Hélène", "Benoît", "Adama", "Bertille", "Paul", "Aurélie"})


def _facts(found: Facts | None) -> Facts:
    assert found is not None, "the demo has just written it"
    return found


def _flag(
    db: Session, convention: Convention, facts: Facts, reason: Reason, words: str, by: Person | None
) -> Case:  # fmt: skip
    return moderation.flag(db, convention, facts, FlagForm(reason=reason, words=words), by)


def _decide(
    db: Session,
    convention: Convention,
    case: Case,
    facts: Facts,
    by: Person,
    kind: Kind,
    rule: Reason | None,
    statement: str,
    passages: str = "",
) -> Decision:
    form = DecisionForm(kind=kind, rule=rule, statement=statement, passages=passages)
    return moderation.decide(db, convention, case, facts, form, by)


def _appeal(db: Session, convention: Convention, decision: UUID, words: str, by: Person) -> None:
    decided = decisions.decided(db, convention, decision)
    assert decided is not None, "the decision has just been written"
    moderation.appeal(db, convention, decided, AppealForm(words=words), by)
