"""What we export and import again into an empty catalog is the same catalog, row by row, with the
same ids: but for what no export tells (contacts, confidential streets, the private part of the
intake), and, of JSON, what HSDS has no object for.
"""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import Connection, Engine, NullPool, create_engine, select
from sqlalchemy.orm import Session

import app.models  # noqa: F401 - every table is known
from app.transactions import configure_engine
from catalog import models
from catalog.db import Base
from catalog.exporters.fields import AUTHOR_WORDS, CONFIDENTIAL_STREET, is_history_told
from catalog.exporters.hsds_csv import FILES, export_csv
from catalog.exporters.hsds_xlsx import export_xlsx
from catalog.exporters.json_file import count_left_out, export_json
from catalog.exporters.own_facts import is_personal
from catalog.history import Author, write_as
from catalog.importers import apply_import, plan_import, read_package
from catalog.importers.text import clean_text
from catalog.long_cells import LONGEST_CELL
from catalog.taxonomy.loading import load_vocabulary
from seeds.partners import load_partners
from tests.integration.exchange.any_catalog import catalogs
from tests.integration.exchange.test_hsds_api import make_listing

NOW = datetime(2026, 10, 13, 14, 0, tzinfo=UTC)
EXPORTS: dict[str, Callable[[Session, Path], object]] = {
    "catalog.json": export_json,
    "package": export_csv,
    "package.zip": export_csv,
    "package.xlsx": export_xlsx,
}
# Where a row came from, and what is the catalog's own business.
NOT_COMPARED = {"source", "source_id", "imported", "version"}
PRIVATE = {"assurer_email", "referral_email", "referral_cap", "notice_language"}
# Rows whose ids are not exported: compared by what they say.
WITHOUT_IDS = {"eligibility_rule", "service_intake"}
Dump = dict[str, list[dict[str, Any]]]


@contextmanager
def empty_catalog() -> Iterator[Session]:
    """A catalog in memory with nothing in it but our own vocabularies, as every catalog has them."""
    with in_memory().connect() as connection:
        driver_of(connection).deserialize(catalog_of_the_first_day())
        with Session(connection) as session:
            write_as(session, Author("A test", "system", NOW))
            yield session


@functools.cache
def in_memory() -> Engine:
    """An engine each connection of which has a database of its own."""
    engine = create_engine("sqlite://", poolclass=NullPool)
    configure_engine(engine)
    return engine


@functools.cache
def catalog_of_the_first_day() -> bytes:
    """What an empty catalog is copied from: its tables take longer to make than most tests."""
    with in_memory().connect() as connection:
        Base.metadata.create_all(connection)
        with Session(connection) as session:
            load_vocabulary(session)
            session.commit()
        connection.commit()
        return driver_of(connection).serialize()


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def dump(session: Session) -> Dump:
    """The whole catalog as plain rows, in an order of their own."""
    found: Dump = {}
    for name in (*FILES, *sorted(WITHOUT_IDS)):
        table = Base.metadata.tables[name]
        left_out = NOT_COMPARED | PRIVATE | ({"id"} if name in WITHOUT_IDS else set())
        columns = [column for column in table.c if column.name not in left_out]
        rows = [dict(row._mapping) for row in session.execute(select(*columns))]
        found[name] = sorted(rows, key=lambda row: str(sorted(row.items())))
    return found


def as_told(catalog: Dump) -> Dump:
    """The catalog as it must come back: without what is not told outside."""
    told = {name: [dict(row) for row in rows] for name, rows in catalog.items()}
    for row in (row for rows in told.values() for row in rows):
        extra = row.get("extra") or {}
        row["extra"] = {key: cell for key, cell in extra.items() if not is_personal(key, cell)}
    hidden = {row["id"] for row in told["location"] if row["is_confidential"]}
    for row in told["location"]:
        if row["id"] in hidden:
            row.update(
                dict.fromkeys(
                    ("name", "alternate_name", "description", "transportation", "url",
                     "latitude", "longitude", "external_identifier", "external_identifier_type")
                ),
                point_precision="unknown",
            )  # fmt: skip
    for row in told["address"]:
        if row["location_id"] in hidden:
            row.update(
                address_1=CONFIDENTIAL_STREET, address_2=None, postal_code="", attention=None
            )
    closed = {row["id"] for row in told["organization"] if not row["is_active"]}
    for row in told["service"]:
        if row["organization_id"] in closed and row["status"] == "active":
            row["status"] = "inactive"
    for row in told["attribute"]:
        row["link_type"] = row["link_type"] or "category"  # an import says what a label is
    told["phone"] = [row for row in told["phone"] if not row.pop("contact_id")]
    told["metadata"] = [told_change(row) for row in told["metadata"] if is_told(row, told)]
    usual = {"has_waitlist": None, "next_intake": None, "provides_transport": False,
             "delivered_at_schools": []}  # fmt: skip
    told["service_intake"] = [
        row for row in told["service_intake"] if any(row[name] != usual[name] for name in usual)
    ]
    return {n: sorted(rows, key=lambda r: str(sorted(r.items()))) for n, rows in told.items()}


def is_told(row: dict[str, Any], told: Dump) -> bool:
    """Whether a change leaves the catalog."""
    hidden = {place["id"] for place in told["location"] if place["is_confidential"]}
    hidden |= {p["id"] for p in told["service_at_location"] if p["location_id"] in hidden}
    is_confidential = bool({row["owner_id"], row["resource_id"]} & hidden)
    return is_history_told(row, is_confidential=is_confidential)


