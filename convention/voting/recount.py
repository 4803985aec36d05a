"""What anyone may recount: the files of a sealed poll."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from convention.algorithms.decision import Method
from convention.kit import spreadsheets
from convention.kit.i18n import SOURCE, speaking
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.voting import booth, choices, counts, kits, notices, queries, tracking
from convention.voting.models import Mode, Outcome, Poll, State


def _sealed(visit: Visit) -> tuple[Poll, Sequence[Outcome]]:
    poll = notices.announced(visit)
    if poll.state(visit.at) != State.SEALED:
        return found(None)
    return poll, queries.outcomes_of(visit.db, [poll])[poll.id]


def _asked(visit: Visit) -> tuple[Poll, Outcome]:
    """The question of `?question=`, the first if none is named. Voices counted in the room have no ballots."""
    poll, outcomes = _sealed(visit)
    wanted = visit.query("question") or "1"
    outcome = next((one for one in outcomes if str(one.position) == wanted and one.mode != Mode.TOTALS), None)
    return poll, found(outcome)


def ballots_csv(visit: Visit) -> Response:
    poll = notices.announced(visit)
    if poll.state(visit.at) == State.SEALED and choices.is_choice(poll.the_rule):
        return _file(_whole_ballots(visit, poll), f"scrutin-{poll.number}.csv", "text/csv; charset=utf-8")
    poll, outcome = _asked(visit)
    return _file(_ballots(outcome), f"scrutin-{poll.number}-question-{outcome.position}.csv", "text/csv; charset=utf-8")


def _whole_ballots(visit: Visit, poll: Poll) -> str:
    titles = [option.title for option in queries.shown(visit.db, poll)]
    return choices.csv_of(poll.the_rule, titles, queries.ballots(visit.db, poll, len(titles)))


def _ballots(outcome: Outcome) -> str:
    """One line for each ballot, the most favourable first: neither order of arrival nor ballots that hang together."""
    graded = outcome.method is Method.MAJORITY_JUDGMENT
    lines: list[tuple[str | int, ...]] = [("texte" if graded else "choix", "nombre")]
    for row in outcome.rows:
        lines += [(row.label if graded else row.value, 1)] * row.count
    lines += [("", 1)] * (outcome.no_opinion if graded else 0)
    return _csv(lines)


def kit(visit: Visit) -> Response:
    """All that recounting needs, signed by the server: the same octets for everyone, whenever asked."""
    with speaking(SOURCE):  # one archive for all: a kit does not change with its reader's language
        poll, said = _sealed(visit)
        result = found(queries.result(visit.db, poll))
        ballots = {one.position: _ballots(one) for one in said} if poll.mode != Mode.TOTALS else {}
        choice = queries.choices_of(visit.db, [poll]).get(poll.id)
        if choice is not None:
            ballots = {1: _whole_ballots(visit, poll)}
        archive = kits.kit(
            visit.settings.secret,
            poll,
            convention=visit.convention.title,
            outcomes=said,
            choice=choice,
            ballots=ballots,
            result=queries.published(visit.db, poll, result),
            result_sha256=result.sha256,
            receipts=queries.receipts(visit.db, poll) if poll.mode == Mode.BALLOTS else (),
            tracked=queries.tracked_file(visit.db, poll) if poll.the_rule.tracked else None,
        )
    headers = {
        "content-disposition": f'attachment; filename="scrutin-{poll.number}.zip"',
        "cache-control": "private, no-cache",
    }
    return Response(archive, media_type="application/zip", headers=headers)


def public_key(visit: Visit) -> Response:
    """What checks the signatures of kits and receipts, to be noted down before the vote."""
    return _file(kits.public_key(visit.settings.secret), "cle-publique.txt", "text/plain")


def ballots_json(visit: Visit) -> Response:
    """The same, as `convention tally` reads it, with the rule beside."""
    poll, outcome = _asked(visit)
    graded = outcome.method is Method.MAJORITY_JUDGMENT
    ballots: list[dict[str, Any]] = [
        {"count": row.count, "choice": {"texte": row.label} if graded else row.value}
        for row in outcome.rows
        if row.count
    ]
    if graded and outcome.no_opinion:
        ballots.append({"count": outcome.no_opinion, "choice": {}})
    written: dict[str, Any] = {
        "options": ["texte"] if graded else [row.value for row in outcome.rows],
        "present": outcome.present,
        "entitled": outcome.entitled,
        "ballots": ballots,
    }
    if graded:
        written["grades"] = list(outcome.rule.grades)
    text = json.dumps(written, ensure_ascii=False, indent=1)
    return _file(text, f"scrutin-{poll.number}-question-{outcome.position}.json", "application/json")


def rule_json(visit: Visit) -> Response:
    """The rule in its canonical writing: its SHA-256 is the one announced before the vote."""
    poll = notices.announced(visit)
    return _file(poll.the_rule.to_json(), f"scrutin-{poll.number}-regle.json", "application/json")


def result_json(visit: Visit) -> Response:
    """The result in its canonical writing: its SHA-256 is the one on the page and in the journal.

    Where moderation hides words, they are covered; guarantors read the original, and check its fingerprint.
    """
    poll, _outcomes = _sealed(visit)
    result = found(queries.result(visit.db, poll))
    written = result.content if visit.is_a(RoleKind.GUARANTOR) else queries.published(visit.db, poll, result)
    return _file(written, f"scrutin-{poll.number}-resultat.json", "application/json")


def receipts(visit: Visit) -> Response:
    poll, _outcomes = _sealed(visit)
    return _file("\n".join(queries.receipts(visit.db, poll)), f"scrutin-{poll.number}-recus.txt", "text/plain")


def _tracked(visit: Visit) -> Poll:
    poll, _outcomes = _sealed(visit)
    return poll if poll.the_rule.tracked else found(None)


def tracked(visit: Visit) -> Response:
    """Each ballot, whole, under the code that its voter alone knows. All of them: nobody asks for hers."""
    poll = _tracked(visit)
    number, lines = tracking.shown(*queries.tracked(visit.db, poll))
    questions = queries.shown(visit.db, poll)
    return visit.page("voting/tracked.html", poll=poll, questions=questions, number=number, lines=lines)


def tracked_csv(visit: Visit) -> Response:
    poll = _tracked(visit)
    text = queries.tracked_file(visit.db, poll)
    return _file(text, f"scrutin-{poll.number}-suivi.csv", "text/csv; charset=utf-8")


def voters(visit: Visit) -> Response:
    """Who voted, by name: for the guarantor, after the end, and apart from the ballots."""
    poll, _outcomes = _sealed(visit)
    lines = [("nom",), *((name,) for name in queries.voters(visit.db, poll))]
    return booth.unkept(_file(_csv(lines), f"scrutin-{poll.number}-emargement.csv", "text/csv; charset=utf-8"))


def call_csv(visit: Visit) -> Response:
    """Who voted what in an open roll call, as the result page shows it."""
    poll, outcomes = _sealed(visit)
    if poll.mode != Mode.NAMED:
        return found(None)
    lines: list[Sequence[str]] = [("nom", *(outcome.title for outcome in outcomes))]
    for person, said in queries.named(visit.db, poll):
        lines.append((person.name, *(counts.label(poll.the_rule, answer) for answer in said.answers)))
    return _file(_csv(lines), f"scrutin-{poll.number}-appel.csv", "text/csv; charset=utf-8")


def _csv(lines: Sequence[Sequence[str | int]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(
        # A name that begins like a formula stays a name in a spreadsheet.
        [spreadsheets.harmless(cell) if isinstance(cell, str) else cell for cell in line]
        for line in lines
    )
    return written.getvalue()


def _file(text: str, name: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-cache"}
    return Response(text, media_type=media_type, headers=headers)
