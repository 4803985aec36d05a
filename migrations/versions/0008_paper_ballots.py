"""Ballots on paper: the poll waits for them, the roll is marked by hand, each pile is keyed twice."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("poll") as table:
        table.add_column(sa.Column("paper", sa.String(length=40), server_default="none", nullable=False))
        table.add_column(sa.Column("paper_ballots", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("paper_marked", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("paper_gap", sa.String(length=400), nullable=True))
    with op.batch_alter_table("roll") as table:
        table.add_column(sa.Column("on_paper", sa.LargeBinary(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "paper_entry",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("pile", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ballots", sa.LargeBinary(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_paper_entry_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_entry_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_paper_entry_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "pile", "place", name=op.f("pk_paper_entry")),
    )


def downgrade() -> None:
    op.drop_table("paper_entry")
    with op.batch_alter_table("roll") as table:
        table.drop_column("on_paper")
    with op.batch_alter_table("poll") as table:
        table.drop_column("paper_gap")
        table.drop_column("paper_marked")
        table.drop_column("paper_ballots")
        table.drop_column("paper")
