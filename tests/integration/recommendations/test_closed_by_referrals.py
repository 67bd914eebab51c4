"""What referrals close off for a while: a partner that declined, a partner that has all it takes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rankings.models import StudentRanking
from app.recommendations.many import unpacked
from app.referrals.services import apply_action
from app.referrals.states import Side
from catalog.models import ServiceAtLocation
from tests.factories import (
    make_referral,
    make_service,
    make_service_at_location,
    make_student,
)
from tests.factories.referrals import ACTORS
from tests.fixtures.client import CheckedClient, CheckedRunner
from tests.integration.recommendations.conftest import Someone
from tests.integration.recommendations.test_find_support_page import page_of, text_of

Shown = Callable[[datetime], list[uuid.UUID]]


@pytest.fixture
def ranked(runner: CheckedRunner, session: Session, someone: Someone) -> Shown:
    """`ranked(moment)`: Ana's places in the ranking of the whole district made then."""

    def made(moment: datetime) -> list[uuid.UUID]:
        with time_machine.travel(moment, tick=False):
            done = runner.invoke(args=["match-district"])
        assert done.exit_code == 0, done.output
        session.expire_all()
        best = session.scalars(
            select(StudentRanking.best).where(StudentRanking.student_id == someone.ana.id)
        ).one()
        return [place for place, _ in unpacked(best)]

    return made


def why(client: CheckedClient, someone: Someone, moment: datetime) -> str:
    """What Find support says then of a service called "Dentist"."""
    with time_machine.travel(moment, tick=False):
        client.sign_in(someone.manager)
        page = client.get(page_of(someone, "?need=dental-checkup&why=dentist"))
    assert page.status_code == 200
    return text_of(page.text)


@pytest.fixture
def dentist(session: Session) -> ServiceAtLocation:
    """A dentist who takes one referral at a time."""
    service = make_service(session, name="Dentist", referral_cap=1)
    return make_service_at_location(session, service=service)


def test_who_declined_is_offered_again_after_its_window(
    client: CheckedClient,
    session: Session,
    someone: Someone,
    dentist: ServiceAtLocation,
    ranked: Shown,
    now: datetime,
) -> None:
    begun = datetime(2026, 10, 1, 14, 0, tzinfo=UTC)
    make_referral(session, student=someone.ana, place=dentist, state="declined", begun_at=begun)
    other = make_student(session, school=someone.school)
    said = why(client, someone, now)
    assert "It was declined. A new try makes sense from October 31, 2026." in said
    assert "Nothing fits Ana right now" in said
    assert ranked(now) == []
    elsewhere = client.get(f"/students/{other.id}/support?need=dental-checkup&why=dentist")
    assert "It fits" in text_of(elsewhere.text), "it was declined for Ana alone"
    last_day = datetime(2026, 10, 30, 16, 0, tzinfo=UTC)
    assert "It was declined" in why(client, someone, last_day)
    after = last_day + timedelta(days=1)
    assert "It fits" in why(client, someone, after)
    assert ranked(after) == [dentist.id]


def test_a_partner_at_its_cap_is_offered_again_when_a_referral_closes(
    client: CheckedClient,
    session: Session,
    someone: Someone,
    dentist: ServiceAtLocation,
    ranked: Shown,
    now: datetime,
) -> None:
    other = make_student(session, school=someone.school)
    referral = make_referral(session, student=other, place=dentist, state="sent")
    said = why(client, someone, now)
    assert "It takes 1 referral at a time and has 1 now." in said
    assert "Nothing fits Ana right now" in said
    assert ranked(now) == []
    apply_action(
        session,
        referral,
        "withdraw",
        version=referral.version,
        by=ACTORS[Side.PLAN_MANAGER],
        now=now,
        reason="moved",
    )
    later = now + timedelta(minutes=1)
    assert "It fits" in why(client, someone, later)
    assert ranked(later) == [dentist.id]
