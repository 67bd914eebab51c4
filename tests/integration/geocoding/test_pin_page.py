"""Places on the map: the list of what nobody could place, and a place's pin."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.recommendations.offers import point_within
from app.security.policy import Role
from catalog.history import NEW
from catalog.models import FieldChange, Geocoding, Location
from catalog.queries import current_revision
from tests.factories import make_location, make_service_at_location, make_user
from tests.fixtures.client import CheckedClient


@pytest.fixture
def team(session: Session, client: CheckedClient) -> CheckedClient:
    """The district's team, signed in."""
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN, name="Dana Lee"))
    return client


def offered(session: Session, **facts: object) -> Location:
    location = make_location(session, **facts)
    make_service_at_location(session, location=location)
    session.info.pop(NEW, None)
    return location


NOWHERE = {"latitude": None, "longitude": None, "point_precision": "unknown"}


def test_places_stand_by_how_they_are_known_and_confidential_ones_nowhere(
    team: CheckedClient, session: Session
) -> None:
    offered(session, name="Nowhere House", **NOWHERE)
    offered(session, name="Rough House", point_precision="zip")
    offered(session, name="Exact House")
    offered(session, name="Secret House", is_confidential=True, **NOWHERE)
    make_location(session, name="Empty House", **NOWHERE)  # nothing is offered there
    names = {"missing": "Nowhere", "rough": "Rough", "given": "Exact"}
    for kind, name in names.items():
        page = team.get(f"/places-on-map?kind={kind}").text
        assert re.findall(r"(\w+) House", page) == [name]
    assert "Nowhere House" in team.get("/places-on-map").text  # first what wants a person
    assert "No place of this kind" in team.get("/places-on-map?kind=found").text
    assert "Nowhere House" in team.get("/places-on-map?kind=nonsense").text


def test_a_pin_at_a_neighbor_says_so_and_makes_distances_rough(
    team: CheckedClient, session: Session
) -> None:
    place = offered(session, point_precision="street")
    assert "stands at its neighbor" in team.get(f"/places-on-map/{place.id}/pin").text
    assert point_within(place) == 150
    place.point_precision = "address"
    assert point_within(place) == 0


def test_a_pin_is_set_stays_and_stands_in_the_history(
    team: CheckedClient, session: Session, now: object
) -> None:
    place = offered(session, **NOWHERE)
    session.add(
        Geocoding(
            location_id=place.id, address="x", geocoders="zip_area", precision="unknown", at=now
        )
    )
    session.flush()
    before = current_revision(session)
    page = team.get(f"/places-on-map/{place.id}/pin")
    assert "This place has no pin" in page.text
    answer = team.submit(page, "/pin", {"latitude": "35.0472", "longitude": "-85.3112"})
    assert answer.status_code in {302, 303}
    assert (place.latitude, place.longitude, place.point_precision) == (
        35.0472,
        -85.3112,
        "address",
    )
    assert session.get(Geocoding, place.id) is None  # no geocoder's any more
    assert current_revision(session) > before
    changed = session.scalars(
        select(FieldChange).filter_by(resource_id=place.id, field_name="latitude")
    ).all()
    assert [(row.replacement_value, row.updated_by, row.made_by) for row in changed] == [
        ("35.0472", "Dana Lee", "staff")
    ]
    assert "No geocoder moves it" in team.get(f"/places-on-map/{place.id}/pin").text


@pytest.mark.parametrize(
    ("latitude", "longitude", "wrong"),
    [
        ("", "-85.3", "Write degrees as a number"),
        ("35.04", "west", "Write degrees as a number"),
        ("95", "-85.3", "Write degrees as a number"),
        ("1e3", "-85.3", "Write degrees as a number"),
        ("NaN", "inf", "Write degrees as a number"),
        ("35.04", "85.3", "below zero"),  # the usual slip: the minus left out
        ("-85.3", "35.04", "below zero"),  # the wrong way round
    ],
)
def test_what_is_no_point_is_said_beside_the_field_and_kept_as_typed(
    team: CheckedClient, session: Session, latitude: str, longitude: str, wrong: str
) -> None:
    place = offered(session, **NOWHERE)
    page = team.get(f"/places-on-map/{place.id}/pin")
    answer = team.submit(page, "/pin", {"latitude": latitude, "longitude": longitude})
    assert answer.status_code == 422
    assert wrong in answer.text
    assert f'value="{longitude}"' in answer.text
    assert place.latitude is None


@pytest.mark.parametrize(("typed", "read"), [("35,0472°", 35.0472), (" +35.0472 ", 35.0472)])
def test_degrees_may_be_typed_as_people_do(
    team: CheckedClient, session: Session, typed: str, read: float
) -> None:
    place = offered(session, **NOWHERE)
    page = team.get(f"/places-on-map/{place.id}/pin")
    team.submit(page, "/pin", {"latitude": typed, "longitude": "-85.3112"})
    assert place.latitude == read


def test_whoever_comes_second_is_told_and_nothing_is_written_over(
    team: CheckedClient, session: Session
) -> None:
    place = offered(session)
    page = team.get(f"/places-on-map/{place.id}/pin")
    other = team.get(f"/places-on-map/{place.id}/pin")
    team.submit(other, "/pin", {"latitude": "35.1", "longitude": "-85.1"})
    answer = team.submit(page, "/pin", {"latitude": "35.2", "longitude": "-85.2"})
    assert answer.status_code == 409
    assert "Someone else changed this place" in answer.text
    assert place.latitude == 35.1
    assert team.submit(page, "/look-up").status_code == 409
    assert place.latitude == 35.1


def test_an_address_is_looked_up_again(team: CheckedClient, session: Session) -> None:
    place = offered(session)
    page = team.get(f"/places-on-map/{place.id}/pin")
    team.submit(page, "/look-up")
    assert (place.latitude, place.longitude, place.point_precision) == (None, None, "unknown")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_confidential_place_has_no_pin(
    team: CheckedClient, session: Session, is_there: bool
) -> None:
    place = offered(session, is_confidential=True, **NOWHERE)
    key = place.id if is_there else uuid.uuid4()
    token = {"csrf_token": team.csrf_token(), "latitude": "35", "longitude": "-85"}
    assert team.get(f"/places-on-map/{key}/pin").status_code == 404
    assert team.post(f"/places-on-map/{key}/pin", data=token).status_code == 404
    assert team.post(f"/places-on-map/{key}/look-up", data=token).status_code == 404
    assert place.latitude is None


def test_the_services_page_says_that_a_place_is_known_roughly(
    team: CheckedClient, session: Session
) -> None:
    place = offered(session, point_precision="zip")
    service_id = place.service_at_locations[0].service_id
    page = team.get(f"/directory/services/{service_id}")
    assert "the middle of the ZIP area" in page.text
    assert f"/places-on-map/{place.id}/pin" in page.text
