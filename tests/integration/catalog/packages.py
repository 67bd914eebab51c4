"""A small invented directory in HSDS 2.0 CSV, for tests to write, change and import."""

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from catalog.importers import ImportReport, apply_import, plan_import, read_package

Tables = dict[str, list[dict[str, str]]]


def sample_tables() -> Tables:
    """Two organizations, three services, two places, and some of everything else."""
    return {
        "organizations": [
            {"id": "10", "name": "Sample House", "description": "We&rsquo;re here", "url": "a.org"},
            {"id": "11", "name": "River Club", "description": "Boats", "url": ""},
        ],
        "programs": [
            {"id": "5", "organization_id": "10", "name": "Homework", "alternate_name": "x" * 90}
        ],
        "services": [
            service("100", "10", "Tutoring", program_id="5"),
            service("101", "10", "Snacks", status="active"),
            service("102", "11", "Rowing"),
        ],
        "locations": [
            place("200", "Main", "35.05", "-85.30"),
            place("201", "Dock", "35.06", "-85.31"),
        ],
        "services_at_location": [
            {"id": "1", "service_id": "100", "location_id": "200"},
            {"id": "2", "service_id": "101", "location_id": "200"},
            {"id": "3", "service_id": "102", "location_id": "201"},
        ],
        "physical_addresses": [
            address("300", "200", "1 Main St"),
            address("300", "201", "1 Main St"),
        ],
        "phones": [
            {"id": "400", "service_id": "100,101", "location_id": "200", "number": "423-555-0100"},
        ],
        "schedules": [
            schedule("500", "100", weekday="Monday - Friday", dtstart="9:00AM", until="5:00PM"),
            schedule("501", "102", byday="saturday"),
        ],
        "taxonomy_types": [{"taxonomy_type_recordid": "60", "name": "Service Eligibility"}],
        "taxonomy_terms": [
            {"taxonomy_recordid": "70", "taxonomy_name": "Youth (6-12)", "taxonomy": "60"},
            {"taxonomy_recordid": "71", "taxonomy_name": "Homeless", "taxonomy": "60"},
        ],
        "service_attributes": [
            {"id": "1", "service_id": "100", "taxonomy_term_id": "70"},
            {"id": "2", "service_id": "101", "taxonomy_term_id": "71"},
        ],
    }


def service(id_: str, organization_id: str, name: str, **more: str) -> dict[str, str]:
    """A row of services.csv."""
    cells = {"program_id": "", "status": "active", "email": "", "url": ""}
    return {"id": id_, "organization_id": organization_id, "name": name, **cells, **more}


def place(id_: str, name: str, latitude: str, longitude: str) -> dict[str, str]:
    """A row of locations.csv."""
    return {
        "id": id_,
        "organization_id": "10",
        "name": name,
        "latitude": latitude,
        "longitude": longitude,
    }


def address(id_: str, location_id: str, street: str) -> dict[str, str]:
    """A row of physical_addresses.csv."""
    return {
        "id": id_,
        "location_id": location_id,
        "address_1": street,
        "city": "Chattanooga",
        "state_province": "TN ",
        "postal_code": "37402",
        "country": "US",
    }


def schedule(id_: str, service_id: str, **more: str) -> dict[str, str]:
    """A row of schedules.csv."""
    cells = {"location_id": "", "weekday": "", "dtstart": "", "until": "", "byday": ""}
    return {"id": id_, "service_id": service_id, **cells, **more}


def write_package(folder: Path, tables: Mapping[str, list[dict[str, str]]]) -> Path:
    """The tables as CSV files in the folder."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def bring_in(
    session: Session,
    path: Path,
    now: datetime,
    *,
    source: str | None = None,
    status: str | None = None,
) -> ImportReport:
    """Read, plan and apply, and commit, as the command does."""
    plan = plan_import(session, read_package(path), source=source, status=status, now=now)
    report = apply_import(session, plan)
    session.commit()
    return report
