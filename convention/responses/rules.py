import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from rapidfuzz import fuzz

from convention.kit import clock
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import date, days
from convention.moderation import rules as moderation
from convention.moderation.models import Suspension
from convention.responses.models import Act, Answer, Contest, Decision, Item, Progress, Reason, State, Step

LEAST_REFUSAL = 200  # characters owed to those whose text is refused (PROCESS, E3)
LEAST_ANSWER = 30
LEAST_ADDS = 20
ALIKE = 90  # of 100: the same sentences, but for a name or a number
ALIKE_MOST = 5
MOST_ITEMS = 20

RATED_AFTER = dt.timedelta(days=30)
RATED_FOR = dt.timedelta(days=30)

SILENT_AFTER = dt.timedelta(days=90)
REMINDERS = (-30, -7, -1, 1, 15, 30, 60)  # days from the promised date
REVIEWS = (6, 12)  # months after it

# Decisions after which citizens expect news of the work.
PROMISES = (Decision.ACCEPTED, Decision.PARTLY, Decision.UNDER_WAY, Decision.STUDIED)


class Sheet(Protocol):
    """What an answer says, in an item, in a form or in a line of a spreadsheet."""

    @property
    def decision(self) -> Decision | None: ...
    @property
    def reason(self) -> Reason | None: ...
    @property
    def text(self) -> str: ...
    @property
    def adds(self) -> str: ...
    @property
    def deadline(self) -> dt.date | None: ...
    @property
    def evidence(self) -> str: ...
    @property
    def addressee(self) -> str: ...


# -- what an answer must say ---------------------------------------------------------------------------------------


def missing(sheet: Sheet, today: dt.date) -> dict[str, str]:
    """{field: what is still to be written before the check is asked}."""
    said: dict[str, str] = {}
    if sheet.decision is None:
        said["decision"] = _("Choisissez la décision.")
    if sheet.decision == Decision.REFUSED and sheet.reason is None:
        said["reason"] = _("Choisissez le motif : un refus en a toujours un.")
    if problem := _too_short(sheet):
        said["text"] = problem
    if sheet.decision == Decision.UNDER_WAY:
        if not sheet.evidence:
            said["evidence"] = _("Donnez la preuve : la délibération, le marché ou la page qui le montre.")
        if len(sheet.adds) < LEAST_ADDS:
            said["adds"] = _("Dites en une phrase ce que la convention ajoute à ce qui est déjà engagé.")
    if sheet.decision == Decision.STUDIED:
        if sheet.deadline is None:
            said["deadline"] = _("Donnez la date à laquelle la décision sera connue.")
        elif sheet.deadline <= today:
            said["deadline"] = _("Donnez une date à venir : celle à laquelle la décision sera connue.")
    if sheet.decision == Decision.OUTSIDE and not sheet.addressee:
        said["addressee"] = _("Écrivez à qui la recommandation est transmise.")
    return said


def _too_short(sheet: Sheet) -> str | None:
    length = len(" ".join(sheet.text.split()))
    if sheet.decision == Decision.REFUSED and length < LEAST_REFUSAL:
        left = LEAST_REFUSAL - length
        return ngettext(
            "Expliquez ce refus en {least} caractères au moins : il en manque {n}. Dites ce que vous ferez à la place.",
            "Expliquez ce refus en {least} caractères au moins : il en manque {n}. Dites ce que vous ferez à la place.",
            left,
        ).format(least=LEAST_REFUSAL, n=left)
    if length < LEAST_ANSWER:
        return _("Répondez aux membres en une phrase au moins ({n} caractères).").format(n=LEAST_ANSWER)
    return None


def alike(text: str, others: Iterable[str]) -> int:
    """How many of these answers say the same, give or take a name or a number."""
    words = _plain(text)
    if len(words) < LEAST_ANSWER:
        return 0
    return sum(fuzz.ratio(words, _plain(other), score_cutoff=ALIKE) > 0 for other in others if other)


def _plain(text: str) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in text.casefold()).split())


def warning_alike(text: str, others: Iterable[str]) -> str | None:
    """The same words pasted on more than five items are noticed."""
    same = alike(text, others)
    if same + 1 <= ALIKE_MOST:
        return None
    return _("Cette réponse ressemble à {n} autres.").format(n=same)


