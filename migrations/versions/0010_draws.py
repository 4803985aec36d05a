"""Ties settled by a public draw: its seed is committed to before a poll opens."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("poll") as table:
        table.add_column(sa.Column("draw_seed", sa.String(length=64), server_default="", nullable=False))
    with op.batch_alter_table("poll") as table:  # the default was for the rows already there
        table.alter_column("draw_seed", existing_type=sa.String(64), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("poll") as table:
        table.drop_column("draw_seed")
