"""The few things that can go wrong and that a person is told about. The rest is a bug, and says so in the log."""


class Refused(Exception):
    """The action is not allowed, and here is the sentence that says why (403)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def refuse(reason: str | None) -> None:
    """Raise `Refused` when a rule gave a reason: `refuse(rules.why_not_…(…))`."""
    if reason:
        raise Refused(reason)


class Gone(Exception):
    """It was here, and here is the sentence that says why nobody reads it any more (410)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(Exception):
    """There is nothing here, or nothing this person may see (404)."""
