"""The factories make rows that the database accepts, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.referrals.models import Referral
from app.referrals.states import State
from app.security.models import User
from app.security.policy import Role
from catalog.taxonomy import term
from tests.factories import (
    make_consent,
    make_eligibility,
    make_organization,
    make_referral,
    make_school,
    make_service,
    make_service_at_location,
    make_student,
    make_suggestion,
    make_user,
)


@pytest.mark.parametrize("state", list(State))
def test_a_referral_in_every_state(state: State, session: Session) -> None:
    referral = make_referral(session, state=state)
    session.commit()
    assert session.scalars(select(Referral.state)).one() == state
    assert referral.events[-1].to_state == state


def test_a_student_with_everything(session: Session) -> None:
    school = make_school(session)
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    student = make_student(
        session,
        school=school,
        plan_manager=manager,
        needs=[("dental-checkup", 3), "food"],
        goals=["Come every day"],
    )
    consent = make_consent(session, student)
    place = make_service_at_location(session, service=make_service(session, seats=3))
    make_eligibility(session, place.service, "grade", low=3, high=5)
    make_suggestion(session, student, place)
    session.commit()
    assert student.plan is not None
    assert [need.urgency for need in student.plan.needs] == [3, 2]
    assert student.plan.plan_manager_id == manager.id
    assert consent.elements
    assert place.service.capacities[0].available == 3


def test_two_partners_of_one_role(session: Session) -> None:
    for _ in range(2):
        make_user(session, Role.PARTNER, organization=make_organization(session))
    session.commit()
    assert len(session.scalars(select(User)).all()) == 2


@pytest.mark.parametrize("code", ["dental-checkup", "soccer"])
def test_the_factories_name_terms_that_exist(code: str) -> None:
    assert term(code).code == code
