from convention.kit.db import Session
from convention.paper import actions
from convention.people.events import PersonErased
from convention.voting.events import PollCancelled, PollClosed


def forget(db: Session, happened: object) -> None:
    """A poll is over, or a person leaves: what was keyed goes."""
    if isinstance(happened, PollClosed | PollCancelled):
        actions.forget(db, happened.poll_id)
    elif isinstance(happened, PersonErased):
        actions.forget_entries_by(db, happened.convention_id, happened.person_id)
