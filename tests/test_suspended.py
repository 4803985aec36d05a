"""Suspended by the moderation, at every door of the demo: she reads, votes, contests; she writes nothing.

The forms are those that she was shown before: a page born tomorrow is covered if a link leads to it.
"""

import datetime as dt
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from convention.kit import clock
from convention.moderation.models import Decision, Suspension
from convention.people.models import Person, RoleKind
from convention.proposals.models import Asked, Author, Invitation, Proposal, State
from tests.hostile.conftest import STARTS, Place, door_of, walk
from tests.test_strangers import place, rows  # noqa: F401 - a fixture
from tests.world import Browser, filled

# What a suspension leaves in her hands, and why.
LEFT = {
    "portal.choose_display": "reading",
    "people.leave": "her account",
    "people.choose_reach": "her account",
    "people.choose_password": "her account",
    "people.close_device": "her account",
    "people.close_devices": "her account",
    "people.erase_me": "her account",
    "care.fill": "what she needs in order to come",
    "care.erase": "what she needs in order to come",
    "voting.cast": "the vote is a right, not a favour",
    "responses.rate": "a mark is a ballot",
    "moderation.flag": "a right of everyone",
    "moderation.appeal": "the way to contest",
    "drafts.save": "read by nobody else",
    "drafts.take_back": "read by nobody else",
    "drafts.erase": "read by nobody else",
    "proposals.keep": "read by nobody else",
    "proposals.lay_down": "a draft, and a text that is not held by who cannot write it",
    "proposals.withdraw": "one takes one's own words back",
    "proposals.answer": "one says no to an invitation; yes is refused, below",
    "proposals.leave": "one takes one's own name back",
    "proposals.give_back": "a text is not held by who cannot write it",
    "amendments.withdraw": "one takes one's own words back",
    "discussion.withdraw": "one takes one's own words back",
    "reservations.leave": "one takes one's own name back",
    "responses.withdraw_comment": "one takes one's own words back",
}


def forms(browsers: list[tuple[Browser, list[str]]]) -> dict[str, list[tuple[Browser, str, dict[str, Any]]]]:
    """{door: what is sent there}, from every page that they reach."""
    found: dict[str, list[tuple[Browser, str, dict[str, Any]]]] = {}
    for browser, starts in browsers:
        for seen in walk(browser, starts, each=1):
            for form in [] if seen.html is None else seen.html.xpath("//form[@method='post']"):
                # A button that says why not sends nothing.
                sent = form.xpath(".//button[@type='submit']")
                for action in {one.get("formaction") or form.get("action") for one in sent}:
                    door = door_of(urlsplit(action).path)
                    assert door is not None, action
                    found.setdefault(door.name, []).append((browser, action, written(form)))
    return found


def written(form: Any) -> dict[str, Any]:
    """The form as it is on the screen, with a choice made and words in every large field."""
    values = {one.get("name"): one.get("value") for one in reversed(form.xpath(".//input[@type='radio']"))}
    values |= {one.get("name"): one.get("value", "") for one in form.xpath(".//button[@name]")[:1]}
    values |= {name: value for name, value in filled(form).items() if value or name not in values}
    return values | {one.get("name"): f"{one.text or ''} Une phrase de plus." for one in form.xpath(".//textarea")}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_suspended_person_writes_at_no_door(place: Place) -> None:  # noqa: F811
    # Given members who write, and an expert
    with place.database.reading() as db:
        authors = db.exec(
            select(Person, Proposal.number)
            .join(Author, Author.person_id == Person.id)
            .join(Proposal, Proposal.id == Author.proposal_id)
            .where(Proposal.state == State.SUBMITTED)
            .order_by(Proposal.number.desc())
        ).all()
        invited = db.exec(
            select(Person, Proposal.number)
            .join(Invitation, Invitation.person_id == Person.id)
            .join(Proposal, Proposal.id == Invitation.proposal_id)
            .where(Invitation.kind == Asked.INVITED)
        ).all()
    browsers = [(place.browser(kind), STARTS[kind]) for kind in (RoleKind.MEMBER, RoleKind.EXPERT)]
    for person, number in [*authors[:1], *invited]:
        pages = [
            f"/propositions/{number}{tail}" for tail in ("", "/modifier", "/auteurs", "/texte-simple", "/relecture")
        ]
        browsers.append((place.browser_of(person), [*pages, "/amendements", f"/propositions/partager?de={number}"]))
    before = forms(browsers)
    refused = before.keys() - LEFT.keys()
    assert len(refused) >= 12, sorted(refused)

    # When all of them are suspended
    at = clock.now()
    with place.database.writing() as db:
        decision = db.exec(select(Decision)).first()
        for number, person in enumerate(db.exec(select(Person)).all(), start=100):
            one = Decision(**{**decision.model_dump(exclude={"id"}), "number": number})
            db.add(one)
            db.flush()
            db.add(
                Suspension(
                    decision_id=one.id,
                    convention_id=place.convention.id,
                    person_id=person.id,
                    until=at + dt.timedelta(days=9),
                )
            )

    # Then they are shown nothing to write with
    assert forms(browsers).keys() <= LEFT.keys()

    # And she who was invited to write may say no, not yes
    for browser, action, _values in before["proposals.answer"]:
        assert browser.post(action, {"reponse": "oui"}).has("Vous ne pouvez pas écrire avant le")

    # And what was on their screens is refused, with the reason and what they may do; nothing of it is written
    was, told, wrong = rows(place.database), set(), []
    for name in sorted(refused):
        for browser, action, values in before[name][:3]:
            answer = browser.client.post(action, data=values)
            page = unescape(answer.text)
            if answer.status_code == 403 and "Vous ne pouvez pas écrire avant le" in page:
                assert "Vous pouvez toujours voter" in page
                told.add(name)
            elif answer.status_code != 422:
                wrong.append(f"{name} {action}: {answer.status_code} {page[-3000:]}")
    assert not wrong, "\n".join(wrong)
    now = rows(place.database)
    assert not {table for table in was if was[table] != now[table]}
    # A form that is not complete is said to be so first.
    assert len(told) >= 12, refused - told