def pasted(texts: Mapping[UUID, str]) -> list[list[UUID]]:
    """The items that give the same answer word for word, when they are more than five: a column is soon copied down."""
    same: dict[str, list[UUID]] = {}
    for id, text in texts.items():
        same.setdefault(_plain(text), []).append(id)
    return [found for words, found in same.items() if len(words) >= LEAST_ANSWER and len(found) > ALIKE_MOST]


# -- who may do what to a sheet ------------------------------------------------------------------------------------


def sees(item: Item, department_id: UUID | None) -> bool:
    """An official attached to a department sees its items; one who is attached to none sees them all."""
    return department_id is None or item.department_id == department_id


def why_not_arrange(department_id: UUID | None) -> str | None:
    """Departments, and who answers for which, are arranged by those who see everything."""
    if department_id is not None:
        return _("Les directions se règlent par les agents qui voient tout : demandez-leur.")
    return None


def why_not_attach(person_id: UUID, officials: Iterable[UUID], attached: Collection[UUID]) -> str | None:
    """Of those who see everything, one stays: attached, the last could no longer undo it, nor anybody for her."""
    if all(one == person_id or one in attached for one in officials):
        return _("Gardez au moins un agent qui voit tout : sans lui, plus personne ne répartit les points.")
    return None


def why_not_name(name: str, others: Iterable[str]) -> str | None:
    if name.casefold() in {other.casefold() for other in others}:
        return _("Cette direction est déjà dans la liste.")
    return None


def why_not_rename(name: str, others: Iterable[str]) -> str | None:
    """`others`: the names of the other departments, for the same one may change its capitals."""
    return _("Une autre direction porte déjà ce nom.") if why_not_name(name, others) else None


def why_not_split(answer: Answer, items: Sequence[Item]) -> str | None:
    if answer.rating_opens_at is not None:
        return _("Tous les points ont une réponse publiée : le découpage ne change plus.")
    if len(items) >= MOST_ITEMS:
        return _("Une recommandation se découpe en {n} points au plus.").format(n=MOST_ITEMS)
    return None


def why_not_remove(item: Item, items: Sequence[Item]) -> str | None:
    if len(items) <= 1:
        return _("C’est le seul point de cette recommandation : elle doit garder une réponse.")
    if item.answered_at is not None or item.state not in (State.EMPTY, State.DRAFT):
        return _("Ce point est déjà au visa ou publié : il ne se retire plus.")
    return None


def why_not_write(item: Item) -> str | None:
    if item.state == State.PUBLISHED:
        return _(
            "Cette réponse est publiée. Reprenez-la d’abord : la version publiée reste lisible jusqu’à la suivante."
        )
    return None


def why_not_ask_check(item: Item, today: dt.date) -> str | None:
    if item.state not in (State.EMPTY, State.DRAFT):
        return _("Cette réponse a déjà quitté la rédaction.")
    return next(iter(missing(item, today).values()), None) or why_not_assigned(item)


def unassigned(item: Item) -> dict[str, str]:
    """{field: who is still to be named before the check is asked}."""
    said: dict[str, str] = {}
    if item.department_id is None:
        said["department"] = _("Attribuez d’abord ce point à une direction.")
    if not item.referent:
        said["referent"] = _("Nommez d’abord l’élu·e référent·e : c’est son accord qui sera publié.")
    return said


def why_not_assigned(item: Item) -> str | None:
    return next(iter(unassigned(item).values()), None)


def writers(steps: Sequence[Step]) -> set[UUID]:
    """Who wrote what is on the sheet, since it was last published; its history is given oldest first."""
    found: set[UUID] = set()
    for step in steps:
        if step.act in (Act.WRITTEN, Act.IMPORTED) and step.by is not None:
            found.add(step.by)
        if step.act == Act.PUBLISHED:
            found.clear()
    return found


def checker(steps: Sequence[Step]) -> UUID | None:
    """Who gave the last legal check."""
    return next((step.by for step in reversed(steps) if step.act == Act.CHECKED), None)


def why_not_check(item: Item, steps: Sequence[Step], person_id: UUID) -> str | None:
    """Nobody checks what she wrote: an answer is read by two people before the elected one agrees."""
    if item.state == State.CHECKING:
        if person_id in writers(steps):
            return _("Vous avez écrit cette réponse : son visa est donné par quelqu’un d’autre.")
        return None
    if item.state in (State.EMPTY, State.DRAFT):
        return _("Le visa n’est pas encore demandé pour cette réponse.")
    return _("Le visa a déjà été donné.")


