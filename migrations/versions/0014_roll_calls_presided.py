"""Who presides over an open roll call, where the rule lets her vote settle a tie."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("poll") as table:
        table.add_column(sa.Column("president_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_poll_president_id"), "person", ["president_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("poll") as table:
        table.drop_constraint(op.f("fk_poll_president_id"), type_="foreignkey")
        table.drop_column("president_id")
