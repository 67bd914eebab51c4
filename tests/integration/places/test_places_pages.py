"""Open places proposed to students: asked for, looked at, accepted one by one, or dropped."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.places import services
from app.places.models import PlaceProposal
from app.referrals.models import Referral
from app.security.policy import Actor, Role
from catalog.models import ServiceCapacity
from catalog.services import bump_revision
from tests.factories import (
    make_consent,
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient
from tests.integration.places.conftest import Scene, Worker, ask, newest_run, proposals_of


def test_a_list_is_asked_for_made_and_shown(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    page = client.get(run_page)
    made = proposals_of(session, newest_run(session))
    assert made[0].student_id == scene.urgent.id
    assert {one.service_id for one in made} == {one.service_id for one in scene.dentists}
    assert "Zephyrsample, Uma" in page.text
    assert page.text.count("Accept and send") == 2
    for one in made:
        for step in ("Accept", "Accept and send", "Drop", "Yes, drop it"):
            name = f"{one.student.given_name} Zephyrsample, {one.service.name}"
            assert f'{step}<span class="visually-hidden"> ({name})</span>' in page.text
        assert f"{one.score // 1000} of 1000 points" in page.text
    assert "miles" in page.text
    assert "1 service would fit, but tells no open places" in page.text
    assert f'/directory/services/{scene.untold.service_id}"' in page.text
    assert "The whole list, of all schools" not in page.text
    assert "No permission" in page.text
    counts = newest_run(session).counts
    assert (counts["proposals"], counts["students"], counts["without"]) == (2, 3, 1)
    assert counts["untold"] == 1
    assert "1 more student with a place" in page.text
    listed = client.get("/places")
    assert "To decide" in listed.text
    assert "Services are ranked for every student" not in listed.text


def test_accepting_makes_a_draft_that_says_what_is_missing(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    first = proposals_of(session, newest_run(session))[0]
    page = client.submit(
        client.get(run_page), f"/{first.id}/accept", {"how": "look"}, follow_redirects=True
    )
    assert "No permission covers this partner" in page.text
    assert "see what the partner will see" in page.text
    referral = session.scalars(select(Referral)).one()
    assert (referral.state, referral.student_id) == ("draft", scene.urgent.id)
    assert referral.category == "dental-checkup"
    assert referral.ranking["rank"] is not None
    assert referral.shared_elements == []
    session.expire_all()
    assert (first.state, first.referral_id) == ("accepted", referral.id)
    assert first.decided_by == scene.manager.name
    accepted = client.get(f"{run_page}?state=accepted")
    assert f"/referrals/{referral.id}" in accepted.text


def test_accepting_and_sending_tells_what_a_permission_covers_and_no_more(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    first = proposals_of(session, newest_run(session))[0]
    consent = make_consent(session, scene.urgent)
    page = client.get(run_page)
    assert "Permission" in page.text
    page = client.submit(page, f"/{first.id}/accept", {"how": "send"}, follow_redirects=True)
    assert "Accepted and sent" in page.text
    referral = session.scalars(select(Referral)).one()
    assert referral.state == "sent"
    assert referral.consent_id == consent.id
    assert referral.shared_elements == consent.elements


def test_what_cannot_be_sent_stays_to_be_decided(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    first = proposals_of(session, newest_run(session))[0]
    first.service.intake.referral_email = None  # type: ignore[union-attr]
    first.service.organization.email = None  # type: ignore[union-attr]
    session.commit()
    page = client.get(run_page)
    assert "No address: call them" in page.text
    answer = client.submit(page, f"/{first.id}/accept", {"how": "send"})
    assert answer.status_code == 422
    assert "no e-mail address for referrals" in answer.text
    session.expire_all()
    assert first.state == "proposed"
    assert session.scalar(select(func.count()).select_from(Referral)) == 0
    looked = client.submit(page, f"/{first.id}/accept", {"how": "look"}, follow_redirects=True)
    assert "call them before you send it" in looked.text


def test_what_does_not_fit_any_more_says_why_and_makes_no_referral(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    first = proposals_of(session, newest_run(session))[0]
    page = client.get(run_page)
    for capacity in session.scalars(
        select(ServiceCapacity).where(ServiceCapacity.service_id == first.service_id)
    ):
        capacity.available = 0
    first.service.intake.has_waitlist = False  # type: ignore[union-attr]
    bump_revision(session)
    answer = client.submit(page, f"/{first.id}/accept", {"how": "look"})
    assert answer.status_code == 409
    assert "This does not fit any more" in answer.text
    assert session.scalar(select(func.count()).select_from(Referral)) == 0


def test_dropping_one_keeps_the_filter_and_the_others(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    first, second = proposals_of(session, newest_run(session))
    filtered = client.get(f"{run_page}?for=dental-checkup")
    answer = client.submit(filtered, f"/{first.id}/drop")
    assert answer.location.endswith("?for=dental-checkup")
    session.expire_all()
    assert (first.state, first.why_dropped) == ("dropped", None)
    assert second.state == "proposed"
    assert scene.manager.name in client.get(f"{run_page}?state=dropped").text


def test_of_two_who_decide_the_second_is_told(
    client: CheckedClient, session: Session, scene: Scene, run_page: str, now: datetime
) -> None:
    first = proposals_of(session, newest_run(session))[0]
    page = client.get(run_page)
    client.submit(page, f"/{first.id}/drop")
    late = client.submit(page, f"/{first.id}/accept", {"how": "look"})
    assert late.status_code == 409
    assert "Somebody decided on this proposal already" in late.text
    by = Actor(Role.PLAN_MANAGER, "Pat", school_ids=frozenset({scene.school.id}))
    second = proposals_of(session, newest_run(session))[1]
    with pytest.raises(Conflict):
        services.drop_proposal(session, second.id, version=7, by=by, now=now)
    session.rollback()


def test_the_whole_list_is_dropped_after_asking_once(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    first, second = proposals_of(session, newest_run(session))
    client.submit(client.get(run_page), f"/{first.id}/accept", {"how": "look"})
    page = client.get(run_page)
    unsure = client.submit(page, f"{run_page}/drop")
    assert unsure.status_code == 422
    done = client.submit(page, f"{run_page}/drop", {"sure": "1"}, follow_redirects=True)
    assert "Dropped, with 1 proposal" in done.text
    session.expire_all()
    assert (first.state, second.state) == ("accepted", "dropped")
    assert "was dropped by" in client.get(run_page).text


def test_a_newer_list_for_the_term_replaces_what_nobody_decided(
    client: CheckedClient,
    session: Session,
    scene: Scene,
    run_page: str,
    let_worker_work: Worker,
    now: datetime,
) -> None:
    old = newest_run(session)
    first, second = proposals_of(session, old)
    client.submit(client.get(run_page), f"/{first.id}/accept", {"how": "look"})
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        ask(client, scene)
        assert let_worker_work() == 1
        assert "Replaced by a newer list" in client.get(run_page).text
        listed = client.get("/places").text
        assert ">Replaced<" in listed
        assert "All decided" not in listed
    session.expire_all()
    assert (first.state, second.state, second.why_dropped) == ("accepted", "dropped", "replaced")
    again = proposals_of(session, newest_run(session))
    assert [one.service_id for one in again] == [second.service_id]
    assert scene.urgent.id not in {one.student_id for one in again}


def test_another_term_does_not_give_the_same_seats_twice(
    client: CheckedClient,
    session: Session,
    scene: Scene,
    run_page: str,
    let_worker_work: Worker,
    now: datetime,
) -> None:
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        ask(client, scene, term="Summer 2027")
        let_worker_work()
    assert newest_run(session).term == "Summer 2027"
    assert proposals_of(session, newest_run(session)) == []


def test_open_referrals_hold_their_seats(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    elsewhere = make_student(session)
    make_referral(session, student=elsewhere, place=scene.dentists[0], state="sent")
    make_referral(session, student=scene.others[0], place=scene.untold, state="opened")
    client.sign_in(scene.manager)
    ask(client, scene, at_most="3")
    let_worker_work()
    made = proposals_of(session, newest_run(session))
    assert [(one.student_id, one.service_id) for one in made] == [
        (scene.urgent.id, scene.dentists[1].service_id)
    ]


def test_brothers_and_sisters_go_to_one_place_when_asked(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    twins = scene.others
    twins[1].guardians = twins[0].guardians
    both = make_service_at_location(session, name="Dr. Both", seats=2, fee_cents=50_000)
    client.sign_in(scene.manager)
    ask(client, scene, together="1")
    let_worker_work()
    given = {one.student_id: one.service_id for one in proposals_of(session, newest_run(session))}
    assert given[twins[0].id] == given[twins[1].id] == both.service_id
    assert given[scene.urgent.id] != both.service_id


def test_with_several_places_a_student_no_need_is_served_twice(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    scene.urgent.plan.needs[0].urgency = 2  # type: ignore[union-attr]
    make_service_at_location(session, name="Eyes", categories=["eye-exam"], seats=9)
    hungry = make_student(
        session,
        school=scene.school,
        needs=[("dental-checkup", 3), ("eye-exam", 2)],
        interests=[],
    )
    for student in scene.students:
        session.delete(student.plan)
    client.sign_in(scene.manager)
    ask(client, scene, at_most="3")
    let_worker_work()
    made = proposals_of(session, newest_run(session))
    assert sorted(one.category for one in made if one.student_id == hungry.id) == [
        "dental-checkup",
        "eye-exam",
    ]


def test_the_district_sees_all_and_decides_nothing_for_a_school(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    other = make_student(session, needs=["dental-checkup"], family_name="Othersample")
    for place in scene.dentists:
        session.scalars(
            select(ServiceCapacity).where(ServiceCapacity.service_id == place.service_id)
        ).one().available = 5
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    ask(client, scene, school="district")
    let_worker_work()
    run = newest_run(session)
    assert run.school_id is None
    page = client.get(f"/places/{run.id}")
    assert "Othersample" in page.text
    assert "Accept" not in page.text.replace("Accepted", "")
    assert "Before it is sent" in page.text
    assert "Before you send" not in page.text
    assert "The whole list, of all schools" not in page.text
    lists = client.get("/places").text
    assert "until a plan manager of the student" in lists
    assert "until you accept it" not in lists
    only = client.get(f"/places/{run.id}?school={scene.school.id}")
    assert "Othersample" not in only.text
    assert "Zephyrsample" in only.text
    client.sign_out()
    client.sign_in(scene.manager)
    own = client.get(f"/places/{run.id}")
    assert "The whole list, of all schools" in own.text
    assert "Your students" in own.text
    assert "until you accept it" in client.get("/places").text
    assert "Zephyrsample" in own.text
    assert "Othersample" not in own.text
    assert "Accept and send" in own.text
    assert "Drop the list" not in own.text
    foreign = session.scalars(
        select(PlaceProposal).where(PlaceProposal.student_id == other.id)
    ).one()
    token = {"X-CSRFToken": client.csrf_token()}
    for step in ("accept", "drop"):
        answer = client.post(
            f"/place-proposals/{foreign.id}/{step}", data={"version": "1"}, headers=token
        )
        assert answer.status_code == 404
    dropped = client.post(f"/places/{run.id}/drop", data={"sure": "1"}, headers=token)
    assert dropped.status_code == 404


def test_a_list_of_another_school_is_not_there(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    client.sign_out()
    client.sign_in(make_user(session, Role.PLAN_MANAGER, schools=[make_school(session)]))
    assert client.get(run_page).status_code == 404
    assert run_page not in client.get("/places").text


def test_seats_are_not_held_for_ever_and_old_lists_go(
    session: Session, scene: Scene, client: CheckedClient, run_page: str, now: datetime
) -> None:
    run = newest_run(session)
    assert services.purge_runs(session, now=now + timedelta(days=29)) == (0, 0)
    assert services.purge_runs(session, now=now + timedelta(days=31)) == (2, 0)
    session.commit()
    assert {one.why_dropped for one in proposals_of(session, run)} == {"lapsed"}
    assert "Nobody decided in 30 days" in client.get(f"{run_page}?state=dropped").text
    assert services.purge_runs(session, now=now + timedelta(days=366)) == (0, 1)
    session.commit()
    assert session.scalar(select(func.count()).select_from(PlaceProposal)) == 0


def test_a_proposal_goes_with_its_student(
    session: Session, scene: Scene, client: CheckedClient, run_page: str
) -> None:
    session.delete(scene.urgent)
    session.commit()
    assert scene.urgent.id not in {
        one.student_id for one in proposals_of(session, newest_run(session))
    }
