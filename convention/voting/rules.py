import datetime as dt
from collections.abc import Mapping, Sequence

from convention.algorithms.decision import Method, Rule, Tie, is_even
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import moment
from convention.voting.models import RULE, Mode, Paper, Poll, PollQuestion, State

MOST_QUESTIONS = 60


def why_not_plan(poll: Poll, at: dt.datetime) -> str | None:
    """Why the rule and the dates may not be changed."""
    if poll.cancelled_at is not None:
        return _("Ce scrutin est annulé.")
    if poll.opened_at is not None:
        return _("Le vote a été ouvert : sa règle, ses textes et ses dates ne changent plus.")
    return None


def why_not_ask_about_rule(
    poll: Poll, asked: Sequence[PollQuestion], last: tuple[Poll, PollQuestion] | None, at: dt.datetime
) -> str | None:
    """Why members are not asked about the rule of this poll first. `last` is the last vote about it, with its words."""
    if poll.state(at) != State.PLANNED:
        return _("On vote sur une règle quand elle est enregistrée, et avant d’ouvrir le vote.")
    if any(question.subject_kind == RULE for question in asked):
        return _("Ce vote porte déjà sur une règle.")
    if last is None:
        return None
    about, question = last
    if about.sealed_at is None:
        return _("Les membres sont déjà appelés à voter sur la règle, au scrutin n° {n}.").format(n=about.number)
    if poll.rule_sha256 in question.text:
        return _("Les membres ont déjà voté sur cette règle, au scrutin n° {n}.").format(n=about.number)
    return None


def why_not_change_rule(about: Poll) -> str | None:
    """`about`: the last vote of the members on this rule. What they read is what they decide on."""
    if about.sealed_at is not None:
        return None
    if about.opened_at is not None:
        return _("Les membres votent sur cette règle : elle ne change pas avant la fin de leur vote.")
    return _("Un vote des membres sur cette règle est préparé, au scrutin n° {n} : annulez-le pour la changer.").format(
        n=about.number
    )


def why_not_with_rule_voted(poll: Poll, about: Poll | None, words: str, *, kept: bool) -> str | None:
    """Why a poll waits for what members say of its rule. `words` are those they were asked about."""
    if about is None:
        return None
    if about.sealed_at is None:
        return _("Les membres votent d’abord sur cette règle, au scrutin n° {n} : attendez son résultat.").format(
            n=about.number
        )
    if poll.rule_sha256 in words and not kept:
        return _("Les membres ont refusé cette règle au scrutin n° {n} : choisissez-en une autre.").format(
            n=about.number
        )
    if kept and poll.rule_sha256 not in words:
        return _(
            "Les membres ont adopté une autre règle au scrutin n° {n} : reprenez-la, ou faites-les voter sur celle-ci."
        ).format(n=about.number)
    return None


def why_not_choose(rule: Rule, mode: Mode, options: Sequence[PollQuestion]) -> str | None:
    """What keeps this rule from choosing between these options; nothing for the rules that judge each text apart."""
    if rule.method in (Method.YES_NO, Method.MAJORITY_JUDGMENT):
        return None
    if mode != Mode.BALLOTS:
        return _("Un choix entre des options se fait par bulletins.")
    if len(options) < 2:
        return _("Il faut au moins deux options entre lesquelles choisir.")
    if len({option.title.casefold() for option in options}) < len(options):
        return _("Deux options portent le même nom : chacun doit pouvoir les distinguer.")
    if rule.seats is not None and rule.seats >= len(options):
        return _("Le nombre d’options à retenir doit être plus petit que le nombre d’options.")
    if rule.method is Method.EQUAL_SHARES:
        if rule.budget is None or any(option.cost < 1 for option in options):
            return _("Il faut un budget, et un coût d’un euro au moins pour chaque option.")
        if all(option.cost > rule.budget for option in options):
            return _("Aucune option ne tient dans le budget.")
    return None


def why_not_open(poll: Poll, at: dt.datetime, electors: int, *, presided: bool) -> str | None:
    """`presided`: whoever presides is among those called to vote.

    The clock opens without the number of people present, where the rule reads it, and the result waits for it.
    """
    if reason := why_not_plan(poll, at):
        return reason
    if not poll.rule:
        return _("Choisissez d’abord la règle de ce vote, et enregistrez-la.")
    if poll.mode != Mode.TOTALS and (poll.closes_at is None or poll.closes_at <= at):
        return _("Choisissez d’abord une heure de fermeture à venir.")
    if electors == 0:
        return _("Personne n’est inscrit comme membre : il n’y a personne pour voter.")
    if is_presided(poll.the_rule, poll.mode) and not presided:
        return _("Dites d’abord qui préside, parmi les membres : sa voix l’emporte en cas d’égalité.")
    if poll.present is not None and poll.present > electors:
        return _("Il ne peut pas y avoir plus de présents que d’inscrits : {n}.").format(n=electors)
    return None


