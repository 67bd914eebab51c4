"""What a list of proposed places starts from: seats that are promised, and what the term gave already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.places.models import SeatValue
from app.referrals.services import apply_action
from app.referrals.states import Side
from catalog.models import ServiceCapacity
from tests.factories import make_referral, make_service_at_location, make_student
from tests.factories.referrals import ACTORS
from tests.fixtures.client import CheckedClient
from tests.integration.places.conftest import Scene, newest_run, proposals_of
from tests.integration.places.test_places_pages import ask

Worker = Callable[[], int]


def october(day: int) -> datetime:
    return datetime(2026, 10, day, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accepted", "told", "started", "free"),
    [
        (1, 10, None, 3),  # the partner's figure knows of the student
        (1, 10, 12, 3),  # and the start of the service takes no second seat
        (11, 10, None, 2),
        (11, 10, 12, 2),
        (10, 10, None, 2),  # of the same day: nobody knows which came first
    ],
)
def test_a_seat_is_held_since_the_partner_accepted(
    client: CheckedClient,
    session: Session,
    scene: Scene,
    let_worker_work: Worker,
    accepted: int,
    told: int,
    started: int | None,
    free: int,
) -> None:
    dentist = scene.dentists[0]
    figure = session.scalars(
        select(ServiceCapacity).where(ServiceCapacity.service_id == dentist.service_id)
    ).one()
    figure.available, figure.updated = 3, october(told)
    elsewhere = make_student(session)
    referral = make_referral(
        session, student=elsewhere, place=dentist, state="accepted", begun_at=october(accepted)
    )
    if started:
        apply_action(
            session,
            referral,
            "start",
            version=referral.version,
            by=ACTORS[Side.PARTNER],
            now=october(started),
        )
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    seats = select(SeatValue.seats).where(
        SeatValue.run_id == newest_run(session).id, SeatValue.service_id == dentist.service_id
    )
    assert session.scalars(seats).all() == [free]


@pytest.mark.parametrize(("at_most", "more"), [("1", []), ("2", ["eye-exam"])])
def test_what_the_term_gave_counts_in_its_next_list(
    client: CheckedClient,
    session: Session,
    scene: Scene,
    let_worker_work: Worker,
    now: datetime,
    at_most: str,
    more: list[str],
) -> None:
    make_service_at_location(session, name="Eyes", categories=["eye-exam"], seats=9)
    both = make_student(
        session, school=scene.school, needs=[("dental-checkup", 3), ("eye-exam", 2)], interests=[]
    )
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    first = newest_run(session)
    (given,) = [one for one in proposals_of(session, first) if one.student_id == both.id]
    assert given.category == "dental-checkup"
    client.submit(client.get(f"/places/{first.id}"), f"/{given.id}/accept", {"how": "look"})
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        ask(client, scene, at_most=at_most)
        assert let_worker_work() == 1
    again = proposals_of(session, newest_run(session))
    assert [one.category for one in again if one.student_id == both.id] == more
