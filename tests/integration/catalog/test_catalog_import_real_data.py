"""Real directories, which are not ours to publish: read from outside the repository."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from catalog.importers import ImportReport
from catalog.models import Attribute, Location, Organization, Service, ServiceAtLocation
from catalog.queries import services_on_offer
from tests.integration.catalog.packages import bring_in


def count(session: Session, model: type[object]) -> int | None:
    return session.scalar(select(func.count()).select_from(model))


def nothing_changed(report: ImportReport) -> bool:
    total = report.total()
    return (total.added, total.changed, total.removed) == (0, 0, 0)


def test_the_washington_directory(session: Session, real_data: Path, now: datetime) -> None:
    folder = real_data / "hsds20-dc-2022"
    bring_in(session, folder, now, status="active")
    assert count(session, Service) == 1134
    assert count(session, Organization) == 227
    assert count(session, Location) == 607
    assert count(session, ServiceAtLocation) == 1517
    if session.get_bind().dialect.name == "postgresql":
        # Counted anew, else it plans for the empty catalog of before, and reads this one for minutes.
        counted = text("SELECT reltuples FROM pg_class WHERE oid = CAST('service' AS regclass)")
        assert session.scalar(counted) == 1134
    assert len(services_on_offer(session)) == 1095  # 39 name an organization that is not there
    assert nothing_changed(bring_in(session, folder, now, status="active"))


def test_every_washington_row_came_in_or_is_named(
    session: Session, real_data: Path, now: datetime
) -> None:
    report = bring_in(session, real_data / "hsds20-dc-2022", now)
    refused = {
        file: sum(line.severity == "error" and line.file == file for line in report.lines)
        for file in report.rows_read
    }
    one_to_one = {
        "organizations.csv": "organization",
        "programs.csv": "program",
        "services.csv": "service",
        "locations.csv": "location",
        "services_at_location.csv": "service_at_location",
        "physical_addresses.csv": "address",
        "schedules.csv": "schedule",
        "taxonomy_terms.csv": "taxonomy_term",
    }
    for file, table in one_to_one.items():
        assert report.tables[table].added + refused[file] == report.rows_read[file], file
    own_labels = select(func.count()).where(Attribute.link_type != "need")
    assert session.scalar(own_labels) == report.rows_read["service_attributes.csv"]
    assert any(line.code == "none_active" for line in report.lines)
    assert services_on_offer(session) == []


def test_the_chattanooga_sheet(session: Session, real_data: Path, now: datetime) -> None:
    folder = real_data / "chattanooga-service-providers"
    report = bring_in(session, folder, now)
    assert count(session, Organization) == report.rows_read["Service_Provider_Info.csv"] == 117
    assert not [line for line in report.lines if line.severity == "error"]
    general = select(func.count()).where(Service.name == "General services")
    assert session.scalar(general) == 47
    assert nothing_changed(bring_in(session, folder, now))


@pytest.mark.parametrize("folder", ["ohana-san-mateo-sample", "hsds30-official-examples"])
def test_other_versions_come_in_twice_alike(
    session: Session, real_data: Path, now: datetime, folder: str
) -> None:
    assert bring_in(session, real_data / folder, now).total().added
    assert nothing_changed(bring_in(session, real_data / folder, now))
