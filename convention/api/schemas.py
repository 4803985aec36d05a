"""What the API promises. A field may be added; none may change its meaning."""

import datetime as dt
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Schema(BaseModel):
    model_config = ConfigDict(frozen=True)


class Problem(Schema):
    """RFC 9457: what went wrong, for machines and for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Listed(Schema, Generic[T]):
    """A page of a list."""

    items: list[T]
    total: int = Field(description="How many there are in all")
    next: str | None = Field(description="The address of the next page, null on the last")


class Convention(Schema):
    title: str
    question: str
    city: str
    commissioner: str
    commitment: str
    answer_due: dt.date | None = Field(description="The day by which the commissioner promised its answers")
    seats: int
    fictional: bool = Field(description="True when texts, votes and people were made up for a demonstration")
    page: str
    licence: str = "Licence Ouverte 2.0"


class Theme(Schema):
    slug: str
    name: str
    summary: str
    page: str


class Sitting(Schema):
    number: int
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    access: str
    summary: str
    public: bool
    page: str


class Version(Schema):
    number: int
    text: str
    written_at: dt.datetime


class Paragraph(Schema):
    number: str = Field(description="« 9.2 »: the proposal's number, then the paragraph's")
    section: str = Field(description="measure or safeguard")
    state: str = Field(description="proposed, to_rewrite or kept")
    text: str = Field(description="The words in force")
    versions: list[Version] = Field(description="All of them, the oldest first")


class ProposalLine(Schema):
    number: int
    title: str
    theme: str = Field(description="The theme's slug")
    state: str = Field(description="submitted, to_rewrite, kept, withdrawn, merged or split")
    became: list[int] = Field(description="The numbers of the proposals that took its place; do not count both")
    submitted_at: dt.datetime
    changed_at: dt.datetime
    page: str


class Proposal(ProposalLine):
    constat: str
    objective: str
    concerned: str
    effects: str
    indicator: str
    competence: str
    competence_note: str
    deadline: str
    paragraphs: list[Paragraph]


class Count(Schema):
    value: str
    label: str
    count: int


class Answer(Schema):
    """What a sealed poll says of one question."""

    title: str
    text: str
    about: str = Field(description="Where the text that was voted is read")
    counts: list[Count] = Field(description="The most favourable first")
    cast: int
    present: int | None
    entitled: int
    no_opinion: int
    grade: int | None = Field(description="Of the middle voice, from 1, by majority judgment")
    outcome: str
    kept: bool
    sentence: str


class PollLine(Schema):
    number: int
    title: str
    state: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    rule_sha256: str
    page: str


class Poll(PollLine):
    rule: list[str] = Field(description="The rule, in sentences, frozen before the vote")
    answers: list[Answer] = Field(description="Empty until the result is sealed")


class File(Schema):
    name: str
    media_type: str
    address: str


class Edition(Schema):
    number: int
    title: str
    recommendations: int
    sha256: str
    frozen_at: dt.datetime
    published_at: dt.datetime
    withdrawn_at: dt.datetime | None
    withdrawn_because: str
    closed_at: dt.datetime | None = Field(description="Closed to the public: then there is no title and no file")
    closed_because: str
    page: str
    files: list[File]


class RecommendationLine(Schema):
    number: int
    id: str = Field(description="The same in every edition")
    title: str
    theme: str = Field(description="The theme's slug")
    competence: str
    edition: int
    page: str


class RecommendedParagraph(Schema):
    number: str = Field(description="« 9.2 »")
    section: str = Field(description="measure or safeguard")
    text: str


class Reservation(Schema):
    """A minority's own words; signatories are counted, and named only if they wish."""

    text: str
    about: str
    signatories: int
    named: list[str]


class Recommendation(RecommendationLine):
    finding: str
    objective: str
    concerned: str
    social_effects: str
    ecological_effects: str
    budget_effects: str
    indicator: str
    deadline: str
    paragraphs: list[RecommendedParagraph]
    reservations: list[Reservation]


class Point(Schema):
    """One decision of the commissioner. Everything but the title is empty or null until it is published."""

    number: int
    title: str
    paragraphs: list[str] = Field(description="Numbers of the paragraphs it answers")
    department: str
    referent: str = Field(description="The elected person who agreed")
    decision: str | None = Field(
        description="retenue, retenue-en-partie, deja-engagee, a-l-etude, hors-competence or non-retenue; null: awaited"
    )
    reason: str | None = Field(description="The code of why it is not accepted")
    text: str
    adds: str = Field(description="What the convention adds to what was already under way")
    deadline: dt.date | None
    days_late: int = Field(description="Since the announced deadline, the work not being over")
    budget: str
    evidence: str
    addressee: str = Field(description="Who it was passed on to, when the decision belongs to others")
    sent_on: dt.date | None
    reply: str = Field(description="What the addressee replied")
    replied_on: dt.date | None
    published_at: dt.datetime | None
    publication: int | None = Field(description="1 for the first, then one more for each correction")
    progress: str | None = Field(description="Where the work is")
    progress_on: dt.date | None
    silent_since: dt.date | None = Field(description="No news since then of a work that was promised")


class News(Schema):
    """A dated fact of the follow-up, with its evidence."""

    point: int
    progress: str
    happened_on: dt.date
    text: str
    evidence: str


class Mark(Schema):
    mark: int = Field(ge=0, le=10)
    members: int


class Contest(Schema):
    """A member does not accept the answer to a point; her name is not public."""

    point: int
    contested_on: dt.date
    text: str | None = Field(description="null when the moderation masks it")
    reply: str = Field(description="What the commissioner replied to her; empty until then")
    replied_on: dt.date | None


class ResponseLine(Schema):
    recommendation: int
    title: str
    theme: str = Field(description="The theme's slug")
    competence: str
    status: str = Field(description="A decision, « attendue » until all points are answered, or « plusieurs »")
    due: dt.date | None = Field(description="The day that was promised")
    days_late: int
    points: list[Point]
    page: str


class Response(ResponseLine):
    news: list[News] = Field(description="The last first")
    contests: int = Field(description="How many members contested a point")
    contested: list[Contest] = Field(description="What they said, the first first")
    marks: list[Mark] = Field(
        description="Empty until the rating is over, and for ever if fewer than five members rated: marks are secret"
    )


class Department(Schema):
    name: str
    recommendations: int
    points: int
    answered: int
    decisions: dict[str, int]
    done: int = Field(description="Points in service or finished")


class RemarkReply(Schema):
    text: str
    author: str
    answered_at: dt.datetime


class Remark(Schema):
    """What a guarantor published, and the organisers' answers. It never changes; a correction links to it."""

    number: int
    kind: str = Field(description="observation or alert")
    title: str
    text: str
    author: str
    published_at: dt.datetime
    corrects: int | None
    corrected_by: int | None
    answers: list[RemarkReply]
    page: str
