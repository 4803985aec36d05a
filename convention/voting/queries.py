import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.voting.models import Outcome, Poll, Subject


def outcomes(db: Session, subjects: Iterable[Subject]) -> Mapping[Subject, Outcome]:
    """What was last decided of each of these subjects, where something was."""
    raise NotImplementedError


def open_on(db: Session, subjects: Iterable[Subject]) -> Mapping[Subject, Poll]:
    """The poll prepared, planned or open on each of these subjects, where there is one."""
    raise NotImplementedError


def open_polls(db: Session, convention: Convention, at: dt.datetime) -> Sequence[Poll]:
    """The polls where one may vote now, soonest closing first."""
    raise NotImplementedError


def recent(db: Session, convention: Convention, limit: int) -> Sequence[Poll]:
    """The last polls whose result is sealed, newest first."""
    raise NotImplementedError


def of_number(db: Session, convention: Convention, number: int) -> Poll | None:
    raise NotImplementedError


def subjects_of(db: Session, poll_id: UUID) -> Sequence[Subject]:
    """What the questions of a poll are about, in their order."""
    raise NotImplementedError
