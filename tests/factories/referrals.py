"""Permissions, referrals in any state, links, and what was suggested to families."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.consents.elements import ELEMENTS
from app.consents.models import Consent
from app.families.models import Suggestion
from app.referrals.models import Referral
from app.referrals.services import add_event, apply_action
from app.referrals.states import TRANSITIONS, Needs, Side, State, Transition
from app.security.links import issue_link, token_of
from app.security.models import AccessLink, User
from app.security.policy import SYSTEM, Actor, Role
from app.students.models import Student
from catalog.models import Organization, Service, ServiceAtLocation
from tests.factories.catalog import make_service_at_location
from tests.factories.people import make_student

BEGUN = datetime(2026, 10, 1, 14, 0, tzinfo=UTC)
REASONS = {
    Needs.DECLINE_REASON: {"reason": "no_capacity"},
    Needs.CLOSE_REASON: {"reason": "moved"},
    Needs.OUTCOME: {"outcome": "need_met"},
}
ACTORS = {
    Side.PLAN_MANAGER: Actor(role=Role.PLAN_MANAGER, name="Pat Sample"),
    Side.PARTNER: Actor(role=Role.PARTNER_LINK, name="Partner (by link)"),
    Side.SYSTEM: SYSTEM,
}


def make_consent(
    session: Session,
    student: Student,
    *,
    elements: Sequence[str] = tuple(ELEMENTS),
    organization: Organization | None = None,
    **facts: Any,
) -> Consent:
    """A permission on paper for this school year; of every element, for every partner, unless said."""
    consent = Consent(
        **{
            "student_id": student.id,
            "organization_id": organization.id if organization else None,
            "elements": list(elements),
            "purpose": "To find support for my child",
            "signed_by": "Maria Sample",
            "relation": "mother",
            "signed_on": date(2026, 8, 20),
            "expires_on": date(2027, 6, 30),
            "recorded_at": datetime(2026, 8, 21, 13, 0, tzinfo=UTC),
            **facts,
        }
    )
    session.add(consent)
    session.flush()
    return consent


def make_referral(
    session: Session,
    *,
    state: State | str = State.DRAFT,
    student: Student | None = None,
    place: ServiceAtLocation | None = None,
    category: str = "dental-checkup",
    consent: Consent | None = None,
    by: User | None = None,
    begun_at: datetime = BEGUN,
    message: str = "",
) -> Referral:
    """A referral that came to `state` by the shortest way through the table, a step an hour."""
    student = student or make_student(session)
    place = place or make_service_at_location(session, categories=[category])
    referral = Referral(
        student=student,
        service=place.service,
        service_at_location_id=place.id,
        organization=place.service.organization,
        category=category,
        state=State.DRAFT,
        message=message,
        ranking={},
        shared_elements=list(consent.elements) if consent else [],
        consent_id=consent.id if consent else None,
        created_by=by.id if by else None,
        created_at=begun_at,
        changed_at=begun_at,
    )
    session.add(referral)
    add_event(referral, "draft", None, by=ACTORS[Side.PLAN_MANAGER], now=begun_at)
    session.flush()
    for number, step in enumerate(way_to(State(state)), 1):
        side = sorted(step.sides)[0]
        apply_action(
            session,
            referral,
            step.action,
            version=referral.version,
            by=ACTORS[side],
            now=begun_at + timedelta(hours=number),
            **REASONS.get(step.needs, {}),
        )
    return referral


def way_to(target: State) -> list[Transition]:
    """The fewest steps from a draft to `target`."""
    ways: deque[tuple[State, list[Transition]]] = deque([(State.DRAFT, [])])
    seen = set()
    while ways:
        state, way = ways.popleft()
        if state is target:
            return way
        if state in seen:
            continue
        seen.add(state)
        ways.extend(
            (step.target, [*way, step]) for step in TRANSITIONS.values() if state in step.sources
        )
    raise AssertionError(f"no way leads to {target}")


def make_partner_link(
    session: Session, referral: Referral, *, secret: str, now: datetime
) -> tuple[AccessLink, str]:
    """A working link to the referral, and the token that stands in its address."""
    link = issue_link(session, kind="referral", subject_id=referral.id, now=now)
    return link, token_of(link, secret=secret)


def make_family_link(
    session: Session, student: Student, *, secret: str, now: datetime
) -> tuple[AccessLink, str]:
    """A working link to the family's page, and the token that stands in its address."""
    link = issue_link(session, kind="family", subject_id=student.id, now=now)
    return link, token_of(link, secret=secret)


def make_listing_link(
    session: Session, service: Service, *, secret: str, now: datetime
) -> tuple[AccessLink, str]:
    """A working link to a partner's listing, and the token that stands in its address."""
    link = issue_link(session, kind="listing", subject_id=service.id, now=now)
    return link, token_of(link, secret=secret)


def make_suggestion(
    session: Session, student: Student, place: ServiceAtLocation, **facts: Any
) -> Suggestion:
    """An activity that a plan manager picked for the family."""
    suggestion = Suggestion(
        **{
            "student_id": student.id,
            "service_at_location_id": place.id,
            "suggested_at": BEGUN,
            **facts,
        }
    )
    session.add(suggestion)
    session.flush()
    return suggestion
