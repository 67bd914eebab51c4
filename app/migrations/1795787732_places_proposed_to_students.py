"""places proposed to students

Revision: 1795787732, after 1795786600. Made 2026-11-27.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1795787732"
down_revision = "1795786600"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "places_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("parameters_version", sa.String(length=60), nullable=False),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'done', 'failed', 'dropped')",
            name=op.f("ck_places_run_state"),
        ),
        sa.CheckConstraint("at_most BETWEEN 1 AND 5", name=op.f("ck_places_run_at_most")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_places_run_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places_run")),
    )
    with op.batch_alter_table("places_run", schema=None) as batch_op:
        batch_op.create_index("ix_places_run_created_at", ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_places_run_school_id"), ["school_id"], unique=False)

    op.create_table(
        "kind_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("waiting_urgent", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("pressing", sa.Integer(), nullable=False),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["places_run.id"],
            name=op.f("fk_kind_value_run_id_places_run"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_kind_value_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind_value")),
    )
    with op.batch_alter_table("kind_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kind_value_run_id"), ["run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kind_value_school_id"), ["school_id"], unique=False)

    op.create_table(
        "seat_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("pressing", sa.Integer(), nullable=False),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["places_run.id"],
            name=op.f("fk_seat_value_run_id_places_run"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_seat_value_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_value")),
    )
    with op.batch_alter_table("seat_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_value_run_id"), ["run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_value_service_id"), ["service_id"], unique=False)

    op.create_table(
        "place_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("service_at_location_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("why_dropped", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_place_proposal_decided")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'dropped')", name=op.f("ck_place_proposal_state")
        ),
        sa.CheckConstraint(
            "why_dropped IS NULL OR state = 'dropped'", name=op.f("ck_place_proposal_why_dropped")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_place_proposal_referral_id_referral"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["places_run.id"],
            name=op.f("fk_place_proposal_run_id_places_run"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_location.id"],
            name=op.f("fk_place_proposal_service_at_location_id_service_at_location"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_place_proposal_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["student_id"],
            ["student.id"],
            name=op.f("fk_place_proposal_student_id_student"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_proposal")),
    )
    with op.batch_alter_table("place_proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_place_proposal_referral_id"), ["referral_id"], unique=False
        )
        batch_op.create_index("ix_place_proposal_run_id_state", ["run_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_place_proposal_service_at_location_id"),
            ["service_at_location_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_place_proposal_service_id"), ["service_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_place_proposal_student_id"), ["student_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("place_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_proposal_student_id"))
        batch_op.drop_index(batch_op.f("ix_place_proposal_service_id"))
        batch_op.drop_index(batch_op.f("ix_place_proposal_service_at_location_id"))
        batch_op.drop_index("ix_place_proposal_run_id_state")
        batch_op.drop_index(batch_op.f("ix_place_proposal_referral_id"))

    op.drop_table("place_proposal")
    with op.batch_alter_table("seat_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_value_service_id"))
        batch_op.drop_index(batch_op.f("ix_seat_value_run_id"))

    op.drop_table("seat_value")
    with op.batch_alter_table("kind_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kind_value_school_id"))
        batch_op.drop_index(batch_op.f("ix_kind_value_run_id"))

    op.drop_table("kind_value")
    with op.batch_alter_table("places_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_places_run_school_id"))
        batch_op.drop_index("ix_places_run_created_at")

    op.drop_table("places_run")
