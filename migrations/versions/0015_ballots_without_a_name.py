"""Beside the roll, who was given a token, so that a lost answer can be given again."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roll") as table:
        table.add_column(sa.Column("tokens", sa.LargeBinary(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("roll") as table:
        table.drop_column("tokens")
