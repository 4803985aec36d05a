"""What a poll says of itself before its result: to whom it is shown, what waits, what its rule is."""

from typing import Any

from convention.algorithms import words
from convention.people.visits import Visit, found
from convention.voting import kits, queries, tokens
from convention.voting.models import Mode, Poll


def announced(visit: Visit) -> Poll:
    """The poll of this address. Those in preparation are seen by facilitators, on their own page."""
    poll = found(queries.of_number(visit.db, visit.convention, visit.path("number")))
    return found(poll if poll.rule else None)


def on_rule(visit: Visit, poll: Poll) -> dict[str, Any] | None:
    """What members said of this rule, if they were asked: the poll, and whether it was about the rule as it is now."""
    asked = queries.vote_on_rule(visit.db, poll)
    if asked is None:
        return None
    about, question = asked
    outcomes = queries.outcomes_of(visit.db, [about]).get(about.id, ())
    return {
        "poll": about,
        "state": about.state(visit.at),
        "outcome": outcomes[0] if outcomes else None,
        "same": poll.rule_sha256 in question.text,
    }


def notice(visit: Visit, poll: Poll) -> dict[str, Any]:
    return {
        "on_rule": on_rule(visit, poll),
        "poll": poll,
        "state": poll.state(visit.at),
        "questions": queries.shown(visit.db, poll),
        "president": queries.president(visit.db, poll),
        "sentences": words.rule_sentences(poll.the_rule),
        "why_not": "",
        "chosen": (),
        "public_key": kits.public_key(visit.settings.secret),
        "token_key": tokens.public_key(visit.settings.secret, poll.id) if poll.mode == Mode.BALLOTS else "",
    }
