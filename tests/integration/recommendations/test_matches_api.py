"""Matches for programs: parts that add up, one's own school only, clear problems."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

from app.security.policy import Role
from catalog.models import ServiceAtLocation
from tests.factories import (
    make_eligibility,
    make_service,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient
from tests.fixtures.statements import CountStatements
from tests.integration.recommendations.conftest import Someone

STATEMENTS = 12  # 10 of find_support, and 2 for who is signed in


@pytest.fixture
def places(session: Session) -> list[ServiceAtLocation]:
    """A dentist that fits, one whose openings are not known, and one that is for older children."""
    older = make_service(session, name="Teens' dentist", ages=(13, 18))
    return [
        make_service_at_location(session, name="Good dentist"),
        make_service_at_location(session, name="Quiet dentist", seats=None),
        make_service_at_location(session, service=older),
    ]


def matches_of(someone: Someone, query: str = "") -> str:
    return f"/api/v1/students/{someone.ana.id}/matches{query}"


def test_matches_come_with_parts_that_add_up(
    client: CheckedClient,
    someone: Someone,
    places: list[ServiceAtLocation],
    count_statements: CountStatements,
) -> None:
    address = matches_of(someone, "?need=dental-checkup")
    client.sign_in(someone.manager)
    client.get(address)
    with count_statements(STATEMENTS):
        body = client.get(address).get_json()
    assert [match["name"] for match in body["matches"]] == ["Good dentist", "Quiet dentist"]
    assert [match["rank"] for match in body["matches"]] == [1, 2]
    assert (body["considered"], body["excluded"]) == (3, 1)
    assert body["need"] == "dental-checkup"
    assert body["interest"] is None
    assert body["parameters_version"].startswith("urgent-")
    assert body["catalog_revision"] == 0
    for match in body["matches"]:
        assert 0 < match["score"] <= 1000
        assert sum(part["points"] for part in match["parts"]) == match["score"]
        assert all(part["points"] <= part["max_points"] for part in match["parts"])
        assert match["category"] == "dental-checkup"
        assert match["distance_metres"] > 0
    quiet = body["matches"][1]
    assert "Ask the partner: is there an open place now?" in quiet["questions"]
    assert someone.ana.family_name not in str(body)


def test_k_cuts_the_list_and_not_the_counts(
    client: CheckedClient, someone: Someone, places: list[ServiceAtLocation]
) -> None:
    client.sign_in(someone.manager)
    body = client.get(matches_of(someone, "?need=dental-checkup&k=1")).get_json()
    assert len(body["matches"]) == 1
    assert body["considered"] == 3


def test_neither_need_nor_interest_is_the_whole_plan(
    client: CheckedClient, someone: Someone, session: Session, places: list[ServiceAtLocation]
) -> None:
    make_service_at_location(session, name="Lego Saturdays", categories=["lego"])
    client.sign_in(someone.manager)
    body = client.get(matches_of(someone)).get_json()
    assert {match["category"] for match in body["matches"]} == {"dental-checkup", "lego"}
    assert body["parameters_version"].startswith("balanced-")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?need=made-up", "need"),
        ("?interest=made-up", "interest"),
        ("?need=dental-checkup&interest=lego", "interest"),
        ("?k=0", "k"),
        ("?k=101", "k"),
        ("?k=many", "k"),
    ],
)
def test_a_wrong_question_is_a_problem_that_names_its_field(
    client: CheckedClient, someone: Someone, query: str, field: str
) -> None:
    client.sign_in(someone.manager)
    response = client.get(matches_of(someone, query))
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert field in str(response.get_json()["errors"])


def test_scope(client: CheckedClient, session: Session, someone: Someone) -> None:
    assert client.get(matches_of(someone)).status_code == 401
    other = make_student(session)
    client.sign_in(someone.manager)
    for student_id in (other.id, uuid.uuid4()):
        response = client.get(f"/api/v1/students/{student_id}/matches")
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"
    client.sign_in(make_user(session, Role.PARTNER))
    assert client.get(matches_of(someone)).status_code == 403
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    assert client.get(f"/api/v1/students/{other.id}/matches").status_code == 200


def test_one_offer_is_explained(
    client: CheckedClient, session: Session, someone: Someone, places: list[ServiceAtLocation]
) -> None:
    good, _, older = places
    make_eligibility(session, older.service, "residence", counties=["Walker, GA"])
    make_eligibility(session, older.service, "grade", low=11, high=12)
    client.sign_in(someone.manager)
    query = "?need=dental-checkup"
    fits = client.get(matches_of(someone, f"/{good.id}{query}")).get_json()
    assert (fits["rank"], fits["sentences"]) == (1, [])
    refused = client.get(matches_of(someone, f"/{older.id}{query}")).get_json()
    assert refused["rank"] is None
    assert len(refused["sentences"]) == 3, "every reason, not only the first"
    assert client.get(matches_of(someone, f"/{uuid.uuid4()}")).status_code == 404


def test_a_goal_is_asked_for_by_the_id_among_the_choices(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    student = make_student(session, school=someone.school, goals=["Get glasses and wear them"])
    student.plan.goals[0].domain = "health"  # type: ignore[union-attr]
    optician = make_service_at_location(session, name="Optician", categories=["glasses"])
    make_service_at_location(session, name="Dentist")
    client.sign_in(someone.manager)
    where = f"/api/v1/students/{student.id}/matches"
    whole = client.get(where).get_json()
    (goal,) = [one["code"] for one in whole["choices"] if one["kind"] == "goal"]
    assert goal == str(student.plan.goals[0].id)  # type: ignore[union-attr]
    assert (whole["goal"], whole["goal_asks_for"]) == (None, [])
    body = client.get(f"{where}?goal={goal}").get_json()
    assert [match["name"] for match in body["matches"]] == ["Optician"]
    assert (body["goal"], body["goal_asks_for"], body["crisis"]) == (goal, ["glasses"], [])
    fits = client.get(f"{where}/{optician.id}?goal={goal}").get_json()
    assert fits["rank"] == 1


def test_a_goal_that_tells_a_crisis_gives_the_line_and_no_match(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    student = make_student(session, school=someone.school, goals=["Stop wanting to kill myself"])
    make_service_at_location(session, name="Dentist")
    client.sign_in(someone.manager)
    goal = student.plan.goals[0].id  # type: ignore[union-attr]
    body = client.get(f"/api/v1/students/{student.id}/matches?goal={goal}").get_json()
    assert body["matches"] == []
    assert "988" in {line["phone"] for line in body["crisis"]}
