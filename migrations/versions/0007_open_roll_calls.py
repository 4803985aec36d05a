"""Open roll calls: votes that are published with their names, apart from those that are secret."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_call",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_open_call_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_open_call")),
    )
    op.create_table(
        "named_vote",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_named_vote_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["open_call.poll_id"], name=op.f("fk_named_vote_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_named_vote")),
    )
    with op.batch_alter_table("named_vote") as table:
        table.create_index(table.f("ix_named_vote_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("named_vote")
    op.drop_table("open_call")
