"""A vote as a drawing and as rows of figures: one stroke is one voice.

The geometry is made once, here, in units of one stroke and its gap; each file only scales and draws it. The same rows
feed the tables, so a chart and its figures are one thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.recommendations.files import text
from convention.recommendations.snapshot import Count, Vote

STROKES_UP_TO = 120  # above, one stroke a person can no longer be counted by eye: bars, on the same staircase
KEPT_FROM = 4  # the threshold of majority judgment: « Bien » or better is kept

GROUP = 5
GROUP_GAP = 0.5
STROKE = 0.5

GRADES = ("5", "4", "3", "2", "1")
CHOICES = ("yes", "no", "abstain", "blank")

# Ink of each choice on white paper: 5.2 against 1 or more, so that a stroke alone is seen.
INKS = {
    "5": "163E6C",
    "4": "3670A6",
    "3": "6E675C",
    "2": "A85407",
    "1": "86260F",
    "yes": "163E6C",
    "no": "86260F",
    "abstain": "6E675C",
    "blank": "6E675C",
}


@dataclass(frozen=True)
class Bar:
    """One row of a chart: a choice, its voices, and where they stand."""

    key: str
    digit: str  # « 5 » to « 1 » for a grade, empty for yes, no and abstention
    label: str
    voices: int
    count: str  # « 14 voix »
    share: str  # empty where the strokes can be counted
    ink: str
    strokes: tuple[float, ...]  # where each stroke stands, or nothing when the row is a continuous bar
    start: float
    end: float
    is_median: bool
    is_threshold: bool  # a thick rule above: from here down, the text goes back to rewriting


@dataclass(frozen=True)
class Chart:
    """The sorted voices of one vote."""

    bars: tuple[Bar, ...]
    width: float  # of all the rows together, in strokes
    continuous: bool
    middle: float | None  # where the dashed line of the middle voice stands
    finding: str  # what the drawing shows, in a sentence, for who does not see it


def chart(vote: Vote) -> Chart:
    """The chart of a vote. Grades run on from row to row; yes, no and abstention each start at the edge."""
    staircase = vote.method == "majority-judgment"
    # « Sans avis » counted as the worst grade by some rules: those voices enter the sum without a row of their own.
    voices = sum(count.voices for count in vote.counts)
    total = max(vote.expressed, voices) if staircase else max((count.voices for count in vote.counts), default=0)
    continuous = total > STROKES_UP_TO
    rank = middle_rank(vote)
    bars, first = [], 0
    for count in vote.counts:
        places = tuple(_place(voice, continuous) for voice in range(first, first + count.voices))
        bars.append(
            Bar(
                key=count.key,
                digit=count.key if staircase else "",
                label=count.label,
                voices=count.voices,
                count=voices_in_words(count.voices),
                share=text.percent(count.voices, total if staircase else voices) if continuous else "",
                ink=INKS.get(count.key, INKS["3"]),
                strokes=() if continuous else places,
                start=places[0] if places else _place(first, continuous),
                end=places[-1] + (1 if continuous else STROKE) if places else _place(first, continuous),
                is_median=staircase and rank is not None and str(vote.grade) == count.key,
                is_threshold=staircase and count.key == str(KEPT_FROM - 1),
            )
        )
        first = first + count.voices if staircase else 0
    middle = _place(rank - 1, continuous) + (STROKE if continuous else STROKE / 2) if rank else None
    width = _place(total - 1, continuous) + (1 if continuous else STROKE) if total else 0
    return Chart(tuple(bars), width, continuous, middle, finding(vote))


def _place(voice: int, continuous: bool) -> float:
    """Where a voice stands, the first being at zero: strokes go by five."""
    return float(voice) if continuous else voice + GROUP_GAP * (voice // GROUP)


def middle_rank(vote: Vote) -> int | None:
    """The rank of the middle voice, the most favourable being first; of an even number, the less favourable of two."""
    if vote.method != "majority-judgment" or not vote.expressed or vote.grade is None:
        return None
    return vote.expressed // 2 + 1


def voices_in_words(n: int) -> str:
    return ngettext("{n} voix", "{n} voix", n).format(n=text.number(n))


def finding(vote: Vote) -> str:
    """What the chart of a vote shows, in words."""
    counts = ", ".join(f"{count.label} : {text.number(count.voices)}" for count in vote.counts)
    if not sum(count.voices for count in vote.counts):
        return _("{subject} : aucune voix exprimée.").format(subject=vote.subject)
    rank = middle_rank(vote)
    if rank is None or vote.grade_label is None:
        return _("{subject}, voix par choix. {counts}.").format(subject=vote.subject, counts=counts)
    return _(
        "{subject}, voix rangées de la plus favorable à la moins favorable. {counts}. "
        "La voix du milieu, la {rank}, dit « {grade} »."
    ).format(subject=vote.subject, counts=counts, rank=text.ordinal(rank), grade=vote.grade_label)


def outcome(vote: Vote) -> str:
    """« Bien, gardé », in the convention's language."""
    words = vote.outcome_label
    return f"{vote.grade_label}, {words[:1].lower()}{words[1:]}" if vote.grade_label else words


def result(vote: Vote) -> str:
    """The outcome; an indicative vote says that it decides nothing."""
    return _("{result} (vote indicatif)").format(result=outcome(vote)) if vote.indicative else outcome(vote)


def turnout(vote: Vote) -> str:
    """« 38 voix exprimées pour 40 personnes appelées, le 20 janvier 2024. Sans avis : 0. »"""
    sentence = ngettext(
        "{expressed} voix exprimée pour {entitled} personnes appelées, {date}.",
        "{expressed} voix exprimées pour {entitled} personnes appelées, {date}.",
        vote.expressed,
    ).format(
        expressed=text.number(vote.expressed),
        entitled=text.number(vote.entitled),
        date=text.date_of(vote.closed_at),
    )
    if vote.method == "majority-judgment":
        sentence += " " + _("Sans avis : {n}.").format(n=text.number(vote.no_opinion))
    return sentence


def voices_of(vote: Vote, key: str) -> int | None:
    """How many voices a choice received; nothing when the vote did not offer it."""
    return next((count.voices for count in vote.counts if count.key == key), None)


def columns(votes: Sequence[Vote]) -> tuple[Count, ...]:
    """The choices that a table of these votes needs, each once, in the order in which they were offered."""
    seen: dict[str, Count] = {}
    for vote in votes:
        for count in vote.counts:
            seen.setdefault(count.key, count)
    order: Sequence[str] = GRADES + CHOICES
    return tuple(sorted(seen.values(), key=lambda count: order.index(count.key) if count.key in order else len(order)))


METHODS: tuple[Literal["majority-judgment", "yes-no"], ...] = ("majority-judgment", "yes-no")


def method_name(method: str) -> str:
    return _("Jugement majoritaire") if method == "majority-judgment" else _("Pour, contre, abstention")