def why_not_open_by_hand(poll: Poll) -> str | None:
    """What whoever is in the room says first; `why_not_this_many` says what may be said."""
    if poll.awaits_present:
        return _("La règle de ce vote compte les présents : dites d’abord combien ils sont.")
    return None


def why_not_this_many(present: int | None, most: int, least: int = 1) -> str | None:
    """What is wrong with a number of people present; `least` is how many are known to have been there."""
    if present is not None and least <= present <= most:
        return None
    if least > 1 and present:
        return _("{least} personnes ont voté : écrivez un nombre de présents entre {least} et {n}.").format(
            least=least, n=most
        )
    return _("Écrivez un nombre de présents entre {least} et {n}.").format(least=least, n=most)


def may_show(parts: Sequence[int], least: int) -> bool:
    """Whether numbers that split a whole may be shown: none so small that one would look for whom it tells of."""
    return all(part >= least for part in parts)


def why_not_answer(poll: Poll, at: dt.datetime) -> str | None:
    """Why no ballot is received, whoever asks; the same sentence for the page, the cast and the change."""
    if poll.mode == Mode.TOTALS:
        return _("Ce vote se compte dans la salle : il n’y a pas de bulletin à déposer ici.")
    state = poll.state(at)
    if state == State.CANCELLED:
        return _("Ce scrutin est annulé : aucun bulletin n’est reçu.")
    if state in (State.CLOSED, State.SEALED):
        assert poll.closes_at is not None, "a closed poll has closed some day"
        return _("Le vote est fermé depuis le {moment}.").format(moment=moment(poll.closes_at))
    if state != State.OPEN:
        return _("Le vote n’est pas encore ouvert.")
    return None


def why_not_vote(poll: Poll, at: dt.datetime, *, elector: bool) -> str | None:
    if reason := why_not_answer(poll, at):
        return reason
    if not elector:
        return _(
            "Vous n’êtes pas sur la liste de ce vote : elle a été arrêtée à l’ouverture et n’est plus complétée, "
            "pour que personne ne puisse deviner un bulletin."
        )
    return None


def why_not_close(poll: Poll, at: dt.datetime) -> str | None:
    if poll.mode == Mode.TOTALS:
        return _("Ce vote se ferme quand vous enregistrez les totaux.")
    state = poll.state(at)
    if state == State.CLOSED and poll.awaits_paper:
        return _("Ce vote attend ses bulletins papier : saisissez-les deux fois, puis mettez-les dans l’urne.")
    if state == State.CLOSED and poll.awaits_present:
        return _("La règle de ce vote compte les présents : dites combien ils étaient, puis il sera dépouillé.")
    return None if state in (State.OPEN, State.CLOSED) else _("Ce vote n’est pas ouvert.")


def why_not_expect_paper(poll: Poll, at: dt.datetime) -> str | None:
    """Why it cannot be said that this poll has ballots on paper too."""
    if poll.mode != Mode.BALLOTS:
        return _("Ce vote n’a pas de bulletins secrets : il n’en a pas non plus sur papier.")
    state = poll.state(at)
    if state in (State.CLOSED, State.SEALED, State.CANCELLED):
        return _("Ce vote est fermé : il ne reçoit plus de bulletin, ni sur papier ni à l’écran.")
    return None if poll.rule else _("Choisissez d’abord la règle de ce vote, et enregistrez-la.")


def why_not_give_up_paper(poll: Poll, at: dt.datetime, marked: int) -> str | None:
    if not poll.awaits_paper or poll.state(at) not in (State.PLANNED, State.OPEN):
        return _("Ce vote n’attend pas de bulletin papier, ou il est déjà fermé.")
    if marked:
        return _("Des personnes sont déjà marquées comme ayant voté sur papier : leurs bulletins seront comptés.")
    return None


