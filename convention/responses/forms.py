import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator

from convention.kit import forms
from convention.kit.forms import Filled, Form, Ticked, ask, needed
from convention.kit.i18n import gettext as _
from convention.responses import rules
from convention.responses.models import Decision, Item, Progress, Reason


def _day(typed: Any) -> Any:
    if not isinstance(typed, str):
        return typed
    found = forms.day(typed)
    if found is None or not 1990 <= found.year <= 2200:
        raise ValueError(_("Écrivez une date : jour, mois, année."))
    return found


Day = Annotated[dt.date, BeforeValidator(_day)]
SomeDay = Annotated[dt.date | None, BeforeValidator(_day)]

FIELDS = ("decision", "reason", "text", "adds", "deadline", "budget", "evidence", "addressee")


class AnswerForm(Form):
    """The answer to one item. A draft may lack anything; `complete` says what the check will ask for."""

    decision: Decision | None = ask(default=None)
    reason: Reason | None = ask(default=None)
    text: str = ask(most=6_000)
    adds: str = ask(most=2_000)
    deadline: SomeDay = ask(default=None)
    budget: str = ask(most=200)
    evidence: str = ask(most=500)
    addressee: str = ask(most=200)
    version: int = ask(default=0, ge=0, le=1_000_000)

    def complete(self, today: dt.date) -> "Filled | None":
        """What is missing, with what was typed; None when nothing is."""
        said = rules.missing(self, today)
        return Filled(self.model_dump(), said) if said else None

    def differences(self, item: Item) -> list[str]:
        """The fields that say something else than the item."""
        return [name for name in FIELDS if getattr(self, name) != getattr(item, name)]


def answer_of(item: Item) -> Filled:
    return Filled({name: getattr(item, name) for name in (*FIELDS, "version")})


class PointForm(Form):
    """An item: what is to be decided, which paragraphs it answers, who answers."""

    title: str = ask("Dites en une ligne ce qui est à décider.", most=200)
    paragraphs: tuple[str, ...] = ask(default=())
    department: UUID | None = ask(default=None)
    referent: str = ask(most=160)


class ReturnForm(Form):
    note: str = ask("Dites ce qui est à reprendre.", most=1_000)


class NewsForm(Form):
    progress: Progress = needed("Choisissez où en est ce point.")
    happened_on: Day = needed("Écrivez la date de ce fait.")
    text: str = ask("Dites en une phrase ce qui s’est passé.", most=1_000)
    evidence: str = ask("Donnez la preuve : un lien, un numéro de délibération, un document.", most=500)


class TransmissionForm(Form):
    sent_on: SomeDay = ask(default=None)
    reply: str = ask(most=3_000)
    replied_on: SomeDay = ask(default=None)


class ReviewForm(Form):
    held_on: Day = needed("Écrivez la date du bilan.")
    text: str = ask("Résumez ce qui a été dit au bilan.", most=6_000)


class RatingForm(Form):
    mark: int = needed("Choisissez une note de 0 à 10.", ge=0, le=10)


class CommentForm(Form):
    text: str = ask("Écrivez votre commentaire.", most=600)
    signed: Ticked = ask(default=False)


class ContestForm(Form):
    text: str = ask("Dites ce que vous contestez, et pourquoi.", least=20, most=2_000)


class ReplyForm(Form):
    reply: str = ask("Écrivez votre réponse.", least=20, most=3_000)


class DepartmentForm(Form):
    name: str = ask("Donnez le nom de la direction.", most=120)


class AttachmentForm(Form):
    person: UUID = needed("Choisissez une personne.")
    department: UUID | None = ask(default=None)
