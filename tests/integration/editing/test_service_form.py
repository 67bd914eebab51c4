"""One form for a service: what is shown and sent back unchanged changes nothing; all or nothing."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.security.policy import Role
from catalog.db import Base
from catalog.models import FieldChange, Location, Organization, Service
from tests.factories import (
    make_eligibility,
    make_organization,
    make_service,
    make_service_at_location,
    make_user,
)
from tests.fixtures.client import CheckedClient
from tests.integration.catalog.packages import bring_in, sample_tables, write_package

NEW = "/directory/services/new"


@pytest.fixture
def team(client: CheckedClient, session: Session) -> CheckedClient:
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN, name="Dana"))
    return client


@pytest.fixture
def service(session: Session) -> Service:
    service = make_service(session, name="Dentist", description="Teeth.", ages=None)
    make_eligibility(session, service, "age", low=4, high=12)
    make_service_at_location(session, service=service)
    return service


def edit(client: CheckedClient, service_id: uuid.UUID, **data: Any) -> Any:
    """Send the form with these values filled in."""
    return client.submit(client.get(path_of(service_id)), "#service-form", data)


def path_of(service_id: uuid.UUID) -> str:
    return f"/directory/services/{service_id}/edit"


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of the catalog, but for what counts changes and when."""
    left_out = {"version", "last_modified"}
    return {
        table.name: sorted(
            str({k: v for k, v in row.items() if k not in left_out})
            for row in session.execute(select(table)).mappings()
        )
        for table in Base.metadata.sorted_tables
        if "imported" in table.c
    }


def test_a_form_sent_back_as_it_was_shown_changes_nothing(
    team: CheckedClient, session: Session, service: Service
) -> None:
    before = everything(session)
    answer = edit(team, service.id)
    assert answer.status_code == 302
    session.expire_all()
    assert everything(session) == before


def test_no_service_of_a_real_directory_is_changed_by_an_untouched_form(
    team: CheckedClient, session: Session, real_data: Path, now: datetime
) -> None:
    bring_in(session, real_data / "hsds20-dc-2022", now)
    ids = session.scalars(select(Service.id).order_by(Service.name, Service.id)).all()[::60]
    owned = set(session.scalars(select(Service.id).where(Service.organization_id.is_not(None))))
    before = everything(session)
    for service_id in ids:
        answer = edit(team, service_id)
        assert answer.status_code == (302 if service_id in owned else 422), service_id
    session.expire_all()
    assert everything(session) == before


def test_a_whole_service_in_one_form(team: CheckedClient, session: Session) -> None:
    page = team.get(NEW)
    answer = team.submit(
        page,
        "#service-form",
        {
            "organization": "River House",
            "new_organization": "1",
            "website": "https://river.example.org",
            "name": "Homework help",
            "description": "After school.",
            "phones": "423-555-0100\n423-555-0101",
            "ages": "6-12",
            "counties": "Hamilton, TN",
            "insurance": ["tenncare", "none"],
            "languages": "en, es",
            "fee": "12.50",
            "documents": "School letter",
            "referral_email": "office@river.example.org",
            "has_waitlist": "yes",
            "term": ["homework-help", "lego"],
            "place-0-street": "12 Main Street",
            "place-0-city": "Chattanooga",
            "place-0-zip": "37402",
            "place-0-hours": "Mon-Thu 3-5pm",
        },
    )
    assert answer.status_code == 302
    made = session.scalars(select(Service).filter_by(name="Homework help")).one()
    assert made.organization is not None
    assert made.organization.website == "https://river.example.org"
    facts = {rule.kind: rule.facts for rule in made.eligibility_rules}
    assert facts["age"] == {"low": 6, "high": 12}
    assert facts["residence"] == {"counties": ["Hamilton, TN"]}
    assert facts["insurance"] == {"accepted": ["tenncare", "none"]}
    assert made.cost_options[0].amount_cents == 1250
    assert made.intake is not None
    assert (made.intake.referral_email, made.intake.has_waitlist) == (
        "office@river.example.org",
        True,
    )
    (place,) = made.service_at_locations
    assert place.location.addresses[0].address_1 == "12 Main Street"
    (hours,) = place.schedules
    assert (hours.byday, hours.opens_at.hour) == ("MO,TU,WE,TH", 15)  # type: ignore[union-attr]
    page = team.get(f"/directory/services/{made.id}")
    assert "Homework help" in page.text
    changes = session.scalars(select(FieldChange).filter_by(resource_id=made.id)).all()
    assert {change.updated_by for change in changes} == {"Dana"}


