"""The public listing: anyone reads it, in pages, by its filters; and nobody reads what is private."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.security import rate_limits
from catalog.exporters.reading import BATCH
from catalog.models import (
    Address,
    Attribute,
    Contact,
    Phone,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from catalog.services import bump_revision
from tests.factories import (
    make_eligibility,
    make_location,
    make_organization,
    make_service,
    make_service_at_location,
)
from tests.fixtures.client import CheckedClient
from tests.fixtures.statements import CountStatements

LISTS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
# One each for the limit by address, the catalog's revision, the count and the page's ids, and one
# for each table read.
STATEMENTS = {
    "services": 7,
    "services?full=true": 27,
    "services?minimal=true": 7,
    "service_at_locations": 9,
    "service_at_locations?full=true": 27,
    "organizations": 5,
    "organizations?full=true": 28,
    "organizations?full_service=true": 28,
    "taxonomies": 5,
    "taxonomy_terms": 6,
}
NO_ID = "00000000-0000-4000-8000-000000000000"
SECRET_STREET = "17 Hidden Lane"
SECRETS = (
    SECRET_STREET,
    "37999",
    "35.0123",
    "85.1234",
    "referrals@example.org",
    "Jo Sample",
    "jo.sample@example.org",
    "423-555-0199",
    "assurer@example.org",
    "behind the green door",
)
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def secrets_in(texts: Iterable[str]) -> list[str]:
    """Which secrets are told. Ids are left out: one in a hundred files has a ZIP code in one."""
    plain = [ID.sub("", text) for text in texts]
    return [secret for secret in SECRETS if any(secret in text for text in plain)]


@dataclass(frozen=True)
class Listing:
    """A small catalog with everything that a listing can have."""

    service: Service
    place: ServiceAtLocation
    shelter: ServiceAtLocation


def make_listing(session: Session, number: int = 1) -> Listing:
    """A clinic with all its facts, and a shelter whose street nobody may know."""
    organization = make_organization(session, name=f"Clinic {number}", website="example.org")
    service = make_service(
        session,
        organization=organization,
        name=f"Check-ups {number}",
        minimum_age=5,
        maximum_age=17.5,
        assurer_email="assurer@example.org",
        last_modified=datetime(2026, 10, number, 12, 0, tzinfo=UTC),
        extra={"contact": "Jo Sample"},
    )
    taxonomy = Taxonomy(name=f"Kinds {number}")
    term = TaxonomyTerm(name="Dentist", code=f"dentist-{number}", taxonomy_detail=taxonomy)
    term.taxonomy = taxonomy.name
    session.add_all([taxonomy, term])
    session.flush()
    place = make_service_at_location(
        session, service=service, location=make_location(session, organization=organization)
    )
    shelter_service = make_service(session, name=f"Shelter {number}", organization=organization)
    hidden = make_location(
        session,
        organization=organization,
        is_confidential=True,
        name="Hidden house",
        latitude=35.0123,
        longitude=-85.1234,
        transportation="behind the green door",
    )
    hidden.addresses = [
        Address(address_1=SECRET_STREET, city="Red Bank", state_province="TN", postal_code="37999")
    ]
    shelter = make_service_at_location(session, service=shelter_service, location=hidden)
    session.add_all(
        [
            Attribute(link_id=service.id, link_entity="service", taxonomy_term_id=term.id),
            Contact(service_id=service.id, name="Jo Sample", email="jo.sample@example.org",
                    phones=[Phone(number="423-555-0199")]),
            Phone(service_id=service.id, number="423-555-0100", extension="012"),
            Phone(service_at_location_id=place.id, number="423-555-0101", extension="12"),
            ServiceArea(service_at_location_id=place.id, name="North side"),
        ]
    )  # fmt: skip
    make_eligibility(session, service, "age", low=5, high=17.5)
    make_eligibility(session, service, "residence", zips=["37402", "37403"])
    make_eligibility(session, shelter_service, "residence", zips=["37421"])
    return Listing(service, place, shelter)


def read(client: CheckedClient, path: str) -> dict[str, Any]:
    """A good answer."""
    response = client.get(f"/hsds/{path}")
    assert response.status_code == 200, response.text
    body = response.get_json()
    assert isinstance(body, dict)
    return body


def names(client: CheckedClient, path: str) -> list[str]:
    """The names on a page."""
    return [row.get("name") or row["service"]["name"] for row in read(client, path)["contents"]]


def test_the_root_says_what_this_is(client: CheckedClient) -> None:
    about = read(client, "")
    assert about["version"] == "3.1"
    assert about["openapi_url"] == "https://localhost/api/openapi.json"
    described = client.get("/api/openapi.json").get_json()["paths"]
    assert {f"/hsds/{name}" for name in LISTS} <= set(described)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_pages_and_every_object_can_be_read_by_its_id(
    client: CheckedClient, session: Session, name: str
) -> None:
    for number in (1, 2, 3):
        make_listing(session, number)
    whole = read(client, f"{name}?per_page=100")
    total = whole["total_items"]
    assert total >= 3
    assert (whole["first_page"], whole["last_page"], whole["empty"]) == (True, True, False)
    last = read(client, f"{name}?per_page=2&page={-(-total // 2)}")
    assert (last["total_pages"], last["first_page"], last["last_page"]) == (
        -(-total // 2),
        False,
        True,
    )
    assert last["size"] == len(last["contents"])
    beyond = read(client, f"{name}?page=1000")
    assert (beyond["empty"], beyond["contents"], beyond["total_items"]) == (True, [], total)
    paged = [
        row["id"]
        for page in range(1, last["total_pages"] + 1)
        for row in read(client, f"{name}?per_page=2&page={page}")["contents"]
    ]
    assert paged == [row["id"] for row in whole["contents"]]
    for id_ in paged:
        assert read(client, f"{name}/{id_}")["id"] == id_


@pytest.mark.parametrize("name", LISTS)
def test_ndjson_is_everything_a_line_each(
    client: CheckedClient, listing: Listing, name: str
) -> None:
    response = client.get(f"/hsds/{name}?format=ndjson&per_page=1", buffered=True)
    assert response.mimetype == "application/x-ndjson"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert lines == read(client, f"{name}?per_page=100")["contents"]


def test_ndjson_is_sent_while_it_is_read(
    app: Flask, session: Session, count_statements: CountStatements
) -> None:
    """The first line leaves before the second batch of services is read."""
    organization = make_organization(session)
    names_ = [f"Service {number:03}" for number in range(2 * BATCH + 1)]
    for name in names_:
        make_service(session, organization=organization, name=name)
    session.commit()
    asked = EnvironBuilder("/hsds/services?format=ndjson", base_url="https://localhost")
    with count_statements() as sent:
        body, status, _headers = run_wsgi_app(app, asked.get_environ())
        lines = iter(body)
        told = [json.loads(next(lines))["name"]]
        before = batches_read(sent)
        told += [json.loads(line)["name"] for line in lines]
    assert status == "200 OK"
    assert told == names_
    assert (before, batches_read(sent)) == (1, 3)


def batches_read(sent: Iterable[str]) -> int:
    """How often services were read with all their columns."""
    return sum(
        "FROM service " in " ".join(one.split()) and "fees_description" in one for one in sent
    )


@pytest.mark.parametrize("name", LISTS)
def test_what_is_not_there_is_a_problem(client: CheckedClient, name: str) -> None:
    for id_ in (uuid.uuid4(), "not-an-id"):
        response = client.get(f"/hsds/{name}/{id_}")
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"
        assert response.headers.get("Access-Control-Allow-Origin") == "*" or id_ == "not-an-id"


@pytest.mark.parametrize("path", STATEMENTS)
def test_a_page_takes_the_same_statements_however_long(
    client: CheckedClient, session: Session, count_statements: CountStatements, path: str
) -> None:
    for number in range(1, 13):
        make_listing(session, number)
    separator = "&" if "?" in path else "?"
    for size in (3, 24):
        with count_statements(STATEMENTS[path]):
            page = read(client, f"{path}{separator}per_page={size}")
        assert page["size"] >= 3


def test_rules_are_told_in_words_and_as_labels_that_can_be_asked_for(
    client: CheckedClient, listing: Listing
) -> None:
    short = read(client, "services?search=check")["contents"][0]
    told = "Ages 5 to 17.5. Families who live in ZIP 37402 or 37403."
    assert short["eligibility_description"] == told
    service = read(client, f"services/{listing.service.id}")
    assert service["eligibility_description"] == told
    rules = {
        label["label"]: label
        for label in service["attributes"]
        if label.get("link_type") == "eligibility"
    }
    assert set(rules) == {"Ages 5 to 17.5", "Families who live in ZIP 37402 or 37403"}
    age = rules["Ages 5 to 17.5"]
    assert json.loads(age["value"])["facts"] == {"low": 5, "high": 17.5}
    term = age["taxonomy_term"]
    assert read(client, f"taxonomy_terms/{term['id']}") == term
    assert read(client, f"taxonomies/{term['taxonomy_id']}") == term["taxonomy_detail"]
    assert names(client, f"services?taxonomy_term_id={term['id']}") == ["Check-ups 1"]


def test_extensions_are_numbers_or_stay_with_the_number(
    client: CheckedClient, listing: Listing
) -> None:
    phones = read(client, f"services/{listing.service.id}")["phones"]
    assert [phone["number"] for phone in phones] == ["423-555-0100 ext. 012"]
    place = read(client, f"service_at_locations/{listing.place.id}")
    assert [phone["extension"] for phone in place["phones"]] == [12]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("services?page=0", "page"),
        ("services?page=many", "page"),
        ("services?per_page=101", "per_page"),
        ("services?per_page=0", "per_page"),
        ("services?format=xml", "format"),
        ("services?taxonomy_id=food", "taxonomy_id"),
        ("services?modified_after=yesterday", "modified_after"),
        ("services?full=perhaps", "full"),
        ("services?serach=food", "serach"),
        (f"organizations/{NO_ID}?full=false", "full"),
        (f"organizations/{NO_ID}?full_service=perhaps", "full_service"),
        ("service_at_locations?proximity=500", "proximity"),
        ("service_at_locations?proximity=far&postcode=37403", "proximity"),
        ("service_at_locations?postcode=374", "postcode"),
    ],
)
def test_a_wrong_question_is_a_problem_that_names_its_field(
    client: CheckedClient, path: str, field: str
) -> None:
    response = client.get(f"/hsds/{path}")
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert field in str(response.get_json()["errors"])


def test_nothing_confidential_and_nobody_of_the_staff_is_told(
    client: CheckedClient, session: Session, listing: Listing
) -> None:
    told = [
        client.get(f"/hsds/{name}?{options}", buffered=True).text
        for name in ("services", "organizations", "service_at_locations")
        for options in ("", "full=true", "format=ndjson&full=true")
    ]
    organization = listing.service.organization_id
    told += [
        client.get(f"/hsds/{path}").text
        for path in (
            f"services/{listing.service.id}",
            f"services/{listing.shelter.service_id}",
            f"service_at_locations/{listing.shelter.id}",
            f"organizations/{organization}",
            "organizations?full_service=true",
        )
    ]
    assert secrets_in(told) == []
    location = read(client, f"service_at_locations/{listing.shelter.id}")["location"]
    assert [address["city"] for address in location["addresses"]] == ["Red Bank"]
    assert not {"latitude", "longitude", "name"} & set(location)


def test_a_confidential_place_cannot_be_found_by_searching_around_it(
    client: CheckedClient, session: Session, listing: Listing
) -> None:
    assert names(client, "services?search=Hidden") == []
    assert names(client, "service_at_locations?postcode=37415&proximity=20000") == ["Check-ups 1"]
    around = names(client, "service_at_locations?postcode=37403&proximity=500000")
    assert around == ["Check-ups 1"]


def test_what_no_longer_runs_says_so(
    client: CheckedClient, session: Session, listing: Listing
) -> None:
    listing.service.organization.is_active = False
    closed = make_service(session, name="Old", status="defunct")
    gone = make_service_at_location(session, name="Moved", is_listed=False)
    assert read(client, f"services/{listing.service.id}")["status"] == "inactive"
    assert read(client, f"services/{closed.id}")["status"] == "defunct"
    assert client.get(f"/hsds/service_at_locations/{gone.id}").status_code == 404
    assert "Moved" not in names(client, "service_at_locations")


def test_minimal_is_all_ids_and_when_they_changed(
    client: CheckedClient, session: Session, listing: Listing
) -> None:
    page = read(client, "services?minimal=true")
    assert page["last_page"]
    assert page["contents"][0] == {
        "id": str(listing.service.id),
        "name": "Check-ups 1",
        "status": "active",
        "last_modified": "2026-10-01T12:00:00.000Z",
    }


def test_who_has_the_answer_is_not_sent_it_again_until_the_catalog_changes(
    client: CheckedClient, session: Session, listing: Listing, count_statements: CountStatements
) -> None:
    first = client.get("/hsds/services")
    tag = first.headers["ETag"]
    assert client.get("/hsds/services?page=2").headers["ETag"] != tag
    with count_statements(2):  # the limit by address, and the revision
        again = client.get("/hsds/services", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    listing.service.name = "Renamed"
    bump_revision(session)
    changed = client.get("/hsds/services", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "Renamed" in changed.text


def test_any_website_may_read_and_none_may_write(client: CheckedClient, listing: Listing) -> None:
    response = client.get("/hsds/services", headers={"Origin": "https://elsewhere.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    preflight = client.options("/hsds/services")
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    sent = client.post("/hsds/services", headers={"X-CSRFToken": client.csrf_token()})
    assert sent.status_code == 405
    assert sent.mimetype == "application/problem+json"


def test_reading_is_limited_by_address(
    client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rate_limits.Rule(
        "listing_visitor", (rate_limits.parse("2/minute"),), rate_limits.visitor
    )
    monkeypatch.setattr(rate_limits, "PUBLIC_LISTING", (rule,))
    statuses = [client.get("/hsds/taxonomies").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_date_is_a_day_and_an_age_a_number(client: CheckedClient, listing: Listing) -> None:
    service = read(client, f"services/{listing.service.id}")
    assert service["assured_date"] == date(2026, 9, 15).isoformat()
    assert (service["minimum_age"], service["maximum_age"]) == (5, 17.5)
    schedule = service["service_at_locations"][0]["schedules"][0]
    assert (schedule["opens_at"], schedule["byday"]) == ("15:00:00", "MO,TU,WE,TH,FR")
    assert service["organization"]["website"] == "http://example.org"
