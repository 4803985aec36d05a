import datetime as dt
from uuid import UUID

from convention.kit.forms import Form, ask, needed
from convention.moderation.models import Kind, Outcome, Reason

WORDS_LENGTH = 1000
STATEMENT_LEAST = 40
STATEMENT_LENGTH = 1500


class FlagForm(Form):
    """What seems wrong, in which text."""

    sujet: str = ask(most=80)
    adresse: str = ask(most=300)
    reason: Reason = needed("Choisissez la règle qui vous semble enfreinte.")
    words: str = ask(most=WORDS_LENGTH)


class DecisionForm(Form):
    """What is done, the rule, the facts as the author will read them."""

    kind: Kind = needed("Choisissez ce que vous décidez.")
    rule: Reason | None = None
    passages: str = ask(most=4000)
    person: UUID | None = None
    until: dt.date | None = None
    statement: str = ask(
        "Écrivez les faits : la personne concernée lira cette phrase.", least=STATEMENT_LEAST, most=STATEMENT_LENGTH
    )
    # The number of the last decision that the page showed.
    seen: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The passages to hide: one on each line."""
        return tuple(dict.fromkeys(line.strip() for line in self.passages.splitlines() if line.strip()))


class AppealForm(Form):
    words: str = ask(
        "Dites pourquoi la décision vous semble injuste.", least=STATEMENT_LEAST, most=2 * STATEMENT_LENGTH
    )


class AnswerForm(Form):
    outcome: Outcome = needed("Choisissez votre réponse.")
    statement: str = ask(
        "Écrivez vos raisons : la personne qui conteste les lira.", least=STATEMENT_LEAST, most=STATEMENT_LENGTH
    )
