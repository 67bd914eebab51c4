"""The page of a service's history."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.listings.models import ListingChange
from catalog.history import Author, write_as
from catalog.models import FieldChange, Service, ServiceAtLocation
from tests.factories import make_listing_link, make_service_at_location, make_user
from tests.fixtures.client import CheckedClient

SECRET = "not a secret: only for the tests of Footbridge"


@pytest.fixture
def place(session: Session) -> ServiceAtLocation:
    return make_service_at_location(session)


@pytest.fixture
def service(session: Session, place: ServiceAtLocation, now: datetime) -> Service:
    place.service.name = "Tutoring"
    session.commit()
    write_as(session, Author("Ann Persona", "staff", now))
    return place.service


def path(service: Service, query: str = "") -> str:
    return f"/directory/services/{service.id}/history{query}"


def test_who_when_from_and_to_of_the_service_its_organization_and_its_places(
    client: CheckedClient, session: Session, service: Service, place: ServiceAtLocation
) -> None:
    service.alert = "Closed <b>on Friday"
    assert service.organization
    service.organization.website = "https://new.example.org"
    place.location.addresses[0].address_1 = "77 New Street"
    client.sign_in(make_user(session, "plan_manager"))
    page = client.get(path(service))
    for words in ("Ann Persona", "Closed &lt;b&gt;on Friday", "https://new.example.org",
                  "77 New Street", "Service: alert", "Address: street"):  # fmt: skip
        assert words in page.text
    assert "Bring back" not in page.text


def test_one_field_alone_and_page_by_page(
    client: CheckedClient, session: Session, service: Service
) -> None:
    service.url = "https://other.example.org"
    for number in range(60):
        service.alert = f"Alert {number}."
        session.flush()
    client.sign_in(make_user(session, "district_admin"))
    page = client.get(path(service, "?field=service.alert"))
    assert "https://other.example.org" not in page.text
    assert client.get(path(service, "?field=service.alert&page=2")).text.count("Alert") > 5


def test_a_value_is_brought_back_under_the_name_of_who_did(
    client: CheckedClient, session: Session, service: Service
) -> None:
    service.name = "Wrong name"
    user = make_user(session, "district_admin")
    client.sign_in(user)
    answer = client.submit(client.get(path(service, "?field=service.name")), "/value")
    assert answer.status_code in {302, 303}
    session.expire_all()
    assert service.name == "Tutoring"
    row = session.scalars(select(FieldChange).filter_by(replacement_value="Tutoring")).all()[-1]
    assert (row.updated_by, row.made_by) == (user.name, "staff")


def test_a_version_is_brought_back(
    client: CheckedClient, session: Session, service: Service
) -> None:
    service.name, service.alert = "Wrong name", "Wrong alert"
    client.sign_in(make_user(session, "district_admin"))
    answer = client.submit(client.get(path(service)), "/version", follow_redirects=True)
    assert "1 entry is as it was then" in answer.text
    session.expire_all()
    assert (service.name, service.alert) == ("Tutoring", None)


def test_what_a_partner_changes_by_link_stands_under_the_partner(
    client: CheckedClient, session: Session, service: Service, now: datetime
) -> None:
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    page = client.get(f"/l/{token}")
    client.submit(page, "/corrections", {"phone": "423-555-0123"})
    session.expire_all()
    assert session.scalars(select(ListingChange.state)).all() == ["live"]
    row = session.scalars(select(FieldChange).filter_by(replacement_value="423-555-0123")).one()
    assert (row.resource_type, row.updated_by, row.made_by) == (
        "phone", "Partner (by link)", "partner",
    )  # fmt: skip


def test_the_street_of_a_confidential_place_is_kept_back_from_those_without_the_right(
    client: CheckedClient, session: Session, service: Service, place: ServiceAtLocation
) -> None:
    place.location.addresses[0].address_1 = "77 Secret Street"
    place.location.name = "The Secret House"
    session.flush()
    place.location.is_confidential = True
    client.sign_in(make_user(session, "plan_manager"))
    page = client.get(path(service))
    assert "Kept back" in page.text
    assert "Secret" not in page.text
    client.sign_in(make_user(session, "district_admin"))
    assert "77 Secret Street" in client.get(path(service)).text


def test_a_change_of_another_service_is_not_here(
    client: CheckedClient, session: Session, service: Service
) -> None:
    service.alert = "Changed"
    other = make_service_at_location(session).service
    session.flush()
    row = session.scalars(select(FieldChange).filter_by(field_name="alert")).one()
    client.sign_in(make_user(session, "district_admin"))
    answer = client.post(
        f"{path(other)}/{row.id}/value", headers={"X-CSRFToken": client.csrf_token()}
    )
    assert answer.status_code == 404
