"""A family sees activities by its link, in its language, and its answer reaches the plan manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.families.models import FamilyResponse
from app.notices.models import Notice
from app.security.models import AccessLink, User
from app.students.models import Student
from catalog.models import ServiceAtLocation
from tests.factories import (
    make_family_link,
    make_guardian,
    make_school,
    make_service_at_location,
    make_student,
    make_suggestion,
    make_user,
)
from tests.fixtures.client import CheckedClient, MakeClient

SECRET = "not a secret: only for the tests of Footbridge"


@dataclass
class Family:
    """A Spanish-speaking family with a child who likes soccer, and a club."""

    manager: User
    student: Student
    club: ServiceAtLocation
    path: str
    link: AccessLink


@pytest.fixture
def family(session: Session, now: datetime) -> Family:
    school = make_school(session)
    manager = make_user(session, "plan_manager", schools=[school])
    student = make_student(
        session,
        school=school,
        plan_manager=manager,
        needs=[("dental-checkup", 3)],
        interests=["soccer"],
        given_name="Maya",
        family_name="Zephyrsample",
        languages=["es", "en"],
        guardians=[make_guardian(session, language="es", email="elena@example.org")],
    )
    club = make_service_at_location(session, categories=["soccer"], name="Soccer club")
    make_service_at_location(session, categories=["dental-checkup"], name="A dentist")
    link, token = make_family_link(session, student, secret=SECRET, now=now)
    return Family(manager, student, club, f"/f/{token}", link)


def test_the_page_is_in_the_familys_language_and_can_be_switched(
    client: CheckedClient, family: Family
) -> None:
    spanish = client.get(family.path)
    assert "Actividades para Maya" in spanish.text
    assert "Me interesa" in spanish.text
    english = client.submit(spanish, "/language", {"language": "en"}, follow_redirects=True)
    assert "Activities for Maya" in english.text
    assert "Activities for Maya" in client.get(family.path).text, "the choice is remembered"


def test_it_shows_activities_and_never_needs_or_the_family_name(
    client: CheckedClient, family: Family
) -> None:
    page = client.get(family.path).text
    assert "Soccer club" in page
    for hidden in ("A dentist", "Zephyrsample", "dental", "Dental"):
        assert hidden not in page


def test_me_interesa_reaches_the_plan_manager(
    client: CheckedClient, make_client: MakeClient, session: Session, family: Family
) -> None:
    page = client.get(family.path)
    answered = client.submit(page, "/answers", {"answer": "interested"})
    card = f"#activity-{family.club.id}"
    assert answered.location.endswith(card), "back to the card, not to the top of the page"
    assert f'id="{card[1:]}"' in page.text
    after = client.get(family.path).text
    assert "Gracias" in after
    assert "Su escuela se comunicará con usted." in after
    kept = session.scalars(select(FamilyResponse)).one()
    assert (kept.answer, kept.service_id) == ("interested", family.club.service_id)
    letter = session.scalars(select(Notice)).one()
    assert (letter.kind, letter.recipient) == ("family_answered", family.manager.email)
    assert "Maya" not in letter.subject + letter.body

    manager = make_client()
    manager.sign_in(family.manager)
    assert "Soccer club" in manager.get("/today").text
    shown = manager.get(f"/students/{family.student.id}")
    assert "The family is interested" in shown.text
    manager.submit(shown, "/responses/seen")
    assert "Soccer club" not in manager.get("/today").text


def test_a_new_answer_replaces_the_old_and_the_same_changes_nothing(
    client: CheckedClient, session: Session, family: Family
) -> None:
    page = client.get(family.path)
    client.submit(page, "/answers", {"answer": "interested"})
    client.submit(page, "/answers", {"answer": "interested"})
    client.submit(page, "/answers", {"answer": "not_for_us"})
    session.expire_all()
    assert session.scalars(select(FamilyResponse)).one().answer == "not_for_us"
    assert len(session.scalars(select(Notice)).all()) == 1


def test_what_the_plan_manager_picks_comes_first(
    client: CheckedClient, session: Session, family: Family
) -> None:
    chess = make_service_at_location(session, categories=["chess"], name="Chess evening")
    make_suggestion(session, family.student, chess)
    page = client.get(family.path).text
    assert page.index("Chess evening") < page.index("Soccer club")


def test_inviting_sends_a_link_in_the_guardians_language_and_ends_the_old_one(
    client: CheckedClient, make_client: MakeClient, session: Session, family: Family
) -> None:
    client.sign_in(family.manager)
    page = client.get(f"/students/{family.student.id}/family-link")
    made = client.submit(page, "/family-link", follow_redirects=True)
    assert "<svg" in made.text
    letter = session.scalars(select(Notice)).one()
    assert letter.recipient == "elena@example.org"
    assert "Hola" in letter.body
    assert "Maya" not in letter.body
    assert make_client().get(family.path).status_code == 410


def test_an_expired_or_forged_link_shows_nothing(
    client: CheckedClient, session: Session, family: Family, now: datetime
) -> None:
    family.link.expires_at = now - timedelta(seconds=1)
    session.flush()
    assert client.get(family.path).status_code == 410
    assert client.get(family.path + "x").status_code == 404


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"answer": "delete"}, 422),
        ({"service_at_location_id": "no-uuid"}, 400),
        ({"service_at_location_id": "00000000-0000-0000-0000-000000000000"}, 404),
    ],
)
def test_a_made_up_answer_is_refused_and_nothing_is_kept(
    client: CheckedClient,
    session: Session,
    family: Family,
    data: dict[str, str],
    status: int,
) -> None:
    page = client.get(family.path)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {
        "csrf_token": token,
        "service_at_location_id": str(family.club.id),
        "answer": "interested",
        **data,
    }
    assert client.post(f"{family.path}/answers", data=sent).status_code == status
    assert session.scalars(select(FamilyResponse)).all() == []
