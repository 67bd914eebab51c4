"""A proposal is accepted only while an open place is left for it; else the reason is told."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.extensions import db
from app.places import services
from app.places.models import PlaceProposal
from app.referrals.models import Referral
from app.security.policy import Actor, Role
from app.transactions import work_unit
from catalog.models import ServiceCapacity
from catalog.services import bump_revision
from tests.factories import (
    make_places_runs,
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
)
from tests.fixtures.client import CheckedClient, TestResponse
from tests.integration.places.conftest import Scene, Worker, ask, newest_run, proposals_of


def tell_seats(session: Session, service_id: uuid.UUID, seats: int) -> None:
    """The partner tells another number, of the same day."""
    session.scalars(
        select(ServiceCapacity).where(ServiceCapacity.service_id == service_id)
    ).one().available = seats
    bump_revision(session)
    session.commit()


@pytest.fixture
def at_one(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> list[PlaceProposal]:
    """Three proposals at one dentist, who told three places; the most urgent first."""
    tell_seats(session, scene.dentists[0].service_id, 3)
    tell_seats(session, scene.dentists[1].service_id, 0)
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    made = proposals_of(session, newest_run(session))
    assert [one.service_id for one in made] == [scene.dentists[0].service_id] * 3
    return sorted(made, key=lambda one: (-one.urgency, -one.score, one.id))


def accept(client: CheckedClient, proposal: PlaceProposal) -> TestResponse:
    page = client.get(f"/places/{proposal.run_id}")
    return client.submit(page, f"/{proposal.id}/accept", {"how": "look"})


@pytest.mark.parametrize("has_waitlist", [None, False, True])
def test_no_place_is_accepted_where_the_partner_has_become_full(
    client: CheckedClient,
    session: Session,
    at_one: list[PlaceProposal],
    has_waitlist: bool | None,
) -> None:
    page = client.get(f"/places/{at_one[0].run_id}")
    at_one[0].service.intake.has_waitlist = has_waitlist  # type: ignore[union-attr]
    tell_seats(session, at_one[0].service_id, 0)
    answer = client.submit(page, f"/{at_one[0].id}/accept", {"how": "look"})
    assert answer.status_code == 409
    assert "This does not fit any more" in answer.text
    assert "full" in answer.text
    session.expire_all()
    assert at_one[0].state == "proposed"
    assert session.scalar(select(func.count()).select_from(Referral)) == 0


def test_the_last_place_goes_to_who_comes_first_and_the_others_are_told(
    client: CheckedClient, session: Session, at_one: list[PlaceProposal]
) -> None:
    tell_seats(session, at_one[0].service_id, 1)
    late = accept(client, at_one[1])
    assert late.status_code == 409
    assert "told 1 open place on" in late.text
    assert "promised to another student" in late.text
    assert "/referrals/" in accept(client, at_one[0]).location
    assert accept(client, at_one[1]).status_code == 409  # by the referral now


def test_a_dropped_proposal_leaves_its_place_to_the_next(
    client: CheckedClient, session: Session, at_one: list[PlaceProposal]
) -> None:
    tell_seats(session, at_one[0].service_id, 1)
    client.submit(client.get(f"/places/{at_one[0].run_id}"), f"/{at_one[0].id}/drop")
    assert "/referrals/" in accept(client, at_one[1]).location


def test_open_referrals_of_others_hold_their_places_and_waitlisted_ones_none(
    client: CheckedClient, session: Session, at_one: list[PlaceProposal]
) -> None:
    place = at_one[0].service_at_location
    make_referral(session, student=make_student(session), place=place, state="waitlisted")
    tell_seats(session, place.service_id, 1)
    assert "/referrals/" in accept(client, at_one[0]).location
    tell_seats(session, place.service_id, 2)
    make_referral(session, student=make_student(session), place=place, state="sent")
    answer = accept(client, at_one[1])
    assert answer.status_code == 409
    assert "told 2 open places on" in answer.text


@pytest.mark.parametrize(
    ("state", "status", "says"),
    [("draft", 302, ""), ("sent", 409, "already has an open referral")],
)
def test_the_students_own_referral_does_not_take_the_place_from_them(
    client: CheckedClient,
    session: Session,
    at_one: list[PlaceProposal],
    state: str,
    status: int,
    says: str,
) -> None:
    first = at_one[0]
    tell_seats(session, first.service_id, 1)
    page = client.get(f"/places/{first.run_id}")
    make_referral(session, student=first.student, place=first.service_at_location, state=state)
    answer = client.submit(page, f"/{first.id}/accept", {"how": "look"})
    assert answer.status_code in {status, status + 1}
    assert says in answer.text
    assert "promised" not in answer.text


def test_a_partner_that_tells_no_number_any_more_is_asked_not_refused(
    client: CheckedClient, session: Session, at_one: list[PlaceProposal]
) -> None:
    for capacity in at_one[0].service.capacities:
        session.delete(capacity)
    bump_revision(session)
    session.commit()
    assert "/referrals/" in accept(client, at_one[0]).location


def test_of_two_managers_who_take_the_last_place_at_once_one_gets_it(
    concurrent_app: Flask, now: datetime
) -> None:
    with concurrent_app.app_context():
        with work_unit() as session:
            schools = [make_school(session) for _ in range(2)]
            students = [make_student(session, school=school) for school in schools]
            place = make_service_at_location(session, seats=1)
            make_places_runs(session, students, place, now=now)
            bump_revision(session)
            school_ids = [school.id for school in schools]
            student_ids = [student.id for student in students]
        with db.sessionmaker() as session:
            waiting = {
                one.student_id: one.id
                for one in session.scalars(
                    select(PlaceProposal).where(PlaceProposal.state == "proposed")
                )
            }
    both, ends = threading.Barrier(2, timeout=30), []

    def take(number: int) -> None:
        by = Actor(Role.PLAN_MANAGER, "Lee", school_ids=frozenset({school_ids[number]}))
        with concurrent_app.app_context():
            both.wait()
            try:
                with work_unit(name="Lee") as session:
                    services.accept_proposal(
                        session,
                        waiting[student_ids[number]],
                        version=1,
                        send=True,
                        by=by,
                        now=now,
                    )
                ends.append("accepted")
            except Conflict as error:
                ends.append(str(error))

    people = [threading.Thread(target=take, args=(number,)) for number in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sorted("accepted" if end == "accepted" else end[:20] for end in ends) == [
        "This does not fit an",
        "accepted",
    ]
    with concurrent_app.app_context(), db.sessionmaker() as session:
        assert session.scalar(select(func.count()).select_from(Referral)) == 1
