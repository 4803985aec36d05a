"""The guarantors' journal, and what the organisers answer."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_remark_author_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_remark_convention_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["remark.id"], name=op.f("fk_remark_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_remark_convention_id_number")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_remark_corrects_id")),
    )
    with op.batch_alter_table("remark") as table:
        table.create_index(table.f("ix_remark_author_id"), ["author_id"], unique=False)
    op.create_table(
        "remark_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("remark_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_remark_answer_by_id")),
        sa.ForeignKeyConstraint(["remark_id"], ["remark.id"], name=op.f("fk_remark_answer_remark_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark_answer")),
    )
    with op.batch_alter_table("remark_answer") as table:
        table.create_index(table.f("ix_remark_answer_by_id"), ["by_id"], unique=False)
        table.create_index(table.f("ix_remark_answer_remark_id"), ["remark_id"], unique=False)


def downgrade() -> None:
    op.drop_table("remark_answer")
    op.drop_table("remark")
