"""Notes which students changed in a way that matching could see: `Student.facts_version` grows.

By SQLAlchemy's event, so that no service has to remember it: whoever changes a student, a plan, a
need, an interest or a referral through mapped objects is seen. What is written past them is seen by
the nightly run. The number is compared with that of the kept ranking; nothing else reads it.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, event, select, update
from sqlalchemy.orm import Session

from app.referrals.models import Referral
from app.students.models import Plan, PlanInterest, PlanNeed, Student
from catalog.bulk import chunks

OF_A_STUDENT = (Plan, Referral)
OF_A_PLAN = (PlanNeed, PlanInterest)


@event.listens_for(Session, "after_flush")
def note_changes(session: Session, _context: Any) -> None:
    """A statement or two where a student's facts changed in this flush, none where not. Who is new
    has no ranking yet that could be out of date."""
    new = set(session.new)
    changed = [*new, *session.deleted, *(one for one in session.dirty if session.is_modified(one))]
    students: set[uuid.UUID] = set()
    plans: set[uuid.UUID] = set()
    for one in changed:
        if isinstance(one, Student):
            students.add(one.id)
        elif isinstance(one, OF_A_STUDENT):
            students.add(one.student_id)
        elif isinstance(one, OF_A_PLAN):
            plans.add(one.plan_id)
    plans -= {one.id for one in new if isinstance(one, Plan)}  # they name their students themselves
    students -= {one.id for one in new if isinstance(one, Student)}
    for ids in chunks(list(plans)):
        grow(session, Student.id.in_(select(Plan.student_id).where(Plan.id.in_(ids))))
    for ids in chunks(list(students)):
        grow(session, Student.id.in_(ids))


def grow(session: Session, which: ColumnElement[bool]) -> None:
    """The next version of these students' facts."""
    session.connection().execute(
        update(Student).where(which).values(facts_version=Student.facts_version + 1)
    )
