"""The demonstration's past, played through the services: what each person finds on the first day."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.families.models import FamilyResponse, Suggestion
from app.families.queries import responses_unseen
from app.notices.models import Notice
from app.referrals import queries
from app.referrals.models import Referral
from app.referrals.states import State
from app.security.guard import actor_of
from app.security.models import User
from app.security.policy import Actor
from app.students.models import Student
from seeds.history import FIRST_ON_THE_TOUR, HistoryReport, load_history
from seeds.load import load_demo

STUDENTS = 300

pytestmark = pytest.mark.usefixtures("app_context")


def actor(session: Session, email: str) -> Actor:
    found = actor_of(session.scalars(sa.select(User).where(User.email == email)).one())
    assert found is not None
    return found


def test_the_first_day(session: Session, now: datetime) -> None:
    load_demo(session, students=STUDENTS, now=now)
    report = load_history(session, now=now)
    session.commit()
    made = session.scalars(sa.select(Referral)).all()
    assert report.referrals == len(made)
    assert 80 <= len(made) <= 150
    assert {referral.state for referral in made} == set(State)

    manager = actor(session, "manager@demo.example.org")
    day = now.date()
    assert queries.referrals_overdue(session, manager, on=day, limit=20)
    assert queries.referrals_ended_without_help(session, manager, now=now, limit=20)
    assert queries.drafts_of(session, manager, limit=20)
    assert responses_unseen(session, manager, limit=20)
    for email in ("partner@demo.example.org", "clubs@demo.example.org"):
        _, waiting = queries.referrals_awaiting_partner(
            session, actor(session, email), limit=20, offset=0
        )
        assert 3 <= waiting <= 12, email
    counts = queries.counts_by_school(session, actor(session, "district@demo.example.org"))
    assert len(counts) > 20

    check_that_it_is_past(session, now)
    check_that_maya_is_new(session)
    check_what_stands_behind_a_referral(session)
    assert load_history(session, now=now) == HistoryReport(0, 0)
    assert session.scalar(sa.select(sa.func.count(Referral.id))) == len(made)


def check_that_it_is_past(session: Session, now: datetime) -> None:
    """No message waits to be sent, and none was sent on another day than it was written."""
    for notice in session.scalars(sa.select(Notice)):
        assert notice.state == "sent"
        assert notice.sent_at == notice.created_at < now
    for referral in session.scalars(sa.select(Referral)):
        assert all(event.at < now for event in referral.events)


def check_that_maya_is_new(session: Session) -> None:
    """The tour begins with a student to whom nothing has happened."""
    assert session.get_one(Student, FIRST_ON_THE_TOUR).given_name == "Maya"
    for table in (Referral, Suggestion, FamilyResponse):
        assert not session.scalars(
            sa.select(table).where(table.student_id == FIRST_ON_THE_TOUR)
        ).all()


def check_what_stands_behind_a_referral(session: Session) -> None:
    """It fitted when it was made, and a family's "not for us" is respected afterwards."""
    refused = {
        (answer.student_id, answer.service_id): answer.answered_at
        for answer in session.scalars(
            sa.select(FamilyResponse).where(FamilyResponse.answer == "not_for_us")
        )
    }
    assert refused
    for referral in session.scalars(sa.select(Referral)):
        assert referral.ranking["rank"] >= 1
        assert referral.ranking["parts"]
        told_at = refused.get((referral.student_id, referral.service_id), referral.created_at)
        assert referral.created_at <= told_at
