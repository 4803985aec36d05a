from convention.kit.db import Session
from convention.people.events import PersonErased
from convention.voting import actions


def forget(db: Session, happened: object) -> None:
    """A person leaves: what she had keyed of hands counted in a room, and nobody has confirmed, is keyed by another."""
    if isinstance(happened, PersonErased):
        actions.forget_counts_by(db, happened.convention_id, happened.person_id)
