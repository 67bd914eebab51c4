"""The worker's job shares out what somebody asked for on the page, in a process of its own."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.clock import utcnow
from app.extensions import db
from app.jobs.registry import job_named
from app.jobs.runner import run_job
from app.places import services
from app.places.models import PlaceProposal, PlacesRun
from app.security.policy import Actor, Role
from app.transactions import work_unit
from catalog.services import bump_revision
from tests.factories import make_school, make_service_at_location, make_student


def test_the_job_makes_the_list_that_was_asked_for(concurrent_app: Flask) -> None:
    now = utcnow()
    with concurrent_app.app_context():
        with work_unit() as session:
            school = make_school(session)
            student = make_student(session, school=school, interests=[])
            place = make_service_at_location(session, seats=1)
            place.service.capacities[0].updated = now
            bump_revision(session)
            services.ask_for_run(
                session,
                school_id=school.id,
                term="Next term",
                at_most=1,
                together=False,
                by=Actor(Role.PLAN_MANAGER, "Lee", school_ids=frozenset({school.id})),
                now=now,
            )
            wanted = (student.id, place.service_id)
        assert run_job(job_named("propose_places"), now=now).report.counts == {"made": 1}
        with db.sessionmaker() as session:
            run = session.scalars(select(PlacesRun)).one()
            assert (run.state, run.problem) == ("done", None)
            made = session.scalars(select(PlaceProposal)).all()
            assert [(one.student_id, one.service_id) for one in made] == [wanted]
        assert run_job(job_named("propose_places"), now=now).report.counts == {"made": 0}
