"""Who could get which open place: a run that shares them out, its proposals until somebody decides,
and what one more place would be worth.

A proposal names a student by id and what the place would serve. It goes with the student, and with
its run when that is old (`purge_runs`).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.students.models import School, Student
from catalog.db import Base, UTCDateTime, one_of
from catalog.models import Service, ServiceAtLocation

STATES = ("waiting", "working", "done", "failed", "dropped")
DECISIONS = ("proposed", "accepted", "dropped")
WHY_DROPPED = ("replaced", "lapsed")


class PlacesRun(Base):
    """Open places shared out once, among the students of a school (NULL: of the district), for a
    term. `counts` holds what it adds up to, by name; `at_most` places a student; `together`: brothers
    and sisters at one place where they can."""

    __tablename__ = "places_run"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("at_most BETWEEN 1 AND 5", name="at_most"),
        Index("ix_places_run_created_at", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"), index=True)
    term: Mapped[str] = mapped_column(String(40))
    at_most: Mapped[int] = mapped_column(default=1)
    together: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    problem: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=0)
    parameters_version: Mapped[str] = mapped_column(String(60), default="")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dropped_by: Mapped[str | None] = mapped_column(String(120))

    school: Mapped[School | None] = relationship()


class PlaceProposal(Base):
    """A student could get a place at a service, for a need or an interest (`category`). Accepting it
    makes a referral; `why_dropped` is NULL where a person dropped it."""

    __tablename__ = "place_proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", DECISIONS), name="state"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("why_dropped IS NULL OR state = 'dropped'", name="why_dropped"),
        Index("ix_place_proposal_run_id_state", "run_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("places_run.id", ondelete="CASCADE"))
    student_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("student.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    service_at_location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE"), index=True
    )
    category: Mapped[str] = mapped_column(String(80))
    urgency: Mapped[int]
    score: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="proposed")
    why_dropped: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(120))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by the mapper

    run: Mapped[PlacesRun] = relationship()
    student: Mapped[Student] = relationship()
    service: Mapped[Service] = relationship()
    service_at_location: Mapped[ServiceAtLocation] = relationship()


class SeatValue(Base):
    """What a service's next seat would give in a run: more places for urgent needs and for pressing
    ones, more students with any place, and score. `seats` were open, `proposed` are given."""

    __tablename__ = "seat_value"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    run_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("places_run.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    seats: Mapped[int]
    proposed: Mapped[int]
    urgent: Mapped[int]
    pressing: Mapped[int]
    students: Mapped[int]
    score: Mapped[int]

    service: Mapped[Service] = relationship()


class KindValue(Base):
    """What one more place of a kind (a need or an interest) at a school would give in a run, and how
    many students there ask for it and get none."""

    __tablename__ = "kind_value"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    run_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("places_run.id", ondelete="CASCADE"), index=True
    )
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    code: Mapped[str] = mapped_column(String(80))
    waiting: Mapped[int]
    waiting_urgent: Mapped[int]
    urgent: Mapped[int]
    pressing: Mapped[int]
    students: Mapped[int]

    school: Mapped[School] = relationship()
