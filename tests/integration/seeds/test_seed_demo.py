"""The demonstration loads whole, is the same after a second run, and takes nothing away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import app.models  # noqa: F401 - every table, for the counts
from app.consents.queries import consent_covering
from app.security.models import User
from app.students.models import Plan, PlanGoal, School, Student
from catalog.db import Base
from catalog.models import Organization, Service, TaxonomyTerm
from catalog.queries import current_revision, services_on_offer
from catalog.taxonomy import interests, needs
from catalog.taxonomy.loading import load_vocabulary, term_id
from seeds.accounts import DEMO_ACCOUNTS, TOUR_SCHOOLS
from seeds.commands import DEMO_PASSWORD, commands
from seeds.load import DemoReport, DemoSizeError, RealStudentsError, load_demo
from seeds.partners import demo_id, organization_id
from tests.factories import make_student
from tests.fixtures.database import MakeApp

STUDENTS = 200


@pytest.fixture
def report(session: Session, now: datetime) -> DemoReport:
    found = load_demo(session, students=STUDENTS, now=now)
    session.commit()
    return found


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table, as text, in order."""
    return {
        table.name: sorted(map(str, session.execute(sa.select(table)).all()))
        for table in Base.metadata.sorted_tables
    }


def test_it_reports_what_it_added(report: DemoReport, session: Session) -> None:
    assert report.students == STUDENTS
    assert report.schools == 81
    assert set(report.accounts) == {account.email for account in DEMO_ACCOUNTS}
    assert session.scalar(sa.select(sa.func.count(Student.id))) == STUDENTS
    assert session.scalar(sa.select(sa.func.count(School.id))) == 81
    assert report.organizations == session.scalar(sa.select(sa.func.count(Organization.id)))
    assert current_revision(session) == 1


def test_a_second_run_changes_nothing(report: DemoReport, session: Session, now: datetime) -> None:
    before = everything(session)
    again = load_demo(session, students=STUDENTS, now=now)
    session.commit()
    assert again == DemoReport(terms=0, organizations=0, schools=0, students=0, accounts=())
    assert everything(session) == before


def test_a_second_run_keeps_edits_and_removals(
    report: DemoReport, session: Session, now: datetime
) -> None:
    organization = session.get_one(Organization, organization_id("bramblebrick"))
    organization.name = "Renamed Workshop"
    removed = demo_id("service", "sunnymolar:0")
    session.execute(sa.delete(Service).where(Service.id == removed))
    session.commit()
    load_demo(session, students=STUDENTS, now=now)
    session.commit()
    session.refresh(organization)
    assert organization.name == "Renamed Workshop"
    assert session.get(Service, removed) is None


def test_another_size_is_refused_by_name(
    report: DemoReport, session: Session, now: datetime
) -> None:
    with pytest.raises(DemoSizeError, match="holds 200 invented students"):
        load_demo(session, students=300, now=now)


def test_real_students_are_never_joined_by_invented_ones(session: Session, now: datetime) -> None:
    make_student(session)
    with pytest.raises(RealStudentsError, match="not invented"):
        load_demo(session, students=STUDENTS, now=now)
    assert session.scalar(sa.select(sa.func.count(Organization.id))) == 0


def test_every_student_has_a_plan_with_a_manager_of_the_school(
    report: DemoReport, session: Session
) -> None:
    for student in session.scalars(sa.select(Student).options(sa.orm.joinedload(Student.plan))):
        assert student.plan is not None
        manager = session.get_one(User, student.plan.plan_manager_id)
        assert student.school_id in {school.school_id for school in manager.schools}
        assert [role.name for role in manager.roles] == ["plan_manager"]
    goals = session.scalar(sa.select(sa.func.count(PlanGoal.id)))
    assert goals == pytest.approx(STUDENTS * 2.37, rel=0.12)


def test_the_demo_manager_has_the_tours_students(report: DemoReport, session: Session) -> None:
    manager = session.scalars(sa.select(User).where(User.email == DEMO_ACCOUNTS[0].email)).one()
    codes = set(
        session.scalars(
            sa.select(School.code).where(
                School.id.in_([school.school_id for school in manager.schools])
            )
        )
    )
    assert codes == set(TOUR_SCHOOLS)
    maya = session.scalars(sa.select(Student).where(Student.given_name == "Maya")).first()
    assert maya is not None
    assert maya.plan is not None
    assert maya.plan.plan_manager_id == manager.id


def test_permissions_on_file_are_in_force_today(
    report: DemoReport, session: Session, now: datetime
) -> None:
    maya = session.get_one(Student, demo_id("student", "900001"))
    consent = consent_covering(
        session,
        student_id=maya.id,
        organization_id=organization_id("pebblepearl"),
        on=now.date(),
    )
    assert consent is not None
    assert "name" in consent.elements


def test_the_whole_directory_is_on_offer(report: DemoReport, session: Session) -> None:
    services = services_on_offer(session)
    assert len(services) >= 150
    for service in services:
        assert service.attributes, service.name
        assert service.service_at_locations, service.name
        assert service.intake is not None
        assert service.extra["name_es"]


def test_the_vocabulary_is_in_the_database_and_follows_the_files(session: Session) -> None:
    assert load_vocabulary(session) == len(needs()) + len(interests()) + 2
    row = session.get_one(TaxonomyTerm, term_id("glasses"))
    assert (row.name, row.taxonomy, row.extra["name_es"]) == ("Glasses", "needs", "Lentes")
    row.name = "Spectacles"
    session.flush()
    assert load_vocabulary(session) == 1
    session.refresh(row)
    assert row.name == "Glasses"


def test_accounts_without_a_password_hash_cannot_sign_in(
    report: DemoReport, session: Session
) -> None:
    assert not list(session.scalars(sa.select(User).where(User.password.is_not(None))))


@pytest.mark.parametrize(
    ("database", "is_demo"), [("sqlite", True), ("postgresql", False)], indirect=["database"]
)
def test_the_command_tells_the_accounts_and_a_known_password_only_in_a_demo(
    make_app: MakeApp, session: Session, is_demo: bool
) -> None:
    app = make_app(demo=is_demo)
    for command in commands:
        app.cli.add_command(command)
    told = app.test_cli_runner().invoke(args=["seed", "demo", "--students", "100"])
    assert told.exit_code == 0, told.output
    assert all(account.email in told.output for account in DEMO_ACCOUNTS)
    assert (DEMO_PASSWORD in told.output) == is_demo
    again = app.test_cli_runner().invoke(args=["seed", "demo", "--students", "100"])
    assert "nothing was added" in again.output
    assert "password" not in again.output


def test_plans_are_due_half_a_year_after_their_review(report: DemoReport, session: Session) -> None:
    for plan in session.scalars(sa.select(Plan)):
        assert (plan.review_due_on - plan.updated_at.date()).days == 180
        assert plan.school_year == "2026-2027"
