"""Every line that the report of an import can have is provoked by some test, and says what became of it.

The table below holds what no other test provokes: the smallest dirty input, and what stands in the
catalog afterwards. The last test reads the importers and looks for codes that nobody provokes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.db import Base
from catalog.importers import ImportReport, apply_import, plan_import, read_package
from catalog.importers.sheet_mapping import SheetMapping
from tests.integration.catalog.packages import (
    Tables,
    bring_in,
    sample_tables,
    service,
    write_package,
)

ROOT = Path(__file__).parents[3]
Change = Callable[[Tables], None]


def put(table: str, row: int, **cells: str) -> Change:
    """Cells of one row of the sample directory."""

    def write(tables: Tables) -> None:
        for other in tables[table]:
            other.update(dict.fromkeys(cells.keys() - other.keys(), ""))
        tables[table][row] |= cells

    return write


def more(table: str, **cells: str) -> Change:
    """One more row, or a table of one."""

    def write(tables: Tables) -> None:
        rows = tables.setdefault(table, [])
        for other in rows:
            other.update(dict.fromkeys(cells.keys() - other.keys(), ""))
        rows.append({**dict.fromkeys(rows[0] if rows else cells, ""), **cells})

    return write


def both(*changes: Change) -> Change:
    """One after the other."""

    def write(tables: Tables) -> None:
        for change in changes:
            change(tables)

    return write


def phone(**cells: str) -> Change:
    return more("phones", id="401", **{"service_id": "100", "number": "423-555-0199", **cells})


def label(service_id: str, **cells: str) -> Change:
    """A term of its own on a service."""
    return both(
        more("taxonomy_terms", taxonomy_recordid="72", **cells),
        more("service_attributes", id="3", service_id=service_id, taxonomy_term_id="72"),
    )


# code: what is wrong, the table and the row looked at, the column and what it says afterwards (None:
# the row did not come in).
PACKAGES: dict[str, tuple[Change, str, str, str, object]] = {
    "address_blank": (
        more("physical_addresses", id="301", location_id="200", city="Chattanooga"),
        *("address", "301", "city", None),
    ),
    "name_is_description": (
        put("programs", 0, alternate_name="It helps. " * 10),
        *("program", "5", "description", ("It helps. " * 10).strip()),
    ),
    "name_is_number": (
        put("taxonomy_terms", 0, taxonomy_name="4711"),
        *("taxonomy_term", "70", "name", "4711"),
    ),
    "no_number": (phone(number="call us"), "phone", "401", "number", None),
    "no_owner": (phone(service_id=""), "phone", "401", "number", None),
    "no_point": (
        put("locations", 0, latitude="", longitude=""),
        *("location", "200", "latitude", None),
    ),
    "no_taxonomy": (
        put("taxonomy_terms", 0, taxonomy=""),
        *("taxonomy_term", "70", "name", "Youth (6-12)"),
    ),
    "number_odd": (phone(number="555-01"), "phone", "401", "number", "555-01"),
    "phone_of_person": (phone(contact_id="9"), "phone", "401", "number", None),
    "phone_type_unclear": (
        phone(type="carrier pigeon"),
        *("phone", "401", "number", "423-555-0199"),
    ),
    "same_name": (
        lambda tables: tables["services"].append(service("103", "10", "Tutoring")),
        *("service", "103", "name", "Tutoring"),
    ),
    "service_no_place": (
        lambda tables: tables["services"].append(service("103", "10", "Nowhere")),
        *("service", "103", "name", "Nowhere"),
    ),
    "schedule_owner": (
        put("schedules", 0, location_id="201"),
        *("service", "100", "name", "Tutoring"),
    ),
    "several_parents": (
        both(
            more("taxonomy_terms", taxonomy_recordid="72", taxonomy_name="A", taxonomy="60"),
            put("taxonomy_terms", 0, taxonomy_parent_recordid="71,72"),
        ),
        *("taxonomy_term", "70", "name", "Youth (6-12)"),
    ),
    "status_unclear": (
        put("services", 0, status="sleeping"),
        *("service", "100", "status", "inactive"),
    ),
    "url_unclear": (put("organizations", 1, url="on paper"), "organization", "11", "website", None),
    "year_unclear": (
        put("organizations", 0, year_incorporated="long ago"),
        *("organization", "10", "year_incorporated", None),
    ),
    "amount_unclear": (
        more("cost_options", id="1", service_id="100", option="Fee", amount="a smile"),
        *("cost_option", "1", "amount_cents", None),
    ),
    "kept_beside": (
        more("payments_accepted", id="1", service_id="100", payment="Cash"),
        *("service", "100", "name", "Tutoring"),
    ),
    "language_list": (
        more("languages", id="1", language="Spanish"),
        *("service", "100", "name", "Tutoring"),
    ),
    "language_number": (
        both(
            more("languages", id="1", language="Spanish", service_id="100"),
            put("phones", 0, language="7"),
        ),
        *("service", "100", "name", "Tutoring"),
    ),
    "label_no_need": (
        both(
            more("taxonomy_types", taxonomy_type_recordid="61", name="Topic"),
            label("100", code="", taxonomy_name="Education", taxonomy="61"),
        ),
        *("taxonomy_term", "72", "name", "Education"),
    ),
    "no_date": (
        more(
            "metadata",
            id="1",
            resource_id="100",
            resource_type="service",
            last_action_date="one day",
        ),
        *("metadata", "1", "field_name", None),
    ),
    "own_fact_unclear": (
        label("100", code="footbridge-facts", taxonomy_name="Facts", taxonomy="60"),
        *("taxonomy_term", "72", "name", "Facts"),
    ),
    "term_unknown": (
        put("services", 0, taxonomy_ids="404"),
        *("service", "100", "extra", {"taxonomy_ids": "404"}),
    ),
}


def said_of(report: ImportReport, code: str) -> list[str]:
    return [line.reason for line in report.lines if line.code == code]


def stored(session: Session, table: str, source_id: str, column: str) -> list[Any]:
    """What the column says of the source's row; none where it did not come in."""
    there = Base.metadata.tables[table]
    ids = there.c.source_id
    named = (ids == source_id) | ids.startswith(f"{source_id}:") | ids.startswith(f"{source_id}@")
    return list(session.scalars(select(there.c[column]).where(named)))


