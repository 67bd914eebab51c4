"""Staff pages about students: whose students one sees, and what the filter and the pages say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.security.guard import actor_of
from app.security.models import User
from app.students import queries
from app.students.models import School, Student
from tests.factories import make_referral, make_school, make_student, make_user
from tests.fixtures.client import CheckedClient


@dataclass
class TwoSchools:
    """A plan manager of the first school; a student at each."""

    manager: User
    admin: User
    here: School
    there: School
    mine: Student
    foreign: Student


@pytest.fixture
def two(session: Session) -> TwoSchools:
    here, there = (
        make_school(session, name="Here School"),
        make_school(session, name="There School"),
    )
    manager = make_user(session, "plan_manager", schools=[here])
    mine = make_student(
        session,
        school=here,
        plan_manager=manager,
        given_name="Ada",
        family_name="Nearby",
        grade=4,
        needs=[("dental-checkup", 3)],
    )
    foreign = make_student(session, school=there, given_name="Ben", family_name="Faraway")
    admin = make_user(session, "district_admin")
    return TwoSchools(manager, admin, here, there, mine, foreign)


def test_a_plan_manager_sees_own_schools_students_in_pages_api_and_sql(
    client: CheckedClient, session: Session, two: TwoSchools, now: datetime
) -> None:
    client.sign_in(two.manager)
    listed = client.get("/students").text
    assert "Nearby" in listed
    assert "Faraway" not in listed
    assert "There School" not in listed
    assert "Ben" not in client.get("/students?q=Faraway").text
    for path in ("", "/support", "/permissions", "/family-link"):
        assert client.get(f"/students/{two.foreign.id}{path}").status_code == 404
    assert client.get(f"/api/v1/students/{two.foreign.id}/matches").status_code == 404
    actor = actor_of(two.manager)
    assert actor is not None
    found, total = queries.students_matching(
        session, actor, queries.StudentFilter(), limit=10, offset=0
    )
    assert ([s.id for s in found], total) == ([two.mine.id], 1)


def test_the_district_sees_all_and_writes_nothing(
    client: CheckedClient, session: Session, two: TwoSchools
) -> None:
    referral = make_referral(session, state="sent", student=two.foreign)
    client.sign_in(two.admin)
    listed = client.get("/students").text
    assert "Nearby" in listed
    assert "Faraway" in listed
    district = client.get("/district").text
    assert "Here School" in district
    assert "My students" not in listed
    assert "2 students in the district" in listed
    assert "Only those I follow" not in listed
    client.sign_out()
    client.sign_in(two.manager)
    own = client.get("/students").text
    assert "My students" in own
    assert "1 student at 1 school" in own
    assert "Only those I follow" in own
    client.sign_out()
    client.sign_in(two.admin)
    shown = client.get(f"/referrals/{referral.id}")
    assert "Withdraw" not in shown.text
    answer = client.post(
        f"/referrals/{referral.id}/withdraw",
        data={"csrf_token": client.csrf_token(), "version": 2, "reason": "other"},
    )
    assert answer.status_code == 403


def test_the_district_page_counts_what_it_says(
    client: CheckedClient, session: Session, two: TwoSchools
) -> None:
    make_student(session, school=two.here, has_plan=False)
    make_referral(session, state="accepted", student=two.mine)
    make_referral(session, state="in_service", student=two.mine)
    client.sign_in(two.admin)
    page = client.get("/district").text
    assert "Students with a plan" not in page
    students = page[page.index(">Students</h2>") :]
    assert '<p class="figure">3</p>' in students[: students.index("</section>")]
    assert ">Accepted or in service</th>" in page
    assert ">In service</th>" not in page
    row = page[page.index("Here School") :]
    assert row[: row.index("</tr>")].count('<td class="number">2</td>') == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ada", True),
        ("q=near+ad", True),
        ("q=%25", False),
        ("q=_", False),
        ("q=Nearby%27%3B--", False),
        ("grade=4", True),
        ("grade=5", False),
        ("need=dental-checkup", True),
        ("need=glasses", False),
        ("mine=1", True),
        ("due=1", False),
        ("page=2", False),
        ("page=-3", True),
        ("page=%F0%9F%98%80", True),
        ("page=99999999999999999999", True),
    ],
)
def test_the_filter(client: CheckedClient, two: TwoSchools, query: str, found: bool) -> None:
    client.sign_in(two.manager)
    answer = client.get(f"/students?{query}")
    assert answer.status_code == 200
    assert ("Nearby, Ada" in answer.text) is found


@pytest.mark.parametrize("query", ["grade=x", "school=x", "need=made-up"])
def test_a_made_up_filter_is_told_so(client: CheckedClient, two: TwoSchools, query: str) -> None:
    client.sign_in(two.manager)
    answer = client.get(f"/students?{query}")
    assert answer.status_code == 422
    assert "not one we know" in answer.text


def test_an_unknown_student_is_a_clear_404(client: CheckedClient, two: TwoSchools) -> None:
    client.sign_in(two.manager)
    answer = client.get("/students/00000000-0000-0000-0000-000000000000")
    assert answer.status_code == 404
    assert "no such student" in answer.text
    assert client.get("/students/not-an-id").status_code == 404


def test_a_student_without_plan_or_facts_still_has_a_page(
    client: CheckedClient, session: Session, two: TwoSchools
) -> None:
    bare = make_student(
        session,
        school=two.here,
        has_plan=False,
        birth_date=None,
        home_zip=None,
        home_latitude=None,
        home_longitude=None,
        languages=[],
        insurance=None,
        travel=None,
        free_hours=None,
        situations=None,
        guardians=[],
    )
    client.sign_in(two.manager)
    page = client.get(f"/students/{bare.id}")
    assert "No plan yet" in page.text
    about = page.text[page.text.index(">About<") : page.text.index(">Family<")]
    for fact in ("Born", "Languages", "Home ZIP", "Travels by", "Insurance"):
        told = about[about.index(f"<dt>{fact}</dt>") :]
        assert "Not known" in told[: told.index("</div>")], fact
    assert client.get(f"/students/{bare.id}/support").status_code == 200


def test_a_need_that_a_partner_met_is_marked_so_by_the_plan_manager(
    client: CheckedClient, session: Session, two: TwoSchools, now: datetime
) -> None:
    client.sign_in(two.manager)
    path = f"/students/{two.mine.id}"
    assert "Mark as met" not in client.get(path).text
    make_referral(session, state="completed", student=two.mine, category="dental-checkup")
    shown = client.get(path)
    marked = client.submit(shown, "/met", follow_redirects=True)
    assert "The need is marked as met" in marked.text
    assert "Need met" in marked.text
    session.expire_all()
    assert two.mine.plan is not None
    assert two.mine.plan.needs[0].met_at == now
    answer = client.post(f"{path}/needs/no-such-need/met", data={"csrf_token": client.csrf_token()})
    assert answer.status_code == 404
