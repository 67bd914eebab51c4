"""Reads of kept rankings: how far the last run is, and whose ranking is to be made anew.

For the worker, commands and other features' services: who may see a ranking is asked before, with
its student.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.rankings.models import RankingRun, StudentRanking
from app.students.models import Student


@dataclass(frozen=True, slots=True)
class Standing:
    """The last run with how many students there are, how many it has ranked, and of those who
    have no offer at all and whose record could not be ranked."""

    run: RankingRun
    students: int
    ranked: int
    without: int
    problems: int


def latest_run(session: Session) -> RankingRun | None:
    """The run that was begun last (1 statement)."""
    return session.scalar(
        select(RankingRun).order_by(RankingRun.started_at.desc(), RankingRun.id).limit(1)
    )


def standing_of_latest(session: Session) -> Standing | None:
    """How far the last run is (2 statements); None where there was none."""
    run = latest_run(session)
    if run is None:
        return None
    students, ranked, without, problems = session.execute(
        select(
            func.count(Student.id),
            func.count().filter(is_done(run.id)),
            func.count().filter(is_done(run.id), StudentRanking.fitting == 0),
            func.count().filter(is_done(run.id), StudentRanking.problem.is_not(None)),
        ).outerjoin(StudentRanking, StudentRanking.student_id == Student.id)
    ).one()
    return Standing(run, students, ranked, without - problems, problems)


def problems(session: Session, *, limit: int) -> list[tuple[uuid.UUID, str]]:
    """Students whose record could not be ranked, with why in words (1 statement)."""
    rows = session.execute(
        select(StudentRanking.student_id, StudentRanking.problem)
        .where(StudentRanking.problem.is_not(None))
        .order_by(StudentRanking.student_id)
        .limit(limit)
    )
    return [(row.student_id, row.problem or "") for row in rows]


def is_done(run_id: uuid.UUID) -> ColumnElement[bool]:
    """The condition that a student's row is the run's, and of the student as they are now."""
    return (StudentRanking.run_id == run_id) & (
        StudentRanking.facts_version == Student.facts_version
    )


def in_order(due: ColumnElement[bool]) -> Select[uuid.UUID]:
    """Ids of the students with the condition, those alike beside each other."""
    return (
        select(Student.id)
        .outerjoin(StudentRanking, StudentRanking.student_id == Student.id)
        .where(or_(StudentRanking.student_id.is_(None), due))
        .order_by(Student.school_id, Student.grade, Student.id)
    )


def students_due(session: Session, run_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Whom the run has not ranked, or whose facts have changed since it did (1 statement)."""
    due = StudentRanking.run_id.is_(None) | ~is_done(run_id)
    return session.scalars(in_order(due)).all()


def number_due(session: Session, run_id: uuid.UUID | None) -> int:
    """How many the run has to rank (1 statement); None: a run that is yet to begin."""
    students = select(func.count(Student.id))
    if run_id is not None:
        students = students.outerjoin(
            StudentRanking, StudentRanking.student_id == Student.id
        ).where(
            or_(
                StudentRanking.student_id.is_(None),
                StudentRanking.run_id.is_(None),
                ~is_done(run_id),
            )
        )
    return session.scalar(students) or 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a ranking must have been made to be of use: with which catalog and weights, on which day,
    how deep."""

    revision: int
    on: date
    parameters_version: str
    top: int


def students_out_of_date(
    session: Session, wanted: Wanted, *, school_id: uuid.UUID | None
) -> Sequence[uuid.UUID]:
    """The students, of one school or of all, whose ranking is not as wanted (1 statement)."""
    due = or_(
        StudentRanking.revision != wanted.revision,
        StudentRanking.ranked_on != wanted.on,
        StudentRanking.parameters_version != wanted.parameters_version,
        StudentRanking.top < wanted.top,
        StudentRanking.facts_version != Student.facts_version,
    )
    statement = in_order(due)
    if school_id is not None:
        statement = statement.where(Student.school_id == school_id)
    return session.scalars(statement).all()


def rankings_of(session: Session, student_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """The packed rankings of these students (1 statement)."""
    rows = session.execute(
        select(StudentRanking.student_id, StudentRanking.best).where(
            StudentRanking.student_id.in_(student_ids)
        )
    )
    return {row.student_id: row.best for row in rows}
