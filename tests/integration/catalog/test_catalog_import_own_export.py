"""Our own export comes back as the same catalog, into an empty one."""

import uuid
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.db import Base
from catalog.exporters.hsds_csv import export_csv
from catalog.exporters.json_file import export_json
from catalog.models import (
    Address,
    Attribute,
    EligibilityRule,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceIntake,
    Unit,
)
from catalog.taxonomy.loading import load_vocabulary, term_id
from tests.integration.catalog.packages import bring_in, sample_tables, write_package

# Where a row came from, and how often it was written, are not what it says.
NOT_TOLD = {"source", "source_id", "imported", "version"}
# Rules travel inside labels, which have ids of their own.
WITHOUT_IDS = {"eligibility_rule", "service_intake"}


def told(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, in an order of their own."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table in Base.metadata.sorted_tables:
        if "imported" not in table.c or table.name == "metadata":
            continue
        rows = [
            {
                name: value
                for name, value in row.items()
                if name not in NOT_TOLD and not (name == "id" and table.name in WITHOUT_IDS)
            }
            for row in session.execute(select(table)).mappings()
        ]
        tables[table.name] = sorted(rows, key=lambda row: sorted(map(str, row.items())))
    return tables


def empty(session: Session) -> None:
    """Take the directory out of the database."""
    for table in reversed(Base.metadata.sorted_tables):
        if "imported" in table.c:
            session.execute(delete(table))
    session.commit()
    session.expire_all()


def add_listing(session: Session, now: datetime) -> None:
    """A listing as a person here makes one, with all that HSDS has no column for."""
    house = Organization(name="Night House", description="A roof", is_active=True)
    service = Service(
        name="Beds", organization=house, status="active", last_modified=now, description="Tonight"
    )
    service.eligibility_rules = [
        EligibilityRule(kind="age", facts={"low": 6, "high": 12.5}, source_text="6 to 12½"),
        EligibilityRule(kind="gender", effect="bar", facts={"only": "male"}),
        EligibilityRule(kind="residence", facts={"counties": ["Hamilton, TN"]}),
    ]
    service.intake = ServiceIntake(has_waitlist=True, next_intake=date(2026, 11, 2))
    unit = Unit(name="beds")
    service.capacities = [ServiceCapacity(unit=unit, available=3, maximum=9, updated=now)]
    place = Location(
        organization=house, name="Shop", latitude=35.0456, longitude=-85.3097, point_precision="zip"
    )
    place.addresses = [
        Address(address_1="1 Main St", city="Chattanooga", state_province="TN", postal_code="37402")
    ]
    given = ServiceAtLocation(service=service, location=place)
    given.schedules = [
        Schedule(freq="WEEKLY", byday="MO,WE", opens_at=time(9), closes_at=time(17, 30)),
        Schedule(description="By appointment"),
    ]
    session.add_all([house, given, unit])
    session.flush()
    session.add(
        Attribute(
            id=uuid.uuid4(),
            link_id=service.id,
            link_entity="service",
            link_type="need",
            taxonomy_term_id=term_id("emergency-shelter"),
        )
    )
    session.commit()


@pytest.mark.parametrize("form", ["json", "csv", "zip"])
def test_import_of_an_export_is_the_same_catalog(
    session: Session, tmp_path: Path, now: datetime, form: str
) -> None:
    load_vocabulary(session)
    bring_in(session, write_package(tmp_path / "sample", sample_tables()), now)
    add_listing(session, now)
    before = told(session)
    path = tmp_path / {"json": "export.json", "csv": "export", "zip": "export.zip"}[form]
    if form == "json":
        export_json(session, path)
    else:
        export_csv(session, path)
    empty(session)
    load_vocabulary(session)
    report = bring_in(session, path, now)
    assert [line for line in report.lines if line.severity == "error"] == []
    after = told(session)
    for table, rows in before.items():
        assert after[table] == rows, table
    assert not bring_in(session, path, now).has_changes
