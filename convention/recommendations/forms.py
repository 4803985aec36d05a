from convention.kit.forms import Form, ask


class PieceForm(Form):
    """A text of the report. Empty, it leaves the report."""

    body: str = ask(most=20_000)


class WithdrawalForm(Form):
    reason: str = ask(
        "Écrivez en une phrase pourquoi l’édition est retirée : cette raison sera publique.", least=15, most=600
    )


class FreezeForm(Form):
    """What was previewed: if the convention has moved since, the facilitators look again before freezing."""

    number: int
