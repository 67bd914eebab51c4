"""A referral keeps what the person had asked and was shown, and its page tells it again."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.referrals.models import Referral
from app.security.models import User
from app.security.policy import Role
from app.students.models import School, Student
from tests.factories import (
    make_location,
    make_referral,
    make_school,
    make_service,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient
from tests.integration.recommendations.test_find_support_page import text_of


@pytest.fixture
def school(session: Session) -> School:
    return make_school(session)


@pytest.fixture
def manager(session: Session, school: School) -> User:
    return make_user(session, Role.PLAN_MANAGER, schools=[school])


@pytest.fixture
def student(session: Session, school: School) -> Student:
    """Who needs a dentist urgently, glasses some day, and likes Lego; with two services for each, of
    which the optician in the dentist's house is a little worse than the other one.
    """
    house = make_location(session)
    elsewhere = make_location(session, latitude=35.0505, longitude=-85.2990)
    make_service_at_location(session, name="House dentist", location=house)
    make_service_at_location(
        session, name="House optician", categories=["glasses"], location=house, fee_cents=500
    )
    make_service_at_location(
        session, name="Free optician", categories=["glasses"], location=elsewhere, fee_cents=0
    )
    make_service_at_location(session, name="Lego club", categories=["lego"])
    student = make_student(
        session,
        school=school,
        needs=[("dental-checkup", 3), ("glasses", 1)],
        interests=[("lego", 3)],
        goals=["Get glasses and wear them"],
    )
    student.plan.goals[0].domain = "health"  # type: ignore[union-attr]
    return student


def refer(client: CheckedClient, student: Student, page: TestResponse, part: str) -> TestResponse:
    """Press the first Refer of a part of the page; the draft's page, or what is said instead."""
    address = f"/students/{student.id}/referrals"
    form = part.partition(f'action="{address}"')[2].partition("</form>")[0]
    assert form
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    headers = {"Referer": page.request.url}
    return client.post(address, data=sent, headers=headers, follow_redirects=True)


def kept_of(session: Session) -> Referral:
    session.expire_all()
    return session.scalars(select(Referral)).one()


