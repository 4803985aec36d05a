"""Ballots that those who cast them find again by a code, where the rule says so."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ballot_box") as table:
        table.add_column(sa.Column("tracked", sa.LargeBinary(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("ballot_box") as table:
        table.drop_column("tracked")
