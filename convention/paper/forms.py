from collections.abc import Mapping, Sequence
from typing import Any

from convention.algorithms.decision import Rule
from convention.kit.forms import Filled, Form, Ticked, ask
from convention.kit.i18n import gettext as _
from convention.paper import rules
from convention.paper.models import Ballot
from convention.voting.models import PollQuestion


class GapForm(Form):
    """Why there are not as many ballots on paper as people marked; empty when there are."""

    gap: str = ask(most=400)


class DecideForm(Form):
    together: Ticked = ask(default=False)


def ballot(sent: Mapping[str, Any], rule: Rule, questions: Sequence[PollQuestion], prefix: str = "") -> Filled:
    """One ballot as it was keyed, with the sentence that says what is missing."""
    values = {question.field: str(sent.get(prefix + question.field, ""))[:20] for question in questions}
    reason = rules.why_not_answer_so(rule, tuple(values.values()), len(questions))
    if not reason and not any(values.values()) and "blanc" not in sent and not prefix:
        reason = _("Ce bulletin est vide : cochez « Bulletin blanc » si c’est ce que dit le papier.")
    return Filled(values, {"": reason} if reason else {})


def answers(form: Filled, questions: Sequence[PollQuestion]) -> Ballot:
    return tuple(str(form[question.field]) for question in questions)
