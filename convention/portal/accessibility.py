"""What the browser tests saw, as the accessibility statement says it.

`python3 run.py test tests/journeys --record-accessibility` looks at every page and every state with axe-core and writes
`accessibility.json` beside this module: the page states what was measured, when and with what, never a wish.
"""

import datetime as dt
import functools
from pathlib import Path

from pydantic import BaseModel

FILE = Path(__file__).with_suffix(".json")


class Looked(BaseModel, frozen=True):
    """One campaign of automatic tests."""

    on: dt.date
    axe: str
    browser: str
    rules: tuple[str, ...]  # axe-core's names of the sets of rules
    pages: int  # addresses, each as its readers see it
    states: int  # times a page was examined: after each action, in each mode
    violations: tuple[str, ...]  # « rule: where »


@functools.cache
def read() -> Looked:
    return Looked.model_validate_json(FILE.read_bytes())


def write(looked: Looked) -> None:
    FILE.write_text(looked.model_dump_json(indent=2) + "\n")
