"""Texts written together: one hand per paragraph, their order, invitations to write, plain words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paragraph_hand",
        sa.Column("paragraph_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraph.id"], name=op.f("fk_paragraph_hand_paragraph_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paragraph_hand_person_id")),
        sa.PrimaryKeyConstraint("paragraph_id", name=op.f("pk_paragraph_hand")),
    )
    with op.batch_alter_table("paragraph_hand") as table:
        table.create_index(table.f("ix_paragraph_hand_person_id"), ["person_id"], unique=False)

    op.create_table(
        "author_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_author_invitation_person_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_author_invitation_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_invitation")),
        sa.UniqueConstraint("proposal_id", "person_id", name=op.f("uq_author_invitation_proposal_id_person_id")),
    )
    with op.batch_alter_table("author_invitation") as table:
        table.create_index(table.f("ix_author_invitation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "plain_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_plain_text_approved_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_plain_text_proposal_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_plain_text_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plain_text")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_plain_text_proposal_id")),
    )
    with op.batch_alter_table("plain_text") as table:
        table.create_index(table.f("ix_plain_text_approved_by_id"), ["approved_by_id"], unique=False)
        table.create_index(table.f("ix_plain_text_written_by_id"), ["written_by_id"], unique=False)

    with op.batch_alter_table("paragraph") as table:
        table.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("proposal") as table:
        table.add_column(sa.Column("written_for", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("proposal") as table:  # the defaults were for the rows already there
        table.alter_column("written_for", existing_type=sa.Text(), existing_nullable=False, server_default=None)
        table.alter_column("became", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("proposal") as table:
        table.alter_column("became", existing_type=sa.JSON(), existing_nullable=False, server_default="[]")
        table.drop_column("written_for")
    with op.batch_alter_table("paragraph") as table:
        table.drop_column("position")
    op.drop_table("plain_text")
    op.drop_table("author_invitation")
    op.drop_table("paragraph_hand")
