"""A referral of a student to a community partner's service, and every step that it took.

CHECK constraints tie columns to states, so that no code path can leave a half-closed referral.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.referrals.states import CLOSED, OPEN, State
from app.students.models import Student
from catalog.db import Base, UTCDateTime
from catalog.models import Organization, Service, ServiceAtLocation


def in_list(column: str, states: frozenset[State]) -> str:
    """`column IN (…)` for a CHECK, in a stable order."""
    return f"{column} IN ({', '.join(repr(str(s)) for s in sorted(states))})"


class Referral(Base):
    """One student, one service, one reason (`category`: a need or an interest), one life.

    `shared_elements` is what the partner may see, frozen when sent from the consent then in force.
    `ranking` keeps how the offer was found, as `app/recommendations/found.py` says: what was asked and
    shown, and what it was worked out from.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(in_list("state", frozenset(State)), name="state"),
        CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name="declined"),
        CheckConstraint("(state = 'completed') = (outcome IS NOT NULL)", name="completed"),
        CheckConstraint(f"({in_list('state', CLOSED)}) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("sent_at IS NOT NULL OR state IN ('draft', 'withdrawn')", name="sent"),
        Index(
            "uq_referral_open_once",
            "student_id",
            "service_id",
            unique=True,
            sqlite_where=text(in_list("state", OPEN)),
            postgresql_where=text(in_list("state", OPEN)),
        ),
        Index("ix_referral_organization_state", "organization_id", "state"),
        Index("ix_referral_state_due_on", "state", "due_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("student.id"), index=True)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id")
    )
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id"))
    category: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT)
    message: Mapped[str] = mapped_column(Text, default="")
    decline_reason: Mapped[str | None] = mapped_column(String(40))
    close_reason: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(40))
    shared_elements: Mapped[list[str]] = mapped_column(JSON, default=list)
    consent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("consent.id", ondelete="SET NULL")
    )
    ranking: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by the mapper

    student: Mapped[Student] = relationship()
    service: Mapped[Service] = relationship()
    service_at_location: Mapped[ServiceAtLocation | None] = relationship()
    organization: Mapped[Organization] = relationship()
    events: Mapped[list[ReferralEvent]] = relationship(
        back_populates="referral",
        order_by="ReferralEvent.at, ReferralEvent.position",
        cascade="all, delete-orphan",
    )


class ReferralEvent(Base):
    """One step of a referral: past, never changed."""

    __tablename__ = "referral_event"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_role: Mapped[str] = mapped_column(String(20))
    by_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    by_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")

    referral: Mapped[Referral] = relationship(back_populates="events")
