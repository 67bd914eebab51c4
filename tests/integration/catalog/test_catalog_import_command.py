"""`flask catalog import`: says first, does when told, and ends badly only with clear words."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.exchange.commands import catalog_group
from app.imports.locking import only_import_of
from catalog.models import Address, Service
from tests.integration.catalog.packages import sample_tables, write_package


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_package(tmp_path / "sample", sample_tables())


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(catalog_group, ["import", *map(str, arguments)])


def services(session: Session) -> int | None:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Service))


def test_without_apply_it_only_says(app: Flask, session: Session, folder: Path) -> None:
    result = run(app, folder)
    assert result.exit_code == 0, result.output
    assert "Nothing was changed" in result.output
    assert services(session) == 0


def test_with_apply_it_does_and_the_second_time_has_nothing_to_do(
    app: Flask, session: Session, folder: Path
) -> None:
    result = run(app, folder, "--apply")
    assert result.exit_code == 0, result.output
    assert services(session) == 3
    again = run(app, folder, "--apply")
    assert "Imported: 0 added, 0 changed, 0 removed." in again.output


def test_the_help_names_every_kind_of_file(app: Flask) -> None:
    told = run(app, "--help").output
    assert all(kind in told for kind in ("folder", "zip", "JSON", "CSV", "XLSX"))


def test_an_empty_file_is_called_empty(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("\n")
    result = run(app, path)
    assert result.exit_code == 1
    assert "'sheet.csv' is empty" in result.stderr
    assert "--mapping" not in result.stderr


NOTHING = {
    "list.json": "[]",
    "page.json": '{"contents": []}',
    "sheet.csv": "Provider,Service,Phone\n",
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_file_that_holds_nothing_is_refused_where_nothing_was(
    app: Flask, session: Session, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(NOTHING[name])
    for options in ([], ["--apply"]):
        result = run(app, path, "--source", "own", *options)
        assert result.exit_code == 1
        assert "holds no service" in result.stderr
    assert services(session) == 0


@pytest.mark.parametrize("name", NOTHING)
def test_most_services_are_marked_as_gone_only_when_it_is_said(
    app: Flask, session: Session, folder: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(NOTHING[name])
    run(app, folder, "--source", "own", "--apply")
    said = run(app, path, "--source", "own")
    assert said.exit_code == 0, said.output
    assert "--even-if-most-are-gone" in said.output
    refused = run(app, path, "--source", "own", "--apply")
    assert refused.exit_code == 1
    assert "Most services that came from 'own' before (3)" in refused.stderr
    assert "Nothing was changed" in refused.stderr
    assert "--even-if-most-are-gone" in refused.stderr
    assert statuses(session) == {"active"}
    meant = run(app, path, "--source", "own", "--apply", "--even-if-most-are-gone")
    assert meant.exit_code == 0, meant.output
    assert statuses(session) == {"inactive"}
    again = run(app, path, "--source", "own", "--apply")
    assert "holds no service" in again.stderr


def statuses(session: Session) -> set[str]:
    return set(session.scalars(select(Service.status)))


def test_json_is_json(app: Flask, folder: Path) -> None:
    result = run(app, folder, "--json", "--source", "county", "--status", "inactive")
    told = json.loads(result.stdout)
    assert told["source"] == "county"
    assert told["applied"] is False
    assert told["tables"]["service"] == {"added": 3, "changed": 0, "unchanged": 0, "removed": 0}


def test_the_report_is_written_as_a_sheet(app: Flask, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    run(app, folder, "--report", path)
    heading, *lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert heading == "severity,file,row,code,reason"
    assert any("hours_not_stated" in line for line in lines)


def test_a_bad_file_ends_with_one_and_words_on_standard_error(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.zip"
    bad.write_text("no zip")
    result = run(app, bad, "--apply")
    assert result.exit_code == 1
    assert "cannot be opened as a zip" in result.stderr
    assert result.stdout == ""
    assert services(session) == 0


def test_a_report_that_cannot_be_written_stops_the_import(
    app: Flask, session: Session, folder: Path, tmp_path: Path
) -> None:
    result = run(app, folder, "--apply", "--report", tmp_path / "absent" / "report.csv")
    assert result.exit_code == 1
    assert "Nothing was imported" in result.stderr
    assert services(session) == 0


SHEET = """Firm,What,Where
Sample House,Food,1 Main St
"""
MAPPING = """columns:
  Firm: provider
  What: service
  Where: street
