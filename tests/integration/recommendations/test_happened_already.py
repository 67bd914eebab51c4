"""Find support knows what has happened already: who is helping, what ended, what the family said."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.families.models import FamilyResponse
from app.referrals.models import Referral
from catalog.models import ServiceAtLocation
from tests.factories import (
    make_eligibility,
    make_organization,
    make_referral,
    make_service,
    make_service_at_location,
    make_student,
)
from tests.fixtures.client import CheckedClient, CheckedRunner
from tests.integration.recommendations.conftest import Someone
from tests.integration.recommendations.test_all_needs_together import all_needs
from tests.integration.recommendations.test_find_support_page import page_of, text_of
from tests.integration.recommendations.test_narrow_and_compare import names_shown


@pytest.fixture
def eye_bus(session: Session) -> ServiceAtLocation:
    partner = make_organization(session, name="Lions")
    service = make_service(session, organization=partner, name="Eye Bus", categories=["glasses"])
    return make_service_at_location(session, service=service)


OPEN = [
    ("draft", "A referral to Eye Bus, Lions was begun on Oct 1, 2026 and is not sent yet."),
    ("sent", "Already referred to Eye Bus, Lions on Oct 1, 2026. They have not opened it yet."),
    ("opened", "Already referred to Eye Bus, Lions on Oct 1, 2026. They looked at it and have not"),
    ("waitlisted", "Already on the waitlist of Eye Bus, Lions since Oct 1, 2026."),
    ("accepted", "Already accepted by Eye Bus, Lions on Oct 1, 2026."),
    ("in_service", "Already in service with Eye Bus, Lions since Oct 1, 2026."),
]


@pytest.mark.parametrize(("state", "says"), OPEN)
def test_who_is_helping_already_is_said_with_a_link(
    client: CheckedClient,
    session: Session,
    someone: Someone,
    eye_bus: ServiceAtLocation,
    state: str,
    says: str,
) -> None:
    made = make_referral(
        session, student=someone.ana, place=eye_bus, state=state, category="glasses"
    )
    client.sign_in(someone.manager)
    for query in ("?need=glasses", "?plan=1", "?plan=1&cost=0"):
        page = client.get(page_of(someone, query))
        assert says in text_of(page.text), query
        assert f'href="/referrals/{made.id}"' in page.text
    nothing = "Nothing else fits Ana right now" in text_of(
        client.get(page_of(someone, "?need=glasses")).text
    )
    assert nothing == (state != "draft"), "a draft is no referral yet: Refer continues it"
    other = client.get(page_of(someone, "?need=dental-checkup")).text
    assert "Eye Bus" not in other, "it is not about a dentist"


def test_a_service_that_is_on_the_way_for_another_need_is_said_where_it_would_serve(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    place = make_service_at_location(
        session, name="Health Van", categories=["glasses", "dental-checkup"]
    )
    make_referral(session, student=someone.ana, place=place, state="sent", category="glasses")
    client.sign_in(someone.manager)
    text = text_of(client.get(page_of(someone, "?need=dental-checkup")).text)
    assert "Already referred to Health Van" in text
    assert "Nothing else fits Ana right now" in text


@pytest.mark.parametrize(("state", "says"), OPEN)
def test_a_need_with_an_open_referral_is_looked_after_and_gets_no_second_place(
    client: CheckedClient,
    session: Session,
    someone: Someone,
    eye_bus: ServiceAtLocation,
    state: str,
    says: str,
) -> None:
    make_service_at_location(session, name="Other optician", categories=["glasses"])
    make_service_at_location(session, name="Dentist")
    make_referral(session, student=someone.ana, place=eye_bus, state=state, category="glasses")
    client.sign_in(someone.manager)
    told = all_needs(client.get(page_of(someone, "?plan=1")).text)
    assert says in told
    assert "Other optician" not in told
    assert "Dentist" in told
    assert "Nothing fits now" not in told


def test_all_needs_may_be_looked_after(
    client: CheckedClient, session: Session, someone: Someone, eye_bus: ServiceAtLocation
) -> None:
    make_referral(session, student=someone.ana, place=eye_bus, state="sent", category="glasses")
    dentist = make_service_at_location(session, name="Dentist")
    make_referral(session, student=someone.ana, place=dentist, state="accepted")
    client.sign_in(someone.manager)
    told = all_needs(client.get(page_of(someone, "?plan=1")).text)
    assert "Already referred to Eye Bus" in told
    assert "Already accepted by Dentist" in told
    assert "One offer for each need" not in told


def test_what_is_on_the_way_beside_the_needs_is_said_once(
    client: CheckedClient, session: Session, someone: Someone, eye_bus: ServiceAtLocation
) -> None:
    club = make_service_at_location(session, name="Lego Saturdays", categories=["lego"])
    for place, category in ((eye_bus, "glasses"), (club, "lego")):
        make_referral(
            session, student=someone.ana, place=place, state="accepted", category=category
        )
    client.sign_in(someone.manager)
    text = text_of(client.get(page_of(someone, "?plan=1")).text)
    assert text.count("Already accepted by Eye Bus") == 1
    assert text.count("Already accepted by Lego Saturdays") == 1


@pytest.mark.parametrize("is_near", [True, False])
def test_near_misses_of_a_need_are_promised_only_where_there_are_some(
    client: CheckedClient, session: Session, someone: Someone, is_near: bool
) -> None:
    make_service_at_location(session, name="Dentist")
    optician = make_service(session, name="Optician", categories=["glasses"])
    if is_near:
        make_eligibility(session, optician, "grade", low=5, high=8)
    else:
        make_eligibility(session, optician, "residence", counties=["Walker, GA"])
    make_service_at_location(session, service=optician)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?plan=1"))
    told = all_needs(page.text)
    assert "Nothing fits now for: Glasses" in told
    assert ("see the near misses" in told) == is_near
    if is_near:
        shown = client.get(page_of(someone, "?need=glasses")).text
        assert 'id="near-misses"' in shown
        assert "need=glasses#near-misses" in page.text


@pytest.mark.parametrize(
    ("state", "facts", "says"),
    [
        ("completed", {}, "Referred before, completed on Oct 1, 2026: The need is met."),
        (
            "not_completed",
            {"close_reason": "family_declined"},
            "Referred before, ended without help on Oct 1, 2026: The family does not want it.",
        ),
        ("expired", {}, "Referred before, no answer in time until Oct 1, 2026."),
        ("draft", {}, "A referral to Dentist"),
        ("withdrawn", {"sent_at": None}, None),
        ("not_completed", {"close_reason": "sent_by_mistake"}, None),
    ],
)
def test_a_card_tells_how_a_former_referral_ended(
    client: CheckedClient,
    session: Session,
    someone: Someone,
    state: str,
    facts: dict[str, str],
    says: str | None,
) -> None:
    place = make_service_at_location(session, name="Dentist")
    made: Referral = make_referral(session, student=someone.ana, place=place, state=state)
    for name, value in facts.items():
        setattr(made, name, value)
    session.flush()
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?need=dental-checkup"))
    (card,) = re.findall(r'<article class="card".*?</article>', page.text, re.S)
    assert names_shown(page.text) == ["Dentist"]
    assert (f'href="/referrals/{made.id}"' in card) == (says is not None)
    assert says is None or says in text_of(card)
    other = make_student(session, school=someone.school)
    elsewhere = client.get(f"/students/{other.id}/support?need=dental-checkup").text
    assert f"/referrals/{made.id}" not in elsewhere, "it is another student's"


@pytest.mark.parametrize("answer", ["not_for_us", "later"])
def test_a_family_that_said_no_is_not_asked_again(
    client: CheckedClient, session: Session, someone: Someone, now: datetime, answer: str
) -> None:
    place = make_service_at_location(session, name="Lego Saturdays", categories=["lego"])
    session.add(
        FamilyResponse(
            student_id=someone.ana.id,
            service_id=place.service_id,
            answer=answer,
            answered_at=now,
        )
    )
    client.sign_in(someone.manager)
    text = text_of(client.get(page_of(someone, "?interest=lego")).text)
    assert ("The family said “not for us” on" in text) == (answer == "not_for_us")
    assert ("Suggest to family" in text) == (answer != "not_for_us")


def test_the_command_says_who_is_helping_and_promises_nothing_that_is_not_there(
    runner: CheckedRunner, session: Session, someone: Someone, eye_bus: ServiceAtLocation
) -> None:
    make_referral(session, student=someone.ana, place=eye_bus, state="sent", category="glasses")
    number = someone.ana.district_number
    done = runner.invoke(args=["match", number, "--need", "glasses"])
    assert "open  Already referred to Eye Bus, Lions on Oct 1, 2026" in done.output
    assert "Nothing else fits. Without --need" in done.output
    assert "near misses" not in done.output
    empty = make_student(session, school=someone.school, needs=[], interests=[])
    none = make_student(session, school=someone.school, has_plan=False)
    for student, says in ((empty, "The plan names no need"), (none, "The student has no plan")):
        done = runner.invoke(args=["match", student.district_number])
        assert says in done.output
        assert "near misses" not in done.output


def test_the_api_tells_the_same(
    client: CheckedClient, session: Session, someone: Someone, eye_bus: ServiceAtLocation
) -> None:
    made = make_referral(
        session, student=someone.ana, place=eye_bus, state="in_service", category="glasses"
    )
    other = make_service_at_location(session, name="Optician", categories=["glasses"])
    make_referral(session, student=someone.ana, place=other, state="completed", category="glasses")
    client.sign_in(someone.manager)
    told = client.get(f"/api/v1/students/{someone.ana.id}/matches?need=glasses").json
    assert told["on_the_way"] == [
        {
            "referral_id": str(made.id),
            "category": "glasses",
            "state": "in_service",
            "since": "2026-10-01",
            "sentence": "Already in service with Eye Bus, Lions since Oct 1, 2026.",
        }
    ]
    (match,) = told["matches"]
    assert match["before"]["state"] == "completed"
    assert match["not_for_us"] is None
