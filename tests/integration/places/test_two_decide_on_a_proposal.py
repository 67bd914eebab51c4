"""Two people decide on the same proposal at the same moment: one of them does, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import Conflict
from app.extensions import db
from app.places import services
from app.places.models import PlaceProposal
from app.referrals.models import Referral
from app.security.policy import Actor, Role
from app.transactions import work_unit
from catalog.services import bump_revision
from tests.factories import make_places_runs, make_school, make_service_at_location, make_student


@pytest.fixture
def context(concurrent_app: Flask) -> Iterator[Flask]:
    with concurrent_app.app_context():
        yield concurrent_app


def test_only_one_of_two_decides_and_there_is_one_referral_at_most(
    context: Flask, now: datetime
) -> None:
    with work_unit() as session:
        school = make_school(session)
        student = make_student(session, school=school)
        place = make_service_at_location(session)
        make_places_runs(session, [student], place, now=now)
        bump_revision(session)
        school_ids = frozenset({school.id})
    with db.sessionmaker() as session:
        waiting = select(PlaceProposal).where(PlaceProposal.state == "proposed")
        proposal_id = session.scalars(waiting).one().id
    both, told = threading.Barrier(3, timeout=30), []

    def decide(name: str, step: str) -> None:
        by = Actor(Role.PLAN_MANAGER, name, school_ids=school_ids)
        with context.app_context():
            both.wait()
            try:
                with work_unit(name=name) as session:
                    if step == "drop":
                        services.drop_proposal(session, proposal_id, version=1, by=by, now=now)
                    else:
                        services.accept_proposal(
                            session, proposal_id, version=1, send=True, by=by, now=now
                        )
                told.append(step)
            except Conflict as error:
                told.append(str(error))

    people = [
        threading.Thread(target=decide, args=arguments)
        for arguments in (("Lee Poe", "accept"), ("Pat Doe", "accept"), ("Kim Roe", "drop"))
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sorted(text[:8] for text in told if text not in {"accept", "drop"}) == ["Somebody"] * 2
    with db.sessionmaker() as session:
        proposal = session.get_one(PlaceProposal, proposal_id)
        assert proposal.state in {"accepted", "dropped"}
        referrals = session.scalar(select(func.count()).select_from(Referral))
        assert referrals == (1 if proposal.state == "accepted" else 0)
        assert proposal.version == 2
