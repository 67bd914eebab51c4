"""history of every field

Revision: 1795530597, after 1795517671. Made 2026-11-24.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1795530597"
down_revision = "1795517671"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metadata",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("resource_type", sa.String(length=40), nullable=False),
        sa.Column("last_action_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_action_type", sa.String(length=40), nullable=False),
        sa.Column("field_name", sa.String(length=60), nullable=False),
        sa.Column("previous_value", sa.Text(), nullable=False),
        sa.Column("replacement_value", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column(
            "extra", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "imported", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.CheckConstraint(
            "made_by IN ('staff', 'partner', 'source', 'system', 'elsewhere')",
            name=op.f("ck_metadata_made_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_metadata_source_source_id")),
    )
    with op.batch_alter_table("metadata", schema=None) as batch_op:
        batch_op.create_index(
            "ix_metadata_owner_id_last_action_date", ["owner_id", "last_action_date"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_metadata_resource_id"), ["resource_id"], unique=False)
        batch_op.create_index(
            "ix_metadata_resource_type_last_action_type",
            ["resource_type", "last_action_type"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("metadata", schema=None) as batch_op:
        batch_op.drop_index("ix_metadata_resource_type_last_action_type")
        batch_op.drop_index(batch_op.f("ix_metadata_resource_id"))
        batch_op.drop_index("ix_metadata_owner_id_last_action_date")

    op.drop_table("metadata")
