import re
from typing import Annotated

from pydantic import AfterValidator

from convention.kit.forms import Form, Ticked, ask
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.people.models import Reach, RoleKind

_address = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]{2,}")

NO_CODE = "Écrivez les dix caractères du code imprimé sur votre lettre."
NO_EMAIL = "Écrivez votre adresse e-mail."
NO_PASSWORD = "Écrivez votre mot de passe."  # noqa: S105 - a sentence
NO_SECOND = "Écrivez les six chiffres que montre votre application."
SAID = (lazy(NO_CODE), lazy(NO_EMAIL), lazy(NO_PASSWORD), lazy(NO_SECOND))


def email_address(text: str) -> str:
    """The address, in lower case; `ValueError` with a sentence when it cannot be one."""
    if not _address.fullmatch(text) or len(text) > 254:
        raise ValueError(_("Cette adresse ne semble pas complète. Exemple : nadia@exemple.fr"))
    return text.lower()


def optional_email(text: str) -> str:
    return email_address(text) if text else ""


class CodeForm(Form):
    """The letter's code, typed."""

    code: str = ask(NO_CODE, most=60)
    shared: Ticked = ask(default=False)
    suite: str = ask(most=500)


class LinkForm(Form):
    """Where to send the link."""

    email: Annotated[str, AfterValidator(email_address)] = ask(NO_EMAIL, most=254)
    suite: str = ask(most=500)


class PasswordForm(Form):
    """E-mail and password."""

    email: Annotated[str, AfterValidator(email_address)] = ask(NO_EMAIL, most=254)
    password: str = ask(NO_PASSWORD, most=200)
    shared: Ticked = ask(default=False)
    suite: str = ask(most=500)


class SecondForm(Form):
    """The second factor, or a recovery code."""

    code: str = ask(NO_SECOND, most=60)
    suite: str = ask(most=500)


class NewPasswordForm(Form):
    """A password chosen by its owner: long rather than complicated (ANSSI, NIST SP 800-63B)."""

    password: str = ask("Choisissez un mot de passe.", least=12, most=200)


class ReachForm(Form):
    """How to reach me."""

    reach: Reach = ask("Choisissez comment vous joindre.")
    email: Annotated[str, AfterValidator(optional_email)] = ask(most=254)
    phone: str = ask(most=40)


class PersonForm(Form):
    """A person to add, and what she does."""

    name: str = ask("Écrivez un nom, tel qu’il sera affiché.", most=80)
    email: Annotated[str, AfterValidator(optional_email)] = ask(most=254)
    roles: tuple[RoleKind, ...] = ask("Cochez au moins un rôle.", least=1)


class RolesForm(Form):
    """What a person does from now on."""

    roles: tuple[RoleKind, ...] = ask(default=())
