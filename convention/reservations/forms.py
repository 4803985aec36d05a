import enum

from convention.kit.forms import Form, ask, needed
from convention.kit.i18n import lazy
from convention.reservations.models import LENGTH, REVIEW_LENGTH, Kind, ReviewKind

KIND = "Choisissez ce que vous écrivez."
TEXT = "Écrivez votre réserve, dans vos mots."
REVIEW = "Écrivez votre question, votre suggestion ou votre note."
ANSWER = "Écrivez votre réponse."
NAMED = "Choisissez si votre nom est affiché, ou seulement compté."
SAID = tuple(map(lazy, (KIND, TEXT, REVIEW, ANSWER, NAMED)))

WHOLE = "ensemble"


class Naming(enum.StrEnum):
    """How a signatory is shown."""

    NAMED = "nom"
    COUNTED = "nombre"


class SignatureForm(Form):
    """Named, or only counted: she chooses, nothing is chosen for her."""

    naming: Naming = needed(NAMED)

    @property
    def named(self) -> bool:
        return self.naming == Naming.NAMED


class ReservationForm(SignatureForm):
    """`about` is « 2-3 » (paragraph 2, in its version 3: the words that were read), or « ensemble »."""

    about: str = ask(default=WHOLE, most=12)
    kind: Kind = needed(KIND)
    text: str = ask(TEXT, most=LENGTH)


class ReviewForm(Form):
    about: str = ask(default=WHOLE, most=12)
    kind: ReviewKind = needed(KIND)
    text: str = ask(REVIEW, most=REVIEW_LENGTH)
    standing: str = ask(most=80)


class AnswerForm(Form):
    text: str = ask(ANSWER, most=REVIEW_LENGTH)
