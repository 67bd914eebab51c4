"""What a family is shown: by interests alone, in its language, telling little of the child."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.recommendations.queries import suggested_activities
from app.students.queries import student_by_id
from catalog.models import RequiredDocument
from tests.factories import (
    make_eligibility,
    make_location,
    make_service,
    make_service_at_location,
    make_student,
)
from tests.fixtures.statements import CountStatements
from tests.integration.recommendations.conftest import Someone

pytestmark = pytest.mark.usefixtures("app_context")

STATEMENTS = 10
LISTINGS = 7  # of them, which are remembered until the catalog changes


def test_activities_fit_an_interest_and_say_why_in_either_language(
    session: Session, someone: Someone, now: datetime
) -> None:
    service = make_service(
        session,
        name="Lego Saturdays",
        categories=["stem-club", "lego"],
        fee_cents=2500,
        extra={"name_es": "Sábados de Lego", "description_es": "Construir con Lego."},
    )
    service.required_documents = [RequiredDocument(document="Proof of age")]
    make_service_at_location(session, service=service)
    make_service_at_location(session, name="Dentist")
    (english,) = suggested_activities(session, someone.ana, language="en", now=now)
    assert english.name == "Lego Saturdays"
    assert english.why == "Because Ana likes Lego and building bricks."
    assert english.when == "Monday to Friday, 3 pm to 6 pm"
    assert english.cost == "$25"
    assert english.what_to_bring == "Proof of age"
    assert english.languages == "English, Spanish"
    assert english.distance is not None
    (spanish,) = suggested_activities(session, someone.ana, language="es", now=now)
    assert spanish.name == "Sábados de Lego"
    assert spanish.what == "Construir con Lego."
    assert spanish.why == "Por algo que le gusta a Ana: Lego y bloques de construcción."
    assert spanish.when.startswith("Lunes a viernes")
    assert spanish.languages == "español, inglés"
    assert spanish.what_to_bring == "Comprobante de edad"


def test_nothing_of_the_plan_but_the_interest_reaches_the_family(
    session: Session, now: datetime
) -> None:
    student = make_student(
        session,
        family_name="Quetzal",
        needs=[("grief-support", 3)],
        interests=["soccer"],
        situations=["homeless"],
        district_number="778899",
    )
    make_service_at_location(session, name="Grief group", categories=["grief-support"])
    make_service_at_location(
        session, name="Soccer and talk", categories=["grief-support", "soccer"]
    )
    (shown,) = suggested_activities(session, student, language="en", now=now)
    told = str(asdict(shown)).lower()
    for secret in ("quetzal", "778899", "grief-support", "homeless", "need"):
        assert secret not in told


def test_what_does_not_fit_and_what_is_referred_is_not_suggested(
    session: Session, someone: Someone, now: datetime
) -> None:
    teens = make_service(session, name="Teen Lego", categories=["lego"], ages=(13, 18))
    make_service_at_location(session, service=teens)
    assert suggested_activities(session, someone.ana, language="en", now=now) == []


def test_a_service_at_two_places_is_one_suggestion_at_the_nearer(
    session: Session, someone: Someone, now: datetime
) -> None:
    service = make_service(session, categories=["lego"])
    far = make_location(session, latitude=35.10, longitude=-85.20)
    make_service_at_location(session, service=service, location=far)
    near = make_service_at_location(session, service=service)
    (only,) = suggested_activities(session, someone.ana, language="en", now=now)
    assert only.service_at_location_id == near.id


def test_those_that_the_plan_manager_picked_come_first(
    session: Session, someone: Someone, now: datetime
) -> None:
    make_service_at_location(session, name="Lego Saturdays", categories=["lego"])
    picked = make_service_at_location(session, name="Chess", categories=["chess"])
    gone = make_service_at_location(session, name="Gone", categories=["chess"], is_listed=False)
    shown = suggested_activities(
        session, someone.ana, language="en", now=now, picked=(picked.id, gone.id)
    )
    assert [activity.name for activity in shown] == ["Chess", "Lego Saturdays"]
    assert shown[0].why == "Your school picked this for Ana."


def test_a_confidential_place_online_and_at_school(
    session: Session, someone: Someone, now: datetime
) -> None:
    hidden = make_location(session, is_confidential=True, transportation="Bus 4 to Hidden Street")
    make_service_at_location(session, location=hidden, name="Hidden", categories=["lego"])
    online = make_location(session, location_type="virtual", latitude=None, longitude=None)
    make_service_at_location(session, location=online, name="Online", categories=["lego"])
    visiting = make_service(session, name="Visiting", categories=["lego"])
    visiting.intake.delivered_at_schools = [someone.school.code]
    make_eligibility(session, visiting, "school", schools=[someone.school.code])
    make_service_at_location(session, service=visiting)
    shown = {
        activity.name: activity
        for activity in suggested_activities(session, someone.ana, language="en", now=now)
    }
    assert shown["Hidden"].where == "The partner tells you where"
    assert shown["Hidden"].distance is None
    assert shown["Hidden"].how_to_get_there == ""
    assert shown["Online"].where == "Online or by phone"
    assert shown["Visiting"].where == "At school: Sample Elementary"


def test_no_interests_no_suggestions(session: Session, now: datetime) -> None:
    student = make_student(session, interests=[])
    make_service_at_location(session)
    assert suggested_activities(session, student, language="en", now=now) == []


def test_statements(
    session: Session, someone: Someone, now: datetime, count_statements: CountStatements
) -> None:
    for _ in range(8):
        make_service_at_location(session, categories=["lego"])
    ana_id = someone.ana.id
    suggested_activities(session, someone.ana, language="en", now=now, limit=0)  # the engine
    for statements in (STATEMENTS, STATEMENTS - LISTINGS):
        session.expunge_all()
        ana = student_by_id(session, ana_id)
        with count_statements(statements):
            assert len(suggested_activities(session, ana, language="en", now=now)) == 5
