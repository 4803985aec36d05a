"""A letter to one of the team, a lost second factor: two administrators, as for the role."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("opening", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_opening_request_asked_by")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_opening_request_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_opening_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_request")),
    )
    with op.batch_alter_table("opening_request") as table:
        table.create_index(table.f("ix_opening_request_convention_id"), ["convention_id"], unique=False)
        table.create_index(table.f("ix_opening_request_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("opening_request")
