"""The rankings of every student, kept so that the whole district can be asked at once.

A ranking holds the student's id, no name and no need, and goes with the student. It is worked out
anew each night and after a change, so nothing here is worth keeping as a record.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

import app.rankings.changes  # noqa: F401 - what makes a ranking out of date is watched from here
from catalog.db import Base, UTCDateTime


class RankingRun(Base):
    """One ranking of all students on a day: with which catalog, weights and how many offers each.

    How far it is stands in the rows of `student_ranking` that name it: a run is resumed by ranking
    those that do not. `ended_at` is NULL until it has come to its end once.
    """

    __tablename__ = "ranking_run"
    __table_args__ = (
        CheckConstraint("top BETWEEN 1 AND 200", name="top"),
        Index("ix_ranking_run_started_at", "started_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    top: Mapped[int]
    ranked_on: Mapped[date]
    revision: Mapped[int]
    parameters_version: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StudentRanking(Base):
    """The best offers of one student's whole plan, packed (app/recommendations/many.py): 20 bytes each.

    `facts_version` is the student's when they were read: where the student's is another by now, the
    row is out of date. `run_id` is NULL where it was made apart from a run. `problem` says in words
    why the record could not be ranked.
    """

    __tablename__ = "student_ranking"

    student_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("student.id", ondelete="CASCADE"), primary_key=True
    )
    run_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("ranking_run.id", ondelete="SET NULL"), index=True
    )
    facts_version: Mapped[int]
    revision: Mapped[int]
    ranked_on: Mapped[date]
    parameters_version: Mapped[str] = mapped_column(String(60))
    top: Mapped[int]
    best: Mapped[bytes] = mapped_column(LargeBinary)
    considered: Mapped[int]
    fitting: Mapped[int]
    problem: Mapped[str | None] = mapped_column(Text)
