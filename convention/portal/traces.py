"""The trace of a text: all that happened to it, in order, each step a link, to walk both ways."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

from markupsafe import Markup

from convention.amendments import queries as amendments
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.pages import quoted
from convention.kit.text import moment, series
from convention.lineage import queries as lineage
from convention.lineage.models import Kind
from convention.people.visits import Visit
from convention.proposals import queries as proposals
from convention.proposals import rules
from convention.proposals.models import Proposal, State
from convention.recommendations import queries as recommendations
from convention.reservations import queries as reservations
from convention.reservations.models import ReviewKind
from convention.responses import queries as responses
from convention.voting import queries as voting


@dataclasses.dataclass(frozen=True)
class Step:
    """As `ui.trace` draws it."""

    at: dt.datetime
    title: str
    text: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @property
    def when(self) -> str:
        return moment(self.at)


def of(visit: Visit, proposal: Proposal) -> list[Step]:
    """From what it was made of to what the city answered, the oldest first: as many queries, whatever its length."""
    steps = [*_written(visit, proposal), *_recast(visit, proposal), *_amended(visit, proposal)]
    steps += [*_voted(visit, proposal), *_said_beside(visit, proposal), *_answered(visit, proposal)]
    return sorted(steps, key=lambda step: step.at)


def _written(visit: Visit, proposal: Proposal) -> Iterator[Step]:
    page = visit.url("proposals.show", number=proposal.number)
    behalf = rules.written_on_behalf(proposal, named=visit.person is not None)
    told = Markup(" · ").join(filter(None, (quoted(proposal.title), behalf)))
    yield Step(proposal.submitted_at, _("Proposition n° {n} déposée").format(n=proposal.number), told,
               ((page, _("La lire")),))  # fmt: skip
    for passage in proposals.passages(visit.db, proposal, removed=True):
        number = f"{proposal.number}.{passage.paragraph.number}"
        # Those it began with are told with it; one that came later is told when it came.
        later = passage.versions[0].written_at > proposal.submitted_at
        for version in passage.versions[0 if later else 1 :]:
            link = visit.url(
                "lineage.version", number=proposal.number, paragraph=passage.paragraph.number, version=version.number
            )
            who = _on_behalf(visit, proposal) if version.on_behalf else _("par un membre")
            said = (
                _("Paragraphe {number} réécrit, {who}")
                if version.number > 1
                else _("Paragraphe {number} ajouté, {who}")
            )
            title = said.format(number=number, who=who)
            words = _("Version {n}").format(n=version.number)
            yield Step(version.written_at, title, quoted(version.reason), ((link, words),))
        if passage.paragraph.removed_at is not None:
            link = visit.url(
                "lineage.version", number=proposal.number, paragraph=passage.paragraph.number,
                version=passage.version.number,
            )  # fmt: skip
            title = _("Paragraphe {number} enlevé").format(number=number)
            yield Step(passage.paragraph.removed_at, title, "", ((link, _("Le lire")),))
    plain = proposals.approved_plain_text(visit.db, proposal)
    if plain is not None and plain.approved_at is not None:
        link = visit.url("proposals.plain", number=proposal.number)
        yield Step(plain.approved_at, _("Texte simple approuvé"), "", ((link, _("Le lire")),))
    if proposal.state == State.WITHDRAWN and proposal.withdrawn_at is not None:
        yield Step(proposal.withdrawn_at, _("Proposition retirée"), quoted(proposal.withdrawn_reason))


def _on_behalf(visit: Visit, proposal: Proposal) -> str:
    whom = rules.written_for(proposal, named=visit.person is not None)
    return _("par l’animation, pour %(who)s") % {"who": whom} if whom else _("par l’animation, pour ses auteurs")


def _recast(visit: Visit, proposal: Proposal) -> Iterator[Step]:
    for recast in lineage.of_proposal(visit.db, proposal):
        one = recast.recasting
        others = [each for each in (*recast.sources, *recast.results) if each.id != proposal.id]
        links = (
            (visit.url("lineage.show", number=one.number), _("Où sont allés les mots")),
            *(
                (visit.url("portal.trace", number=each.number), _("Parcours de la {n}").format(n=each.number))
                for each in others
            ),
        )
        yield Step(one.done_at, recast.said, quoted(recast.reason), links)
        if one.undone_at is not None:
            title = _("Réunion annulée") if one.kind == Kind.MERGE else _("Partage annulé")
            yield Step(one.undone_at, title, quoted(recast.undone_reason), links[:1])


def _amended(visit: Visit, proposal: Proposal) -> Iterator[Step]:
    for one in amendments.of_proposal(visit.db, proposal):
        links = [(visit.url("amendments.show", number=one.number), _("Le lire"))]
        yield Step(one.submitted_at, _("Amendement n° {n} déposé").format(n=one.number), one.kind.label, tuple(links))
        if one.decided_at is not None:
            title = _("Amendement n° {n} : {state}").format(n=one.number, state=one.state.label.lower())
            by = _("par un vote") if one.poll_number and one.decided_by is None else ""
            by = _on_behalf(visit, proposal) if one.on_behalf else by
            if one.poll_number:
                result = _("Résultat du vote n° %(n)s") % {"n": one.poll_number}
                links.append((visit.url("voting.show", number=one.poll_number), result))
            yield Step(one.decided_at, title, by, tuple(links))


def _voted(visit: Visit, proposal: Proposal) -> Iterator[Step]:
    passages = proposals.passages(visit.db, proposal, removed=True)
    labels = {
        version.subject: f"{proposal.number}.{passage.paragraph.number}"
        for passage in passages
        for version in passage.versions
    }
    polls: dict[int, list[str]] = {}
    closed: dict[int, dt.datetime] = {}
    for subject, outcome in voting.outcomes(visit.db, labels).items():
        said = f"{labels[subject]} : {outcome.verdict.label.lower()}"
        polls.setdefault(outcome.number, []).append(said)
        closed[outcome.number] = outcome.closed_at
    for number, several in polls.items():
        link = (visit.url("voting.show", number=number), _("Le résultat"))
        yield Step(closed[number], _("Vote n° {n}").format(n=number), " ; ".join(sorted(several)), (link,))


def _said_beside(visit: Visit, proposal: Proposal) -> Iterator[Step]:
    for voice in reservations.of_proposal(visit.db, proposal):
        link = visit.url("reservations.index", number=proposal.number) + f"#reserve-{voice.reservation.number}"
        count = ngettext("{n} signataire", "{n} signataires", voice.signatories).format(n=voice.signatories)
        title = _("{kind} n° {n}").format(kind=voice.kind.label, n=voice.reservation.number)
        yield Step(voice.reservation.written_at, title, count, ((link, _("La lire")),))
    for remark in reservations.reviews(visit.db, proposal):
        one = remark.review
        anchor = f"#note-{one.id}" if one.kind == ReviewKind.EXPERT_NOTE else f"#relecture-{one.id}"
        links = ((visit.url("reservations.reviews", number=proposal.number) + anchor, _("La lire")),)
        by = "" if remark.mask else quoted(one.standing)
        yield Step(one.written_at, _("Relecture : {kind}").format(kind=one.kind.label.lower()), by, links)
        if one.answered_at is not None:
            yield Step(one.answered_at, _("Réponse à une relecture"), by, links)


def _answered(visit: Visit, proposal: Proposal) -> Iterator[Step]:
    answer = responses.answer(visit.db, visit.convention, proposal.number)
    edition = recommendations.latest(visit.db, visit.convention)
    if answer is None or edition is None or edition.published_at is None:
        return
    report = visit.url("recommendations.one", number=answer.edition, recommendation=proposal.number)
    yield Step(answer.handed_over_at, _("Recommandation n° {n} du rapport, remise à la collectivité").format(
        n=proposal.number), quoted(answer.title), ((report, _("La lire")),))  # fmt: skip
    given = responses.publications(visit.db, responses.items_of(visit.db, answer))
    dated = [one.published_at for several in given.values() for one in several]
    if dated:
        page = visit.url("responses.show", number=answer.number)
        several = series(sorted({one.decision.label for all in given.values() for one in all[:1]}))
        yield Step(max(dated), _("Réponse de la collectivité"), several, ((page, _("La lire")),))
