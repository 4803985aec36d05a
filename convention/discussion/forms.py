from urllib.parse import urlsplit

from pydantic import field_validator

from convention.discussion.models import LENGTH, REPLY_LENGTH, SOURCE_LENGTH, Side
from convention.kit.forms import Form, ask, needed
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy

SIDE = "Choisissez : pour, ou contre."
TEXT = "Écrivez votre argument : une raison, en quelques phrases."
REPLY = "Écrivez votre réponse."
LINK = "Copiez l’adresse entière de la source, qui commence par https://."
SAID = tuple(map(lazy, (SIDE, TEXT, REPLY, LINK)))


def is_a_page(link: str) -> bool:
    """Whether this is an address of the web that one may follow: https, a host, no one's name, nothing hidden in it."""
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    # A host has a dot: « localhost » and machines' own names lead nowhere for a reader.
    return (
        parts.scheme == "https"
        and "." in host.strip(".")
        and parts.username is None
        and parts.password is None
        and not any(sign.isspace() or sign in "\"'<>\\`{}|^" for sign in link)
        and link.isprintable()
    )


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
