from pydantic import field_validator

from convention.discussion.models import LENGTH, REPLY_LENGTH, SOURCE_LENGTH, Side
from convention.discussion.rules import is_a_page
from convention.kit.forms import Form, ask, needed
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy

SIDE = "Choisissez : pour, ou contre."
TEXT = "Écrivez votre argument : une raison, en quelques phrases."
REPLY = "Écrivez votre réponse."
LINK = "Copiez l’adresse entière de la source, qui commence par https://."
SAID = tuple(map(lazy, (SIDE, TEXT, REPLY, LINK)))


class ReplyForm(Form):
    text: str = ask(REPLY, most=REPLY_LENGTH)


class ArgumentForm(Form):
    side: Side = needed(SIDE)
    text: str = ask(TEXT, most=LENGTH)
    link: str = ask(most=SOURCE_LENGTH)

    @field_validator("link")
    @classmethod
    def _a_page(cls, link: str) -> str:
        if link and not is_a_page(link):
            raise ValueError(_(LINK))
        return link
