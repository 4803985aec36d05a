from convention.amendments.models import REASON_LENGTH, TEXT_LENGTH, Kind
from convention.kit.forms import Form, ask, needed
from convention.kit.i18n import lazy
from convention.proposals.models import Section

KIND = "Choisissez ce que vous demandez."
RATIONALE = "Dites en une ou deux phrases pourquoi vous le demandez."
TEXT = "Écrivez le texte tel qu’il sera."
REASON = "Dites en une phrase pourquoi : la personne qui l’a déposé la lira."
SAID = tuple(map(lazy, (KIND, RATIONALE, TEXT, REASON)))


class AmendmentForm(Form):
    """A change asked for. `version` numbers the words that its author read."""

    kind: Kind = needed(KIND)
    section: Section = ask(default=Section.MEASURE)
    text: str = ask(most=TEXT_LENGTH)
    rationale: str = ask(RATIONALE, most=REASON_LENGTH)
    version: int = ask(default=0)
    # Who wrote it on paper, when a facilitator types it.
    author: str = ask(most=40)


class AcceptanceForm(Form):
    """Yes to the words as they are. `version` numbers the words that the person who decides read."""

    reason: str = ask(most=REASON_LENGTH)
    version: int = ask(default=0)


class MergeForm(Form):
    """The text that holds both."""

    text: str = ask(TEXT, most=TEXT_LENGTH)
    reason: str = ask(REASON, most=REASON_LENGTH)
    version: int = ask(default=0)


class RejectionForm(Form):
    reason: str = ask(REASON, most=REASON_LENGTH)
