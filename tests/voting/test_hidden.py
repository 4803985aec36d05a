"""A title that moderation hides after the vote: covered wherever the result tells it, and still recounted."""

import json

import pytest

from convention import verify
from convention.algorithms.decision import Method, NoOpinion, Rule, Tie
from convention.kit import clock
from convention.moderation.models import Case, Decision, Hidden, Kind, Reason
from convention.voting.models import Poll, Question
from tests.voting.polls import a_poll, close, question
from tests.voting.test_kit import broken, contents, kit_of
from tests.world import World

FOUNTAIN, LONGER, PARK = "Une fontaine", "Une fontaine à bulles", "Un parc"
COVER = "[Titre masqué par la modération] (1)"


def hide(world: World, asked: Question) -> None:
    """Claire hides this text with its title."""
    kind, id = asked.subject
    with world.writing() as db:
        case = Case(convention_id=world.convention.id, subject_kind=kind, subject_id=id, title="Texte", address="/")
        db.add(case)
        db.flush()
        decision = Decision(
            convention_id=world.convention.id,
            number=1,
            case_id=case.id,
            kind=Kind.HIDDEN,
            rule=Reason.OFF_TOPIC,
            decided_by=world.facilitator().id,
            decided_at=clock.now(),
        )
        db.add(decision)
        db.flush()
        here = {"convention_id": world.convention.id, "decision_id": decision.id, "titled": True}
        db.add(Hidden.model_validate({**here, "subject_kind": kind, "subject_id": id}))


def chosen(world: World, rule: Rule, answers: list[str]) -> tuple[Poll, Question]:
    asked = [question(title, "Ses mots.") for title in (FOUNTAIN, LONGER, PARK)]
    for n in range(len(answers)):
        world.member(f"Membre {n}")
    poll = a_poll(world, rule, questions=asked)
    for n, answer in enumerate(answers):
        page = world.browser(world.member(f"Membre {n}")).open(f"/scrutins/{poll.number}")
        chosen = {f"q{place}": one for place, one in enumerate(answer, start=1) if one != "."}
        page.press("Relire mon bulletin", **chosen).press("Déposer mon bulletin")
    close(world, poll)
    return poll, asked[0]


@pytest.mark.parametrize(
    ("method", "tie", "answers"),
    [
        (Method.IRV, Tie.ANNOUNCED, ["123", "132", "213", "321", "312"]),
        (Method.SCHULZE, Tie.ANNOUNCED, ["123", "132", "213"]),
        (Method.APPROVAL, Tie.DRAW, ["1..", ".1.", "..1"]),
    ],
)
def test_a_title_hidden_after_a_choice_is_covered_everywhere(
    world: World, method: Method, tie: Tie, answers: list[str]
) -> None:
    # Given a choice that is sealed, and its kit
    rule = Rule(method=method, tie=tie, no_opinion=NoOpinion.EXCLUDED)
    poll, asked = chosen(world, rule, answers)
    before = json.loads(contents(kit_of(world, poll))[verify.RESULT])
    assert FOUNTAIN in before["choice"]["count"]["counts"]

    # When one of its titles is hidden
    hide(world, asked)

    # Then nobody reads it any more: neither on a page, nor in a file; the other, longer one is not touched
    browser = world.browser()
    told = browser.client.get(f"/scrutins/{poll.number}/resultat.json").text
    pages = [browser.open(path).text for path in (f"/scrutins/{poll.number}", "/scrutins", "/")]
    files = contents(kit_of(world, poll))
    words = "\n".join([told, *pages, *(one.decode() for one in files.values())]).replace(LONGER, "")
    assert FOUNTAIN not in words
    assert COVER in told and COVER in pages[0] and LONGER in told and LONGER in pages[0]

    # And the numbers are the same, the kit holds, and says what was covered
    after = json.loads(told)
    assert after["masked"] == [1]
    counts = before["choice"]["count"]["counts"]
    assert after["choice"]["count"]["counts"] == {COVER if one == FOUNTAIN else one: n for one, n in counts.items()}
    kit = kit_of(world, poll)
    assert broken(kit) == []
    assert any("la modération a couvert des mots" in one.sentence for one in verify.verify(kit)[1])
