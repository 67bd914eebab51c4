"""What real files get wrong, each with a defined treatment and a line in the report."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.importers import ImportReport, plan_import, read_package
from catalog.models import Location, Organization, Phone, Schedule, Service, TaxonomyTerm
from catalog.taxonomy.loading import load_vocabulary, taxonomy_id, term_id
from tests.integration.catalog.packages import bring_in, sample_tables, schedule, write_package


def write_third(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """HSDS 3 as one JSON file of tables."""
    path = folder / "third.json"
    path.write_text(json.dumps({f"{name}.csv": rows for name, rows in tables.items()}))
    return path


def third_tables() -> dict[str, list[dict[str, Any]]]:
    """An organization with a service at a place, with UUIDs."""
    return {
        "organizations": [{"id": uuid(1), "name": "Sample House", "description": "Helps"}],
        "services": [
            {"id": uuid(2), "organization_id": uuid(1), "name": "Tutoring", "status": "active"}
        ],
        "locations": [{"id": uuid(3), "location_type": "physical", "name": "Main"}],
        "service_at_locations": [
            {"id": uuid(4), "service_id": uuid(2), "location_id": uuid(3), "description": ""}
        ],
    }


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def codes(report: ImportReport) -> set[str]:
    return {line.code for line in report.lines}


@pytest.mark.parametrize(
    ("low", "high", "expected", "code"),
    [
        ("6", "12.5", (6, 12.5), None),
        ("0", "999", (0, None), "age_impossible"),
        ("-1", "", (None, None), "age_impossible"),
        ("twelve", "18", (None, 18), "age_impossible"),
        ("18", "6", (None, None), "ages_reversed"),
    ],
)
def test_impossible_ages_are_no_limits(
    session: Session,
    tmp_path: Path,
    now: datetime,
    low: str,
    high: str,
    expected: tuple[float | None, float | None],
    code: str | None,
) -> None:
    tables = third_tables()
    tables["services"][0] |= {"minimum_age": low, "maximum_age": high}
    report = bring_in(session, write_third(tmp_path, tables), now)
    service = session.scalars(select(Service)).one()
    assert (service.minimum_age, service.maximum_age) == expected
    if code:
        assert code in codes(report)
        assert set(service.extra) & {"minimum_age", "maximum_age"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "point", "code"),
    [
        ("-85.30", "35.05", (35.05, -85.30), "point_swapped"),
        ("35.05", "-85.30", (35.05, -85.30), None),
        ("0", "0", (None, None), "point_impossible"),
        ("0.0", "0.000", (None, None), "point_impossible"),
        ("100", "101", (None, None), "point_impossible"),
    ],
)
def test_points(
    session: Session,
    tmp_path: Path,
    now: datetime,
    latitude: str,
    longitude: str,
    point: tuple[float | None, float | None],
    code: str | None,
) -> None:
    tables = third_tables()
    tables["locations"][0] |= {"latitude": latitude, "longitude": longitude}
    report = bring_in(session, write_third(tmp_path, tables), now)
    place = session.scalars(select(Location)).one()
    assert (place.latitude, place.longitude) == point
    assert code is None or code in codes(report)
    if point == (None, None):
        assert place.extra == {"latitude": latitude, "longitude": longitude}


def test_schedules_in_words_become_rows_and_the_rest_stays_words(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = sample_tables()
    tables["schedules"] = [
        schedule("500", "100", byday="2nd & 4th Tuesday 10:00AM-12:00PM"),
        schedule("501", "101", weekday="Mon-Fri", dtstart="9-12, 1-5"),
        schedule("502", "102", byday="By appointment"),
    ]
    folder = write_package(tmp_path / "sample", tables)
    report = bring_in(session, folder, now)
    rows = session.scalars(select(Schedule).order_by(Schedule.source_id)).all()
    told = [(row.freq, row.byday, str(row.opens_at), str(row.closes_at)) for row in rows]
    assert told == [
        ("MONTHLY", "2TU,4TU", "10:00:00", "12:00:00"),
        ("WEEKLY", "MO,TU,WE,TH,FR", "09:00:00", "12:00:00"),
        ("WEEKLY", "MO,TU,WE,TH,FR", "13:00:00", "17:00:00"),
        (None, None, "None", "None"),
    ]
    assert rows[-1].description == "By appointment"
    assert report.rows_in["schedules.csv"] == 3
    assert not bring_in(session, folder, now).has_changes


def test_cells_that_quote_a_formula_come_back_as_they_were(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = sample_tables()
    tables["organizations"][1]["description"] = "'=1+1"
    report = bring_in(session, write_package(tmp_path / "sample", tables), now)
    club = session.scalars(select(Organization).where(Organization.name == "River Club")).one()
    assert club.description == "=1+1"
    assert "formulas_unescaped" in codes(report)


def test_a_cell_of_100_kilobytes_is_kept_whole_wherever_it_stands(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    long = "word " * 20_000
    path = tmp_path / "partners.csv"
    with path.open("w", newline="") as handle:
        csv.writer(handle).writerows(
            [["Provider", "Service", "Notes"], ["Sample House", "Food", long]]
        )
    bring_in(session, path, now)
    assert session.scalars(select(Organization)).one().description == long.strip()
    assert not bring_in(session, path, now).has_changes


def test_rows_of_version_3_that_belong_to_nothing_are_named(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = third_tables()
    tables["phones"] = [
        {"id": uuid(10), "service_id": uuid(2), "number": "423-555-0100 ext. 7"},
        {"id": uuid(11), "service_id": uuid(99), "number": "423-555-0101"},
        {"id": uuid(12), "number": "423-555-0102"},
        {"id": uuid(13), "service_id": uuid(2), "number": ""},
    ]
    tables["funding"] = [{"id": uuid(20), "organization_id": uuid(99), "source": "x"}]
    report = bring_in(session, write_third(tmp_path, tables), now)
    named = [(li.file, li.row, li.code) for li in report.lines if li.severity == "error"]
    assert named == [
        ("third.json: phone", 2, "not_in_package"),
        ("third.json: phone", 3, "not_in_package"),
        ("third.json: phone", 4, "row_blank"),
        ("third.json: funding", 1, "not_in_package"),
    ]
    phone = session.scalars(select(Phone)).one()
    assert (phone.number, phone.extension) == ("423-555-0100", "7")


def test_values_that_a_column_cannot_hold_stay_beside_the_row(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = third_tables()
    tables["schedules"] = [
        {"id": uuid(10), "service_id": uuid(2), "freq": "YEARLY", "count": "many", "byday": "MO",
         "opens_at": "25:00", "valid_from": "soon", "description": "Ask"}
    ]  # fmt: skip
    report = bring_in(session, write_third(tmp_path, tables), now)
    row = session.scalars(select(Schedule)).one()
    assert (row.freq, row.count, row.opens_at, row.valid_from) == (None, None, None, None)
    assert row.extra == {
        "freq": "YEARLY",
        "count": "many",
        "opens_at": "25:00",
        "valid_from": "soon",
    }
    assert [line.code for line in report.lines].count("value_unclear") == 4


def test_ids_of_version_3_are_kept_and_never_taken_from_another_directory(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = write_third(tmp_path, third_tables())
    bring_in(session, path, now, source="one")
    assert str(session.scalars(select(Service)).one().id) == uuid(2)
    report = bring_in(session, path, now, source="two")
    assert "ids_taken" in codes(report)
    one, two = session.scalars(select(Service).order_by(Service.source)).all()
    assert str(one.id) == uuid(2)
    assert two.organization_id not in {None, one.organization_id}
    assert [at.service_id for at in two.service_at_locations] == [two.id]
    for source in ("one", "two"):
        assert not bring_in(session, path, now, source=source).has_changes


def test_terms_of_our_own_vocabulary_are_named_not_doubled(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    load_vocabulary(session)
    session.commit()
    before = session.scalar(select(func.count()).select_from(TaxonomyTerm))
    tables = third_tables()
    tables["taxonomies"] = [{"id": str(taxonomy_id("needs")), "name": "needs"}]
    tables["taxonomy_terms"] = [
        {"id": str(term_id("food")), "code": "food", "name": "Food",
         "taxonomy_id": str(taxonomy_id("needs"))}
    ]  # fmt: skip
    tables["attributes"] = [
        {"id": uuid(30), "link_id": uuid(2), "link_entity": "service",
         "taxonomy_term_id": str(term_id("food")), "link_type": "need"}
    ]  # fmt: skip
    path = write_third(tmp_path, tables)
    report = bring_in(session, path, now)
    service = session.scalars(select(Service)).one()
    assert [label.taxonomy_term.code for label in service.attributes] == ["food"]
    assert session.scalar(select(func.count()).select_from(TaxonomyTerm)) == before
    assert report.rows_in["third.json: taxonomy_term"] == 1
    assert not bring_in(session, path, now).has_changes


def test_what_a_source_says_of_its_last_change_is_kept_and_is_no_edit(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = third_tables()
    tables["services"][0]["last_modified"] = "2026-01-01T10:00:00Z"
    bring_in(session, write_third(tmp_path, tables), now)
    assert session.scalars(select(Service.last_modified)).one().isoformat() == (
        "2026-01-01T10:00:00+00:00"
    )
    tables["services"][0] |= {"last_modified": "2026-02-01T10:00:00Z", "name": "Tutoring club"}
    report = bring_in(session, write_third(tmp_path, tables), now)
    assert "edit_kept" not in codes(report)
    assert (report.total().changed, report.total().added) == (1, 0)


def test_a_dry_run_of_version_3_writes_nothing(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    plan = plan_import(session, read_package(write_third(tmp_path, third_tables())), now=now)
    assert plan.report.total().added == 4
    assert session.scalar(select(func.count()).select_from(Service)) == 0
