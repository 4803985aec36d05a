"""What is open, and the sentence that says when it will be."""

import datetime as dt

import pytest

from convention.programme import rules
from convention.programme.models import Activity, Phase
from tests.programme.people import paris


def phase(opens: str, closes: str, *activities: Activity, name: str = "Écrire") -> Phase:
    return Phase(
        name=name, opens_at=paris(opens), closes_at=paris(closes), activities=[one.value for one in activities]
    )


WRITE = phase("2027-03-12 09:00", "2027-03-20 12:00", Activity.PROPOSE, Activity.EDIT)
AGAIN = phase("2027-04-01 09:30", "2027-04-02 12:00", Activity.PROPOSE)


def plain(words: str | None) -> str | None:
    return words.replace("\u00a0", " ") if words else words


@pytest.mark.parametrize(
    ("phases", "at", "sentence"),
    [
        ([], "2027-03-01 09:00", "Le dépôt des propositions n’est pas encore inscrit au calendrier."),
        ([WRITE], "2027-03-01 09:00", "Le dépôt des propositions ouvre le 12 mars à 9 h."),
        ([WRITE], "2026-12-31 09:00", "Le dépôt des propositions ouvre le 12 mars 2027 à 9 h."),
        ([WRITE], "2027-03-12 08:59", "Le dépôt des propositions ouvre le 12 mars à 9 h."),
        ([WRITE], "2027-03-12 09:00", None),
        ([WRITE], "2027-03-20 11:59", None),
        ([WRITE], "2027-03-20 12:00", "Le dépôt des propositions est clos depuis le 20 mars à 12 h."),
        ([AGAIN, WRITE], "2027-03-25 12:00", "Le dépôt des propositions ouvre le 1er avril à 9 h 30."),
        ([AGAIN, WRITE], "2027-05-25 12:00", "Le dépôt des propositions est clos depuis le 2 avril à 12 h."),
    ],
)
def test_the_sentence_is_exact(phases: list[Phase], at: str, sentence: str | None) -> None:
    assert plain(rules.why_not_open(phases, Activity.PROPOSE, paris(at))) == sentence


@pytest.mark.parametrize("activity", list(Activity))
def test_each_activity_has_its_three_sentences(activity: Activity) -> None:
    one = phase("2027-03-12 09:00", "2027-03-12 18:00", activity)
    before, after = paris("2027-03-12 08:00"), paris("2027-03-12 18:00")
    assert "ouvre le 12 mars" in str(rules.why_not_open([one], activity, before))
    assert "depuis le 12 mars à 18" in str(rules.why_not_open([one], activity, after))
    assert "calendrier" in str(rules.why_not_open([], activity, after))
    assert rules.why_not_open([one], activity, paris("2027-03-12 12:00")) is None


def test_steps_say_what_is_done_under_way_and_to_come() -> None:
    steps = rules.steps([WRITE, AGAIN], paris("2027-03-15 09:00"))
    assert [(step.state, step.when) for step in steps] == [
        ("now", "du 12 mars au 20 mars"),
        ("todo", "du 1er avril au 2 avril"),
    ]
    assert [step.state for step in rules.steps([WRITE, AGAIN], paris("2027-03-25 09:00"))] == ["done", "todo"]


def test_a_phase_that_shuts_at_midnight_ends_the_day_before() -> None:
    assert (
        rules.between(paris("2027-03-12 00:00"), paris("2027-03-13 00:00"), paris("2027-03-01 00:00")) == "le 12 mars"
    )


def test_the_hour_is_that_of_paris_on_both_sides_of_the_change() -> None:
    # The clocks change on 28 March 2027.
    one = phase("2027-03-27 09:00", "2027-03-29 09:00", Activity.VOTE)
    assert one.opens_at.astimezone(dt.UTC).hour == 8
    assert one.closes_at.astimezone(dt.UTC).hour == 7
    assert "9\u00a0h." in str(rules.why_not_open([one], Activity.VOTE, paris("2027-03-30 09:00")))
