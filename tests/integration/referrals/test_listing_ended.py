"""An open referral to a service that is no longer offered is somebody's task on Today."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.referrals.models import Referral
from app.referrals.states import State
from catalog.models import Service, ServiceAtLocation
from tests.factories import make_referral, make_school, make_student, make_user
from tests.fixtures.client import CheckedClient
from tests.integration.catalog.packages import bring_in, sample_tables, write_package

HEADING = "No longer offered"


def scene(session: Session, client: CheckedClient, **facts: object) -> Referral:
    """A referral at the school of the plan manager who is signed in."""
    school = make_school(session)
    manager = make_user(session, "plan_manager", schools=[school])
    client.sign_in(manager)
    student = make_student(session, school=school, plan_manager=manager)
    referral = make_referral(session, student=student, by=manager, **facts)
    session.commit()
    return referral


@pytest.mark.parametrize("state", [State.DRAFT, State.SENT, State.WAITLISTED, State.IN_SERVICE])
def test_every_open_referral_is_a_task(
    client: CheckedClient, session: Session, state: State
) -> None:
    referral = scene(session, client, state=state)
    assert HEADING not in client.get("/today").text
    referral.service.status = "inactive"
    session.commit()
    page = client.get("/today")
    assert HEADING in page.text
    assert referral.student.full_name in page.text


@pytest.mark.parametrize("state", [State.DECLINED, State.COMPLETED, State.WITHDRAWN])
def test_a_closed_one_is_none(client: CheckedClient, session: Session, state: State) -> None:
    referral = scene(session, client, state=state)
    referral.service.status = "inactive"
    session.commit()
    assert HEADING not in client.get("/today").text


def test_another_schools_referral_is_not_told(client: CheckedClient, session: Session) -> None:
    scene(session, client, state=State.SENT)
    other = make_referral(session, state=State.SENT)
    other.service.status = "inactive"
    session.commit()
    assert HEADING not in client.get("/today").text


def test_a_service_gone_from_its_source_raises_the_task(
    client: CheckedClient, session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = sample_tables()
    folder = tmp_path / "sample"
    bring_in(session, write_package(folder, tables), now)
    place = session.scalars(
        select(ServiceAtLocation).join(Service).where(Service.name == "Tutoring")
    ).first()
    assert place is not None
    scene(session, client, state=State.SENT, place=place)
    tables["services"] = [row for row in tables["services"] if row["name"] != "Tutoring"]
    bring_in(session, write_package(folder, tables), now)
    page = client.get("/today")
    assert HEADING in page.text
    assert "Tutoring" in page.text
