"""Queries with a fixed number of statements; writes that check and move the revision."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from catalog.errors import CatalogValueError, EligibilityFactsError, NotListedError
from catalog.models import (
    EligibilityRule,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceIntake,
)
from catalog.queries import (
    current_revision,
    get_organization,
    get_service,
    get_service_at_location,
    services_on_offer,
    services_without_organization,
)
from catalog.services import (
    assign_organization,
    bump_revision,
    change_service_status,
    confirm_service,
    record_openings,
    replace_eligibility_rules,
)
from tests.integration.catalog.packages import bring_in, sample_tables, service, write_package


@pytest.fixture
def tutoring(session: Session) -> Service:
    made = Service(name="Tutoring", organization=Organization(name="Sample House"))
    made.service_at_locations.append(ServiceAtLocation(location=Location(name="Main")))
    session.add(made)
    session.commit()
    return made


def test_what_is_on_offer_takes_as_many_statements_for_many_as_for_few(
    session: Session, tmp_path: Path, now: datetime, count_statements: Callable[..., Any]
) -> None:
    tables = sample_tables()
    bring_in(session, write_package(tmp_path / "sample", tables), now)
    with count_statements() as few:
        assert len(services_on_offer(session)) == 3
    tables["services"] += [service(f"9{n}", "11", f"Service {n}") for n in range(1200)]
    bring_in(session, write_package(tmp_path / "sample", tables), now)
    with count_statements(len(few)):
        offered = services_on_offer(session)
        # Nothing that matching reads is fetched a row at a time: the count above would tell.
        ages = [rule.facts for one in offered for rule in one.eligibility_rules]
        labels = [label.taxonomy_term.name for one in offered for label in one.attributes]
        streets = [
            address.address_1
            for one in offered
            for place in one.service_at_locations
            for address in place.location.addresses
        ]
        partners = {one.organization.name for one in offered if one.organization}
        assert {one.intake for one in offered} == {None}
    assert {"low": 6, "high": 12} in ages
    assert set(labels) == {"Youth (6-12)", "Homeless"}
    assert set(streets) == {"1 Main St"}
    assert partners == {"Sample House", "River Club"}
    assert len(offered) == 1203


def test_hidden_services_are_not_on_offer(session: Session, tutoring: Service) -> None:
    assert [one.id for one in services_on_offer(session)] == [tutoring.id]
    assert tutoring.organization is not None
    tutoring.organization.is_active = False
    session.flush()
    assert services_on_offer(session) == []


def test_one_service_and_one_place(session: Session, tutoring: Service) -> None:
    assert get_service(session, tutoring.id) is tutoring
    (place,) = tutoring.service_at_locations
    assert get_service_at_location(session, place.id).service is tutoring
    assert (
        get_organization(session, tutoring.organization_id or uuid.uuid4()).name == "Sample House"
    )


@pytest.mark.parametrize("get", [get_service, get_service_at_location, get_organization])
def test_what_is_not_listed_is_said_so(session: Session, get: Callable[..., Any]) -> None:
    with pytest.raises(NotListedError):
        get(session, uuid.uuid4())


def test_the_revision_counts_up(session: Session) -> None:
    assert current_revision(session) == 0
    assert [bump_revision(session), bump_revision(session)] == [1, 2]
    assert current_revision(session) == 2


def test_every_write_moves_the_revision(session: Session, tutoring: Service, now: datetime) -> None:
    change_service_status(session, tutoring, status="temporarily closed", now=now)
    confirm_service(session, tutoring, now=now)
    record_openings(session, tutoring, available=3, now=now)
    replace_eligibility_rules(session, tutoring, [], now=now)
    assert current_revision(session) == 4
    assert (tutoring.assured_date, tutoring.last_modified) == (now.date(), now)


def test_openings_are_one_row_that_is_written_over(
    session: Session, tutoring: Service, now: datetime
) -> None:
    record_openings(session, tutoring, available=3, maximum=10, now=now)
    record_openings(session, tutoring, available=0, now=now + timedelta(days=1))
    (row,) = tutoring.capacities
    assert (row.available, row.maximum, row.unit.name) == (0, 10, "seats")
    assert row.updated == now + timedelta(days=1)
    with pytest.raises(CatalogValueError):
        record_openings(session, tutoring, available=-1, now=now)


def test_a_word_that_is_no_status(session: Session, tutoring: Service, now: datetime) -> None:
    with pytest.raises(CatalogValueError, match="no status"):
        change_service_status(session, tutoring, status="open", now=now)


def test_a_rule_with_wrong_facts_never_reaches_the_table(
    session: Session, tutoring: Service, now: datetime
) -> None:
    rule = EligibilityRule(kind="age", facts={"low": 12, "high": 6})
    with pytest.raises(EligibilityFactsError):
        replace_eligibility_rules(session, tutoring, [rule], now=now)


def test_a_service_of_nobody_can_be_given_its_organization(session: Session, now: datetime) -> None:
    orphan = Service(name="Orphan")
    house = Organization(name="Sample House")
    session.add_all([orphan, house])
    session.flush()
    assert services_without_organization(session) == [orphan]
    assign_organization(session, orphan, house, now=now)
    assert services_without_organization(session) == []


@pytest.mark.parametrize(
    "row",
    [
        Service(name="x", status="open"),
        Service(name="x", minimum_age=12, maximum_age=6),
        Location(location_type="moon"),
        Location(latitude=91, longitude=0),
        Location(latitude=35),
    ],
)
def test_the_tables_refuse_what_the_words_do_not_know(session: Session, row: object) -> None:
    session.add(row)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_one_intake_a_service(session: Session, tutoring: Service) -> None:
    tutoring.intake = ServiceIntake(referral_email="in@sample.org")
    session.flush()
    session.add(ServiceIntake(service_id=tutoring.id))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_moments_are_utc_in_and_out(session: Session, tutoring: Service) -> None:
    tutoring.last_modified = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=-5)))
    session.commit()
    session.refresh(tutoring)
    assert tutoring.last_modified == datetime(2026, 3, 1, 14, tzinfo=UTC)
    assert tutoring.last_modified.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(session: Session, tutoring: Service) -> None:
    tutoring.last_modified = datetime(2026, 3, 1, 9)  # noqa: DTZ001 - the very thing refused
    with pytest.raises(StatementError, match="no time zone"):
        session.flush()
    session.rollback()
