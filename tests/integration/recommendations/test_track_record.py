"""A partner's track record, from referrals that were closed: what counts, from when, where it shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.recommendations.engines import engine_for, forget, records_on
from app.referrals.models import Referral
from app.referrals.queries import track_records
from app.referrals.states import CLOSE_REASONS, DECLINE_REASONS, OUTCOMES, State
from catalog.models import ServiceAtLocation
from matching.types import TrackRecord
from tests.factories import (
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient

ENDS = [
    *(("completed", "outcome", word, True, word != "referred_on") for word in OUTCOMES),
    *(
        ("declined", "decline_reason", word, word in {"no_capacity", "other"}, False)
        for word in DECLINE_REASONS
    ),
    *(
        ("not_completed", "close_reason", word, word in {"no_show", "other"}, False)
        for word in CLOSE_REASONS
    ),
    *(("withdrawn", "close_reason", word, False, False) for word in CLOSE_REASONS),
    ("expired", "", "", True, False),
]


def closed(
    session: Session, place: ServiceAtLocation, state: str, at: datetime, **facts: str
) -> Referral:
    referral = make_referral(session, state=state, place=place)
    for name, word in facts.items():
        setattr(referral, name, word)
    referral.closed_at = at
    session.flush()
    return referral


@pytest.mark.parametrize(("state", "column", "word", "counts", "connected"), ENDS)
def test_what_counts_in_a_track_record(
    session: Session,
    now: datetime,
    state: str,
    column: str,
    word: str,
    counts: bool,
    connected: bool,
) -> None:
    place = make_service_at_location(session)
    closed(session, place, state, now - timedelta(days=3), **({column: word} if column else {}))
    found = track_records(session, since=now - timedelta(days=9), before=now)
    assert found == ({place.service_id: (1, int(connected))} if counts else {})


@pytest.mark.parametrize("state", sorted({*State} - {state for state, *_ in ENDS}))
def test_an_open_referral_says_nothing_yet(session: Session, now: datetime, state: str) -> None:
    make_referral(session, state=state)
    assert track_records(session, since=now - timedelta(days=999), before=now) == {}


def test_only_whole_days_of_two_years_count_so_that_all_processes_agree(
    session: Session, now: datetime
) -> None:
    place = make_service_at_location(session)
    for days in (0, 1, 700, 800):
        closed(session, place, "completed", now - timedelta(days=days))
    found = records_on(session, now.date())
    assert found == {place.service_id: TrackRecord(2, 2)}


def test_the_record_is_seen_in_the_parts_from_ten_closed_on(
    session: Session, now: datetime, client: CheckedClient
) -> None:
    school = make_school(session)
    manager = make_user(session, "plan_manager", schools=[school])
    student = make_student(session, school=school, plan_manager=manager)
    known = make_service_at_location(session, name="Known Dental")
    new = make_service_at_location(session, name="New Dental")
    for _ in range(9):
        closed(session, known, "completed", now - timedelta(days=3), outcome="need_met")
    client.sign_in(manager)

    def points() -> dict[str, int]:
        forget()
        engine, _ = engine_for(session, "balanced", on=now.date())
        offers = {offer.service: offer for offer in engine.offers}
        return {
            name: offers[str(place.service_id)].track_record.closed
            for name, place in (("known", known), ("new", new))
        }

    assert points() == {"known": 9, "new": 0}
    page = client.get(f"/students/{student.id}/support?need=dental-checkup").text
    assert "9 of 9" not in page  # too few to say anything
    closed(session, known, "completed", now - timedelta(days=3), outcome="need_met")
    assert points() == {"known": 10, "new": 0}
    page = client.get(f"/students/{student.id}/support?need=dental-checkup").text
    assert "10 of 10" in page
    assert page.index("Known Dental") < page.index("New Dental")
