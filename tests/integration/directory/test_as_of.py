"""The age of each fact stands beside it wherever it is used: the newer of its last change and the
listing's confirmation; where that is long ago, a word says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy.orm import Session

from app.directory.as_of import told_of
from app.security.policy import Role
from catalog.history import Author, write_as
from catalog.models import Phone, RequiredDocument, Schedule, Service, ServiceAtLocation
from tests.factories import (
    make_family_link,
    make_listing_link,
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient

SECRET = "not a secret: only for the tests of Footbridge"
OLD = date(2025, 12, 20)  # ten months before the tests' present


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@dataclass
class Scene:
    """A club confirmed long ago, whose price and first place's hours a person told since."""

    place: ServiceAtLocation
    other: ServiceAtLocation

    @property
    def service(self) -> Service:
        return self.place.service


def told_by(session: Session, kind: str, at: datetime) -> None:
    """From here on somebody of this kind writes, at this time."""
    session.flush()
    write_as(session, Author("Somebody", kind, at))


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    place = make_service_at_location(
        session, categories=["soccer"], name="Soccer club", assured_date=OLD
    )
    other = make_service_at_location(session, service=place.service)
    place.service.phones = [Phone(number="423-555-0100")]
    place.service.required_documents = [RequiredDocument(document="Shin guards")]
    session.commit()
    told_by(session, "partner", now - timedelta(days=10))
    place.service.cost_options[0].amount_cents = 1500
    told_by(session, "staff", now - timedelta(days=5))
    place.schedules.append(Schedule(description="Saturdays too"))
    session.commit()
    told_by(session, "system", now)
    return Scene(place, other)


def test_a_change_tells_its_own_fact_alone(session: Session, scene: Scene, now: datetime) -> None:
    told = told_of(session, [scene.service])
    here, there = told.as_of_place(scene.place), told.as_of_place(scene.other)
    assert here["hours"] == (now - timedelta(days=5)).date()
    assert there["hours"] == OLD, "the other place's hours were not told"
    assert here["cost"] == there["cost"] == (now - timedelta(days=10)).date()
    assert here["place"] == here["languages"] == here["who"] == here["contact"] == OLD


def test_a_confirmation_tells_every_fact_until_one_is_changed_later(
    session: Session, scene: Scene, now: datetime
) -> None:
    scene.service.assured_date = confirmed = (now - timedelta(days=7)).date()
    as_of = told_of(session, [scene.service]).as_of_place(scene.place)
    assert as_of.pop("hours") == (now - timedelta(days=5)).date()  # type: ignore[attr-defined]
    assert set(as_of.values()) == {confirmed}


@pytest.mark.parametrize(
    ("kind", "tells"), [("staff", True), ("partner", True), ("source", True), ("system", False)]
)
def test_people_and_sources_tell_and_jobs_do_not(
    session: Session, scene: Scene, now: datetime, kind: str, tells: bool
) -> None:
    told_by(session, kind, now)
    scene.service.fees_description = "Pay what you can"
    session.flush()
    cost = told_of(session, [scene.service]).as_of_service(scene.service)["cost"]
    assert (cost == now.date()) == tells


def test_what_was_taken_away_was_told_too(session: Session, scene: Scene, now: datetime) -> None:
    told_by(session, "staff", now)
    scene.service.cost_options = []
    session.flush()
    assert told_of(session, [scene.service]).as_of_service(scene.service)["cost"] == now.date()


def test_what_a_person_entered_was_told_then(session: Session, now: datetime) -> None:
    told_by(session, "staff", now)
    place = make_service_at_location(session, assured_date=None)
    assert set(told_of(session, [place.service]).as_of_place(place).values()) == {now.date()}


def test_nobody_told_what_an_import_brought(session: Session) -> None:
    place = make_service_at_location(session, assured_date=None)
    assert set(told_of(session, [place.service]).as_of_place(place).values()) == {None}


def test_the_days_are_the_districts(session: Session, scene: Scene, now: datetime) -> None:
    night = datetime(2026, 10, 2, 3, 0, tzinfo=now.tzinfo)  # UTC: still October 1 in Chattanooga
    told_by(session, "staff", night)
    scene.service.application_process = "Come by"
    session.flush()
    as_of = told_of(session, [scene.service]).as_of_service(scene.service)
    assert as_of["application"] == date(2026, 10, 1)


# Pages


@pytest.fixture
def manager(session: Session, client: CheckedClient) -> CheckedClient:
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    return client


