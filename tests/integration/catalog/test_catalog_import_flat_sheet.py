"""The one messy sheet that people really hold."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.errors import NotACatalogError
from catalog.importers import plan_import, read_package
from catalog.models import Address, EligibilityRule, Location, Organization, Service, ServiceArea
from tests.integration.catalog.packages import bring_in

SHEET = r"""Provider,Service,Counties Served,Phone,Email,URL,Street,City,State,Zip,Rating
"Sample House of
Chattanooga","Health  Care, Food,",Hamilton,211,a@sample.org,a.org,1 Main St,Chattanooga,TN,37402,five
Children\'s Boat Club,,"Walker, Polk",,,,P.O. Box 12,Rossville,GA,30741,
Far Office,Housing,Polk,,nobody,,,,,,
,Food,,,,,,,,,
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "partners.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_a_row_becomes_a_provider_with_a_service_for_each_it_lists(
    session: Session, sheet: Path, now: datetime
) -> None:
    bring_in(session, sheet, now)
    house, far, boats = session.scalars(
        select(Organization).order_by(Organization.name.desc())
    ).all()
    assert house.name == "Sample House of Chattanooga"
    assert house.extra == {"rating": "five"}
    assert sorted(service.name for service in house.services) == ["Food", "Health Care"]
    assert {service.status for service in house.services} == {"active"}
    assert [service.name for service in far.services] == ["Housing"]
    assert boats.name == "Children's Boat Club"
    assert [service.name for service in boats.services] == ["General services"]


def test_places_and_post_boxes(session: Session, sheet: Path, now: datetime) -> None:
    report = bring_in(session, sheet, now)
    kinds = {
        address.address_1: address.address_type for address in session.scalars(select(Address))
    }
    assert kinds == {"1 Main St": "physical", "P.O. Box 12": "postal"}
    box = session.scalars(select(Location).where(Location.location_type == "postal")).one()
    assert box.service_at_locations == []
    codes = {(line.row, line.code) for line in report.lines}
    assert {(3, "post_box"), (4, "no_address"), (5, "no_name"), (4, "email_unclear")} <= codes
    assert (3, "no_service") in codes


def test_a_provider_without_a_street_is_offered_at_a_place_that_is_not_known(
    session: Session, sheet: Path, now: datetime
) -> None:
    bring_in(session, sheet, now)
    for name in ("Housing", "General services"):
        service = session.scalars(select(Service).where(Service.name == name)).one()
        (place,) = service.service_at_locations
        assert (place.location.location_type, place.location.latitude) == ("physical", None)
        assert place.location.addresses == []


def test_words_of_the_sheet_become_needs_that_a_plan_can_name(
    session: Session, sheet: Path, now: datetime
) -> None:
    report = bring_in(session, sheet, now)
    health = session.scalars(select(Service).where(Service.name == "Health Care")).one()
    terms = {(a.link_type, a.taxonomy_term.name): a.taxonomy_term.code for a in health.attributes}
    assert terms == {("category", "Health Care"): None, ("need", "Healthcare"): "healthcare"}
    unlabelled = [line.row for line in report.lines if line.code == "service_no_need"]
    assert unlabelled == [3]


def test_counties_become_a_rule_only_if_all_were_understood(
    session: Session, sheet: Path, now: datetime
) -> None:
    report = bring_in(session, sheet, now)
    rules = {
        tuple(rule.facts["counties"]) for rule in session.scalars(select(EligibilityRule)).all()
    }
    assert rules == {("Hamilton, TN",), ("Walker, GA", "Polk, GA")}
    housing = session.scalars(select(Service).where(Service.name == "Housing")).one()
    assert housing.eligibility_rules == []
    assert [area.name for area in housing.service_areas] == ["Polk"]
    assert (4, "county_unclear") in {(line.row, line.code) for line in report.lines}
    assert session.scalar(select(func.count()).select_from(ServiceArea)) == 5


def test_the_same_sheet_again_changes_nothing_and_an_edited_one_only_that(
    session: Session, sheet: Path, now: datetime
) -> None:
    bring_in(session, sheet, now)
    again = bring_in(session, sheet, now).total()
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    sheet.write_text(SHEET.replace("1 Main St,Chattanooga", "1 Main St,Hixson"), encoding="utf-8")
    edited = bring_in(session, sheet, now).total()
    assert (edited.added, edited.changed, edited.removed) == (0, 1, 0)


@pytest.mark.parametrize(
    "heading", ["Agency Name,Phone #", "ORGANIZATION,E-mail address", "name,Web Site"]
)
def test_other_headings_are_understood(
    session: Session, tmp_path: Path, now: datetime, heading: str
) -> None:
    path = tmp_path / "partners.csv"
    path.write_text(f"{heading}\nSample House,x\n")
    report = plan_import(session, read_package(path), now=now).report
    assert report.tables["organization"].added == 1
    assert report.tables["service"].added == 1


@pytest.mark.parametrize("text", ["Date,Amount\n2026-01-01,5\n", "Name,Colour\nA,red\n"])
def test_a_sheet_of_something_else_is_refused(
    session: Session, tmp_path: Path, now: datetime, text: str
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(text)
    with pytest.raises(NotACatalogError, match="list of providers"):
        plan_import(session, read_package(path), now=now)
