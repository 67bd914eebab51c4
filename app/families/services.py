"""Writes around families: picking an activity for them, inviting them, keeping their answer."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import Invalid, NotFound
from app.families import notices
from app.families.models import FamilyResponse, Suggestion
from app.notices.services import queue_notice
from app.security import policy
from app.security.links import issue_link
from app.security.models import AccessLink
from app.security.policy import Actor
from app.students.queries import (
    plan_managers_address,
    student_by_id,
    student_for,
    wait_for_turn,
)
from catalog.models import ServiceAtLocation

ANSWERS = ("interested", "not_for_us", "later", "need_help")


def suggest_to_family(
    session: Session,
    student_id: uuid.UUID,
    service_at_location_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime,
) -> Suggestion:
    """Put an activity among those that the family sees; doing it twice changes nothing."""
    student = student_for(session, by, student_id, action="families.suggest")
    wait_for_turn(session, student.id)
    place = session.get(ServiceAtLocation, service_at_location_id)
    if place is None or not place.is_listed:
        raise NotFound("This activity is not in the catalog any more. Pick another one.")
    existing = session.scalar(
        select(Suggestion).where(
            Suggestion.student_id == student.id, Suggestion.service_at_location_id == place.id
        )
    )
    if existing is not None:
        return existing
    suggestion = Suggestion(
        student_id=student.id,
        service_at_location_id=place.id,
        suggested_by=by.user_id,
        suggested_at=now,
    )
    session.add(suggestion)
    session.flush()
    return suggestion


def invite_family(
    session: Session, student_id: uuid.UUID, *, by: Actor, now: datetime
) -> AccessLink:
    """A fresh link for the family, sent to each guardian with an address; the old one stops."""
    student = student_for(session, by, student_id, action="families.invite")
    wait_for_turn(session, student.id)
    link = issue_link(session, kind="family", subject_id=student.id, now=now)
    for guardian in student.guardians:
        if guardian.email:
            letter = notices.family_invited(guardian, student.school.name, link.id)
            queue_notice(session, letter, now=now)
    return link


def record_answer(
    session: Session,
    student_id: uuid.UUID,
    service_at_location_id: uuid.UUID,
    answer: str,
    *,
    by: Actor,
    now: datetime,
) -> FamilyResponse:
    """Keep a family's answer to an activity; a new answer replaces the old. The manager is told."""
    policy.require(by, "families.respond", subject_id=student_id)
    if answer not in ANSWERS:
        raise Invalid("This answer is not one of those on the page. Use its buttons.")
    place = session.get(ServiceAtLocation, service_at_location_id)
    if place is None:
        raise NotFound("This activity is not in the catalog any more.")
    student = student_by_id(session, student_id)
    wait_for_turn(session, student_id)
    response = session.scalar(
        select(FamilyResponse).where(
            FamilyResponse.student_id == student_id,
            FamilyResponse.service_id == place.service_id,
        )
    )
    if response is not None and response.answer == answer:
        return response
    if response is None:
        response = FamilyResponse(student_id=student_id, service_id=place.service_id)
        session.add(response)
    response.service_at_location_id = place.id
    response.answer = answer
    response.answered_at = now
    response.seen_at = None
    session.flush()
    if answer in ("interested", "need_help"):
        recipient = plan_managers_address(session, student_id)
        for letter in notices.family_answered(student, recipient, now):
            queue_notice(session, letter, now=now)
    return response


def mark_responses_seen(
    session: Session, student_id: uuid.UUID, *, by: Actor, now: datetime
) -> int:
    """Take the family's answers off the list of what needs the plan manager; how many."""
    student = student_for(session, by, student_id, action="families.suggest")
    marked = session.execute(
        update(FamilyResponse)
        .where(FamilyResponse.student_id == student.id, FamilyResponse.seen_at.is_(None))
        .values(seen_at=now)
        .returning(FamilyResponse.id)
    )
    return len(marked.all())
