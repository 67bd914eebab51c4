"""The filters of the public listing: which services, organizations and terms each of them finds."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

from catalog.exporters import own_facts
from catalog.models import Attribute, TaxonomyTerm
from tests.factories import (
    make_eligibility,
    make_location,
    make_organization,
    make_service,
    make_service_at_location,
)
from tests.fixtures.client import CheckedClient
from tests.integration.exchange.test_hsds_api import Listing, make_listing, names, read


def test_filters_combine(client: CheckedClient, session: Session, listing: Listing) -> None:
    other = make_listing(session, 2)
    term, category = label_of(session, other)
    assert names(client, "services") == ["Check-ups 1", "Check-ups 2", "Shelter 1", "Shelter 2"]
    assert names(client, "services?search=check-ups") == ["Check-ups 1", "Check-ups 2"]
    assert names(client, "services?search=clinic+2+shelter") == ["Shelter 2"]
    assert names(client, "services?search=100%25") == []
    assert names(client, f"services?taxonomy_term_id={term}") == ["Check-ups 2"]
    assert names(client, f"services?taxonomy_id={category}") == ["Check-ups 2"]
    assert names(client, f"services?taxonomy_id={category}&search=shelter") == []
    owner = other.service.organization_id
    assert names(client, f"services?organization_id={owner}") == ["Check-ups 2", "Shelter 2"]
    for moment in ("2026-10-02", "2026-10-02T12:00:00Z", "2026-10-02T14:00:00%2B02:00"):
        assert names(client, f"services?modified_after={moment}") == ["Check-ups 2"]
    assert names(client, "services?modified_after=2026-10-02T12:00:01Z") == []
    assert names(client, f"service_at_locations?organization_id={owner}&search=check") == [
        "Check-ups 2"
    ]
    assert names(client, f"taxonomy_terms?taxonomy_id={category}") == ["Dentist"]


def test_a_search_takes_a_dozen_words_and_refuses_more(client: CheckedClient) -> None:
    assert client.get(f"/hsds/services?search={'+'.join(['a'] * 12)}").status_code == 200
    refused = client.get(f"/hsds/services?search={'+'.join(['a'] * 13)}")
    assert refused.status_code == 422
    assert "12 words at most" in refused.text


@pytest.mark.parametrize(
    "typed", ["CLÍNICA", "clínica", "clinica", "Clinica niños", "ninos", "NIÑOS", "clinica+1%2B1"]
)
def test_words_are_found_whatever_their_case_and_accents(
    client: CheckedClient, session: Session, typed: str
) -> None:
    make_service(session, name="CLÍNICA NIÑOS 1+1")
    make_service(session, name="Clinica nin\u0303os 1+1", description="as some programs write it")
    make_service(session, name="Clinic", description="los [1.1]")
    found = names(client, f"services?search={typed}")
    assert sorted(found) == ["CLÍNICA NIÑOS 1+1", "Clinica nin\u0303os 1+1"]
    assert names(client, "services?search=[1.1]") == ["Clinic"]
    assert names(client, "services?search=[1x1]") == names(client, "services?search=.*") == []


def test_organizations_by_the_labels_on_them_and_on_their_services(
    client: CheckedClient, session: Session, listing: Listing
) -> None:
    other = make_listing(session, 2)
    term, category = label_of(session, other)
    alone = make_organization(session, name="Labelled itself")
    session.add(Attribute(link_id=alone.id, link_entity="organization", taxonomy_term_id=term))
    session.flush()
    assert len(names(client, "organizations")) == 3
    for label in (f"taxonomy_term_id={term}", f"taxonomy_id={category}"):
        assert names(client, f"organizations?{label}") == ["Clinic 2", "Labelled itself"]
        assert names(client, f"organizations?{label}&search=clinic") == ["Clinic 2"]
    age = next(term for term in own_facts.own_terms() if term["code"].endswith("-age"))
    assert names(client, f"organizations?taxonomy_term_id={age['id']}") == ["Clinic 1", "Clinic 2"]
    assert names(client, f"organizations?taxonomy_id={uuid.uuid4()}") == []


def label_of(session: Session, listing: Listing) -> tuple[uuid.UUID, uuid.UUID]:
    """The term that labels the clinic, and its taxonomy."""
    term = session.query(TaxonomyTerm).filter_by(code="dentist-2").one()
    assert term.taxonomy_id is not None
    return term.id, term.taxonomy_id


def test_terms_by_their_place_in_the_tree(client: CheckedClient, session: Session) -> None:
    top = TaxonomyTerm(name="Health", code="health")
    session.add(top)
    session.flush()
    session.add(TaxonomyTerm(name="Dental", code="dental", parent_id=top.id))
    session.flush()
    assert names(client, "taxonomy_terms?top_only=true") == ["Health"]
    assert names(client, f"taxonomy_terms?parent_id={top.id}") == ["Dental"]


def test_near_a_postcode(client: CheckedClient, session: Session, listing: Listing) -> None:
    far = make_location(session, latitude=35.2000, longitude=-85.3000)
    far.addresses[0].postal_code = "37343"
    make_service_at_location(session, location=far, name="Far away")
    near = "service_at_locations?postcode=37403"
    assert names(client, f"{near}&proximity=1000") == ["Check-ups 1"]
    assert names(client, f"{near}&proximity=20000") == ["Check-ups 1", "Far away"]
    assert read(client, f"{near}&proximity=20000&per_page=1")["total_items"] == 2
    lines = client.get(f"/hsds/{near}&proximity=20000&format=ndjson", buffered=True).text
    assert len(lines.splitlines()) == 2
    assert names(client, "service_at_locations?postcode=99501&proximity=5") == []
    unknown = client.get("/hsds/service_at_locations?postcode=99999&proximity=5")
    assert unknown.status_code == 400
    assert "99999" in unknown.get_json()["detail"]


def test_a_postcode_is_known_without_a_listing_in_it(
    client: CheckedClient, session: Session
) -> None:
    """The middles of all ZIP areas are there, whichever the catalog has listings in."""
    capitol = make_location(session, latitude=38.8899, longitude=-77.0091)
    capitol.addresses[0].postal_code = "20004"
    make_service_at_location(session, location=capitol, name="In the capital")
    near = "service_at_locations?postcode=20003&proximity"
    assert names(client, f"{near}=5000") == ["In the capital"]
    assert names(client, f"{near}=100") == []
    assert names(client, "service_at_locations?postcode=37402&proximity=1000") == []


def test_for_a_postcode(client: CheckedClient, session: Session, listing: Listing) -> None:
    """Who serves only other ZIP codes is left out; who says nothing, or names a county, stays."""
    county = make_service_at_location(session, name="County aid")
    make_eligibility(session, county.service, "residence", counties=["Hamilton, TN"])
    make_service_at_location(session, name="Silent")
    barred = make_service_at_location(session, name="Not here")
    make_eligibility(session, barred.service, "residence", "bar", zips=["37403"])
    assert names(client, "service_at_locations?postcode=37403-1234") == [
        "Check-ups 1", "County aid", "Silent",
    ]  # fmt: skip
    assert "Shelter 1" in names(client, "service_at_locations?postcode=37421")


def test_an_organization_with_its_services_in_short(
    client: CheckedClient, listing: Listing
) -> None:
    path = f"organizations/{listing.service.organization_id}"
    whole, short = read(client, path), read(client, f"{path}?full_service=false")
    assert whole == read(client, f"{path}?full_service=true")
    assert any("service_at_locations" in service for service in whole["services"])
    assert [row["name"] for row in short["services"]] == [row["name"] for row in whole["services"]]
    assert not any(
        {"phones", "service_at_locations", "attributes"} & {*s} for s in short["services"]
    )
    assert short["locations"] == whole["locations"]
