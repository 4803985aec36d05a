from convention.guarantors.models import ANSWER_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Kind
from convention.kit.forms import Form, ask, needed
from convention.kit.i18n import lazy

KIND = "Choisissez : une observation, ou une alerte."
TITLE = "Dites en une ligne de quoi il s’agit."
TEXT = "Écrivez ce que vous avez vu, et ce que vous demandez."
ANSWER = "Écrivez votre réponse aux garants."
SAID = tuple(map(lazy, (KIND, TITLE, TEXT, ANSWER)))


class RemarkForm(Form):
    kind: Kind = needed(KIND)
    title: str = ask(TITLE, most=TITLE_LENGTH)
    text: str = ask(TEXT, least=20, most=TEXT_LENGTH)


class AnswerForm(Form):
    text: str = ask(ANSWER, least=20, most=ANSWER_LENGTH)
