"""What a plan manager suggests to a family, and what the family answers. No account, no child's data."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.students.models import Student
from catalog.db import Base, UTCDateTime
from catalog.models import Service, ServiceAtLocation


class Suggestion(Base):
    """An activity that a plan manager picked for a family to see, beside those the ranking finds."""

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("student_id", "service_at_location_id", name="uq_suggestion_once"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    student_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("student.id", ondelete="CASCADE"), index=True
    )
    service_at_location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE")
    )
    suggested_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    suggested_at: Mapped[datetime] = mapped_column(UTCDateTime)

    student: Mapped[Student] = relationship()
    service_at_location: Mapped[ServiceAtLocation] = relationship()


class FamilyResponse(Base):
    """A family's latest answer to one activity; the plan manager marks it seen."""

    __tablename__ = "family_response"
    __table_args__ = (
        UniqueConstraint("student_id", "service_id", name="uq_family_response_once"),
        CheckConstraint(
            "answer IN ('interested', 'not_for_us', 'later', 'need_help')", name="answer"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    student_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("student.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE")
    )
    answer: Mapped[str] = mapped_column(String(20))
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    student: Mapped[Student] = relationship()
    service: Mapped[Service] = relationship()