@pytest.mark.parametrize("code", PACKAGES)
def test_what_is_wrong_in_a_package_is_said_and_has_its_treatment(
    session: Session, tmp_path: Path, now: datetime, code: str
) -> None:
    change, table, source_id, column, expected = PACKAGES[code]
    tables = sample_tables()
    change(tables)
    report = bring_in(session, write_package(tmp_path / "sample", tables), now)
    assert said_of(report, code), sorted({line.code for line in report.lines})
    found = stored(session, table, source_id, column)
    assert found == [expected] if expected is not None else all(one is None for one in found)
    again = bring_in(session, tmp_path / "sample", now).total()
    assert (again.added, again.changed, again.removed) == (0, 0, 0)


HEAD = "Provider,Service,Counties Served,Phone,Email,Website/URL,Street,City,State,Zip"
SHEETS = {
    "address_incomplete": 'House,Food,,,,,"1 Main St",Chattanooga,TN,374',
    "county_state_figured": 'House,Food,"Polk, Bradley",,,,"1 Main St",Chattanooga,TN,37402',
    "provider_again": "House,Food,,,,,,,,\nHouse,Clothes,,,,,,,,",
    "ages_in_words": "House,Food,,,,,,,,,grown ups\nOther,Food,,,,,,,,,6-12",
    "columns_read_as": "House,Food,,,,,,,,",
    "url_unclear": "House,Food,,,,on paper,,,,",
}