def why_not_sign(item: Item, steps: Sequence[Step], person_id: UUID) -> str | None:
    if item.state == State.CHECKED:
        if person_id == checker(steps):
            return _("Vous avez donné le visa : l’accord est enregistré par quelqu’un d’autre.")
        return why_not_assigned(item)
    if item.state in (State.SIGNED, State.PUBLISHED):
        return _("L’accord a déjà été donné.")
    return _("L’accord se donne après le visa juridique.")


def why_not_return(item: Item) -> str | None:
    if item.state in (State.CHECKING, State.CHECKED, State.SIGNED):
        return None
    return _("Cette réponse n’est pas au visa : il n’y a rien à renvoyer.")


def why_not_publish(item: Item, today: dt.date) -> str | None:
    if item.state == State.PUBLISHED:
        return _("Cette réponse est déjà publiée.")
    if item.state != State.SIGNED:
        return _("Une réponse se publie après le visa juridique et l’accord de l’élu·e référent·e.")
    return next(iter(missing(item, today).values()), None) or why_not_assigned(item)


def why_not_reopen(item: Item) -> str | None:
    return None if item.state == State.PUBLISHED else _("Cette réponse n’est pas publiée : corrigez-la directement.")


def why_not_follow(item: Item) -> str | None:
    return None if item.answered_at else _("Le suivi commence quand la réponse est publiée.")


def why_not_transmit(item: Item) -> str | None:
    if item.answered_at is None or item.decision != Decision.OUTSIDE:
        return _("Seule une réponse publiée « hors compétence » est transmise.")
    return None


def wrong_in_transmission(
    sent_on: dt.date | None, reply: str, replied_on: dt.date | None, today: dt.date
) -> dict[str, str]:
    """{field: what is still to be written before this is published}: a reply has a day, words and a sending."""
    said: dict[str, str] = {}
    past = _("Écrivez une date passée : celle où c’est arrivé.")
    if sent_on is None and (reply or replied_on):
        said["sent_on"] = _("Écrivez la date à laquelle la recommandation a été envoyée.")
    elif sent_on and sent_on > today:
        said["sent_on"] = past
    elif sent_on and replied_on and replied_on < sent_on:
        said["sent_on"] = _("La réponse ne peut pas être arrivée avant l’envoi.")
    if reply and replied_on is None:
        said["replied_on"] = _("Écrivez la date à laquelle cette réponse est arrivée.")
    elif replied_on and replied_on > today:
        said["replied_on"] = past
    if replied_on and not reply:
        said["reply"] = _("Écrivez ce que répond le destinataire, en une phrase au moins.")
    return said


def why_not_news(progress: Progress, happened_on: dt.date, text: str, today: dt.date) -> str | None:
    if happened_on > today:
        return _("Écrivez une date passée : celle où c’est arrivé.")
    if progress == Progress.ABANDONED and len(text) < LEAST_ANSWER:
        return _("Dites pourquoi c’est abandonné, en {n} caractères au moins.").format(n=LEAST_ANSWER)
    return None


# -- dates that were promised --------------------------------------------------------------------------------------


def overdue(due: dt.date | None, today: dt.date) -> int:
    """For how many days the answer has been late."""
    return max(0, (today - due).days) if due else 0


def waiting(due: dt.date | None, today: dt.date) -> str:
    """« réponse attendue depuis 23 jours », « réponse attendue avant le 15 octobre 2024 »."""
    if late := overdue(due, today):
        return _("réponse attendue depuis {days}").format(days=days(late))
    if due == today:
        return _("réponse attendue aujourd’hui")
    return _("réponse attendue avant le {day}").format(day=date(due)) if due else _("réponse attendue")


def last_news(item: Item) -> dt.date | None:
    """The last day on which something was said of this item."""
    if item.answered_at is None:
        return None
    known = (clock.local(item.answered_at).date(), item.news_on, item.replied_on, item.sent_on)
    return max(day for day in known if day is not None)


def silent_since(item: Item, decision: Decision | None, today: dt.date) -> dt.date | None:
    """Since when nothing was said of a work that was promised; None while the news is fresh, or no longer expected."""
    last = last_news(item)
    if last is None or today - last < SILENT_AFTER:
        return None
    if decision == Decision.OUTSIDE:
        return None if item.replied_on else last
    if decision not in PROMISES or (item.progress and item.progress.is_over):
        return None
    return last


