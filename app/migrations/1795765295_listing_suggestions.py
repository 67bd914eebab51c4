"""listing suggestions

Revision: 1795765295, after 1795764966. Made 2026-11-27.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795765295"
down_revision = "1795764966"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listing_suggestion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_listing_suggestion_decided")
        ),
        sa.CheckConstraint(
            "state = 'waiting' OR contact IS NULL",
            name=op.f("ck_listing_suggestion_contact_forgotten"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'refused')", name=op.f("ck_listing_suggestion_state")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_listing_suggestion_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_suggestion")),
    )
    with op.batch_alter_table("listing_suggestion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_suggestion_service_id"), ["service_id"], unique=False
        )
        batch_op.create_index(
            "ix_listing_suggestion_state_sent_at", ["state", "sent_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("listing_suggestion", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_suggestion_state_sent_at")
        batch_op.drop_index(batch_op.f("ix_listing_suggestion_service_id"))

    op.drop_table("listing_suggestion")
