"""Run by convention.kit.migrations, with its connection."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel

import convention.app  # noqa: F401 - every table is known once every slice is imported


def plainly(kind: str, thing: Any, autogen: Any) -> Any:
    """Migrations say what is in the database (String, DateTime), not which Python class reads it."""
    if kind == "type" and isinstance(thing, sa.types.TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """What SQLite keeps for its full-text index is not ours to compare."""
    return not (kind == "table" and name is not None and "_fts" in name)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=plainly,
    include_object=ours,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
