"""Referrals for programs: the same policy, ETags against lost updates, problem JSON."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.referrals.models import Referral
from app.students.models import Student
from catalog.models import ServiceAtLocation
from tests.factories import (
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient


@pytest.fixture
def api(client: CheckedClient, session: Session) -> CheckedClient:
    """A client signed in as a plan manager of one school with one student and one dentist."""
    school = make_school(session)
    manager = make_user(session, "plan_manager", schools=[school])
    make_student(
        session,
        school=school,
        plan_manager=manager,
        family_name="Zephyrsample",
        goals=["See a dentist"],
    )
    make_service_at_location(session, categories=["dental-checkup"])
    client.sign_in(manager)
    return client


def headers(client: CheckedClient, **more: str) -> dict[str, str]:
    return {"X-CSRFToken": client.csrf_token(), **more}


def begin(api: CheckedClient) -> tuple[dict[str, object], str]:
    """A draft for the first match of the only student; its body and its ETag."""
    student = api.get("/api/v1/referrals").json  # the list is empty and answers
    assert student == {
        "total_items": 0,
        "total_pages": 1,
        "page_number": 1,
        "size": 0,
        "first_page": True,
        "last_page": True,
        "empty": True,
        "contents": [],
    }
    student_id = api.get("/students").text.split("/students/")[1].split('"')[0]
    matches = api.get(f"/api/v1/students/{student_id}/matches?need=dental-checkup").json
    assert matches is not None
    made = api.post(
        "/api/v1/referrals",
        json={
            "student_id": student_id,
            "service_at_location_id": matches["matches"][0]["service_at_location_id"],
            "category": "dental-checkup",
        },
        headers=headers(api),
    )
    assert made.status_code == 201
    return made.json, made.headers["ETag"]  # type: ignore[return-value]


def test_from_match_to_completed(api: CheckedClient, session: Session) -> None:
    draft, etag = begin(api)
    assert draft["state"] == "draft"
    assert "Zephyrsample" not in str(draft)
    where = f"/api/v1/referrals/{draft['id']}"
    sent = api.post(
        f"{where}/actions", json={"action": "send"}, headers=headers(api, **{"If-Match": etag})
    )
    assert sent.status_code == 200
    assert (sent.json["state"], sent.json["fhir_task_status"]) == ("sent", "requested")
    assert sent.json["next_move"] == "partner"
    read = api.get(where)
    assert read.headers["ETag"] == sent.headers["ETag"] != etag
    withdrawn = api.post(
        f"{where}/actions",
        json={"action": "withdraw", "reason": "found_other_help"},
        headers=headers(api, **{"If-Match": read.headers["ETag"]}),
    )
    assert withdrawn.json["state"] == "withdrawn"
    session.expire_all()
    assert session.scalars(select(Referral)).one().close_reason == "found_other_help"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({}, {}),
        ({"asked": {}}, {"need": None}),
        ({"asked": {"need": "glasses"}}, {"need": "glasses"}),
        ({"asked": {"goal": "{goal}"}}, {"need": None, "goal": "{goal}"}),
    ],
)
def test_what_the_matches_were_asked_for_is_kept(
    api: CheckedClient, session: Session, asked: dict[str, Any], kept: dict[str, str | None]
) -> None:
    student = session.scalars(select(Student)).one()
    goal = str(student.plan.goals[0].id)  # type: ignore[union-attr]
    place = session.scalars(select(ServiceAtLocation)).one()
    said = json.loads(json.dumps(asked).replace("{goal}", goal))
    body = {
        "student_id": str(student.id),
        "service_at_location_id": str(place.id),
        "category": "dental-checkup",
        **said,
    }
    made = api.post("/api/v1/referrals", json=body, headers=headers(api))
    assert made.status_code == 201, made.text
    (referral,) = session.scalars(select(Referral))
    expected = {"need": "dental-checkup", "interest": None, "goal": None} | kept
    if expected["goal"]:
        expected["goal"] = goal
    assert referral.ranking["asked"] == expected


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"need": "made-up"}, "There is no need with the code"),
        ({"goal": str(uuid.UUID(int=5))}, "has no such goal"),
        ({"goal": "the first"}, "goal"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_asked_for_begins_no_referral(
    api: CheckedClient, session: Session, asked: dict[str, str], says: str
) -> None:
    body = {
        "student_id": str(session.scalars(select(Student.id)).one()),
        "service_at_location_id": str(session.scalars(select(ServiceAtLocation.id)).one()),
        "category": "dental-checkup",
        "asked": asked,
    }
    answer = api.post("/api/v1/referrals", json=body, headers=headers(api))
    assert answer.status_code == 422
    assert says in answer.text
    assert not session.scalars(select(Referral)).all()


@pytest.mark.parametrize(
    ("body", "match", "status"),
    [
        ({"action": "send"}, None, 428),
        ({"action": "send"}, '"99"', 412),
        ({"action": "fly"}, "*", 422),
        ({"action": "accept"}, "*", 403),
        ({"action": "complete", "outcome": "enrolled"}, "*", 409),
        ({"action": "withdraw"}, "*", 422),
        ({"action": "not_complete", "reason": "other"}, "*", 409),
        ({}, "*", 422),
    ],
)
def test_a_step_that_cannot_be_taken_changes_nothing(
    api: CheckedClient,
    session: Session,
    body: dict[str, str],
    match: str | None,
    status: int,
) -> None:
    draft, etag = begin(api)
    sent = {} if match is None else {"If-Match": etag if match == "*" else match}
    answer = api.post(
        f"/api/v1/referrals/{draft['id']}/actions", json=body, headers=headers(api, **sent)
    )
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) >= {"type", "title", "status", "detail"}
    session.expire_all()
    assert session.scalars(select(Referral)).one().state == "draft"


def test_a_write_needs_the_csrf_token(api: CheckedClient) -> None:
    answer = api.post("/api/v1/referrals", json={})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_another_schools_referral_is_not_there(api: CheckedClient, session: Session) -> None:
    foreign = make_referral(session, state="sent")
    assert api.get(f"/api/v1/referrals/{foreign.id}").status_code == 404
    listed = api.get("/api/v1/referrals").json
    assert listed["total_items"] == 0  # type: ignore[index]
    answer = api.post(
        f"/api/v1/referrals/{foreign.id}/actions",
        json={"action": "withdraw", "reason": "other"},
        headers=headers(api, **{"If-Match": '"2"'}),
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"student_id": "x"},
        {"student_id": "00000000-0000-0000-0000-000000000000"},
        {"category": "made-up-need"},
        {"service_at_location_id": "00000000-0000-0000-0000-000000000000"},
        {"surprise": 1},
    ],
)
def test_a_wrong_draft_is_refused_with_a_reason(
    api: CheckedClient, session: Session, body: dict[str, object]
) -> None:
    student_id = api.get("/students").text.split("/students/")[1].split('"')[0]
    place = make_service_at_location(session)
    session.flush()
    right = {
        "student_id": student_id,
        "service_at_location_id": str(place.id),
        "category": "dental-checkup",
    }
    answer = api.post("/api/v1/referrals", json={**right, **body}, headers=headers(api))
    assert answer.status_code in {404, 422}
    assert answer.json["title"]  # type: ignore[index]
    assert session.scalars(select(Referral)).all() == []


def test_the_description_is_served_and_names_every_field(client: CheckedClient) -> None:
    spec = client.get("/api/openapi.json").json
    assert spec is not None
    assert spec["openapi"] == "3.1.0"
    paths = spec["paths"]
    assert "/api/v1/referrals/{referral_id}/actions" in paths
    assert "/api/v1/students/{student_id}/matches" in paths
    for name, schema in spec["components"]["schemas"].items():
        if name in {"Error", "PaginationMetadata"}:
            continue
        for field, described in schema["properties"].items():
            assert described.get("description"), f"{name}.{field} has no description"
