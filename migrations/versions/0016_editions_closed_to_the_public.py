"""Editions of the report that nobody but those who check reads any more."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edition") as table:
        table.add_column(sa.Column("closing_asked_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("closing_asked_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("closed_because", sa.Text(), server_default=sa.text("''"), nullable=False))
        table.create_foreign_key(op.f("fk_edition_closing_asked_by"), "person", ["closing_asked_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("edition") as table:
        table.drop_constraint(op.f("fk_edition_closing_asked_by"), type_="foreignkey")
        for column in ("closed_because", "closed_at", "closing_asked_by", "closing_asked_at"):
            table.drop_column(column)
