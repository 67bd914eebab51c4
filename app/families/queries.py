"""Reads about what was suggested to families and what they answered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.families.models import FamilyResponse, Suggestion
from app.security import policy
from app.security.policy import Actor
from app.students.models import Student
from catalog.models import ServiceAtLocation

ASKING = ("interested", "need_help")
NOT_FOR_US = "not_for_us"


def responses_of(session: Session, student_id: uuid.UUID) -> Sequence[FamilyResponse]:
    """The family's answers about a student that the caller was let see, newest first."""
    return session.scalars(
        select(FamilyResponse)
        .where(FamilyResponse.student_id == student_id)
        .order_by(FamilyResponse.answered_at.desc(), FamilyResponse.id)
        .options(joinedload(FamilyResponse.service))
    ).all()


def services_not_for(session: Session, student_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """By service to which the family of a student that the caller was let see said "not for us": when
    (1 statement)."""
    rows = session.execute(
        select(FamilyResponse.service_id, FamilyResponse.answered_at).where(
            FamilyResponse.student_id == student_id, FamilyResponse.answer == NOT_FOR_US
        )
    )
    return {row.service_id: row.answered_at for row in rows}


def responses_unseen(session: Session, actor: Actor, *, limit: int) -> Sequence[FamilyResponse]:
    """Families that are interested or ask for help, and nobody has looked yet; oldest first."""
    return session.scalars(
        select(FamilyResponse)
        .join(FamilyResponse.student)
        .where(
            policy.rows(actor, "students.read", school_id=Student.school_id),
            FamilyResponse.seen_at.is_(None),
            FamilyResponse.answer.in_(ASKING),
        )
        .order_by(FamilyResponse.answered_at, FamilyResponse.id)
        .limit(limit)
        .options(
            joinedload(FamilyResponse.student).joinedload(Student.school),
            joinedload(FamilyResponse.service),
        )
    ).all()


def suggestions_of(session: Session, student_id: uuid.UUID) -> Sequence[Suggestion]:
    """What was picked for the family to see, newest first."""
    return session.scalars(
        select(Suggestion)
        .where(Suggestion.student_id == student_id)
        .order_by(Suggestion.suggested_at.desc(), Suggestion.id)
        .options(joinedload(Suggestion.service_at_location).joinedload(ServiceAtLocation.service))
    ).all()
