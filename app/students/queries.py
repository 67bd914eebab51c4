"""Reads about students, schools and plans, each bounded by what the actor may see."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.errors import NotFound
from app.security import policy
from app.security.models import User
from app.security.policy import Actor
from app.students.models import Plan, PlanNeed, School, Student


def student_for(
    session: Session, actor: Actor, student_id: uuid.UUID, *, action: str = "students.read"
) -> Student:
    """The student with school, guardians and the whole plan (6 statements), or NotFound."""
    student = session.scalar(
        select(Student)
        .where(Student.id == student_id, policy.rows(actor, action, school_id=Student.school_id))
        .options(*whole_student())
    )
    if student is None:
        raise NotFound("There is no such student, or not at your schools.")
    return student


def student_by_id(session: Session, student_id: uuid.UUID) -> Student:
    """The student for those who come by a link to this very one, or on the server; NotFound."""
    student = session.scalar(
        select(Student).where(Student.id == student_id).options(*whole_student())
    )
    if student is None:
        raise NotFound("There is no such student here any more.")
    return student


def wait_for_turn(session: Session, student_id: uuid.UUID) -> None:
    """Let nobody else begin or answer something for this student until our transaction ends: of two
    who look at once whether it is there, both would add it. SQLite has one writer at a time as it is.
    """
    session.execute(
        select(Student.id).where(Student.id == student_id).with_for_update(key_share=True)
    )


def student_by_number(session: Session, text: str) -> Student:
    """The student with this district number or id, for the command line; NotFound."""
    condition: ColumnElement[bool] = Student.district_number == text.strip()
    with contextlib.suppress(ValueError):  # a district number need not look like an id
        condition = or_(condition, Student.id == uuid.UUID(text.strip()))
    student = session.scalar(select(Student).where(condition).options(*whole_student()))
    if student is None:
        raise NotFound(
            f"No student has the number {text!r}. Give the district's number or the student's id."
        )
    return student


def whole_student() -> tuple[ExecutableOption, ...]:
    """Loader options for all that the student page and the matching read."""
    plan = joinedload(Student.plan)
    return (
        joinedload(Student.school),
        selectinload(Student.guardians),
        plan.joinedload(Plan.plan_manager).options(lazyload(User.roles), lazyload(User.schools)),
        plan.selectinload(Plan.needs),
        plan.selectinload(Plan.interests),
        plan.selectinload(Plan.goals),
    )


def plan_managers_address(session: Session, student_id: uuid.UUID) -> str | None:
    """Where the plan manager of the student reads mail; None where nobody is named."""
    return session.scalar(
        select(User.email)
        .join(Plan, Plan.plan_manager_id == User.id)
        .where(Plan.student_id == student_id, User.active)
    )


@dataclass(frozen=True)
class StudentFilter:
    """What "My students" can be narrowed by; None leaves an axis open."""

    search: str = ""
    school_id: uuid.UUID | None = None
    grade: int | None = None
    need: str | None = None
    only_mine: bool = False
    review_due_by: date | None = None


def students_matching(
    session: Session, actor: Actor, wanted: StudentFilter, *, limit: int, offset: int
) -> tuple[Sequence[Student], int]:
    """Students by family name, with school, plan and needs (3 statements), and how many in all."""
    conditions = [
        policy.rows(actor, "students.read", school_id=Student.school_id),
        *filter_conditions(actor, wanted),
    ]
    total = session.scalar(
        select(func.count()).select_from(Student).outerjoin(Student.plan).where(*conditions)
    )
    students = session.scalars(
        select(Student)
        .outerjoin(Student.plan)
        .where(*conditions)
        .order_by(Student.family_name, Student.given_name, Student.id)
        .limit(limit)
        .offset(offset)
        .options(
            joinedload(Student.school),
            contains_eager(Student.plan).selectinload(Plan.needs),
        )
    ).all()
    return students, total or 0


def filter_conditions(actor: Actor, wanted: StudentFilter) -> list[ColumnElement[bool]]:
    """The WHERE of a filter; every word of the search must begin a name or be the number."""
    conditions: list[ColumnElement[bool]] = []
    for word in wanted.search.split()[:4]:
        start = like_prefix(word)
        conditions.append(
            or_(
                Student.given_name.ilike(start, escape="\\"),
                Student.family_name.ilike(start, escape="\\"),
                Student.district_number == word,
            )
        )
    if wanted.school_id is not None:
        conditions.append(Student.school_id == wanted.school_id)
    if wanted.grade is not None:
        conditions.append(Student.grade == wanted.grade)
    if wanted.need is not None:
        conditions.append(
            Plan.needs.any(and_(PlanNeed.category == wanted.need, PlanNeed.met_at.is_(None)))
        )
    if wanted.only_mine:
        conditions.append(Plan.plan_manager_id == actor.user_id)
    if wanted.review_due_by is not None:
        conditions.append(Plan.review_due_on <= wanted.review_due_by)
    return conditions


def like_prefix(word: str) -> str:
    """A LIKE pattern for texts that begin with `word`, whatever signs are in it."""
    for sign in ("\\", "%", "_"):
        word = word.replace(sign, "\\" + sign)
    return word + "%"


def school_by_code(session: Session, code: str) -> School:
    """The school with the state's number `code`, or NotFound."""
    school = session.scalar(select(School).where(School.code == code.strip()))
    if school is None:
        raise NotFound(f"No school has the state number {code!r}.")
    return school


def schools_by_id(session: Session) -> dict[uuid.UUID, School]:
    """Every school (1 statement)."""
    return {school.id: school for school in session.scalars(select(School))}


def school_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Names of schools by code; a code that no school has is not in it. One statement, or none."""
    if not codes:
        return {}
    rows = session.execute(select(School.code, School.name).where(School.code.in_(codes)))
    return {row.code: row.name for row in rows}


def schools_of(session: Session, actor: Actor) -> Sequence[School]:
    """The schools whose students the actor may see, by name."""
    return session.scalars(
        select(School)
        .where(policy.rows(actor, "students.read", school_id=School.id))
        .order_by(School.name)
    ).all()


@dataclass(frozen=True)
class SchoolFigures:
    """One school's row on the district page."""

    school_id: uuid.UUID
    name: str
    students: int
    plans_up_to_date: int


def figures_by_school(session: Session, actor: Actor, *, on: date) -> list[SchoolFigures]:
    """Students and plans not yet due for review, by school (1 statement)."""
    rows = session.execute(
        select(
            School.id,
            School.name,
            func.count(Student.id),
            func.count(Plan.id).filter(Plan.review_due_on >= on),
        )
        .join(Student, Student.school_id == School.id, isouter=True)
        .join(Plan, Plan.student_id == Student.id, isouter=True)
        .where(policy.rows(actor, "district.read"))
        .group_by(School.id, School.name)
        .order_by(School.name)
    )
    return [SchoolFigures(*row) for row in rows]
