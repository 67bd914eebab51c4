"""Two people decide about the same entries at the same moment: one of them does, the other is told."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.duplicates import services
from app.errors import Conflict, NotFound
from app.extensions import db
from app.security.policy import Actor, Role
from app.transactions import work_unit
from catalog.duplicate_queue import refresh_pairs
from catalog.models import DuplicatePair, Merge, Service
from tests.factories import make_organization, make_service


@pytest.fixture
def context(concurrent_app: Flask) -> Iterator[Flask]:
    with concurrent_app.app_context():
        yield concurrent_app


@pytest.mark.parametrize("sides", [("first", "first"), ("first", "second")])
def test_of_two_at_once_one_merges_and_the_other_is_told(
    context: Flask, now: datetime, sides: tuple[str, str]
) -> None:
    with work_unit() as session:
        office = make_organization(session, name="River House Tutoring")
        for end in ("", "s"):
            make_service(session, organization=office, name=f"Homework Help Evening{end}")
    with work_unit() as session:
        refresh_pairs(session, now=now)
    with db.sessionmaker() as session:
        (pair_id,) = session.scalars(select(DuplicatePair.id).filter_by(kind="service")).all()
    both, told = threading.Barrier(2, timeout=30), []

    def merge(name: str, keep: str) -> None:
        by = Actor(role=Role.DISTRICT_ADMIN, name=name, user_id=uuid.uuid4())
        with context.app_context():
            both.wait()
            try:
                with work_unit(name=name) as session:
                    services.merge_pair(session, pair_id, keep=keep, values={}, by=by, now=now)
                told.append("done")
            except (Conflict, NotFound) as error:
                told.append(str(error))

    people = [
        threading.Thread(target=merge, args=arguments)
        for arguments in zip(("Lee Poe", "Pat Doe"), sides, strict=True)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sorted(text == "done" for text in told) == [False, True]
    assert any("merged" in text for text in told)
    with db.sessionmaker() as session:
        assert len(session.scalars(select(Merge).filter_by(kind="service")).all()) == 1
        assert len(session.scalars(select(Service)).all()) == 1
