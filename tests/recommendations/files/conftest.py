"""The small edition, drawn once in every format."""

from pathlib import Path

import pytest

from convention.recommendations.files import FORMATS, pdf
from convention.recommendations.snapshot import Edition
from tests.recommendations.files import editions

STATIC = Path(__file__).parents[3] / "static"


@pytest.fixture(scope="session")
def edition() -> Edition:
    return editions.small()


@pytest.fixture(scope="session")
def drawn(edition: Edition) -> dict[str, bytes]:
    return {suffix: each.write(edition, STATIC) for suffix, each in FORMATS.items()}


@pytest.fixture(scope="session")
def bound(edition: Edition) -> bytes:
    """The PDF as that of a very long report is made: in volumes, bound into one."""
    with pytest.MonkeyPatch.context() as change:
        change.setattr(pdf, "VOLUME", 5_000)
        return pdf.report(edition, STATIC)