def test_what_is_said_of_the_organization_is_corrected_in_the_same_form(
    team: CheckedClient, session: Session, service: Service
) -> None:
    organization = service.organization
    assert organization is not None
    answer = edit(
        team,
        service.id,
        website="https://river.example.org",
        organization_email="hello@river.example.org",
        organization_phones="423-555-0100\n423-555-0101",
        organization_description="Neighbors.",
    )
    assert answer.status_code == 302
    session.expire_all()
    assert organization.website == "https://river.example.org"
    assert organization.email == "hello@river.example.org"
    assert organization.description == "Neighbors."
    numbers = {phone.number for phone in organization.phones}
    assert numbers == {"423-555-0100", "423-555-0101"}
    changes = session.scalars(select(FieldChange).filter_by(owner_id=organization.id)).all()
    assert {"website", "email", "description", "number"} <= {one.field_name for one in changes}


def test_an_organization_that_is_there_is_not_changed_in_passing(
    team: CheckedClient, session: Session, service: Service
) -> None:
    """What is typed for an organization just chosen is refused in words, not lost, and not written."""
    other = make_organization(session, name="Other House", website="https://other.example.org")
    for path in (NEW, f"/directory/services/{service.id}/edit"):
        sent = {"organization": "Other House", "website": "https://typed.example.org"}
        answer = team.submit(team.get(path), "#service-form", {"name": "Chess", **sent})
        assert answer.status_code == 422
        assert "is in the directory already" in answer.text
        assert "https://typed.example.org" in answer.text
    session.expire_all()
    assert other.website == "https://other.example.org"


def test_two_who_correct_an_organization_from_two_services_do_not_overwrite_each_other(
    team: CheckedClient, session: Session, service: Service
) -> None:
    second = make_service(session, organization=service.organization)
    page = team.get(f"/directory/services/{second.id}/edit")
    edit(team, service.id, website="https://first.example.org")
    answer = team.submit(page, "#service-form", {"website": "https://second.example.org"})
    assert answer.status_code == 409
    assert "https://second.example.org" in answer.text
    assert "Somebody changed what is said of" in answer.text
    session.expire_all()
    assert service.organization is not None
    assert service.organization.website == "https://first.example.org"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"website": "not a url <x>"}, "website"),
        ({"website": "https://no host"}, "website"),
        ({"organization_email": "nobody"}, "organization_email"),
        ({"organization_phones": "call us"}, "organization_phones"),
        ({"name": ""}, "name"),
        ({"url": "river.example.org"}, "url"),
        ({"email": "nobody"}, "email"),
        ({"ages": "13-12"}, "ages"),
        ({"ages": "many"}, "ages"),
        ({"ages": "5-131"}, "ages"),
        ({"grades": "1.5"}, "grades"),
        ({"grades": "K-13"}, "grades"),
        ({"counties": "Hamilton"}, "counties"),
        ({"zips": "374"}, "zips"),
        ({"insurance": "gold"}, "insurance"),
        ({"languages": "Spanish"}, "languages"),
        ({"fee": "-1"}, "fee"),
        ({"next_intake": "soon"}, "next_intake"),
        ({"organization": "Nobody knows"}, "organization"),
        ({"place-1-street": "9 Elm Street"}, "place-1-street"),
        ({"phones": "call us"}, "phones"),
        ({"name": "x" * 301}, "name"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_saved(
    team: CheckedClient, session: Session, service: Service, data: dict[str, str], field: str
) -> None:
    before = everything(session)
    page = team.get(path_of(service.id))
    (token,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', page.text))
    form = {
        **dict(re.findall(r'<input id="([^"]+)"[^>]*value="([^"]*)"', page.text)),
        "version": str(service.version),
        "status": "active",
        "has_waitlist": "",
        "provides_transport": "no",
        "place-0-id": str(service.service_at_locations[0].id),
        "description": "Kept as typed",
        **data,
        "csrf_token": token,
    }
    answer = team.post(path_of(service.id), data=form, headers={"Referer": page.request.url})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Kept as typed" in answer.text
    session.expire_all()
    assert everything(session) == before


def test_who_comes_second_is_told_who_was_first_and_loses_nothing(
    team: CheckedClient, session: Session, service: Service
) -> None:
    for change in session.scalars(select(FieldChange)):
        change.last_action_date -= timedelta(days=1)
    page = team.get(path_of(service.id))
    edit(team, service.id, description="The first was quicker.")
    answer = team.submit(page, "#service-form", {"description": "The second wrote this."})
    assert answer.status_code == 409
    assert "Dana changed this service" in answer.text
    assert "The second wrote this." in answer.text
    session.expire_all()
    assert service.description == "The first was quicker."
    again = team.submit(answer, "#service-form")
    assert again.status_code == 302
    session.expire_all()
    assert service.description == "The second wrote this."


def test_an_edit_survives_the_next_import(
    team: CheckedClient, session: Session, now: datetime, tmp_path: Path
) -> None:
    package = write_package(tmp_path / "one", sample_tables())
    bring_in(session, package, now)
    made = session.scalars(select(Service).filter_by(source_id="100")).one().id
    assert edit(team, made, description="Corrected here.", ages="5-12").status_code == 302
    bring_in(session, package, now + timedelta(days=1))
    assert session.get_one(Service, made).description == "Corrected here."


def test_a_place_is_changed_left_and_not_entered_twice(
    team: CheckedClient, session: Session, service: Service
) -> None:
    place = service.service_at_locations[0]
    place.location.organization_id = service.organization_id
    address = place.location.addresses[0]
    session.commit()
    edit(
        team,
        service.id,
        **{
            "place-1-street": address.address_1,
            "place-1-city": "Chattanooga",
            "place-1-hours": "by appointment only",
        },
    )
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Location)) == 1
    assert len(service.service_at_locations) == 2
    edit(team, service.id, **{"place-0-street": "77 New Street", "place-1-leave": "1"})
    session.expire_all()
    moved = session.scalars(select(Location)).one()
    assert moved.addresses[0].address_1 == "77 New Street"
    assert moved.latitude is None, "where it is, is not known any more"
    assert sum(place.is_listed for place in service.service_at_locations) == 1