def told_change(row: dict[str, Any]) -> dict[str, Any]:
    """A change as it is told: its day, no name of a person, nothing of what was done in one go."""
    day = row["last_action_date"].replace(hour=0, minute=0, second=0, microsecond=0)
    words = AUTHOR_WORDS[row["made_by"]]
    return {**row, "last_action_date": day, "updated_by": words, "change_id": None, "position": 0}


def come_back(session: Session, name: str) -> tuple[Dump, Dump]:
    """What must come back of this catalog by this kind of export, and what does."""
    session.commit()
    with tempfile.TemporaryDirectory() as folder, empty_catalog() as other:
        path = Path(folder) / name
        EXPORTS[name](session, path)
        plan = plan_import(other, read_package(path), source="our own export", now=NOW)
        apply_import(other, plan)
        other.commit()
        return as_told(dump(session)), as_told(dump(other))


@pytest.mark.parametrize("name", EXPORTS)
def test_the_demonstration_comes_back(name: str) -> None:
    with empty_catalog() as session:
        load_partners(session, now=NOW)
        expected, found = come_back(session, name)
    assert len(expected["service"]) > 100
    assert differences(expected, found) == []


@pytest.mark.parametrize("name", EXPORTS)
def test_our_own_export_is_told_as_3_1(name: str, tmp_path: Path) -> None:
    """Of one organization that has nothing but its name, too."""
    with empty_catalog() as session:
        session.add(models.Organization(name="Sample House", description="Us"))
        session.commit()
        EXPORTS[name](session, tmp_path / name)
    assert read_package(tmp_path / name).version == "3.1"


@pytest.mark.parametrize("name", EXPORTS)
def test_a_listing_with_everything_comes_back_without_what_is_private(name: str) -> None:
    with empty_catalog() as session:
        for number in (1, 2):
            listing = make_listing(session, number)
            listing.service.extra = {}
            listing.shelter.service.last_modified = NOW
            listing.service.organization.website = "http://example.org"
        listing.service.organization.is_active = False
        expected, found = come_back(session, name)
        assert session.query(models.Contact).count() == 2
    assert differences(expected, found) == []


@pytest.mark.parametrize("name", EXPORTS)
def test_texts_of_any_length_come_back(name: str) -> None:
    """Cells of 100 kB and more; a workbook takes them in parts."""
    texts = [
        "x" * 100_000,
        "=1 é\n" * 30_000,
        "y" * LONGEST_CELL,
        "z" * (LONGEST_CELL + 1),
        "short",
    ]
    with empty_catalog() as session:
        organization = models.Organization(name="Long", description=clean_text("'=-" * 40_000))
        organization.services = [
            models.Service(
                name=f"Service {number}", description=clean_text(text), fees_description=text[:9],
                status="active", last_modified=NOW,
            )
            for number, text in enumerate(texts)
        ]  # fmt: skip
        session.add(organization)
        expected, found = come_back(session, name)
    assert max(len(row["description"]) for row in found["service"]) >= 149_999
    assert differences(expected, found) == []


def test_a_real_directory_comes_back(real_data: Path) -> None:
    """By the tabular package, which holds every row; only cells that may name a person stay."""
    with empty_catalog() as session:
        package = read_package(real_data / "hsds20-dc-2022")
        apply_import(session, plan_import(session, package, source="DC", status="active", now=NOW))
        expected, found = come_back(session, "package.zip")
    assert len(found["service"]) == 1134
    assert differences(expected, found) == []


def test_a_real_directory_comes_back_from_json_but_for_what_is_counted(real_data: Path) -> None:
    """HSDS has no object for a program that stands alone, and no place for further columns of words:
    the export says how many there are."""
    with empty_catalog() as session:
        package = read_package(real_data / "hsds20-dc-2022")
        apply_import(session, plan_import(session, package, source="DC", status="active", now=NOW))
        left_out = count_left_out(session)
        expected, found = come_back(session, "catalog.json")
    kinds = ("program", "taxonomy", "taxonomy_term", "service")
    assert [len(found[kind]) for kind in kinds] == [28, 6, 719, 1134]
    words = "taxonomies and terms with further columns"
    assert left_out == {"programs of no organization and no service": 42 - 28, words: 4 + 447}
    alone = {row["program_id"] for row in expected["service"]}
    expected["program"] = [
        row for row in expected["program"] if row["organization_id"] or row["id"] in alone
    ]
    for row in (*expected["taxonomy"], *expected["taxonomy_term"]):
        row["extra"] = next(
            (one["extra"] for one in found["taxonomy_term"] if one["id"] == row["id"]), {}
        )
    assert differences(expected, found) == []


@pytest.mark.parametrize("name", ["catalog.json", "package.zip", "package.xlsx"])
@settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(rows=catalogs())
def test_any_catalog_comes_back(name: str, rows: list[Any]) -> None:
    with empty_catalog() as session:
        session.add_all(rows)
        expected, found = come_back(session, name)
    assert differences(expected, found) == []


def differences(expected: Dump, found: Dump) -> list[str]:
    """What did not come back as it was, in a line each."""
    lines = []
    for table, rows in expected.items():
        known = {row.get("id", str(row)): row for row in found[table]}
        for row in rows:
            other = known.pop(row.get("id", str(row)), None)
            changed = {k: (v, other[k]) for k, v in row.items() if other and other[k] != v}
            if changed or other is None:
                lines.append(f"{table}: {changed or f'did not come back: {row}'}")
        lines += [f"{table}: came from nowhere: {row}" for row in known.values()]
    return lines
