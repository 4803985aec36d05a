"""Answers as they are read: each recommendation with its points, what is late, and how they add up. Pure."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from convention.kit import clock
from convention.kit.i18n import gettext as _
from convention.responses import rules
from convention.responses.models import Answer, Decision, Item, Published

AWAITED = "attendue"
SEVERAL = "plusieurs"


@dataclasses.dataclass(frozen=True)
class Point:
    """An item as citizens see it: what was published, if it was."""

    item: Item
    published: Published | None
    today: dt.date

    @property
    def title(self) -> str:
        return self.published.title if self.published else self.item.title

    @property
    def paragraphs(self) -> Sequence[str]:
        return self.published.paragraphs if self.published else self.item.paragraphs

    @property
    def decision(self) -> Decision | None:
        return self.published.decision if self.published else None

    @property
    def silent_since(self) -> dt.date | None:
        return rules.silent_since(self.item, self.decision, self.today)

    @property
    def silent_days(self) -> int:
        return (self.today - self.silent_since).days if self.silent_since else 0

    @property
    def awaits_reply(self) -> bool:
        """Outside the city's competence, and not known to have been answered."""
        return self.decision == Decision.OUTSIDE and self.item.replied_on is None

    @property
    def late(self) -> int:
        """For how many days the date that was announced has been past, the work not being over."""
        deadline = self.published.deadline if self.published else None
        if deadline is None or (self.item.progress and self.item.progress.is_over):
            return 0
        return rules.overdue(deadline, self.today)


@dataclasses.dataclass(frozen=True)
class Line:
    """A recommendation and its points."""

    answer: Answer
    points: tuple[Point, ...]
    names: Mapping[UUID, str]  # of departments
    due: dt.date | None
    today: dt.date
    opens_at: dt.datetime | None
    marks: bytes | None  # only when they may be shown

    def department_of(self, point: Point) -> str:
        """The department that answers for a point, as published; else as attributed."""
        if point.published and point.published.department:
            return point.published.department
        return self.names.get(point.item.department_id, "") if point.item.department_id else ""

    @property
    def departments(self) -> list[str]:
        return sorted({name for point in self.points if (name := self.department_of(point))})

    @property
    def answered(self) -> int:
        return sum(point.published is not None for point in self.points)

    @property
    def is_complete(self) -> bool:
        return self.answered == len(self.points) > 0

    @property
    def decision(self) -> Decision | None:
        return rules.summary({str(point.item.id): point.decision for point in self.points})

    @property
    def status(self) -> str:
        """A value of `Decision`, `AWAITED`, or `SEVERAL` when the items differ without any being accepted."""
        if not self.is_complete:
            return AWAITED
        return self.decision.value if self.decision else SEVERAL

    @property
    def late(self) -> int:
        return 0 if self.is_complete else rules.overdue(self.due, self.today)

    @property
    def waiting(self) -> str:
        return "" if self.is_complete else rules.waiting(self.due, self.today)

    @property
    def published_at(self) -> dt.datetime | None:
        """When the last of its points was published."""
        moments = [point.published.published_at for point in self.points if point.published]
        return max(moments, default=None)

    def __contains__(self, decision: object) -> bool:
        if decision == AWAITED:
            return not self.is_complete
        return any(point.decision == decision for point in self.points)


def lines(
    answers: Iterable[Answer],
    items: Iterable[Item],
    published: Mapping[UUID, Published],
    departments: Mapping[UUID, str],
    marks: Mapping[UUID, bytes],
    due: dt.date | None,
    at: dt.datetime,
    least: int,
) -> list[Line]:
    """Every recommendation, in order."""
    today = clock.local(at).date()
    of: dict[UUID, list[Item]] = {}
    for item in items:
        of.setdefault(item.answer_id, []).append(item)
    found = []
    for answer in answers:
        mine = of.get(answer.id, [])
        opens_at = rules.rating_opens(answer, mine, due, at)
        found.append(
            Line(
                answer=answer,
                points=tuple(Point(item, published.get(item.id), today) for item in mine),
                names=departments,
                due=due,
                today=today,
                opens_at=opens_at,
                marks=rules.shown(marks.get(answer.id, b""), opens_at, at, least),
            )
        )
    return found


@dataclasses.dataclass(frozen=True)
class Sum:
    """How the points of one theme, department or competence stand."""

    name: str
    recommendations: int
    points: int
    answered: int
    decisions: Mapping[Decision, int]
    done: int

    @property
    def percent(self) -> int:
        return 100 * self.answered // self.points if self.points else 0


def sums(lines: Sequence[Line], names: Callable[[Line, Point], str]) -> list[Sum]:
    """The points under each name, in the order in which names come."""
    under: dict[str, list[tuple[Line, Point]]] = {}
    for line in lines:
        for point in line.points:
            under.setdefault(names(line, point) or _("Non précisé"), []).append((line, point))
    return [_sum(name, pairs) for name, pairs in under.items()]


def total(lines: Sequence[Line]) -> Sum:
    return _sum("", [(line, point) for line in lines for point in line.points])


def _sum(name: str, pairs: Sequence[tuple[Line, Point]]) -> Sum:
    return Sum(
        name=name,
        recommendations=len({line.answer.number for line, _point in pairs}),
        points=len(pairs),
        answered=sum(point.published is not None for _line, point in pairs),
        decisions={kind: sum(point.decision == kind for _line, point in pairs) for kind in Decision},
        done=sum(
            bool(point.published and point.item.progress and point.item.progress.tone == "ok") for _line, point in pairs
        ),
    )
