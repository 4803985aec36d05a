"""What is printed: ballots that are whole, sheets on which one counts."""

import io
from uuid import uuid4

import pytest
from pypdf import PdfReader

from convention.algorithms.decision import Method, Rule
from convention.kit import clock
from convention.paper import prints
from convention.paper.prints import Size
from convention.voting.models import Poll, PollQuestion
from tests.voting.polls import JUDGMENT
from tests.world import plain

LONG = (
    "Ouvrir dans chaque commune un guichet où une personne répond, sans rendez-vous, et le dire sur chaque courrier. "
)


def a_poll(rule: Rule, titles: list[str], text: str = "") -> tuple[Poll, list[PollQuestion]]:
    poll = Poll(convention_id=uuid4(), number=7, title="Les guichets", rule=rule.to_json(), prepared_at=clock.now())
    asked = [
        PollQuestion(poll_id=poll.id, position=n, subject_kind="x", subject_id=uuid4(), title=title, text=text)
        for n, title in enumerate(titles, start=1)
    ]
    return poll, asked


def pages(pdf: bytes) -> list[str]:
    return [plain(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def ballot(size: Size, rule: Rule, titles: list[str], text: str = "") -> list[str]:
    poll, asked = a_poll(rule, titles, text)
    return pages(prints.ballot(poll, asked, "Convention", size, poll.prepared_at))


def test_a_ballot_that_does_not_fit_on_half_a_sheet_takes_a_whole_one() -> None:
    # Given three texts with long titles, too much for half a sheet
    (whole,) = ballot(Size.HALF, JUDGMENT, ["Paragraphe 9.1, " + LONG] * 3, 3 * LONG)
    assert whole.count("Bulletin de vote") == 1
    assert whole.count("Sans avis") == 4, "nothing is cut off: three answers, and what an empty box counts as"
    assert "À couper" not in whole
    # Short ones are two on a sheet
    (halves,) = ballot(Size.HALF, JUDGMENT, ["Paragraphe 9.1"] * 3, "Un guichet.")
    assert halves.count("Bulletin de vote") == 2
    assert "À couper" in halves


def test_the_answers_to_one_text_stand_on_one_page() -> None:
    first, second = ballot(Size.LARGE, JUDGMENT, ["Paragraphe 9.1"], 8 * LONG)
    assert "Très bien" not in first
    assert all(answer in second for answer in ("Très bien", "Bien", "Passable", "Insuffisant", "À rejeter"))
    # And each sheet of several says which it is; a single one bears no number
    assert "Scrutin n° 7 · 1 / 2" in first and "Scrutin n° 7 · 2 / 2" in second
    (alone,) = ballot(Size.WHOLE, JUDGMENT, ["Paragraphe 9.1"], LONG)
    assert "1 / 1" not in alone


@pytest.mark.parametrize(
    ("method", "written"),
    [
        (Method.SCHULZE, "Un trait par bulletin qui la met en premier"),
        (Method.SCORE, "Ses notes, l’une après l’autre"),
        (Method.APPROVAL, "Un trait par voix"),
    ],
)
def test_a_counting_sheet_says_what_to_mark(method: Method, written: str) -> None:
    poll, asked = a_poll(Rule(method=method), ["Un jardin", "Un marché"])
    (page,) = pages(prints.counting_sheet(poll, asked, "Convention", poll.prepared_at))
    assert written in page
    assert "Bulletins blancs" in page


def test_each_counting_sheet_says_of_which_poll_it_is() -> None:
    poll, asked = a_poll(JUDGMENT, [f"Paragraphe 9.{n}" for n in range(1, 6)])
    found = pages(prints.counting_sheet(poll, asked, "Convention", poll.prepared_at))
    assert len(found) == 3
    assert all("Scrutin n° 7" in page for page in found)


def test_a_ballot_with_scores_says_what_no_score_counts_for() -> None:
    (page,) = ballot(Size.WHOLE, Rule(method=Method.SCORE), ["Un jardin", "Un marché"])
    assert "Une option sans note, ou avec plusieurs, ne reçoit aucun point." in page
