"""Writes to a student's plan."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.security.policy import Actor
from app.students.models import PlanNeed
from app.students.queries import student_for


def mark_need_met(
    session: Session, student_id: uuid.UUID, category: str, *, by: Actor, now: datetime
) -> PlanNeed:
    """Note that a need of the plan is met; it is no longer matched. Doing it twice changes nothing.

    NotFound: no such student here, or the plan names no such need.
    """
    student = student_for(session, by, student_id, action="plans.write")
    needs = [n for n in (student.plan.needs if student.plan else []) if n.category == category]
    if not needs:
        raise NotFound("The plan names no such need. It may have been changed meanwhile.")
    for need in needs:
        if need.met_at is None:
            need.met_at = now
    session.flush()
    return needs[0]
