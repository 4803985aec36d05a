"""What was said on another platform: its origin beside arguments, and what is no argument here."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ORIGIN = (("there", 100), ("said_by", 200), ("said_to", 200))


def upgrade() -> None:
    _words("proposal", (("there", 100),))
    _words("argument", ORIGIN)
    op.add_column("argument", sa.Column("said_on", sa.Date(), nullable=True))
    op.create_table(
        "debate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("there", sa.String(100), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("theme", sa.String(200), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_debate_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debate")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_debate_convention_id_number")),
    )
    op.create_table(
        "saying",
        sa.Column("there", sa.String(100), nullable=False),
        sa.Column("said_by", sa.String(200), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("said_to", sa.String(200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("debate_id", sa.Uuid(), nullable=True),
        sa.Column("side", sa.String(40), nullable=True),
        sa.Column("replies_to_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_saying_convention_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_saying_proposal_id")),
        sa.ForeignKeyConstraint(["debate_id"], ["debate.id"], name=op.f("fk_saying_debate_id")),
        sa.ForeignKeyConstraint(["replies_to_id"], ["saying.id"], name=op.f("fk_saying_replies_to_id")),
        sa.ForeignKeyConstraint(["imported_by"], ["person.id"], name=op.f("fk_saying_imported_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saying")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_saying_convention_id_number")),
    )
    for column in ("proposal_id", "debate_id", "replies_to_id"):
        op.create_index(op.f(f"ix_saying_{column}"), "saying", [column])


def downgrade() -> None:
    op.drop_table("saying")
    op.drop_table("debate")
    with op.batch_alter_table("argument") as table:
        for name in ("said_on", *(name for name, _length in ORIGIN)):
            table.drop_column(name)
    with op.batch_alter_table("proposal") as table:
        table.drop_column("there")


def _words(name: str, columns: tuple[tuple[str, int], ...]) -> None:
    with op.batch_alter_table(name) as table:
        for column, length in columns:
            table.add_column(sa.Column(column, sa.String(length), server_default="", nullable=False))
    with op.batch_alter_table(name) as table:  # the default was for the rows already there
        for column, length in columns:
            table.alter_column(
                column, existing_type=sa.String(length), existing_nullable=False, server_default=None
            )  # fmt: skip
