import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from convention.algorithms.decision import Rule
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.paper.models import DECIDED, FIRST, SECOND, Ballot, Pile
from convention.people.models import Person
from convention.voting import choices, counts
from convention.voting.models import Mode, Poll, State

MOST = 300  # ballots in a pile: beyond, one loses count


def why_not_print(poll: Poll, at: dt.datetime) -> str | None:
    """Why no ballot is printed: the rule and the words must be those that will be voted."""
    if poll.mode != Mode.BALLOTS:
        return _("Seul un vote secret par bulletins se fait aussi sur papier. Imprimez la feuille de comptage.")
    if not poll.rule:
        return _("Choisissez d’abord la règle de ce vote, et enregistrez-la.")
    if poll.state(at) not in (State.PLANNED, State.OPEN):
        return _("Ce vote est fermé : on n’imprime plus de bulletins.")
    return None


def why_not_key(poll: Poll, at: dt.datetime) -> str | None:
    """Why ballots on paper are not keyed now."""
    if not poll.awaits_paper:
        return _("Ce vote n’a pas de bulletins papier, ou ils sont déjà dans l’urne.")
    if poll.state(at) != State.CLOSED:
        # To open the paper box during the vote would show a count before the end.
        return _("On ouvre l’urne papier quand le vote est fermé, pas avant.")
    return None


def why_not_start(poll: Poll, pile: Pile | None, person: Person, at: dt.datetime) -> str | None:
    """Why this person does not key this pile; None as a pile is a new one."""
    if reason := why_not_key(poll, at):
        return reason
    if pile is None:
        return None
    if pile.of(person):
        return _("Vous avez saisi cette pile : la seconde saisie doit être faite par une autre personne.")
    if SECOND in pile.entries:
        return _("Deux personnes ont déjà saisi cette pile.")
    return None


def why_not_answer_so(rule: Rule, ballot: Ballot, questions: int) -> str | None:
    """Why this is no ballot of this poll. Left blank is an answer in a choice between options, nowhere else."""
    if len(ballot) != questions:
        return _("Ce bulletin n’a pas le bon nombre de réponses.")
    if choices.is_choice(rule):
        return choices.why_not(rule, ballot, blank=not any(ballot))
    offered = [value for value, _words, _meaning in counts.options(rule)]
    if any(answer not in offered for answer in ballot):
        return _("Choisissez une réponse pour chaque question. Illisible ou vide : la dernière ligne.")
    return None


def why_not_finish(keyed: int, counted: int | None) -> str | None:
    """Why a pile is not finished; `counted` is how many sheets were counted by hand."""
    if counted is None or counted < 1:
        return _("Comptez les feuilles de la pile à la main, et écrivez ce nombre.")
    if counted != keyed:
        return _("Vous avez saisi {keyed} et compté {counted} : l’un des deux est à revoir.").format(
            keyed=ngettext("{n} bulletin", "{n} bulletins", keyed).format(n=keyed),
            counted=ngettext("{n} feuille", "{n} feuilles", counted).format(n=counted),
        )
    return None


def why_not_decide(pile: Pile, person: Person, team: Collection[UUID], *, together: bool) -> str | None:
    """Why the differences of a pile are not decided by this person.

    A third look by one of the two is no third look: she would say again what she said, and be alone to say it. Only
    where the team has nobody else do the two look together, and say so.
    """
    if DECIDED in pile.entries:
        return _("Les écarts de cette pile sont déjà tranchés.")
    if not pile.to_decide:
        return _("Cette pile n’a pas d’écart à trancher.")
    if pile.of(person) and set(team) - set(pile.keyers):
        return _(
            "Vous avez saisi cette pile : c’est à une autre personne de l’animation de regarder le papier et de "
            "trancher. Si vous vous êtes trompé·e, détruisez votre saisie et recommencez-la."
        )
    if pile.of(person) and not together:
        return _(
            "Vous n’êtes que deux dans l’animation : regardez chaque papier avec l’autre personne, et cochez que vous "
            "l’avez fait."
        )
    return None


def why_not_put_in(piles: Sequence[Pile]) -> str | None:
    """Why the ballots on paper do not go into the box yet."""
    for pile in piles:
        if not pile.is_keyed:
            missing = SECOND not in pile.entries or FIRST not in pile.entries
            return (
                _("La pile {n} n’a été saisie que par une personne : il en faut une autre.")
                if missing
                else _("La saisie de la pile {n} n’est pas terminée.")
            ).format(n=pile.number)
        if pile.another_number:
            first, second = pile.both
            return _("Pile {n} : une saisie compte {first}, l’autre {second}. L’une des deux est à refaire.").format(
                n=pile.number,
                first=ngettext("{n} bulletin", "{n} bulletins", len(first)).format(n=len(first)),
                second=len(second),
            )
        if pile.agreed is None:
            return _("Pile {n} : des bulletins ont été lus différemment. Tranchez d’après le papier.").format(
                n=pile.number
            )
    return None
