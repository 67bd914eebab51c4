"""listing changes

Revision: 1795448126, after 1795444400. Made 2026-11-23.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795448126"
down_revision = "1795444400"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    change_kinds("kind IN ('referral', 'family', 'listing')")
    op.create_table(
        "listing_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("old_value", sa.Text(), nullable=False),
        sa.Column("new_value", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.String(length=120), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_listing_change_decided")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'live', 'refused')", name=op.f("ck_listing_change_state")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_listing_change_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_change")),
    )
    with op.batch_alter_table("listing_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_change_service_id"), ["service_id"], unique=False
        )
        batch_op.create_index(
            "ix_listing_change_state_proposed_at", ["state", "proposed_at"], unique=False
        )


def downgrade() -> None:
    op.execute("DELETE FROM access_link WHERE kind = 'listing'")
    change_kinds("kind IN ('referral', 'family')")
    with op.batch_alter_table("listing_change", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_change_state_proposed_at")
        batch_op.drop_index(batch_op.f("ix_listing_change_service_id"))

    op.drop_table("listing_change")


def change_kinds(condition: str) -> None:
    """Let links be of these kinds. SQLite's table is made anew, without CHECKs that are not named."""
    with op.batch_alter_table("access_link", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(op.f("ck_access_link_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_access_link_kind"), condition)
