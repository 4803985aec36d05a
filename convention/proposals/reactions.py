from typing import Any

from convention.kit.db import Session
from convention.proposals import actions, rules
from convention.proposals.models import KIND
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
