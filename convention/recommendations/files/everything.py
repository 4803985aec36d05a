"""The archive of an edition, all its files drawn on the way."""

from pathlib import Path

from convention.recommendations.files import FORMATS, archive
from convention.recommendations.snapshot import Edition


def whole(edition: Edition, assets: Path) -> bytes:
    return archive.everything(edition, assets, {key: each for key, each in FORMATS.items() if key != "zip"})
