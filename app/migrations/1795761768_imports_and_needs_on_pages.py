"""imports and needs on pages

Revision: 1795761768, after 1795533253. Made 2026-11-27.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1795761768"
down_revision = "1795533253"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_mapping",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_import_mapping")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "catalog_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "kept_back", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "format IN ('hsds-csv', 'hsds-json', 'xlsx')", name=op.f("ck_catalog_export_format")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'done', 'failed')",
            name=op.f("ck_catalog_export_state"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_catalog_export_file_id_stored_file"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_export")),
    )
    with op.batch_alter_table("catalog_export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_export_file_id"), ["file_id"], unique=False)
        batch_op.create_index(
            "ix_catalog_export_format_asked_at", ["format", "asked_at"], unique=False
        )
        batch_op.create_index(
            "uq_catalog_export_at_work",
            ["format"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'working')"),
            postgresql_where=sa.text("state IN ('waiting', 'working')"),
        )

    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("phase", sa.String(length=20), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=True),
        sa.Column(
            "preview", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("is_emptied", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("applied_by", sa.String(length=120), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('check_waiting', 'checking', 'checked', 'check_failed', 'apply_waiting', 'applying', 'applied', 'apply_failed', 'discarded')",
            name=op.f("ck_import_run_state"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_import_run_file_id_stored_file"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_created_at", ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_run_file_id"), ["file_id"], unique=False)
        batch_op.create_index(
            "uq_import_run_busy_source",
            ["source"],
            unique=True,
            sqlite_where=sa.text(
                "state IN ('check_waiting', 'checking', 'apply_waiting', 'applying')"
            ),
            postgresql_where=sa.text(
                "state IN ('check_waiting', 'checking', 'apply_waiting', 'applying')"
            ),
        )

    op.create_table(
        "stored_part",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_stored_part_file_id_stored_file"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_stored_part")),
    )
    op.create_table(
        "import_line",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["import_run.id"],
            name=op.f("fk_import_line_run_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_import_line")),
    )
    with op.batch_alter_table("import_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_import_line_run_id_code_position", ["run_id", "code", "position"], unique=False
        )
        batch_op.create_index(
            "ix_import_line_run_id_severity_position",
            ["run_id", "severity", "position"],
            unique=False,
        )

    op.create_table(
        "need_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("heard_in", sa.String(length=20), nullable=False),
        sa.Column("heard", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_need_proposal_decided")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused')", name=op.f("ck_need_proposal_state")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_need_proposal_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_proposal")),
        sa.UniqueConstraint("service_id", "code", name=op.f("uq_need_proposal_service_id_code")),
    )
    with op.batch_alter_table("need_proposal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_need_proposal_state_confidence", ["state", "confidence"], unique=False
        )

    op.create_table(
        "need_reading",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_need_reading_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_need_reading")),
    )
    with op.batch_alter_table("catalog_revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_for_needs", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("catalog_revision", schema=None) as batch_op:
        batch_op.drop_column("read_for_needs")

    op.drop_table("need_reading")
    with op.batch_alter_table("need_proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_need_proposal_state_confidence")

    op.drop_table("need_proposal")
    with op.batch_alter_table("import_line", schema=None) as batch_op:
        batch_op.drop_index("ix_import_line_run_id_severity_position")
        batch_op.drop_index("ix_import_line_run_id_code_position")

    op.drop_table("import_line")
    op.drop_table("stored_part")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_import_run_busy_source",
            sqlite_where=sa.text(
                "state IN ('check_waiting', 'checking', 'apply_waiting', 'applying')"
            ),
            postgresql_where=sa.text(
                "state IN ('check_waiting', 'checking', 'apply_waiting', 'applying')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_import_run_file_id"))
        batch_op.drop_index("ix_import_run_created_at")

    op.drop_table("import_run")
    with op.batch_alter_table("catalog_export", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_catalog_export_at_work",
            sqlite_where=sa.text("state IN ('waiting', 'working')"),
            postgresql_where=sa.text("state IN ('waiting', 'working')"),
        )
        batch_op.drop_index("ix_catalog_export_format_asked_at")
        batch_op.drop_index(batch_op.f("ix_catalog_export_file_id"))

    op.drop_table("catalog_export")
    op.drop_table("stored_file")
    op.drop_table("import_mapping")
