"""rankings of every student

Revision: 1795786568, after 1795765295. Made 2026-11-27.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795786568"
down_revision = "1795765295"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ranking_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("ranked_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("parameters_version", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("top BETWEEN 1 AND 200", name=op.f("ck_ranking_run_top")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_run")),
    )
    with op.batch_alter_table("ranking_run", schema=None) as batch_op:
        batch_op.create_index("ix_ranking_run_started_at", ["started_at"], unique=False)

    op.create_table(
        "student_ranking",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ranked_on", sa.Date(), nullable=False),
        sa.Column("parameters_version", sa.String(length=60), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("best", sa.LargeBinary(), nullable=False),
        sa.Column("considered", sa.Integer(), nullable=False),
        sa.Column("fitting", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["ranking_run.id"],
            name=op.f("fk_student_ranking_run_id_ranking_run"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["student_id"],
            ["student.id"],
            name=op.f("fk_student_ranking_student_id_student"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_student_ranking")),
    )
    with op.batch_alter_table("student_ranking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_student_ranking_run_id"), ["run_id"], unique=False)

    op.add_column(
        "student", sa.Column("facts_version", sa.Integer(), server_default="1", nullable=False)
    )


def downgrade() -> None:
    # Not in a batch, which would make the table anew and empty all that hangs on it.
    op.drop_column("student", "facts_version")

    with op.batch_alter_table("student_ranking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_student_ranking_run_id"))

    op.drop_table("student_ranking")
    with op.batch_alter_table("ranking_run", schema=None) as batch_op:
        batch_op.drop_index("ix_ranking_run_started_at")

    op.drop_table("ranking_run")