def why_not_mark(poll: Poll, at: dt.datetime) -> str | None:
    """Why nobody is marked on the roll by hand, nor a mark taken back."""
    if not poll.awaits_paper:
        return _("Ce vote n’a pas de bulletins papier.")
    if poll.paper is Paper.COUNTING:
        return _("La saisie a commencé : il ne reste que le nombre de personnes marquées, plus leurs noms.")
    if poll.state(at) not in (State.OPEN, State.CLOSED):
        return _("On marque la liste pendant le vote, et jusqu’à ce que le papier soit dans l’urne.")
    return None


def why_not_hand_out(poll: Poll, at: dt.datetime) -> str | None:
    """Why nobody more is marked: whoever is marked once the vote is closed would vote after it."""
    if reason := why_not_mark(poll, at):
        return reason
    if poll.state(at) == State.CLOSED:
        return _("Le vote est fermé : on ne marque plus personne. Un bulletin sans marque s’explique en une phrase.")
    return None


def why_not_put_paper(poll: Poll, at: dt.datetime, *, ballots: int, marked: int, voted: int, gap: str) -> str | None:
    """Why this number of ballots on paper does not go into the box; `voted` counts all the names on the roll."""
    if not poll.awaits_paper:
        return _("Ce vote n’a pas de bulletins papier, ou ils sont déjà dans l’urne.")
    if poll.state(at) != State.CLOSED:
        return _("Les bulletins papier entrent dans l’urne quand le vote est fermé, pas avant.")
    if voted - marked + ballots > poll.entitled:
        return _("Avec ces bulletins papier, il y aurait plus de bulletins que d’inscrits ({n}) : recomptez.").format(
            n=poll.entitled
        )
    if ballots != marked and len(gap) < 10:
        return paper_gap(ballots, marked) + " " + _("Revoyez les saisies, ou expliquez l’écart.")
    return None


def paper_gap(ballots: int, marked: int) -> str:
    """The two numbers that should be one, in a sentence."""
    return _("{ballots}, {marked}.").format(
        ballots=ngettext("{n} bulletin papier saisi", "{n} bulletins papier saisis", ballots).format(n=ballots),
        marked=ngettext(
            "{n} personne marquée comme ayant voté sur papier",
            "{n} personnes marquées comme ayant voté sur papier",
            marked,
        ).format(n=marked),
    )


def why_not_enter_totals(poll: Poll, at: dt.datetime) -> str | None:
    if poll.mode != Mode.TOTALS:
        return _("Ce vote se fait par bulletins : ses totaux viennent de l’urne.")
    return None if poll.state(at) == State.OPEN else _("Ce vote n’est pas ouvert.")


def is_presided(rule: Rule, mode: Mode) -> bool:
    """An open roll call whose ties the president settles: her voice is among the names."""
    return mode == Mode.NAMED and rule.method is Method.YES_NO and rule.tie is Tie.PRESIDENT


def asks_casting(rule: Rule, counted: Mapping[str, int]) -> bool:
    """Whether these totals are a tie that the president's vote settles."""
    if rule.method is not Method.YES_NO or rule.tie is not Tie.PRESIDENT:
        return False
    return is_even(rule, counted["pour"], counted["contre"])


def why_not_without_casting(rule: Rule, counted: Mapping[str, int], casting: str) -> str | None:
    if asks_casting(rule, counted) and casting not in ("pour", "contre"):
        return _("Il y a autant de pour que de contre : dites comment la présidence a voté, sa voix l’emporte.")
    return None


def why_not_cancel(poll: Poll, at: dt.datetime) -> str | None:
    if poll.cancelled_at is not None:
        return _("Ce scrutin est déjà annulé.")
    if poll.sealed_at is not None:
        return _("Le résultat est définitif et publié. Pour y revenir, organisez un nouveau vote sur le même texte.")
    return None


def why_not_count_present(poll: Poll, at: dt.datetime) -> str | None:
    """Once it is closed, turnout is known: a number that was said is not said again."""
    state = poll.state(at)
    if state == State.OPEN or (state == State.CLOSED and poll.awaits_present):
        return None
    return _("Le nombre de présents se corrige pendant que le vote est ouvert.")


def why_not_these_totals(counted: int, present: int, entitled: int, explanation: str) -> str | None:
    """What is wrong with the voices counted for one question."""
    if reason := why_not_this_many(present, entitled):
        return reason
    if counted > present:
        return _("Il y a plus de voix ({n}) que de présents ({present}) : recomptez.").format(
            n=counted, present=present
        )
    if counted < present and len(explanation) < 10:
        return _(
            "Il y a moins de voix ({n}) que de présents ({present}). Recomptez, ou expliquez l’écart en une phrase."
        ).format(n=counted, present=present)
    return None
