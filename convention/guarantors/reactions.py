from convention.guarantors import actions
from convention.kit.db import Session
from convention.people.events import PersonErased


def forget(db: Session, happened: object) -> None:
    """A person's data are erased: so is what she had not published."""
    if isinstance(happened, PersonErased):
        actions.forget_drafts(db, happened.convention_id, happened.person_id)
