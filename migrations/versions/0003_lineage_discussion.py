"""Proposals merged and split with their trace, arguments for and against, amendments written on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recasting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_recasting_by_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_recasting_convention_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_recasting_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recasting")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_recasting_convention_id_number")),
    )
    with op.batch_alter_table("recasting") as table:
        table.create_index(table.f("ix_recasting_by_id"), ["by_id"], unique=False)

    op.create_table(
        "argument",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("replies_to_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_argument_author_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_argument_convention_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_argument_proposal_id")),
        sa.ForeignKeyConstraint(["replies_to_id"], ["argument.id"], name=op.f("fk_argument_replies_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_argument")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_argument_convention_id_number")),
    )
    with op.batch_alter_table("argument") as table:
        table.create_index(table.f("ix_argument_author_id"), ["author_id"], unique=False)
        table.create_index("ix_argument_proposal_id_side", ["proposal_id", "side"], unique=False)
        table.create_index(table.f("ix_argument_replies_to_id"), ["replies_to_id"], unique=False)

    op.create_table(
        "recasting_result",
        sa.Column("recasting_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_recasting_result_proposal_id")),
        sa.ForeignKeyConstraint(["recasting_id"], ["recasting.id"], name=op.f("fk_recasting_result_recasting_id")),
        sa.PrimaryKeyConstraint("recasting_id", "proposal_id", name=op.f("pk_recasting_result")),
    )
    with op.batch_alter_table("recasting_result") as table:
        table.create_index(table.f("ix_recasting_result_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "recasting_source",
        sa.Column("recasting_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_recasting_source_proposal_id")),
        sa.ForeignKeyConstraint(["recasting_id"], ["recasting.id"], name=op.f("fk_recasting_source_recasting_id")),
        sa.PrimaryKeyConstraint("recasting_id", "proposal_id", name=op.f("pk_recasting_source")),
    )
    with op.batch_alter_table("recasting_source") as table:
        table.create_index(table.f("ix_recasting_source_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "argument_endorsement",
        sa.Column("argument_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["argument_id"], ["argument.id"], name=op.f("fk_argument_endorsement_argument_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_argument_endorsement_person_id")),
        sa.PrimaryKeyConstraint("argument_id", "person_id", name=op.f("pk_argument_endorsement")),
    )
    with op.batch_alter_table("argument_endorsement") as table:
        table.create_index(table.f("ix_argument_endorsement_person_id"), ["person_id"], unique=False)

    op.create_table(
        "fate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recasting_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.Column("became", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["into_id"], ["paragraph_version.id"], name=op.f("fk_fate_into_id")),
        sa.ForeignKeyConstraint(["recasting_id"], ["recasting.id"], name=op.f("fk_fate_recasting_id")),
        sa.ForeignKeyConstraint(["version_id"], ["paragraph_version.id"], name=op.f("fk_fate_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fate")),
        sa.UniqueConstraint("recasting_id", "version_id", name=op.f("uq_fate_recasting_id_version_id")),
    )
    with op.batch_alter_table("fate") as table:
        table.create_index(table.f("ix_fate_into_id"), ["into_id"], unique=False)
        table.create_index(table.f("ix_fate_version_id"), ["version_id"], unique=False)

    with op.batch_alter_table("amendment") as table:
        table.add_column(sa.Column("typed_by_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(table.f("fk_amendment_typed_by_id"), "person", ["typed_by_id"], ["id"])

    with op.batch_alter_table("proposal") as table:
        table.add_column(sa.Column("became", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("reservation") as table:
        table.add_column(sa.Column("carried_from_id", sa.Uuid(), nullable=True))
        table.create_index(table.f("ix_reservation_carried_from_id"), ["carried_from_id"], unique=False)
        table.create_unique_constraint(
            table.f("uq_reservation_proposal_id_carried_from_id"), ["proposal_id", "carried_from_id"]
        )
        table.create_foreign_key(table.f("fk_reservation_carried_from_id"), "reservation", ["carried_from_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("reservation") as table:
        table.drop_constraint(table.f("fk_reservation_carried_from_id"), type_="foreignkey")
        table.drop_constraint(table.f("uq_reservation_proposal_id_carried_from_id"), type_="unique")
        table.drop_index(table.f("ix_reservation_carried_from_id"))
        table.drop_column("carried_from_id")

    with op.batch_alter_table("proposal") as table:
        table.drop_column("became")

    with op.batch_alter_table("amendment") as table:
        table.drop_constraint(table.f("fk_amendment_typed_by_id"), type_="foreignkey")
        table.drop_column("typed_by_id")

    with op.batch_alter_table("fate") as table:
        table.drop_index(table.f("ix_fate_version_id"))
        table.drop_index(table.f("ix_fate_into_id"))

    op.drop_table("fate")
    with op.batch_alter_table("argument_endorsement") as table:
        table.drop_index(table.f("ix_argument_endorsement_person_id"))

    op.drop_table("argument_endorsement")
    with op.batch_alter_table("recasting_source") as table:
        table.drop_index(table.f("ix_recasting_source_proposal_id"))

    op.drop_table("recasting_source")
    with op.batch_alter_table("recasting_result") as table:
        table.drop_index(table.f("ix_recasting_result_proposal_id"))

    op.drop_table("recasting_result")
    with op.batch_alter_table("argument") as table:
        table.drop_index(table.f("ix_argument_replies_to_id"))
        table.drop_index("ix_argument_proposal_id_side")
        table.drop_index(table.f("ix_argument_author_id"))

    op.drop_table("argument")
    with op.batch_alter_table("recasting") as table:
        table.drop_index(table.f("ix_recasting_by_id"))

    op.drop_table("recasting")