@pytest.mark.parametrize("code", SHEETS)
def test_what_is_wrong_in_a_sheet_is_said(
    session: Session, tmp_path: Path, now: datetime, code: str
) -> None:
    path = tmp_path / "sheet.csv"
    head = f"{HEAD},Ages" if code == "ages_in_words" else HEAD
    path.write_text(f"{head}\n{SHEETS[code]}\nOther,Food,,,,,,,,\n", encoding="utf-8")
    report = bring_in(session, path, now)
    assert said_of(report, code), sorted({line.code for line in report.lines})
    assert len(stored(session, "organization", "house", "name")) == 1


# Said by the reader of files, whatever stands in them.
FILES = {
    "loose_quotes": 'id,name,description\n10,Sample House,"We" are here\n11,River Club,Boats\n',
    "rows_ragged": "id,name,description\n10,Sample House,Us,x\n11,River Club,Boats,x\n",
}


@pytest.mark.parametrize("code", FILES)
def test_what_is_wrong_in_a_file_is_said(
    session: Session, tmp_path: Path, now: datetime, code: str
) -> None:
    folder = write_package(tmp_path / "sample", sample_tables())
    (folder / "organizations.csv").write_text(FILES[code], encoding="utf-8")
    report = bring_in(session, folder, now)
    assert said_of(report, code), sorted({line.code for line in report.lines})
    assert stored(session, "organization", "10", "name") == ["Sample House"]


# What only a mapping can bring about: the columns as it says, a row, the provider that came in.
MAPPED = {
    "column_absent": ({"Provider": "provider", "Fax": "phone"}, "House,Food", "house"),
    "provider_is_service": (
        {"Service": "service", "Provider": "category"},
        "Food,Pantry",
        "pantry",
    ),
}


@pytest.mark.parametrize("code", MAPPED)
def test_what_a_mapping_brings_about_is_said(
    session: Session, tmp_path: Path, now: datetime, code: str
) -> None:
    columns, row, provider = MAPPED[code]
    path = tmp_path / "sheet.csv"
    path.write_text(f"Provider,Service\n{row}\n", encoding="utf-8")
    mappings = {"sheet.csv": SheetMapping(dict(columns))}
    plan = plan_import(session, read_package(path), mappings=mappings, now=now)
    report = apply_import(session, plan)
    assert said_of(report, code), sorted({line.code for line in report.lines})
    assert stored(session, "organization", provider, "source_id") == [provider]


def test_json_beside_tables_is_not_read_and_said(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", sample_tables())
    (folder / "services.json").write_text("[]", encoding="utf-8")
    assert said_of(bring_in(session, folder, now), "json_beside_csv")


def test_a_package_without_services_is_said(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "list.json"
    path.write_text('[{"id": "10", "name": "Sample House", "description": "Us", "website": ""}]')
    assert said_of(bring_in(session, path, now), "holds_no_service")
    assert stored(session, "organization", "10", "name") == ["Sample House"]


def test_files_that_are_not_read_are_said(session: Session, tmp_path: Path, now: datetime) -> None:
    folder = write_package(tmp_path / "sample", sample_tables())
    for name in ("more.xlsx", "notes.txt", "README"):
        (folder / name).write_text("x")
    report = bring_in(session, folder, now)
    assert len(said_of(report, "file_not_read")) == 1
    assert len(said_of(report, "papers_not_read")) == 1
    assert stored(session, "organization", "10", "name") == ["Sample House"]


def test_every_code_of_the_importers_is_provoked_by_a_test() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "catalog" / "importers").rglob("*.py")
    )
    found = re.findall(r'"(?:error|warning|info)",\s*[^"]{1,80}?"([a-z][a-z_]+)"', source)
    codes = set(found) - {"meta_table_description"} | {"about_the_file"}  # that is a table's name
    tests = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("unit", "integration")
        for path in (ROOT / "tests" / folder).rglob("*.py")
    )
    assert len(codes) > 80
    assert sorted(code for code in codes if f'"{code}"' not in tests) == []
