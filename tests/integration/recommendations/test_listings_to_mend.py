"""Listings that contradict themselves: left out of the ranking, and a task for who keeps them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.security.policy import Role
from catalog.services import bump_revision
from tests.factories import (
    make_eligibility,
    make_location,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient


def test_a_contradiction_is_left_out_said_and_gone_once_it_is_mended(
    session: Session, client: CheckedClient, now: datetime
) -> None:
    school = make_school(session)
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    student = make_student(session, school=school, plan_manager=manager)
    wrong = make_service_at_location(
        session, name="Backwards Dental", location=make_location(session)
    )
    make_service_at_location(session, name="Sound Dental")
    make_eligibility(session, wrong.service, "situation", "require", any_of=["homeless"])
    barred = make_eligibility(session, wrong.service, "situation", "bar", any_of=["homeless"])
    bump_revision(session)
    client.sign_in(manager)
    page = client.get(f"/students/{student.id}/support?need=dental-checkup")
    assert page.status_code == 200
    assert "Sound Dental" in page.text
    assert "Backwards Dental" not in page.text
    why = client.get(f"/students/{student.id}/support?need=dental-checkup&why=Backwards")
    assert "Backwards Dental" in why.text
    assert client.get("/listings-to-mend").status_code == 403

    client.sign_out()
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    page = client.get("/listings-to-mend")
    assert "Backwards Dental" in page.text
    assert "Situations: what is said contradicts itself" in page.text
    assert "Sound Dental" not in page.text
    session.delete(barred)
    bump_revision(session)
    assert "Nothing to mend" in client.get("/listings-to-mend").text
