from typing import Self

from convention.kit.forms import Filled, Form, Sent, ask
from convention.recommendations import lists


class PieceForm(Form):
    """A text of the report. Empty, it leaves the report. `version` is the one that was shown."""

    body: str = ask(most=20_000)
    version: int = ask(default=0)


class ListForm(PieceForm):
    """A list of the report: its lines may be copied from a spreadsheet."""

    @classmethod
    def read(cls, sent: Sent) -> Self | Filled:
        body = sent.get("body")
        # Before anything is cleaned: a tab would become a space.
        return super().read({**sent, "body": lists.barred(body)} if isinstance(body, str) else sent)


class FreezeForm(Form):
    """`number` is the one that was previewed."""

    number: int = ask(default=0)


class WithdrawalForm(Form):
    reason: str = ask(
        "Écrivez en une phrase pourquoi l’édition est retirée : cette raison sera publique.", least=15, most=600
    )


class ClosingForm(Form):
    reason: str = ask(
        "Écrivez en une phrase pourquoi l’édition est fermée : cette raison sera publique.", least=15, most=600
    )


class ConfirmedForm(Form):
    """`asked` is the moment of the request that was read: another one may have taken its place."""

    asked: str = ask(default="")
