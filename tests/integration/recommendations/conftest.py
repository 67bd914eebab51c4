"""A plan manager at a school, and a student there: who asks, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from app.security.models import User
from app.security.policy import Role
from app.students.models import School, Student
from tests.factories import make_school, make_student, make_user


@dataclass(frozen=True)
class Someone:
    """A plan manager, the school, and Ana, who needs a dentist and likes Lego and soccer."""

    manager: User
    school: School
    ana: Student


@pytest.fixture
def someone(session: Session) -> Someone:
    """See Someone."""
    school = make_school(session, name="Sample Elementary")
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    ana = make_student(
        session,
        school=school,
        plan_manager=manager,
        needs=[("dental-checkup", 3), ("glasses", 1)],
        interests=[("lego", 3), ("soccer", 2)],
        languages=["es", "en"],
    )
    return Someone(manager, school, ana)
