"""What awaits the person who has just come in: a vote, an answer, a decision. Each line is a link to where it is done.

As many queries whatever there is to do; none for those who have not signed in.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from convention.drafts import queries as drafts
from convention.guarantors import queries as guarantors
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.pages import quoting
from convention.kit.text import date, series
from convention.lineage import queries as lineage
from convention.lineage.models import Kind as Recast
from convention.moderation import queries as moderation
from convention.moderation import rules as deciding
from convention.moderation.models import Kind
from convention.people import queries as people
from convention.people.models import RoleKind
from convention.people.visits import Visit
from convention.proposals import queries as proposals
from convention.proposals.models import Asked
from convention.proposals.routes import NEW
from convention.recommendations import queries as recommendations
from convention.responses import queries as responses
from convention.responses import rules as answering
from convention.responses.models import State
from convention.voting import queries as voting
from convention.voting.models import Poll

TOLD_FOR = dt.timedelta(days=30)  # what others did with her words, or answered


class Task(NamedTuple):
    """One thing to do: what it is, where, and its icon."""

    text: str
    address: str
    icon: str


def of_account(visit: Visit) -> list[Task]:
    """The same, for the page where a member arrives the first time."""
    return of(visit, voting.open_polls(visit.db, visit.convention, visit.at))


def of(visit: Visit, open_polls: Sequence[Poll]) -> list[Task]:
    """What she may do now, by role; the most urgent first."""
    if visit.person is None:
        return []
    tasks: list[Task] = []
    if visit.is_a(RoleKind.MEMBER):
        tasks += _of_member(visit, open_polls)
    tasks += _of_moderated(visit)
    if visit.is_a(RoleKind.OFFICIAL):
        tasks += _of_official(visit)
    if visit.is_a(RoleKind.GUARANTOR):
        tasks += _of_guarantor(visit)
    if visit.is_a(RoleKind.FACILITATOR, RoleKind.ADMINISTRATOR, RoleKind.GUARANTOR):
        tasks += _watched(visit)
    if visit.is_a(RoleKind.FACILITATOR):
        tasks += _of_facilitator(visit)
    if visit.is_a(RoleKind.ADMINISTRATOR):
        tasks += _of_administrator(visit)
    return tasks


def _of_member(visit: Visit, open_polls: Sequence[Poll]) -> Iterator[Task]:
    for poll in voting.awaiting(visit.db, open_polls, visit.me.id):
        said: str = quoting(_("Voter : {title}"), title=poll.title)
        yield Task(said, visit.url("voting.show", number=poll.number), "vote")
    for proposal, asked in proposals.waiting_for(visit.db, visit.convention, visit.me):
        said = (
            _("Répondre à l’invitation à écrire la proposition {n}")
            if asked == Asked.INVITED
            else _("Répondre à qui veut écrire la proposition {n} avec vous")
        )
        yield Task(said.format(n=proposal.number), visit.url("proposals.authors", number=proposal.number), "user-plus")
    for number in proposals.to_rewrite(visit.db, visit.convention, visit.me):
        said = _("Réécrire la proposition {n}, que l’assemblée n’a pas gardée en entier")
        yield Task(said.format(n=number), visit.url("proposals.edit", number=number), "pencil-line")
    yield from _begun(visit)
    yield from _recast(visit)


def _recast(visit: Visit) -> Iterator[Task]:
    """Where her words went, for a month: also for who has no address to be written to."""
    for recast, wrote in lineage.told(visit.db, visit.convention, visit.me, visit.at - TOLD_FOR):
        address = visit.url("lineage.show", number=recast.recasting.number)
        if recast.recasting.undone_at is not None:
            said = _("Lire ce qui est annulé : {said}")
        elif wrote:
            said = _("Voir où sont allés vos mots, et dire non si besoin : {said}")
        else:
            said = _("Choisir si votre signature accompagne aussi le nouveau texte : {said}")
        yield Task(said.format(said=recast.said), address, "file-text")


def _begun(visit: Visit) -> Iterator[Task]:
    """A new proposal, a merge, a split: any other text that she has begun is found again on the page of its subject."""
    for draft in drafts.all_of(visit.db, visit.me, visit.convention):
        if draft.subject == NEW:
            yield Task(_("Finir la proposition commencée"), visit.url("proposals.write"), "file-pen")
        elif begun := lineage.begun_by(draft.subject):
            kind, numbers = begun
            if kind == Recast.MERGE:
                said = _("Finir de réunir les propositions {numbers}").format(numbers=series(map(str, numbers)))
                yield Task(said, visit.url("lineage.compose", query={"p": numbers}), "file-pen")
            else:
                said = _("Finir de partager la proposition {n}").format(n=numbers[0])
                yield Task(said, visit.url("lineage.split", number=numbers[0]), "file-pen")


def _of_moderated(visit: Visit) -> Iterator[Task]:
    """What moderation decided of her words or of herself, while she may contest it; then the answer, for a month.

    A mail says it too, to those who gave an address: a letter code is enough to come here.
    """
    several = moderation.decisions_about(visit.db, visit.convention, visit.me)
    last = {one.case.id: one.decision.id for one in reversed(several) if one.suspension is None}
    for one in several:
        where = visit.url("moderation.decision", decision=one.decision.id)
        if one.appeal is not None:
            if one.appeal.answered_at is not None and visit.at - one.appeal.answered_at < TOLD_FOR:
                said: str = quoting(_("Lire la réponse à votre recours : {title}"), title=one.case.title)
                yield Task(said, where, "scale")
        elif deciding.why_not_appeal(one.decision, None, visit.me, (visit.me.id,), visit.at):
            continue
        elif one.suspension is not None:
            if one.suspension.until > visit.at:
                said = _("Vous ne pouvez pas écrire jusqu’au {day} : lire pourquoi, contester")
                yield Task(said.format(day=date(one.suspension.until)), where, "scale")
        # What she has written again waits for somebody else; then only its former words stay hidden, by this decision.
        elif not one.case.rewritten and last[one.case.id] == one.decision.id:
            said = _("Masqué par la modération : {title}. Lire pourquoi, contester")
            if one.decision.kind == Kind.CHANGE_ASKED:
                said = _("À réécrire, masqué par la modération : {title}. Lire pourquoi, contester")
            yield Task(quoting(said, title=one.case.title), where, "eye-off")


def _of_official(visit: Visit) -> Iterator[Task]:
    attached = responses.attachment(visit.db, visit.convention, visit.me.id)
    department = attached.department_id if attached else None
    states = [one.state for one in responses.items(visit.db, visit.convention, department_id=department)]
    desk = visit.url("responses.desk")
    if n := states.count(State.EMPTY) + states.count(State.DRAFT):
        said = ngettext("Rédiger {n} réponse", "Rédiger {n} réponses", n)
        yield Task(said.format(n=n), desk, "pencil-line")
    if n := states.count(State.CHECKING):
        said = ngettext("{n} réponse attend le visa juridique", "{n} réponses attendent le visa juridique", n)
        yield Task(said.format(n=n), desk, "stamp")
    if n := states.count(State.CHECKED):
        said = ngettext("{n} réponse attend l’accord d’un·e élu·e", "{n} réponses attendent l’accord d’un·e élu·e", n)
        yield Task(said.format(n=n), desk, "stamp")
    if n := states.count(State.SIGNED):
        said = ngettext("Publier {n} réponse signée", "Publier {n} réponses signées", n)
        yield Task(said.format(n=n), desk, "shield-check")
    for number, point in _contested(visit, department):
        said = _("Répondre à une contestation : recommandation {n}, point {point}").format(n=number, point=point)
        where = visit.url("responses.edit", number=number, item=point) + "#contestations"
        yield Task(said, where, "messages-square")


def _contested(visit: Visit, department_id: UUID | None) -> list[tuple[int, int]]:
    """The points whose answer a member contests, until it is replied to: (recommendation, point), each once."""
    waiting = responses.unanswered_contests(visit.db, visit.convention)
    seen = [(answer.number, item.number) for _each, item, answer in waiting if answering.sees(item, department_id)]
    return list(dict.fromkeys(seen))


def _of_guarantor(visit: Visit) -> Iterator[Task]:
    for number, point in _contested(visit, None):
        said = _("Suivre une contestation : recommandation {n}, point {point}").format(n=number, point=point)
        yield Task(said, visit.url("responses.show", number=number) + "#contestations", "scale")


def _watched(visit: Visit) -> Iterator[Task]:
    """What facilitators and administrators decide, and guarantors watch."""
    cases, appeals = moderation.waiting(visit.db, visit.convention)
    alerts = guarantors.unanswered(visit.db, visit.convention)
    deciders = visit.is_a(RoleKind.FACILITATOR, RoleKind.ADMINISTRATOR)
    where = visit.url("moderation.desk" if deciders else "moderation.watch")
    if cases:
        said = ngettext("{n} signalement à regarder", "{n} signalements à regarder", cases)
        yield Task(said.format(n=cases), where, "flag")
    if appeals:
        said = ngettext("{n} recours sans réponse", "{n} recours sans réponse", appeals)
        yield Task(said.format(n=appeals), where, "scale")
    if alerts:
        said = ngettext(
            "{n} alerte des garants attend une réponse", "{n} alertes des garants attendent une réponse", alerts
        )
        yield Task(said.format(n=alerts), visit.url("guarantors.index"), "triangle-alert")


def _of_facilitator(visit: Visit) -> Iterator[Task]:
    planned = [
        poll
        for poll in voting.going_on(visit.db, visit.convention, announced_only=False)
        if poll.opened_at is None and poll.opens_at is None
    ]
    if n := len(planned):
        said = ngettext("{n} vote en préparation", "{n} votes en préparation", n)
        yield Task(said.format(n=n), visit.url("voting.desk"), "vote")
    for edition in recommendations.editions(visit.db, visit.convention, all=True):
        if edition.published_at is None and edition.withdrawn_at is None:
            said = _("Publier l’édition n° {n}, figée").format(n=edition.number)
            yield Task(said, visit.url("recommendations.desk") + "#editions", "book-open")


def _of_administrator(visit: Visit) -> Iterator[Task]:
    for edition in recommendations.editions(visit.db, visit.convention):
        stands = recommendations.closing_stands(visit.db, visit.convention, edition)
        if stands and edition.closing_asked_by != visit.me.id:
            said = _("Fermeture de l’édition n° {n} à confirmer").format(n=edition.number)
            yield Task(said, visit.url("recommendations.closing", number=edition.number), "eye-off")
    askers = [one.asked_by for one in people.requests(visit.db, visit.convention.id, visit.at)]
    askers += [one.asked_by for one in people.openings(visit.db, visit.convention.id, visit.at)]
    if n := sum(asker != visit.me.id for asker in askers):
        said = ngettext("{n} demande à confirmer à deux", "{n} demandes à confirmer à deux", n)
        yield Task(said.format(n=n), visit.url("people.register"), "users")
