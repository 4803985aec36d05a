"""The JSON: the frozen tree itself. The SHA-256 of this file is the fingerprint printed in all the others."""

from pathlib import Path
from typing import Any

from convention.recommendations.snapshot import Edition, canonical


def tree(edition: Edition, assets: Path) -> bytes:
    return canonical(edition)


def schema() -> dict[str, Any]:
    """The JSON Schema of an edition (2020-12), with its French descriptions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Édition de l’avis citoyen",
        **{key: value for key, value in Edition.model_json_schema(mode="serialization").items() if key != "title"},
    }