@pytest.mark.parametrize(
    ("query", "asked", "told"),
    [
        ("need=dental-checkup", {"need": "dental-checkup"}, "for “Dental checkup and cleaning”"),
        ("interest=lego", {"interest": "lego"}, "for “Lego"),
        ("goal={goal}", {"goal": "{goal}"}, "for a goal of the plan (Glasses)"),
        ("plan=1", {}, "for the whole plan"),
        # What the page chose by itself.
        (
            "",
            {"need": "dental-checkup"},
            "for “Dental checkup and cleaning”",
        ),
    ],
)
def test_it_keeps_what_was_asked_and_the_rank_and_score_on_the_page(
    client: CheckedClient,
    session: Session,
    manager: User,
    student: Student,
    query: str,
    asked: dict[str, str],
    told: str,
) -> None:
    goal = str(student.plan.goals[0].id)  # type: ignore[union-attr]
    client.sign_in(manager)
    page = client.get(f"/students/{student.id}/support?{query.format(goal=goal)}")
    score = re.search(r'id="match-1".*?stat-number">(\d+)<', page.text, re.S)
    assert score
    shown = refer(client, student, page, page.text[score.start() :])
    kept = kept_of(session).ranking
    expected = {name: code.format(goal=goal) for name, code in asked.items()}
    assert kept["asked"] == {"need": None, "interest": None, "goal": None} | expected
    assert (kept["rank"], kept["score"] // 1000) == (1, int(score[1]))
    assert kept["together"] is None
    text = text_of(shown.text)
    which = f"Rank 1 of the {kept['fitting']} places" if kept["fitting"] > 1 else "The only place"
    assert f"{which} that fitted, {score[1]} of 1000, {told}" in text
    assert f"{score[1]} of 1000, {told}" in text
    assert f"catalog revision {kept['catalog_revision']}, weights" in text
    spanish = client.get(shown.request.path, headers={"Accept-Language": "es"})
    assert f"{score[1]} de 1000, para" in text_of(spanish.text)


def test_of_the_best_set_it_keeps_why_it_was_chosen_though_another_ranks_higher(
    client: CheckedClient, session: Session, manager: User, student: Student
) -> None:
    client.sign_in(manager)
    page = client.get(f"/students/{student.id}/support?plan=1")
    card = page.text.partition('id="together"')[2].partition("</section>")[0]
    row = next(one for one in card.split("<li>") if "House optician" in one)
    shown = refer(client, student, page, row)
    kept = kept_of(session).ranking
    assert kept["asked"]["need"] == "glasses", "each need of the set is ranked on its own"
    assert kept["rank"] == 2
    assert kept["together"]["reason"]["code"] == "one_trip_behind"
    assert (kept["together"]["trips"], kept["together"]["trips_apart"]) == (1, 2)
    assert kept["together"]["reason"]["words"] in text_of(row)
    assert f"Chosen for all needs together: {kept['together']['reason']['words']}" in text_of(
        shown.text
    )


def test_the_side_by_side_page_keeps_what_was_asked_too(
    client: CheckedClient, session: Session, manager: User, student: Student
) -> None:
    client.sign_in(manager)
    listed = client.get(f"/students/{student.id}/support?plan=1").text
    offer = re.search(r'name="offer" value="([^"]+)"', listed)
    assert offer
    page = client.get(f"/students/{student.id}/support/compare?plan=1&offer={offer[1]}")
    client.submit(page, "/referrals")
    assert kept_of(session).ranking["asked"] == {"need": None, "interest": None, "goal": None}


def test_who_refers_past_a_rule_sees_what_it_said(
    client: CheckedClient, session: Session, manager: User, student: Student
) -> None:
    teens = make_service(session, name="Teens' dentist", ages=(17, 18))
    place = make_service_at_location(session, service=teens)
    client.sign_in(manager)
    page = client.get(f"/students/{student.id}/support?need=dental-checkup")
    sent = {
        "csrf_token": client.csrf_token(),
        "service_at_location_id": str(place.id),
        "category": "dental-checkup",
        "need": "dental-checkup",
    }
    shown = client.post(
        f"/students/{student.id}/referrals",
        data=sent,
        headers={"Referer": page.request.url},
        follow_redirects=True,
    )
    assert kept_of(session).ranking["rank"] is None
    assert (
        "It was ruled out for “Dental checkup and cleaning”, and referred to all the same"
        in text_of(shown.text)
    )
    assert "It takes ages 17 to 18." in text_of(shown.text)


def test_what_is_to_be_asked_first_is_said_before_sending_and_kept(
    client: CheckedClient, session: Session, manager: User, student: Student
) -> None:
    make_service_at_location(session, name="Silent tutor", categories=["homework-help"], seats=None)
    client.sign_in(manager)
    page = client.get(f"/students/{student.id}/support?need=homework-help")
    shown = refer(client, student, page, page.text.partition('id="match-1"')[2])
    question = "Ask the partner: is there an open place now?"
    assert re.search(f"Ask first .*{re.escape(question)}.* Send to", text_of(shown.text))
    referral = kept_of(session)
    referral.state, referral.sent_at = "sent", referral.created_at
    session.flush()
    sent = client.get(f"/referrals/{referral.id}")
    assert re.search(f"To be asked first: .*{re.escape(question)}", text_of(sent.text))


@pytest.mark.parametrize("comes", [True, False])
def test_a_service_that_comes_to_the_school_is_there_and_not_at_the_partners_street(
    client: CheckedClient, session: Session, manager: User, student: Student, comes: bool
) -> None:
    schools = [student.school.code if comes else "another"]
    van = make_service(session, name="Eye van")
    van.intake.delivered_at_schools = schools  # type: ignore[union-attr]
    place = make_service_at_location(session, service=van)
    referral = make_referral(session, student=student, place=place)
    client.sign_in(manager)
    for state in ("draft", "sent"):
        if state == "sent":
            referral.state, referral.sent_at = "sent", referral.created_at
            session.flush()
        page = client.get(f"/referrals/{referral.id}")
        street = place.location.addresses[0].address_1
        assert (street in page.text) == (not comes)
        assert (f"At school: {student.school.name}" in text_of(page.text)) == comes


def test_a_goal_that_the_plan_has_no_more_begins_nothing_and_says_what_to_do(
    client: CheckedClient, session: Session, manager: User, student: Student
) -> None:
    client.sign_in(manager)
    page = client.get(f"/students/{student.id}/support?goal={student.plan.goals[0].id}")  # type: ignore[union-attr]
    student.plan.goals.clear()  # type: ignore[union-attr]
    answer = refer(client, student, page, page.text.partition('id="match-1"')[2])
    assert answer.status_code == 422
    assert "has no such goal. Open “Find support” again" in text_of(answer.text)
    assert not session.scalars(select(Referral)).all()
