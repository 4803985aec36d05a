from collections.abc import Sequence

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.people.models import Person
from convention.voting.models import Poll, Question


def prepare(db: Session, convention: Convention, by: Person | None, title: str, questions: Sequence[Question]) -> Poll:
    """A poll on these questions, whose words are copied now; a facilitator will choose its rule and its dates."""
    raise NotImplementedError
