"""A partner corrects hours and places: live at once by a setting, else after the team's look."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.listings.fields import KINDS
from app.listings.models import ListingChange
from app.security.policy import Role
from app.settings import LISTING_KINDS, Settings, SettingsError
from catalog.hours_words import hours_as_text, schedules_from_text
from catalog.models import CostOption, Schedule, Service
from tests.factories import make_listing_link, make_service, make_service_at_location, make_user
from tests.fixtures.client import CheckedClient

SECRET = "not a secret: only for the tests of Footbridge"


@pytest.fixture
def service(session: Session) -> Service:
    service = make_service(session, name="Dentist", description="Teeth.")
    make_service_at_location(session, service=service)
    return service


@pytest.fixture
def path(session: Session, service: Service, now: datetime) -> str:
    return f"/l/{make_listing_link(session, service, secret=SECRET, now=now)[1]}"


def code(service: Service, kind: str) -> str:
    return f"{kind}:{service.service_at_locations[0].id.hex}"


def test_hours_are_live_at_once_as_they_are_understood(
    client: CheckedClient, session: Session, service: Service, path: str
) -> None:
    page = client.get(path)
    assert "Mon, Tue, Wed, Thu, Fri 3:00 PM-6:00 PM" in page.text
    answer = client.submit(
        page, "/corrections", {code(service, "hours"): "Tue & Thu 4-7pm"}, follow_redirects=True
    )
    assert "Schools see it at once" in answer.text
    session.expire_all()
    (row,) = service.service_at_locations[0].schedules
    assert (row.byday, row.opens_at.hour, row.closes_at.hour) == ("TU,TH", 16, 19)  # type: ignore[union-attr]
    (change,) = session.scalars(select(ListingChange)).all()
    assert (change.state, change.new_value) == ("live", "Tue & Thu 4-7pm")


@pytest.mark.parametrize(
    ("language", "cost", "hours"),
    [
        ("en", "$45 per visit", "Thursday, and Friday, 3:00 PM to 6:00 PM"),
        ("es", "$45 por visita", "jueves y viernes, de 3:00 p.m. a 6:00 p.m."),
    ],
)
def test_a_partner_reads_hours_and_prices_in_its_language(
    client: CheckedClient,
    session: Session,
    service: Service,
    path: str,
    language: str,
    cost: str,
    hours: str,
) -> None:
    assert service.intake is not None
    service.intake.notice_language = language
    service.cost_options = [CostOption(amount_cents=4500, amount_description="per visit")]
    service.fees_description = "$45.00 per visit"
    session.flush()
    facts = client.get(path).text.partition("<main")[2].partition("<form")[0]
    assert cost in facts
    assert hours in facts
    assert "$45.00" not in facts


def test_hours_that_are_not_understood_stay_as_words(
    client: CheckedClient, session: Session, service: Service, path: str
) -> None:
    client.submit(client.get(path), "/corrections", {code(service, "hours"): "when the sun shines"})
    session.expire_all()
    (row,) = service.service_at_locations[0].schedules
    assert (row.description, row.opens_at) == ("when the sun shines", None)


def test_an_address_waits_for_the_team_and_then_has_no_point(
    client: CheckedClient, session: Session, service: Service, path: str
) -> None:
    client.submit(client.get(path), "/corrections", {code(service, "street"): "77 New Street"})
    location = service.service_at_locations[0].location
    before = location.addresses[0].address_1
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    page = client.get("/listing-changes")
    assert "77 New Street" in page.text
    assert before in page.text
    (change,) = session.scalars(select(ListingChange)).all()
    client.submit(page, f"/listing-changes/{change.id}/apply")
    session.expire_all()
    assert location.addresses[0].address_1 == "77 New Street"
    assert location.latitude is None


def test_a_place_is_closed_and_a_further_one_is_added_after_the_teams_look(
    client: CheckedClient, session: Session, service: Service, path: str
) -> None:
    sent = {
        code(service, "closed"): "closed",
        "new_place": "9 Elm Street, East Ridge 37412\nMon 3-5pm",
    }
    client.submit(client.get(path), "/corrections", sent)
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    for change in session.scalars(select(ListingChange)).all():
        client.submit(client.get("/listing-changes"), f"/listing-changes/{change.id}/apply")
    session.expire_all()
    old, new = sorted(service.service_at_locations, key=lambda place: place.is_listed)
    assert not old.is_listed
    address = new.location.addresses[0]
    assert (address.address_1, address.city, address.postal_code) == (
        "9 Elm Street",
        "East Ridge",
        "37412",
    )
    assert new.schedules[0].byday == "MO"


def test_nothing_is_changed_by_a_form_that_is_sent_as_it_is(
    client: CheckedClient, session: Session, path: str
) -> None:
    answer = client.submit(client.get(path), "/corrections", follow_redirects=True)
    assert "Nothing was different" in answer.text
    assert not session.scalars(select(ListingChange)).all()


def test_a_field_of_another_services_place_is_refused(
    client: CheckedClient, session: Session, service: Service, path: str
) -> None:
    other = make_service_at_location(session)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[0]
    answer = client.post(
        f"{path}/corrections",
        data={"csrf_token": token, f"hours:{other.id.hex}": "Mon 3-5pm"},
        headers={"Referer": f"http://localhost{path}"},
    )
    assert answer.status_code == 422
    assert not session.scalars(select(ListingChange)).all()


def test_the_setting_names_kinds_that_exist() -> None:
    assert LISTING_KINDS == KINDS


def test_a_kind_that_is_none_stops_the_start(app: object) -> None:
    settings: Settings = app.extensions["footbridge"].settings  # type: ignore[attr-defined]
    assert settings.live_fields == {"phone", "hours"}
    assert replace(settings, listing_live_fields="").live_fields == frozenset()
    with pytest.raises(SettingsError, match="'seats'"):
        replace(settings, listing_live_fields="phone, seats")


@pytest.mark.parametrize("kinds", ["phone,hours", "description", ""])
def test_what_goes_live_at_once_is_what_the_setting_names(
    app: Flask,
    client: CheckedClient,
    session: Session,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    kinds: str,
) -> None:
    state = app.extensions["footbridge"]
    changed = replace(state.settings, listing_live_fields=kinds)
    monkeypatch.setitem(app.extensions, "footbridge", replace(state, settings=changed))
    service = make_service(session, description="Before.")
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    sent = {"phone": "423-555-0177", "description": "After."}
    client.submit(client.get(f"/l/{token}"), "/corrections", sent)
    session.expire_all()
    live = {"phone": bool(service.phones), "description": service.description == "After."}
    assert {kind for kind, is_live in live.items() if is_live} == live.keys() & set(
        kinds.split(",")
    )


DAY = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@given(
    st.lists(DAY, min_size=1, max_size=4, unique=True),
    st.integers(0, 22),
    st.sampled_from([0, 15, 30]),
)
def test_a_week_as_text_is_read_as_the_same_week(days: list[str], hour: int, minute: int) -> None:
    ordered = sorted(days, key=["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index)
    row = Schedule(
        freq="WEEKLY",
        byday=",".join(ordered),
        opens_at=time(hour, minute),
        closes_at=time(hour + 1, minute),
    )
    (read,) = schedules_from_text(hours_as_text([row]))
    assert (read.byday, read.opens_at, read.closes_at) == (row.byday, row.opens_at, row.closes_at)
