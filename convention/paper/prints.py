"""What is printed for a vote on paper: ballots that nothing tells apart, and the sheets on which they are counted."""

import datetime as dt
import enum
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from convention.algorithms.decision import Aggregate, Method, Rule
from convention.kit import i18n, typeset
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy, ngettext
from convention.kit.text import number
from convention.settings import resource
from convention.voting import choices, counts
from convention.voting.models import Poll, PollQuestion

MOST_ON_A5 = 3  # questions; beyond, a half sheet cannot hold them
TEXT, HALF, LINE = 900, 500, 240  # characters of the text that is voted: alone, on half a sheet, among others


class Size(enum.StrEnum):
    """How a ballot is printed."""

    HALF = "a5"
    WHOLE = "a4"
    LARGE = "grands-caracteres"

    @property
    def label(self) -> str:
        return str(_SIZES[self])


_SIZES = {
    Size.HALF: lazy("Deux par feuille, à couper (A5)"),
    Size.WHOLE: lazy("Un par feuille (A4)"),
    Size.LARGE: lazy("Grands caractères (A4, 20 points)"),
}


def sizes(questions: int) -> list[Size]:
    """Those that can hold so many questions."""
    return [size for size in Size if size is not Size.HALF or questions <= MOST_ON_A5]


def ballot(poll: Poll, questions: Sequence[PollQuestion], convention: str, size: Size, at: dt.datetime) -> bytes:
    """One sheet to be photocopied: each ballot is the same, word for word, without number, date or code."""
    rule = poll.the_rule
    told = {
        **_shared(poll, convention),
        "size": size.value,
        "choosing": choices.is_choice(rule),
        "questions": [
            _question(question, LINE if len(questions) > 1 else HALF if size is Size.HALF else TEXT)
            for question in questions
        ],
        "options": [] if choices.is_choice(rule) else [[words, meaning] for _v, words, meaning in counts.options(rule)],
        "marks": [value for value in choices.offered(rule, len(questions)) if value]
        if choices.is_choice(rule) and rule.method is Method.SCORE
        else [],
        "ranked": rule.method in choices.RANKINGS,
        "instructions": instructions(rule, len(questions)),
        "head": _("Bulletin de vote"),
        "foot": _("N’écrivez ni nom ni signe : un bulletin qui se reconnaît ne serait plus secret."),
        "cut": _("À couper"),
        "blank": _("Bulletin blanc") if choices.is_choice(rule) else "",
    }
    return typeset.pdf(resource("templates") / "paper" / "ballot.typ", told, fonts=_fonts(), at=at)


def counting_sheet(poll: Poll, questions: Sequence[PollQuestion], convention: str, at: dt.datetime) -> bytes:
    """Tally marks for each question and answer, the sum, those present, two names and signatures, the hour."""
    rule = poll.the_rule
    choosing = choices.is_choice(rule)
    if choosing:
        tables = [["", [option.title for option in questions] + [_("Bulletins blancs")]]]
    else:
        answers = [words for _value, words, _meaning in counts.options(rule)]
        tables = [[question.title, answers] for question in questions]
    told = {
        **_shared(poll, convention),
        "head": _("Feuille de comptage"),
        "tables": tables,
        "note": _count_note(rule),
        "columns": [_("Option") if choosing else _("Réponse"), _mark(rule), _("Total")],
        "sum": "" if choosing else _("Somme (doit être égale au nombre de bulletins ou de présents)"),
        "checks": [
            _("Présents dans la salle"),
            _("Personnes marquées comme ayant voté sur papier"),
            _("Bulletins trouvés dans l’urne"),
        ],
        "gap": _("Si ces nombres diffèrent, pourquoi :"),
        "signatures": [_("Première personne qui compte"), _("Seconde personne qui compte")],
        "signed": [_("Nom"), _("Signature")],
        "hour": _("Heure de fin du comptage"),
    }
    return typeset.pdf(resource("templates") / "paper" / "counting.typ", told, fonts=_fonts(), at=at)


def instructions(rule: Rule, questions: int) -> list[str]:
    """How to fill the ballot, in plain words, with what is made of one that cannot be read."""
    if not choices.is_choice(rule):
        last = counts.options(rule)[-1][1]
        first = (
            _("Pour chaque texte, cochez une seule case.") if questions > 1 else _("Cochez une seule case.")
        )  # fmt: skip
        return [
            first,
            _("Sans case cochée, ou avec plusieurs, la réponse compte comme « {last} ».").format(last=last),
            _("Pliez le bulletin en deux et mettez-le vous-même dans l’urne."),
        ]
    if rule.method in choices.RANKINGS:
        how = _("Écrivez 1 devant votre option préférée, 2 devant la suivante, et ainsi de suite. Deux options peuvent "
                "avoir le même rang ; celles sans rang viennent après.")  # fmt: skip
    elif rule.method is Method.SCORE:
        unmarked = (
            _("Une option sans note, ou avec plusieurs, ne reçoit aucun point.")
            if rule.aggregate is Aggregate.SUM
            else _("Une option sans note, ou avec plusieurs, est laissée de côté.")
        )
        how = _("Entourez une note par option, de {low} à {high}.").format(low=rule.score_from, high=rule.score_to)
        how += " " + unmarked
    elif limit := choices.most(rule, questions):
        how = ngettext("Cochez {n} option au plus.", "Cochez {n} options au plus.", limit).format(n=limit)
        how += " " + _("Avec plus de cases cochées, le bulletin compte comme blanc.")
    else:
        how = _("Cochez les options que vous approuvez, autant que vous voulez.")
    return [
        how,
        _("Un bulletin vide, ou qu’on ne peut pas lire, compte comme bulletin blanc."),
        _("Pliez le bulletin en deux et mettez-le vous-même dans l’urne."),
    ]


def _mark(rule: Rule) -> str:
    """What is written in the row of an answer while ballots are read out."""
    if rule.method in choices.RANKINGS:
        return _("Un trait par bulletin qui la met en premier, par groupes de cinq")
    if rule.method is Method.SCORE:
        return _("Ses notes, l’une après l’autre")
    return _("Un trait par voix, par groupes de cinq")


def _count_note(rule: Rule) -> str:
    if not choices.is_choice(rule):
        return _(
            "Une personne lit, une autre marque, puis on échange et on recompte. Les deux comptes doivent s’accorder."
        )
    return _("Ce compte à la main est un contrôle : pour le résultat, chaque bulletin est saisi en entier, deux fois.")


def _shared(poll: Poll, convention: str) -> dict[str, Any]:
    return {
        "language": i18n.language(),
        "convention": convention,
        "poll": _("Scrutin n° {n}").format(n=poll.number),
        "title": poll.title,
        "indicative": _("Vote indicatif : il ne décide rien.") if poll.the_rule.indicative else "",
    }


def _question(question: PollQuestion, most: int) -> dict[str, str]:
    return {
        "title": question.title,
        "text": excerpt(question.text, most) if question.text != question.title else "",
        "cost": _("{cost} €").format(cost=number(question.cost)) if question.cost else "",
    }


def excerpt(text: str, length: int) -> str:
    """The beginning of a text, cut between two words: the whole text is on the page of the poll."""
    return text if len(text) <= length else text[:length].rsplit(maxsplit=1)[0].rstrip(" ,;:.") + "…"


def _fonts() -> Path:
    return resource("static") / "vendor" / "pdf-fonts"
