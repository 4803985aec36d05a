"""Everything, from the first day."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_last_at"), ["last_at"], unique=False)

    op.create_table(
        "convention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("commissioner", sa.String(length=200), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("answer_due", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("help_phone", sa.String(length=40), nullable=False),
        sa.Column("help_hours", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("accent_dark", sa.String(length=7), nullable=False),
        sa.Column("margin", sa.String(length=7), nullable=False),
        sa.Column("fictional", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention")),
        sa.UniqueConstraint("host", name=op.f("uq_convention_host")),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.JSON(), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("button", sa.JSON(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mail_due_at"), ["due_at"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("reach", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "write_key",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_write_key")),
    )
    with op.batch_alter_table("write_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_write_key_done_at"), ["done_at"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("theme_name", sa.String(length=80), nullable=False),
        sa.Column("theme_colour", sa.String(length=20), nullable=False),
        sa.Column("theme_icon", sa.String(length=40), nullable=False),
        sa.Column("competence", sa.Text(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_answer_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_answer_convention_id_number")),
    )
    op.create_table(
        "answer_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_answer_import_by")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_answer_import_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_import")),
    )
    with op.batch_alter_table("answer_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_import_read_at"), ["read_at"], unique=False)

    op.create_table(
        "answer_reminder",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_answer_reminder_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answer_reminder_person_id")),
        sa.PrimaryKeyConstraint("convention_id", "person_id", "due", "days", name=op.f("pk_answer_reminder")),
    )
    op.create_table(
        "answer_review",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_answer_review_by")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_answer_review_convention_id")),
        sa.PrimaryKeyConstraint("convention_id", "months", name=op.f("pk_answer_review")),
    )
    op.create_table(
        "care_date",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("erase_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_care_date_convention_id")),
        sa.PrimaryKeyConstraint("convention_id", name=op.f("pk_care_date")),
    )
    op.create_table(
        "care_sheet",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_care_sheet_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_care_sheet_person_id")),
        sa.PrimaryKeyConstraint("person_id", "convention_id", name=op.f("pk_care_sheet")),
    )
    with op.batch_alter_table("care_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_sheet_kept_until"), ["kept_until"], unique=False)

    op.create_table(
        "convention_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_convention_text_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention_text")),
        sa.UniqueConstraint(
            "convention_id", "kind", "version", name=op.f("uq_convention_text_convention_id_kind_version")
        ),
    )
    op.create_table(
        "data_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_data_access_by_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_data_access_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_access_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_access")),
    )
    with op.batch_alter_table("data_access", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_access_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_access_convention_id"), ["convention_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_access_person_id"), ["person_id"], unique=False)

    op.create_table(
        "department",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_department_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("convention_id", "name", name=op.f("uq_department_convention_id_name")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sheet", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_draft_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "person_id", "convention_id", "subject", name=op.f("uq_draft_person_id_convention_id_subject")
        ),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_convention_id"), ["convention_id"], unique=False)

    op.create_table(
        "edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("recommendations", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_edition_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_edition_convention_id_number")),
    )
    op.create_table(
        "journal_head",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_journal_head_convention_id")),
        sa.PrimaryKeyConstraint("convention_id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "journal_line",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_journal_line_convention_id")),
        sa.PrimaryKeyConstraint("convention_id", "number", name=op.f("pk_journal_line")),
    )
    with op.batch_alter_table("journal_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_line_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_line_kind"), ["kind"], unique=False)

    op.create_table(
        "letter_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_letter_code_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_letter_code_code_hash")),
    )
    with op.batch_alter_table("letter_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mail_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_mail_link_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_link_token_hash")),
    )
    with op.batch_alter_table("mail_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "moderation_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rewritten", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_moderation_case_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
        sa.UniqueConstraint(
            "convention_id",
            "subject_kind",
            "subject_id",
            name=op.f("uq_moderation_case_convention_id_subject_kind_subject_id"),
        ),
    )
    with op.batch_alter_table("moderation_case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_moderation_case_convention_id_waiting_since", ["convention_id", "waiting_since"], unique=False
        )

    op.create_table(
        "phase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activities", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_phase_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
    )
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phase_convention_id"), ["convention_id"], unique=False)

    op.create_table(
        "poll",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_sha256", sa.String(length=64), nullable=False),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("entitled", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_poll_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_poll_convention_id_number")),
    )
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_closes_at"), ["closes_at"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_recovery_code_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "report_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("piece", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_report_text_by")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_report_text_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_text")),
        sa.UniqueConstraint(
            "convention_id", "piece", "version", name=op.f("uq_report_text_convention_id_piece_version")
        ),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=True),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_retention_run_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    with op.batch_alter_table("retention_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retention_run_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_retention_run_convention_id"), ["convention_id"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_role_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("person_id", "convention_id", "kind", name=op.f("uq_role_person_id_convention_id_kind")),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_convention_id"), ["convention_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_person_id"), ["person_id"], unique=False)

    op.create_table(
        "role_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_role_request_asked_by")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_role_request_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_request")),
    )
    with op.batch_alter_table("role_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_request_convention_id"), ["convention_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_request_person_id"), ["person_id"], unique=False)

    op.create_table(
        "search_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_search_entry_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint(
            "convention_id", "kind", "subject_id", name=op.f("uq_search_entry_convention_id_kind_subject_id")
        ),
    )
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_counter", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_second_factor_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")),
        sa.PrimaryKeyConstraint("person_id", "convention_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_sign_in_convention_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_sitting_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_sitting_convention_id_number")),
    )
    op.create_table(
        "theme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("colour", sa.String(length=40), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_theme_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("convention_id", "slug", name=op.f("uq_theme_convention_id_slug")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_agenda_item_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "answer_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_answer_comment_answer_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_answer_comment_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_comment")),
        sa.UniqueConstraint("answer_id", "author_id", name=op.f("uq_answer_comment_answer_id_author_id")),
    )
    op.create_table(
        "answer_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("referent", sa.String(length=160), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("adds", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("budget", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("addressee", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("check_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.String(length=40), nullable=True),
        sa.Column("news_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_answer_item_answer_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_answer_item_changed_by")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_answer_item_convention_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_answer_item_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_item")),
        sa.UniqueConstraint("answer_id", "number", name=op.f("uq_answer_item_answer_id_number")),
    )
    with op.batch_alter_table("answer_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_item_convention_id"), ["convention_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_item_department_id"), ["department_id"], unique=False)

    op.create_table(
        "ballot_box",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("ballots", sa.LargeBinary(), nullable=False),
        sa.Column("receipts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_ballot_box_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "part", name=op.f("pk_ballot_box")),
    )
    op.create_table(
        "department_attachment",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["convention_id"], ["convention.id"], name=op.f("fk_department_attachment_convention_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_department_attachment_department_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_department_attachment_person_id")),
        sa.PrimaryKeyConstraint("convention_id", "person_id", name=op.f("pk_department_attachment")),
    )
    with op.batch_alter_table("department_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_department_attachment_department_id"), ["department_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("link", sa.String(length=1000), nullable=False),
        sa.Column("stored", sa.String(length=80), nullable=False),
        sa.Column("octets", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_document_convention_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_document_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_convention_id"), ["convention_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "elector",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_elector_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_elector_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_elector")),
    )
    op.create_table(
        "minutes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_minutes_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("sitting_id", "version", name=op.f("uq_minutes_sitting_id_version")),
    )
    op.create_table(
        "moderation_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("original", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waited_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_moderation_decision_case_id")),
        sa.ForeignKeyConstraint(
            ["convention_id"], ["convention.id"], name=op.f("fk_moderation_decision_convention_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_moderation_decision_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_decision")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_moderation_decision_convention_id_number")),
    )
    with op.batch_alter_table("moderation_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_decision_case_id"), ["case_id"], unique=False)

    op.create_table(
        "poll_question",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_question_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "position", name=op.f("pk_poll_question")),
    )
    with op.batch_alter_table("poll_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_question_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=90), nullable=False),
        sa.Column("constat", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("concerned", sa.Text(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("competence", sa.String(length=40), nullable=False),
        sa.Column("competence_note", sa.String(length=200), nullable=False),
        sa.Column("deadline", sa.String(length=200), nullable=False),
        sa.Column("excerpt", sa.String(length=240), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_proposal_convention_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_proposal_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_proposal_convention_id_number")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_convention_id_state", ["convention_id", "state"], unique=False)
        batch_op.create_index(
            "ix_proposal_convention_id_theme_id_state", ["convention_id", "theme_id", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_proposal_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "rating_box",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_rating_box_answer_id")),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_rating_box")),
    )
    op.create_table(
        "rating_roll",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("rated", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_rating_roll_answer_id")),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_rating_roll")),
    )
    op.create_table(
        "result",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_result_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_result")),
    )
    op.create_table(
        "roll",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("voted", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_roll_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "part", name=op.f("pk_roll")),
    )
    op.create_table(
        "search_word",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column(
            "word", sa.String(length=48).with_variant(sa.String(length=48, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_search_word_convention_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["search_entry.id"], name=op.f("fk_search_word_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("convention_id", "word", "entry_id", name=op.f("pk_search_word")),
    )
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_word_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "sitting_theme",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_theme_sitting_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_sitting_theme_theme_id")),
        sa.PrimaryKeyConstraint("sitting_id", "theme_id", name=op.f("pk_sitting_theme")),
    )
    with op.batch_alter_table("sitting_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_theme_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "answer_contest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_answer_contest_author_id")),
        sa.ForeignKeyConstraint(["item_id"], ["answer_item.id"], name=op.f("fk_answer_contest_item_id")),
        sa.ForeignKeyConstraint(["replied_by"], ["person.id"], name=op.f("fk_answer_contest_replied_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_contest")),
        sa.UniqueConstraint("item_id", "author_id", name=op.f("uq_answer_contest_item_id_author_id")),
    )
    op.create_table(
        "answer_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("progress", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_answer_news_by")),
        sa.ForeignKeyConstraint(["item_id"], ["answer_item.id"], name=op.f("fk_answer_news_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_news")),
    )
    with op.batch_alter_table("answer_news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_news_item_id"), ["item_id"], unique=False)

    op.create_table(
        "answer_publication",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["answer_item.id"], name=op.f("fk_answer_publication_item_id")),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_answer_publication")),
    )
    op.create_table(
        "answer_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_answer_step_by")),
        sa.ForeignKeyConstraint(["item_id"], ["answer_item.id"], name=op.f("fk_answer_step_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_step")),
    )
    with op.batch_alter_table("answer_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_step_item_id"), ["item_id"], unique=False)

    op.create_table(
        "card_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_card_version_author_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_card_version_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_version")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_card_version_proposal_id_number")),
    )
    op.create_table(
        "moderation_appeal",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("appealed_by", sa.Uuid(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_moderation_appeal_answered_by")),
        sa.ForeignKeyConstraint(["appealed_by"], ["person.id"], name=op.f("fk_moderation_appeal_appealed_by")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_moderation_appeal_convention_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name=op.f("fk_moderation_appeal_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_moderation_appeal")),
    )
    with op.batch_alter_table("moderation_appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_appeal_convention_id"), ["convention_id"], unique=False)

    op.create_table(
        "moderation_concerned",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name=op.f("fk_moderation_concerned_decision_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_moderation_concerned_person_id")),
        sa.PrimaryKeyConstraint("decision_id", "person_id", name=op.f("pk_moderation_concerned")),
    )
    with op.batch_alter_table("moderation_concerned", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_concerned_person_id"), ["person_id"], unique=False)

    op.create_table(
        "moderation_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_moderation_flag_case_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_moderation_flag_convention_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name=op.f("fk_moderation_flag_decision_id")
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_moderation_flag_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_flag")),
    )
    with op.batch_alter_table("moderation_flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_flag_case_id"), ["case_id"], unique=False)

    op.create_table(
        "moderation_hidden",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("titled", sa.Boolean(), nullable=False),
        sa.Column("rewritten", sa.Boolean(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_moderation_hidden_convention_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name=op.f("fk_moderation_hidden_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_hidden")),
        sa.UniqueConstraint(
            "decision_id",
            "subject_kind",
            "subject_id",
            name=op.f("uq_moderation_hidden_decision_id_subject_kind_subject_id"),
        ),
    )
    with op.batch_alter_table("moderation_hidden", schema=None) as batch_op:
        batch_op.create_index(
            "ix_moderation_hidden_convention_id_lifted_at", ["convention_id", "lifted_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_moderation_hidden_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "moderation_suspension",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["convention_id"], ["convention.id"], name=op.f("fk_moderation_suspension_convention_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name=op.f("fk_moderation_suspension_decision_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_moderation_suspension_person_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_moderation_suspension")),
    )
    with op.batch_alter_table("moderation_suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_suspension_person_id"), ["person_id"], unique=False)

    op.create_table(
        "paragraph",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_paragraph_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_paragraph_proposal_id_number")),
    )
    with op.batch_alter_table("paragraph", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paragraph_state"), ["state"], unique=False)

    op.create_table(
        "proposal_author",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_author_person_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_author_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name=op.f("pk_proposal_author")),
    )
    with op.batch_alter_table("proposal_author", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_author_person_id"), ["person_id"], unique=False)

    op.create_table(
        "paragraph_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_paragraph_version_author_id")),
        sa.ForeignKeyConstraint(["follows"], ["paragraph_version.id"], name=op.f("fk_paragraph_version_follows")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraph.id"], name=op.f("fk_paragraph_version_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_version")),
        sa.UniqueConstraint("paragraph_id", "number", name=op.f("uq_paragraph_version_paragraph_id_number")),
    )
    op.create_table(
        "amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_id", sa.Uuid(), nullable=True),
        sa.Column("base_version_id", sa.Uuid(), nullable=True),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("poll_number", sa.Integer(), nullable=True),
        sa.Column("final_text", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_amendment_author_id")),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["paragraph_version.id"], name=op.f("fk_amendment_base_version_id")
        ),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_amendment_convention_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_amendment_decided_by")),
        sa.ForeignKeyConstraint(["follows_id"], ["amendment.id"], name=op.f("fk_amendment_follows_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraph.id"], name=op.f("fk_amendment_paragraph_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_amendment_proposal_id")),
        sa.ForeignKeyConstraint(["version_id"], ["paragraph_version.id"], name=op.f("fk_amendment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_amendment_convention_id_number")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_amendment_paragraph_id"), ["paragraph_id"], unique=False)
        batch_op.create_index("ix_amendment_proposal_id_state", ["proposal_id", "state"], unique=False)

    op.create_table(
        "reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_reservation_author_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_reservation_convention_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_reservation_proposal_id")),
        sa.ForeignKeyConstraint(["version_id"], ["paragraph_version.id"], name=op.f("fk_reservation_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("convention_id", "number", name=op.f("uq_reservation_convention_id_number")),
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservation_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_reservation_proposal_id", ["proposal_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.String(length=80), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_review_answered_by")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_review_author_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_review_convention_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraph.id"], name=op.f("fk_review_paragraph_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_review_proposal_id")),
        sa.ForeignKeyConstraint(["version_id"], ["paragraph_version.id"], name=op.f("fk_review_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "reservation_signature",
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reservation_signature_person_id")),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_reservation_signature_reservation_id")
        ),
        sa.PrimaryKeyConstraint("reservation_id", "person_id", name=op.f("pk_reservation_signature")),
    )
    with op.batch_alter_table("reservation_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservation_signature_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("reservation_signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reservation_signature_person_id"))

    op.drop_table("reservation_signature")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_review_author_id"))

    op.drop_table("review")
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.drop_index("ix_reservation_proposal_id")
        batch_op.drop_index(batch_op.f("ix_reservation_author_id"))

    op.drop_table("reservation")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index("ix_amendment_proposal_id_state")
        batch_op.drop_index(batch_op.f("ix_amendment_paragraph_id"))
        batch_op.drop_index(batch_op.f("ix_amendment_author_id"))

    op.drop_table("amendment")
    op.drop_table("paragraph_version")
    with op.batch_alter_table("proposal_author", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_author_person_id"))

    op.drop_table("proposal_author")
    with op.batch_alter_table("paragraph", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paragraph_state"))

    op.drop_table("paragraph")
    with op.batch_alter_table("moderation_suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_suspension_person_id"))

    op.drop_table("moderation_suspension")
    with op.batch_alter_table("moderation_hidden", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_hidden_subject_id"))
        batch_op.drop_index("ix_moderation_hidden_convention_id_lifted_at")

    op.drop_table("moderation_hidden")
    with op.batch_alter_table("moderation_flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_flag_case_id"))

    op.drop_table("moderation_flag")
    with op.batch_alter_table("moderation_concerned", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_concerned_person_id"))

    op.drop_table("moderation_concerned")
    with op.batch_alter_table("moderation_appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_appeal_convention_id"))

    op.drop_table("moderation_appeal")
    op.drop_table("card_version")
    with op.batch_alter_table("answer_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_step_item_id"))

    op.drop_table("answer_step")
    op.drop_table("answer_publication")
    with op.batch_alter_table("answer_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_news_item_id"))

    op.drop_table("answer_news")
    op.drop_table("answer_contest")
    with op.batch_alter_table("sitting_theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_theme_theme_id"))

    op.drop_table("sitting_theme")
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_word_entry_id"))

    op.drop_table("search_word")
    op.drop_table("roll")
    op.drop_table("result")
    op.drop_table("rating_roll")
    op.drop_table("rating_box")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_theme_id"))
        batch_op.drop_index("ix_proposal_convention_id_theme_id_state")
        batch_op.drop_index("ix_proposal_convention_id_state")

    op.drop_table("proposal")
    with op.batch_alter_table("poll_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_question_subject_id"))

    op.drop_table("poll_question")
    with op.batch_alter_table("moderation_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_decision_case_id"))

    op.drop_table("moderation_decision")
    op.drop_table("minutes")
    op.drop_table("elector")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_document_convention_id"))

    op.drop_table("document")
    with op.batch_alter_table("department_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_attachment_department_id"))

    op.drop_table("department_attachment")
    op.drop_table("ballot_box")
    with op.batch_alter_table("answer_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_item_department_id"))
        batch_op.drop_index(batch_op.f("ix_answer_item_convention_id"))

    op.drop_table("answer_item")
    op.drop_table("answer_comment")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_sitting_id"))

    op.drop_table("agenda_item")
    op.drop_table("theme")
    op.drop_table("sitting")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    op.drop_table("second_factor")
    op.drop_table("search_entry")
    with op.batch_alter_table("role_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_request_person_id"))
        batch_op.drop_index(batch_op.f("ix_role_request_convention_id"))

    op.drop_table("role_request")
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_person_id"))
        batch_op.drop_index(batch_op.f("ix_role_convention_id"))

    op.drop_table("role")
    with op.batch_alter_table("retention_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_run_convention_id"))
        batch_op.drop_index(batch_op.f("ix_retention_run_at"))

    op.drop_table("retention_run")
    op.drop_table("report_text")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_person_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_closes_at"))

    op.drop_table("poll")
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phase_convention_id"))

    op.drop_table("phase")
    with op.batch_alter_table("moderation_case", schema=None) as batch_op:
        batch_op.drop_index("ix_moderation_case_convention_id_waiting_since")

    op.drop_table("moderation_case")
    with op.batch_alter_table("mail_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_link_person_id"))

    op.drop_table("mail_link")
    with op.batch_alter_table("letter_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_code_person_id"))

    op.drop_table("letter_code")
    with op.batch_alter_table("journal_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_line_kind"))
        batch_op.drop_index(batch_op.f("ix_journal_line_at"))

    op.drop_table("journal_line")
    op.drop_table("journal_head")
    op.drop_table("edition")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_convention_id"))

    op.drop_table("draft")
    op.drop_table("department")
    with op.batch_alter_table("data_access", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_access_person_id"))
        batch_op.drop_index(batch_op.f("ix_data_access_convention_id"))
        batch_op.drop_index(batch_op.f("ix_data_access_at"))

    op.drop_table("data_access")
    op.drop_table("convention_text")
    with op.batch_alter_table("care_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_sheet_kept_until"))

    op.drop_table("care_sheet")
    op.drop_table("care_date")
    op.drop_table("answer_review")
    op.drop_table("answer_reminder")
    with op.batch_alter_table("answer_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_import_read_at"))

    op.drop_table("answer_import")
    op.drop_table("answer")
    with op.batch_alter_table("write_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_write_key_done_at"))

    op.drop_table("write_key")
    op.drop_table("person")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_due_at"))

    op.drop_table("outgoing_mail")
    op.drop_table("convention")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_last_at"))

    op.drop_table("attempts")
