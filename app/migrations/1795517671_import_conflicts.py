"""import conflicts

Revision: 1795517671, after 1795448126. Made 2026-11-24.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1795517671"
down_revision = "1795448126"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "theirs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_import_conflict_decided")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'ours', 'theirs')", name=op.f("ck_import_conflict_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_conflict")),
    )
    with op.batch_alter_table("import_conflict", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_conflict_entity_id"), ["entity_id"], unique=False
        )
        batch_op.create_index(
            "ix_import_conflict_state_found_at", ["state", "found_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("import_conflict", schema=None) as batch_op:
        batch_op.drop_index("ix_import_conflict_state_found_at")
        batch_op.drop_index(batch_op.f("ix_import_conflict_entity_id"))

    op.drop_table("import_conflict")
