"""A school with students who need a dentist, and dentists with open places."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.places import work
from app.places.models import PlaceProposal, PlacesRun
from app.security.models import User
from app.security.policy import Role
from app.settings import Settings
from app.students.models import School, Student
from catalog.models import ServiceAtLocation
from tests.factories import (
    make_eligibility,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient, TestResponse

Worker = Callable[[], int]


@dataclass
class Scene:
    """Three students who need a dentist, one of them urgently; two dentists, with a seat each; and
    what nobody tells a number for."""

    school: School
    manager: User
    urgent: Student
    others: list[Student]
    dentists: list[ServiceAtLocation]
    untold: ServiceAtLocation

    @property
    def students(self) -> list[Student]:
        """All three."""
        return [self.urgent, *self.others]


@pytest.fixture
def scene(session: Session) -> Scene:
    """See Scene."""
    school = make_school(session, name="Sample Elementary")
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    made = [
        make_student(
            session,
            school=school,
            plan_manager=manager,
            needs=[("dental-checkup", urgency)],
            interests=[],
            given_name=name,
            family_name="Zephyrsample",
        )
        for urgency, name in ((2, "Ben"), (2, "Cleo"), (3, "Uma"))
    ]
    dentists = [
        make_service_at_location(session, name=name, seats=1) for name in ("Dr. One", "Dr. Two")
    ]
    for dentist in dentists:  # so that nothing is to be asked before
        make_eligibility(session, dentist.service, "anyone", axis="residence")
    untold = make_service_at_location(session, name="Dr. Silent", seats=None)
    session.commit()
    return Scene(school, manager, made[2], made[:2], dentists, untold)


def here(made: Callable[[uuid.UUID], None], _settings: Settings, id_: uuid.UUID) -> None:
    """In this process, where the tests' transaction is."""
    made(id_)


@pytest.fixture
def let_worker_work(app: Flask, session: Session, now: datetime) -> Callable[[], int]:
    """Let the worker make what waits; how many."""

    def make() -> int:
        session.commit()
        with app.app_context():
            made = work.make_waiting(
                now=now, settings=app.extensions["footbridge"].settings, run_work=here
            )
        session.expire_all()
        return made

    return make


def newest_run(session: Session) -> PlacesRun:
    """The run asked for last."""
    session.expire_all()
    return session.scalars(select(PlacesRun).order_by(PlacesRun.created_at.desc())).first()  # type: ignore[return-value]


def proposals_of(session: Session, run: PlacesRun) -> list[PlaceProposal]:
    """Its proposals, the most urgent first."""
    session.expire_all()
    return list(
        session.scalars(
            select(PlaceProposal)
            .where(PlaceProposal.run_id == run.id)
            .order_by(PlaceProposal.urgency.desc(), PlaceProposal.student_id)
        )
    )


def ask(client: CheckedClient, scene: Scene, **data: str) -> TestResponse:
    """Fill in the form and send it."""
    page = client.get("/places")
    sent = {"school": str(scene.school.id), "term": "Spring 2027", **data}
    return client.submit(page, "#propose-form", sent, follow_redirects=True)


@pytest.fixture
def run_page(client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker) -> str:
    """A list that was made, as its plan manager opens it; the address."""
    client.sign_in(scene.manager)
    page = ask(client, scene)
    assert "Waits its turn" in page.text
    assert let_worker_work() == 1
    return f"/places/{newest_run(session).id}"
