"""A student, the family, the school, and the Student Success Plan: strengths, interests, needs, goals.

Facts that may be unknown are NULL, and NULL never means "none". Race, ethnicity, religion and
immigration status have no column: nothing here needs them.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.security.models import User
from catalog.db import Base, UTCDateTime


class School(Base):
    """A school of the district. `code` is the state's number for it."""

    __tablename__ = "school"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    lowest_grade: Mapped[int]
    highest_grade: Mapped[int]
    enrolment: Mapped[int | None]
    zip_code: Mapped[str | None] = mapped_column(String(5))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_in_program: Mapped[bool] = mapped_column(default=True)


student_guardian = Table(
    "student_guardian",
    Base.metadata,
    Column("student_id", ForeignKey("student.id", ondelete="CASCADE"), primary_key=True),
    Column("guardian_id", ForeignKey("guardian.id", ondelete="CASCADE"), primary_key=True),
)


class Guardian(Base):
    """A parent or guardian; brothers and sisters share theirs. `language` is ISO 639-1."""

    __tablename__ = "guardian"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(120))
    relation: Mapped[str] = mapped_column(String(40), default="guardian")
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8), default="en")


class Student(Base):
    """A student with a plan. `district_number` is the district's own number, unique in it.

    Lists are JSON: `languages` (ISO 639-1, the family's best first), `situations` (NULL: not asked),
    `access_needs`, `free_hours` ([[weekday, opens, closes] in minutes], NULL: not asked).
    `facts_version` grows with every change that matching could see (app/rankings/changes.py).
    """

    __tablename__ = "student"
    __table_args__ = (
        Index("ix_student_school_name", "school_id", "family_name", "given_name"),
        CheckConstraint("grade BETWEEN -1 AND 12", name="grade"),
        CheckConstraint("travel IN ('car', 'bus', 'foot')", name="travel"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    district_number: Mapped[str] = mapped_column(String(20), unique=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    birth_date: Mapped[date | None]
    grade: Mapped[int]
    gender: Mapped[str | None] = mapped_column(String(20))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    home_zip: Mapped[str | None] = mapped_column(String(5))
    home_county: Mapped[str | None] = mapped_column(String(80))
    home_latitude: Mapped[float | None]
    home_longitude: Mapped[float | None]
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    insurance: Mapped[str | None] = mapped_column(String(40))
    income_percent: Mapped[int | None]
    situations: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    access_needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    travel: Mapped[str | None] = mapped_column(String(8))
    free_hours: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))
    facts_version: Mapped[int] = mapped_column(server_default="1")

    school: Mapped[School] = relationship()
    guardians: Mapped[list[Guardian]] = relationship(
        secondary=student_guardian, order_by="Guardian.name"
    )
    plan: Mapped[Plan | None] = relationship(back_populates="student", cascade="all, delete-orphan")

    @property
    def full_name(self) -> str:
        """Given and family name, as people say them."""
        return f"{self.given_name} {self.family_name}"


class Plan(Base):
    """A Student Success Plan. `strengths` is a list of short texts."""

    __tablename__ = "plan"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    student_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("student.id", ondelete="CASCADE"), unique=True
    )
    plan_manager_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    school_year: Mapped[str] = mapped_column(String(9))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    review_due_on: Mapped[date]
    strengths: Mapped[list[str]] = mapped_column(JSON, default=list)

    student: Mapped[Student] = relationship(back_populates="plan")
    plan_manager: Mapped[User | None] = relationship(lazy="raise")
    needs: Mapped[list[PlanNeed]] = relationship(
        cascade="all, delete-orphan", order_by="PlanNeed.urgency.desc(), PlanNeed.category"
    )
    interests: Mapped[list[PlanInterest]] = relationship(
        cascade="all, delete-orphan", order_by="PlanInterest.strength.desc(), PlanInterest.term"
    )
    goals: Mapped[list[PlanGoal]] = relationship(
        cascade="all, delete-orphan", order_by="PlanGoal.position"
    )


class PlanNeed(Base):
    """A need: a category of catalog/taxonomy/needs.yaml, its urgency 1 to 3, and whether it is met."""

    __tablename__ = "plan_need"
    __table_args__ = (CheckConstraint("urgency BETWEEN 1 AND 3", name="urgency"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("plan.id", ondelete="CASCADE"), index=True
    )
    category: Mapped[str] = mapped_column(String(80))
    urgency: Mapped[int] = mapped_column(default=2)
    note: Mapped[str] = mapped_column(Text, default="")
    met_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PlanInterest(Base):
    """An interest: a term of catalog/taxonomy/interests.yaml and its strength, 1 to 3."""

    __tablename__ = "plan_interest"
    __table_args__ = (CheckConstraint("strength BETWEEN 1 AND 3", name="strength"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("plan.id", ondelete="CASCADE"), index=True
    )
    term: Mapped[str] = mapped_column(String(80))
    strength: Mapped[int] = mapped_column(default=2)


class PlanGoal(Base):
    """A goal in the student's own plan, with its domain (attendance, relationship-skills, …)."""

    __tablename__ = "plan_goal"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    plan_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("plan.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    domain: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
