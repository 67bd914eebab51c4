"""index of proposed needs

Revision: 1795764227, after 1795763322. Made 2026-11-27.
"""

from __future__ import annotations

from alembic import op

revision = "1795764227"
down_revision = "1795763322"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("need_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_proposal_state_confidence"))
        batch_op.create_index(
            "ix_need_proposal_waiting",
            ["state", "confidence", "code", "service_id", "found_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("need_proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_need_proposal_waiting")
        batch_op.create_index(
            batch_op.f("ix_need_proposal_state_confidence"), ["state", "confidence"], unique=False
        )