def review_due(due: dt.date, months: int) -> dt.date:
    """The same day, so many months later (the last day of the month when it has none)."""
    year, month = divmod(due.month - 1 + months, 12)
    first = dt.date(due.year + year, month + 1, 1)
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(due.day, last.day))


def why_not_review(months: int, due: dt.date | None, held_on: dt.date, today: dt.date) -> str | None:
    if months not in REVIEWS or due is None:
        return _("La date promise n’est pas encore connue : les bilans se comptent à partir d’elle.")
    return not_yet() if held_on > today else None


def not_yet() -> str:
    return _("Écrivez une date passée : celle où le bilan s’est tenu.")


def reminders_due(due: dt.date, today: dt.date) -> int | None:
    """Which reminder is the one of the day: the last that has come, so that nobody receives three at once."""
    return max((step for step in REMINDERS if due + dt.timedelta(days=step) <= today), default=None)


# -- members judge -------------------------------------------------------------------------------------------------


def rating_opens(answer: Answer, items: Collection[Item], due: dt.date | None, at: dt.datetime) -> dt.datetime | None:
    """Thirty days after publication: of the last item, or of those there are when the promised date has passed.

    Otherwise a city could leave one item unanswered, and never be judged.
    """
    if answer.rating_opens_at is not None:
        return answer.rating_opens_at
    first = [item.answered_at for item in items if item.answered_at is not None]
    if first and len(first) == len(items):
        return max(first) + RATED_AFTER
    if not first or due is None:
        return None
    promised = clock.utc(due, dt.time(0, 0))
    return max(promised, *first) + RATED_AFTER if at >= promised else None


def rating_is_open(opens_at: dt.datetime | None, at: dt.datetime) -> bool:
    return opens_at is not None and opens_at <= at < opens_at + RATED_FOR


def rating_is_over(opens_at: dt.datetime | None, at: dt.datetime) -> bool:
    return opens_at is not None and at >= opens_at + RATED_FOR


def why_not_rate(opens_at: dt.datetime | None, at: dt.datetime, *, rated: bool = False) -> str | None:
    if opens_at is None:
        return _("Les notes s’ouvrent 30 jours après la publication de la réponse complète.")
    if at < opens_at:
        return _("Les notes s’ouvrent le {day}, 30 jours après la publication.").format(day=date(opens_at))
    if at >= opens_at + RATED_FOR:
        return _("Les notes sont closes depuis le {day}.").format(day=date(opens_at + RATED_FOR))
    if rated:
        return _(
            "Vous avez noté cette réponse. Une note ne se change pas : personne ne peut dire laquelle est la vôtre."
        )
    return None


def shown(marks: bytes, opens_at: dt.datetime | None, at: dt.datetime, least: int) -> bytes | None:
    """The marks that may be shown: all at once, when the rating is over, and only if there are `least` of them.

    While it lasts, who looks before and after somebody has rated would read her mark.
    """
    return marks if rating_is_over(opens_at, at) and len(marks) >= least else None


def why_not_comment(opens_at: dt.datetime | None, at: dt.datetime, suspension: Suspension | None) -> str | None:
    if opens_at is None or at < opens_at:
        return why_not_rate(opens_at, at)
    return moderation.why_not_write(suspension, at)


def why_not_contest(
    item: Item, contests: Collection[Contest], author_id: UUID, suspension: Suspension | None, at: dt.datetime
) -> str | None:
    if item.answered_at is None:
        return _("Ce point n’a pas encore de réponse : il n’y a rien à contester.")
    if any(contest.author_id == author_id for contest in contests if contest.item_id == item.id):
        return _("Vous avez déjà contesté cette réponse : elle est chez les agents et les garants.")
    return moderation.why_not_write(suspension, at)


def average(marks: bytes) -> float:
    return sum(marks) / len(marks)


def half(marks: bytes) -> int:
    """The mark that half of the voices do not pass."""
    return sorted(marks)[(len(marks) - 1) // 2]


def counts(marks: bytes) -> list[tuple[int, int]]:
    return [(mark, marks.count(mark)) for mark in range(11)]


def summary(decisions: Mapping[str, Decision | None]) -> Decision | None:
    """The one decision of all the items; None when some wait, or when they differ without any being accepted."""
    taken = set(decisions.values())
    if len(taken) == 1:
        return next(iter(taken))
    if None in taken:
        return None
    return Decision.PARTLY if taken & {Decision.ACCEPTED, Decision.PARTLY, Decision.UNDER_WAY} else None