@pytest.mark.parametrize("address", ["/directory/services/{}", "/services/{}"])
def test_a_service_says_the_age_of_each_fact(
    session: Session, manager: CheckedClient, scene: Scene, address: str
) -> None:
    page = text_of(manager.get(address.format(scene.service.id)).text)
    assert "$15 as of 10 days ago" in page
    assert "Shin guards as of 10 months ago , check first" in page
    assert "(423) 555-0100 as of 10 months ago , check first" in page
    assert "Saturdays too as of 5 days ago" in page, "hours at the first place"
    assert "6:00 PM as of 10 months ago , check first" in page, "hours at the second"


def test_the_list_says_it_too(manager: CheckedClient, scene: Scene) -> None:
    page = text_of(manager.get("/directory?q=soccer").text)
    assert "$15 as of 10 days ago" in page
    assert "Ages 5 to 18 as of 10 months ago , check first" in page


def test_what_nobody_told_is_said_to_be_so(session: Session, manager: CheckedClient) -> None:
    place = make_service_at_location(session, assured_date=None)
    page = text_of(manager.get(f"/directory/services/{place.service.id}").text)
    assert "Free never confirmed" in page


def test_a_fact_not_said_has_no_age(session: Session, manager: CheckedClient) -> None:
    place = make_service_at_location(session, fee_cents=None, languages=[], assured_date=OLD)
    page = text_of(manager.get(f"/directory/services/{place.service.id}").text)
    assert "What to bring Nothing is named. Ask. Open places" in page
    assert "Languages Not known What to bring" in page
    assert "Cost cost not known Languages" in page


def test_matches_and_their_comparison_say_it(
    session: Session, client: CheckedClient, scene: Scene
) -> None:
    school = make_school(session)
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    student = make_student(session, school=school, plan_manager=manager, interests=["soccer"])
    client.sign_in(manager)
    for page in (
        f"/students/{student.id}/support?interest=soccer",
        f"/students/{student.id}/support/compare?interest=soccer&offer={scene.place.id}",
    ):
        words = text_of(client.get(page).text)
        assert "$15 as of 10 days ago" in words, page
        assert "English, Spanish as of 10 months ago , check first" in words, page
    assert "Saturdays too as of 5 days ago" in words
    answer = client.get(f"/api/v1/students/{student.id}/matches?interest=soccer").get_json()
    as_of = {match["service_at_location_id"]: match["as_of"] for match in answer["matches"]}
    assert as_of[str(scene.place.id)]["hours"] == "2026-10-08"
    assert as_of[str(scene.place.id)]["languages"] == OLD.isoformat()


def test_a_referral_says_how_old_the_address_and_the_telephone_are(
    session: Session, client: CheckedClient, scene: Scene
) -> None:
    school = make_school(session)
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    student = make_student(session, school=school, plan_manager=manager)
    referral = make_referral(session, state="sent", student=student, place=scene.place, by=manager)
    client.sign_in(manager)
    page = text_of(client.get(f"/referrals/{referral.id}").text)
    assert "(423) 555-0100 as of 10 months ago , check first" in page
    assert "37403 as of 10 months ago , check first" in page


def test_a_family_reads_it_in_its_language(
    session: Session, client: CheckedClient, scene: Scene, now: datetime
) -> None:
    student = make_student(session, interests=["soccer"], languages=["es"])
    _, token = make_family_link(session, student, secret=SECRET, now=now)
    page = text_of(client.get(f"/f/{token}", headers={"Accept-Language": "es"}).text)
    assert "hace 10 días" in page
    assert "hace 10 meses , pregunte antes" in page


def test_a_partner_sees_how_old_its_facts_are(
    session: Session, client: CheckedClient, scene: Scene, now: datetime
) -> None:
    _, token = make_listing_link(session, scene.service, secret=SECRET, now=now)
    page = text_of(client.get(f"/l/{token}").text)
    assert "423-555-0100 as of 10 months ago" in page


@pytest.mark.parametrize(("days", "is_old"), [(180, False), (181, True)])
def test_old_is_what_the_setting_says(
    session: Session, manager: CheckedClient, now: datetime, days: int, is_old: bool
) -> None:
    confirmed = now.date() - timedelta(days=days)
    place = make_service_at_location(session, assured_date=confirmed)
    page = text_of(manager.get(f"/directory/services/{place.service.id}").text)
    assert ("check first" in page) == is_old
    assert ("Check before you rely on it" in page) == is_old
