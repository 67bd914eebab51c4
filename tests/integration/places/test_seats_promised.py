"""What a list of proposed places starts from: seats that are promised, and what the term gave already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.families.models import FamilyResponse
from app.places.models import SeatValue
from app.referrals.services import apply_action
from app.referrals.states import Side
from catalog.models import ServiceCapacity
from tests.factories import make_referral, make_service_at_location, make_student
from tests.factories.referrals import ACTORS
from tests.fixtures.client import CheckedClient
from tests.integration.places.conftest import Scene, Worker, ask, newest_run, proposals_of


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


ENDED = [
    ("completed", None, False),
    ("not_completed", "no_show", False),
    ("withdrawn", "family_declined", False),
    ("withdrawn", "sent_by_mistake", True),
    ("expired", None, True),
]


@pytest.mark.parametrize(("state", "reason", "again"), ENDED)
def test_a_service_is_not_proposed_again_for_a_need_it_was_tried_for(
    client: CheckedClient,
    session: Session,
    scene: Scene,
    let_worker_work: Worker,
    state: str,
    reason: str | None,
    again: bool,
) -> None:
    only, full = scene.dentists
    full.service.capacities[0].available = 0
    for student in scene.others:
        session.delete(student)
    referral = make_referral(session, student=scene.urgent, place=only, state=state)
    if reason:
        referral.close_reason = reason
    session.commit()
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    made = proposals_of(session, newest_run(session))
    assert [one.service_id for one in made] == ([only.service_id] if again else [])


def test_a_service_tried_for_one_need_may_be_proposed_for_another(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    both = make_service_at_location(
        session, name="Both", categories=["dental-checkup", "eye-exam"], seats=1
    )
    for dentist in scene.dentists:
        dentist.service.capacities[0].available = 0
    student = make_student(
        session, school=scene.school, needs=[("dental-checkup", 3), ("eye-exam", 2)], interests=[]
    )
    for other in scene.students:
        session.delete(other)
    make_referral(session, student=student, place=both, state="completed")
    session.commit()
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    made = proposals_of(session, newest_run(session))
    assert [(one.service_id, one.category) for one in made] == [(both.service_id, "eye-exam")]


@pytest.mark.parametrize(("answer", "proposed"), [("not_for_us", 0), ("interested", 1)])
def test_what_the_family_does_not_want_is_not_proposed(
    client: CheckedClient,
    session: Session,
    scene: Scene,
    let_worker_work: Worker,
    now: datetime,
    answer: str,
    proposed: int,
) -> None:
    only, full = scene.dentists
    full.service.capacities[0].available = 0
    for student in scene.others:
        session.delete(student)
    session.add(
        FamilyResponse(
            student_id=scene.urgent.id, service_id=only.service_id, answer=answer, answered_at=now
        )
    )
    session.commit()
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    assert len(proposals_of(session, newest_run(session))) == proposed


def test_a_need_that_is_met_is_not_asked_for_again(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker, now: datetime
) -> None:
    scene.urgent.plan.needs[0].met_at = now  # type: ignore[union-attr]
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    run = newest_run(session)
    assert {one.student_id for one in proposals_of(session, run)} == {
        one.id for one in scene.others
    }
    assert run.counts["students"] == 2