def test_needs_are_named_and_taken_away(
    team: CheckedClient, session: Session, service: Service
) -> None:
    edit(team, service.id, term=["glasses", "soccer"])
    page = team.get(path_of(service.id))
    ticked = set(re.findall(r'id="term-([a-z-]+)" name="term" value="[^"]+" checked', page.text))
    assert ticked == {"glasses", "soccer"}


def test_what_one_line_cannot_say_stays(
    team: CheckedClient, session: Session, service: Service
) -> None:
    make_eligibility(session, service, "residence", zips=["37402"])
    make_eligibility(session, service, "residence", counties=["Hamilton, TN"])
    session.commit()
    page = team.get(path_of(service.id))
    assert "says more than one line can" in page.text
    edit(team, service.id, description="Changed.")
    session.expire_all()
    assert len(service.eligibility_rules) == 3


def test_several_ranges_of_ages_are_one_line(
    team: CheckedClient, session: Session, service: Service
) -> None:
    make_eligibility(session, service, "age", low=15, high=18)
    session.commit()
    assert 'value="4-12, 15-18"' in team.get(path_of(service.id)).text
    edit(team, service.id, ages="4-12, 16+")
    session.expire_all()
    ranges = [(rule.facts["low"], rule.facts.get("high")) for rule in service.eligibility_rules]
    assert sorted(ranges) == [(4, 12), (16, None)]


def test_an_organization_is_chosen_by_its_name(
    team: CheckedClient, session: Session, service: Service
) -> None:
    other = make_organization(session, name="Bright Teeth")
    edit(team, service.id, organization="bright teeth")
    session.expire_all()
    assert service.organization_id == other.id
    make_organization(session, name="Bright Teeth")
    session.commit()
    service.organization_id = make_organization(session, name="Else").id
    session.commit()
    answer = edit(team, service.id, organization="Bright Teeth")
    assert answer.status_code == 422
    assert "Two organizations have this name" in answer.text
    assert session.scalar(select(func.count()).select_from(Organization))


def test_only_the_districts_team_edits(
    client: CheckedClient, session: Session, service: Service
) -> None:
    client.sign_in(make_user(session, Role.PLAN_MANAGER))
    assert client.get(NEW).status_code == 403
    assert client.get(path_of(service.id)).status_code == 403
    assert "Edit" not in re.sub(
        r"<[^>]+>", " ", client.get(f"/directory/services/{service.id}").text
    )
