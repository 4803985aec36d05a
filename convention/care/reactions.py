from convention.care import actions
from convention.kit.db import Session
from convention.people.events import PersonErased


def forget(db: Session, happened: object) -> None:
    """A person's data are erased: so is what she confided."""
    if isinstance(happened, PersonErased):
        actions.erase(db, happened.convention_id, happened.person_id)
