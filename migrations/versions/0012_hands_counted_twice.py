"""Voices counted in the room, keyed by two people where the poll asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("poll") as table:
        table.add_column(sa.Column("by_two", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("poll") as table:  # the default was for the rows already there
        table.alter_column("by_two", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    op.create_table(
        "hand_count",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hand_count_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_hand_count_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "place", name=op.f("pk_hand_count")),
    )


def downgrade() -> None:
    op.drop_table("hand_count")
    with op.batch_alter_table("poll") as table:
        table.drop_column("by_two")
