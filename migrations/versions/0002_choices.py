"""What a project costs, in a vote on a budget."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("poll_question") as table:
        table.add_column(sa.Column("cost", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("poll_question") as table:  # the default was for the rows already there
        table.alter_column("cost", existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("poll_question") as table:
        table.drop_column("cost")
