"""What came in from the real directories goes out again as the standard says, and is found. What goes
out comes back into a catalog in memory, whichever database it came from."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random

import frictionless
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.exporters.hsds_csv import export_csv
from catalog.exporters.json_file import export_json
from catalog.importers import apply_import, plan_import, read_package
from catalog.models import Service
from catalog.search import SearchIndex
from catalog.search_entries import read_entries
from catalog.taxonomy.loading import load_vocabulary
from tests.integration.exchange.standard import Standard, kind_of
from tests.integration.exchange.test_round_trip import (
    NOW,
    come_back,
    differences,
)

# Each directory, and how many services it brings.
SMALL = {
    "hsds11-official-sample/simple": 13,
    "hsds11-official-sample/all_resources": 13,
    "ohana-san-mateo-sample": 23,
    "hsds30-official-examples": 1,
}
LARGE = {
    "hsds20-dc-2022": 1134,
    "sf-youth-programs": 709,
    "chattanooga-service-providers": 163,
}
# A large one takes long: on PostgreSQL alone. On SQLite test_round_trip.py has one.
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
CHECKED = 60  # objects of a large directory, drawn by chance, against the strict schemas


def brought_in(session: Session, real_data: Path, directory: str) -> None:
    load_vocabulary(session)  # as every catalog has it
    package = read_package(real_data / directory)
    plan = plan_import(session, package, source=directory, status="active", now=NOW)
    apply_import(session, plan)
    session.commit()


def look_at_what_goes_out(
    session: Session, real_data: Path, directory: str, tmp_path: Path
) -> None:
    """It is as the standard says, and comes back."""
    brought_in(session, real_data, directory)
    number = session.scalar(select(func.count()).select_from(Service)) or 0
    assert number == {**SMALL, **LARGE}[directory]
    export_csv(session, tmp_path / "package")
    export_json(session, tmp_path / "catalog.json")
    expected, found = come_back(session, "package.zip")
    assert differences(expected, found) == []
    assert len(found["service"]) == number
    report = frictionless.validate(str(tmp_path / "package" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    standard = Standard(real_data, "3.1")
    told = json.loads((tmp_path / "catalog.json").read_text("utf-8"))
    # The standard has no schema of a place by itself, where one belongs to nobody.
    objects = [one for one in told if kind_of(one) != "location"]
    some = Random(3).sample(objects, min(CHECKED, len(objects)))  # noqa: S311 - no secret
    some += [one for one in told if kind_of(one) == "taxonomy"]
    assert some
    assert [
        problem for one in some for problem in standard.problems(kind_of(one), one, is_strict=True)
    ] == []


def look_for_each_by_its_name(session: Session, real_data: Path, directory: str) -> None:
    """Each of its services is found."""
    brought_in(session, real_data, directory)
    index = SearchIndex(read_entries(session, on=date(2026, 11, 27)))
    active = [entry for entry in index.entries if entry.status == "active"]
    assert active
    some = Random(5).sample(active, min(100, len(active)))  # noqa: S311 - no secret
    missed = [
        entry.name
        for entry in some
        if entry.name
        not in {hit.entry.name for hit in index.search(entry.name, even_in_crisis=True).hits}
    ]
    assert missed == []


@pytest.mark.parametrize("directory", SMALL)
def test_it_goes_out_as_the_standard_says_and_comes_back(
    directory: str, real_data: Path, tmp_path: Path, session: Session
) -> None:
    look_at_what_goes_out(session, real_data, directory, tmp_path)


@on_postgresql
@pytest.mark.parametrize("directory", LARGE)
def test_a_large_one_goes_out_as_the_standard_says_and_comes_back(
    directory: str, real_data: Path, tmp_path: Path, session: Session
) -> None:
    look_at_what_goes_out(session, real_data, directory, tmp_path)


@pytest.mark.parametrize("directory", SMALL)
def test_each_of_its_services_is_found_by_its_name(
    directory: str, real_data: Path, session: Session
) -> None:
    look_for_each_by_its_name(session, real_data, directory)


@on_postgresql
@pytest.mark.parametrize("directory", LARGE)
def test_each_service_of_a_large_one_is_found_by_its_name(
    directory: str, real_data: Path, session: Session
) -> None:
    look_for_each_by_its_name(session, real_data, directory)
