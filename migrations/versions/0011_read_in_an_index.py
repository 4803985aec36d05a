"""Lists and searches are read in an index alone.

The words of the search were kept twice on SQLite, in a table and in the index of its key: the table becomes that index.
PostgreSQL's key holds the weight too. What tells which proposals a list shows, and what a word leads to, is one index.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keep_words(without_rowid=True, including=" INCLUDE (weight)")
    op.create_index(
        "ix_search_entry_id_convention_id_kind_subject_id",
        "search_entry",
        ["id", "convention_id", "kind", "subject_id"],
    )
    op.create_index(
        "ix_proposal_convention_id_number_state_theme_id_id",
        "proposal",
        ["convention_id", "number", "state", "theme_id", "id"],
    )
    op.drop_index("ix_proposal_convention_id_state", "proposal")


def downgrade() -> None:
    op.create_index("ix_proposal_convention_id_state", "proposal", ["convention_id", "state"])
    op.drop_index("ix_proposal_convention_id_number_state_theme_id_id", "proposal")
    op.drop_index("ix_search_entry_id_convention_id_kind_subject_id", "search_entry")
    _keep_words(without_rowid=False, including="")


def _keep_words(*, without_rowid: bool, including: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        rows = {"sqlite_with_rowid": not without_rowid}
        with op.batch_alter_table("search_word", recreate="always", table_kwargs=rows):
            pass
    else:
        op.execute(
            "ALTER TABLE search_word DROP CONSTRAINT pk_search_word, "
            f"ADD CONSTRAINT pk_search_word PRIMARY KEY (convention_id, word, entry_id){including}"
        )
