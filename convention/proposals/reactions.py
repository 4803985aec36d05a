from typing import Any

from convention.kit.db import Session
from convention.moderation.events import AppealAnswered, ModerationDecided
from convention.people.events import PersonErased
from convention.proposals import actions, queries, rules
from convention.proposals.models import FOUND_AS, KIND
from convention.voting import queries as voting
from convention.voting.events import PollClosed


def apply_votes(db: Session, happened: Any) -> None:
    """A poll was closed on paragraphs: each is kept, or sent back to its authors."""
    if not isinstance(happened, PollClosed):
        return
    subjects = [subject for subject in voting.subjects_of(db, happened.poll_id) if subject.kind == KIND]
    outcomes = voting.outcomes(db, subjects).values()
    decided = [one for one in outcomes if one.poll_id == happened.poll_id and rules.decides(one)]
    actions.decide(db, happened.convention_id, decided)


def forget(db: Session, happened: Any) -> None:
    """A person's data are erased: nothing waits for her, no paragraph stays in her hand."""
    if isinstance(happened, PersonErased):
        actions.forget(db, happened.convention_id, happened.person_id)


def follow_moderation(db: Session, happened: Any) -> None:
    """Words were hidden or shown again: lists and the search say what may be read."""
    if not isinstance(happened, ModerationDecided | AppealAnswered):
        return
    if happened.subject_kind == FOUND_AS:
        actions.cover_again(db, happened.convention_id, [happened.subject_id])
    elif happened.subject_kind == KIND:
        found = queries.of_versions(db, happened.convention_id, [happened.subject_id])
        actions.cover_again(db, happened.convention_id, [proposal.id for proposal, _p, _v in found.values()])
