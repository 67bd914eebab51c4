"""Schools, students with their plans and families, and the people with accounts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.security import policy
from app.security.models import Role, User, UserSchool
from app.students.models import Guardian, Plan, PlanGoal, PlanInterest, PlanNeed, School, Student
from catalog.models import Organization

DOWNTOWN = (35.0456, -85.3097)  # Chattanooga, degrees
UPDATED = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_school(session: Session, **facts: Any) -> School:
    """An elementary and middle school downtown."""
    number = next(_numbers)
    school = School(
        **{
            "code": f"S{number:04}",
            "name": f"Sample School {number}",
            "lowest_grade": 0,
            "highest_grade": 8,
            "zip_code": "37402",
            "latitude": DOWNTOWN[0],
            "longitude": DOWNTOWN[1],
            **facts,
        }
    )
    session.add(school)
    session.flush()
    return school


def make_guardian(session: Session, **facts: Any) -> Guardian:
    """A mother with a telephone; `language` is en unless said."""
    guardian = Guardian(
        **{
            "name": f"Maria Sample {next(_numbers)}",
            "relation": "mother",
            "phone": "423-555-0142",
            **facts,
        }
    )
    session.add(guardian)
    session.flush()
    return guardian


def make_student(
    session: Session,
    *,
    school: School | None = None,
    plan_manager: User | None = None,
    needs: Iterable[str | tuple[str, int]] = ("dental-checkup",),
    interests: Iterable[str | tuple[str, int]] = ("soccer",),
    goals: Sequence[str] = (),
    strengths: Sequence[str] = ("Keeps going",),
    guardians: Sequence[Guardian] | None = None,
    has_plan: bool = True,
    **facts: Any,
) -> Student:
    """A fourth-grader with a plan, a guardian, and all facts known.

    A need or an interest is a code, or (code, urgency or strength).
    """
    number = next(_numbers)
    student = Student(
        **{
            "district_number": f"{100000 + number}",
            "given_name": "Ana",
            "family_name": f"Sample{number}",
            "birth_date": date(2016, 9, 12),
            "grade": 4,
            "gender": "female",
            "home_zip": "37404",
            "home_county": "Hamilton, TN",
            "home_latitude": DOWNTOWN[0] - 0.02,
            "home_longitude": DOWNTOWN[1] + 0.02,
            "languages": ["en"],
            "insurance": "tenncare",
            "income_percent": 120,
            "situations": [],
            "access_needs": [],
            "travel": "bus",
            "free_hours": [[day, 15 * 60, 18 * 60] for day in range(5)],
            **facts,
        }
    )
    student.school = school or make_school(session)
    student.guardians = list(guardians) if guardians is not None else [make_guardian(session)]
    session.add(student)
    session.flush()
    if has_plan:
        make_plan(
            session,
            student,
            plan_manager=plan_manager,
            needs=needs,
            interests=interests,
            goals=goals,
            strengths=strengths,
        )
    return student


def make_plan(
    session: Session,
    student: Student,
    *,
    plan_manager: User | None = None,
    needs: Iterable[str | tuple[str, int]] = (),
    interests: Iterable[str | tuple[str, int]] = (),
    goals: Sequence[str] = (),
    strengths: Sequence[str] = (),
    updated_at: datetime = UPDATED,
) -> Plan:
    """This school year's plan, due for review in ninety days."""
    plan = Plan(
        plan_manager_id=plan_manager.id if plan_manager else None,
        school_year="2026-2027",
        updated_at=updated_at,
        review_due_on=(updated_at + timedelta(days=90)).date(),
        strengths=list(strengths),
        needs=[PlanNeed(category=code, urgency=level) for code, level in leveled(needs)],
        interests=[PlanInterest(term=code, strength=level) for code, level in leveled(interests)],
        goals=[
            PlanGoal(position=position, domain="attendance", text=text)
            for position, text in enumerate(goals)
        ],
    )
    student.plan = plan
    session.flush()
    return plan


def leveled(entries: Iterable[str | tuple[str, int]]) -> list[tuple[str, int]]:
    """Codes with their level; 2 where none is said."""
    return [(entry, 2) if isinstance(entry, str) else entry for entry in entries]


def make_user(
    session: Session,
    role: policy.Role | str,
    *,
    schools: Sequence[School] = (),
    organization: Organization | None = None,
    **facts: Any,
) -> User:
    """Somebody with an account in `role`. Without `password` (a hash), only `client.sign_in` works."""
    number = next(_numbers)
    user = User(
        **{
            "email": f"person{number}@example.org",
            "name": f"Pat Sample {number}",
            "fs_uniquifier": f"person-{number}-{'x' * 20}",
            "organization_id": organization.id if organization else None,
            **facts,
        }
    )
    user.roles = [role_named(session, policy.Role(role))]
    user.schools = [UserSchool(school_id=school.id) for school in schools]
    session.add(user)
    session.flush()
    return user


def role_named(session: Session, role: policy.Role) -> Role:
    """The role's row, made on first use."""
    found = session.scalar(select(Role).where(Role.name == str(role)))
    if found is None:
        found = Role(name=str(role))
        session.add(found)
        session.flush()
    return found
