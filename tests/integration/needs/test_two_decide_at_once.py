"""Two people decide the same proposals at the same moment: one of them does, the other is told."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import Conflict
from app.extensions import db
from app.needs import services
from app.security.policy import Actor, Role
from app.transactions import work_unit
from catalog.models import Attribute, NeedProposal
from tests.factories import make_proposals


@pytest.fixture
def context(concurrent_app: Flask) -> Iterator[Flask]:
    with concurrent_app.app_context():
        yield concurrent_app


def test_only_one_of_two_decides(context: Flask, now: datetime) -> None:
    with work_unit() as session:
        make_proposals(session, number=20, state="waiting", now=now)
    with db.sessionmaker() as session:
        ids = session.scalars(select(NeedProposal.id)).all()
    both, told = threading.Barrier(2, timeout=30), []

    def decide(name: str, decision: str) -> None:
        by = Actor(role=Role.DISTRICT_ADMIN, name=name, user_id=uuid.uuid4())
        with context.app_context():
            both.wait()
            try:
                with work_unit(name=name) as session:
                    services.decide(session, ids, decision, by=by, now=now)
                told.append("done")
            except Conflict as error:
                told.append(str(error))

    people = [
        threading.Thread(target=decide, args=arguments)
        for arguments in (("Lee Poe", "accept"), ("Pat Doe", "refuse"))
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sorted(text[:4] for text in told) == ["Some", "done"]
    with db.sessionmaker() as session:
        found = set(session.execute(select(NeedProposal.state, NeedProposal.decided_by)).all())
        assert len(found) == 1
        [(state, name)] = found
        assert (state, name) in {("accepted", "Lee Poe"), ("refused", "Pat Doe")}
        named = session.scalar(select(func.count()).select_from(Attribute))
        assert named == (20 if state == "accepted" else 0)
