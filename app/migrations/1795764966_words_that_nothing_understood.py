"""words that nothing understood

Revision: 1795764966, after 1795764227. Made 2026-11-27.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795764966"
down_revision = "1795764227"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "missed_word",
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("word", sa.String(length=30), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.CheckConstraint("shares BETWEEN 1 AND 15", name=op.f("ck_missed_word_shares")),
        sa.CheckConstraint("times > 0", name=op.f("ck_missed_word_times")),
        sa.PrimaryKeyConstraint("asked_on", "word", name=op.f("pk_missed_word")),
    )


def downgrade() -> None:
    op.drop_table("missed_word")
