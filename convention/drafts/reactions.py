from convention.drafts import actions
from convention.kit.db import Session
from convention.people.events import PersonErased


def forget(db: Session, happened: object) -> None:
    """A person's data are erased: so are her drafts, and what other devices had of them."""
    if isinstance(happened, PersonErased):
        actions.erase_all(db, happened.convention_id, happened.person_id)
