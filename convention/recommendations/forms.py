from convention.kit.forms import Form, ask


class PieceForm(Form):
    """A text of the report. Empty, it leaves the report. `version` is the one that was shown."""

    body: str = ask(most=20_000)
    version: int = ask(default=0)


class FreezeForm(Form):
    """`number` is the one that was previewed."""

    number: int = ask(default=0)


class WithdrawalForm(Form):
    reason: str = ask(
        "Écrivez en une phrase pourquoi l’édition est retirée : cette raison sera publique.", least=15, most=600
    )