constants: {city: Chattanooga, state: TN, zip: "37402"}
"""


def test_a_mapping_says_what_a_sheet_cannot(app: Flask, session: Session, tmp_path: Path) -> None:
    sheet, mapping = tmp_path / "firms.csv", tmp_path / "mapping.yaml"
    sheet.write_text(SHEET)
    mapping.write_text(MAPPING)
    refused = run(app, sheet)
    assert refused.exit_code == 1
    assert "--mapping" in refused.stderr
    result = run(app, sheet, "--mapping", mapping, "--apply")
    assert result.exit_code == 0, result.output
    address = session.scalars(select(Address)).one()
    assert (address.address_1, address.city, address.state_province) == (
        "1 Main St",
        "Chattanooga",
        "TN",
    )


def test_the_guess_is_shown_saved_and_can_be_given_back(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    sheet, mapping = tmp_path / "partners.csv", tmp_path / "mapping.yaml"
    sheet.write_text("Provider,Service,'6-13\nSample House,Food,X\n")
    shown = run(app, sheet, "--write-mapping", mapping)
    assert "Provider: provider" in shown.output
    assert mapping.read_text().splitlines()[-1]
    run(app, sheet, "--apply")
    again = run(app, sheet, "--mapping", mapping, "--apply")
    assert "Imported: 0 added, 0 changed, 0 removed." in again.output


def test_a_mapping_for_hsds_or_one_that_is_wrong_is_refused(
    app: Flask, session: Session, folder: Path, tmp_path: Path
) -> None:
    mapping, sheet = tmp_path / "mapping.yaml", tmp_path / "firms.csv"
    mapping.write_text(MAPPING.replace("provider", "boss"))
    sheet.write_text(SHEET)
    hsds = run(app, folder, "--mapping", mapping)
    assert (hsds.exit_code, "for sheets" in hsds.stderr) == (1, True)
    wrong = run(app, sheet, "--mapping", mapping)
    assert (wrong.exit_code, "boss" in wrong.stderr) == (1, True)
    assert services(session) == 0


def test_rows_read_and_the_version_are_told(app: Flask, folder: Path) -> None:
    result = run(app, folder)
    assert "Directory: sample (HSDS 2.0)" in result.output
    told = json.loads(run(app, folder, "--json").stdout)
    assert told["rows_in"] == told["rows_read"]


def test_a_directory_that_is_imported_just_now_is_not_imported_beside_it(
    app: Flask, folder: Path, session: Session
) -> None:
    with app.app_context(), only_import_of("ours"):
        result = run(app, folder, "--source", "ours", "--apply")
        other = run(app, folder, "--source", "another", "--apply")
    assert result.exit_code == 1
    assert "is being imported just now" in result.stderr
    assert other.exit_code == 0
    assert {row.source for row in session.scalars(select(Service))} == {"another"}


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_counts_the_rows_at_a_terminal_only(
    migrated: Path, tmp_path: Path, *, is_terminal: bool
) -> None:
    """In a process of its own, since a terminal is a matter of processes."""
    sheet = tmp_path / "clubs.csv"
    sheet.write_text("Provider,Service,Phone\n" + "Club,Chess,423-555-0100\n" * 3)
    environment = {**os.environ, "INSTANCE_DIR": str(tmp_path / "instance"), "TERM": "xterm"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "flask", "--app", "wsgi"]
    shutil.copytree(migrated, tmp_path / "instance")
    ours, theirs = os.openpty() if is_terminal else os.pipe()
    ended = subprocess.run(  # noqa: S603 - our own command
        [*command, "catalog", "import", str(sheet), "--apply"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    told = b""
    with contextlib.suppress(OSError):  # a terminal whose other end is closed says so
        while part := os.read(ours, 4096):
            told += part
    os.close(ours)
    assert "Imported: " in ended.stdout
    assert (b"Importing" in told) is is_terminal
    assert (b"Comparing" in told) is is_terminal
    rows = re.search(r"Imported: (\d+) added", ended.stdout)
    assert rows
    assert (f"{rows[1]}/{rows[1]}".encode() in told) is is_terminal
